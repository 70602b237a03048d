/* A pressed button: it says that its form is on its way, until the form may be sent again. */

export function markBusy(button) {
  if (!button || !button.dataset.busy) return;
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
}

export function release(form) {
  delete form.dataset.sending;
  Array.prototype.forEach.call(form.elements, (button) => {
    if (!button.hasAttribute("aria-disabled")) return;
    button.removeAttribute("aria-disabled");
    button.textContent = button.dataset.label;
  });
}
