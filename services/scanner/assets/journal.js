// Every scan that this phone decided, or heard decided: written, and on the disk, before a light turns green. A row stays until the
// server has answered it, whatever happens to the page, and three days longer.
import { now } from "asset:clock.js";
import { got, within } from "asset:store.js";

const KEPT = 72 * 3_600_000;
const KEPT_REFUSED = 30 * 24 * 3_600_000;
const STRICT = { durability: "strict" };

// States: `waiting` for the server · `answered` by it · `conflict`, and so was somebody else's · `refused`: it can't be sent ·
// `online`: the server decided, this phone only remembers.

/** Writes a scan; when this returns, it survives a dead battery. Throws when the phone can't keep it. */
export function write(row) {
  return within(["scans"], "readwrite", (tx) => got(tx.objectStore("scans").add(row)), STRICT);
}

/** Remembers what the server decided, for the time when it can't be asked. Nothing depends on it. */
export async function remember(row) {
  await within(["scans"], "readwrite", (tx) => got(tx.objectStore("scans").add({ ...row, state: "online", answered_at: now() }))).catch(() => {});
}

/** The scan under a nonce, or nothing. */
export const find = (nonce) => within(["scans"], "readonly", (tx) => got(tx.objectStore("scans").index("nonce").get(nonce)));

/** All scans of a ticket of a night here, in order. */
export const ofTicket = (event, ticket) => within(["scans"], "readonly", (tx) => got(tx.objectStore("scans").index("ticket").getAll([event, ticket])));

/** The next scans to send, oldest first. */
export const waiting = (limit) => inState("waiting", limit);

/** All scans in a state, oldest first. */
export const inState = (state, limit) => within(["scans"], "readonly", (tx) => got(tx.objectStore("scans").index("state").getAll(state, limit)));

/** How many wait. */
export const count = () => within(["scans"], "readonly", (tx) => got(tx.objectStore("scans").index("state").count("waiting")));

/** Notes what became of scans: a list of [nonce, what is new about it, the row as it was sent]. One that was taken back, or whose
 *  guest's document was looked at, while it was on its way waits on, to be sent as that. Gives how many do. */
export function settle(changes) {
  return within(["scans"], "readwrite", async (tx) => {
    const scans = tx.objectStore("scans");
    let again = 0;
    for (const [nonce, news, sent = {}] of changes) {
      const row = await got(scans.index("nonce").get(nonce));
      if (!row) continue;
      const since = (row.undone_at && !sent.undone_at) || (row.id_check && !sent.id_check);
      if (row.state === "waiting" && news.state && since) again += 1;
      else scans.put({ ...row, ...news });
    }
    return again;
  }, STRICT);
}

/** The club's records were put back to an earlier time: all that it has answered waits once more, under the same nonces, so that what it still
 *  knows is not there twice. Gives how many do. */
export function sendAgain() {
  return within(["scans"], "readwrite", async (tx) => {
    const scans = tx.objectStore("scans");
    let again = 0;
    for (const state of ["answered", "conflict", "online"]) {
      for (const row of await got(scans.index("state").getAll(state))) {
        // One that was taken back nobody knows when would come in again.
        if (!row.nonce || (row.undone && !row.undone_at)) continue;
        scans.put({ ...row, state: "waiting", again: true });
        again += 1;
      }
    }
    return again;
  }, STRICT);
}

/** Takes a scan back that still waits; from then on it lets in again here. Gives the row as it is now, or nothing. */
export function takeBack(nonce) {
  return within(["scans"], "readwrite", async (tx) => {
    const scans = tx.objectStore("scans");
    const row = await got(scans.index("nonce").get(nonce));
    if (row?.state !== "waiting") return row;
    const taken = { ...row, undone: true, undone_at: now() };
    scans.put(taken);
    return taken;
  }, STRICT);
}

/** Keeps what was found of the document of somebody who was let in, to be sent with the scan, which the club may know already
 *  (`heard`). Who has no good one is out again. Gives the row as it is now, or nothing. */
export function keepCheck(nonce, passed) {
  return within(["scans"], "readwrite", async (tx) => {
    const scans = tx.objectStore("scans");
    const row = await got(scans.index("nonce").get(nonce));
    if (!row || row.id_check) return row;
    const { state } = row;
    const checked = {
      ...row, state: state === "refused" ? state : "waiting", heard: row.heard || !["waiting", "refused"].includes(state),
      id_check: { passed, at: now() }, ...(passed ? {} : { undone: true, undone_at: row.undone_at ?? now() }),
    };
    scans.put(checked);
    return checked;
  }, STRICT);
}

/** Forgets what has been answered long enough ago. What waits is never forgotten. */
export function tidy() {
  return within(["scans"], "readwrite", async (tx) => {
    const scans = tx.objectStore("scans");
    for (const row of await got(scans.getAll())) {
      const kept = row.state === "refused" ? KEPT_REFUSED : KEPT;
      if (row.state !== "waiting" && now() - (row.answered_at ?? now()) > kept) scans.delete(row.seq);
    }
  });
}

/** Leaves no guest's name in what was shown. The scans themselves stay until they are sent. */
export function forgetNames() {
  return within(["scans"], "readwrite", async (tx) => {
    const scans = tx.objectStore("scans");
    for (const row of await got(scans.getAll())) {
      const note = row.override_note && "–"; // why somebody was let in may say who
      if (row.shown?.ticket || note) scans.put({ ...row, shown: row.shown && { ...row.shown, ticket: undefined }, override_note: note });
    }
  }, STRICT);
}

/** What the server has not taken, as text to carry away: one scan a line. */
export async function exported() {
  const rows = [...(await inState("waiting")), ...(await inState("refused"))];
  return rows.map(({ seq: _, shown: __, ...row }) => JSON.stringify(row)).join("\n");
}
