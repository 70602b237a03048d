/* The button of a patrol round says exactly what is stated: how many normal, problem, not seen. "Not gone" is no statement. */

import { attach } from "./attach.js";

const OUTCOMES = ["normal", "problem", "could_not_see", "not_gone"];

function count(form) {
  const found = {};
  OUTCOMES.forEach((outcome) => {
    found[outcome] = form.querySelectorAll("[data-visit] .seg-" + outcome + ":checked").length;
  });
  return found;
}

function wording(found, data) {
  if (found.problem + found.could_not_see > 0) {
    return data.mixed.replace("{a}", found.normal).replace("{b}", found.problem).replace("{c}", found.could_not_see);
  }
  if (found.normal === 0) return data.none;
  return found.normal === 1 && data.one ? data.one : data.all.replace("{n}", found.normal);
}

function watch(button) {
  const form = button.form;
  const stay = form.querySelector("[data-round-stay]");
  const update = () => {
    const found = count(form);
    if (!form.dataset.sending) button.textContent = wording(found, button.dataset);
    if (stay) stay.hidden = found.not_gone === 0;
  };
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}

attach("[data-round]", watch);
