// The page at the door: choose a gate, read codes, show verdicts. Each part is a module of its own; here they meet.
import { keepAwake } from "asset:awake.js";
import { now } from "asset:clock.js";
import { sameTicket } from "asset:code.js";
import { keepCounting, showInside } from "asset:inside.js";
import { makeFinder } from "asset:finder.js";
import { makeIdCheck } from "asset:id-check.js";
import * as journal from "asset:journal.js";
import { read } from "asset:judge.js";
import { makeKeeper, state, tidyUp } from "asset:keeper.js";
import { lookUp } from "asset:lookup.js";
import { ageOf, listOf } from "asset:manifest.js";
import { makeOverride } from "asset:override.js";
import "asset:mine.js";
import { makePhoto } from "asset:photo.js";
import { placeToTake, rememberPlace } from "asset:places.js";
import { ask, decideHere, remember } from "asset:scans.js";
import { mountSearch } from "asset:search.js";
import { makeSheet } from "asset:sheet.js";
import { oldest, setting } from "asset:settings.js";
import { allowSound } from "asset:signals.js";
import { notice, showStatus } from "asset:status.js";
import * as training from "asset:training.js";
import { makeUndo } from "asset:undo.js";
import { makeVerdictView } from "asset:verdict-view.js";
import { direction, onTurn, turn } from "asset:ways.js";
import { listenForWedge } from "asset:wedge.js";
import { word } from "asset:words.js";

const SAME_CODE = 4000; // ms in which a code still in front of the camera is not a new scan

const $ = (id) => document.getElementById(id);

let place = null; // {event, gate, title, name}: where this phone stands
let asking = null; // the scan under way
let last = { code: "", at: 0 }; // what the camera saw last; `picture`: that its code was to move, and did not
let met = 0;
let guest = null; // the ticket that was answered last, by its id

const view = makeVerdictView({ onAway: drop, onAgain: () => asking?.again(), onCleared: () => { last.at = last.code ? Date.now() : 0; } });
const finder = makeFinder({ onCode: seen, onTyped: typed, onTouch: allowSound });
const keeper = makeKeeper({ event: () => place?.event ?? null, onState: showState, onSignedOut: signIn });
const undo = makeUndo($("undo"), { onUndone: tookBack, onRefused: notice });
const override = makeOverride({ onOpen: () => view.clear(), onAnswer: (verdict, scan, nonce) => answered({ verdict, nonce }, scan), onRefused: notice });
const idCheck = makeIdCheck({ onGood: () => { last.at = Date.now(); view.clear(); }, onBad: turnedAway, onKept: () => keeper.countQueue().then(keeper.send) });
const count = keepCounting(() => place);
const photo = makePhoto({ video: $("video"), onOpen: () => view.clear(), onSignedOut: keeper.leave });
makeSheet({ finder, keeper, onTraining, last: () => ({ event: place?.event, gate: place?.gate, ticket: guest }) });
onTurn((way) => finder.aimAt(way === "exit" ? "aim-exit" : "aim"));
listenForWedge((code) => {
  for (const sheet of document.querySelectorAll("dialog[open]")) sheet.close(); // it would stand over the verdict
  if (place) typed(code);
});

// --- choosing
for (const button of document.querySelectorAll(".gate")) {
  button.addEventListener("click", () => { allowSound(); choose({ ...button.dataset }); });
}
$("back").addEventListener("click", leave);

function choose({ event, gate, title, name, inside: people }) {
  place = { event, gate, title, name };
  rememberPlace(place);
  $("scan-gate").textContent = name;
  $("scan-event").textContent = title;
  $("inside").textContent = people ?? "–";
  state.inside = state.zone = null;
  $("zone-inside").hidden = true;
  turn("entry");
  show("scan");
  finder.start();
  keepAwake();
  state.list = null;
  guest = null;
  keeper.begin();
  photo.look();
  count();
  $("find").hidden = $("search").childElementCount === 0;
  mountSearch($("search"), {
    place: () => place && { event: place.event, gate: place.gate, name: place.name, timeZone: state.list?.time_zone },
    onVerdict: (verdict, ticket, { at, local, nonce, why }) => answered({ verdict, local, nonce }, { ...standing(at), ticket, why }),
    onLate: late,
    onUnwritten: unwritten,
    offline: {
      search: (words) => lookUp(state.list, words),
      decide: async (at, ticket, nonce, why) => decideHere({ ...standing(at), ticket, why, nonce, scannedAt: Date.now(), list: await listOf(at.event), oldest: oldest() }),
    },
  });
}

/** Where a guest comes in who is checked in from the list. */
const standing = ({ event, gate, name }) => ({ event, gate, gateName: name, direction: "entry" });

function leave() {
  drop();
  view.clear();
  finder.stop();
  undo.forget();
  place = null;
  show("choose");
}

function show(what) {
  $("choose").hidden = what !== "choose";
  $("scan").hidden = what !== "scan";
  $("search").hidden = what !== "search";
}

$("find").addEventListener("click", () => { show("search"); $("search").querySelector("input")?.focus(); });
$("search").addEventListener("click", ({ target }) => { if (target.closest("[data-close]")) show("scan"); });

// --- reading
function seen(code) {
  const at = Date.now();
  // One that moves stays the same guest's. After a picture, the one that moves is what the doorman asked for.
  const held = (last.picture ? code === last.code : sameTicket(code, last.code)) && at - last.at < SAME_CODE;
  const free = !asking && view.free && !$("scan").hidden && !document.querySelector("dialog[open]");
  if (last.picture && !held && !free) return; // it comes again in a moment, when it may be read
  last = { code, at, picture: held && last.picture };
  if (!held && free) check(code);
}

function typed(code) {
  allowSound();
  drop();
  last = { code, at: Date.now() };
  check(code);
}

function check(code) {
  view.clear();
  finder.busy(true);
  if (setting("training")) return pretend(code);
  const scan = { code, event: place.event, gate: place.gate, gateName: place.name, direction: direction() };
  asking = ask(scan, {
    list: () => listOf(scan.event), oldest, onAnswer: (outcome) => answered(outcome, scan), onSilence: unconfirmed, onUnwritten: unwritten, onLate: late,
  });
}

function drop() {
  if (asking) last.at = Date.now(); // the camera rested: what is before it may have been there all the time
  asking?.drop();
  asking = null;
  finder.busy(false);
}

function answered(outcome, scan = { direction: "entry" }) {
  const { verdict, local, signedOut, code, gone, problem, nonce } = outcome;
  drop();
  if (signedOut) return keeper.leave(code);
  keeper.heard(!local);
  if (gone) return view.present("unsure", { title: word("gone-title"), sentence: word("gone-text") });
  if (!verdict) return view.present("unsure", { title: word("refused-title"), sentence: problem });
  last.picture = verdict.reason === "stale_code";
  view.show(verdict, { local, direction: scan.direction, age: state.list ? ageOf(state.list) : 0 });
  meet(scan, verdict, local);
  if (!local) override.offer(scan, verdict);
  idCheck.offer({ verdict, nonce, local });
  const admitted = verdict.decision === "admit";
  if (admitted) undo.offer({ scan: verdict.scan, nonce, name: verdict.ticket?.holder, direction: scan.direction, local });
  if (local) keeper.countQueue();
  const step = scan.direction === "exit" ? -1 : 1;
  const zone = state.zone && { ...state.zone, inside: Math.max(0, state.zone.inside + step) };
  if (local && admitted) showInside((state.inside ?? state.list?.inside) + step, zone);
  else remember({ verdict, nonce, scan, list: state.list });
  if (state.list && verdict.limit !== undefined) state.list.limit = verdict.limit;
  showInside(verdict.inside, local ? state.zone : verdict.zone ?? null);
  if (!local && verdict.inside === undefined) count();
}

// The document was not good, and the entry is taken back. Without a number of the club's this phone counts.
function turnedAway({ name, inside: people }) {
  undo.forget();
  view.present("deny", { title: word("id-title"), holder: name, sentence: word("id-text"), stays: true });
  showInside(people ?? Math.max(0, (state.inside ?? 1) - 1));
  count();
}

/** Remembers whose ticket it was, for a report; with the network, a photograph may be taken. */
async function meet(scan, verdict, local) {
  const round = ++met;
  guest = null;
  const ticket = scan.ticket ?? (await ticketIn(scan.code));
  if (round === met) guest = ticket;
  await photo.ready();
  if (round !== met) return;
  if (!local && !view.hidden && verdict.ticket) photo.offer({ ticket, name: verdict.ticket.holder });
}

/** The ticket that a code of ours names, or null. */
async function ticketIn(code) {
  if (!code || !state.list) return null;
  return read(code, state.list).then((said) => said.ticket ?? null, () => null);
}

// Nobody knows yet: neither green nor red. The scan goes on asking under its nonce.
function unconfirmed() {
  keeper.heard(false);
  if (view.unsure) return;
  view.present("unsure", { title: word("unconfirmed-title"), sentence: word("unconfirmed-text"), again: true });
}

// A green that nobody will remember is none. The server is asked on, which may still know.
function unwritten(why) {
  view.present("unsure", { title: word("unwritten-title"), sentence: word(`unwritten-${why}`), again: true });
}

/** The server spoke after the phone had decided. If it says otherwise, the scan is sent as the phone's own, and somebody is told. */
async function late(row, verdict) {
  keeper.heard(true);
  const agrees = verdict.decision === row.decision;
  const news = { shown: null, state: "answered", answered_at: now(), server: verdict.reason, scan: verdict.scan };
  // Taken back meanwhile, it waits on, to be sent as that.
  const back = agrees && (await journal.settle([[row.nonce, news]]).catch(() => 0));
  if (!agrees) notice(word(verdict.decision === "admit" ? "late-admit" : "late-deny", { name: row.shown.ticket?.holder || word("a-guest"), sentence: verdict.sentence }));
  if (agrees && !back && verdict.decision === "admit") undo.offer({ scan: verdict.scan, nonce: row.nonce, name: row.shown.ticket?.holder, direction: row.direction });
  keeper.countQueue();
}

async function pretend(code) {
  const verdict = await training.pretend({ code, place, direction: direction(), list: state.list });
  finder.busy(false);
  if (!verdict) return view.present("unsure", { title: word("training-title"), sentence: word("training-no-list") });
  last.picture = verdict.reason === "stale_code";
  view.show(verdict, { local: true, direction: direction(), age: ageOf(state.list) });
}

/** Who was let in by mistake is out again, and who was let out is inside. Without a number of the club's this phone counts. */
function tookBack({ inside: people, direction: way, name }) {
  const left = way === "exit";
  notice(word(left ? "undone-exit" : "undone", { name }));
  showInside(people ?? Math.max(0, left ? (state.inside ?? 0) + 1 : (state.inside ?? 1) - 1));
  if (people === undefined) keeper.countQueue().then(keeper.send);
  else count();
}

function onTraining() {
  training.forget();
  undo.forget();
  drop();
}

// --- what else goes on
function showState() {
  showStatus({ ...state, oldest: oldest() });
  showInside(state.inside);
}

setInterval(() => place && showState(), 1000);

function signIn() {
  location.assign($("sign-in").href);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !place) return;
  keepAwake();
  if (!finder.running) finder.start();
  keeper.round();
});

tidyUp().then(placeToTake).then((found) => found && !place && choose(found));
keeper.send(); // what waits from another night needs no gate
navigator.serviceWorker?.register("/sw.js").catch(() => {});
