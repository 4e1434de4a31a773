/* Keeps the village's telephone list for a day without network, and nothing longer. It stands under /chase/, so no
   other page passes through it; what a page sends, it never keeps. */
"use strict";

const CACHE = "chase-list";
const KEPT = {{ kept_hours }} * 3600 * 1000;
const PATIENCE = 2500;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (/\/chase\/(token\/|worker\.js)$/.test(url.pathname)) return;
  if (url.pathname.startsWith("/chase/")) event.respondWith(networkFirst(event));
  else if (event.request.destination) event.respondWith(keptFirst(event));
});

/* A list as new as the network allows; on a slow line, the one of today. */
async function networkFirst(event) {
  const kept = await find(event.request);
  const asked = ask(event.request);
  if (!kept) return asked;
  event.waitUntil(asked.catch(() => {}));
  const slow = new Promise((done) => setTimeout(() => done(kept), PATIENCE));
  return Promise.race([asked.catch(() => kept), slow]);
}

async function keptFirst(event) {
  const kept = await find(event.request);
  const asked = ask(event.request);
  if (!kept) return asked;
  event.waitUntil(asked.catch(() => {}));
  return kept;
}

async function ask(request) {
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected && answer.type === "basic") await keep(request, answer.clone());
  return answer;
}

async function keep(request, answer) {
  const headers = new Headers(answer.headers);
  headers.set("x-kept-at", String(Date.now()));
  const body = await answer.blob();
  const cache = await caches.open(CACHE);
  await cache.put(request, new Response(body, { status: answer.status, headers }));
}

/* What is older than a day is not shown, and is thrown away. */
async function find(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreVary: true });
  if (!kept) return undefined;
  if (Date.now() - Number(kept.headers.get("x-kept-at")) < KEPT) return kept;
  await caches.delete(CACHE);
  return undefined;
}
