/* The form of one registration: the keyboard leads from field to field, the number is judged while it is typed, the
   village is found by its initials. What stands in it is kept by drafts.js. */
(() => {
  "use strict";

  const PAUSE = 40;
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
  const MOST_VILLAGES = 8;
  const villages = JSON.parse(document.getElementById("villages").textContent);

  const form = () => document.querySelector("[data-enrolling]");
  const field = (id) => document.getElementById(id);
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const composes = (event) => event.isComposing || event.keyCode === 229;

  const post = (url, body, options = {}) =>
    fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" }, ...options });

  /* What stands in the form, for a question: its key is kept for the one time it is sent. */
  function contents() {
    const all = new FormData(form());
    all.delete("once");
    return all;
  }

  /* --- The number ------------------------------------------------------------------------------- */

  const cleaned = (text) => text.normalize("NFKC").replace(/[\s'’-]/g, "").toUpperCase();

  function fits(number) {
    if (!/^\d{17}[\dX]$/.test(number)) return false;
    const sum = [...number].reduce((all, digit, n) => all + (digit === "X" ? 10 : Number(digit)) * WEIGHTS[n], 0);
    return sum % 11 === 1;
  }

  let judging, timer;

  function judgeSoon() {
    clearTimeout(timer);
    timer = setTimeout(judge, PAUSE);
  }

  async function judge() {
    const number = cleaned(field("id_id_number").value);
    if (number.length !== 18 && number.length !== 15 && !/^[A-Z]\d{9}$/.test(number)) return;
    judging?.abort();
    judging = new AbortController();
    try {
      const answer = await post(form().dataset.checkUrl, contents(), { signal: judging.signal });
      const said = await answer.text();
      // Meanwhile the form may have been saved, and is blank again.
      if (!answer.ok || cleaned(field("id_id_number").value) !== number) return;
      field("judgement").innerHTML = said;
      const wrong = Boolean(field("judgement").querySelector("[data-id-fault], [data-duplicate]"));
      field("id_id_number").setAttribute("aria-invalid", String(wrong));
      performance.mark("judged");
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    }
  }

  function numberTyped(input) {
    const number = cleaned(input.value);
    if (number.length < 15) {
      field("judgement").replaceChildren();
      return;
    }
    if (number.length !== 18) return;
    judge();
    if (fits(number)) field("id_name").focus();
  }

  /* --- The village ------------------------------------------------------------------------------ */

  const villageText = () => field("id_village_text");
  const villageList = () => field("village-list");
  const chosenVillage = () => villageList().querySelector("[aria-selected=true]");

  function villagesFor(words) {
    const letters = words.toLowerCase().replace(/['’\s]/g, "");
    if (!letters) return villages;
    const has = (village) =>
      village.initials.startsWith(letters) || village.pinyin.replaceAll(" ", "").startsWith(letters) ||
      village.name.includes(words) || (village.town + village.name).startsWith(words) || village.code === words;
    return villages.filter(has);
  }

  function showVillages() {
    const found = villagesFor(villageText().value.trim()).slice(0, MOST_VILLAGES);
    villageList().replaceChildren(...found.map((village, n) => {
      const line = document.createElement("li");
      line.id = `village-${n}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(n === 0));
      line.dataset.code = village.code;
      line.dataset.name = village.name;
      line.textContent = `${village.town} ${village.name}`;
      return line;
    }));
    villageList().hidden = !found.length;
    villageText().setAttribute("aria-expanded", String(found.length > 0));
    showChosenVillage();
  }

  function showChosenVillage() {
    const chosen = chosenVillage();
    if (chosen) villageText().setAttribute("aria-activedescendant", chosen.id);
    else villageText().removeAttribute("aria-activedescendant");
  }

  function moveVillage(step) {
    const all = [...villageList().children];
    if (!all.length) return;
    const next = (all.findIndex((line) => line === chosenVillage()) + step + all.length) % all.length;
    all.forEach((line, n) => line.setAttribute("aria-selected", String(n === next)));
    showChosenVillage();
  }

  function takeVillage(line) {
    if (line) {
      field("id_village").value = line.dataset.code;
      villageText().value = line.dataset.name;
    }
    villageList().hidden = true;
    villageText().setAttribute("aria-expanded", "false");
  }

  /* Leaving the box takes the first that fits; what fits none leaves none chosen. */
  function leaveVillage() {
    const known = villages.find((village) => village.code === field("id_village").value);
    if (known && known.name === villageText().value) return takeVillage(null);
    const line = villageList().hidden ? null : chosenVillage();
    if (!line) field("id_village").value = "";
    takeVillage(line);
  }

  /* --- From field to field ---------------------------------------------------------------------- */

  function next(input) {
    const fields = [...form().querySelectorAll("input:not([type=hidden]):not([type=file]), select, button")];
    const after = fields[fields.indexOf(input) + 1];
    after?.focus();
    after?.select?.();
  }

  document.addEventListener("keydown", (event) => {
    if (composes(event) || !event.target.closest?.("[data-enrolling]")) return;
    const isVillage = event.target === villageText();
    if (isVillage && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (villageList().hidden) showVillages();
      else moveVillage(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.ctrlKey && event.shiftKey) {
      event.preventDefault();
      leaveVillage();
      form().querySelector("[data-then-household]").click();
    } else if (event.key === "Enter" && event.ctrlKey) {
      leaveVillage();
    } else if (event.key === "Enter" && event.target.matches("input, select")) {
      event.preventDefault();
      if (isVillage) leaveVillage();
      next(event.target);
    }
  }, true);

  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-enrolling]")) return;
    if (event.target.id === "id_id_number") numberTyped(event.target);
    if (event.target === villageText()) showVillages();
    if (event.target.id === "id_phone" && /^1\d{10}$/.test(cleaned(event.target.value))) next(event.target);
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "paper-file") return addPaper(event.target);
    if (event.target.closest("[data-enrolling]") && event.target.matches("select")) judgeSoon();
  });

  document.addEventListener("focusin", (event) => {
    if (event.target === villageText()) villageText().select();
  });

  document.addEventListener("focusout", (event) => {
    if (!event.target.closest?.("[data-enrolling]")) return;
    if (event.target === villageText()) leaveVillage();
    if (event.target.id === "id_id_number") judge();
  });

  document.addEventListener("pointerdown", (event) => {
    const line = event.target.closest?.("#village-list li");
    if (!line) return;
    event.preventDefault();
    takeVillage(line);
  });

  /* --- Papers ----------------------------------------------------------------------------------- */

  async function addPaper(input) {
    if (!input.files.length) return;
    const body = new FormData();
    body.append("paper", input.files[0]);
    body.append("kind", field("id_shown").value);
    const answer = await post(form().dataset.paperUrl, body);
    if (answer.ok) field("papers").innerHTML = await answer.text();
    else if (answer.status < 500) field("messages").innerHTML = await answer.text();
    input.value = "";
  }

  /* --- Blank again ------------------------------------------------------------------------------ */

  function begin() {
    if (document.querySelector(".error-summary")) return judge();
    field("id_id_number").focus();
    if (field("id_id_number").value) judge();
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "enrol") return;
    performance.mark("registered");
    begin();
  });
  begin();
})();
