// The night's list on this phone: asked for by a worker, read for each scan, thrown away when the night is over.
import { now } from "asset:clock.js";
import { bucketOf, bucketsOf, got, shortId, within } from "asset:store.js";

const PATIENCE = 90_000; // a worker that says nothing for so long holds up nothing else
const WORKER = "asset:importer.js";

let worker = null;
let asked = 0;
const waiting = new Map();

/** Fetches what is new of a night. Outcomes as in importer.js; never throws. */
export function bring(event, pins) {
  worker ??= start();
  return new Promise((resolve) => {
    const id = ++asked;
    waiting.set(id, resolve);
    setTimeout(() => { waiting.delete(id); resolve({ failed: "slow" }); }, PATIENCE);
    worker.postMessage({ id, event, pins });
  });
}

function start() {
  const made = new Worker(WORKER, { type: "module" });
  made.onmessage = ({ data: { id, ...outcome } }) => {
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  };
  made.onerror = () => giveUp("worker");
  return made;
}

function giveUp(why) {
  worker = null;
  for (const resolve of waiting.values()) resolve({ failed: why });
  waiting.clear();
}

/** The list of a night without its tickets, or null: there is none, or its time is over. */
export async function listOf(event) {
  try {
    const list = await within(["lists"], "readonly", (tx) => got(tx.objectStore("lists").get(event)));
    return list && list.expires_at > now() ? list : null;
  } catch {
    return null;
  }
}

/** A ticket of a list by its id, or null. */
export async function ticketOf(event, uuid) {
  const short = shortId(uuid);
  const bucket = await within(["tickets"], "readonly", (tx) => got(tx.objectStore("tickets").get([event, bucketOf(short)])));
  return bucket?.of[short] ?? null;
}

/** Milliseconds since the club said what is in a list. */
export const ageOf = (list) => Math.max(0, now() - list.issued_at);

/** Throws away the lists of nights that are over. What was scanned stays in the journal. */
export async function wipeOver() {
  const events = await within(["lists"], "readonly", (tx) => got(tx.objectStore("lists").getAll()));
  await wipe(events.filter((list) => list.expires_at <= now()).map((list) => list.event));
}

/** What changed since a list can't be told any more: next time each is fetched whole, and until then it answers. */
export function forgetCursors() {
  return within(["lists"], "readwrite", async (tx) => {
    const lists = tx.objectStore("lists");
    for (const list of await got(lists.getAll())) lists.put({ ...list, cursor: null });
  });
}

/** Throws away every list, and one that is on its way: who signs out leaves no guest's name behind. */
export async function wipeAll() {
  worker?.terminate();
  giveUp("wiped");
  await wipe(await within(["lists"], "readonly", (tx) => got(tx.objectStore("lists").getAllKeys())));
}

async function wipe(events) {
  if (!events.length) return;
  await within(["lists", "tickets"], "readwrite", (tx) => {
    for (const event of events) {
      tx.objectStore("lists").delete(event);
      tx.objectStore("tickets").delete(bucketsOf(event));
    }
  });
}
