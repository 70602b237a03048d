/* A module's act for each element of its kind: now, and again for those of a page that took the place of the main part. */

export function attach(selector, act) {
  const all = () => Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  document.addEventListener("swapped", all);
  all();
}
