/* SHA-256 (FIPS 180-4) in hexadecimal. The browser's own exists only over https, and many counties have none inside. */

const ROUNDS = 64;

/* The first 32 bits of the fractional parts of square or cube roots of the first primes. */
function fractions(count, power) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) {
    let prime = true;
    for (let i = 2; i * i <= number; i += 1) if (number % i === 0) prime = false;
    if (prime) found.push(((Math.pow(number, power) % 1) * 4294967296) | 0);
  }
  return found;
}

const START = fractions(8, 1 / 2);
const KEYS = fractions(ROUNDS, 1 / 3);

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/* The message, one bit, zeros, and its length in bits in the last eight bytes. */
function padded(bytes) {
  const whole = new Uint8Array(((bytes.length + 8 >> 6) + 1) << 6);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(whole.length - 4, bytes.length << 3);
  return view;
}

function schedule(words, view, at) {
  for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < ROUNDS; i += 1) {
    const a = words[i - 15];
    const b = words[i - 2];
    const first = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const second = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[i] = (words[i - 16] + first + words[i - 7] + second) | 0;
  }
}

function mix(state, words) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < ROUNDS; i += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + KEYS[i] + words[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) | 0; });
}

function hex(bytes) {
  return Array.prototype.map.call(bytes, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("");
}

/* Of an ArrayBuffer. */
export function ownSha256(buffer) {
  const view = padded(new Uint8Array(buffer));
  const state = START.slice();
  const words = new Int32Array(ROUNDS);
  for (let at = 0; at < view.byteLength; at += 64) {
    schedule(words, view, at);
    mix(state, words);
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => out.setInt32(4 * i, word));
  return hex(new Uint8Array(out.buffer));
}

export async function sha256(buffer) {
  if (window.crypto && window.crypto.subtle) return hex(new Uint8Array(await window.crypto.subtle.digest("SHA-256", buffer)));
  return ownSha256(buffer);
}
