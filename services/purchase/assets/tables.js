// The floor plan: zoom, tables for a party, and which are free while somebody looks. Without this script the plan scrolls, the party is
// asked for by a form, and everything is as it was when the page was loaded.
const plan = document.querySelector("[data-plan]");

/** Zoom keeps what is in the middle of the frame in its middle. */
function wireZoom() {
  const [buttons, frame, drawing] = ["zoom", "scroll", "drawing"].map((name) => plan.querySelector(`[data-${name}]`));
  const first = Number(drawing.getAttribute("width"));
  const to = (width) => {
    const [x, y] = [frame.scrollLeft + frame.clientWidth / 2, frame.scrollTop + frame.clientHeight / 2];
    const before = drawing.getBoundingClientRect().width;
    const least = Math.min(first, frame.clientWidth);
    drawing.setAttribute("width", Math.round(Math.min(Math.max(width, least), first * 3)));
    const by = drawing.getBoundingClientRect().width / before;
    frame.scrollTo(x * by - frame.clientWidth / 2, y * by - frame.clientHeight / 2);
  };
  for (const button of buttons.querySelectorAll("[data-by]")) {
    button.addEventListener("click", () => {
      const by = Number(button.dataset.by);
      to(by ? drawing.getBoundingClientRect().width * by : frame.clientWidth);
    });
  }
  buttons.hidden = false;
  // What nearly fits is shown whole. Else the first look is at the middle of the room, not at its corner.
  if (first < frame.clientWidth * 1.4) to(frame.clientWidth);
  frame.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, 0);
}

const spots = () => [...plan.querySelectorAll("[data-spot]")];
const rows = () => [...document.querySelectorAll("[data-row]")];

/** How many people come; nothing: any number. */
const party = () => Number(document.querySelector("[data-party] input[name=party]")?.value) || 0;

function count() {
  const place = document.querySelector("[data-free]");
  const free = rows().filter((row) => row.dataset.state === "free" && Number(row.dataset.seats) >= party()).length;
  const { none, one, many } = place.dataset;
  const text = free === 0 ? none : free === 1 ? one : many.replace("2", free);
  if (place.textContent !== text) place.textContent = text;
  place.toggleAttribute("data-empty", free === 0);
}

function wireParty() {
  const form = document.querySelector("[data-party]");
  const show = () => {
    for (const row of rows()) row.hidden = Number(row.dataset.seats) < party();
    for (const spot of spots()) spot.toggleAttribute("data-small", Number(spot.dataset.seats) < party());
    // The sheet asks for as many people as were named here.
    for (const link of document.querySelectorAll("[data-spot][href], [data-choose]")) {
      const url = new URL(link.getAttribute("href"), location.href);
      if (party() > 0) url.searchParams.set("party", party());
      else url.searchParams.delete("party");
      link.setAttribute("href", url.pathname + url.search);
    }
    count();
  };
  form.querySelector("[type=submit]").hidden = true;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pageshow", show);
}

/** A table stands otherwise than before: in the drawing and in the list. */
function change(id, state) {
  const word = plan.getAttribute(`data-word-${state}`) ?? state;
  const spot = plan.querySelector(`[data-spot="${id}"]`);
  if (spot && spot.dataset.state !== state) {
    spot.dataset.state = state;
    const name = `${spot.dataset.said}, ${word}`;
    // What opens is named by its title, beside what stands in it; what does not is a picture.
    const title = spot.querySelector("title");
    if (title) title.textContent = name;
    else spot.setAttribute("aria-label", name);
    spot.querySelector(".spot__mark").setAttribute("fill", `url(#mark-${state})`);
    spot.querySelector(".spot__note").textContent = state === "free" ? spot.dataset.note : state === "kept" ? "" : word;
    spot.removeAttribute("data-new");
    requestAnimationFrame(() => spot.setAttribute("data-new", ""));
  }
  const row = document.querySelector(`[data-row="${id}"]`);
  if (!row || row.dataset.state === state) return;
  row.dataset.state = state;
  row.querySelector("[data-word]").textContent = word;
  row.querySelector("use").setAttribute("href", `#state-${state}`);
  const link = row.querySelector("[data-choose]");
  if (!link) return;
  const focused = link === document.activeElement;
  link.hidden = state !== "free";
  if (focused && link.hidden) document.getElementById("main").focus();
}

function wireLive() {
  const { plan: live, fresh, load, gone } = plan.dataset;
  const said = document.querySelector("[data-live-said]");
  let [seen, source, later] = [plan.dataset.seen, undefined, 0];

  // Another plan is another page: it is loaded anew only if the guest wants it.
  const offer = () => {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = load;
    said.replaceChildren(fresh, " ", link);
  };
  const stop = () => {
    source?.close();
    clearTimeout(later);
    source = undefined;
  };
  // A browser comes back by itself while the line is merely cut. Refused outright, it gives up: then we ask again, not all at once.
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(`${live}&seen=${encodeURIComponent(seen)}`);
    source.addEventListener("tables", (event) => {
      seen = event.lastEventId;
      const { tables, revision } = JSON.parse(event.data);
      if (String(revision) !== plan.dataset.revision) return offer();
      for (const [id, state] of tables) change(id, state);
      count();
    });
    source.addEventListener("gone", () => {
      stop();
      said.textContent = gone;
    });
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      stop();
      later = setTimeout(listen, 30000 + Math.random() * 30000);
    });
  };
  // A plan that nobody looks at holds no connection.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
}

if (plan) {
  wireZoom();
  wireParty();
  if ("EventSource" in window) wireLive();
}
