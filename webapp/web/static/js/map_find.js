/* The map's search without leaving the page: the piece of page that the server found stands under the box. Loaded when it is used;
   without it the form asks for the page anew, with the same list in it. */

export function find(form) {
  const place = document.querySelector("[data-map-found]");
  const words = form.elements.q.value.trim();
  if (!words) {
    place.textContent = "";
    return;
  }
  const query = Array.prototype.map.call(form.querySelectorAll("[name]"), (field) => (
    encodeURIComponent(field.name) + "=" + encodeURIComponent(field.value)
  )).join("&");
  fetch(form.dataset.mapFind + "?" + query, { credentials: "same-origin" }).then((answer) => {
    if (!answer.ok || answer.redirected) throw new Error("found " + answer.status);
    return answer.text();
  }).then((html) => {
    if (form.elements.q.value.trim() === words) place.innerHTML = html;
  }).catch(() => form.submit());
}
