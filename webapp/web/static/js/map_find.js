/* What is looked for on the map, or named by the address. Loaded when there is such a thing. */

/* The search without leaving the page: the piece of page that the server found stands under the box. Without this the form asks
   for the page anew, with the same list in it. */

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

/* A thing that was looked for, where it is: its words lead to its page. */
export function showPoint(map, link) {
  const at = link.dataset.mapPoint.split(",").map(Number);
  const words = link.cloneNode(true);
  delete words.dataset.mapShow;
  words.className = "map-point-link";
  map.setView(at, map.startZoom + 4);
  L.popup({ closeButton: false }).setLatLng(at).setContent(words).openOn(map);
}

/* The place that the address names ("lon,lat"): a ring around it, and the map goes there. */
export function spot(map, at) {
  const place = at.split(",").map(Number).reverse();
  L.circleMarker(place, { radius: 15, weight: 4, color: "#a3271b", fill: false, interactive: false }).addTo(map);
  map.setView(place, 15, { animate: false });
}
