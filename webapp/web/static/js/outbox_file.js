/* A file of what waited on a phone (js/outbox.js: save). Its author chooses it at another machine; or he hands it in at a desk,
   which sends his rounds and problems under his name, so that his phone, when it sends them later, meets them
   (docs/decisions/0058). What is taken from a file waits here, and goes by itself. */

import { attach } from "./attach.js";
import { outbox } from "./outbox.js";
import { one, put } from "./store.js";

const me = document.documentElement.dataset.person;
/* A file may be anybody's, and what it asks for is sent with the rights of who chose it: so only what forms let wait. */
const FOR_HIM = /^\/(patrols|reports)$/;
const OWN = /^\/(patrols|reports|feedback|grids\/\d+\/objects\/propose|objects\/\d+\/stop)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOVE = /^\/reports\/[0-9a-f-]{36}\/[a-z_]+$/;

/* The entry as it goes from here, or null where only its author can send it. Nothing is taken at a desk in the desk's own name,
   in which a file could say anything. */
function ours(entry, isDesk) {
  if (!isDesk) return entry.person === me && (OWN.test(entry.action) || MOVE.test(entry.action)) ? entry : null;
  const isForAnother = entry.fields.some(([name, value]) => name === "person_id" && value);
  if (String(entry.person) === me || !FOR_HIM.test(entry.action) || isForAnother) return null;
  const fields = entry.fields.filter(([name]) => name !== "author_id");
  return { ...entry, person: me, fields: fields.concat([["author_id", String(entry.person)]]) };
}

/* Throws at what the outbox could never send: it would stand in the way of all behind it. */
function check(entry) {
  const isText = (value) => typeof value === "string";
  const arePairs = entry.fields.every((pair) => pair.length === 2 && pair.every(isText));
  if (!UUID.test(entry.id) || !isText(entry.title) || !arePairs) throw new Error("no entry of ours");
}

/* The entry as the outbox keeps it, with its photos. */
function unpacked(entry) {
  check(entry);
  const photos = entry.photos.map((photo) => ({
    mark: photo.sha256, name: photo.name, bytes: Uint8Array.from(atob(photo.data), (letter) => letter.charCodeAt(0)).buffer,
  }));
  const { photos: _left, ...rest } = entry;
  const at = Date.parse(entry.at) || Date.now();
  return [{ ...rest, at, marks: photos.map((photo) => photo.mark), state: "waiting", reason: "" }, photos];
}

/* What waits here already is left as it is: it may have been put right since. */
async function lay(found) {
  for (const [entry, photos] of found) {
    const there = await one(entry.id);
    if (!there || there.person !== me) await put(entry, photos);
  }
}

/* All of it, or nothing where any of it cannot be read. */
async function takeIn(input) {
  if (!input.files.length) return;
  const status = input.parentNode.querySelector("[role='status']");
  const say = (words, n) => words.replace("{n}", n);
  input.parentNode.querySelector("[data-outbox-file-sent]").textContent = "";
  try {
    const { entries } = JSON.parse(await new Response(input.files[0]).text());
    const found = entries.map((entry) => ours(entry, "desk" in input.dataset)).filter(Boolean).map(unpacked);
    input.taken = found.map(([entry]) => entry);
    if (!(await outbox.ready)) {
      status.textContent = input.dataset.cannot;
      return;
    }
    await lay(found);
    const left = entries.length - found.length;
    status.textContent = say(input.dataset.taken, found.length) + (left ? " " + say(input.dataset.left, left) : "");
    outbox.soon();
  } catch (error) {
    status.textContent = input.dataset.failed;
  } finally {
    input.value = ""; // the same file may be chosen again
  }
}

/* Each that was taken leads to its receipt once it has one. */
function tellOf(input, sent) {
  const entry = sent && (input.taken || []).find((each) => each.id === sent.id);
  if (!entry) return;
  const link = document.createElement("a");
  link.href = sent.where;
  link.textContent = input.dataset.sent.replace("{title}", entry.title);
  input.parentNode.querySelector("[data-outbox-file-sent]").appendChild(document.createElement("li")).appendChild(link);
}

attach("[data-outbox-file]", (input) => {
  input.addEventListener("change", () => takeIn(input));
  document.addEventListener("received", (event) => tellOf(input, event.detail));
});
