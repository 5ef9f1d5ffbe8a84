// The finder: the camera's picture with its frame, what it says, its light and its zoom, and the field for typed codes.
import { cameras, makeCamera } from "asset:camera.js";
import { onSetting, setting } from "asset:settings.js";
import { told, word } from "asset:words.js";

const $ = (id) => document.getElementById(id);
const WAITED = 200; // ms without an answer until it is told that one is looked for

/** `onCode(text)` for each code seen, `onTyped(text)` for each one typed. */
export function makeFinder({ onCode, onTyped, onTouch }) {
  const finder = document.querySelector(".finder");
  let hint = "camera-starting"; // what stands under the frame while no scan is under way
  let aim = "aim";
  let telling = 0;
  const camera = makeCamera({
    video: $("video"), workerUrl: told.worker, chosen: () => setting("camera"), onCode, onState: showState, onAbilities: showAbilities,
  });

  function showState(state) {
    const off = state !== "" && state !== "camera-starting";
    finder.dataset.camera = off ? "off" : "on";
    hint = state;
    $("hint").textContent = word(hint || aim);
    $("camera-again").hidden = !off;
    if (off) showAbilities({ torch: false, zoom: null });
  }

  function showAbilities({ torch, zoom }) {
    $("torch").hidden = !torch;
    $("torch").setAttribute("aria-pressed", "false");
    $("zoom-box").hidden = !zoom;
    if (zoom) Object.assign($("zoom"), { ...zoom, value: zoom.min });
  }

  $("torch").addEventListener("click", async () => {
    const on = $("torch").getAttribute("aria-pressed") !== "true";
    if (await camera.adjust({ torch: on })) $("torch").setAttribute("aria-pressed", on);
  });
  $("zoom").addEventListener("input", () => camera.adjust({ zoom: Number($("zoom").value) }));
  $("camera-again").addEventListener("click", () => camera.start());
  onSetting((name) => {
    if (name !== "camera" || !camera.running) return;
    camera.stop();
    camera.start();
  });

  $("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    onTouch();
    const field = $("code");
    const code = field.value.trim();
    if (!code) return;
    field.value = "";
    field.blur();
    onTyped(code);
  });

  /** While a code is checked the camera reads no other: reading is what costs a cheap phone most. That it is checked is shown only when
   *  the answer keeps somebody waiting, so that nothing flickers and no picture is made before the verdict's. */
  function busy(yes) {
    camera.rest(yes);
    clearTimeout(telling);
    if (yes) telling = setTimeout(tell, WAITED, true);
    else tell(false);
  }

  function tell(yes) {
    finder.toggleAttribute("data-checking", yes);
    $("check").disabled = yes;
    $("check").setAttribute("aria-busy", yes);
    const text = word(yes ? "checking" : hint || aim);
    if ($("hint").textContent !== text) $("hint").textContent = text;
  }

  return {
    busy, cameras,
    start: () => camera.start(),
    stop: () => camera.stop(),
    aimAt(key) { aim = key; busy(false); },
    get running() { return camera.running; },
  };
}
