// Training: verdicts as in earnest, from the night's list, and nothing is written or sent. What was scanned is known until the page closes.
import { now } from "asset:clock.js";
import { judge } from "asset:judge.js";
import { oldest } from "asset:settings.js";

let scanned = [];

/** Starts over. */
export const forget = () => { scanned = []; };

/** The verdict that a scan would get, or null without a list. */
export async function pretend({ code, place, direction, list }) {
  const verdict = list && (await judge({ code, place, direction, list, oldest: oldest(), rows: scanned }).catch(() => null));
  if (verdict?.decision === "admit") {
    scanned.push({ ...verdict.of, decision: "admit", direction, state: "waiting", corrected_at: now(), gate: place.gate, gate_name: place.name });
  }
  return verdict;
}
