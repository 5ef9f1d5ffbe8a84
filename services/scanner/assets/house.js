// Whether the club's records are still those that this phone knows. They may have been put back to an earlier time, from a backup; then they
// are other records, by another name, and know less than they did.

const KEPT = "door-house";
let here = null; // where nothing can be kept, this page still knows

/** What the phone was told last: {house, mark}, or nothing. It is told back at each contact. */
export function lastTold() {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? here ?? {}; } catch { return here ?? {}; }
}

/** Whether an answer speaks of other records. */
export const isAnother = ({ house }) => Boolean(house && lastTold().house && lastTold().house !== house);

/** Takes an answer's word for it. Of the same records the highest mark stays: by it a door notices that was put back, at the next contact if
 *  not at this one. */
export function keepTold({ house, mark }) {
  if (!house) return;
  const last = lastTold();
  here = { house, mark: last.house === house ? Math.max(mark, last.mark ?? 0) : mark };
  try { localStorage.setItem(KEPT, JSON.stringify(here)); } catch { /* for this page it holds */ }
}
