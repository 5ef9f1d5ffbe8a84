// Live figures: the server sends the panel anew whenever something was sold or somebody came in.
const panel = document.querySelector("[data-stream]");
const badge = document.querySelector("[data-live]");

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

const source = new EventSource(panel.dataset.stream + location.search);
source.addEventListener("open", () => say("on"));
source.addEventListener("error", () => {
  say("off");
  // Refused for good: the session has ended. The page leads to the sign-in.
  if (source.readyState === EventSource.CLOSED) location.reload();
});
source.addEventListener("figures", (event) => {
  const before = read();
  const focused = panel.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  panel.innerHTML = event.data;
  light(before);
  if (focused) panel.querySelector(`a[href="${focused}"]`)?.focus();
});
