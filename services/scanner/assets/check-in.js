// One guest let in from the list: why there is no code, and the server's verdict, or after a moment without an answer the phone's own.
// Asked under one nonce until it is answered, so that an answer lost on its way is given again and nobody is let in twice.
import { NOTHING, PATIENCE, moment } from "asset:scans.js";

const TRIES = 3;

const unanswered = new Map(); // ticket and gate: the nonce and reason of a check-in without an answer

/** Asks why, then the server, then the phone: `decide(place, ticket, nonce, why)`. Nothing if it was called off; else {signedOut}, {problem},
 *  {unwritten} or {answer, nonce, why, local?}. `onLate(row, answer)`: the server spoke after the phone had decided. */
export async function checkIn({ root, ticket, place, button, word, decide, onLate }) {
  const key = `${ticket.ticket} ${place.gate}`;
  let mine = unanswered.get(key);
  if (!mine) {
    const why = await askWhy(root, ticket);
    if (!why) return null;
    mine = { nonce: crypto.randomUUID(), why };
    unanswered.set(key, mine);
  }
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  button.textContent = word("checking");
  const body = { ticket: ticket.ticket, event: place.event, gate: place.gate, nonce: mine.nonce, ...mine.why };
  const here = async () => decide?.(place, ticket.ticket, mine.nonce, mine.why);
  const outcome = await ask(body, here, onLate);
  button.disabled = false;
  button.removeAttribute("aria-busy");
  // Without an answer the same check-in is asked again, whatever was typed meanwhile.
  const open = outcome.problem === "no-answer" || Boolean(outcome.unwritten);
  button.textContent = word(open ? "check-in-again" : "check-in");
  if (!open && !outcome.signedOut) unanswered.delete(key);
  return { ...outcome, ...mine };
}

/** Opens the sheet of reasons. */
function askWhy(root, ticket) {
  const sheet = root.querySelector("[data-why]");
  const note = sheet.querySelector("[name=note]");
  sheet.querySelector("[data-who]").textContent = ticket.holder;
  // A place on the list needs no other reason, and nobody else has this one.
  sheet.querySelector("[data-for=guest-list]").hidden = !ticket.guest_list;
  note.value = "";
  note.required = false;
  sheet.returnValue = "";
  return new Promise((done) => {
    const choose = (event) => {
      if (event.submitter?.value !== "other" || note.value.trim()) return;
      event.preventDefault(); // "something else" says what
      note.required = true;
      note.reportValidity();
    };
    // Enter in the note means the note, not the first button of the sheet.
    const enter = (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      sheet.querySelector("form").requestSubmit(sheet.querySelector("[value=other]"));
    };
    sheet.addEventListener("submit", choose);
    note.addEventListener("keydown", enter);
    sheet.addEventListener("close", () => {
      sheet.removeEventListener("submit", choose);
      note.removeEventListener("keydown", enter);
      const reason = sheet.returnValue;
      done(reason ? { reason, note: note.value.trim() } : null);
    }, { once: true });
    sheet.showModal();
    (ticket.guest_list ? sheet.querySelector("[data-for=guest-list]") : sheet.querySelector("button")).focus();
  });
}

async function ask(body, decide, onLate) {
  // Without any network nobody waits, and nothing is asked beside the phone's own verdict.
  const first = navigator.onLine ? once(body) : null;
  const soon = first && (await Promise.race([first, moment()]));
  if (soon && soon !== NOTHING) return soon;
  const here = await decide().catch(() => null);
  if (here?.unwritten) return { unwritten: here.unwritten };
  if (here) {
    first?.then((late) => late?.answer && onLate?.(here.row, late.answer));
    return { answer: here.verdict, local: true };
  }
  let asked = first ?? once(body);
  for (let tries = 1; ; tries += 1) {
    const outcome = await asked;
    if (outcome) return outcome;
    if (tries === TRIES) return { problem: "no-answer" };
    await new Promise((go) => setTimeout(go, 400 * tries));
    asked = once(body);
  }
}

/** One try. Nothing means: no answer, which is not an answer. */
async function once(body) {
  try {
    const response = await fetch(`/api/v1/check-ins?lang=${document.documentElement.lang}`, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    if (response.status === 200) return { answer: await response.json() };
    if (response.status === 401 || response.status === 403) return { signedOut: true };
    if (response.status === 404) return { problem: "gone" };
    if (response.status === 429 || response.status >= 500) return null;
    return { problem: "refused" };
  } catch {
    return null;
  }
}
