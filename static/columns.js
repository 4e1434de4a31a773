/* Which columns of a long list somebody wants to see: chosen in a menu above the table, kept with the account. */
(() => {
  "use strict";

  const said = document.getElementById("words").dataset;
  const kept = JSON.parse(said.hiddenColumns || "{}");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  function apply(table) {
    const hidden = kept[table.dataset.columns] ?? [];
    [...table.tHead.rows[0].cells].forEach((_cell, at) => table.classList.toggle(`hide-${at + 1}`, hidden.includes(at + 1)));
  }

  function keep(table, menu) {
    const boxes = [...menu.querySelectorAll("input")];
    const hidden = boxes.filter((box) => !box.checked).map((box) => Number(box.value));
    kept[table.dataset.columns] = hidden;
    apply(table);
    const body = new URLSearchParams({ table: table.dataset.columns, hidden: hidden.join(",") });
    fetch(said.columnsUrl, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" }, keepalive: true });
  }

  /* What tells rows apart stays: ticks and the first column. It stands in a bar above the table where there is one. */
  function menuOf(table) {
    const menu = document.createElement("details");
    menu.className = "menu columns-menu no-print";
    const name = document.createElement("summary");
    name.className = "as-link";
    name.textContent = said.columns;
    const panel = document.createElement("div");
    panel.className = "menu-panel";
    const hidden = kept[table.dataset.columns] ?? [];
    const cells = [...table.tHead.rows[0].cells];
    const first = cells.findIndex((cell) => !cell.matches(".tick-cell"));
    cells.forEach((cell, at) => {
      if (at <= first) return;
      const line = document.createElement("label");
      line.className = "menu-item";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = at + 1;
      box.checked = !hidden.includes(at + 1);
      line.append(box, cell.innerText.trim());
      panel.append(line);
    });
    menu.append(name, panel);
    menu.addEventListener("change", () => keep(table, menu));
    return menu;
  }

  function start(container) {
    for (const table of container.querySelectorAll("table[data-columns]:not([data-chosen])")) {
      table.dataset.chosen = "yes";
      apply(table);
      const place = document.querySelector("[data-columns-place]");
      place?.querySelector(".columns-menu")?.remove();
      if (place) place.append(menuOf(table));
      else table.parentElement.before(menuOf(table));
    }
  }

  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? event.detail.elt));
  start(document);
})();
