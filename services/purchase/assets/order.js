// While an order waits: count down its hold, ask how it stands and show the page anew when that has changed. Without this
// script the page refreshes itself.
const page = document.querySelector("[data-order-url]");

if (page) {
  const { orderUrl, orderState } = page.dataset;
  const offline = document.querySelector("[data-offline]");
  let pause = 1000;

  const showAnew = () => {
    const here = new URL(location.href);
    here.searchParams.delete("session_id");
    here.searchParams.delete("cancelled");
    location.replace(here);
  };

  const ask = async () => {
    try {
      const answer = await fetch(orderUrl, { headers: { accept: "application/json" }, cache: "no-store" });
      offline.hidden = true;
      if (answer.ok && (await answer.json()).state !== orderState) return showAnew();
    } catch {
      // No network: say so, ask again later.
      offline.hidden = false;
    }
    pause = Math.min(pause * 1.3, 8000);
    setTimeout(ask, pause);
  };

  setTimeout(ask, pause);
  addEventListener("online", () => (offline.hidden = true));
  countDown(document.querySelector("[data-until]"), showAnew);
}

/** The clock of this phone may be wrong: what counts is how long the server said there is, from now on. */
function countDown(place, over) {
  if (!place) return;
  const [minutes, seconds] = place.textContent.trim().split(":").map(Number);
  const end = performance.now() + (minutes * 60 + seconds) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    place.parentElement.toggleAttribute("data-soon", left < 120);
    if (left > 0) return;
    clearInterval(ticking);
    over();
  };
  const ticking = setInterval(tick, 1000);
  tick();
}
