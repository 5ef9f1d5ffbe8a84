// What the doorman hears and feels: a rising tone and one buzz for yes, three even ones for yes with a doubt, a low double tone and two
// long buzzes for no, one short tone for nobody knows, a falling one for who leaves.
import { setting } from "asset:settings.js";

let audio = null;

/** Browsers allow sound only after a touch: call this from one. */
export function allowSound() {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  audio?.resume();
}

const TUNES = {
  admit: [[660, 880, 0, 0.16], [880, 1320, 0.14, 0.2]],
  leave: [[880, 660, 0, 0.2]],
  caution: [[740, 740, 0, 0.1], [740, 740, 0.16, 0.1], [988, 988, 0.32, 0.18]],
  deny: [[190, 170, 0, 0.18], [190, 150, 0.26, 0.3]],
  unsure: [[440, 440, 0, 0.12]],
};
const BUZZES = { admit: 90, leave: 60, caution: [60, 60, 60, 60, 60], deny: [180, 90, 180], unsure: [60, 60, 60] };

/** Plays the signal of a verdict. */
export function signal(tone) {
  if (setting("vibration")) navigator.vibrate?.(BUZZES[tone]);
  if (!setting("sound") || audio?.state !== "running") return;
  for (const [from, to, start, length] of TUNES[tone]) play(from, to, audio.currentTime + start, length);
}

function play(from, to, start, length) {
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  tone.type = "triangle";
  tone.frequency.setValueAtTime(from, start);
  tone.frequency.linearRampToValueAtTime(to, start + length);
  loudness.gain.setValueAtTime(0.0001, start);
  loudness.gain.exponentialRampToValueAtTime(0.7, start + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + length);
  tone.connect(loudness).connect(audio.destination);
  tone.start(start);
  tone.stop(start + length);
}
