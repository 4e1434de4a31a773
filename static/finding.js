/* The find box above every page: hits while somebody types, also while an input method composes; ↑ ↓ choose, Enter
   opens. What is typed goes in the body of a request, never into an address. */
(() => {
  "use strict";

  const PAUSE = 60;
  const box = document.getElementById("global-search");
  const hits = document.getElementById("hits");
  if (!box || !hits) return;

  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const NUMBER = /\d{14,}[\dXx]/g;
  let timer, asked, shownFor = "", opensWhenShown = false;

  const options = () => [...hits.querySelectorAll("[data-hit]")];
  const current = () => hits.querySelector("[data-hit][aria-selected=true]");

  function close() {
    hits.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    opensWhenShown = false;
  }

  function choose(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) box.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  }

  function open(option) {
    if (option) location.href = option.dataset.hit;
  }

  async function look() {
    const words = box.value.trim();
    asked?.abort();
    if (!words) {
      shownFor = "";
      hits.replaceChildren();
      return close();
    }
    asked = new AbortController();
    try {
      const answer = await fetch(hits.dataset.url, {
        method: "POST",
        body: new URLSearchParams({ q: words }),
        headers: { "X-CSRFToken": token(), "HX-Request": "true" },
        signal: asked.signal,
      });
      const text = await answer.text();
      if (words !== box.value.trim()) return;
      hits.innerHTML = text;
      hits.hidden = false;
      shownFor = words;
      box.setAttribute("aria-expanded", "true");
      choose(options()[0]);
      performance.mark("hits-shown");
      if (opensWhenShown) open(current());
      opensWhenShown = false;
    } catch (problem) {
      if (problem.name !== "AbortError") close();
    }
  }

  // An input event comes with every letter of a composition too.
  box.addEventListener("input", () => {
    clearTimeout(timer);
    opensWhenShown = false;
    timer = setTimeout(look, PAUSE);
  });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") return close();
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) return enter(event);
    if (hits.hidden || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const all = options();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(all[(all.indexOf(current()) + step + all.length) % all.length]);
  });

  function enter(event) {
    const words = box.value.trim();
    event.preventDefault();
    if (!words) return;
    if (words === shownFor) return open(current());
    clearTimeout(timer);
    opensWhenShown = true;
    look().then(() => (opensWhenShown = false));
  }

  /* A full number must not stand in an address. */
  box.form.addEventListener("submit", (event) => {
    if (!box.value.match(NUMBER)) return;
    event.preventDefault();
    sendList(box.value);
  });

  box.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if ((text.match(NUMBER) ?? []).length < 2) return;
    event.preventDefault();
    sendList(text);
  });

  function sendList(text) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = hits.dataset.pastedUrl;
    form.hidden = true;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token(), numbers: text })) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }

  hits.addEventListener("pointerdown", (event) => event.preventDefault());
  hits.addEventListener("click", (event) => open(event.target.closest("[data-hit]")));
  box.addEventListener("blur", close);
  box.addEventListener("focus", () => {
    if (box.value.trim() && box.value.trim() === shownFor && options().length) hits.hidden = false;
  });
})();
