// One code, one verdict: the server is asked, and after a moment without an answer the phone decides by itself, under the same nonce,
// and writes that down first. Without a list it asks on until it is answered.
import { now } from "asset:clock.js";
import { sameTicket } from "asset:code.js";
import * as journal from "asset:journal.js";
import { judge, read } from "asset:judge.js";
import { isFull } from "asset:store.js";
import { told } from "asset:words.js";

const MOMENT = 800; // ms until the phone decides
export const PATIENCE = 4000; // ms until a request counts as lost
const FIRST_PAUSE = 600;
const LONGEST_PAUSE = 5000;
const KEPT = 60000; // ms in which the same code at the same gate is the same scan, while it has no answer
const MOVED = 30000; // the same for another code of the same ticket: so long the first one is as good as it was
/** What `moment()` gives. */
export const NOTHING = Symbol("no answer yet");

/** A scan that goes on asking until it is answered or dropped. `onAnswer(outcome)` is called once; `onSilence()` each time nobody
 *  could say. Outcomes: {verdict, nonce, local?}, {signedOut, code}, {gone}, {problem}. `onUnwritten(why)`: the phone can't keep
 *  what it decided, so it did not. `onLate(row, verdict)`: the server spoke after the phone had decided. `list()` gives the night's list
 *  or null, `oldest()` the age from which it is old. */
export function ask(seen, { list, oldest, onAnswer, onSilence, onUnwritten, onLate }) {
  const { nonce, code } = unansweredOf(seen);
  const scan = { ...seen, code }; // a nonce is one code's, though it moved meanwhile
  const scannedAt = Date.now();
  const body = JSON.stringify({ ...asked(scan), nonce, scanned_at: new Date(scannedAt).toISOString() });
  let dropped = false;
  let wake = null;

  async function run() {
    // Without any network nobody waits, and nothing is asked beside the phone's own verdict.
    const first = navigator.onLine ? once(body) : null;
    const outcome = first && (await Promise.race([first, moment()]));
    if (dropped) return;
    if (outcome && outcome !== NOTHING) return answer(outcome);
    const here = await decideHere({ ...scan, nonce, scannedAt, list: list(), oldest: oldest() });
    if (dropped) return; // written or not: the same code asks again under the same nonce and hears the same
    if (here?.unwritten) onUnwritten(here.unwritten);
    else if (here) {
      answer(here);
      const late = await first;
      return late?.verdict && here.row ? onLate(here.row, late.verdict) : undefined;
    }
    await askOn(first ?? once(body));
  }

  async function askOn(first) {
    let asked = first;
    for (let pause = FIRST_PAUSE; !dropped; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const outcome = await asked;
      // Put away before it was shown, it has no answer yet for the doorman, and is asked again as the same scan.
      if (dropped) return;
      if (outcome) return answer(outcome);
      onSilence();
      await new Promise((go) => { wake = go; setTimeout(go, pause); });
      asked = once(body);
    }
  }

  function answer(outcome) {
    // Signed out is no answer: the scan goes on after it.
    if (!outcome.signedOut) forget(scan);
    onAnswer({ ...outcome, nonce });
  }

  const again = () => wake?.();
  addEventListener("online", again);
  const finished = run().finally(() => removeEventListener("online", again));
  return { again, drop() { dropped = true; again(); }, finished };
}

const asked = ({ code, event, gate, direction }) => (direction === "exit" ? { code, event, gate, direction } : { code, event, gate });

/** The time after which the phone decides. */
export const moment = () => new Promise((go) => setTimeout(go, MOMENT, NOTHING));

/** The phone's own verdict on a code, or on a `ticket` without one and why that is; written down. `list` is the night's, or a promise of
 *  it. Null if there is none to decide by. */
export async function decideHere({ code, ticket, why, event, gate, gateName, direction, nonce, scannedAt, list: night, oldest }) {
  const [list, before] = await Promise.all([night, journal.find(nonce).catch(() => null)]);
  if (!list) return null;
  if (before?.shown) return { verdict: before.shown, local: true, row: before };
  const at = now();
  const verdict = await judge({ code, ticket, place: { gate }, direction, list, oldest, at }).catch(() => null);
  if (!verdict) return null;
  const { of, ...shown } = verdict;
  const row = {
    nonce, staff: told.staff, code, check_in: why, event, gate, gate_name: gateName, direction, scanned_at: scannedAt, corrected_at: at, decision: shown.decision, reason: shown.reason,
    caution: shown.caution, ticket: of.ticket, zone: of.zone, party: of.party, state: "waiting", shown,
  };
  try {
    row.seq = await journal.write(row);
  } catch (fault) {
    return { unwritten: isFull(fault) ? "full" : "broken" };
  }
  return { verdict: shown, local: true, row };
}

/** Remembers an admission by the server, for the minutes without it. Nothing waits for this, and nothing fails with it. */
export async function remember({ verdict, nonce, scan, list }) {
  if (!(scan.code || scan.why) || verdict.decision !== "admit" || !list) return;
  const code = scan.why ? scan : await read(scan.code, list).catch(() => ({ error: "unreadable" }));
  const gate = list.gates.find(([id]) => id === scan.gate);
  if (code.error || !gate) return;
  await journal.remember({
    nonce, staff: told.staff, code: scan.code, check_in: scan.why, event: scan.event, gate: scan.gate, gate_name: scan.gateName, direction: scan.direction, scanned_at: Date.now(),
    corrected_at: now(), decision: "admit", reason: verdict.reason, ticket: code.ticket, zone: list.zones[gate[1]]?.[0] ?? "",
    scan: verdict.scan, ...(scan.note ? { override_note: scan.note } : {}),
  });
}

// --- nonces of scans without an answer. They outlive a tap, a reload and a new sign-in, so that asking again is no new scan:
// the first may have let the guest in.
const UNANSWERED = "unanswered";
let kept = readKept();

function unansweredOf(scan) {
  const at = Date.now();
  kept = kept.filter((one) => at - one.at < KEPT && at >= one.at);
  let mine = kept.find(of(scan)) ?? kept.find((one) => at - one.at < MOVED && of({ ...scan, code: one.code })(one) && sameTicket(one.code, scan.code));
  if (!mine) kept.push(mine = { code: scan.code, gate: scan.gate, direction: scan.direction, nonce: crypto.randomUUID(), at });
  writeKept();
  return mine;
}

function forget(scan) {
  const mine = of(scan);
  kept = kept.filter((one) => !mine(one));
  writeKept();
}

function of(scan) {
  return (one) => one.code === scan.code && one.gate === scan.gate && one.direction === scan.direction;
}

function readKept() {
  try { return JSON.parse(sessionStorage.getItem(UNANSWERED)) ?? []; } catch { return []; }
}

function writeKept() {
  try { sessionStorage.setItem(UNANSWERED, JSON.stringify(kept)); } catch { /* forbidden here: this page still remembers */ }
}

/** One try. Null means: no answer, which is not an answer. */
async function once(body) {
  try {
    // In the language that this page is in, which nothing else tells the server: the sentence stands beside the page's own title.
    const response = await fetch(`/api/v1/scans?lang=${document.documentElement.lang}`, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body,
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    if (response.status === 200) return { verdict: await response.json() };
    if (response.status === 401 || response.status === 403) return { signedOut: true, code: (await response.json().catch(() => null))?.code };
    if (response.status === 404) return { gone: true };
    if (response.status === 429 || response.status >= 500) return null;
    return { problem: (await response.json()).detail ?? "" };
  } catch {
    return null;
  }
}

/** People inside, or null if nobody could tell: {inside, zone?}, the zone behind the gate where it has a limit of its own. */
export async function inside(event, gate) {
  try {
    const response = await fetch(`/api/v1/events/${event}/occupancy?gate=${gate}`, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
