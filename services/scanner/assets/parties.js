// The page of parties: the server sends the list anew whenever it reads differently.
const parties = document.querySelector("#parties");
const line = document.querySelector("[data-line]");

const say = (state) => {
  line.dataset.state = state;
  line.textContent = state === "on" ? line.dataset.on : line.dataset.off;
};

// A browser tries again by itself while the line is merely cut. Refused outright, it gives up: then we look why.
// A session that has ended leads to the sign-in; anything else passes.
const again = async () => {
  const answer = await fetch(parties.dataset.again).catch(() => undefined);
  if (answer?.status === 401) location.reload();
  else listen();
};

const listen = () => {
  const source = new EventSource(parties.dataset.stream);
  source.addEventListener("open", () => say("on"));
  source.addEventListener("parties", (event) => { parties.innerHTML = event.data; });
  source.addEventListener("error", () => {
    say("off");
    if (source.readyState === EventSource.CLOSED) setTimeout(again, 3000 + Math.random() * 3000);
  });
};

listen();
