// The live page: the server sends each part anew whenever it reads differently. What is being written, open or focused stays.
const figures = document.querySelector("#figures");
const conflicts = document.querySelector("#conflicts");
const line = document.querySelector("[data-line]");

const say = (state) => {
  line.dataset.state = state;
  line.textContent = state === "on" ? line.dataset.on : line.dataset.off;
};

// What was opened is the reader's.
const showFigures = (html) => {
  const open = [...figures.querySelectorAll("details[open]")].map((each) => each.dataset.keep);
  const focused = figures.contains(document.activeElement) && document.activeElement.matches("summary");
  figures.innerHTML = html;
  for (const each of figures.querySelectorAll("details")) each.open = open.includes(each.dataset.keep);
  if (focused) figures.querySelector("summary")?.focus({ preventScroll: true });
};

const showConflicts = (html) => {
  const written = new Map([...conflicts.querySelectorAll("input[name=note]")].map((each) => [each.id, each.value]));
  const active = conflicts.contains(document.activeElement) ? document.activeElement : null;
  const place = active?.matches("input") ? [active.selectionStart, active.selectionEnd] : null;
  const id = active?.id;
  conflicts.innerHTML = html;
  for (const each of conflicts.querySelectorAll("input[name=note]")) each.value = written.get(each.id) ?? "";
  const again = id && document.getElementById(id);
  if (again) {
    again.focus({ preventScroll: true });
    if (place) again.setSelectionRange(...place);
  }
};

conflicts.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  const problem = form.querySelector("[role=alert]");
  const failed = () => {
    button.disabled = false;
    problem.textContent = conflicts.dataset.failed;
    problem.hidden = false;
  };
  button.disabled = true;
  problem.hidden = true;
  try {
    const answer = await fetch(form.dataset.close, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ note: form.elements.note.value.trim() }),
    });
    if (answer.status === 401) location.reload();
    // Closed, here or by somebody else meanwhile: the stream says what is left a moment later.
    else if (answer.ok || answer.status === 409) form.closest("[data-conflict]").remove();
    else failed();
  } catch {
    failed();
  }
});

// A browser tries again by itself while the line is merely cut. Refused outright, it gives up: then we look why.
// A session that has ended leads to the sign-in; anything else passes.
const again = async () => {
  const answer = await fetch(figures.dataset.again).catch(() => undefined);
  if (answer?.status === 401) location.reload();
  else listen();
};

const listen = () => {
  const source = new EventSource(figures.dataset.stream);
  source.addEventListener("open", () => say("on"));
  source.addEventListener("figures", (event) => showFigures(event.data));
  source.addEventListener("conflicts", (event) => showConflicts(event.data));
  source.addEventListener("error", () => {
    say("off");
    if (source.readyState === EventSource.CLOSED) setTimeout(again, 3000 + Math.random() * 3000);
  });
};

listen();
