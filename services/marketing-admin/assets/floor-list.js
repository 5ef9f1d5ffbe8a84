// The plan as a list of fields: the same things as in the drawing, for whoever works by keyboard or hears the page. The server has written the
// rows there are; new ones are made from its templates. Without a script the list is a form like any other.
import { arrange } from "asset:floor-draw.js";
import { kindOf, LISTS, nameOf, parts } from "asset:floor-model.js";
import { word } from "asset:floor-words.js";

const PLACE = ["x", "y", "width", "height", "turn"];
const NUMBERS = [...PLACE, "seats"];

const fieldOf = (row, name) => row.querySelector(`[data-field="${name}"]`);

/** Says at a field what is wrong with it, or that nothing is. */
function setFault(field, text) {
  const id = `${field.id}-error`;
  document.getElementById(id)?.remove();
  field.closest(".field").classList.toggle("field--error", Boolean(text));
  if (!text) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  const note = Object.assign(document.createElement("p"), { className: "field__error", id, textContent: text });
  field.after(note);
}

/** Wires the list. `editor` is the page's: see floor-editor.js. */
export function makeList(form, editor) {
  const rows = new Map();
  const panel = form.querySelector("[data-panel]");
  const boxes = Object.fromEntries(LISTS.map((list) => [list, form.querySelector(`[data-rows="${list}"]`)]));
  let next = 0;
  let [ofRooms, chosen] = ["", null];

  function take(row) {
    rows.set(row.dataset.part, row);
    for (const only of row.querySelectorAll("[data-plain]")) only.remove();
    for (const only of row.querySelectorAll("[data-scripted]")) only.hidden = false;
    return row;
  }
  for (const row of form.querySelectorAll("[data-part]")) take(row);

  function make(list, id) {
    const template = form.querySelector(`template[data-row="${list}"]`);
    const holder = document.createElement("div");
    // Rows of the server count from 0: these go on where it can't.
    holder.innerHTML = template.innerHTML.replaceAll("__row__", `new${(next += 1)}`);
    const row = holder.firstElementChild;
    row.dataset.part = id;
    ofRooms = "";
    return take(row);
  }

  /** What stands in a row's fields. */
  function values({ list, item }) {
    const own = list === "rooms" ? { name: item.name } : list === "features" ? { kind: item.kind, label: item.label }
      : { label: item.label, seats: item.seats, shape: item.shape, room: item.room ?? "" };
    return { ...own, ...Object.fromEntries(PLACE.map((name) => [name, item.place[name]])) };
  }

  function show(row, part) {
    if (row.shown === part.item) return;
    row.shown = part.item;
    for (const [name, value] of Object.entries(values(part))) {
      const field = fieldOf(row, name);
      // Nobody's word is changed while it is typed.
      if (field !== document.activeElement || !field.matches("input")) field.value = String(value);
    }
    const kind = word(kindOf(part));
    const name = nameOf(part);
    const title = part.list === "tables" ? word("table", { label: name || "–" }) : name || kind;
    const facts = part.list === "tables" ? word("facts", { shape: kind, count: part.item.seats }) : name ? kind : "";
    row.querySelector("[data-title]").textContent = title;
    row.querySelector("[data-facts]").textContent = facts;
    row.querySelector("legend").textContent = title;
  }

  function offerRooms(plan) {
    const now = JSON.stringify(plan.rooms.map(({ id, name }) => [id, name]));
    if (now === ofRooms) return;
    ofRooms = now;
    for (const table of plan.tables) {
      const select = fieldOf(rows.get(table.id), "room");
      select.replaceChildren(new Option(word("no-room"), ""), ...plan.rooms.map(({ id, name }) => new Option(name, id)));
      select.value = table.room ?? "";
    }
  }

  function typed(event) {
    const field = event.target.closest("[data-field]");
    const row = field?.closest("[data-part]");
    if (!row) return;
    const name = field.dataset.field;
    const isPlace = PLACE.includes(name);
    // A figure counts when it is finished: half of one would throw the thing about.
    if (isPlace && event.type === "input") return;
    const number = NUMBERS.includes(name);
    const value = number ? Math.round(Number(field.value)) : name === "room" ? field.value || null : field.value;
    if (number && (field.value.trim() === "" || !Number.isFinite(value))) return;
    setFault(field, "");
    mark(row);
    const id = row.dataset.part;
    if (isPlace) editor.place(id, { [name]: value });
    else editor.change(id, { [name]: value }, `${name}:${id}`);
  }
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("focusout", (event) => {
    const row = event.target.closest?.("[data-part]");
    // What was left unfinished gives way to what is.
    if (row && event.target.matches("[data-field]")) { row.shown = null; editor.refresh(); }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-field]:is(input)")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  form.addEventListener("click", (event) => {
    const act = event.target.closest("[data-row-act]")?.dataset.rowAct;
    const row = event.target.closest("[data-part]");
    if (act === "copy") editor.copy(row.dataset.part);
    else if (act === "remove") editor.remove(row.dataset.part);
    else if (row && event.target.closest("summary")) editor.select(row.open ? null : row.dataset.part, { open: false });
  });

  const mark = (row) => row.classList.toggle("part--faulty", row.querySelector("[aria-invalid]") !== null);

  return {
    /** Shows the plan; what is selected is open. */
    show(plan, selected) {
      const wanted = Object.fromEntries(LISTS.map((list) => [list, []]));
      for (const part of parts(plan)) {
        const row = rows.get(part.item.id) ?? make(part.list, part.item.id);
        wanted[part.list].push(row);
        show(row, part);
      }
      for (const list of LISTS) {
        const box = boxes[list];
        arrange(box, wanted[list]);
        box.closest("[data-group]").querySelector("[data-count]").textContent = String(wanted[list].length);
      }
      offerRooms(plan);
      if (chosen !== selected) {
        rows.get(chosen)?.classList.remove("is-selected");
        rows.get(selected)?.classList.add("is-selected");
        chosen = selected;
      }
    },

    /** Opens a thing's fields and goes there; with `focus`, into the first of them. */
    open(id, { focus = false } = {}) {
      const row = rows.get(id);
      if (!row) return;
      for (const [other, each] of rows) if (other !== id && !each.classList.contains("part--faulty")) each.open = false;
      row.open = true;
      // The list alone moves: the drawing stays where a finger holds it.
      const [box, own] = [panel.getBoundingClientRect(), row.getBoundingClientRect()];
      if (own.top < box.top || own.bottom > box.bottom) panel.scrollTop += own.top - box.top - 8;
      if (!focus) return;
      row.scrollIntoView({ block: "nearest" });
      row.querySelector("[data-field]").focus();
    },

    /** Whether the fields stand beside the drawing, so that opening them moves nothing away. */
    get isBeside() { return matchMedia("(min-width: 60rem)").matches; },

    /** Says at each field what is wrong: [key of the thing, field, sentence]. */
    tellFaults(faults) {
      for (const field of form.querySelectorAll("[data-part] [aria-invalid]")) setFault(field, "");
      for (const row of rows.values()) mark(row);
      for (const [id, name, text] of faults) {
        const row = rows.get(id);
        const field = row && (fieldOf(row, name) ?? row.querySelector("[data-field]"));
        if (!field) continue;
        setFault(field, text);
        mark(row);
        row.open = true;
      }
      form.querySelector("[aria-invalid]")?.focus();
    },

    /** The keys of things that something is wrong with. */
    get faulty() { return new Set([...rows].filter(([, row]) => row.classList.contains("part--faulty")).map(([id]) => id)); },
  };
}
