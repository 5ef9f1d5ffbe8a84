// A floor plan as the server keeps it, and what may be done with it. Nothing is changed in place: each act gives a new plan.
import { freeSpot, GRID, inside, nextLabel, roomAt } from "asset:floor-geometry.js";

export const LISTS = ["tables", "rooms", "features"];

/** What a new thing is: the list it goes to, its size, and what else it has. */
const NEW = {
  round: { list: "tables", width: 80, height: 80, own: { shape: "round", seats: 4 } },
  square: { list: "tables", width: 80, height: 80, own: { shape: "square", seats: 4 } },
  booth: { list: "tables", width: 200, height: 120, own: { shape: "booth", seats: 8 } },
  room: { list: "rooms", width: 500, height: 400, own: {} },
  stage: { list: "features", width: 400, height: 160, own: { kind: "stage" } },
  bar: { list: "features", width: 320, height: 60, own: { kind: "bar" } },
  door: { list: "features", width: 120, height: 20, own: { kind: "door" } },
  dance_floor: { list: "features", width: 320, height: 320, own: { kind: "dance_floor" } },
};

/** A new key. Without TLS (a test of one's own machine by its name) browsers give only the bytes. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  [bytes[6], bytes[8]] = [(bytes[6] & 0x0f) | 0x40, (bytes[8] & 0x3f) | 0x80];
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The plan with all that the server may leave out. */
export function whole(plan) {
  const place = (each) => ({ ...each, place: { turn: 0, ...each.place } });
  return {
    width: plan.width, height: plan.height, background: plan.background ?? null,
    rooms: (plan.rooms ?? []).map(place),
    features: (plan.features ?? []).map((each) => ({ label: "", ...place(each) })),
    tables: (plan.tables ?? []).map((each) => ({ shape: "round", room: null, ...place(each) })),
  };
}

/** Everything on the plan in the order of the list: what it is, and where it stands in its own list. */
export const parts = (plan) => LISTS.flatMap((list) => plan[list].map((item, index) => ({ list, index, item })));

/** A thing by its key; null for none. */
export const find = (plan, id) => parts(plan).find(({ item }) => item.id === id) ?? null;

/** What a thing is called on the plan; may be empty for a feature. */
export const nameOf = ({ list, item }) => (list === "rooms" ? item.name : item.label);

/** What kind of thing it is, as its word is found. */
export const kindOf = ({ list, item }) => (list === "rooms" ? "room" : item.shape ?? item.kind);

const replaced = (plan, list, id, item) => ({ ...plan, [list]: plan[list].map((each) => (each.id === id ? item : each)) });

/** A thing with other facts; `place` may name some of its figures only. */
export function change(plan, id, { place, ...facts }) {
  const part = find(plan, id);
  if (!part) return plan;
  return replaced(plan, part.list, id, { ...part.item, ...facts, place: { ...part.item.place, ...place } });
}

/** A thing that was moved, resized or turned. It stays on the plan, and a table that stood in the room it is listed in goes along to the next. */
export function put(plan, id, place) {
  const part = find(plan, id);
  if (!part) return plan;
  const next = inside(place, plan);
  const follows = part.list === "tables" && part.item.room === roomAt(part.item.place, plan.rooms);
  return change(plan, id, follows ? { place: next, room: roomAt(next, plan.rooms) } : { place: next });
}

/** What a thing must not stand on when it is new: tables and features keep clear of each other; a room of rooms. */
const solid = (plan, list) => (list === "rooms" ? plan.rooms : [...plan.tables, ...plan.features]).map((each) => each.place);

/** The plan with one thing more, as near to x, y as there is room, and its key. `words` names rooms ("Room"). */
export function add(plan, what, [x, y], words, id = newKey()) {
  const { list, width, height, own } = NEW[what];
  const wanted = { x: x - width / 2, y: y - height / 2, width, height, turn: 0 };
  const place = freeSpot(wanted, solid(plan, list), plan);
  let item = { id, ...own, place };
  if (list === "rooms") item.name = nextLabel(words.room, plan.rooms.map((room) => room.name));
  if (list === "features") item.label = "";
  if (list === "tables") {
    const labels = plan.tables.map((table) => table.label);
    item = { ...item, label: nextLabel(labels.at(-1) ?? "1", labels), room: roomAt(place, plan.rooms) };
  }
  return [{ ...plan, [list]: [...plan[list], item] }, id];
}

/** The plan with a second one of a thing beside it, under the next name, and its key. */
export function copy(plan, id, newId = newKey()) {
  const part = find(plan, id);
  if (!part) return [plan, id];
  const { list, item } = part;
  const beside = { ...item.place, x: item.place.x + item.place.width + GRID * 2 };
  const place = freeSpot(beside, solid(plan, list), plan, GRID);
  const twin = { ...item, id: newId, place };
  if (list === "rooms") twin.name = nextLabel(item.name, plan.rooms.map((room) => room.name));
  if (list === "tables") {
    twin.label = nextLabel(item.label, plan.tables.map((table) => table.label));
    twin.room = roomAt(place, plan.rooms);
  }
  return [{ ...plan, [list]: [...plan[list], twin] }, newId];
}

/** The plan without a thing. Tables that were listed in a room that goes are listed in none. */
export function remove(plan, id) {
  const without = Object.fromEntries(LISTS.map((list) => [list, plan[list].filter((item) => item.id !== id)]));
  const tables = without.tables.map((table) => (table.room === id ? { ...table, room: null } : table));
  return { ...plan, ...without, tables };
}

/** The plan in another size: what would stand outside comes in. */
export function resize(plan, width, height) {
  const next = { ...plan, width, height };
  for (const list of LISTS) next[list] = plan[list].map((item) => ({ ...item, place: inside(item.place, next) }));
  return next;
}
