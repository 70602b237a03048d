/* The button of a patrol round says exactly what is stated: how many normal, problem, not seen. "Not gone" is no statement. */

import { attach } from "./attach.js";

const OUTCOMES = ["normal", "problem", "could_not_see", "not_gone"];

function count(form) {
  const found = {};
  OUTCOMES.forEach((outcome) => {
    found[outcome] = form.querySelectorAll("[data-visit] .seg-" + outcome + ":checked").length;
  });
  found.stays = form.querySelectorAll('[data-visit=""] .seg-not_gone:checked').length; // a topic is never due
  return found;
}

function wording(found, data) {
  if (found.problem + found.could_not_see > 0) {
    return data.mixed.replace("{a}", found.normal).replace("{b}", found.problem).replace("{c}", found.could_not_see);
  }
  if (found.normal === 0) return data.none;
  return found.normal === 1 && data.one ? data.one : data.all.replace("{n}", found.normal);
}

/* The texts of a topic that nobody looked at are not sent. */
function spare(form) {
  form.querySelectorAll('[data-visit="topic"]').forEach((topic) => {
    const looked = topic.querySelector("[type=radio]:checked:not(.seg-not_gone)");
    topic.querySelectorAll("[type=text]").forEach((input) => {
      input.disabled = !looked;
    });
  });
}

function watch(button) {
  const form = button.form;
  const stay = form.querySelector("[data-round-stay]");
  const update = () => {
    spare(form);
    const found = count(form);
    if (!form.dataset.sending) button.textContent = wording(found, button.dataset);
    if (stay) stay.hidden = found.stays === 0;
  };
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}

attach("[data-round]", watch);
