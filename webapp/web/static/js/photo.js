/* Photos are made smaller on the phone, to at most data-max-bytes each as JPEG, before they are sent.
   Where the browser cannot do it, or would lose which way is up, the photo goes as it is: the server takes both. */

import { attach } from "./attach.js";

const SIDES = [1600, 1280, 1024, 800]; // longest side in pixels, tried in this order
const QUALITIES = [0.82, 0.7, 0.55];
const THUMB = 96;

/* Drawing keeps the turn of a photo only where the browser honours it (Chrome 81, iOS 13.4); DataTransfer: Chrome 60, iOS 14.1. */
function able() {
  try {
    return Boolean(window.createImageBitmap && new DataTransfer().items && CSS.supports("image-orientation", "from-image"));
  } catch (error) {
    return false;
  }
}

const ABLE = able();

function drawn(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function jpeg(canvas, quality) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

/* The first size that fits; the smallest if none does. */
async function smaller(bitmap, limit) {
  let blob = null;
  for (const side of SIDES) {
    const canvas = drawn(bitmap, side);
    for (const quality of QUALITIES) {
      blob = await jpeg(canvas, quality);
      if (!blob || blob.size <= limit) return blob;
    }
  }
  return blob;
}

/* → {file, thumb}: the file to send and a small picture of it, or null where it could not be read. */
async function prepare(file, limit) {
  if (!ABLE) return { file, thumb: null };
  try {
    const bitmap = await createImageBitmap(file);
    const thumb = drawn(bitmap, THUMB);
    if (file.size <= limit && file.type === "image/jpeg") return { file, thumb };
    const blob = await smaller(bitmap, limit);
    if (!blob || blob.size >= file.size) return { file, thumb };
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return { file: new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }), thumb };
  } catch (error) {
    return { file, thumb: null };
  }
}

function put(input, files) {
  const carrier = new DataTransfer();
  files.forEach((file) => carrier.items.add(file));
  input.files = carrier.files;
}

function report(input, status, thumbs, ready, left) {
  const bytes = ready.reduce((sum, item) => sum + item.file.size, 0);
  const words = input.dataset.ready.replace("{n}", ready.length).replace("{kb}", Math.ceil(bytes / 1000));
  status.textContent = left ? words + "\n" + input.dataset.many.replace("{n}", input.dataset.maxFiles) : words;
  ready.filter((item) => item.thumb).forEach((item) => {
    const place = document.createElement("li");
    place.appendChild(item.thumb);
    thumbs.appendChild(place);
  });
}

function watch(input) {
  const status = document.createElement("p");
  status.className = "say";
  status.setAttribute("role", "status");
  const thumbs = document.createElement("ul");
  thumbs.className = "thumbs";
  input.parentNode.appendChild(status);
  input.parentNode.appendChild(thumbs);
  let turn = 0;
  input.addEventListener("change", () => { input.shrinking = shrink(); });
  async function shrink() {
    const mine = turn += 1;
    thumbs.textContent = "";
    status.textContent = input.files.length ? input.dataset.working : "";
    const most = Number(input.dataset.maxFiles) - input.form.querySelectorAll("input[name='kept']:checked").length;
    const all = Array.prototype.slice.call(input.files);
    const ready = [];
    for (const file of all.slice(0, most)) ready.push(await prepare(file, Number(input.dataset.maxBytes)));
    if (mine !== turn || !all.length) return; // another choice was made meanwhile
    if (ABLE) put(input, ready.map((item) => item.file));
    report(input, status, thumbs, ready, all.length > most);
  }
}

attach("input[data-photo]", watch);
