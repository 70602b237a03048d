/* What waits on this phone: the band that says so on every page, and the sending, by itself, the oldest first. An entry is sent
   under its author's own log-in and no other; somebody else sees only how many there are. It goes from here when our server's
   receipt lists it, and not before (js/deliver.js). Needs no page of its own, so it works wherever a page can be shown. It comes
   with js/send.js, which forms bring, and any other page only while something waits (js/app.js). */

import { Trouble, deliver } from "./deliver.js";
import { all, note, one, photosOf, remove } from "./store.js";

const WAITS_MS = [5000, 15000, 60000, 300000]; // between one try and the next, when the last one did not succeed
const DAY_MS = 86400000;
const CORRECTING = "wangge.correcting"; // of this tab: the entry whose form the next page shows
const band = document.querySelector("[data-outbox]");
const me = document.documentElement.dataset.person;
const inHand = new Set(); // what a form of this page is sending itself
let running = null;
let turn = 0;
let timer = 0;
let received = 0;
let isLeaving = false; // this page, for a receipt

/* A form says that it is sending an entry itself, or no more. */
function hand(id, isMine) {
  if (isMine) inHand.add(id);
  else inHand.delete(id);
  if (!isMine && band) show().then(plan);
}

/* --- the band --- */

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

function part(name) {
  return band.querySelector("[data-outbox-" + name + "]");
}

function words(name, values) {
  return fill(band.dataset[name], values);
}

function photos(entries) {
  return entries.reduce((sum, entry) => sum + entry.marks.length, 0);
}

function pick(entries) {
  const mine = entries.filter((entry) => me && entry.person === me);
  const days = mine.length ? Math.floor((Date.now() - mine[0].at) / DAY_MS) : 0;
  return { mine, days, others: entries.length - mine.length, aside: mine.filter((entry) => entry.state === "aside") };
}

function isOld(found) {
  return found.days >= Number(band.dataset.oldDays);
}

/* The sentences, as many as are true. */
function said(found) {
  const waiting = found.mine.length - found.aside.length;
  return [
    waiting ? words("waiting", { n: waiting, m: photos(found.mine) - photos(found.aside) }) : "",
    found.aside.length ? words("aside", { n: found.aside.length }) : "",
    isOld(found) ? words("old", { n: found.mine.length, d: found.days }) : "",
    found.others ? words("others", { n: found.others }) : "",
    received && !running ? words("received", { n: received }) : "",
  ].filter(Boolean);
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "linklike";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function row(entry) {
  const item = document.createElement("li");
  const at = new Date(entry.at).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  item.textContent = entry.title + ", " + at;
  if (entry.state !== "aside") return item;
  const why = document.createElement("p");
  why.textContent = entry.reason;
  item.appendChild(why);
  item.appendChild(button(band.dataset.correct, () => correct(entry)));
  item.appendChild(button(band.dataset.discard, () => discard(entry)));
  return item;
}

/* The page that says "kept" of an entry that is kept no more, wherever it was sent from: its address leads to the receipt. */
function leaveKept(entries) {
  const said = document.querySelector("main [data-kept-one]");
  if (!said || isLeaving || entries.some((entry) => entry.id === said.dataset.keptOne)) return;
  isLeaving = true;
  window.location.reload();
}

async function show() {
  const entries = await all();
  const found = pick(entries);
  leaveKept(entries);
  const sentences = said(found);
  band.hidden = !sentences.length;
  band.classList.toggle("is-old", found.aside.length > 0 || isOld(found));
  part("words").textContent = sentences.join("\n");
  part("acts").hidden = !found.mine.length;
  const list = part("list");
  list.textContent = "";
  found.mine.map(row).forEach((item) => list.appendChild(item));
  part("again").disabled = Boolean(running);
}

/* --- sending --- */

/* One entry: null when it is received or set aside, else the trouble. */
async function sendOne(entry) {
  try {
    const whole = { ...entry, photos: await photosOf(entry) };
    if (whole.photos.length < entry.marks.length) throw new Trouble("refused", {}, band.dataset.lost);
    const answer = await deliver(whole, { accept: "application/json", isKept: true, say: () => {} });
    await remove(entry.id);
    received += 1;
    document.dispatchEvent(new CustomEvent("received", { detail: { id: entry.id, where: answer.where } }));
    return null;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (error.kind !== "refused" || error.step === "state") return error;
    await note(entry.id, { state: "aside", reason: error.words || band.dataset.unsaid });
    return null;
  }
}

/* All of the reader's that wait, before a moment; one that does not go through holds up no other, but a line that is dead, or
   somebody else's log-in, ends the round. → the trouble that ended it, or null. */
async function round(before) {
  let left = null;
  for (const entry of (await all()).filter((each) => me && each.person === me && each.state === "waiting" && each.at < before)) {
    if (inHand.has(entry.id) || !(await one(entry.id))) continue;
    const trouble = await sendOne(entry);
    if (trouble && trouble.step === "state") return trouble;
    left = trouble || left;
    await show();
  }
  turn = left ? turn : 0;
  return null;
}

/* One tab at a time, where the browser has a lock for it; else it is a matter of some bytes: sent twice counts once. */
function alone(act) {
  if (!navigator.locks) return act();
  return navigator.locks.request("wangge-outbox", { ifAvailable: true }, (lock) => (lock ? act() : null));
}

async function send(before) {
  if (!running) {
    clearTimeout(timer);
    running = alone(() => round(before || Infinity));
  }
  try {
    return await running;
  } finally {
    running = null;
    await show();
    plan();
  }
}

/* What was written before an entry goes before it. → the kind of trouble that stands in the way, or "". */
async function older(entry) {
  const trouble = await send(entry.at);
  return trouble ? trouble.kind : "";
}

async function plan() {
  clearTimeout(timer);
  if (!(await all()).some((entry) => me && entry.person === me && entry.state === "waiting")) return;
  timer = setTimeout(() => send(), WAITS_MS[Math.min(turn, WAITS_MS.length - 1)]);
  turn += 1;
}

function soon() {
  if (document.visibilityState === "hidden") return;
  turn = 0;
  send();
}

/* --- what its author may do --- */

/* The form again, as our server draws it when it says what is wrong: sent as a form, and the page that answers is it. */
async function correct(entry) {
  const token = document.querySelector("input[name='csrf_token']").value;
  const form = document.createElement("form");
  form.method = "post";
  form.action = entry.action;
  entry.fields.concat(entry.marks.map((mark) => ["kept", mark]), [["csrf_token", token]]).forEach(([name, value]) => {
    const input = document.createElement("textarea"); // keeps its lines, as an input would not
    input.name = name;
    input.value = value;
    form.appendChild(input);
  });
  form.hidden = true;
  sessionStorage.setItem(CORRECTING, entry.id);
  document.body.appendChild(form);
  form.submit();
}

async function discard(entry) {
  if (!window.confirm(fill(band.dataset.sure, { title: entry.title }))) return;
  await remove(entry.id);
  show();
}

function base64(bytes) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.split(",")[1] || ""));
    reader.readAsDataURL(new Blob([bytes]));
  });
}

/* What waits of the reader's, with ids, author and hashes, as a file for another machine (js/outbox_file.js). */
async function save() {
  const entries = [];
  for (const entry of pick(await all()).mine) {
    const found = [];
    for (const photo of await photosOf(entry)) found.push({ sha256: photo.mark, name: photo.name, data: await base64(photo.bytes) });
    entries.push({ id: entry.id, person: entry.person, action: entry.action, title: entry.title, at: new Date(entry.at).toISOString(), fields: entry.fields, photos: found });
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ wangge: 1, entries })], { type: "application/json" }));
  link.download = "wangge-" + new Date().toISOString().slice(0, 10) + ".json";
  document.body.appendChild(link);
  link.click();
  link.remove();
}

/* --- forms and pages of entries that wait --- */

/* The entry that waits under the id of a form already, so that it is not filled in twice; else null. A form that puts something
   right takes its place when it is sent. */
async function waits(form) {
  const correcting = sessionStorage.getItem(CORRECTING);
  const found = await one(correcting || form.querySelector("input[name='id']").value);
  if (!found || found.person !== me || inHand.has(found.id)) return null;
  if (!correcting && found.state === "waiting") return found;
  sessionStorage.removeItem(CORRECTING);
  form.replaces = found.id;
  return null;
}

/* What was to be put right was taken as it is: sent once more it gets the first receipt, and goes from here by that. */
async function wasTaken() {
  const id = sessionStorage.getItem(CORRECTING);
  if (!id || document.querySelector("form[data-keep]")) return;
  sessionStorage.removeItem(CORRECTING);
  await note(id, { state: "waiting" });
}

/* The page that says "kept" gives way to the receipt. */
document.addEventListener("received", (event) => {
  const said = document.querySelector("main [data-kept-one]");
  if (!event.detail || !said || said.dataset.keptOne !== event.detail.id) return;
  isLeaving = true;
  window.location.replace(event.detail.where);
});

/* Asked once something had to be kept: a browser that is short of room, or cleaned, leaves it alone then. */
function askToStay() {
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
}

function begin() {
  part("again").addEventListener("click", soon);
  part("save").addEventListener("click", save);
  window.addEventListener("online", soon);
  document.addEventListener("visibilitychange", soon);
  wasTaken().then(show).then(() => send());
  return true;
}

/* A browser that keeps nothing (a private window, an old one) has no outbox, nor has a page of who may keep nothing; forms are
   sent as before. */
export const outbox = { ready: band ? all().then(begin, () => false) : Promise.resolve(false), hand, older, waits, askToStay, look: show, soon };
