// Where this phone stands: remembered for a start without network, or given by its enrolment.
import { listOf } from "asset:manifest.js";
import { told } from "asset:words.js";

const KEPT = "door-place";

/** Remembers a gate. */
export function rememberPlace(place) {
  try { localStorage.setItem(KEPT, JSON.stringify(place)); } catch { /* chosen anew next time */ }
}

/** The gate to stand at without being asked, or null: the one this phone is enrolled for; without network, where it stood. */
export async function placeToTake() {
  const bound = told.bound && document.querySelector(`.gate--tonight[data-gate="${CSS.escape(told.bound)}"]`);
  if (bound) return { ...bound.dataset };
  if (!("kept" in document.documentElement.dataset)) return null;
  try {
    const before = JSON.parse(localStorage.getItem(KEPT));
    return before && (await listOf(before.event)) ? before : null;
  } catch {
    return null;
  }
}
