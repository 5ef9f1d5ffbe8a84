// Takes back the last admission or exit of this phone, within a quarter of an hour: two taps, because one may be a glove's. What the club has not
// heard of yet is taken back on the phone, and told as taken back.
import { now } from "asset:clock.js";
import * as journal from "asset:journal.js";
import { word } from "asset:words.js";

const WITHIN = 15 * 60_000;
const SURE = 4000;

/** Puts the button to work. `onUndone({inside, direction, name})` once it is taken back, by the club or (without a number) here; `onRefused(why)`
 *  if not. */
export function makeUndo(button, { onUndone, onRefused }) {
  const label = button.querySelector("span");
  let last = null;
  let timer = 0;
  let unsure = 0;

  const left = () => last.direction === "exit";

  function show() {
    clearTimeout(timer);
    const time = last ? last.at + WITHIN - Date.now() : 0;
    button.hidden = time <= 0;
    delete button.dataset.sure;
    if (time <= 0) return;
    label.textContent = word(left() ? "undo-exit" : "undo", { name: last.name });
    timer = setTimeout(show, time);
  }

  /** Somebody who came in or went out by a scan that the server knows as `scan`, or that is in this phone's journal. */
  function offer({ scan, nonce, name, direction, local = false }) {
    last = scan || local ? { scan, nonce, direction, name: name || word("a-guest"), at: Date.now() } : null;
    show();
  }

  button.addEventListener("click", async () => {
    if (!("sure" in button.dataset)) {
      button.dataset.sure = "";
      label.textContent = word(left() ? "undo-exit-sure" : "undo-sure", { name: last.name });
      clearTimeout(unsure);
      unsure = setTimeout(show, SURE);
      return;
    }
    clearTimeout(unsure);
    const taken = last;
    button.disabled = true;
    // It may have been sent meanwhile: then the club knows it.
    const row = taken.scan ? null : await journal.takeBack(taken.nonce).catch(() => null);
    const scan = taken.scan ?? row?.scan;
    const answer = row?.undone_at ? { status: 204 } : scan && (await send(scan));
    button.disabled = false;
    if (!answer) return onRefused(word("undo-no-answer")), show();
    if (answer.status !== 200 && answer.status !== 204) onRefused(word("undo-refused"));
    else {
      await journal.settle([[taken.nonce, { undone: true, undone_at: now() }]]).catch(() => {});
      onUndone({ inside: answer.body?.inside, direction: taken.direction, name: taken.name });
    }
    last = null;
    show();
  });

  return { offer, forget() { last = null; show(); } };
}

async function send(scan) {
  try {
    const response = await fetch(`/api/v1/scans/${scan}/undo`, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ reason: word("undo-reason") }), signal: AbortSignal.timeout(5000),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}
