/* A form marked data-send stays until its receipt. Photos travel first, one by one, each under its sha256 and the entry's
   id; then the words, which name them. Whatever goes wrong on the way is said, nothing that was written or chosen goes, and
   sent again it is the same entry. The protocol: docs/decisions/0025. Without JavaScript the form is sent as it is. */

import { attach } from "./attach.js";
import { markBusy, release } from "./press.js";
import { sha256 } from "./sha256.js";
import { ask } from "./wire.js";

const TRIES = 5; // that the server is busy is waited out so often
const SOON = 30; // seconds; who says "again" later than that has trouble that a person has to be told of
const FORM = "application/x-www-form-urlencoded;charset=UTF-8";

/* What ends a try: a key of the state's words, and what stands in them. */
class Trouble extends Error {
  constructor(kind, values, words) {
    super(kind);
    this.kind = kind;
    this.values = values || {};
    this.words = words;
  }
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

function field(form, name) {
  return form.querySelector("input[name='" + name + "'], textarea[name='" + name + "']");
}

/* --- what is shown --- */

function say(form, words, percent) {
  const box = form.querySelector("[data-sending]");
  const bar = box.querySelector("[data-sending-bar]");
  box.hidden = !words;
  box.querySelector("[data-sending-words]").textContent = words || "";
  bar.hidden = percent === undefined;
  bar.value = percent || 0;
  box.querySelector("[data-sending-login]").hidden = true;
  return box;
}

function words(form, kind, values) {
  return fill(form.querySelector("[data-sending]").dataset[kind], values || {});
}

function tell(form, trouble) {
  const box = say(form, trouble.words || words(form, trouble.kind, trouble.values));
  box.classList.add("is-wrong");
  const leads = trouble.kind === "login" || trouble.kind === "other";
  box.querySelector("[data-sending-login]").hidden = !leads;
  form.dataset.waits = trouble.kind === "login" ? "login" : "";
  if (box.scrollIntoView) box.scrollIntoView({ block: "center" });
}

function busy(form, button) {
  form.dataset.sending = "1";
  form.dataset.waits = "";
  form.dataset.still = "";
  form.sendingStep = null;
  form.querySelector("[data-sending]").classList.remove("is-wrong");
  markBusy(button);
}

/* --- answers that are none --- */

/* What an error page of ours says, in its own words. */
function heard(page) {
  return Array.prototype.map.call(page.querySelectorAll("main h1, main > p"), (part) => part.textContent.trim()).join("\n");
}

function check(answer, asJson) {
  if (answer.status === 0) throw new Trouble(navigator.onLine === false ? "offline" : "cut");
  if (!answer.ours) throw new Trouble(answer.status === 413 ? "large" : "proxy", { code: answer.status });
  if (answer.status === 401) throw new Trouble("login");
  if (asJson && answer.status >= 400) throw new Trouble("refused", {}, JSON.parse(answer.text).error);
  return answer;
}

/* --- the steps --- */

/* What `again()` answers, which is asked anew while our server says that it is busy just now (503) and soon no more.
   Nothing of it was kept then, and sent again it counts once. */
async function patiently(form, again) {
  let answer = await again();
  for (let turn = 0; turn < TRIES && answer.ours && answer.status === 503 && answer.again <= SOON; turn += 1) {
    say(form, words(form, "later"));
    await new Promise((resolve) => { setTimeout(resolve, 1000 * (answer.again || 5)); });
    answer = await again();
  }
  return answer;
}

/* Who is logged in now, with a token of that log-in, and which photos are there. */
async function state(form) {
  const look = () => ask("GET", "/entries/" + field(form, "id").value, { accept: "application/json" });
  const answer = check(await patiently(form, look), true);
  const now = JSON.parse(answer.text);
  if (String(now.person) !== form.dataset.person) throw new Trouble("other", { name: now.name });
  Array.prototype.forEach.call(document.querySelectorAll("input[name='csrf_token']"), (input) => { input.value = now.token; });
  return now;
}

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(new Trouble("unread", { name: file.name })));
    reader.readAsArrayBuffer(file);
  });
}

/* The photos that are chosen, as bytes: a file on a phone may be gone the next moment. Each once. */
async function chosen(form) {
  const input = form.querySelector("input[type='file']");
  if (!input) return [];
  await input.shrinking; // js/photo.js is still at it
  const found = [];
  for (const file of Array.prototype.slice.call(input.files)) {
    const bytes = await read(file);
    const mark = await sha256(bytes);
    if (!found.some((photo) => photo.mark === mark)) found.push({ mark, bytes, name: file.name });
  }
  return found;
}

async function upload(form, photo, n, m) {
  const show = (sent) => {
    const percent = Math.min(99, Math.floor(100 * sent / photo.bytes.byteLength));
    form.sendingStep = { n, m };
    say(form, words(form, form.dataset.still || "photo", { n, m }) + "  " + percent + " %", percent);
  };
  show(0);
  const address = "/entries/" + field(form, "id").value + "/photos/" + photo.mark + "?name=" + encodeURIComponent(photo.name);
  const options = {
    body: new Blob([photo.bytes], { type: "image/jpeg" }), token: field(form, "csrf_token").value,
    accept: "application/json", progress: show,
  };
  check(await patiently(form, () => ask("PUT", address, options)), true);
}

/* The words, and the marks of the photos in the place of their bytes. */
function record(form, button, photos) {
  const data = new FormData(form);
  data.delete("photos");
  photos.forEach((photo) => data.append("kept", photo.mark));
  if (button && button.name) data.append(button.name, button.value);
  const files = Array.prototype.some.call(form.querySelectorAll("input[type='file']"), (input) => input.name !== "photos" && input.files.length);
  return files ? { body: data } : { body: new URLSearchParams(data).toString(), type: FORM };
}

async function post(form, button, photos) {
  const send = () => ask("POST", form.getAttribute("action"), record(form, button, photos));
  let answer = await patiently(form, send);
  if (answer.ours && answer.status === 401) { // the page's token is of an earlier log-in, or there is none now
    await state(form);
    answer = await patiently(form, send);
  }
  return check(answer);
}

/* The page that was refused takes the place of this one, with all that was typed; what was chosen is there by its mark. */
function swap(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.querySelector("form[data-send]")) throw new Trouble("refused", {}, heard(page));
  const main = document.importNode(page.querySelector("main"), true);
  document.querySelector("main").parentNode.replaceChild(main, document.querySelector("main"));
  document.title = page.title;
  document.dispatchEvent(new Event("swapped"));
  const first = main.querySelector("[data-focus]") || main;
  first.focus();
}

async function attempt(form, button) {
  const photos = await chosen(form);
  const steps = photos.length + 1;
  if (photos.length || form.dataset.tried) {
    const there = (await state(form)).photos;
    for (let i = 0; i < photos.length; i += 1) {
      if (there.indexOf(photos[i].mark) < 0) await upload(form, photos[i], i + 1, steps);
    }
  }
  form.sendingStep = { n: steps, m: steps };
  say(form, words(form, form.dataset.still || "busy", form.sendingStep), photos.length ? 100 : undefined);
  const answer = await post(form, button, photos);
  if (answer.where) {
    form.dataset.sent = "1";
    window.location.replace(answer.where);
  } else {
    swap(answer.text);
  }
}

async function send(form, button) {
  busy(form, button);
  try {
    await attempt(form, button);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    form.dataset.tried = "1";
    tell(form, error);
  } finally {
    if (!form.dataset.sent) release(form);
  }
}

/* --- when --- */

function onSubmit(event) {
  const form = event.currentTarget;
  const pressed = event.submitter || form.pressed || document.activeElement;
  const button = pressed && pressed.form === form && pressed.type === "submit" ? pressed : form.querySelector("button[type='submit']");
  if (button && "plain" in button.dataset) return;
  event.preventDefault();
  if (!form.dataset.sending) {
    form.lastButton = button;
    send(form, button);
  } else if (form.sendingStep) {
    form.dataset.still = "still";
    form.querySelector("[data-sending-words]").textContent = words(form, "still", form.sendingStep);
  }
}

/* Logged in again in another tab: it goes on by itself. */
function onReturn(form) {
  if (form.dataset.waits === "login" && !form.dataset.sending && document.visibilityState === "visible" && document.contains(form)) {
    send(form, form.lastButton);
  }
}

function watchForm(form) {
  if (form.dataset.send) window.history.replaceState(null, "", form.dataset.send);
  form.addEventListener("submit", onSubmit);
  form.addEventListener("click", (event) => { // iOS gives no pressed button the focus
    const button = event.target.closest("button[type='submit']");
    if (button) form.pressed = button;
  });
  window.addEventListener("focus", () => onReturn(form));
  document.addEventListener("visibilitychange", () => onReturn(form));
}

/* A page that the browser kept and shows again, though it was sent: its address leads to the receipt. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form[data-sent]")) window.location.reload();
});
attach("form[data-send]", watchForm);
