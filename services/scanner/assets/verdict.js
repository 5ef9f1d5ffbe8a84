// May this code go through here and now? The twin of `domain::admission::verdict`, for phones without network: the same questions
// in the same order. The cases in `crates/domain/vectors/admission.json` hold the two together.
//
// Names and shapes are those of the Rust types:
//   code       {ticket, event, step} | {error: "malformed"|"forged"|"unknown_key"|"test_ticket"|"live_ticket"}, as `readCode` gives it
//   admission  null | {ticket, event, zone, status, banned, type_name, holder, attention, admit_from, admit_until,
//             entries_allowed, rotating, stay}
//   stay       "never" | {inside: scan} | {out: {entries, last: scan}}, where scan is {at, gate, gate_name}
//   gate       {id, event, zone, name};  window  {from, until};  now  an instant
//   direction  "entry" | "exit";         full    whether as many are inside as may be
// Instants are unix milliseconds; nothing is null. `step` is when a code that moves is to be shown, null of one that does not.

const STEP = 15_000; // ms: see `domain::ticket_code::Step`
const BEHIND = 2; // steps ago
const AHEAD = 1;

/** The answer to a scan: {decision: "admit"|"deny", reason, attention, first_scan}. */
export function verdict({ code, admission, gate, window, now, direction, full }) {
  const ours = !code.error && code.event === gate.event;
  const known = ours && admission?.ticket === code.ticket ? admission : null;
  const reason = reasonOf({ code, known, gate, window, now, direction, full });
  const told = reason === "already_inside" || reason === "no_reentry";
  return {
    decision: reason === "ok" ? "admit" : "deny",
    reason,
    attention: known?.attention ?? null,
    first_scan: told ? lastScan(known.stay) : null,
  };
}

function reasonOf({ code, known, gate, window, now, direction, full }) {
  // Whoever signed with a key that is not the club's has forged a ticket. "unverifiable" is no reason: callers look for it before.
  if (code.error === "unknown_key") return "forged";
  if (code.error) return code.error;
  if (code.event !== gate.event) return "wrong_event";
  if (!known) return "unknown";
  return direction === "exit" ? exit(known, gate) : entry(known, code.step, gate, window, now, full);
}

/** Nobody is kept inside: not for a ticket that was blocked meanwhile, nor when entry is over. */
function exit(admission, gate) {
  if (admission.zone !== gate.zone) return "wrong_gate";
  return admission.stay.inside ? "ok" : "not_inside";
}

function entry(admission, shown, gate, window, now, full) {
  const { status, banned, zone, admit_from, admit_until, entries_allowed, rotating, stay } = admission;
  if (status !== "valid") return status;
  if (banned) return "banned";
  if (zone !== gate.zone) return "wrong_gate";
  if (now < window.from) return "too_early";
  if (now >= window.until) return "too_late";
  if (admit_from !== null && now < admit_from) return "too_early";
  // Who was in before the ticket's own cut-off is not late.
  if (stay === "never" && admit_until !== null && now >= admit_until) return "too_late";
  if (rotating && !isFresh(shown, now)) return "stale_code";
  if (stay.inside) return "already_inside";
  if (stay.out && entries_allowed !== null && stay.out.entries >= entries_allowed) return "no_reentry";
  if (full) return "full";
  return "ok";
}

/** Whether a code of that step may be in front of a guest's phone now. */
function isFresh(shown, now) {
  const step = Math.floor(now / STEP);
  return shown !== null && shown >= step - BEHIND && shown <= step + AHEAD;
}

/** The scan by which the guest last came in. */
function lastScan(stay) {
  return stay.inside ?? stay.out?.last ?? null;
}
