/* An entry on its way to our server: who is logged in and what is here, the photos that are not, then the words, which name
   them. Counted as received only by our own 201 whose receipt lists the entry and every photo. Everything else ends in a
   Trouble. The protocol: docs/decisions/0025 and 0058. */

import { ask } from "./wire.js";

const TRIES = 5; // that the server is busy is waited out so often
const SOON = 30; // seconds; who says "again" later than that has trouble that a person has to be told of
const FORM = "application/x-www-form-urlencoded;charset=UTF-8";
const LATER = [408, 425, 429]; // of ours: not a word about the entry

/* What ends a try: a key of the page's words, what stands in them; `step` at which; `answer` of our server, if it said no. */
export class Trouble extends Error {
  constructor(kind, values, words) {
    super(kind);
    this.kind = kind;
    this.values = values || {};
    this.words = words;
    this.step = "";
    this.answer = null;
  }
}

function check(answer) {
  if (answer.status === 0) throw new Trouble(navigator.onLine === false ? "offline" : "cut");
  if (!answer.ours) throw new Trouble(answer.status === 413 ? "large" : "proxy", { code: answer.status });
  if (answer.status === 401) throw new Trouble("login");
  if (answer.status >= 500 || answer.again > 0 || LATER.indexOf(answer.status) >= 0) throw said("down", answer);
  return answer;
}

function read(text) {
  try {
    return JSON.parse(text) || {};
  } catch (error) {
    return {};
  }
}

/* Trouble of which our own server speaks. */
function said(kind, answer) {
  const trouble = new Trouble(kind, {}, read(answer.text).error);
  trouble.answer = answer;
  return trouble;
}

/* What `again()` answers, which is asked anew while our server says that it is busy just now (503) and soon no more.
   Nothing of it was kept then, and sent again it counts once. */
async function patiently(way, again) {
  let answer = await again();
  for (let turn = 0; way.isPatient && turn < TRIES && answer.ours && answer.status === 503 && answer.again <= SOON; turn += 1) {
    way.say("later", {});
    await new Promise((resolve) => { setTimeout(resolve, 1000 * (answer.again || 5)); });
    answer = await again();
  }
  return answer;
}

/* Who is logged in now, with a token of that log-in, and which photos are there. */
async function state(entry, way) {
  const answer = check(await patiently(way, () => ask("GET", "/entries/" + entry.id, { accept: "application/json" })));
  const now = read(answer.text);
  if (answer.status !== 200 || !now.token) throw new Trouble("proxy", { code: answer.status });
  if (String(now.person) !== String(entry.person)) throw new Trouble("other", { name: now.name });
  Array.prototype.forEach.call(document.querySelectorAll("input[name='csrf_token']"), (input) => { input.value = now.token; });
  return now;
}

async function upload(entry, photo, token, way, n, m) {
  const show = (sent) => {
    const percent = Math.min(99, Math.floor(100 * sent / photo.bytes.byteLength));
    way.say("photo", { n, m }, percent);
  };
  show(0);
  const address = "/entries/" + entry.id + "/photos/" + photo.mark + "?name=" + encodeURIComponent(photo.name);
  const options = { body: new Blob([photo.bytes], { type: "image/jpeg" }), token, accept: "application/json", progress: show };
  const answer = check(await patiently(way, () => ask("PUT", address, options)));
  if (answer.status >= 400) throw said("refused", answer);
  if (read(answer.text).sha256 !== photo.mark) throw new Trouble("proxy", { code: answer.status });
}

/* The words, and the marks of the photos in the place of their bytes. */
function record(entry, token) {
  const fields = entry.fields.concat(entry.photos.map((photo) => ["kept", photo.mark]), [["csrf_token", token]]);
  const isPlain = fields.every((field) => typeof field[1] === "string");
  const body = isPlain ? new URLSearchParams() : new FormData();
  fields.forEach((field) => body.append(field[0], field[1]));
  return isPlain ? { body: body.toString(), type: FORM } : { body };
}

/* A page of ours leads on by 201 with its address; a receipt says besides which entry it is of, and which photos. */
function received(answer, entry, way) {
  if (answer.status >= 400) throw said("refused", answer);
  const receipt = read(answer.text);
  const photos = Array.isArray(receipt.photos) ? receipt.photos : [];
  const isWhole = receipt.id === entry.id && entry.photos.every((photo) => photos.indexOf(photo.mark) >= 0);
  if (answer.status !== 201 || !answer.where || (way.isKept && !isWhole)) throw said("down", answer);
  return answer;
}

async function post(entry, token, way) {
  const options = { accept: way.accept, ...record(entry, token) };
  return patiently(way, () => ask("POST", entry.action, options));
}

async function lastStep(entry, token, way) {
  const steps = entry.photos.length + 1;
  way.say("busy", { n: steps, m: steps }, entry.photos.length ? 100 : undefined);
  let answer = await post(entry, token, way);
  if (answer.ours && answer.status === 401) { // the token is of an earlier log-in, or there is none now
    answer = await post(entry, (await state(entry, way)).token, way);
  }
  return received(check(answer), entry, way);
}

/* entry: as in store.js, with photos [{mark, name, bytes}]. way: say(kind, values, percent); token of the page, to be tried
   first where no photo goes before; accept, what a refusal shall be; isPatient; isKept: the receipt has to be whole.
   → our server's 201. */
export async function deliver(entry, way) {
  let step = "state";
  try {
    let token = way.token;
    if (!token || entry.photos.length) {
      const now = await state(entry, way);
      token = now.token;
      step = "photos";
      for (let i = 0; i < entry.photos.length; i += 1) {
        if (now.photos.indexOf(entry.photos[i].mark) < 0) await upload(entry, entry.photos[i], token, way, i + 1, entry.photos.length + 1);
      }
    }
    step = "record";
    return await lastStep(entry, token, way);
  } catch (error) {
    if (error instanceof Trouble) error.step = step;
    throw error;
  }
}
