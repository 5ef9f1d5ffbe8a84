// A hardware scanner writes like a keyboard, only faster than anybody types: such a burst that ends in Enter is a code, wherever on the
// page the cursor stands.
const APART = 60; // ms between two keys of a burst
const SHORTEST = 12; // characters: shorter is somebody typing fast

/** Calls `onCode(text)` for each burst. The field of typed codes takes its own. */
export function listenForWedge(onCode) {
  let burst = "";
  let last = 0;
  let before = "";
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const at = event.timeStamp;
    if (at - last > APART) burst = "";
    last = at;
    if (event.key.length === 1) {
      if (!burst) before = event.target.value ?? "";
      burst += event.key;
      // A space in a burst is no press of the button that happens to have the focus.
      if (burst.length > 1 && event.key === " " && !isField(event.target)) event.preventDefault();
      return;
    }
    if (event.key !== "Enter") return;
    const code = burst;
    burst = "";
    if (code.length < SHORTEST || event.target.id === "code") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isField(event.target)) event.target.value = before;
    onCode(code);
  }, true);
}

const isField = (target) => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
