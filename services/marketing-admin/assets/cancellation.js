// While money goes back: ask for the page anew and show its part that moves. Without this script, reloading does the same.
const place = () => document.querySelector("[data-going]");

async function lookAgain() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.ok && !answer.redirected) {
      const anew = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#progress");
      if (anew) document.querySelector("#progress").replaceWith(anew);
    }
  } catch {
    // No network: what is shown stays, and is asked for again.
  }
  if (place()) setTimeout(lookAgain, 1500);
}

if (place()) setTimeout(lookAgain, 1500);
