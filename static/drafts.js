/* What is typed into a long form (`data-draft-url`) is kept on the server every few seconds and with each field that is
   left, so that a lost network, a session that ended or a power cut takes nothing away. */
(() => {
  "use strict";

  const DRAFT_SECONDS = 5;
  const form = () => document.querySelector("form[data-draft-url]");
  const state = () => document.getElementById("draft-state");
  const isOfTheForm = (event) => event.target.closest?.("form[data-draft-url]");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  let changed = false;
  let isSignedOut = false;

  async function keepDraft() {
    if (!changed || !form()) return;
    changed = false;
    const body = new FormData(form());
    body.delete("once"); // its key is kept for the one time it is sent
    try {
      const headers = { "X-CSRFToken": token(), "HX-Request": "true" };
      const answer = await fetch(form().dataset.draftUrl, { method: "POST", body, headers, keepalive: true });
      if (!answer.ok) throw new Error(answer.status);
      state().textContent = state().dataset.kept;
    } catch {
      changed = true;
      isSignedOut = true;
      state().textContent = state().dataset.lost;
    }
  }

  /* After signing in on another tab this page has an old token: fetch the new one, keep what is typed. */
  async function takeNewToken() {
    if (!isSignedOut) return;
    const answer = await fetch(location.href);
    if (answer.redirected || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
    const fresh = page.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const old of document.querySelectorAll("[name=csrfmiddlewaretoken]")) old.value = fresh;
    document.getElementById("messages").replaceChildren();
    isSignedOut = false;
    keepDraft();
  }

  for (const kind of ["input", "change"])
    document.addEventListener(kind, (event) => {
      if (isOfTheForm(event) && event.target.type !== "file") changed = true;
    });
  document.addEventListener("focusout", (event) => isOfTheForm(event) && keepDraft());
  document.addEventListener("submit", (event) => isOfTheForm(event) && (changed = false), true);
  document.addEventListener("htmx:afterSwap", () => (changed = false));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.status === 403) isSignedOut = true;
  });
  window.addEventListener("focus", takeNewToken);
  document.addEventListener("visibilitychange", takeNewToken);
  setInterval(keepDraft, DRAFT_SECONDS * 1000);
})();
