// Where things stand on a floor plan: pure reckoning, without a page. A place is {x, y, width, height, turn}: the upper left corner of its
// box before it is turned about its middle, in the plan's units, whole numbers, as the server keeps it.

/** The plan's grid, units. */
export const GRID = 10;
/** The smallest side the server takes, and the smallest that a finger can hold. */
export const SMALLEST = 5;
const HANDY = 20;
/** Degrees by which things turn where they snap. */
export const TURN = 15;

const radians = (degrees) => (degrees * Math.PI) / 180;
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
const toGrid = (value, grid) => Math.round(value / grid) * grid;

/** Degrees as the server keeps them: 0 to 359. */
export const degrees = (turn) => ((Math.round(turn) % 360) + 360) % 360;

/** A vector turned clockwise. */
export function turned(x, y, turn) {
  const [cos, sin] = [Math.cos(radians(turn)), Math.sin(radians(turn))];
  return [x * cos - y * sin, x * sin + y * cos];
}

/** The middle of a place. */
export const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];

/** The box that a place fills as it is seen, turned. */
export function bounds(place) {
  const [cx, cy] = middle(place);
  const [cos, sin] = [Math.abs(Math.cos(radians(place.turn))), Math.abs(Math.sin(radians(place.turn)))];
  const width = place.width * cos + place.height * sin;
  const height = place.width * sin + place.height * cos;
  return { left: cx - width / 2, right: cx + width / 2, top: cy - height / 2, bottom: cy + height / 2, cx, cy };
}

/** The same place in whole units, no larger than the plan and inside it. */
export function inside(place, plan) {
  const width = clamp(Math.round(place.width), SMALLEST, plan.width);
  const height = clamp(Math.round(place.height), SMALLEST, plan.height);
  return {
    x: clamp(Math.round(place.x), 0, plan.width - width),
    y: clamp(Math.round(place.y), 0, plan.height - height),
    width, height, turn: degrees(place.turn),
  };
}

/** The nearest of others' edges and middles to one's own: how far to go, and the line that is then shared. */
function nearest(own, others, reach) {
  let best = null;
  for (const from of own) {
    for (const to of others) {
      const far = Math.abs(to - from);
      if (far <= reach && (best === null || far < best.far)) best = { far, by: to - from, at: to };
    }
  }
  return best;
}

/** A place that was moved, drawn to its neighbours' edges and middles, else to the grid. `guides` are the lines it now shares: {x} or {y}. */
export function snapped(place, others, { grid = GRID, reach = GRID } = {}) {
  const own = bounds(place);
  const boxes = others.map(bounds);
  const guides = [];
  const x = nearest([own.left, own.cx, own.right], boxes.flatMap(({ left, cx, right }) => [left, cx, right]), reach);
  const y = nearest([own.top, own.cy, own.bottom], boxes.flatMap(({ top, cy, bottom }) => [top, cy, bottom]), reach);
  if (x) guides.push({ x: x.at });
  if (y) guides.push({ y: y.at });
  return {
    place: { ...place, x: x ? place.x + x.by : toGrid(place.x, grid), y: y ? place.y + y.by : toGrid(place.y, grid) },
    guides,
  };
}

/** A place one of whose handles ("n", "se" …) was pulled by dx, dy. What is opposite stays where it is, turned or not. */
export function resized(place, handle, dx, dy, { grid = 0, square = false } = {}) {
  const [right, down] = turned(dx, dy, -place.turn);
  const [h, v] = [Number(handle.includes("e")) - Number(handle.includes("w")), Number(handle.includes("s")) - Number(handle.includes("n"))];
  const side = (was, by) => Math.max(HANDY, grid ? toGrid(was + by, grid) : Math.round(was + by));
  let width = h ? side(place.width, h * right) : place.width;
  let height = v ? side(place.height, v * down) : place.height;
  if (square && h && v) width = height = Math.max(width, height);
  const [mx, my] = turned((h * (width - place.width)) / 2, (v * (height - place.height)) / 2, place.turn);
  const [cx, cy] = middle(place);
  return { ...place, x: Math.round(cx + mx - width / 2), y: Math.round(cy + my - height / 2), width, height };
}

/** How a place is turned when its turning handle, above its middle, is held at px, py. */
export function turnTo(place, px, py, step = 0) {
  const [cx, cy] = middle(place);
  const turn = (Math.atan2(px - cx, cy - py) * 180) / Math.PI;
  return degrees(step ? toGrid(turn, step) : turn);
}

const meet = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** The free spot for a new thing that is nearest to where it is wanted; where there is none, that place itself. */
export function freeSpot(wanted, others, plan, step = GRID * 2) {
  const boxes = others.map(bounds);
  const start = inside({ ...wanted, x: toGrid(wanted.x, GRID), y: toGrid(wanted.y, GRID) }, plan);
  const isFree = (place) => boxes.every((box) => !meet(bounds(place), box));
  if (isFree(start)) return start;
  for (let ring = 1; ring * step < Math.max(plan.width, plan.height); ring += 1) {
    for (let nth = 0; nth <= 2 * ring; nth += 1) {
      const at = nth % 2 ? (nth + 1) / 2 : -nth / 2;
      // To the right first: a row of tables grows as one writes.
      for (const [dx, dy] of [[ring, at], [-ring, at], [at, ring], [at, -ring]]) {
        const place = inside({ ...start, x: start.x + dx * step, y: start.y + dy * step }, plan);
        if (isFree(place)) return place;
      }
    }
  }
  return start;
}

/** The room, of those drawn, that a place's middle is in: the smallest where they overlap; null outside all. */
export function roomAt(place, rooms) {
  const [px, py] = middle(place);
  const around = rooms.filter((room) => {
    const [cx, cy] = middle(room.place);
    const [right, down] = turned(px - cx, py - cy, -room.place.turn);
    return Math.abs(right) <= room.place.width / 2 && Math.abs(down) <= room.place.height / 2;
  });
  around.sort((one, other) => one.place.width * one.place.height - other.place.width * other.place.height);
  return around[0]?.id ?? null;
}

/** The next name in a row of names: "12" → "13", "Booth A" → "Booth B", "Bar" → "Bar 2"; none that is taken. */
export function nextLabel(label, taken) {
  const used = new Set(taken.map((each) => each.trim().toLowerCase()));
  let next = label.trim() || "1";
  for (let tries = 0; tries < 1000; tries += 1) {
    if (!used.has(next.toLowerCase())) return next;
    next = following(next);
  }
  return next;
}

function following(label) {
  const number = label.match(/^(.*?)(\d+)$/);
  if (number) return number[1] + String(Number(number[2]) + 1).padStart(number[2].length, "0");
  const letter = label.match(/^(.*(?:^|\s))([A-Ya-y])$/);
  if (letter) return letter[1] + String.fromCharCode(letter[2].charCodeAt(0) + 1);
  return `${label} 2`;
}
