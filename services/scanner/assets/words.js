// What the page says, in its language: the words stand in the page itself (<template id="words">).
const words = document.getElementById("words");
const spanish = document.documentElement.lang === "es";

/** What the server told the page: addresses, keys. */
export const told = words.dataset;

const find = (kind, key) => words.content.querySelector(`[data-${kind}="${key}"]`)?.textContent;

/** A word, with what stands in braces filled in. */
export const word = (key, facts = {}) => fill(find("word", key) ?? "", facts);

/** The giant word of a reason. */
export const title = (reason) => find("title", reason) ?? reason;

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);

/** A span of time as it is read at a glance: `3 s`, `12 min`, `2 h`. */
export function span(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 5400) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** An hour on the venue's clock; in Spanish with its article, as the sentences want it. */
export function hour(at, timeZone) {
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
  if (!spanish) return clock;
  return `${clock.startsWith("01") ? "la" : "las"} ${clock}`;
}

/** The sentence of a verdict that this phone found by itself, as the server would say it. */
export function sentence({ reason, ticket, first_scan: first, facts }) {
  const time = (at) => hour(at, facts.time_zone);
  const said = {
    type: ticket?.type ?? "", gate: first?.gate_name ?? "", zone: facts.zone ?? "",
    time: first ? time(first.at) : time(reason === "too_early" ? facts.from : facts.until),
  };
  const own = facts.own !== null && facts.own < facts.until;
  if (reason === "too_late" && own) return fill(find("sentence", "too-late-for-this") ?? "", { time: time(facts.own) });
  if (reason === "too_early" && facts.own_from > facts.from) return fill(find("sentence", "too-early-for-this") ?? "", { time: time(facts.own_from) });
  if (reason === "full" && facts.full_zone) return fill(find("sentence", "full-zone") ?? "", { zone: facts.full_zone });
  if (reason === "wrong_gate" && !facts.zone) return find("sentence", "other-zone") ?? "";
  if (reason === "wrong_event") return find("sentence", "other-event") ?? "";
  return fill(find("sentence", reason) ?? "", said);
}
