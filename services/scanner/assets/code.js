// Is this the club's code? The twin of `domain::ticket_code`, for phones without network; see there for the layout. The texts in
// `crates/domain/vectors/codes.json` hold the two together.
//
// The signature is checked by the browser itself (Ed25519 in WebCrypto). Base45 is written out here: it is twenty lines, and a
// library would be another thing to keep up to date. Signatures with a point of small order, which `verify_strict` refuses and
// WebCrypto may not, can be made by the holder of the club's secret key alone, who may sign what they like.

const BODIES = new Map([[1, 35], [2, 39]]); // version: bytes before the signature. Of version 2, which moves, the last four are its step
const SIGNATURE = 64;
const LENGTHS = [149, 155]; // characters of a code of either version
const SAME = 51; // characters that the codes of one ticket have in common, whenever they are shown
const TICKET = 1; // the kind of entry right
const LONGEST = 512; // bytes worth reading
const FIRST_TEST_KEY = 128;
const CONTEXT = new TextEncoder().encode("maguey-ticket");
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Whether this browser can check signatures at all. */
export async function canVerify() {
  // Any point will do: the generator of the curve.
  const point = new Uint8Array(32).fill(0x66);
  point[0] = 0x58;
  return (await importKey(point)) !== null;
}

/** The club's keys, {"1": "<base64>"}, as a map from id to key; to null where the browser can't check signatures. */
export async function importKeys(keys) {
  const imported = Object.entries(keys).map(async ([id, text]) => [Number(id), await importKey(bytesOf(text))]);
  return new Map(await Promise.all(imported));
}

/** Reads the text of a QR code: {ticket, event, key_id, step}, where step is null of a code that does not move, or {error} with "malformed", "forged", "unknown_key", "test_ticket",
 *  "live_ticket", or "unverifiable" where the browser can't check signatures. `keys` are those of `importKeys`; `mode` is that of
 *  the door, "live" or "test", and null where it takes both. */
export async function readCode(text, keys, mode) {
  const { whole, spaceLost } = bytesOfCode(text) ?? {};
  const size = BODIES.get(whole?.[0]);
  if (!size || whole.length !== size + SIGNATURE || whole[2] !== TICKET) return { error: "malformed" };
  const id = whole[1];
  if (!keys.has(id)) return { error: spaceLost ? "malformed" : stranger(id, mode) };
  const key = keys.get(id);
  if (!key) return { error: "unverifiable" };
  const body = whole.subarray(0, size);
  const signed = new Uint8Array([...CONTEXT, ...body]);
  const good = await crypto.subtle.verify("Ed25519", key, whole.subarray(size), signed);
  return good ? { ticket: uuid(body, 3), event: uuid(body, 19), key_id: id, step: stepOf(body) } : { error: "forged" };
}

/** Whether two texts are one ticket's: the same, or both of a code that moves, at two moments. */
export function sameTicket(one, other) {
  if (one === other) return true;
  return one.length === LENGTHS[1] && other.length === LENGTHS[1] && one.slice(0, SAME) === other.slice(0, SAME);
}

/** When a code that moves is to be shown, in steps since 1970. */
function stepOf(body) {
  return body.length === BODIES.get(2) ? new DataView(body.buffer, body.byteOffset + body.length - 4, 4).getUint32(0) : null;
}

/** The bytes that a text stands for; null if they can be no code's. */
function bytesOfCode(text) {
  if (new TextEncoder().encode(text).length > LONGEST) return null;
  // Not `trim` and `toUpperCase`, which take other characters for white space, and make letters of ours from others'.
  const trimmed = text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
  const typed = trimmed.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  // A space is a character of base45, and the codes of a few keys begin with it: trimming takes it off.
  const spaceLost = LENGTHS.includes(typed.length + 1);
  const whole = base45(spaceLost ? ` ${typed}` : typed);
  return whole && { whole, spaceLost };
}

/** RFC 9285: three characters are two bytes, and two at the end are one. Null if the text isn't base45. */
function base45(text) {
  const digits = Array.from(text, (character) => ALPHABET.indexOf(character));
  if (digits.includes(-1) || digits.length % 3 === 1) return null;
  const bytes = [];
  for (let at = 0; at < digits.length; at += 3) {
    const [first, second, third] = digits.slice(at, at + 3);
    const value = first + 45 * second + 2025 * (third ?? 0);
    if (value > 0xffff) return null;
    if (third !== undefined) bytes.push(value >> 8);
    // At the end a value above 255 is taken for its last byte, as the reader in Rust does: the signature is over the bytes.
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** What a code is whose key is not here. */
function stranger(id, mode) {
  const its = id >= FIRST_TEST_KEY ? "test" : "live";
  return mode && mode !== its ? `${its}_ticket` : "unknown_key";
}

/** The key; null where the browser can't check signatures. Bytes that are no key are a fault and are thrown. */
async function importKey(bytes) {
  // Without TLS a page has no `subtle`; a browser that does not know the algorithm says "not supported".
  if (!globalThis.crypto?.subtle) return null;
  try {
    return await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  } catch (fault) {
    if (fault.name === "NotSupportedError") return null;
    throw fault;
  }
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function uuid(bytes, from) {
  const hex = Array.from(bytes.subarray(from, from + 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
