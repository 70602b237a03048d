/* Runs beside the pages of this site and answers where there is no signal: an officer's own pages as they were last loaded, and
   the styles and scripts that these name. It sends nothing and holds nothing that was written (js/store.js does), so a new
   version of it may take over whenever nothing is being sent. What pages are kept, the pages say (js/offline.js); they are kept
   for one person at a time. Served as /sw.js, so that it reaches the whole site. */

const PATIENCE_MS = 4000; // that a page of the network is waited for, where a kept one is there
const ASSETS = "wangge-assets"; // under addresses that change with their content: never out of date
const PERSON = "wangge-pages-";
const PARTS = /"(\/assets\/[^"]+|\/map\/layers\/[^"]+)"/g;
const IMPORTS = /(?:^import [^"\n]*|\bimport\()"\.\/([^"]+)"/gm;
const ANOTHER = ["id", "object", "patrol", "place", "recurs", "at"]; // what an address may ask besides: the page is the same
let turn = 0; // of what is being kept; another person, or a log-out, ends it
let holder = null; // whose pages are being kept

/* --- keeping --- */

function names() {
  return caches.keys().then((keys) => keys.filter((key) => key.indexOf(PERSON) === 0));
}

async function forget(person) {
  if (person !== holder) turn += 1;
  const others = (await names()).filter((name) => name !== PERSON + person);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/* The address under which a page is kept. */
function key(address) {
  const url = new URL(address, self.location.origin);
  ANOTHER.forEach((name) => url.searchParams.delete(name));
  return url.pathname + url.search;
}

function ask(address) {
  return fetch(address, { credentials: "same-origin", cache: "no-store", headers: { "X-Sent-By": "worker" } });
}

function isFor(answer, person) {
  return answer.status === 200 && answer.headers.get("X-Sent-By") === "wangge" && answer.headers.get("X-Person") === person;
}

function copy(answer, text) {
  const headers = { "X-Kept-At": String(Date.now()) };
  const told = Date.parse(answer.headers.get("Date") || "");
  headers["X-Ahead"] = String(told ? told - Date.now() : 0); // how far the phone's clock is behind ours, in ms
  ["Content-Type", "Content-Security-Policy"].forEach((name) => {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  });
  return new Response(text, { headers });
}

/* A part that pages name, and what it imports. */
async function keepPart(address, parts, seen) {
  if (seen.has(address)) return;
  seen.add(address);
  let found = await parts.match(address, { ignoreVary: true });
  if (!found) {
    found = await fetch(address, { credentials: "same-origin" });
    if (!found.ok || found.redirected) throw new Error(address);
    await parts.put(address, found.clone());
  }
  if (!/\.js$/.test(address)) return;
  const folder = address.slice(0, address.lastIndexOf("/") + 1);
  for (const name of every(IMPORTS, await found.text())) await keepPart(folder + name, parts, seen);
}

function every(pattern, text) {
  const found = [];
  text.replace(pattern, (whole, inner) => { found.push(inner); return whole; });
  return found;
}

/* A page with its parts, or null where it is not this person's. */
async function load(address, person, parts, seen) {
  const answer = await ask(address);
  if (!isFor(answer, person)) return null;
  const text = await answer.text();
  for (const part of every(PARTS, text)) await keepPart(part, parts, seen);
  return copy(answer, text);
}

/* Load and keep the pages of a person, one after the other; whether any came. What is there stays until its new copy came. */
async function keep(wanted) {
  holder = wanted.person;
  turn += 1;
  const mine = turn;
  await forget(holder);
  const parts = await caches.open(ASSETS);
  const seen = new Set();
  let number = 0;
  for (const address of wanted.pages) {
    const found = await load(address, wanted.person, parts, seen).catch(() => null);
    if (mine !== turn) return false;
    if (!found) continue;
    const pages = await caches.open(PERSON + wanted.person);
    if (!number && address === wanted.pages[0]) await pages.put("/", found.clone());
    await pages.put(key(address), found);
    number += 1;
  }
  if (mine === turn && number === wanted.pages.length) await prune(parts, seen);
  return mine === turn && number > 0;
}

/* Parts that no kept page names any more are of an older version. */
async function prune(parts, seen) {
  const old = (await parts.keys()).filter((request) => !seen.has(new URL(request.url).pathname));
  await Promise.all(old.map((request) => parts.delete(request)));
}

/* --- answering --- */

async function kept(address) {
  const name = (await names())[0];
  const pages = name && await caches.open(name);
  return pages ? pages.match(key(address)) : null;
}

/* The kept page says when it was kept; `isOther`: it stands for one that is not kept. */
async function shown(found, isOther) {
  const about = " data-kept-at=\"" + found.headers.get("X-Kept-At") + "\" data-ahead=\"" + found.headers.get("X-Ahead") + "\"" + (isOther ? " data-kept-other" : "");
  const text = (await found.text()).replace("<html", "<html" + about);
  return new Response(text, { headers: found.headers });
}

async function keptPage(address) {
  const found = await kept(address);
  if (found) return shown(found, false);
  const home = await kept("/");
  return home ? shown(home, true) : null;
}

function late() {
  return new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, null); });
}

/* The network first. What is not ours (a portal's page, a proxy's) counts as no answer; a redirect is for the browser. */
async function page(request) {
  const coming = fetch(request).catch(() => null);
  const lateIfKept = kept(request.url).then((found) => (found ? late() : coming), () => coming);
  const answer = await Promise.race([coming, lateIfKept]); // what came is not held up by a disk that is busy or broken
  if (answer && (answer.type === "opaqueredirect" || answer.headers.get("X-Sent-By") === "wangge")) return answer;
  return (await keptPage(request.url).catch(() => null)) || (await coming) || Response.error();
}

async function part(request) {
  const found = await caches.match(request, { ignoreVary: true });
  return found || fetch(request);
}

/* What a kept page asks for: the network, else as kept. */
async function piece(request) {
  return fetch(request).catch(async () => (await kept(request.url)) || Response.error());
}

self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", (event) => {
  const words = event.data || {};
  if (words.takeOver) self.skipWaiting();
  if (words.keep) event.waitUntil(keep(words.keep).then((kept_) => event.source.postMessage({ kept: kept_ }), () => {}));
  if ("only" in words) event.waitUntil(forget(words.only));
});
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || request.headers.has("X-Sent-By")) return;
  if (/^\/(assets|map\/layers)\//.test(url.pathname)) event.respondWith(part(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
  else if (/^\/map\/grids\//.test(url.pathname)) event.respondWith(piece(request));
});
