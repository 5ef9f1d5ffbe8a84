// How many people are inside, and how near that is to as many as may be; in the zone behind the gate too, where that has a limit.
import { state } from "asset:keeper.js";
import { inside } from "asset:scans.js";

const $ = (id) => document.getElementById(id);
const EVERY = 10_000;
// As the server says it, see door/occupancy.rs.
const WARN = [["full", 20], ["nearly", 19], ["near", 18]]; // from so many of twenty on

const warnOf = (people, limit) => (limit ? WARN.find(([, share]) => people * 20 >= limit * share)?.[0] ?? "" : "");
const RANK = ["", "near", "nearly", "full"];

/** Shows a number, if it is one. `zone` as the club says it ({name, inside, limit}, nothing where it has no limit); left out, it is as
 *  it was. */
export function showInside(people, zone = state.zone) {
  if (!Number.isFinite(people)) return;
  state.inside = people;
  state.zone = zone;
  $("inside").textContent = people;
  const limit = state.list?.limit;
  $("limit").textContent = limit ? ` / ${limit}` : "";
  const [house, room] = [warnOf(people, limit), zone ? warnOf(zone.inside, zone.limit) : ""];
  const warn = RANK.indexOf(room) > RANK.indexOf(house) ? room : house;
  $("inside").closest("p").dataset.full = warn;
  const text = zone ? `${zone.name} ${zone.inside} / ${zone.limit}` : "";
  $("zone-inside").hidden = !zone;
  if ($("zone-inside").textContent !== text) $("zone-inside").textContent = text;
  // Full: who leaves makes room for who comes next, and the scan lets that one in by itself.
  const line = $("inside-word");
  const said = warn === "full" ? line.dataset.full : line.dataset.inside;
  if (line.textContent !== said) line.textContent = said;
}

/** Asks the club again and again while `place()` is a gate of a night; gives the means to ask at once. */
export function keepCounting(place) {
  async function count() {
    const here = place();
    if (!here || document.hidden || !state.online) return;
    const said = await inside(here.event, here.gate);
    // Meanwhile at another gate: that is another zone.
    if (said && place()?.gate === here.gate) showInside(said.inside, said.zone ?? null);
  }
  setInterval(count, EVERY);
  return count;
}
