/* "Settled on the spot" and its hint show only while what is chosen allows it, so that nobody presses in vain.
   <button data-settle data-severity="the one that may be" data-enforced="problems that may not">; the server decides. */

import { attach } from "./attach.js";

function allowed(form, rule) {
  const severity = form.querySelector("input[name='severity']:checked");
  const enforced = rule.enforced.split("/");
  const problems = form.querySelectorAll("input[name='problem']:checked");
  return Boolean(severity) && severity.value === rule.severity
    && !Array.prototype.some.call(problems, (problem) => enforced.indexOf(problem.value) >= 0);
}

function watch(button) {
  const form = button.form;
  const hint = form.querySelector("[data-settle-hint]");
  const update = () => {
    button.hidden = !allowed(form, button.dataset);
    if (hint) hint.hidden = button.hidden;
  };
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update); // a page the browser kept has its old choices again
  update();
}

attach("[data-settle]", watch);
