// Where a guest stands in the waiting room, asked again from time to time; leads on when it is their turn. Without this script the page loads
// itself anew.
const page = document.querySelector("[data-waiting-room]");
const [before, wait, soldOut, heard] = ["before", "wait", "sold-out", "heard"].map((name) => page.querySelector(`[data-${name}]`));
let last = Date.now();

const show = (place) => {
  const news = wait.textContent !== place.wait || soldOut.textContent !== place.sold_out;
  before.textContent = place.before;
  wait.textContent = place.wait;
  soldOut.textContent = place.sold_out;
  // Every few seconds a number falls: who listens is told when the estimate changes, and at most once a minute.
  if (news && Date.now() - last > 60000) {
    last = Date.now();
    heard.textContent = `${place.before} ${place.wait} ${place.sold_out}`;
  }
};

const ask = async () => {
  let again = Number(page.dataset.again);
  try {
    const answer = await fetch(page.dataset.waitingRoom, { headers: { accept: "application/json" } });
    if (answer.status === 404) return location.assign(page.dataset.night);
    if (answer.ok) {
      const place = await answer.json();
      if (place.admitted) return location.replace(page.dataset.night);
      again = place.again;
      show(place);
    }
  } catch {
    // No network: the place stays, and so does what the page shows.
  }
  // Not all in the same moment.
  setTimeout(ask, again * 1000 * (0.8 + Math.random() * 0.4));
};

setTimeout(ask, Number(page.dataset.again) * 1000);
