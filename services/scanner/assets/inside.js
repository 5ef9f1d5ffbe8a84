// How many people are inside, and how near that is to as many as may be.
import { state } from "asset:keeper.js";
import { inside } from "asset:scans.js";

const $ = (id) => document.getElementById(id);
const EVERY = 10_000;
// As the server says it, see door/occupancy.rs.
const WARN = [["full", 20], ["nearly", 19], ["near", 18]]; // from so many of twenty on

/** Shows a number, if it is one. */
export function showInside(people) {
  if (!Number.isFinite(people)) return;
  state.inside = people;
  $("inside").textContent = people;
  const limit = state.list?.limit;
  $("limit").textContent = limit ? ` / ${limit}` : "";
  const warn = limit ? WARN.find(([, share]) => people * 20 >= limit * share)?.[0] ?? "" : "";
  $("inside").closest("p").dataset.full = warn;
  // Full: who leaves makes room for who comes next, and the scan lets that one in by itself.
  const line = $("inside-word");
  const said = warn === "full" ? line.dataset.full : line.dataset.inside;
  if (line.textContent !== said) line.textContent = said;
}

/** Asks the club again and again while `event()` names a night; gives the means to ask at once. */
export function keepCounting(event) {
  async function count() {
    if (!event() || document.hidden || !state.online) return;
    showInside(await inside(event()));
  }
  setInterval(count, EVERY);
  return count;
}
