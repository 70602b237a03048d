/* A file of what waited on a phone (js/outbox.js: save). Its author chooses it at another machine; or he hands it in at a desk,
   which sends his rounds and problems under his name, so that his phone, when it sends them later, meets them
   (docs/decisions/0058). What is taken from a file waits here, and goes by itself. */

import { attach } from "./attach.js";
import { outbox } from "./outbox.js";
import { put } from "./store.js";

const me = document.documentElement.dataset.person;
/* A file may be anybody's, and what it asks for is sent with the rights of who chose it: so only what forms let wait. */
const FOR_HIM = /^\/(patrols|reports)$/;
const OWN = /^\/(patrols|reports|feedback|grids\/\d+\/objects\/propose|objects\/\d+\/stop)$/;
const MOVE = /^\/reports\/[0-9a-f-]{36}\/[a-z_]+$/; // officers' alone; a desk's never wait

/* The entry as it goes from here, or null where only its author can send it. */
function ours(entry, isDesk) {
  if (entry.person === me) return OWN.test(entry.action) || (!isDesk && MOVE.test(entry.action)) ? entry : null;
  const isForAnother = entry.fields.some(([name, value]) => name === "person_id" && value);
  if (!isDesk || !FOR_HIM.test(entry.action) || isForAnother) return null;
  return { ...entry, person: me, fields: entry.fields.concat([["author_id", String(entry.person)]]) };
}

/* The entry as the outbox keeps it, with its photos. */
function unpacked(entry) {
  const photos = entry.photos.map((photo) => ({
    mark: photo.sha256, name: photo.name, bytes: Uint8Array.from(atob(photo.data), (letter) => letter.charCodeAt(0)).buffer,
  }));
  const { photos: _left, ...rest } = entry;
  const at = Date.parse(entry.at) || Date.now();
  return [{ ...rest, at, marks: photos.map((photo) => photo.mark), state: "waiting", reason: "" }, photos];
}

/* All of it, or nothing where any of it cannot be read. */
async function takeIn(input) {
  const status = input.parentNode.querySelector("[role='status']");
  const say = (words, n) => words.replace("{n}", n);
  input.parentNode.querySelector("[data-outbox-file-sent]").textContent = "";
  try {
    const { entries } = JSON.parse(await new Response(input.files[0]).text());
    const found = entries.map((entry) => ours(entry, "desk" in input.dataset)).filter(Boolean).map(unpacked);
    input.taken = found.map(([entry]) => entry);
    for (const [entry, photos] of found) await put(entry, photos);
    const left = entries.length - found.length;
    status.textContent = say(input.dataset.taken, found.length) + (left ? " " + say(input.dataset.left, left) : "");
    outbox.soon();
  } catch (error) {
    status.textContent = input.dataset.failed;
  }
}

/* Each that was taken leads to its receipt once it has one. */
function tellOf(input, sent) {
  const entry = sent && (input.taken || []).find((one) => one.id === sent.id);
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
