// A phone that sleeps between two guests is a phone that is shaken awake all night.

/** Keeps the screen on, as far as the phone lets us. */
export async function keepAwake() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* low battery: the phone decides */ }
}
