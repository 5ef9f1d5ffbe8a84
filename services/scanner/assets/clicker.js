// People without tickets, clicked in and out. Clicks of one moment are sent together; what has no answer is kept, through a reload too,
// and sent again under its nonce: a click counts once.

const PATIENCE = 4000; // ms until a request counts as lost
const GATHER = 500; // ms in which clicks are one count
const TOGETHER = 5; // people that a count may have without a supervisor
const LONGEST_PAUSE = 8000;
const KEPT = "clicker";
const WARN = ["none", "near", "nearly", "full"];

/** The counter. `look()` asks how many are inside. */
export function makeClicker(view, { root, word, place, onSignedOut }) {
  const people = view.querySelector("[data-inside]");
  const limit = view.querySelector("[data-limit]");
  const room = view.querySelector("[data-zone]");
  const line = view.querySelector("[data-clicker-word]");
  const count = view.querySelector(".clicker__count");
  let known = null; // the server's last word: {inside, limit, warn, zone?}
  let kept = read(); // counts without an answer, the oldest first: {event, gate, by, nonce}
  let clicked = 0;
  let gathering = 0;
  let sending = false;
  let nobody = false;

  function draw() {
    const event = place()?.event;
    const unsent = clicked + kept.filter((one) => one.event === event).reduce((sum, one) => sum + one.by, 0);
    people.textContent = known ? Math.max(0, known.inside + unsent) : "–";
    limit.textContent = known?.limit == null ? "" : `/ ${known.limit}`;
    const zone = known?.zone;
    room.hidden = !zone;
    room.textContent = zone ? `${zone.name} ${Math.max(0, zone.inside + unsentIn(event))} / ${zone.limit}` : "";
    const pressing = WARN.indexOf(zone?.warn) > WARN.indexOf(known?.warn) ? zone.warn : known?.warn;
    count.dataset.warn = pressing ?? "none";
    const warn = { near: "clicker-near", nearly: "clicker-nearly", full: "clicker-full" }[pressing] ?? "clicker";
    line.textContent = nobody ? word("clicker-nobody") : unsent && kept.length ? word("clicker-waits", { n: Math.abs(unsent) }) : word(warn);
  }

  /** What was clicked at this gate and has no answer yet. */
  const unsentIn = (event) => clicked + kept.filter((one) => one.event === event && one.gate === place()?.gate).reduce((sum, one) => sum + one.by, 0);

  function click(by) {
    if (!place()) return;
    nobody = false;
    clicked += by;
    navigator.vibrate?.(30);
    clearTimeout(gathering);
    if (Math.abs(clicked) >= TOGETHER) gather();
    else gathering = setTimeout(gather, GATHER);
    draw();
  }

  function gather() {
    clearTimeout(gathering);
    const here = place();
    if (clicked && here) {
      kept.push({ event: here.event, gate: here.gate, by: clicked, nonce: crypto.randomUUID() });
      write(kept);
    }
    clicked = 0;
    send();
  }

  async function send() {
    if (sending) return;
    sending = true;
    for (let pause = 1000; kept.length; ) {
      const [{ event, ...body }] = kept;
      const answer = await post(`/api/v1/events/${event}/counter`, "POST", body);
      draw();
      if (!answer) {
        await new Promise((go) => setTimeout(go, pause));
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        continue;
      }
      if (answer.status === 401) { sending = false; return onSignedOut(); }
      // Answered, with yes or no: it is done with. Below nobody, nothing was counted.
      kept = kept.slice(1);
      write(kept);
      nobody = answer.body?.code === "nobody_inside";
      if (answer.ok && place()?.event === event) known = { ...answer.body, zone: place().gate === body.gate ? answer.body.zone : known?.zone };
      pause = 1000;
      draw();
    }
    sending = false;
  }

  async function look() {
    const { event, gate } = place() ?? {};
    if (!event) return;
    if (kept.length) send();
    try {
      const response = await fetch(`/api/v1/events/${event}/occupancy?gate=${gate}`, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
      if (response.ok && place()?.event === event && place().gate === gate) known = await response.json();
    } catch { /* as it was last known */ }
    draw();
  }

  for (const button of view.querySelectorAll("[data-by]")) button.addEventListener("click", () => click(Number(button.dataset.by)));
  addEventListener("online", () => { if (kept.length) send(); });
  correction(root, { view, place, onKnown: (body) => { known = { ...body, zone: body.zone ?? known?.zone }; draw(); } });
  return { look };
}

/** What a supervisor may: a correction with its reason, and the limit. */
function correction(root, { view, place, onKnown }) {
  const sheet = root.querySelector("[data-correction]");
  if (!sheet) return;
  const problem = sheet.querySelector("[data-problem]");
  const send = async (form, path, method, body) => {
    problem.textContent = "";
    const button = form.querySelector("button");
    button.disabled = true;
    const answer = await post(path, method, body);
    button.disabled = false;
    if (answer?.ok) {
      onKnown(answer.body);
      sheet.close();
    } else {
      const said = root.querySelector("[data-words]").content;
      const key = !answer ? "no-answer" : answer.body?.code === "nobody_inside" ? "clicker-nobody" : "refused";
      problem.textContent = said.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
    }
  };
  let nonce = "";
  view.querySelector("[data-correct]")?.addEventListener("click", () => {
    nonce = crypto.randomUUID(); // one for each opening: pressed again after silence, it is the same correction
    problem.textContent = "";
    sheet.querySelectorAll("form").forEach((form) => form.reset());
    sheet.showModal();
  });
  sheet.querySelector("[data-form=count]").addEventListener("submit", (event) => {
    event.preventDefault();
    const [{ event: night, gate }, { by, reason }] = [place(), Object.fromEntries(new FormData(event.target))];
    send(event.target, `/api/v1/events/${night}/counter`, "POST", { by: Number(by), reason, gate, nonce });
  });
  sheet.querySelector("[data-form=limit]").addEventListener("submit", (event) => {
    event.preventDefault();
    const { people, note } = Object.fromEntries(new FormData(event.target));
    send(event.target, `/api/v1/events/${place().event}/limit`, "PUT", { people: people === "" ? null : Number(people), note });
  });
}

/** Nothing means: no answer. */
async function post(path, method, body) {
  try {
    const response = await fetch(path, {
      method, headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    if (response.status === 429 || response.status >= 500) return null;
    return { ok: response.ok, status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}

function read() {
  try { return JSON.parse(sessionStorage.getItem(KEPT)) ?? []; } catch { return []; }
}

function write(kept) {
  try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* forbidden here: this page still remembers */ }
}
