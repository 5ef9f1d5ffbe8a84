// The plan as SVG: the same parts as the server draws (templates/venue/_plan.html), and what only somebody who draws needs: a grid, guides, handles.
import { middle } from "asset:floor-geometry.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element of the picture. */
export function make(name, facts = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Puts a parent's children in this order; those in place already are not touched. */
export function arrange(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  for (const [at, child] of wanted.entries()) if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
}

const round = (value) => Math.round(value * 100) / 100;

/** Letters as large as fit: the server's rule (src/venue/drawing.rs). */
function lettering({ width, height }, text) {
  const fits = (width * 1.5) / Math.max([...text].length, 2);
  return round(Math.min(Math.max(Math.min(Math.min(width, height) * 0.36, fits), 9), 44));
}

function outline({ list, item }) {
  const { width, height } = item.place;
  if (list === "tables" && item.shape === "round") {
    return [make("ellipse", { class: "plan__top", cx: width / 2, cy: height / 2, rx: width / 2, ry: height / 2 })];
  }
  if (list === "tables" && item.shape === "booth") {
    const bench = Math.min(width, height) / 5;
    return [
      make("rect", { class: "plan__bench", width, height, rx: bench }),
      make("rect", { class: "plan__top", x: bench, y: bench, width: width - 2 * bench, height: height - bench, rx: bench / 2 }),
    ];
  }
  const rx = list === "rooms" ? 12 : Math.min(width, height) / 10;
  return [make("rect", { class: "plan__top", width, height, rx: round(rx) })];
}

function words({ list, item }, wordOf) {
  const { place } = item;
  if (list === "rooms") {
    const size = Math.min(28, Math.max(14, lettering(place, item.name)));
    return [make("text", { class: "plan__name", x: place.x + 14, y: place.y + size + 8, "font-size": size }, item.name)];
  }
  const [cx, cy] = middle(place);
  const text = item.label || (list === "features" ? wordOf(item.kind) : "");
  if (item.kind === "door") {
    // A sill has no room for a word: it stands beside it, inside the plan.
    return [make("text", { class: "plan__label", x: cx, y: place.y > 40 ? place.y - 8 : place.y + place.height + 22, "font-size": 18 }, text)];
  }
  const size = lettering(place, text);
  const label = make("text", { class: "plan__label", x: cx, y: round(cy + size * (list === "tables" ? 0.1 : 0.35)), "font-size": size }, text);
  if (list !== "tables") return [label];
  return [label, make("text", { class: "plan__seats", x: cx, y: round(cy + size * 0.95), "font-size": round(size * 0.62) }, String(item.seats))];
}

function drawn(part, wordOf) {
  const { list, item } = part;
  const kind = list === "tables" ? item.shape : item.kind;
  const of = { rooms: "room", features: "feature", tables: "table" }[list];
  const { x, y, width, height, turn } = item.place;
  const body = make("g", { transform: `translate(${x} ${y}) rotate(${turn} ${width / 2} ${height / 2})` }, ...outline(part));
  return make("g", { class: `plan__${of}${kind ? ` plan__${of}--${kind}` : ""}`, "data-id": item.id, "data-list": list }, body, ...words(part, wordOf));
}

function grid() {
  const line = make("path", { d: "M50 0H0V50", class: "plan__grid" });
  return make("defs", {}, make("pattern", { id: "plan-grid", width: 50, height: 50, patternUnits: "userSpaceOnUse" }, line));
}

/** Handles of what is selected, in screen sizes whatever the zoom: fewer where it is small, so that a finger still finds the thing itself. */
function handles(place, unit) {
  const { x, y, width, height, turn } = place;
  const [px, reach] = [(size) => size * unit, Math.min(width, height) / unit];
  const names = reach > 130 ? ["nw", "n", "ne", "e", "se", "s", "sw", "w"] : reach > 56 ? ["nw", "ne", "se", "sw"] : ["se"];
  const out = reach > 130 ? 0 : px(8);
  const frame = make("rect", { class: "plan__frame", x: -out, y: -out, width: width + 2 * out, height: height + 2 * out, "stroke-width": px(2) });
  const at = (name) => [
    name.includes("w") ? -out : name.includes("e") ? width + out : width / 2,
    name.includes("n") ? -out : name.includes("s") ? height + out : height / 2,
  ];
  const knob = (name, cx, cy, kind) => make("g", { class: `plan__handle plan__handle--${kind}`, "data-handle": name },
    make("circle", { class: "plan__reach", cx, cy, r: px(22) }), make("circle", { class: "plan__knob", cx, cy, r: px(8), "stroke-width": px(2) }));
  const turning = -out - px(38);
  const stem = make("path", { class: "plan__frame", d: `M${width / 2} ${-out}V${turning}`, "stroke-width": px(2) });
  const knobs = names.map((name) => knob(name, ...at(name), name));
  return make("g", { transform: `translate(${x} ${y}) rotate(${turn} ${width / 2} ${height / 2})` }, frame, stem, ...knobs, knob("turn", width / 2, turning, "turn"));
}

/** A drawing in an svg element. `show` draws what differs from before. */
export function makeDrawing(svg, wordOf) {
  const ground = make("rect", { class: "plan__ground" });
  const sheet = make("rect", { fill: "url(#plan-grid)", class: "plan__sheet" });
  const [picture, things, over] = [make("g"), make("g"), make("g", { class: "plan__over" })];
  svg.replaceChildren(grid(), ground, picture, sheet, things, over);
  let known = new Map();

  function background(plan) {
    if (picture.dataset.url === (plan.background ?? "")) return;
    picture.dataset.url = plan.background ?? "";
    picture.replaceChildren(...(plan.background ? [make("image", { class: "plan__picture", href: plan.background, preserveAspectRatio: "xMidYMid meet" })] : []));
  }

  return {
    /** `unit`: how many of the plan's units one pixel is. */
    show(plan, { selected, guides = [], faulty = new Set(), unit = 1 }) {
      svg.setAttribute("viewBox", `0 0 ${plan.width} ${plan.height}`);
      background(plan);
      for (const each of [ground, sheet, ...picture.children]) {
        each.setAttribute("width", plan.width);
        each.setAttribute("height", plan.height);
      }
      const next = new Map();
      for (const list of ["rooms", "features", "tables"]) {
        // What is selected lies on top of its like: it can be taken from under another.
        const [rest, top] = [plan[list].filter(({ id }) => id !== selected), plan[list].filter(({ id }) => id === selected)];
        for (const item of list === "tables" ? [...rest, ...top] : plan[list]) {
          const before = known.get(item.id);
          const node = before?.item === item ? before.node : drawn({ list, item }, wordOf);
          node.classList.toggle("is-selected", item.id === selected);
          node.classList.toggle("is-faulty", faulty.has(item.id));
          next.set(item.id, { item, node });
        }
      }
      const nodes = [...next.values()].map(({ node }) => node);
      arrange(things, nodes);
      known = next;
      const chosen = next.get(selected)?.item;
      const lines = guides.map(({ x, y }) => make("path", { class: "plan__guide", "stroke-width": unit * 1.5, d: x === undefined ? `M0 ${y}H${plan.width}` : `M${x} 0V${plan.height}` }));
      over.replaceChildren(...lines, ...(chosen ? [handles(chosen.place, unit)] : []));
    },
  };
}

