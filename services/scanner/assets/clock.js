// The club's time on a phone whose own clock may be wrong: the difference is measured at every contact and remembered.

const KEPT = "door-skew";
/** From here on somebody is told. */
const WRONG = 120_000;

let skew = Number(localStorage.getItem(KEPT)) || 0;

/** The club's time, in milliseconds. */
export const now = () => Date.now() + skew;

/** How much this phone's clock is behind the club's. */
export const skewOf = () => skew;

/** Whether that is worth telling. */
export const isWrong = () => Math.abs(skew) >= WRONG;

/** Takes the club's time, told in the middle between `sent` and now. */
export function learn(serverTime, sent) {
  if (!Number.isFinite(serverTime)) return;
  const got = Date.now();
  skew = Math.round(serverTime + (got - sent) / 2 - got);
  try { localStorage.setItem(KEPT, skew); } catch { /* until the next contact it is remembered here */ }
}
