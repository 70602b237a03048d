/* A form marked data-send stays until its receipt. One that may wait (data-keep) is laid into the phone's outbox in the same
   gesture, before the first try, so that whatever happens then loses nothing; where no answer of ours comes, the page says that
   it is kept. What cannot be kept stays in its form. Nothing that was written or chosen goes, and sent again it is the same
   entry (docs/decisions/0025, 0058). Without JavaScript the form is sent as it is. */

import { attach } from "./attach.js";
import { Trouble, deliver } from "./deliver.js";
import { outbox } from "./outbox.js";
import { markBusy, release } from "./press.js";
import { sha256 } from "./sha256.js";
import { note, put, remove } from "./store.js";

const HERE = ["refused", "login", "other", "unread"]; // said in the form: something is to be done, now and here

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

/* What an error page of ours says, in its own words. */
function heard(page) {
  return Array.prototype.map.call(page.querySelectorAll("main h1, main > p"), (part) => part.textContent.trim()).join("\n");
}

/* --- what was written, as an entry --- */

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

function fieldsOf(form, button) {
  const found = [];
  new FormData(form).forEach((value, name) => {
    if (name !== "photos" && name !== "csrf_token") found.push([name, value]);
  });
  if (button && button.name) found.push([button.name, button.value]);
  return found;
}

/* What it is called while it waits: the page's heading, and the place where it names one. */
function heading(form) {
  const found = document.querySelector("main h1");
  const place = field(form, "place");
  return [found ? found.innerText : document.title, place ? place.value : ""].join(" ").replace(/\s+/g, " ").trim();
}

async function entryOf(form, button) {
  const photos = await chosen(form);
  return {
    id: field(form, "id").value, person: form.dataset.person, action: form.getAttribute("action"), fields: fieldsOf(form, button),
    marks: photos.map((photo) => photo.mark), title: heading(form),
    at: Date.now(), state: "waiting", reason: "", photos,
  };
}

/* Whether the entry lies in the outbox now: the browser can, has room, and the page shows what waits. */
async function keep(form, entry) {
  if (!("keep" in form.dataset) || !(await outbox.ready)) return false;
  if (!entry.fields.every((one) => typeof one[1] === "string")) return false;
  const { photos, ...rest } = entry;
  try {
    await put(rest, photos, form.replaces === entry.id ? null : form.replaces);
    return true;
  } catch (error) {
    return false;
  }
}

/* --- what becomes of it --- */

function show(main) {
  document.querySelector("main").parentNode.replaceChild(main, document.querySelector("main"));
  document.dispatchEvent(new Event("swapped"));
  const first = main.querySelector("[data-focus]") || main;
  first.focus();
}

/* The page that was refused takes the place of this one, with all that was typed; what was chosen is there by its mark. */
function swap(trouble, replaced) {
  const page = new DOMParser().parseFromString(trouble.answer.text, "text/html");
  if (!page.querySelector("form[data-send]")) throw new Trouble("refused", {}, trouble.words || heard(page));
  const main = document.importNode(page.querySelector("main"), true);
  document.title = page.title;
  show(main);
  main.querySelector("form[data-send]").replaces = replaced;
}

function reasonOf(trouble) {
  if (trouble.words) return trouble.words;
  const page = new DOMParser().parseFromString(trouble.answer.text, "text/html");
  const said = Array.prototype.map.call(page.querySelectorAll(".summary-box li, main > .band p"), (part) => part.textContent.trim());
  return said.join(" ") || heard(page);
}

async function refused(form, entry, trouble, isKept) {
  if (isKept) await note(entry.id, { state: "aside", reason: reasonOf(trouble) });
  if (trouble.step === "record" && trouble.answer) swap(trouble, isKept ? entry.id : form.replaces);
  else throw trouble;
}

/* It waits on the phone: another page at a glance, and without a number. */
function showKept(form, entry) {
  const main = document.querySelector("main").cloneNode(false);
  main.appendChild(document.importNode(form.querySelector("template[data-kept]").content, true));
  main.querySelector("[data-kept-one]").dataset.keptOne = entry.id;
  main.querySelector("[data-kept-next]").href = form.dataset.next || window.location.pathname;
  const list = main.querySelector("[data-kept-problems]");
  const line = list.removeChild(list.firstElementChild);
  problems(form, entry).forEach((problem) => {
    const link = document.importNode(line, true);
    link.querySelector("a").href = problem.address;
    link.querySelector("a").textContent = fill(list.dataset.keptProblems, { name: problem.name });
    list.appendChild(link);
  });
  show(main);
  window.scrollTo(0, 0);
  outbox.askToStay();
  outbox.look();
}

/* Each problem of a round is described by its own report, also where there is no signal. */
function problems(form, entry) {
  return Array.prototype.map.call(form.querySelectorAll("[data-visit] .seg-problem:checked"), (input) => {
    const name = input.closest("[data-visit]").querySelector("legend").firstChild.textContent.trim();
    const object = input.name.replace(/\D/g, "");
    const asked = { object, patrol: entry.id, place: name };
    return { name, address: "/grids/" + field(form, "grid").value + "/report?" + new URLSearchParams(asked).toString() };
  });
}

async function attempt(form, button) {
  const entry = await entryOf(form, button);
  outbox.hand(entry.id, true);
  const isKept = await keep(form, entry);
  const way = {
    token: form.dataset.tried ? null : field(form, "csrf_token").value, accept: "text/html", isPatient: true, isKept,
    say: (kind, values, percent) => {
      if (values.m) form.sendingStep = values;
      const shown = words(form, (values.m && form.dataset.still) || kind, values);
      say(form, percent === undefined || !values.m || kind === "busy" ? shown : shown + "  " + percent + " %", percent);
    },
  };
  try {
    say(form, words(form, "busy"));
    const before = isKept ? await outbox.older(entry) : "";
    if (before && HERE.indexOf(before) < 0) throw new Trouble(before); // the line is dead: it was tried already
    const answer = await deliver(entry, way);
    if (isKept) await remove(entry.id);
    form.dataset.sent = "1";
    document.dispatchEvent(new Event("received"));
    window.location.replace(answer.where);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (error.kind === "refused") await refused(form, entry, error, isKept);
    else if (!isKept && error.answer && error.answer.ours) swap(error);
    else if (isKept && HERE.indexOf(error.kind) < 0) showKept(form, entry);
    else throw error;
  } finally {
    outbox.hand(entry.id, false);
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

/* A form whose entry waits already is not filled in twice. */
async function meet(form) {
  const found = (await outbox.ready) && await outbox.waits(form);
  if (found) showKept(form, found);
}

function watchForm(form) {
  if (form.dataset.send) window.history.replaceState(null, "", form.dataset.send);
  if ("keep" in form.dataset) meet(form);
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
