// While something goes on (money goes back, guests wait): ask for the page anew and show its part that moves. Without this script, reloading does
// the same. `data-going` may say how often, in milliseconds.
const place = () => document.querySelector("[data-going]");
const pause = () => Number(place().dataset.going) || 1500;

async function lookAgain() {
  // Nobody looks at a tab in the background.
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok && !answer.redirected) {
        const anew = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#progress");
        if (anew) document.querySelector("#progress").replaceWith(anew);
      }
    } catch {
      // No network: what is shown stays, and is asked for again.
    }
  }
  if (place()) setTimeout(lookAgain, pause());
}

if (place()) setTimeout(lookAgain, pause());
