// Brings a night's list into IndexedDB, in a worker: 50 thousand tickets are read, checked and written without the page noticing.
// Nothing is taken that the club did not sign, that is for another night, or that is older than what is here.
import { bucketOf, bucketsOf, got, isFull, within } from "asset:store.js";

const CONTEXT = new TextEncoder().encode("maguey-manifest");
const PATIENCE = 60_000;
const KEYS_PATIENCE = 10_000;
const KEYS_EVERY = 60_000; // ms between two questions for the club's keys
const STATUSES = ["valid", "cancelled", "refunded", "revoked", "blocked", "disputed"];

onmessage = async ({ data }) => {
  const outcome = await bring(data).catch((fault) => ({ failed: isFull(fault) ? "full" : String(fault) }));
  postMessage({ id: data.id, ...outcome });
};

/** Outcomes: {list}, {status, code} of an answer that is none, {offline}, {refused: why}, {failed}. */
async function bring({ event, pins }) {
  const known = await within(["lists"], "readonly", (tx) => got(tx.objectStore("lists").get(event)));
  let answer = await get(event, known?.cursor);
  // A cursor that the club no longer understands: from the start.
  if (known && [400, 409, 410, 422].includes(answer?.status)) answer = await get(event);
  if (!answer) return { offline: true };
  if (!answer.ok) return { status: answer.status, code: (await answer.json().catch(() => ({}))).code };
  const body = new Uint8Array(await answer.arrayBuffer());
  const signature = answer.headers.get("maguey-manifest-signature");
  const keys = await keysFor(signature, pins);
  if (!keys) return { failed: "keys" };
  if (!(await isSigned(signature, body, keys))) return { refused: "signature" };
  const news = JSON.parse(new TextDecoder().decode(body));
  const why = unfit(news, event, known);
  if (why) return { refused: why };
  return { list: await keep(news, known) };
}

async function get(event, after) {
  const query = new URLSearchParams({ event, ...(after ? { after } : {}) });
  try {
    return await fetch(`/api/v1/manifest?${query}`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), headers: { accept: "application/json" } });
  } catch {
    return null;
  }
}

const fetched = { keys: null, at: -KEYS_EVERY, missed: 0 };

/** The club's keys as the page has them; fetched anew, once a minute at most, where a list names another: the club changed it while the page
 *  was open. Nothing until they were asked for twice without it: of the club's servers one may not have heard of it yet. */
async function keysFor(header, pins) {
  const kid = (header ?? "").split(":")[0];
  const known = () => fetched.keys ?? pins;
  if (!kid || Object.hasOwn(known(), kid)) return known();
  if (performance.now() - fetched.at >= KEYS_EVERY) {
    fetched.at = performance.now();
    fetched.keys = (await askForKeys()) ?? fetched.keys;
    if (Object.hasOwn(known(), kid)) fetched.missed = 0;
    else fetched.missed += 1;
  }
  return fetched.missed !== 1 ? known() : null;
}

async function askForKeys() {
  try {
    const answer = await fetch("/api/v1/manifest/keys", { cache: "no-store", signal: AbortSignal.timeout(KEYS_PATIENCE), headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function isSigned(header, body, pins) {
  const [kid, signature] = (header ?? "").split(":");
  if (!signature || !Object.hasOwn(pins, kid)) return false;
  const key = await crypto.subtle.importKey("raw", bytes(pins[kid]), "Ed25519", false, ["verify"]);
  const signed = new Uint8Array(CONTEXT.length + body.length);
  signed.set(CONTEXT);
  signed.set(body, CONTEXT.length);
  return crypto.subtle.verify("Ed25519", key, bytes(signature), signed);
}

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function unfit(news, event, known) {
  if (news.v !== 1) return "version";
  if (news.event !== event) return "event";
  if (known && news.issued_at < known.issued_at) return "older";
  if (news.after && news.after !== known?.cursor) return "gap";
  return "";
}

/** A whole list replaces the one before in one transaction: until it is there, the old one answers. */
function keep(news, known) {
  const { tickets, ...rest } = news;
  const list = { ...rest, count: news.after ? known.count : tickets.length };
  const buckets = new Map();
  for (const row of tickets) {
    const n = bucketOf(row[0]);
    if (!buckets.has(n)) buckets.set(n, {});
    buckets.get(n)[row[0]] = record(row, news);
  }
  return within(["lists", "tickets"], "readwrite", async (tx) => {
    // Whoever signed out, or another page, was here meanwhile: what changed since a list that is gone is no list.
    const here = await got(tx.objectStore("lists").get(news.event));
    if (here?.cursor !== known?.cursor) throw new DOMException("another list has come", "AbortError");
    const shelf = tx.objectStore("tickets");
    if (news.after) list.count += await merge(shelf, news.event, buckets);
    else {
      shelf.delete(bucketsOf(news.event));
      for (const [n, of] of buckets) shelf.put({ event: news.event, n, of });
    }
    tx.objectStore("lists").put(list);
    return list;
  });
}

async function merge(shelf, event, buckets) {
  let added = 0;
  for (const [n, fresh] of buckets) {
    const old = (await got(shelf.get([event, n])))?.of ?? {};
    added += Object.keys(fresh).filter((id) => !(id in old)).length;
    shelf.put({ event, n, of: { ...old, ...fresh } });
  }
  return added;
}

/** A ticket without the numbers that only its own list explains. */
function record([, status, banned, type, zone, text, holder, order, until, stay, born], news) {
  return {
    status: STATUSES[status] ?? "blocked", banned: banned === 1, type: news.types[type]?.[0] ?? "", zone: news.zones[zone]?.[0] ?? "",
    attention: text < 0 ? null : news.texts[text] ?? null, holder, order, until: until || null, stay: stay || null, born: born || null,
  };
}
