// The picture beneath the plan: a scan of the architect's drawing, a photograph from the balcony. Sent at once, kept with the plan.
import { word } from "asset:floor-words.js";

/** Wires the picture's part of the form. `editor` is the page's: see floor-editor.js. */
export function wirePicture(form, editor) {
  const part = form.querySelector("[data-picture]");
  const [file, remove, note] = ["[data-picture-file]", "[data-picture-remove]", "[data-picture-note]"].map((css) => part.querySelector(css));
  for (const only of part.querySelectorAll("[data-scripted]")) only.hidden = false;
  for (const only of part.querySelectorAll("[data-plain]")) only.remove();

  async function send() {
    if (!file.files[0]) return;
    note.textContent = word("picture-sending");
    file.disabled = true;
    try {
      const body = new FormData();
      body.append("csrf", form.elements.csrf.value);
      body.append("file", file.files[0]);
      const answer = await fetch(part.dataset.picture, { method: "POST", headers: { accept: "application/json" }, body });
      const said = await answer.json().catch(() => null);
      if (!answer.ok || !said?.url) throw new Error(`${answer.status}`);
      editor.commit({ ...editor.plan, background: said.url });
      note.textContent = word("picture-there");
    } catch (fault) {
      note.textContent = word(fault.message === "413" ? "picture-too-large" : "picture-refused");
    } finally {
      file.disabled = false;
      file.value = "";
    }
  }

  file.addEventListener("change", send);
  remove.addEventListener("click", () => {
    editor.commit({ ...editor.plan, background: null });
    note.textContent = "";
    file.focus();
  });
  return { show: (plan) => { remove.hidden = plan.background === null; } };
}
