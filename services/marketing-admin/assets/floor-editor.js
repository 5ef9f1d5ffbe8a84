// The floor plan editor: one plan, shown twice, as a drawing and as a list of fields, and kept. What stands here is what its parts share.
import { makeDrawing } from "asset:floor-draw.js";
import { makeHistory } from "asset:floor-history.js";
import { wireKeys } from "asset:floor-keys.js";
import { makeList } from "asset:floor-list.js";
import * as model from "asset:floor-model.js";
import { wirePicture } from "asset:floor-picture.js";
import { wirePointer, withHandles } from "asset:floor-pointer.js";
import { makeSaving } from "asset:floor-save.js";
import { makeView } from "asset:floor-view.js";
import { word } from "asset:floor-words.js";

const form = document.querySelector("[data-plan-form]");
const frame = form.querySelector("[data-stage]");
const svg = frame.querySelector("svg");
const live = form.querySelector("[data-live]");
const acts = Object.fromEntries([...form.querySelectorAll("[data-act]")].map((button) => [button.dataset.act, button]));
const history = makeHistory(model.whole(JSON.parse(form.querySelector("[data-drawing]").value)));
let [selected, draft, guides, snaps, asked] = [null, null, [], true, 0];

/** What the parts of the page share. */
const editor = {
  /** The plan as it stands; what a finger does before it lets go is not in it. */
  get plan() { return history.now; },
  get selected() { return selected; },
  get snaps() { return snaps; },

  commit(next, key = null) {
    history.commit(next, key, Date.now());
    [draft, guides] = [null, []];
    if (selected && !model.find(next, selected)) selected = null;
    editor.refresh();
    saving.changed();
  },

  /** Shows a plan that is not yet one; null takes it back. */
  preview(next, lines = []) {
    [draft, guides] = [next, lines];
    soon();
  },
  keepPreview() {
    if (draft) editor.commit(draft);
    editor.tellPlace();
  },

  select(id, { open = list.isBeside, tell = false } = {}) {
    selected = id;
    editor.refresh();
    const part = id && model.find(editor.plan, id);
    if (part && open) list.open(id);
    if (part && tell) view.reveal(withHandles(part.item.place, view.unit));
    if (tell) editor.say(part ? `${titleOf(part)}, ${placeOf(part)}` : word("nothing-selected"));
  },

  change: (id, facts, key) => differ(model.change(editor.plan, id, facts), key),
  place(id, figures) {
    const part = model.find(editor.plan, id);
    differ(model.put(editor.plan, id, { ...part.item.place, ...figures }), `place:${id}`);
  },

  add(what) {
    const [next, id] = model.add(editor.plan, what, view.centre(), { room: word("room") });
    editor.commit(next);
    shown(id, "added");
  },
  copy(id = selected) {
    if (!id) return;
    const [next, twin] = model.copy(editor.plan, id);
    editor.commit(next);
    shown(twin, "copied");
  },
  remove(id = selected) {
    const part = id && model.find(editor.plan, id);
    if (!part) return;
    const hadFocus = form.querySelector(`[data-part="${id}"]`)?.contains(document.activeElement);
    editor.commit(model.remove(editor.plan, id));
    editor.say(word("removed", { what: titleOf(part) }));
    if (hadFocus) svg.focus({ preventScroll: true });
  },

  undo: () => travel(history.undo()),
  redo: () => travel(history.redo()),
  openFields: () => selected && list.open(selected, { focus: true }),
  tellFaults(faults) {
    list.tellFaults(faults);
    editor.refresh();
  },
  save: () => saving.save(),
  tellPlace() {
    const part = selected && model.find(editor.plan, selected);
    if (part) editor.say(`${titleOf(part)}, ${placeOf(part)}`);
  },
  say(text) { live.textContent = text; },

  refresh() {
    cancelAnimationFrame(asked);
    asked = 0;
    const plan = draft ?? editor.plan;
    drawing.show(plan, { selected, guides, faulty: list.faulty, unit: view.unit });
    list.show(plan, selected);
    size.show(plan);
    picture.show(plan);
    for (const name of ["copy", "turn", "remove", "fields"]) can(acts[name], selected !== null);
    can(acts.undo, history.canUndo);
    can(acts.redo, history.canRedo);
  },
};

// A button that can't be pressed now keeps the focus: whoever pressed it is still there.
const can = (button, may) => button.setAttribute("aria-disabled", String(!may));

/** What is said twice is done once: leaving a field says again what was typed. */
function differ(next, key) {
  if (JSON.stringify(next) !== JSON.stringify(editor.plan)) editor.commit(next, key);
}

function soon() {
  if (!asked) asked = requestAnimationFrame(() => { asked = 0; editor.refresh(); });
}

const titleOf = (part) => {
  const [name, kind] = [model.nameOf(part), word(model.kindOf(part))];
  return part.list === "tables" ? word("table", { label: name }) : name || kind;
};
const placeOf = ({ item: { place } }) => word("place", place);

function shown(id, how) {
  editor.select(id);
  const part = model.find(editor.plan, id);
  view.reveal(withHandles(part.item.place, view.unit));
  editor.say(word(how, { what: titleOf(part) }));
}

function travel(went) {
  if (!went) return;
  [draft, guides] = [null, []];
  if (selected && !model.find(editor.plan, selected)) selected = null;
  editor.refresh();
  saving.changed();
  editor.say(word("step"));
}

/** The plan's own size. */
function wireSize() {
  const fields = ["width", "height"].map((name) => form.querySelector(`[data-size="${name}"]`));
  let known = "";
  for (const field of fields) {
    field.addEventListener("change", () => {
      const [width, height] = fields.map((each) => Math.min(Math.max(Math.round(Number(each.value)) || 100, 100), 10_000));
      editor.commit(model.resize(editor.plan, width, height));
      view.fit();
    });
  }
  return {
    show({ width, height }) {
      if (known === `${width} ${height}`) return;
      if (known) queueMicrotask(view.fit);
      known = `${width} ${height}`;
      [fields[0].value, fields[1].value] = [width, height];
    },
  };
}

for (const only of form.querySelectorAll("[data-scripted]")) if (!only.closest("[data-part]")) only.hidden = false;
svg.removeAttribute("role");
for (const [name, value] of Object.entries({ role: "application", tabindex: "0", "aria-label": word("drawing"), "aria-describedby": "plan-keys", class: "plan plan--live", "data-ready": "" })) svg.setAttribute(name, value);

const drawing = makeDrawing(svg, word);
const list = makeList(form, editor);
const size = wireSize();
const picture = wirePicture(form, editor);
const view = makeView(frame, svg, () => draft ?? editor.plan, () => soon());
const saving = makeSaving(form, editor);
wirePointer(svg, view, editor);
wireKeys(svg, view, editor);

for (const button of form.querySelectorAll("[data-add]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    editor.add(button.dataset.add);
  });
}
const DO = {
  undo: editor.undo, redo: editor.redo, copy: () => editor.copy(), remove: () => editor.remove(), fields: editor.openFields,
  nearer: view.nearer, further: view.further, fit: () => view.fit(),
  turn() {
    if (!selected) return;
    const { place } = model.find(editor.plan, selected).item;
    editor.commit(model.put(editor.plan, selected, { ...place, turn: place.turn + 45 }), `turn:${selected}`);
    editor.tellPlace();
  },
  snap() {
    snaps = !snaps;
    acts.snap.setAttribute("aria-pressed", String(snaps));
  },
};
for (const [name, button] of Object.entries(acts)) button.addEventListener("click", DO[name]);

frame.dataset.live = "";
view.fit();
editor.refresh();
