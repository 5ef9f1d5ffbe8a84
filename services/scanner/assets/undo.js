// Takes back the last admission of this phone, within a quarter of an hour: two taps, because one may be a glove's.
import * as journal from "asset:journal.js";
import { word } from "asset:words.js";

const WITHIN = 15 * 60_000;
const SURE = 4000;

/** Puts the button to work. `onUndone(inside)` once the club has taken it back, `onRefused(why)` if not. */
export function makeUndo(button, { onUndone, onRefused }) {
  const label = button.querySelector("span");
  let last = null;
  let timer = 0;
  let unsure = 0;

  function show() {
    clearTimeout(timer);
    const left = last ? last.at + WITHIN - Date.now() : 0;
    button.hidden = left <= 0;
    delete button.dataset.sure;
    if (left <= 0) return;
    label.textContent = word("undo", { name: last.name });
    timer = setTimeout(show, left);
  }

  /** An admission that the server knows by `scan`. */
  function offer({ scan, nonce, name }) {
    last = scan ? { scan, nonce, name: name || word("a-guest"), at: Date.now() } : null;
    show();
  }

  button.addEventListener("click", async () => {
    if (!("sure" in button.dataset)) {
      button.dataset.sure = "";
      label.textContent = word("undo-sure", { name: last.name });
      clearTimeout(unsure);
      unsure = setTimeout(show, SURE);
      return;
    }
    clearTimeout(unsure);
    const taken = last;
    button.disabled = true;
    const answer = await send(taken.scan);
    button.disabled = false;
    if (!answer) return onRefused(word("undo-no-answer")), show();
    if (answer.status !== 200 && answer.status !== 204) onRefused(word("undo-refused"));
    else {
      await journal.settle([[taken.nonce, { undone: true }]]).catch(() => {});
      onUndone(answer.body?.inside);
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
