// The plan by keyboard, while the drawing has the focus. The same can be done in the list of fields beside it.
import { GRID, TURN } from "asset:floor-geometry.js";
import { find, parts, put } from "asset:floor-model.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Wires the svg. `editor` is the page's: see floor-editor.js. */
export function wireKeys(svg, view, editor) {
  function step([dx, dy], { shiftKey, altKey }) {
    const part = find(editor.plan, editor.selected);
    if (!part) return view.pan(-dx * 40, -dy * 40);
    const { place } = part.item;
    const by = GRID * (shiftKey ? 10 : 1);
    const next = altKey
      ? { ...place, width: Math.max(20, place.width + dx * by), height: Math.max(20, place.height + dy * by) }
      : { ...place, x: place.x + dx * by, y: place.y + dy * by };
    editor.commit(put(editor.plan, editor.selected, next), `${altKey ? "size" : "move"}:${editor.selected}`);
    editor.tellPlace();
  }

  function turn(by) {
    const part = find(editor.plan, editor.selected);
    if (!part) return;
    editor.commit(put(editor.plan, editor.selected, { ...part.item.place, turn: part.item.place.turn + by }), `turn:${editor.selected}`);
    editor.tellPlace();
  }

  function choose(by) {
    const all = parts(editor.plan);
    if (all.length === 0) return;
    const at = all.findIndex(({ item }) => item.id === editor.selected);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
    editor.select(all[next].item.id, { tell: true });
  }

  const KEYS = {
    PageDown: () => choose(1), PageUp: () => choose(-1), Home: () => { editor.select(null); choose(1); }, End: () => { editor.select(null); choose(-1); },
    r: () => turn(TURN), R: () => turn(-TURN), d: () => editor.copy(), D: () => editor.copy(),
    Delete: () => editor.remove(), Backspace: () => editor.remove(),
    Escape: () => editor.select(null, { tell: true }), Enter: () => editor.openFields(),
    "+": () => view.nearer(), "=": () => view.nearer(), "-": () => view.further(), 0: () => view.fit(),
  };

  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "d") return;
      event.preventDefault();
      return editor.copy();
    }
    const arrow = ARROWS[event.key];
    if (event.altKey && !arrow) return;
    if (arrow) step(arrow, event);
    else if (KEYS[event.key]) KEYS[event.key]();
    else return;
    event.preventDefault();
  });

  // Undo and redo hold for the whole page, but not in the middle of a word: there it is the browser's.
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (key === "s") {
      event.preventDefault();
      return editor.save();
    }
    if (event.target.matches?.("input, textarea, select")) return;
    if (key === "z" && !event.shiftKey) editor.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) editor.redo();
    else return;
    event.preventDefault();
  });
}
