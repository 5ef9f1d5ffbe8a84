// Keeps the phone ready for the moment without network: fetches what is new of the night's list, says that the phone is here, measures
// the clock, and has sent what waits. Every 15 seconds, and at once when the network is back.
import { now } from "asset:clock.js";
import { isAnother, keepTold } from "asset:house.js";
import * as journal from "asset:journal.js";
import { bring, forgetCursors, listOf, wipeAll, wipeOver } from "asset:manifest.js";
import { notice } from "asset:status.js";
import { contact, makeUploader } from "asset:upload.js";
import { hour, title, told, word } from "asset:words.js";

const EVERY = 15_000;
const EVERY_OFFLINE = 5_000;
const PINS = JSON.parse(told.manifestKeys || "{}");
const VERSION = import.meta.url.match(/\.([0-9a-f]{16})\./)?.[1] ?? "dev";
/** Answers by which the club says: this phone, or who holds it, is to stop. */
const STOPS = ["token_revoked", "session_ended"];

/** How things stand, for the line and the verdicts. */
export const state = { online: navigator.onLine, list: null, over: false, loading: false, signedOut: false, waits: 0, refused: 0, inside: null, zone: null };

let signingOut = false; // somebody signs out: no list is brought any more
let sendWhatWaits = async () => {};

/** `event()` is the night's id or null; `onState()` after each change; `onSignedOut()` when the club wants a sign-in. */
export function makeKeeper({ event, onState, onSignedOut }) {
  let timer = 0;
  let busy = false;
  let wanted = false; // somebody asked for a round while one was under way
  const uploader = makeUploader({ onProgress: countQueue, onConflict: tellConflict, onSignedOut: leave, onNotUndone: () => notice(word("undo-refused")) });
  sendWhatWaits = uploader.kick;

  async function countQueue() {
    [state.waits, state.refused] = await Promise.all([journal.count(), journal.inState("refused").then((rows) => rows.length)]).catch(() => [state.waits, 0]);
    onState();
  }

  /** Takes up a night: what the phone has of it at once, what is new as soon as it comes. */
  async function begin() {
    state.over = false;
    state.list = await listOf(event());
    onState();
    await countQueue();
    return round();
  }

  /** A list whose night is over is thrown away, also from a page that stays open; that it was there is told. */
  async function lookAtList() {
    const before = state.list;
    if (before && before.expires_at > now()) return;
    await wipeOver().catch(() => {});
    state.list = await listOf(event());
    state.over = !state.list && (state.over || before !== null);
  }

  async function round() {
    if (busy) return void (wanted = true);
    clearTimeout(timer);
    busy = true;
    try {
      wanted = false;
      if (event()) await lookAtList();
      if (event()) await Promise.all([meet(), refresh()]);
      if (state.online && state.waits) await uploader.kick();
    } finally {
      busy = false;
      timer = setTimeout(round, wanted ? 0 : state.online ? EVERY : EVERY_OFFLINE);
      onState();
    }
  }

  async function meet() {
    const answer = await contact({ event: event(), queue: state.waits, dataAt: state.list?.issued_at, version: VERSION });
    heard(answer !== null && answer.status < 500);
    if (answer?.status === 401) await leave(answer.body?.code);
    if (answer?.status === 200) await recognise(answer.body ?? {}).catch(() => {}); // then at the next contact
    if (answer?.status === 200 && Number.isFinite(answer.body?.inside)) state.inside = answer.body.inside;
  }

  /** Records that were put back to an earlier time are told again what this phone still knows. */
  async function recognise(said) {
    if (isAnother(said)) {
      const again = await journal.sendAgain();
      await forgetCursors();
      if (again) notice(word("sent-again"));
      await countQueue();
    }
    keepTold(said);
  }

  async function refresh() {
    if (signingOut) return;
    const night = event();
    const before = state.list;
    state.loading = !before;
    const outcome = await bring(night, PINS);
    state.loading = false;
    if (night !== event()) return;
    // The page reads what is on the disk and nothing else: so it is the same after a restart.
    state.list = await listOf(night);
    state.over = !state.list && (state.over || before !== null);
    if (outcome.status === 401) await leave(outcome.code);
    if (outcome.refused === "signature") tellOnce("list-forged");
    if (outcome.failed === "full") tellOnce("list-full");
    onState();
  }

  let leaving = null;

  /** Once, whoever hears of it first: what is to be forgotten is forgotten before the page goes. */
  async function leave(code) {
    if (STOPS.includes(code)) leaving ??= forgetNames();
    await leaving;
    if (state.signedOut) return;
    state.signedOut = true;
    onState();
    onSignedOut();
  }

  /** The network answered, or it did not. */
  function heard(yes) {
    const back = yes && !state.online;
    state.online = yes;
    if (back) round();
    onState();
  }

  addEventListener("online", () => heard(true));
  addEventListener("offline", () => heard(false));
  return { begin, round, heard, countQueue, leave, send: uploader.kick };
}

/** Leaves no guest's name on this phone. What it scanned stays until it is sent. */
async function forgetNames() {
  await Promise.allSettled([wipeAll(), journal.forgetNames(), globalThis.caches?.delete("door-page")]);
}

// Who signs out takes the names along, and what they scanned goes in their own name, if it goes at once.
document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", async (event) => {
  event.preventDefault();
  signingOut = true;
  await Promise.race([sendWhatWaits(), new Promise((go) => setTimeout(go, 2000))]).catch(() => {});
  await forgetNames();
  event.target.submit();
});

/** What a new night need not know of the old ones. */
export async function tidyUp() {
  navigator.storage?.persist?.().catch(() => {}); // some browsers ask somebody first: nothing waits for that
  await Promise.allSettled([wipeOver(), journal.tidy()]);
}

const toldAlready = new Set();

function tellOnce(key) {
  if (toldAlready.has(key)) return;
  toldAlready.add(key);
  notice(word(key));
}

/** Whom we let in came in elsewhere as well, before or after; or should not have come in at all. */
function tellConflict(row, conflict) {
  const name = row.shown?.ticket?.holder || word("a-guest");
  if (conflict.kind === "let_in_although") return notice(word("conflict-although", { name, sentence: title(conflict.judged) }));
  if (!conflict.first_at) return notice(word("conflict-not-good", { name }));
  const mine = Math.abs(Date.parse(conflict.first_at) - row.corrected_at) < 1000;
  const [at, gate] = mine ? [conflict.at, conflict.gate_name] : [conflict.first_at, conflict.first_gate_name];
  notice(word("conflict", { name, gate: gate ?? word("another-gate"), time: hour(Date.parse(at), state.list?.time_zone) }));
}
