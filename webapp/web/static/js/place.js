/* "Add my position": asked once, at a press; fills lon, lat (degrees, WGS84 as the browser gives it) and accuracy (metres).
   Browsers give a position only to secure pages, so an http page says that instead of failing silently. */

import { attach } from "./attach.js";

const LOOK = { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 };

function place(box) {
  const inputs = box.querySelectorAll("input"); // longitude, latitude, accuracy; hidden, or to be typed into
  const add = box.querySelector("[data-place-add]");
  const remove = box.querySelector("[data-place-remove]");
  const status = box.querySelector("[role='status']");
  const show = (words) => { status.textContent = words; };
  const system = box.querySelector("select"); // in which numbers are typed; the phone's are WGS84
  const put = (values) => {
    if (system) system.value = "";
    values.forEach((value, index) => { inputs[index].value = value; });
    remove.hidden = values[0] === "";
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  };
  const found = (at) => {
    const metres = Math.round(at.coords.accuracy);
    put([at.coords.longitude.toFixed(6), at.coords.latitude.toFixed(6), metres]);
    show(box.dataset.found.replace("{m}", metres));
  };
  add.addEventListener("click", () => {
    if (window.isSecureContext === false || !navigator.geolocation) {
      show(box.dataset.insecure);
      return;
    }
    show(box.dataset.finding);
    navigator.geolocation.getCurrentPosition(found, (error) => {
      show(error.code === error.PERMISSION_DENIED ? box.dataset.denied : box.dataset.failed);
    }, LOOK);
  });
  remove.addEventListener("click", () => {
    put(["", "", ""]);
    show(box.dataset.removed);
  });
  if (inputs[0].value) {
    remove.hidden = false;
    show(box.dataset.found.replace("{m}", inputs[2].value || "?"));
  }
}

attach("[data-place]:not(textarea)", place);
