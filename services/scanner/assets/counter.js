// How many people are inside, and how near that is to as many as may be.
import { state } from "asset:keeper.js";
import { inside } from "asset:scans.js";

const $ = (id) => document.getElementById(id);
const EVERY = 10_000;
const NEARLY = 0.9;

/** Shows a number, if it is one. */
export function showInside(people) {
  if (!Number.isFinite(people)) return;
  state.inside = people;
  $("inside").textContent = people;
  const limit = state.list?.limit;
  $("limit").textContent = limit ? ` / ${limit}` : "";
  $("inside").closest("p").dataset.full = !limit || people < limit * NEARLY ? "" : people < limit ? "nearly" : "full";
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
