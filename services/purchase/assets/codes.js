// The code of a ticket that moves: another every 15 seconds, so that a picture of it is soon worth nothing. The club hands out those of the
// next hour, each with the picture of its QR code; here is shown the one of this moment, by the club's clock. Where this page is kept on
// the phone (keep.js), its codes are kept with it: it may be opened anew in a queue without network.
const page = document.querySelector("[data-keep]")?.dataset.keep;
const SHELF = `ticket ${page}`;
/** Modules of white around a code. */
const QUIET = 4;
/** With less than this left, more are fetched. */
const SPARE = 30 * 60;
/** Between two tries, in milliseconds: where there is no network; where there are no codes yet; and once the night is over. */
const AGAIN = { out: 15_000, early: 60_000, over: 600_000 };

/** One after the other: of a large order not all at once. */
let line = Promise.resolve();
const inLine = (work) => (line = line.then(work, work));

/** As a path, and the size of the picture around it. */
function drawing(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const side = Math.floor(Math.sqrt(bytes.length * 8));
  const dark = (place) => (bytes[place >> 3] >> (7 - (place & 7))) & 1;
  let path = "";
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; ) {
      let run = 0;
      while (x + run < side && dark(y * side + x + run)) run++;
      if (run) path += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`;
      x += run || 1;
    }
  }
  return { path, size: side + 2 * QUIET };
}

/** The club's next codes, and how far its clock is ahead of this one; or why there are none. */
async function fetched(root) {
  const asked = Date.now();
  const answer = await fetch(root.dataset.codes, {
    cache: "no-store",
    referrerPolicy: "no-referrer",
    headers: { accept: "application/json" },
  });
  if (answer.status === 409) {
    const { code } = await answer.json();
    return { none: code === "codes_too_early" ? "early" : code === "codes_over" ? "over" : "gone" };
  }
  if (answer.status === 404) return { none: "gone" };
  if (!answer.ok) throw new Error(`${answer.status}`);
  const told = await answer.json();
  return { ...told, ahead: Math.round(told.now - (asked + Date.now()) / 2) };
}

/** Under the page's own address: who forgets the page forgets them. */
const address = (root) => `${page}?codes=${root.dataset.ticket}`;

async function remembered(root) {
  if (!page || !("caches" in globalThis)) return undefined;
  const kept = await caches.match(address(root), { cacheName: SHELF, ignoreVary: true });
  return kept?.json();
}

/** Keeps them where the page is kept, as long as that. Says whether it did: the page may be kept a moment later. */
async function remember(root, held) {
  if (!page || !("caches" in globalThis) || !(await caches.has(SHELF))) return false;
  const shelf = await caches.open(SHELF);
  const own = (await shelf.keys()).find((request) => new URL(request.url).searchParams.has("key"));
  const until = own && (await shelf.match(own, { ignoreVary: true }))?.headers.get("keep-until");
  if (!until) return false;
  await shelf.put(address(root), new Response(JSON.stringify(held), { headers: { "keep-until": until } }));
  return true;
}

function begin(root) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const [shown, modules, ring, letters] = ["shown", "modules", "ring", "letters"].map(part);
  let held;
  let kept = true;
  let none = "wait";
  let asking = false;
  let next = 0;
  let drawn;
  let word = "wait";

  // Told once when it changes, not every 15 seconds.
  const say = (now) => {
    if (now === word) return;
    word = now;
    for (const each of root.querySelectorAll("[data-said]")) each.hidden = each.dataset.said !== now;
  };

  /** Where the club's clock stands among the codes that are held. */
  const place = () => {
    if (!held) return undefined;
    const seconds = (Date.now() + held.ahead) / 1000;
    const at = Math.floor(seconds / held.step_seconds) - held.first_step;
    return { at, gone: seconds % held.step_seconds, left: (held.codes.length - at) * held.step_seconds };
  };

  const show = () => {
    const now = place();
    const code = now && held.codes[now.at];
    shown.hidden = !code;
    say(code ? "good" : none);
    if (!code) {
      letters.textContent = "";
      return;
    }
    ring.setAttribute("stroke-dashoffset", String(Math.floor(now.gone)));
    if (drawn === code) return;
    drawn = code;
    const { path, size } = drawing(held.modules[now.at]);
    modules.ownerSVGElement.setAttribute("viewBox", `0 0 ${size} ${size}`);
    modules.setAttribute("d", path);
    letters.textContent = code;
    if (!kept) remember(root, held).then((done) => (kept = done), () => {});
  };

  const ask = async () => {
    asking = true;
    try {
      const told = await inLine(() => fetched(root));
      // Passed on, given back, or with a fixed code again: the page says what it is now.
      if (told.none === "gone") return location.reload();
      none = told.none ?? "out";
      if (!told.none) {
        held = told;
        kept = false;
      }
    } catch {
      none = Date.now() < Number(root.dataset.from) ? "early" : "out";
    } finally {
      asking = false;
      next = Date.now() + (AGAIN[none] ?? AGAIN.out);
      show();
    }
  };

  const look = () => {
    show();
    const enough = (place()?.left ?? 0) > SPARE && place().at >= 0;
    if (!asking && !enough && Date.now() >= next) ask();
  };
  const soon = () => {
    next = 0;
    look();
  };

  addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  // Before the network is asked, which may take its time to say no.
  remembered(root)
    .catch(() => {})
    .then((known) => {
      held ??= known;
      look();
      setInterval(look, 1000);
    });
}

document.querySelectorAll("[data-codes]").forEach(begin);
