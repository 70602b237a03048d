/* What every page gains from JavaScript. Nothing here is needed to use a page; all words come from data-* attributes.
   Parses as ES2018 (Chrome 70, iOS 13). */

import { attach } from "./attach.js";
import { markBusy, release } from "./press.js";

/* After so long a page that is still here was stopped on its way: a press counts again */
const LEAVING_MS = 30000;
/* The same of a form that is answered with a file (data-file): its page stays */
const FILE_MS = 3000;
/* So long an id of this page's is good for a form that is opened from it */
const YOUNG_MS = 600000;
const drawn = Date.now();

document.documentElement.classList.add("js");

function each(selector, act) {
  Array.prototype.forEach.call(document.querySelectorAll(selector), act);
}

/* One press, one send: a press while the first is on its way does nothing, and the button says so. */
function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const isFile = "file" in form.dataset;
  if (Date.now() - Number(form.dataset.sending || 0) < (isFile ? FILE_MS : LEAVING_MS)) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = Date.now();
  const pressed = event.submitter || document.activeElement;
  const button = pressed && pressed.form === form && pressed.type === "submit" ? pressed : null;
  // The name and value of the pressed button must still travel, so it changes after the form was read.
  setTimeout(() => markBusy(button), 0);
  if (isFile) setTimeout(() => release(form), FILE_MS);
}

/* Leaving asks only if something was typed into a form marked data-guard and was not sent. */
function guard() {
  let typed = false;
  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target.form && "guard" in event.target.form.dataset) typed = true;
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) typed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!typed || document.querySelector("form[data-sent]")) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

/* "Show" beside a password. */
function reveal(box) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = box.dataset.show;
  button.addEventListener("click", () => {
    const open = input.type === "password";
    input.type = open ? "text" : "password";
    button.textContent = open ? box.dataset.hide : box.dataset.show;
  });
  box.appendChild(button);
}

/* Copying: the clipboard API exists only over https, so the old way stands behind it. */
function copyOldWay(words) {
  const area = document.createElement("textarea");
  area.value = words;
  area.className = "vh";
  document.body.appendChild(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done ? Promise.resolve() : Promise.reject(new Error("copy refused"));
}

function copy(button) {
  const words = button.dataset.copy;
  const label = button.textContent;
  const tell = (answer) => {
    button.textContent = answer;
    setTimeout(() => { button.textContent = label; }, 2500);
  };
  const copying = navigator.clipboard ? navigator.clipboard.writeText(words) : copyOldWay(words);
  copying.then(() => tell(button.dataset.copied), () => tell(button.dataset.failed));
}

/* The main pages stand in one line that may be wider than a phone: begin with the current one in the middle. */
function showCurrent(link) {
  const line = link.closest("ul");
  line.scrollLeft = link.offsetLeft - line.offsetLeft - (line.clientWidth - link.offsetWidth) / 2;
}

/* A form's address carries the id of its entry. Where the link has one ready, the server need not lead there first; once
   only, and not from a page that lay open: the id tells when the entry began. */
function giveId(link) {
  const plain = link.href;
  const id = link.dataset.entry;
  link.removeAttribute("data-entry");
  if (!(Date.now() - drawn < YOUNG_MS)) return;
  link.href = plain + (plain.indexOf("?") < 0 ? "?" : "&") + "id=" + id;
  setTimeout(() => { link.href = plain; }, 0);
}

/* Paper has no clicks: what is folded away in a list is printed too, and folded again afterwards. */
function unfold() {
  each("[data-print-open] details:not([open])", (part) => {
    part.open = true;
    part.dataset.unfolded = "";
  });
}

function foldAgain() {
  each("[data-unfolded]", (part) => {
    part.open = false;
    delete part.dataset.unfolded;
  });
}

window.addEventListener("beforeprint", unfold);
window.addEventListener("afterprint", foldAgain);
document.addEventListener("submit", onSubmit);
window.addEventListener("pageshow", () => each("form[data-sending]", release));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-entry]");
  if (link) giveId(link);
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  else copy(button);
});
/* The service worker keeps pages for one person: whose this page is, or, at the door and at a log-out, nobody's. */
function tellWorker(person) {
  if (navigator.serviceWorker && navigator.serviceWorker.controller) navigator.serviceWorker.controller.postMessage({ only: person });
}

/* What waits on this phone is said and sent by js/outbox.js, which comes with the script of forms that stay (js/send.js). Another
   page fetches it only while something waits. Asked is the outbox itself (js/store.js): what it holds is on the disk, while a
   mark beside it may be lost with the power. One that is not there is not made. */
function bringOutbox(box) {
  if (box.dataset.brought || document.visibilityState === "hidden") return;
  const asked = indexedDB.open("wangge-outbox");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = (event) => event.preventDefault();
  asked.onsuccess = () => {
    const number = asked.result.transaction("entries").objectStore("entries").count();
    number.onsuccess = () => number.result && addScript(box);
    asked.result.close();
  };
}

function addScript(box) {
  const script = document.createElement("script");
  script.type = "module";
  script.src = box.dataset.whenWaiting;
  box.dataset.brought = "yes";
  document.head.appendChild(script);
}

function lookForWaiting() {
  if (window.indexedDB) each("[data-outbox]", bringOutbox);
}

/* Another tab may have kept something */
document.addEventListener("visibilitychange", lookForWaiting);
lookForWaiting();
guard();
if (document.documentElement.dataset.person) tellWorker(document.documentElement.dataset.person);
else if (document.querySelector("[data-door]")) tellWorker("");
each("form[data-leave]", (form) => form.addEventListener("submit", () => tellWorker("")));
each(".nav [aria-current]", showCurrent);
attach("[data-reveal]", reveal);
each("[data-focus]", (box) => box.focus());
