// What this phone's holder likes: kept on the phone, changed on a sheet over the page.
const KEPT = "door-settings";
const HOURS = 3_600_000;
const USUAL = { sound: true, vibration: true, lefthand: false, dim: false, camera: "", oldest: 6, lane: "", training: false };

// What the supervisors set for every phone.
const DOOR = { oldest: Number(document.getElementById("words")?.dataset.oldest || Infinity) * 60_000 };

const values = { ...USUAL, ...readKept() };
const listeners = new Set();

function readKept() {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
}

/** How something is set. */
export const setting = (name) => values[name];

/** From which age in ms on a list is old: as this phone's holder likes, and never later than the supervisors say. */
export const oldest = () => Math.min(values.oldest * HOURS, DOOR.oldest);

/** Sets something, and tells everybody who listens. */
export function set(name, value) {
  values[name] = value;
  // Training ends with the page: nobody finds a phone in the morning that only pretends.
  try { localStorage.setItem(KEPT, JSON.stringify({ ...values, training: false })); } catch { /* for this page it holds */ }
  for (const listener of listeners) listener(name, value);
}

/** Calls `listener(name, value)` at each change. */
export const onSetting = (listener) => listeners.add(listener);

/** Puts the sheet to work: a `<dialog>` whose fields are named as the settings. */
export function mountSettings(sheet, { cameras, onOpen }) {
  const form = sheet.querySelector("form");
  const fields = () => [...form.elements].filter((field) => field.name in values);
  form.addEventListener("change", ({ target }) => {
    if (!(target.name in values)) return;
    set(target.name, target.type === "checkbox" ? target.checked : target.name === "oldest" ? Number(target.value) : target.value);
  });
  const show = () => {
    for (const field of fields()) {
      if (field.type === "checkbox") field.checked = values[field.name];
      else field.value = String(values[field.name]);
    }
  };
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  return async function open() {
    show();
    sheet.showModal();
    onOpen();
    await offerCameras(form.elements.camera, await cameras());
    show();
  };
}

async function offerCameras(select, cameras) {
  const known = [...select.options].slice(1);
  for (const option of known) option.remove();
  cameras.forEach((camera, n) => select.add(new Option(camera.label || `${select.dataset.camera} ${n + 1}`, camera.deviceId)));
  select.closest("[data-field]").hidden = cameras.length < 2;
}
