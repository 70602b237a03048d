/* What every page gains from JavaScript. Nothing here is needed to use a page; all words come from data-* attributes.
   Parses as ES2018 (Chrome 70, iOS 13). */

const RESEND_AFTER_MS = 8000; // then the button works again: a second send under the same id is answered by the first receipt

document.documentElement.classList.add("js");

function each(selector, act, root) {
  Array.prototype.forEach.call((root || document).querySelectorAll(selector), act);
}

/* One press, one send: a press while the first is on its way does nothing, and the button says so. */
function release(form) {
  delete form.dataset.sending;
  each("button[aria-disabled]", (button) => {
    button.removeAttribute("aria-disabled");
    button.textContent = button.dataset.label;
  }, form);
}

function markBusy(form, button) {
  if (!button || !button.dataset.busy) return;
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
  const pressed = event.submitter || document.activeElement;
  const button = pressed && pressed.form === form && pressed.type === "submit" ? pressed : null;
  // The name and value of the pressed button must still travel, so it changes after the form was read.
  setTimeout(() => markBusy(form, button), 0);
  setTimeout(() => release(form), RESEND_AFTER_MS);
}

/* Leaving asks only if something was typed into a form marked data-guard and was not sent. */
function guard() {
  let typed = false;
  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target.form && "guard" in event.target.form.dataset) typed = true;
  });
  document.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!typed) return;
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

document.addEventListener("submit", onSubmit);
window.addEventListener("pageshow", () => each("form[data-sending]", release));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  else copy(button);
});
guard();
each(".nav [aria-current]", showCurrent);
each("[data-reveal]", reveal);
each("[data-focus]", (box) => box.focus());
