// The conversation with the server about one code: asked until answered, always under the same nonce, so that an answer
// that got lost on its way is given again and not made anew.

const PATIENCE = 4000; // ms until a request counts as lost
const FIRST_PAUSE = 600;
const LONGEST_PAUSE = 5000;

/** A scan that goes on asking until it is answered or dropped. `onAnswer(outcome)` is called once; `onSilence()` each
 *  time the server did not answer. Outcomes: {verdict}, {signedOut}, {gone}, {problem}. */
export function ask(scan, { onAnswer, onSilence }) {
  const body = JSON.stringify({ ...scan, nonce: crypto.randomUUID(), scanned_at: new Date().toISOString() });
  let dropped = false;
  let wake = null;

  async function run() {
    for (let pause = FIRST_PAUSE; !dropped; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const outcome = await once(body);
      if (dropped) return;
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

/** One try. Nothing means: no answer, which is not an answer. */
async function once(body) {
  try {
    const response = await fetch("/api/v1/scans", {
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
