// Which way people go at this gate: in or out.
const $ = (id) => document.getElementById(id);
const WAYS = ["entry", "exit"];

let way = "entry";

/** "entry" or "exit". */
export const direction = () => way;

/** Turns the gate round. */
export function turn(to) {
  way = to;
  for (const one of WAYS) $(one).setAttribute("aria-pressed", one === to);
  $("scan").dataset.direction = to;
  for (const listener of listeners) listener(to);
}

const listeners = new Set();

/** Calls `listener(way)` at each turn. */
export const onTurn = (listener) => listeners.add(listener);

for (const one of WAYS) $(one).addEventListener("click", () => turn(one));
