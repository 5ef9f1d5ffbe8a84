// The verdict: the whole screen in a colour, with a sign, a word and a sound. It makes room for the next guest by itself.
import { noteIn } from "asset:lane.js";
import { setting } from "asset:settings.js";
import { signal } from "asset:signals.js";
import { sentence, span, title, word } from "asset:words.js";

const SHOWN = { admit: 2500, leave: 1800, caution: 3500, deny: 5000 }; // ms until a verdict clears by itself
const CALLS = ["forged", "blocked", "disputed", "banned"]; // reasons that ask for an act: they stay until somebody taps, as does whoever's document is to be seen
const READ = 700; // ms for which a verdict is shown before the next code may take its place

/** "19 years", where the night asks for it. */
const years = (ticket) => (Number.isInteger(ticket?.age) ? word("years", { n: ticket.age }) : "");

/** "Table 12 · Ana · 3 of 8 in", of a pass, part by part. */
const partyParts = ({ tables, booker, inside, of }) =>
  [word(tables.length === 1 ? "verdict-table" : "verdict-tables", { tables: tables.join(" + ") }), booker, word("verdict-in", { inside, of })].filter(Boolean);

/** `onAway()`: it was put away by hand. `onAgain()`: ask the server again. */
export function makeVerdictView({ onAway, onAgain, onCleared }) {
  const $ = (id) => document.getElementById(id);
  const view = $("verdict");
  const clock = view.querySelector(".verdict__clock");
  let clearing = 0;
  let since = 0;
  let holds = false;

  /** Shows words under a tone: admit, leave, caution, deny or unsure. */
  function present(tone, { title, sentence = "", holder = "", kind = "", party = null, attention = "", note = "", stays = false, again = false }) {
    view.dataset.tone = tone;
    $("verdict-title").textContent = title;
    $("verdict-holder").textContent = holder ?? "";
    $("verdict-kind").textContent = kind ?? "";
    // A line ends between two parts, not within a name.
    $("verdict-party").replaceChildren(...(party ? partyParts(party) : []).flatMap((part, nth, parts) => {
      const span = document.createElement("span");
      span.textContent = nth < parts.length - 1 ? `${part} ·` : part;
      return [span, " "];
    }));
    $("verdict-host").textContent = party?.host ? word("verdict-host", { host: party.host }) : "";
    $("verdict-sentence").textContent = sentence ?? "";
    $("verdict-note").textContent = note;
    $("verdict-attention").hidden = !attention;
    $("verdict-attention").querySelector("span").textContent = attention ?? "";
    $("again").hidden = !again;
    $("override").hidden = true;
    $("id-check").hidden = true;
    $("photo").hidden = true;
    view.hidden = false;
    view.focus({ preventScroll: true });
    signal(tone);
    since = Date.now();
    holds = stays;
    clearAfter(attention || stays ? 0 : SHOWN[tone]);
  }

  /** Shows a verdict, the server's or the phone's own. */
  function show(verdict, { local = false, direction = "entry", age = 0 } = {}) {
    const admitted = verdict.decision === "admit";
    const left = admitted && direction === "exit";
    const caution = admitted && !left && verdict.caution;
    const second = admitted && !left && verdict.first_scan; // let in by a supervisor, beside the ticket's own guest
    present(!admitted ? "deny" : caution || second ? "caution" : left ? "leave" : "admit", {
      title: left ? word("title-exit") : title(verdict.reason),
      holder: verdict.ticket?.holder,
      // The type of a pass is its table, which the party says.
      kind: [admitted && !verdict.party && verdict.ticket?.type, years(verdict.ticket)].filter(Boolean).join(" · "),
      party: verdict.party,
      sentence: admitted ? (caution ? word(`caution-${caution}`, { age: span(age) }) : second ? verdict.sentence : "") : local ? sentence(verdict) : verdict.sentence,
      attention: admitted && !left ? noteIn(setting("lane"), verdict.attention) || (verdict.asks_id ? word("id-ask") : "") : "",
      note: local ? word("decided-here") : "",
      stays: CALLS.includes(verdict.reason) || Boolean(admitted && verdict.asks_id),
    });
  }

  function clearAfter(time) {
    clearTimeout(clearing);
    delete clock.dataset.running;
    if (!time) return; // what asks for an act stays until it is put away, "not confirmed" until it is answered
    clock.style.setProperty("--shown", `${time}ms`);
    void clock.offsetWidth; // so that the animation starts over
    clock.dataset.running = "";
    clearing = setTimeout(clear, time);
  }

  function clear() {
    clearTimeout(clearing);
    if (view.hidden) return;
    view.hidden = true;
    onCleared();
  }

  function away() {
    onAway();
    clear();
  }

  // A tap anywhere is "next": gloves, hurry.
  view.addEventListener("click", away);
  $("again").addEventListener("click", (event) => {
    event.stopPropagation();
    onAgain();
  });
  addEventListener("keydown", (event) => {
    if (view.hidden || !["Escape", "Enter", " "].includes(event.key) || event.target.closest?.("#again, #override, #id-check, #photo")) return;
    event.preventDefault();
    away();
  });

  return {
    present, show, clear,
    /** Whether the next code may be read: nothing is shown, or what is shown asks for no act and could be seen. */
    get free() { return view.hidden || (!holds && view.dataset.tone !== "unsure" && Date.now() - since > READ); },
    get unsure() { return !view.hidden && view.dataset.tone === "unsure"; },
    get hidden() { return view.hidden; },
  };
}
