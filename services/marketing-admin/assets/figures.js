// Live figures: the server sends the panel anew whenever something was sold or somebody came in.
const panel = document.querySelector("[data-stream]");
const badge = document.querySelector("[data-live]");
const overdue = document.querySelector("#overdue");

const read = () => new Map([...panel.querySelectorAll("[data-figure]")].map((each) => [each.dataset.figure, each.textContent]));

// What rose is lit for a moment, so that a glance from across the room finds it.
const light = (before) => {
  for (const each of panel.querySelectorAll("[data-figure]")) {
    const old = before.get(each.dataset.figure);
    if (old !== undefined && old !== each.textContent) each.classList.add("is-new");
  }
};

const say = (state) => {
  badge.dataset.state = state;
  badge.textContent = state === "on" ? badge.dataset.on : badge.dataset.off;
};

const show = (html) => {
  const before = read();
  const focused = panel.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  panel.innerHTML = html;
  light(before);
  if (focused) panel.querySelector(`a[href="${focused}"]`)?.focus();
};

// A browser tries again by itself while the line is merely cut. Refused outright, it gives up: then we look why.
// A session that has ended leads to the sign-in; anything else passes.
const again = async () => {
  const answer = await fetch("/api/v1/figures").catch(() => undefined);
  if (answer?.status === 401) location.reload();
  else listen();
};

const listen = () => {
  const source = new EventSource(panel.dataset.stream + location.search);
  source.addEventListener("open", () => say("on"));
  source.addEventListener("figures", (event) => show(event.data));
  source.addEventListener("overdue", (event) => {
    const focused = overdue.contains(document.activeElement);
    overdue.innerHTML = event.data;
    if (focused) overdue.querySelector("a")?.focus();
  });
  source.addEventListener("error", () => {
    say("off");
    if (source.readyState === EventSource.CLOSED) setTimeout(again, 3000 + Math.random() * 3000);
  });
};

listen();
