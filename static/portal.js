/* What pages do beyond links and forms. Everything hangs on data- attributes (see templates/README.md), works for
   what htmx brings in later, and stays silent while an input method is composing. */
(() => {
  "use strict";

  const LOOK_COOKIE = "portal_look";
  const LOOK_DAYS = 365;
  const KEPT_FORM = "portal-kept-form";
  const SENT_KEYS = "portal-sent-keys";
  const KEYS_REMEMBERED = 50;
  const root = document.documentElement;
  const words = document.getElementById("words")?.dataset ?? {};

  const isTyping = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test(element.type);
  const openDialog = () => document.querySelector("dialog[open]");

  /* --- Looks: text size, contrast, single keys -------------------------------------------- */

  const LOOKS = { text: ["text-125", "text-150"], contrast: ["contrast-high"], keys: ["keys-off"] };
  const lookClass = (kind, value) => `${kind}-${value}`;

  function chooseLook(kind, value) {
    root.classList.remove(...LOOKS[kind]);
    if (LOOKS[kind].includes(lookClass(kind, value))) root.classList.add(lookClass(kind, value));
    const chosen = Object.values(LOOKS).flat().filter((look) => root.classList.contains(look));
    document.cookie = `${LOOK_COOKIE}=${chosen.join(".")}; path=/; max-age=${LOOK_DAYS * 86400}; samesite=lax`;
    showLooks();
    window.dispatchEvent(new Event("resize"));
  }

  function showLooks() {
    for (const group of document.querySelectorAll("[data-look]")) {
      const kind = group.dataset.look;
      const current = LOOKS[kind].find((look) => root.classList.contains(look));
      const value = current ? current.slice(kind.length + 1) : group.querySelector("button").value;
      for (const button of group.querySelectorAll("button"))
        button.setAttribute("aria-pressed", String(button.value === value));
    }
  }

  /* --- Toasts and messages ---------------------------------------------------------------- */

  function toast(text, seconds = 10) {
    const note = document.createElement("div");
    note.className = "toast-note";
    note.dataset.toastSeconds = seconds;
    const line = document.createElement("span");
    line.className = "alert-words";
    line.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "alert-close";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", words.close ?? "×");
    close.textContent = "×";
    note.append(line, close);
    document.getElementById("toasts")?.append(note);
    startToast(note);
  }

  /* A toast leaves after its seconds, but never while a pointer or the focus rests on it. */
  function startToast(note) {
    if (note.dataset.started) return;
    note.dataset.started = "yes";
    let timer;
    const start = () => (timer = setTimeout(() => note.remove(), Number(note.dataset.toastSeconds) * 1000));
    const stop = () => clearTimeout(timer);
    note.addEventListener("pointerenter", stop);
    note.addEventListener("pointerleave", start);
    note.addEventListener("focusin", stop);
    note.addEventListener("focusout", start);
    start();
  }

  function startUndo(form) {
    if (form.dataset.started) return;
    form.dataset.started = "yes";
    setTimeout(() => form.remove(), Number(form.dataset.undoSeconds) * 1000);
  }

  /* --- Rows: ↑ ↓ Enter, click --------------------------------------------------------------- */

  const rows = () => [...document.querySelectorAll("tr[data-href]")].filter((row) => row.offsetParent);
  const currentRow = () => document.querySelector("tr.is-current");

  function moveRow(step) {
    const all = rows();
    if (!all.length) return false;
    const here = all.indexOf(currentRow());
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step))];
    setCurrentRow(next);
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function setCurrentRow(row) {
    currentRow()?.classList.remove("is-current");
    row.classList.add("is-current");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }

  /* --- Keys --------------------------------------------------------------------------------- */

  function focusFirst(container) {
    const target = container?.querySelector("input:not([type=hidden]), select, textarea");
    target?.focus();
    target?.select?.();
    return Boolean(target);
  }

  const plainKeys = {
    "/": () => focusFirst(document.querySelector(".topbar-search")),
    f: () => focusFirst(document.querySelector("[data-filter-bar]")),
    "?": () => show(document.getElementById("shortcut-sheet")),
    ArrowDown: () => moveRow(1),
    ArrowUp: () => moveRow(-1),
    Enter: () => openRow(currentRow()) || pressPageKey("Enter"),
  };
  const worksWithKeysOff = ["ArrowDown", "ArrowUp", "Enter"];

  function pressPageKey(key) {
    const targets = document.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`);
    const target = [...targets].find((one) => one.offsetParent && !one.disabled);
    if (!target) return false;
    if (isTyping(target)) target.focus();
    else target.click();
    return true;
  }

  function openRow(row) {
    if (!row || (document.activeElement !== row && document.activeElement !== document.body)) return false;
    location.href = row.dataset.href;
    return true;
  }

  function escape(event) {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (document.querySelector(".sidenav.is-open")) {
      closeNavigation();
    } else if (isTyping(event.target) && !openDialog()) {
      event.target.blur();
    }
  }

  /* A finger left on a key must not settle one case after the other. */
  function holdsTheKeyDown(event) {
    const inCase = document.querySelector("[data-case]") && !isTyping(event.target);
    return inCase && (event.key === "Enter" || (event.key.length === 1 && !event.ctrlKey));
  }

  /* In an input Ctrl+Z belongs to what is being typed. */
  const isUndo = (event) =>
    (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey &&
    event.key.toLowerCase() === "z" && !isTyping(event.target) && !openDialog();

  function submitByKey(event) {
    const form = event.target.closest?.("form") ?? document.querySelector("form[data-main-form]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  }

  document.addEventListener("keydown", (event) => {
    // 229 is what old input methods report while composing.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.key === "Escape") return escape(event);
    if (event.repeat && holdsTheKeyDown(event)) return event.preventDefault();
    if (isUndo(event)) return pressPageKey("Ctrl+Z") && event.preventDefault();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submitByKey(event);
    if (event.key === "ArrowDown" && event.target.matches?.("[data-filter-bar] input[type=search]")) return moveRow(1);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || openDialog()) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    if (root.classList.contains("keys-off") && !worksWithKeysOff.includes(event.key)) return;
    const done = plainKeys[event.key]?.() || (event.key.length === 1 && pressPageKey(event.key));
    if (done) event.preventDefault();
  });

  /* --- Navigation on narrow screens ------------------------------------------------------------ */

  function openNavigation() {
    const navigation = document.getElementById("navigation");
    navigation?.classList.add("is-open");
    navigation?.querySelector("li a")?.focus();
  }

  function closeNavigation() {
    document.getElementById("navigation")?.classList.remove("is-open");
    document.querySelector("[data-navigation-toggle]")?.focus();
  }

  /* --- A long list of places, found by the first letters of its names --------------------------- */

  const LETTERS_PAUSE = 1000;
  let letters = "";
  let lettersAt = 0;

  document.addEventListener("keydown", (event) => {
    const select = event.target;
    if (!select.matches?.("select[data-by-letters]") || !/^[a-z]$/i.test(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    letters = event.timeStamp - lettersAt < LETTERS_PAUSE ? letters + event.key.toLowerCase() : event.key.toLowerCase();
    lettersAt = event.timeStamp;
    const found = [...select.options].find((option) => option.dataset.letters?.startsWith(letters));
    if (!found || found.selected) return;
    found.selected = true;
    for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
  });

  /* --- Dialogs -------------------------------------------------------------------------------- */

  function show(dialog) {
    if (dialog && !dialog.open) dialog.showModal();
    return Boolean(dialog);
  }

  /* Ask first, then submit the same form by the same button. */
  function confirmThenSubmit(button) {
    const dialog = document.getElementById("confirm-dialog");
    const yes = dialog.querySelector("[value=yes]");
    dialog.querySelector(".confirm-words").textContent = button.dataset.confirm;
    dialog.querySelector(".confirm-detail").textContent = button.dataset.confirmDetail ?? "";
    yes.textContent = button.dataset.confirmButton ?? button.textContent.trim();
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && submitConfirmed(button), { once: true });
    show(dialog);
  }

  function submitConfirmed(button) {
    button.dataset.confirmed = "yes";
    button.click();
    delete button.dataset.confirmed;
  }

  /* --- Copy ----------------------------------------------------------------------------------- */

  const tableText = (table) =>
    [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join("\t")).join("\n");

  async function copy(button) {
    const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = source ? (source.tagName === "TABLE" ? tableText(source) : source.innerText) : button.dataset.copy;
    toast((await putOnClipboard(text)) ? words.copied : words.copyFailed, 3);
  }

  /* Offices often serve the portal over plain http, where navigator.clipboard is missing. */
  async function putOnClipboard(text) {
    if (navigator.clipboard && window.isSecureContext)
      return navigator.clipboard.writeText(text).then(() => true, () => false);
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  /* --- Ticks and the bulk bar ------------------------------------------------------------------ */

  let lastTick = null;

  function tick(event) {
    const all = [...document.querySelectorAll("[data-tick]")];
    if (event.target.matches("[data-tick-all]")) for (const box of all) box.checked = event.target.checked;
    else tickRange(all, event);
    showTicks(all);
  }

  function tickRange(all, event) {
    if (event.shiftKey && lastTick && all.includes(lastTick)) {
      const [from, to] = [all.indexOf(lastTick), all.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of all.slice(from, to + 1)) box.checked = event.target.checked;
    }
    lastTick = event.target;
  }

  function showTicks(all) {
    const ticked = all.filter((box) => box.checked);
    for (const box of all) box.closest("tr")?.classList.toggle("is-selected", box.checked);
    const head = document.querySelector("[data-tick-all]");
    if (head) {
      head.checked = ticked.length > 0 && ticked.length === all.length;
      head.indeterminate = ticked.length > 0 && ticked.length < all.length;
    }
    for (const bar of document.querySelectorAll("[data-bulk-bar]")) {
      bar.hidden = ticked.length === 0;
      const line = bar.querySelector("[data-bulk-words]");
      if (line) line.textContent = (words.ticked ?? "{count}").replace("{count}", ticked.length);
    }
  }

  /* --- Files dropped anywhere on the page -------------------------------------------------------- */

  const dropInput = () => document.querySelector("[data-drop] input[type=file]");

  function showFileName(input) {
    const line = input.closest("[data-drop]")?.querySelector("[data-drop-name]");
    if (line) line.textContent = [...input.files].map((file) => file.name).join("、");
  }

  function dragging(event) {
    const input = dropInput();
    if (!input || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    input.closest("[data-drop]").classList.toggle("is-over", event.type === "dragover");
    if (event.type !== "drop") return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, dragging);

  /* --- Language: keep what was typed across the switch ------------------------------------------- */

  const mainForm = () => document.querySelector("main form[method=post]");

  function keepForm() {
    const form = mainForm();
    if (!form) return;
    const kept = [...form.elements]
      .filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !/^(password|file|hidden|submit)$/.test(field.type))
      .map((field) => [field.name, field.value, field.checked ?? null]);
    sessionStorage.setItem(KEPT_FORM, JSON.stringify({ path: location.pathname, kept }));
  }

  function restoreForm() {
    const text = sessionStorage.getItem(KEPT_FORM);
    sessionStorage.removeItem(KEPT_FORM);
    const { path, kept } = text ? JSON.parse(text) : {};
    const form = mainForm();
    if (path !== location.pathname || !form) return;
    for (const [name, value, checked] of kept)
      for (const field of form.elements) {
        if (field.name !== name) continue;
        if (!/^(checkbox|radio)$/.test(field.type)) field.value = value;
        else if (field.value === value) field.checked = checked;
      }
  }

  /* --- One listener each ---------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : event.target.parentElement;
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
    const button = target.closest("button, a, input");
    if (button?.matches("[data-confirm]") && !button.dataset.confirmed) {
      event.preventDefault();
      event.stopPropagation();
      return confirmThenSubmit(button);
    }
    if (button?.matches("[data-tick], [data-tick-all]")) return tick(event);
    if (button?.matches("[data-dismiss]")) return button.closest(".alert, .toast-note").remove();
    if (button?.matches("[data-copy], [data-copy-from]")) return copy(button);
    if (button?.matches("[data-print]")) return print();
    if (button?.matches("[data-tip]")) return toast(button.getAttribute("title"), 8);
    if (button?.matches("[data-open-dialog]")) return show(document.getElementById(button.dataset.openDialog));
    if (button?.matches("[data-close-dialog]")) return button.closest("dialog")?.close();
    if (button?.matches("[data-fill-username]")) return fillSignIn(button.dataset);
    if (button && target.closest("[data-look]")) return chooseLook(target.closest("[data-look]").dataset.look, button.value);
    if (button?.matches("[data-navigation-toggle], [data-navigation-close]")) {
      event.preventDefault();
      return button.matches("[data-navigation-toggle]") ? openNavigation() : closeNavigation();
    }
    const row = target.closest("tr[data-href]");
    if (row && !target.closest("a, button, input, label, select, summary") && !String(getSelection())) openRowByClick(event, row);
  }, true);

  function openRowByClick(event, row) {
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.href = row.dataset.href;
  }

  function fillSignIn({ fillUsername, fillPassword }) {
    document.getElementById("id_username").value = fillUsername;
    document.getElementById("id_password").value = fillPassword;
    document.querySelector(".sign-in-button").focus();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-drop] input[type=file]")) showFileName(event.target);
  });

  /* What a telephone keeps for a day without network leaves it with whoever signs out. */
  async function signOut(form) {
    await caches.delete("chase-list").catch(() => {});
    form.submit();
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]") && window.caches) {
      event.preventDefault();
      return signOut(event.target);
    }
    if (event.target.matches("[data-keep-page]")) keepForm();
    // A second click must not send the same deed twice.
    if (event.target.method !== "post" || event.target.matches("[data-keep-page]")) return;
    if (event.target.dataset.sent) return event.preventDefault();
    if (event.target.hasAttribute("hx-post")) return;
    event.target.dataset.sent = "yes";
    setTimeout(() => sendableAgain(event.target), 5000);
  });

  /* A form that brings a file leaves its page in place, and the next click asks for the next file. */
  function sendableAgain(form) {
    delete form.dataset.sent;
    if (form.matches("[data-download]")) renewKey(form);
  }

  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  /* --- One key for one form: the portal does it once ---------------------------------------------- */

  const newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const sentKeys = () => JSON.parse(sessionStorage.getItem(SENT_KEYS) ?? "[]");

  /* Who goes back to a form and changes it means another deed: then it needs another key. */
  function renewKey(form) {
    const key = form?.elements?.once;
    if (key && sentKeys().includes(key.value)) key.value = newKey();
  }

  const noteSent = (key) => sessionStorage.setItem(SENT_KEYS, JSON.stringify([...sentKeys(), key].slice(-KEYS_REMEMBERED)));

  document.addEventListener("input", (event) => renewKey(event.target.form));
  document.addEventListener("submit", (event) => event.target.elements.once && noteSent(event.target.elements.once.value), true);
  // A button that htmx sends without a form has its key until it is answered: a double click is one deed too.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get" && !detail.parameters.once) detail.parameters.once = detail.elt.dataset.once ??= newKey();
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.xhr.status) return;
    delete detail.elt.dataset.once;
    renewKey(detail.elt);
  });

  /* The first field of a form that the page is there for. */
  function fieldToBeginWith(container) {
    const form = document.querySelector("[data-focused]") ? null : container.querySelector("form[data-focus-first]");
    return form?.querySelector("input:not([type=hidden]), select, textarea");
  }

  /* Hand-over from a page to what htmx swapped in: both start the same way. */
  function start(container) {
    for (const note of container.querySelectorAll("[data-toast-seconds]")) startToast(note);
    for (const form of container.querySelectorAll("[data-undo-seconds]")) startUndo(form);
    // Once only: a part that loads later must not take the focus back.
    const wanted = container.querySelector("[data-focus]:not([data-focused])") ?? fieldToBeginWith(container);
    if (wanted) {
      wanted.dataset.focused = "yes";
      // Who has gone to a field of it already stays there.
      const isThere = isTyping(document.activeElement) && container.contains(document.activeElement);
      if (!isThere) wanted.focus();
    }
    showTicks([...document.querySelectorAll("[data-tick]")]);
  }

  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? event.detail.elt));
  document.addEventListener("htmx:sendError", () => toast(words.network));
  document.addEventListener("htmx:timeout", () => toast(words.network));
  document.addEventListener("htmx:responseError", () => toast(words.failed));

  restoreForm();
  showLooks();
  start(document);
})();
