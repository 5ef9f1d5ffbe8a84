// Finding a guest without a code and letting them in from the list; people without tickets are counted below it (clicker.js).
import { makeCards } from "asset:search-cards.js";
import { checkIn } from "asset:check-in.js";
import { makeClicker } from "asset:clicker.js";

const PAUSE = 250; // ms without a key before it is searched
const PATIENCE = 5000; // ms until a request counts as lost
const FEWEST = 2; // letters and digits, as the server wants

const mounted = new WeakMap();

/** Puts the search into its section; once more with another gate only changes where it stands. `place`: {event, gate, timeZone?}, or a
 *  function that gives it or null. `onVerdict(answer, ticket, how)`: the answer to a check-in, as to a scan; `onLate(row, answer)`, `onUnwritten(why)`
 *  as of a scan. `offline?.search(q)`: finds tickets in the phone's own list, in the shape of the server's; `offline?.decide`: see check-in.js. */
export function mountSearch(root, deps) {
  const known = mounted.get(root);
  if (known) return known.move(deps);
  if (!root.querySelector("[data-found]")) return undefined;
  const made = make(root, deps);
  mounted.set(root, made);
  return made;
}

function make(root, first) {
  let deps = first;
  const place = () => (typeof deps.place === "function" ? deps.place() : deps.place);
  const said = root.querySelector("[data-words]").content;
  const word = (key, facts = {}, kind = "word") =>
    (said.querySelector(`[data-${kind}="${key}"]`)?.textContent ?? "").replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
  const field = root.querySelector("input[name=q]");
  const status = root.querySelector(".search__status");
  const again = root.querySelector("[data-again]");
  const cards = makeCards(root.querySelector("[data-found]"), { word, place, onCheckIn: letIn });
  const clicker = makeClicker(root.querySelector(".clicker"), { root, word, place, onSignedOut: signedOut });
  let waiting = 0;
  let asking = null;

  function say(key, facts) {
    status.textContent = word(key, facts);
    again.hidden = !["no-answer", "refused"].includes(key);
  }

  function signedOut() {
    say("signed-out");
    location.assign(document.getElementById("sign-in")?.href ?? "/sign-in?next=%2F");
  }

  async function search() {
    clearTimeout(waiting);
    asking?.abort();
    asking = null;
    const q = field.value.trim();
    root.toggleAttribute("data-searching", false);
    if (!q) return cards.show([]), say("hint");
    if (!q.includes("@") && (q.match(/[\p{L}\p{N}]/gu) ?? []).length < FEWEST) return cards.show([]), say("short");
    const here = place();
    if (!here) return say("gone");
    const mine = asking = new AbortController();
    root.toggleAttribute("data-searching", true);
    say("searching");
    const { found, problem, own } = await find(here.event, q, mine.signal);
    if (asking !== mine) return; // something else was typed meanwhile
    asking = null;
    root.toggleAttribute("data-searching", false);
    if (problem === "signed-out") return signedOut();
    if (problem) return cards.show([]), say(problem);
    cards.show(found.tickets);
    const n = found.tickets.length;
    if (!n) say("nothing");
    else if (own) say("own-list");
    else say(found.more ? "more" : "some", { n });
  }

  async function find(event, q, signal) {
    const one = new AbortController();
    const late = setTimeout(() => one.abort(), PATIENCE);
    signal.addEventListener("abort", () => one.abort());
    try {
      const response = await fetch(`/api/v1/events/${event}/search?q=${encodeURIComponent(q)}`, {
        headers: { accept: "application/json" }, signal: one.signal, cache: "no-store",
      });
      if (response.ok) return { found: await response.json() };
      if (response.status === 401 || response.status === 403) return { problem: "signed-out" };
      if (response.status === 404) return { problem: "gone" };
      if (response.status === 422) return { problem: "short" };
      if (response.status < 500 && response.status !== 429) return { problem: "refused" };
    } catch { /* no answer is an answer too: the phone's own list, if it has one */ } finally {
      clearTimeout(late);
    }
    if (signal.aborted) return { problem: "no-answer" };
    try {
      const tickets = await deps.offline?.search?.(q);
      if (tickets) return { found: { tickets, more: false }, own: true };
    } catch { /* nor that */ }
    return { problem: "no-answer" };
  }

  async function letIn(ticket, button) {
    const here = place();
    if (!here) return say("gone");
    const outcome = await checkIn({ root, ticket, place: here, button, word, decide: deps.offline?.decide, onLate: deps.onLate });
    if (!outcome) return undefined; // thought better of it
    if (outcome.signedOut) return signedOut();
    if (outcome.unwritten) return deps.onUnwritten?.(outcome.unwritten);
    if (outcome.problem) return say(outcome.problem);
    if (outcome.answer.decision === "admit") cards.admitted(ticket, outcome.answer);
    deps.onVerdict?.(outcome.answer, ticket.ticket, { ...outcome, at: here });
    return clicker.look();
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, PAUSE);
  });
  root.querySelector("form[role=search]").addEventListener("submit", (event) => {
    event.preventDefault();
    field.blur(); // the keyboard makes room for what was found
    search();
  });
  again.addEventListener("click", search);
  root.querySelector("[data-sell]")?.addEventListener("click", ({ currentTarget }) => {
    const here = place();
    if (here) currentTarget.search = new URLSearchParams({ event: here.event });
  });

  const made = {
    /** Another gate: what was found for the one before goes. */
    move(next) {
      deps = next;
      field.value = "";
      search();
      clicker.look();
      return made;
    },
    search,
  };
  clicker.look();
  return made;
}
