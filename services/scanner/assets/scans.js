// The conversation with the server about one code: asked until answered, always under the same nonce, so that an answer
// that got lost on its way is given again and not made anew.

const PATIENCE = 4000; // ms until a request counts as lost
const FIRST_PAUSE = 600;
const LONGEST_PAUSE = 5000;
const KEPT = 60000; // ms in which the same code at the same gate is the same scan, while it has no answer

/** A scan that goes on asking until it is answered or dropped. `onAnswer(outcome)` is called once; `onSilence()` each
 *  time the server did not answer. Outcomes: {verdict}, {signedOut}, {gone}, {problem}. */
export function ask(scan, { onAnswer, onSilence }) {
  const body = JSON.stringify({ ...scan, nonce: nonceOf(scan), scanned_at: new Date().toISOString() });
  let dropped = false;
  let wake = null;

  async function run() {
    for (let pause = FIRST_PAUSE; !dropped; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const outcome = await once(body);
      // Put away before it was shown, it has no answer yet for the doorman, and is asked again as the same scan.
      if (dropped) return;
      // Signed out is no answer either: the scan goes on after it.
      if (outcome && !outcome.signedOut) forget(scan);
      if (outcome) return onAnswer(outcome);
      onSilence();
      await new Promise((go) => { wake = go; setTimeout(go, pause); });
    }
  }
  const again = () => wake?.();
  addEventListener("online", again);
  const finished = run().finally(() => removeEventListener("online", again));
  return { again, drop() { dropped = true; again(); }, finished };
}

// --- nonces of scans without an answer. They outlive a tap, a reload and a new sign-in, so that asking again is no new scan:
// the first may have let the guest in.
const UNANSWERED = "unanswered";
let kept = read();

function nonceOf(scan) {
  const now = Date.now();
  kept = kept.filter((one) => now - one.at < KEPT && now >= one.at);
  let mine = kept.find(of(scan));
  if (!mine) kept.push(mine = { code: scan.code, gate: scan.gate, nonce: crypto.randomUUID(), at: now });
  write();
  return mine.nonce;
}

function forget(scan) {
  const mine = of(scan);
  kept = kept.filter((one) => !mine(one));
  write();
}

function of(scan) {
  return (one) => one.code === scan.code && one.gate === scan.gate;
}

function read() {
  try { return JSON.parse(sessionStorage.getItem(UNANSWERED)) ?? []; } catch { return []; }
}

function write() {
  try { sessionStorage.setItem(UNANSWERED, JSON.stringify(kept)); } catch { /* forbidden here: this page still remembers */ }
}

/** One try. Nothing means: no answer, which is not an answer. */
async function once(body) {
  try {
    // In the language that this page is in, which nothing else tells the server: the sentence stands beside the page's own title.
    const response = await fetch(`/api/v1/scans?lang=${document.documentElement.lang}`, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body,
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    if (response.status === 200) return { verdict: await response.json() };
    if (response.status === 401 || response.status === 403) return { signedOut: true };
    if (response.status === 404) return { gone: true };
    if (response.status === 429 || response.status >= 500) return null;
    return { problem: (await response.json()).detail ?? "" };
  } catch {
    return null;
  }
}

/** People inside, or null if nobody could tell. */
export async function inside(event) {
  try {
    const response = await fetch(`/api/v1/events/${event}/occupancy`, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
    return response.ok ? (await response.json()).inside : null;
  } catch {
    return null;
  }
}
