// What the doorman hears and feels: a rising tone and one buzz for yes, a low double tone and two for no.

let audio = null;

/** Browsers allow sound only after a touch: call this from one. */
export function allowSound() {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  audio?.resume();
}

const TUNES = {
  admit: [[660, 880, 0, 0.16], [880, 1320, 0.14, 0.2]],
  deny: [[190, 170, 0, 0.18], [190, 150, 0.26, 0.3]],
  unsure: [[440, 440, 0, 0.12]],
};
const BUZZES = { admit: 90, deny: [180, 90, 180], unsure: [60, 60, 60] };

/** Plays the signal of a verdict. */
export function signal(tone) {
  navigator.vibrate?.(BUZZES[tone]);
  if (audio?.state !== "running") return;
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
