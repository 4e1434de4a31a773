/* The village's telephone list: call, tap what came of it, the next person slides in. What is tapped goes into a queue
   of the browser first and is sent from there, each piece under a key of its own, so that a lost network, a second tab or
   a second try never makes two of one. */
(() => {
  "use strict";

  const box = document.getElementById("calls");
  if (!box) return;
  const CACHE = "chase-list";
  const STORE = "pieces";
  const PROMISE_DAYS = 7;
  const UNDO_SECONDS = 10;
  const RETRY_SECONDS = 30;
  const words = box.dataset;
  const part = (name) => box.querySelector(`[data-${name}]`);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? "");
  const staff = Number(words.staff);

  let homes = [];
  let current = null;
  let undoTimer;

  /* --- The queue -------------------------------------------------------------------------------- */

  const opened = new Promise((done, fail) => {
    const asked = indexedDB.open("portal-chase", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

  async function inStore(mode, deed) {
    const database = await opened;
    return new Promise((done, fail) => {
      const transaction = database.transaction(STORE, mode);
      const asked = deed(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onerror = () => fail(transaction.error);
    });
  }

  const keepPiece = (piece) => inStore("readwrite", (store) => store.put(piece));
  const dropPiece = (key) => inStore("readwrite", (store) => store.delete(key));
  const allPieces = async () => (await inStore("readonly", (store) => store.getAll())).filter((one) => one.staff === staff);

  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  async function enqueue(piece) {
    const whole = { key: newKey(), staff, send: words.send, at: new Date().toISOString(), ...piece };
    await keepPiece(whole);
    await keepList();
    await showUnsent();
    sync();
    return whole;
  }

  /* What is tapped while pieces are on their way goes with the next lot, at once. */
  let sending = null;
  let hasMore = false;
  function sync() {
    if (sending) hasMore = true;
    else sending = sendAll().finally(sendMore);
    return sending;
  }

  function sendMore() {
    sending = null;
    if (!hasMore) return;
    hasMore = false;
    sync();
  }

  async function sendAll() {
    const pieces = await allPieces();
    if (!pieces.length) return showUnsent();
    let token;
    try {
      token = await freshToken();
    } catch {
      return showOffline(words.wordsLocal);
    }
    if (!token) return showOffline(words.wordsSignedOut);
    showOffline("");
    for (const address of new Set(pieces.map((one) => one.send)))
      await sendTo(address, pieces.filter((one) => one.send === address).slice(0, 200), token);
    await showUnsent();
  }

  /* The page may be a day old, and its token with it. Null where nobody, or somebody else, is signed in. */
  async function freshToken() {
    const answer = await fetch(words.token, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return null;
    const said = await answer.json();
    if (said.staff === staff) return said.token;
    await wipe();
    return null;
  }

  async function sendTo(address, pieces, token) {
    let said;
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify(pieces),
      });
      if (!answer.ok || answer.redirected) return;
      said = await answer.json();
    } catch {
      return showOffline(words.wordsLocal);
    }
    for (const result of said.results) {
      await dropPiece(result.key);
      if (result.state === "refused") showRefused(pieces.find((one) => one.key === result.key), result.sentence);
    }
  }

  /* --- What is kept for a day without network ------------------------------------------------------ */

  async function wipe() {
    if (window.caches) await caches.delete(CACHE);
  }

  async function keepForTheDay(answer) {
    if (!window.caches || !navigator.serviceWorker) return;
    try {
      await navigator.serviceWorker.register(words.worker);
      const cache = await caches.open(CACHE);
      await stamp(cache, words.people, answer);
      const files = [...document.querySelectorAll("link[rel=stylesheet], script[src], link[rel=icon], .topbar-brand img")];
      const addresses = [location.href, ...files.map((one) => one.href || one.src)];
      for (const icon of document.querySelectorAll("use")) addresses.push(new URL(icon.getAttribute("href"), location.href).href.split("#")[0]);
      for (const address of new Set(addresses)) {
        const found = await fetch(address);
        if (found.ok && !found.redirected) await stamp(cache, address, found);
      }
      box.dataset.kept = "yes";
    } catch {
      /* Without a secure address there is no worker: the page works, only not after a reload without network. */
    }
  }

  /* What was tapped stands in the kept list too: once sent it is in no queue any more. It is no newer for that. */
  async function keepList() {
    if (!window.caches || !(await caches.has(CACHE))) return;
    const cache = await caches.open(CACHE);
    const kept = await cache.match(words.people, { ignoreVary: true });
    if (!kept) return;
    const said = { staff, households: homes };
    const text = JSON.stringify(said, (name, value) => (name === "home" ? undefined : value));
    await cache.put(words.people, new Response(text, { headers: kept.headers }));
  }

  async function stamp(cache, address, answer) {
    const headers = new Headers(answer.headers);
    headers.set("x-kept-at", String(Date.now()));
    await cache.put(address, new Response(await answer.blob(), { status: 200, headers }));
  }

  /* --- The list ------------------------------------------------------------------------------------ */

  async function load() {
    let answer;
    try {
      answer = await fetch(words.people, { headers: { Accept: "application/json" } });
    } catch {
      return showOffline(words.wordsOld);
    }
    if (answer.redirected) return showOffline(words.wordsSignedOut);
    if (!answer.ok) return showOffline(words.wordsOld);
    const copy = answer.clone();
    const said = await answer.json();
    if (said.staff !== staff) {
      await wipe();
      return location.reload();
    }
    homes = said.households;
    for (const piece of await allPieces()) note(piece);
    showList();
    show(members().find((one) => !one.outcome) ?? members()[0]);
    if (!answer.headers.has("x-kept-at")) keepForTheDay(copy);
    else if (!navigator.onLine) showOffline(words.wordsLocal);
  }

  const members = () => homes.flatMap((home) => home.members.map((one) => Object.assign(one, { home })));

  function note(piece) {
    const person = members().find((one) => one.id === piece.resident);
    if (!person || piece.take_back) return;
    if ("visit" in piece) person.needs_visit = piece.visit;
    else Object.assign(person, { outcome: piece.outcome, promised_on: piece.promised_on ?? "" });
  }

  const outcomeWords = (outcome) => box.querySelector(`[data-outcome="${CSS.escape(outcome)}"]`)?.textContent ?? "";
  const homeWords = ({ number, head, group }) =>
    number ? fill(group ? words.wordsGroup : words.wordsHome, { number, head, group }) : head;

  function show(person) {
    current = person ?? null;
    part("card").hidden = !person;
    part("empty").hidden = Boolean(members().length);
    part("list").hidden = !members().length;
    showProgress();
    if (!person) return;
    part("home").textContent = homeWords(person.home);
    part("name").textContent = person.name;
    const tier = person.last_tier ? fill(words.wordsTier, { tier: person.last_tier }) : words.wordsNew;
    part("facts").textContent = `${fill(words.wordsYears, person)} ${tier}`;
    part("number").textContent = person.masked_id;
    const call = part("call");
    call.hidden = !person.phone;
    part("no-phone").hidden = Boolean(person.phone);
    if (person.phone) call.href = `tel:${person.phone}`;
    else call.removeAttribute("href");
    part("phone").textContent = person.masked_phone;
    part("note").value = "";
    part("promised").value = person.promised_on || dayAfter(PROMISE_DAYS);
    part("visit").checked = person.needs_visit;
    for (const chip of box.querySelectorAll("[data-outcome]")) chip.setAttribute("aria-pressed", String(chip.dataset.outcome === person.outcome));
    const card = part("card");
    card.classList.remove("slides-in");
    void card.offsetWidth;
    card.classList.add("slides-in");
  }

  function dayAfter(days) {
    const day = new Date(`${words.day}T12:00:00`);
    day.setDate(day.getDate() + days);
    return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
  }

  function showProgress() {
    const all = members();
    part("progress").textContent = fill(words.wordsProgress, { done: all.filter((one) => one.outcome).length, all: all.length });
  }

  function showList() {
    const list = part("households");
    list.replaceChildren(
      ...homes.map((home) => {
        const row = document.createElement("div");
        row.className = "call-home";
        const title = document.createElement("p");
        title.className = "quiet";
        title.textContent = homeWords(home);
        row.append(title, ...home.members.map((person) => buttonOf(Object.assign(person, { home }))));
        return row;
      }),
    );
  }

  function buttonOf(person) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "call-person";
    button.dataset.person = person.id;
    const name = document.createElement("span");
    name.textContent = person.name;
    const state = document.createElement("span");
    state.className = "quiet";
    state.textContent = outcomeWords(person.outcome);
    button.append(name, state);
    return button;
  }

  const showStateOf = (person) => {
    const state = box.querySelector(`[data-person="${person.id}"] .quiet`);
    if (state) state.textContent = outcomeWords(person.outcome);
  };

  async function showUnsent() {
    const count = (await allPieces()).length;
    part("unsent").hidden = part("sync").hidden = !count;
    part("unsent").textContent = fill(words.wordsUnsent, { count });
  }

  function showOffline(text) {
    part("offline").hidden = !text;
    part("offline-words").textContent = text;
    if (text === words.wordsOld) part("progress").textContent = "";
  }

  function showRefused(piece, sentence) {
    const person = members().find((one) => one.id === piece?.resident);
    const line = document.createElement("li");
    line.textContent = `${person?.name ?? ""} ${sentence}`;
    part("refused").append(line);
    part("refused").hidden = false;
  }

  /* --- Deeds --------------------------------------------------------------------------------------- */

  async function tapOutcome(outcome) {
    const person = current;
    const before = { outcome: person.outcome, promised_on: person.promised_on };
    const promised = outcome === "promised" ? part("promised").value : "";
    Object.assign(person, { outcome, promised_on: promised });
    const said = { resident: person.id, outcome, note: part("note").value };
    if (promised) said.promised_on = promised;
    const all = members();
    const here = all.findIndex((one) => one.id === person.id);
    showStateOf(person);
    show([...all.slice(here + 1), ...all.slice(0, here)].find((one) => !one.outcome) ?? all[here + 1] ?? person);
    const piece = await enqueue(said);
    offerUndo(person, before, piece);
  }

  function offerUndo(person, before, piece) {
    part("undo").hidden = false;
    part("undo-words").textContent = fill(words.wordsSaved, { name: person.name, outcome: outcomeWords(piece.outcome) });
    part("undo-button").onclick = () => undo(person, before, piece);
    clearTimeout(undoTimer);
    undoTimer = setTimeout(() => (part("undo").hidden = true), UNDO_SECONDS * 1000);
  }

  /* What may have been sent is taken back by its key; the portal takes a piece it never saw as nothing. */
  async function undo(person, before, piece) {
    part("undo").hidden = true;
    await sending;
    const waiting = (await allPieces()).some((one) => one.key === piece.key);
    if (waiting) await dropPiece(piece.key);
    Object.assign(person, before);
    showStateOf(person);
    show(person);
    await enqueue({ resident: person.id, take_back: piece.key });
  }

  box.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.outcome) tapOutcome(button.dataset.outcome);
    else if (button.dataset.person) {
      show(members().find((one) => one.id === Number(button.dataset.person)));
      part("card").scrollIntoView({ block: "start" });
    } else if (button.matches("[data-sync]")) sync();
    else if (button.matches("[data-copy-message]")) copyMessage();
  });

  part("visit").addEventListener("change", (event) => {
    current.needs_visit = event.target.checked;
    enqueue({ resident: current.id, visit: event.target.checked });
  });

  async function copyMessage() {
    const area = document.createElement("textarea");
    area.value = current.message;
    area.className = "visually-hidden";
    box.append(area);
    area.select();
    const done = navigator.clipboard && isSecureContext ? await navigator.clipboard.writeText(current.message).then(() => true, () => false) : document.execCommand("copy");
    area.remove();
    if (!done) return;
    part("undo").hidden = false;
    part("undo-words").textContent = words.wordsCopied;
    part("undo-button").onclick = () => (part("undo").hidden = true);
  }

  window.addEventListener("online", sync);
  window.addEventListener("offline", () => showOffline(words.wordsLocal));
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  setInterval(sync, RETRY_SECONDS * 1000);
  load().then(showUnsent).then(sync);
})();
