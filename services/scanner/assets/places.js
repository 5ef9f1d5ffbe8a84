// Where this phone stands: remembered for a start without network, or given by its enrolment.
import { listOf } from "asset:manifest.js";
import { told } from "asset:words.js";

const KEPT = "door-place";
const BACK = "door-back";

/** Remembers a gate. */
export function rememberPlace(place) {
  try { localStorage.setItem(KEPT, JSON.stringify(place)); } catch { /* chosen anew next time */ }
}

/** Somebody goes to another page for a moment, and stands at the same gate when they come back. */
export function comeBack({ gate }) {
  try { sessionStorage.setItem(BACK, gate); } catch { /* chosen anew */ }
}

function cameBack() {
  try {
    const gate = sessionStorage.getItem(BACK);
    sessionStorage.removeItem(BACK);
    return gate && document.querySelector(`.gate[data-gate="${CSS.escape(gate)}"]`);
  } catch {
    return null;
  }
}

/** The gate to stand at without being asked, or null: the one that somebody left for a moment; the one this phone is enrolled for;
 *  without network, where it stood. */
export async function placeToTake() {
  const left = cameBack();
  if (left) return { ...left.dataset };
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
