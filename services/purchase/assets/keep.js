// Whether a guest's page, an order's or a ticket's, is kept on this device, so that it opens without network; what keeps it is
// keep-worker.js. Here: whether to keep it unasked, the line that says so, and forgetting.
const place = document.querySelector("[data-keep]");
const page = place.dataset.keep;
const [here, notHere] = [place.querySelector("[data-here]"), place.querySelector("[data-not-here]")];
const [forgetButton, keepButton] = [here, notHere].map((each) => each.querySelector("button"));
const PREFIX = "ticket ";

/** A phone is carried to the door, and is nobody else's. A computer, or a tablet on a stand, may be everybody's. */
const isPhone = () => matchMedia("(pointer: coarse)").matches && Math.min(screen.width, screen.height) < 600;

/** Who has had something forgotten here is asked from then on. What is noted says nothing of any order. */
const ASK = "keep-tickets";
const isToAsk = () => localStorage.getItem(ASK) === "ask";

/** As its worker puts it down: this page under this key. */
async function isKept() {
  const key = new URL(location.href).searchParams.get("key") ?? "";
  const address = `${page}?key=${encodeURIComponent(key)}`;
  return Boolean(await caches.match(address, { cacheName: PREFIX + page, ignoreVary: true }));
}

async function show() {
  const kept = await isKept();
  here.hidden = !kept;
  notHere.hidden = kept;
  place.hidden = false;
}

/** Has this page's worker keep it; when this returns, it has or it can't. */
async function keep() {
  const registration = await navigator.serviceWorker.register(place.dataset.worker, { scope: page });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const { port1, port2 } = new MessageChannel();
  const done = new Promise((resolve) => (port1.onmessage = resolve));
  worker.postMessage({ keep: location.href }, [port2]);
  await done;
}

async function forget(path) {
  await caches.delete(PREFIX + path);
  for (const one of await navigator.serviceWorker.getRegistrations()) {
    if (new URL(one.scope).pathname === path) await one.unregister();
  }
}

/** Pages whose time is over: nobody may ever open them again, so whoever comes by takes them along. */
async function tidy() {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const path = name.slice(PREFIX.length);
    const shelf = await caches.open(name);
    const [request] = (await shelf.keys()).filter((each) => new URL(each.url).pathname === path);
    const kept = request && (await shelf.match(request, { ignoreVary: true }));
    // One without a page is about to get it.
    if (kept && !(Date.parse(kept.headers.get("keep-until")) > Date.now())) await forget(path);
  }
}

/** A press of one button, after which the other one stands in its place and has the focus. */
async function press(button, act, other) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = button.dataset.busyLabel ?? label;
  try {
    await act();
  } finally {
    button.disabled = false;
    button.textContent = label;
    await show();
    (other.closest("[hidden]") ? button : other).focus();
  }
}

async function start() {
  await tidy();
  if (!isToAsk() && isPhone() && !(await isKept())) await keep().catch(() => {});
  await show();
}

// `page` is how the club writes the address; a guest may have typed it in small letters.
if ("serviceWorker" in navigator && "caches" in globalThis && location.pathname === page) {
  keepButton.addEventListener("click", () => press(keepButton, keep, forgetButton));
  forgetButton.addEventListener("click", () => {
    localStorage.setItem(ASK, "ask");
    return press(forgetButton, () => forget(page), keepButton);
  });
  if (document.documentElement.hasAttribute("data-kept")) {
    // This is the copy: once there is news, it goes.
    addEventListener("online", () => location.reload());
    navigator.serviceWorker.addEventListener("message", (event) => event.data === "late" && location.reload());
  }
  // The page comes first: what keeps it asks for it once more.
  const begin = () => start().catch(() => {}); // A browser that keeps nothing (a private window) offers nothing.
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
}
