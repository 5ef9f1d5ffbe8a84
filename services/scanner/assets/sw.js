// Lets the door open without network. The files of the page are kept by their fingerprints (SHELF, written above this text by the server);
// the page itself is asked of the network first, and shown as it last was when there is none. Answers of the API are never kept.
const SHELL = `door-shell ${VERSION}`;
const PAGE = "door-page";
/** The network has this long before the copy is shown. */
const PATIENCE = 4000;
const FINGERPRINTED = /^\/assets\/.+\.[0-9a-f]{16}\.\w+$/;

addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(SHELL)
      .then((shell) => Promise.all(SHELF.map(async (path) => (await shell.match(path)) || shell.put(path, await fetched(path)))))
      .then(() => skipWaiting()),
  );
});

// The files of an older version go when the page that names them has been replaced, and not before.
addEventListener("activate", (event) => {
  event.waitUntil(clients.claim().then(renew));
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === "/" && !url.search) event.respondWith(page(event));
  } else if (FINGERPRINTED.test(url.pathname)) event.respondWith(file(event.request));
});

async function fetched(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** A file is the same for ever under its fingerprint. */
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(event) {
  const asked = fetch(event.request);
  // Kept while it is on its way to the screen.
  event.waitUntil(asked.then((answer) => keep(answer.clone())).catch(() => {}));
  const over = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked.catch(() => null), over]);
  if (answer && answer.status < 500) return answer;
  return (await copy()) ?? asked;
}

/** The page as it last was; it says of itself that it is a copy. */
async function copy() {
  const kept = await caches.match("/", { cacheName: PAGE, ignoreVary: true });
  if (!kept) return null;
  const text = (await kept.text()).replace("<html ", "<html data-kept ");
  return new Response(text, { headers: kept.headers });
}

/** Keeps the door's page. Who is led to the sign-in, or refused, has nothing to keep. */
async function keep(answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return false;
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  await (await caches.open(PAGE)).put("/", new Response(await answer.text(), { headers }));
  return true;
}

async function renew() {
  const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer || !(await keep(answer))) return;
  for (const name of await caches.keys()) {
    if (name.startsWith("door-shell ") && name !== SHELL) await caches.delete(name);
  }
}
