// Sends what the phone decided by itself, in order, until the server has answered each scan. One page at a time sends; what can't be
// sent never holds up what comes after it.
import * as journal from "asset:journal.js";
import { learn, now } from "asset:clock.js";
import { lastTold } from "asset:house.js";

const BATCH = 100; // some 50 KB: the gateway takes 64
const PATIENCE = 30_000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** `onProgress()` after each step, `onConflict(row, conflict)` for an admission that was not the only one, `onSignedOut(code)`,
 *  `onNotUndone(row)` for one that was taken back here and stands. */
export function makeUploader({ onProgress, onConflict, onSignedOut, onNotUndone }) {
  let pause = FIRST_PAUSE;
  let timer = 0;
  let running = false;

  /** Sends now what waits. */
  async function kick() {
    if (running) return;
    clearTimeout(timer);
    running = true;
    try {
      const went = await alone(sendAll);
      pause = went === "again" ? Math.min(pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
      if (went === "again") timer = setTimeout(kick, pause * (0.75 + Math.random() / 2));
    } catch {
      timer = setTimeout(kick, pause = Math.min(pause * 2, LONGEST_PAUSE));
    } finally {
      running = false;
      onProgress();
    }
  }
  addEventListener("online", () => { pause = FIRST_PAUSE; kick(); });

  /** "done", "again" after a pause, or "stop": somebody has to sign in, or the server knows no batches. */
  async function sendAll() {
    for (;;) {
      const rows = await journal.waiting(BATCH);
      if (!rows.length) return "done";
      const went = await send(rows);
      if (went !== "done") return went;
      onProgress();
    }
  }

  async function send(rows) {
    const answer = await post("/api/v1/scans/batch", { device_time: new Date().toISOString(), scans: rows.map(line) });
    if (!answer || answer.status === 429 || answer.status >= 500) return "again";
    if (answer.status === 404) return "stop";
    if (answer.status === 401 || (answer.status === 403 && answer.body?.code !== "device_mismatch")) {
      onSignedOut(answer.body?.code);
      return "stop";
    }
    if (answer.status === 200) return settle(rows, answer.body?.results ?? answer.body?.scans ?? answer.body);
    // Something in it is not taken: halves, until it stands alone. Alone it is put aside, and stays in what can be carried away.
    if (rows.length === 1) {
      await journal.settle([[rows[0].nonce, { state: "refused", answered_at: now(), server: answer.body?.code ?? String(answer.status) }]]);
      return "done";
    }
    const middle = rows.length >> 1;
    const first = await send(rows.slice(0, middle));
    return first === "done" ? send(rows.slice(middle)) : first;
  }

  async function settle(rows, answers) {
    if (!Array.isArray(answers)) return "again";
    const told = new Map(answers.map((one) => [one.nonce, one]));
    const heard = rows.filter((row) => told.has(row.nonce));
    await journal.settle(heard.map((row) => [row.nonce, noted(told.get(row.nonce), row), row]));
    for (const row of heard) {
      const { conflict, undone } = told.get(row.nonce);
      if (conflict && !row.conflict) onConflict(row, conflict); // one that is sent again was told before
      if (row.undone_at && !undone) onNotUndone(row);
    }
    return heard.length ? "done" : "again";
  }

  return { kick };
}

// The guest's name is not needed any more.
const noted = ({ outcome, reason, conflict, scan, undone }, row) => ({
  shown: null, state: conflict ? "conflict" : "answered", answered_at: now(), server: reason ?? outcome, outcome, conflict: conflict ?? null,
  scan: scan ?? null, undone: Boolean(row.undone_at && undone),
});

const line = ({ code, ticket, check_in: why, event, gate, nonce, direction, scanned_at, corrected_at, decision, reason, staff, undone_at, override_note, again, scan, id_check: found }) => ({
  ...(why ? { ticket, check_in_reason: why.reason, check_in_note: why.note || undefined } : { code }),
  event, gate, nonce, staff, direction, decision, reason, scanned_at: iso(scanned_at), corrected_at: iso(corrected_at),
  ...(undone_at ? { undone_at: iso(undone_at) } : {}),
  ...(override_note ? { override_note } : {}), ...(again && scan ? { scan } : {}),
  ...(found ? { id_check: { passed: found.passed, checked_at: iso(found.at) } } : {}),
});

const iso = (ms) => new Date(ms).toISOString();

/** One page at a time. Another one that sends already is as good as this one. */
const alone = (work) => (navigator.locks ? navigator.locks.request("door-upload", { ifAvailable: true }, (lock) => (lock ? work() : "again")) : work());

async function post(path, content, patience = PATIENCE) {
  try {
    const response = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(content),
      signal: AbortSignal.timeout(patience), cache: "no-store",
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}

/** Says that this phone is here and learns the time. Gives the answer: {status, body}, or null for none. */
export async function contact({ event, queue, dataAt, version }) {
  const battery = await navigator.getBattery?.().then((its) => Math.round(its.level * 100)).catch(() => null);
  const sent = Date.now();
  const answer = await post("/api/v1/contact", {
    device_time: iso(sent), event, queue_length: queue, app_version: version, ...lastTold(),
    ...(Number.isFinite(battery) ? { battery } : {}), ...(dataAt ? { data_at: iso(dataAt) } : {}),
  }, 5000);
  if (answer?.status === 200) learn(answer.body?.server_time, sent);
  return answer;
}
