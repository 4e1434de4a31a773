/* Ctrl+K: every page of the menu and every button of this page, found by its words or by their first letters. */
(() => {
  "use strict";

  const dialog = document.getElementById("commands");
  const box = document.getElementById("command");
  const list = document.getElementById("command-list");
  if (!dialog) return;
  const MOST = 12;
  // What this page does comes first, then the menu, then what is about oneself.
  const SOURCES = [".page-actions a, .page-actions button", "main [data-letters]", ".sidenav li a", ".menu-panel a, .menu-panel > button"];

  const wordsOf = (one) =>
    [...one.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent.trim()).join("");
  const all = () =>
    SOURCES.flatMap((source) => [...document.querySelectorAll(source)])
      .filter((one) => !one.disabled && one.dataset.openDialog !== "commands");
  const fits = (one, asked) =>
    wordsOf(one).toLowerCase().includes(asked) || (one.dataset.letters ?? "").startsWith(asked);
  const chosen = () => list.querySelector("[aria-selected=true]");

  let found = [];

  function show() {
    const asked = box.value.trim().toLowerCase();
    found = all().filter((one) => fits(one, asked)).slice(0, MOST);
    list.replaceChildren(...found.map(lineOf));
    dialog.querySelector("[data-none]").hidden = found.length > 0;
    choose(0);
  }

  function lineOf(one, place) {
    const line = document.createElement("li");
    line.id = `command-${place}`;
    line.setAttribute("role", "option");
    line.textContent = wordsOf(one);
    return line;
  }

  function choose(place) {
    [...list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === place)));
    const line = chosen();
    if (line) box.setAttribute("aria-activedescendant", line.id);
    else box.removeAttribute("aria-activedescendant");
    line?.scrollIntoView({ block: "nearest" });
  }

  function go(line) {
    const one = found[[...list.children].indexOf(line)];
    if (!one) return;
    dialog.close();
    one.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.shiftKey) return;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    dialog.showModal();
  });

  box.addEventListener("focus", () => {
    box.value = "";
    show();
  });
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key !== "Enter" && !step) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") return go(chosen());
    const lines = [...list.children];
    choose((lines.indexOf(chosen()) + step + lines.length) % lines.length);
  });
  list.addEventListener("click", (event) => go(event.target.closest("li")));
})();
