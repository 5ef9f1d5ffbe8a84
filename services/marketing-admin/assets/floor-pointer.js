// The plan under a mouse, a pen, a finger: tap to select, drag to move, pull the handles, push the plan along, pinch to zoom.
import { bounds, resized, snapped, TURN, turnTo } from "asset:floor-geometry.js";
import { find, put } from "asset:floor-model.js";

/** Further than this (pixels) a tap is a drag. */
const SLACK = { mouse: 3, pen: 5, touch: 9 };
/** How near (pixels) a neighbour's edge draws a thing to it. */
const PULL = 8;

/** Wires the svg. `editor` is the page's: see floor-editor.js. */
export function wirePointer(svg, view, editor) {
  const down = new Map();
  let act = null;

  const others = (plan, id, list) =>
    (list === "rooms" ? plan.rooms : [...plan.tables, ...plan.features, ...plan.rooms]).filter((item) => item.id !== id).map((item) => item.place);

  function move(part, from) {
    return (x, y) => {
      const place = { ...part.item.place, x: part.item.place.x + x - from[0], y: part.item.place.y + y - from[1] };
      if (!editor.snaps) return [place, []];
      const near = snapped(place, others(editor.plan, part.item.id, part.list), { reach: PULL * view.unit });
      return [near.place, near.guides];
    };
  }

  function pull(part, handle, from) {
    const { place } = part.item;
    if (handle === "turn") return (x, y) => [{ ...place, turn: turnTo(place, x, y, editor.snaps ? TURN : 0) }, []];
    // A round table stays round by its corners.
    const square = part.item.shape === "round" && place.width === place.height;
    return (x, y) => [resized(place, handle, x - from[0], y - from[1], { grid: editor.snaps ? 10 : 0, square }), []];
  }

  function begin(event) {
    const at = view.point(event.clientX, event.clientY);
    const handle = event.target.closest("[data-handle]")?.dataset.handle;
    if (handle && editor.selected) {
      const part = find(editor.plan, editor.selected);
      return { id: part.item.id, follow: pull(part, handle, at), moved: false };
    }
    const touched = event.target.closest("[data-id]");
    const part = touched && find(editor.plan, touched.dataset.id);
    if (!part) return { pan: true, tap: () => editor.select(null) };
    const id = part.item.id;
    // Large things lie beneath: they move once they are selected, so that a finger can push the plan along wherever it comes down.
    if (part.list !== "tables" && editor.selected !== id) return { pan: true, tap: () => editor.select(id) };
    const wasSelected = editor.selected === id;
    if (!wasSelected) editor.select(id);
    return { id, follow: move(part, at), moved: false };
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    svg.focus({ preventScroll: true });
    event.preventDefault();
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size === 1) act = { ...begin(event), startX: event.clientX, startY: event.clientY, slack: SLACK[event.pointerType] ?? 5 };
    else {
      // A second finger: not a drag but a pinch.
      editor.preview(null);
      act = { pinch: spread() };
    }
  });

  function spread() {
    const [one, two] = [...down.values()];
    return { far: Math.hypot(one.x - two.x, one.y - two.y) || 1, x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  }

  svg.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last || !act) return;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (act.pinch) {
      if (down.size < 2) return;
      const now = spread();
      view.zoom(now.far / act.pinch.far, now.x, now.y);
      view.pan(now.x - act.pinch.x, now.y - act.pinch.y);
      act.pinch = now;
      return;
    }
    if (!act.moved && Math.hypot(event.clientX - act.startX, event.clientY - act.startY) < act.slack) return;
    act.moved = true;
    if (act.pan) return view.pan(dx, dy);
    const [place, guides] = act.follow(...view.point(event.clientX, event.clientY));
    editor.preview(put(editor.plan, act.id, place), guides);
  });

  function end(event) {
    if (!down.delete(event.pointerId) || !act) return;
    const over = act;
    if (down.size > 0) {
      // One finger of a pinch is lifted: the other does nothing until it is down anew.
      act = over.pinch ? over : null;
      return;
    }
    act = null;
    if (event.type === "pointercancel") return editor.preview(null);
    if (!over.moved) return over.tap?.();
    if (over.follow) editor.keepPreview();
  }
  svg.addEventListener("pointerup", end);
  svg.addEventListener("pointercancel", end);
  svg.addEventListener("dblclick", (event) => {
    if (event.target.closest("[data-id]")) editor.openFields();
  });

  /** Whether a finger or the mouse holds something. */
  return { get isHolding() { return act !== null; } };
}

/** The box of a thing with room for its handles. */
export const withHandles = (place, unit) => {
  const { left, right, top, bottom } = bounds(place);
  const room = 48 * unit;
  return { left: left - room, right: right + room, top: top - room, bottom: bottom + room };
};
