/* An officer's pages where there is no signal: tells the service worker (js/sw.js) what to keep, and a page that was kept says
   so and gives each form an id of its own. It asks nobody to install anything. Where a browser cannot do it, over plain http and
   inside WeChat, the page says that. */

import { ask } from "./wire.js";

const OFTEN_MS = 1800000; // kept pages are loaded anew at most so often, unless something was sent
const STAMP = "wangge.kept";
const root = document.documentElement;
const box = document.querySelector("[data-offline]");

/* --- which pages --- */

function stamp() {
  return [root.dataset.person, root.lang, box.dataset.mark, ""].join(" ");
}

function isFresh() {
  const said = localStorage.getItem(STAMP) || "";
  return said.indexOf(stamp()) === 0 && Date.now() - Number(said.slice(stamp().length)) < OFTEN_MS;
}

async function keep(worker) {
  if (isFresh()) return;
  const answer = await ask("GET", box.dataset.offline, { accept: "application/json" });
  if (!answer.ours || answer.status !== 200) return;
  const pages = JSON.parse(answer.text).pages;
  worker.postMessage({ keep: { person: root.dataset.person, pages } });
}

/* A new version of the worker takes over when nothing is being sent. */
function takeOver(registration) {
  const free = () => {
    if (registration.waiting && !document.querySelector("form[data-sending]")) registration.waiting.postMessage({ takeOver: true });
  };
  free();
  registration.addEventListener("updatefound", () => {
    if (registration.installing) registration.installing.addEventListener("statechange", free);
  });
}

function register() {
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data.kept) localStorage.setItem(STAMP, stamp() + Date.now());
  });
  navigator.serviceWorker.register("/sw.js").then(async (registration) => {
    takeOver(registration);
    const ready = await navigator.serviceWorker.ready;
    if (!root.dataset.keptAt) await keep(ready.active);
  }, () => {});
}

/* --- a page that was kept --- */

function say(words, asks) {
  box.querySelector("[data-offline-words]").textContent = words;
  const copy = box.querySelector("[data-copy]");
  copy.hidden = !asks;
  copy.dataset.copy = window.location.origin + "/";
  box.hidden = false;
}

function sayKept() {
  const at = new Date(Number(root.dataset.keptAt)).toLocaleString(root.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const other = "keptOther" in root.dataset ? box.dataset.other + " " : "";
  say(other + box.dataset.asOf.replace("{at}", at), false);
}

/* A UUIDv7 (RFC 9562). Its time is the phone's, put right by what our server's clock said when the page was kept. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let at = Date.now() + Number(root.dataset.ahead || 0);
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = at % 256;
    at = Math.floor(at / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.prototype.map.call(bytes, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/* What the address asks for and the server would have filled in: the object and the round that a report is of. */
function fillIn(form) {
  const asked = new URLSearchParams(window.location.search);
  [["object", "object_id"], ["patrol", "patrol_id"], ["place", "place"]].forEach(([name, field]) => {
    const input = form.querySelector("input[name='" + field + "']");
    if (input && asked.get(name)) input.value = asked.get(name);
  });
}

/* The id in a kept page was used, or is somebody's: each filling-in has its own; the address keeps it through a reload. */
function begin(form) {
  const asked = new URLSearchParams(window.location.search);
  if (!asked.get("id")) asked.set("id", newId());
  form.querySelector("input[name='id']").value = asked.get("id");
  fillIn(form);
  form.dataset.send = window.location.pathname + "?" + asked.toString();
}

/* --- where it does not work --- */

function cannot() {
  if (/MicroMessenger/i.test(navigator.userAgent)) return box.dataset.inApp;
  if (window.isSecureContext === false) return box.dataset.insecure;
  return "";
}

function start() {
  window.addEventListener("beforeinstallprompt", (event) => event.preventDefault());
  document.addEventListener("received", () => localStorage.removeItem(STAMP));
  if (root.dataset.keptAt) {
    sayKept();
    Array.prototype.forEach.call(document.querySelectorAll("form[data-keep]"), begin);
    Array.prototype.forEach.call(document.querySelectorAll("a[data-entry]"), (link) => link.removeAttribute("data-entry"));
  }
  if (cannot() && (document.querySelector("form[data-keep]") || box.dataset.home === window.location.pathname)) say(cannot(), true);
  if (navigator.serviceWorker) register();
}

if (box) start();
