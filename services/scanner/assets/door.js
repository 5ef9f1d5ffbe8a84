// The page at the door: choose a gate, read codes, show verdicts. The words come from the page itself (<template id="words">).
import { makeCamera } from "asset:camera.js";
import { ask, inside } from "asset:scans.js";
import { allowSound, signal } from "asset:signals.js";

const SHOWN = { admit: 2500, deny: 5000 }; // ms until a verdict clears by itself
const CALLS = ["forged", "blocked", "disputed", "banned"]; // reasons that ask for an act: they stay until somebody taps
const SAME_CODE = 4000; // ms in which a code still in front of the camera is not a new scan
const COUNT_EVERY = 10000;

const $ = (id) => document.getElementById(id);
const words = $("words");
const word = (key) => words.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
const title = (reason) => words.content.querySelector(`[data-title="${reason}"]`)?.textContent ?? reason;

let place = null; // {event, gate}: where this phone stands
let asking = null; // the scan under way
let clearing = 0;
let hint = "camera-starting"; // what stands under the frame while no scan is under way
let last = { code: "", at: 0 };

const camera = makeCamera({ video: $("video"), workerUrl: words.dataset.worker, onCode: seen, onState: showCamera });

// --- choosing
for (const button of document.querySelectorAll(".gate")) {
  button.addEventListener("click", () => {
    allowSound();
    choose(button.dataset);
  });
}
$("back").addEventListener("click", leave);

function choose({ event, gate, title, name, inside: people }) {
  place = { event, gate };
  $("scan-gate").textContent = name;
  $("scan-event").textContent = title;
  $("inside").textContent = people;
  show("scan");
  camera.start();
  keepAwake();
  count();
}

function leave() {
  drop();
  clear();
  camera.stop();
  place = null;
  show("choose");
}

function show(view) {
  $("choose").hidden = view !== "choose";
  $("scan").hidden = view !== "scan";
}

// --- reading
function seen(code) {
  const now = Date.now();
  const held = code === last.code && now - last.at < SAME_CODE;
  last = { code, at: now };
  if (!held && !asking && $("verdict").hidden) check(code);
}

$("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  allowSound();
  const field = $("code");
  const code = field.value.trim();
  if (!code || !place) return;
  field.value = "";
  field.blur();
  drop();
  check(code);
});

$("camera-again").addEventListener("click", () => camera.start());

function showCamera(state) {
  const finder = document.querySelector(".finder");
  const off = state !== "" && state !== "camera-starting";
  finder.dataset.camera = off ? "off" : "on";
  hint = state || "aim";
  $("hint").textContent = word(hint);
  $("camera-again").hidden = !off;
}

// --- asking
function check(code) {
  clear();
  busy(true);
  asking = ask({ code, ...place }, { onAnswer: answered, onSilence: unconfirmed });
}

function drop() {
  asking?.drop();
  asking = null;
  busy(false);
}

// The button is shut at once; the word comes only when the answer keeps somebody waiting, so that nothing flickers.
let telling = 0;
function busy(yes) {
  document.querySelector(".finder").toggleAttribute("data-checking", yes);
  $("check").disabled = yes;
  $("check").setAttribute("aria-busy", yes);
  clearTimeout(telling);
  if (yes) telling = setTimeout(() => { $("hint").textContent = word("checking"); }, 300);
  else $("hint").textContent = word(hint);
}

function answered({ verdict, signedOut, gone, problem }) {
  drop();
  if (signedOut) return location.assign($("sign-in").href);
  if (gone) return present("unsure", { title: word("gone-title"), sentence: word("gone-text") });
  if (!verdict) return present("unsure", { title: word("refused-title"), sentence: problem });
  const admitted = verdict.decision === "admit";
  present(admitted ? "admit" : "deny", {
    title: title(verdict.reason), sentence: admitted ? verdict.ticket?.type : verdict.sentence, holder: verdict.ticket?.holder, attention: admitted ? verdict.attention : "",
    stays: CALLS.includes(verdict.reason),
  });
  count();
}

// No answer is never green, and never red either: nobody knows yet. The scan goes on asking under its nonce.
function unconfirmed() {
  const already = $("verdict").dataset.tone === "unsure" && !$("verdict").hidden;
  if (already) return;
  present("unsure", { title: word("unconfirmed-title"), sentence: word("unconfirmed-text") });
  $("again").hidden = false;
}
$("again").addEventListener("click", (event) => {
  event.stopPropagation();
  asking?.again();
});

// --- the verdict
function present(tone, { title, sentence = "", holder = "", attention = "", stays = false }) {
  const verdict = $("verdict");
  verdict.dataset.tone = tone;
  $("verdict-title").textContent = title;
  $("verdict-holder").textContent = holder ?? "";
  $("verdict-sentence").textContent = sentence;
  $("verdict-attention").hidden = !attention;
  $("verdict-attention").querySelector("span").textContent = attention ?? "";
  $("again").hidden = true;
  verdict.hidden = false;
  verdict.focus({ preventScroll: true });
  signal(tone);
  clearAfter(attention || stays ? 0 : SHOWN[tone]);
}

function clearAfter(time) {
  clearTimeout(clearing);
  const clock = document.querySelector(".verdict__clock");
  delete clock.dataset.running;
  if (!time) return; // what asks for an act stays until it is put away, "not confirmed" until it is answered
  clock.style.setProperty("--shown", `${time}ms`);
  void clock.offsetWidth; // so that the animation starts over
  clock.dataset.running = "";
  clearing = setTimeout(clear, time);
}

function clear() {
  clearTimeout(clearing);
  $("verdict").hidden = true;
  last.at = last.code ? Date.now() : 0;
}

// A tap anywhere is "next": gloves, hurry. An unconfirmed scan is put away with it; the same code asked again within a minute is
// the same scan.
$("verdict").addEventListener("click", () => { drop(); clear(); });
addEventListener("keydown", (event) => {
  if ($("verdict").hidden || !["Escape", "Enter", " "].includes(event.key) || event.target.id === "again") return;
  event.preventDefault();
  drop();
  clear();
});

// --- what else goes on
async function count() {
  if (!place || document.hidden) return;
  const people = await inside(place.event);
  if (people !== null) $("inside").textContent = people;
}
setInterval(count, COUNT_EVERY);

function showNetwork() {
  $("offline").hidden = navigator.onLine;
  $("offline").textContent = navigator.onLine ? "" : word("offline");
}
addEventListener("online", showNetwork);
addEventListener("offline", showNetwork);
showNetwork();

// A phone that sleeps between two guests is a phone that is shaken awake all night.
async function keepAwake() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* low battery: the phone decides */ }
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !place) return;
  keepAwake();
  if (!camera.running) camera.start();
});
