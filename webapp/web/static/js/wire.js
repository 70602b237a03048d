/* One request and what became of it. XMLHttpRequest, because fetch tells nothing of an upload's progress. */

const SILENCE_MS = 60000; // without a byte either way: the line is dead, though nobody says so
const LOOK_MS = 2000;

/* A request that says nothing for too long is given up; → what stops the watch. */
function watch(request) {
  let heard = Date.now();
  const hear = () => { heard = Date.now(); };
  [request, request.upload].forEach((part) => part.addEventListener("progress", hear));
  const timer = setInterval(() => {
    if (Date.now() - heard > SILENCE_MS) request.abort();
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/* → {status, ours, where, again, text}: 0 when no answer came. `ours`: our server's own, of no proxy and no portal on the
   way. `where`: the page that a 201 leads to. `again`: after how many seconds the server wants to be asked again. options: token, body, type, accept, progress(bytes sent). */
export function ask(method, address, options) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.setRequestHeader("X-Sent-By", "page");
    request.setRequestHeader("Accept", options.accept || "text/html");
    if (options.type) request.setRequestHeader("Content-Type", options.type);
    if (options.token) request.setRequestHeader("X-CSRFToken", options.token);
    const done = watch(request);
    if (options.progress) request.upload.addEventListener("progress", (event) => options.progress(event.loaded));
    request.addEventListener("loadend", () => {
      done();
      const isLed = request.responseURL && request.responseURL !== new URL(address, window.location.href).href; // by whom?
      const ours = request.status > 0 && !isLed && request.getResponseHeader("X-Sent-By") === "wangge";
      resolve({
        status: request.status, ours, text: request.responseText, where: ours ? request.getResponseHeader("Location") : null,
        again: ours ? Number(request.getResponseHeader("Retry-After")) : 0,
      });
    });
    request.send(options.body || null);
  });
}
