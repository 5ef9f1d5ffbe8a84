// Keeping the plan: sent as the form would be, but the page, its zoom and its history stay. The answer is the page that a browser without a
// script would see: what it says is shown here, at the things it speaks of.
import { LISTS } from "asset:floor-model.js";
import { word } from "asset:floor-words.js";

/** The plan without what the server takes for granted. */
function short(plan) {
  const place = ({ turn, ...rest }) => (turn ? { ...rest, turn } : rest);
  const list = (items) => items.map(({ room, ...item }) => ({ ...item, ...(room ? { room } : {}), place: place(item.place) }));
  return JSON.stringify({ ...plan, ...Object.fromEntries(LISTS.map((name) => [name, list(plan[name])])) });
}

/** `tables.3.place.x` of the plan that was sent: the key of the thing, and the field. */
function whose(plan, path) {
  const [list, index, ...rest] = path.split(".");
  const item = LISTS.includes(list) ? plan[list][Number(index)] : null;
  return item ? [item.id, rest.at(-1)] : [null, path];
}

/** Wires saving. `editor` is the page's: see floor-editor.js. */
export function makeSaving(form, editor) {
  const state = form.querySelector("[data-save-state]");
  const button = form.querySelector("[data-save]");
  const said = () => document.getElementById("said");
  // What a browser without a script sent and was refused, or only added to, is not kept.
  let [kept, sending] = [["", "saved"].includes(said().dataset.said) ? short(editor.plan) : "", false];

  function tell(what) {
    state.dataset.saveState = what;
    state.textContent = word(`state-${what}`);
  }

  const isKept = () => short(editor.plan) === kept;

  async function page(answer) {
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function post(drawing, again = true) {
    const body = new FormData();
    for (const [name, value] of [["csrf", form.elements.csrf.value], ["version", form.elements.version.value], ["drawing", drawing]]) body.append(name, value);
    const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" }, body });
    if (answer.status !== 403 || !again) return answer;
    // Somebody signed in anew in another tab: the form's token is of the session before.
    const fresh = (await page(await fetch(location.pathname))).querySelector("input[name=csrf]");
    if (!fresh) return answer;
    form.elements.csrf.value = fresh.value;
    return post(drawing, false);
  }

  function take(plan, drawing, shown, isSaved) {
    const now = shown.getElementById("said");
    said().replaceWith(document.adoptNode(now));
    const line = "[data-version-line]";
    document.querySelector(line).textContent = shown.querySelector(line).textContent;
    form.elements.version.value = shown.querySelector("input[name=version]").value;
    const faults = JSON.parse(now.dataset.faults || "[]").map(([path, text]) => [...whose(plan, path), text]);
    if (isSaved) kept = drawing;
    tell(isSaved ? (isKept() ? "saved" : "changed") : "refused");
    editor.tellFaults(faults.filter(([id]) => id !== null));
    if (!isSaved && !document.activeElement?.matches("[aria-invalid]")) {
      said().focus();
      said().scrollIntoView({ block: "nearest" });
    }
  }

  async function save() {
    if (sending) return;
    const plan = editor.plan;
    const drawing = short(plan);
    sending = true;
    button.setAttribute("aria-disabled", "true");
    tell("saving");
    try {
      const answer = await post(drawing);
      const shown = await page(answer);
      if (shown.getElementById("said")) take(plan, drawing, shown, answer.ok);
      else tell(answer.redirected ? "signed-out" : answer.status === 413 ? "too-large" : "away");
    } catch {
      tell("away");
    } finally {
      sending = false;
      button.removeAttribute("aria-disabled");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  addEventListener("beforeunload", (event) => {
    if (!isKept()) event.preventDefault();
  });

  return {
    save,
    /** The plan is another now. */
    changed() {
      if (!sending) tell(isKept() ? "same" : "changed");
    },
  };
}
