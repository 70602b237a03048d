/* What waits on this phone to be sent: entries, and beside them the bytes of their photos, in the browser's own database
   (IndexedDB), which outlives closing, log-outs and new versions of the program. An entry is
   {id, person, action, fields: [[name, value]], marks: [sha256], names: [name], title, here, at, state, reason};
   state: "waiting", or "aside" when our server did not take it, with its sentence. */

const NAME = "wangge-outbox";
const VERSION = 1; // raised only together with a step from each earlier one: what waits is never thrown away
let opening = null;

function open() {
  if (!opening) {
    opening = new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, VERSION); // throws where the browser has none; the promise fails then
      request.onupgradeneeded = () => {
        request.result.createObjectStore("entries", { keyPath: "id" });
        request.result.createObjectStore("photos", { keyPath: ["entry", "mark"] });
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opening = null; };
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    opening.catch(() => { opening = null; });
  }
  return opening;
}

/* One transaction, on the disk when it is answered: a phone may be switched off the next moment. → what `act` asked for. */
async function within(mode, act) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const work = base.transaction(["entries", "photos"], mode, { durability: "strict" });
    const asked = act(work.objectStore("entries"), work.objectStore("photos"));
    work.oncomplete = () => resolve(asked ? asked.result : undefined);
    work.onabort = () => reject(work.error || new Error("not kept"));
    work.onerror = () => reject(work.error || new Error("not kept"));
  });
}

function drop(entries, photos, id) {
  entries.delete(id);
  photos.delete(IDBKeyRange.bound([id], [id, "\uffff"]));
}

/* Keep an entry with its photos [{mark, name, bytes}]; `replaced`: the one that it puts right. */
export function put(entry, photos, replaced) {
  return within("readwrite", (entries, bytes) => {
    [entry.id, replaced].filter(Boolean).forEach((id) => drop(entries, bytes, id));
    entries.put(entry);
    photos.forEach((photo) => bytes.put({ entry: entry.id, mark: photo.mark, name: photo.name, bytes: photo.bytes }));
  });
}

/* All entries, the oldest first, without their photos' bytes. */
export async function all() {
  const found = await within("readonly", (entries) => entries.getAll());
  return found.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
}

export function one(id) {
  return within("readonly", (entries) => entries.get(id));
}

/* The photos of an entry in the order in which they were chosen, which is part of what was sent: in another order it would be
   another entry under the same id. Fewer than its marks, where the phone has lost one. */
export async function photosOf(entry) {
  const found = await within("readonly", (entries, photos) => photos.getAll(IDBKeyRange.bound([entry.id], [entry.id, "\uffff"])));
  return entry.marks.map((mark) => found.find((photo) => photo.mark === mark)).filter(Boolean);
}

/* Note something about an entry that is still there. */
export function note(id, facts) {
  return within("readwrite", (entries) => {
    const asked = entries.get(id);
    asked.onsuccess = () => { if (asked.result) entries.put({ ...asked.result, ...facts }); };
  });
}

export function remove(id) {
  return within("readwrite", (entries, photos) => drop(entries, photos, id));
}
