// What this phone keeps in IndexedDB: the night's list and the journal of scans. Shared by the page and the worker that brings the list.

const NAME = "door";
const BUCKETS = 512; // so that a list of 50 thousand is 512 writes and a look-up reads a hundred tickets, not all

let opened = null;

/** The database. A failure is not remembered: storage that is forbidden now may be allowed later. */
export function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => lay(asked.result);
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      asked.result.onclose = () => { opened = null; };
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  }).catch((fault) => { opened = null; throw fault; });
  return opened;
}

function lay(db) {
  db.createObjectStore("lists", { keyPath: "event" });
  db.createObjectStore("tickets", { keyPath: ["event", "n"] });
  const scans = db.createObjectStore("scans", { keyPath: "seq", autoIncrement: true });
  scans.createIndex("nonce", "nonce", { unique: true });
  scans.createIndex("state", "state");
  scans.createIndex("ticket", ["event", "ticket"]);
}

/** Runs `work(transaction)` and gives its result once everything is committed; throws what aborted it. */
export async function within(stores, mode, work, options) {
  const transaction = (await open()).transaction(stores, mode, options);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new DOMException("given up", "AbortError"));
  });
  done.catch(() => {});
  try {
    const result = await work(transaction);
    await done;
    return result;
  } catch (fault) {
    try { transaction.abort(); } catch { /* over already */ }
    throw transaction.error ?? fault;
  }
}

/** A request's result. */
export const got = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** A ticket's id as the list writes it: 22 letters instead of 36. */
export function shortId(uuid) {
  const bytes = uuid.replaceAll("-", "").match(/../g).map((pair) => String.fromCharCode(parseInt(pair, 16)));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The same as everybody else writes it. */
export function longId(short) {
  const signs = atob(short.replaceAll("-", "+").replaceAll("_", "/"));
  const hex = Array.from(signs, (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** In which bucket a ticket lies: by the end of its id, which is random where the beginning is a time. */
export const bucketOf = (short) => (short.charCodeAt(19) * 67 + short.charCodeAt(20) * 7 + short.charCodeAt(18)) % BUCKETS;

/** Every bucket of an event. */
export const bucketsOf = (event) => IDBKeyRange.bound([event, -1], [event, BUCKETS]);

/** Whether a fault means that the phone has no room left. */
export const isFull = (fault) => fault?.name === "QuotaExceededError" || fault?.inner?.name === "QuotaExceededError";
