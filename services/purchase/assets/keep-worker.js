// The worker of one guest's page, an order's or a ticket's: keeps that page, so that it opens where there is no network. The answer of
// its script lets it see no other address (Service-Worker-Allowed), and of what it sees it answers two things: the page itself,
// and the styles, scripts and art on it. Forms, files and every other request pass as if it were not there.
//
// The page is `no-store`, and stays so for everybody between the club and the guest: it is a key. That it is kept here is this worker's
// own decision, on the device of the guest who asked for it or carries it to the door (keep.js): in a cache of this page alone, which
// goes with it. What is kept, and how long, the club's answer says in `keep-until`. Nothing here is logged, or sent anywhere.
const PAGE = new URL(registration.scope).pathname;
const SHELF = `ticket ${PAGE}`;
/** The network has this long before the copy is shown. */
const PATIENCE = 4000;
/** An answer that came later waits this long to be shown. */
const LATE = 10000;
const FINGERPRINTED = /^\/assets\/.+\.[0-9a-f]{16}\.\w+$/;

let late;

addEventListener("install", () => skipWaiting());

addEventListener("message", (event) => {
  const address = addressOf(new URL(event.data.keep));
  const done = (kept) => event.ports[0].postMessage(kept);
  event.waitUntil(renew(address).then(() => done(true), () => done(false)));
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === PAGE && url.searchParams.get("key")) open(event, url);
  } else if (url.pathname.startsWith("/assets/") || url.pathname.endsWith("/poster.svg")) {
    event.respondWith(decor(event.request));
  }
});

/** The page as it is kept: without what an address says besides its key (`done`, `lang`, what a payment page adds). */
const addressOf = (url) => `${PAGE}?key=${encodeURIComponent(url.searchParams.get("key"))}`;

/** Something of this page's shelf; asking makes no shelf. */
const onShelf = (address) => caches.match(address, { cacheName: SHELF, ignoreVary: true });

/** Shows the page: what the network says within our patience, else the copy. */
function open(event, url) {
  if (late?.href === url.href && Date.now() - late.at < LATE) {
    event.respondWith(late.answer);
    late = undefined;
    return;
  }
  const address = addressOf(url);
  // Who has just done something is not shown how it was before, only because the answer is slow.
  const plain = [...url.searchParams.keys()].length === 1;
  const asked = fetch(event.request);
  let waited = true;
  // Begun first, so that it has its copy of the answer before that is read.
  const judged = asked.then(async (answer) => {
    await judge(address, answer.clone(), plain);
    if (!waited && speaks(answer)) await tell(event, url, answer);
  });
  event.waitUntil(judged.catch(() => {}));
  event.respondWith(
    copy(address).then(async (kept) => {
      if (!kept) return asked;
      const answer = await (plain ? inTime(asked) : asked.catch(() => {}));
      waited = speaks(answer);
      return waited ? answer : kept;
    }),
  );
}

/** Whether there is an answer, and it is about the page: "something is broken here" is none to somebody at the door. */
const speaks = (answer) => Boolean(answer) && answer.status < 500;

/** The network's answer, or nothing when it fails or takes too long. */
function inTime(asked) {
  const over = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  return Promise.race([asked.catch(() => {}), over]);
}

/** The answer came when the copy was shown already: the page shows itself anew, and is given this very answer. */
async function tell(event, url, answer) {
  late = { href: url.href, answer, at: Date.now() };
  (await clients.get(event.resultingClientId))?.postMessage("late");
}

/** What an answer means for what is kept. The key decides: an answer to another one says nothing about this page. */
async function judge(address, answer, plain) {
  // Once it is forgotten on this device, a page that is still open brings nothing back.
  if (!(await caches.has(SHELF))) return;
  const gone = answer.status === 404 || answer.status === 410;
  if (gone || (answer.ok && !mayBeKept(answer))) return forget(address);
  if (!answer.ok) return;
  if (plain) await keep(address, answer);
  else await renew(address);
}

const mayBeKept = (answer) => Date.parse(answer.headers.get("keep-until")) > Date.now();

/** Fetches the page and keeps it. */
async function renew(address) {
  const answer = await fetch(address, { cache: "no-store", referrerPolicy: "no-referrer" });
  if (!answer.ok || !mayBeKept(answer)) throw new Error("nothing to keep");
  await keep(address, answer);
}

async function keep(address, answer) {
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  const shelf = await caches.open(SHELF);
  // The codes are in the page: it is kept first, whatever becomes of its looks.
  await shelf.put(address, new Response(text, { headers }));
  await gather(shelf, text);
}

/** Keeps what the page names: its art, its styles and scripts, and what those name in turn. What it no longer names goes. */
async function gather(shelf, text) {
  const wanted = new Set([...named(text), ...art(text)]);
  for (const path of wanted) {
    try {
      const known = FINGERPRINTED.test(path) && (await onShelf(path));
      const answer = known || (await fetch(path, { referrerPolicy: "no-referrer" }));
      if (!answer.ok) continue;
      if (!known) await shelf.put(path, answer.clone());
      if (/\.(css|js)$/.test(path)) for (const more of named(await answer.text())) wanted.add(more);
    } catch {
      // Without a typeface, or without its art, a ticket is a ticket.
    }
  }
  for (const { url } of await shelf.keys()) {
    const { pathname, search } = new URL(url);
    if (pathname !== PAGE && !wanted.has(pathname + search)) await shelf.delete(url, { ignoreVary: true });
  }
}

const named = (text) => text.match(/\/assets\/[\w.-]+\.\w+/g) ?? [];
const art = (text) => [...text.matchAll(/src="([^"]+\/poster\.svg[^"]*)"/g)].map(([, path]) => path.replace(/&(amp|#38|#x26);/g, "&"));

/** The copy, marked as one; none once its time is over. */
async function copy(address) {
  const kept = await onShelf(address);
  if (!kept) return undefined;
  if (!mayBeKept(kept)) {
    await forget(address);
    return undefined;
  }
  const text = await kept.text();
  return new Response(text.replace("<html ", "<html data-kept "), { headers: kept.headers });
}

/** Nothing of the page stays on this device, and nobody is left to keep it again. */
async function forget(address) {
  if (!(await onShelf(address))) return;
  await caches.delete(SHELF);
  await registration.unregister();
}

/** A style, a script, the art. What has a fingerprint is the same whoever gives it. */
async function decor(request) {
  const kept = await onShelf(request.url);
  if (kept && FINGERPRINTED.test(new URL(request.url).pathname)) return kept;
  const asked = fetch(request);
  if (!kept) return asked;
  const answer = await inTime(asked);
  return speaks(answer) ? answer : kept;
}
