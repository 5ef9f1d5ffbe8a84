// How long the code is still good, counted by this phone from when the page came.

const left = document.querySelector("[data-until]");
const clock = left.querySelector("time");
const [minutes, seconds] = clock.textContent.split(":").map(Number);
const over = performance.now() + (minutes * 60 + seconds) * 1000;

const timer = setInterval(tick, 1000);

function tick() {
  const rest = Math.round((over - performance.now()) / 1000);
  if (rest > 0) {
    clock.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    return;
  }
  clearInterval(timer);
  left.textContent = left.dataset.over;
}
