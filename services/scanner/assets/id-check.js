// The guest's document was looked at: good, or not. The club keeps that somebody looked, and no more than that; without the network this
// phone keeps it until it can be sent.
import { now } from "asset:clock.js";
import * as journal from "asset:journal.js";
import { word } from "asset:words.js";

const $ = (id) => document.getElementById(id);
const PATIENCE = 5000;

/** `onGood()` once that is recorded; `onBad({name, inside})` once the admission was taken back, by the club or (without a number) here;
 *  `onKept()` where it waits on this phone. */
export function makeIdCheck({ onGood, onBad, onKept }) {
  const group = $("id-check");
  const buttons = [...group.querySelectorAll("button")];
  let asked = null;

  /** Shows the buttons under an admission whose type asks for a document. */
  function offer({ verdict, nonce, local = false }) {
    asked = verdict.asks_id && (verdict.scan || local) ? { scan: verdict.scan, nonce, name: verdict.ticket?.holder } : null;
    group.hidden = !asked;
  }

  group.addEventListener("click", async (event) => {
    event.stopPropagation(); // beside the buttons, too: a thumb that misses puts nothing away
    const button = event.target.closest("button");
    if (!button || !asked) return;
    const of = asked;
    const passed = button.dataset.passed === "yes";
    for (const each of buttons) each.disabled = true;
    const answer = of.scan ? await send(of.scan, passed) : null;
    // Nobody answers, or nobody has heard of the scan.
    const kept = answer && answer.status < 500 && answer.status !== 429 ? null : await journal.keepCheck(of.nonce, passed).catch(() => null);
    const recorded = answer?.status === 200 || kept?.id_check?.passed === passed;
    if (kept) onKept();
    for (const each of buttons) each.disabled = false;
    if (answer?.status === 200 && !passed) await journal.settle([[of.nonce, { undone: true, undone_at: now() }]]).catch(() => {});
    if (asked !== of || group.hidden || $("verdict").hidden) return; // put away meanwhile
    if (!recorded) $("verdict-note").textContent = word(answer || kept ? "id-refused" : "id-no-answer");
    else if (passed) onGood();
    else onBad({ name: of.name, inside: answer?.body?.inside });
  });

  return { offer };
}

async function send(scan, passed) {
  try {
    const response = await fetch(`/api/v1/scans/${scan}/id-check?lang=${document.documentElement.lang}`, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify({ passed }),
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}
