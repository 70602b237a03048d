/* The sentence of a report, written from the place and the chosen words until the person changes it.
   <textarea data-sentence data-place data-problems data-measure (names of the fields)
             data-both="{problems} at {place}" data-some="{problems}" data-then=". {measure}" data-end="." data-join=", "> */

import { attach } from "./attach.js";

function chosen(form, name) {
  const inputs = form.querySelectorAll("input[name='" + name + "']:checked");
  return Array.prototype.map.call(inputs, (input) => input.closest("label").textContent.trim());
}

function fill(pattern, words) {
  return pattern.replace(/\{(\w+)\}/g, (whole, key) => words[key] || "");
}

function compose(area) {
  const form = area.form;
  const place = form.elements[area.dataset.place];
  const words = {
    place: place ? place.value.trim() : "",
    problems: chosen(form, area.dataset.problems).join(area.dataset.join),
    measure: chosen(form, area.dataset.measure).join(area.dataset.join),
  };
  if (!words.problems) return "";
  const start = fill(words.place ? area.dataset.both : area.dataset.some, words);
  return start + (words.measure ? fill(area.dataset.then, words) : "") + area.dataset.end;
}

function follow(area) {
  let own = area.value.trim() !== "" && area.value !== compose(area);
  area.addEventListener("input", () => { own = area.value.trim() !== ""; });
  const update = (event) => {
    if (event.target !== area && !own) area.value = compose(area);
  };
  area.form.addEventListener("change", update);
  area.form.addEventListener("input", update);
}

attach("textarea[data-sentence]", follow);
