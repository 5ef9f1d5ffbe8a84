// The verdict without a server: the night's list, what this phone has scanned since, and the same rule that the server follows.
import { now } from "asset:clock.js";
import { importKeys, readCode } from "asset:code.js";
import * as journal from "asset:journal.js";
import { ageOf, ticketOf } from "asset:manifest.js";
import { verdict } from "asset:verdict.js";

let ring = { text: "", keys: null };

async function keysOf(list) {
  const text = JSON.stringify(list.keys);
  if (ring.text !== text) ring = { text, keys: await importKeys(list.keys) };
  return ring.keys;
}

/** What a code says, by a list's keys: {ticket, event, key_id, step} or {error}. */
export const read = async (text, list) => readCode(text, await keysOf(list), list.mode);

/** Decides, on a code or on a `ticket` that was chosen from the list. `rows` are scans to count besides the list: the journal's where none are given. `oldest` is the age in ms from which
 *  a list is old. Gives the verdict with `ticket` as the server's answer has it, `caution` ("unlisted" or "old") for what is let in
 *  with a doubt, and `of`: what the journal needs. */
export async function judge({ code: text, ticket: chosen, place, direction, list, oldest, rows, at = now() }) {
  const code = chosen ? { ticket: chosen, event: list.event } : await read(text, list);
  const gate = gateOf(list, place);
  // Without the gate, or in a browser that can't check signatures, only the server knows.
  if (!gate || code.error === "unverifiable") return null;
  const ours = !code.error && code.event === list.event;
  const [known, all] = ours ? await Promise.all([ticketOf(list.event, code.ticket), rows ?? journal.ofTicket(list.event, code.ticket)]) : [null, []];
  const scans = all.filter((row) => row.ticket === code.ticket);
  // Who leaves with a ticket that neither the list nor this phone has seen come in: nobody here can say more than that.
  const admission = ours && (known || direction === "entry" || scans.length) ? admissionOf(code, known, list, gate, scans) : null;
  if (chosen && admission) admission.rotating = false; // from the list: there is no code that could be a picture
  const window = { from: list.entry_from, until: list.entry_until };
  const full = await whatIsFull(list, gate.zone);
  const said = verdict({ code, admission, gate, direction, window, now: at, full: Boolean(full) });
  const admits = said.decision === "admit";
  const caution = !admits ? null : !known ? "unlisted" : ageOf(list) >= oldest ? "old" : null;
  const ticket = known ? { type: typeOf(list, known)?.[1] ?? "", holder: known.holder, age: ageAt(known.born, at, list.time_zone) } : undefined;
  const zone = known && list.zones.find(([id]) => id === known.zone)?.[1];
  const party = await partyOf(list, known, !admits ? 0 : direction === "exit" ? -1 : 1);
  return {
    ...said, ticket, party, caution, asks_id: admits && direction === "entry" && typeOf(list, known)?.[6] === 1, of: { ticket: ours ? code.ticket : null, zone: gate.zone, party: party ? known.order : undefined },
    facts: { from: list.entry_from, until: list.entry_until, own: ownUntil(known, typeOf(list, known)), own_from: typeOf(list, known)?.[4] || null, zone, time_zone: list.time_zone, full_zone: full === "zone" ? list.zones.find(([id]) => id === gate.zone)?.[1] : null },
  };
}

/** What is full, as far as this phone knows: the "zone", the "house", or null. By the list, and by who came and went here since. */
async function whatIsFull(list, zone) {
  const [, , inZone, limitOfZone] = list.zones.find(([id]) => id === zone) ?? [];
  const limited = list.limit !== null && list.limit !== undefined;
  if (!limited && limitOfZone === undefined) return null;
  const moves = (await journal.inState("waiting")).filter((row) => row.event === list.event && row.decision === "admit" && !row.undone && !row.again && !row.heard);
  const after = (people, rows) => rows.reduce((sum, row) => sum + (row.direction === "exit" ? -1 : 1), people);
  if (limitOfZone !== undefined && after(inZone, moves.filter((row) => row.zone === zone)) >= limitOfZone) return "zone";
  return limited && after(list.inside, moves) >= list.limit ? "house" : null;
}

/** The party with a table that a ticket is a pass of: as the list says, as its passes went here since, and with this one. Nothing where it is
 *  none's. */
async function partyOf(list, known, step) {
  const found = known && (list.parties ?? []).find(([order]) => order === known.order);
  if (!found) return undefined;
  const [order, tables, booker, people, host, at, inside] = found;
  const moves = (await journal.inState("waiting")).filter((row) => row.event === list.event && row.party === order && row.decision === "admit" && !row.undone && !row.again && !row.heard);
  const here = moves.reduce((sum, row) => sum + (row.direction === "exit" ? -1 : 1), inside) + step;
  return { tables, booker, inside: Math.max(0, here), of: people, host, arrives_at: new Date(at).toISOString() };
}

function gateOf(list, place) {
  const found = list.gates.find(([id]) => id === place.gate);
  return found && { id: found[0], event: list.event, zone: list.zones[found[1]]?.[0] ?? "", name: found[2] };
}

const typeOf = (list, known) => known && list.types.find(([id]) => id === known.type);

/** How old somebody is at an instant, by the venue's calendar; nothing where the date of birth is not known. */
function ageAt(born, at, timeZone) {
  if (!born) return undefined;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
  return today.slice(0, 4) - born.slice(0, 4) - (today.slice(5) < born.slice(5) ? 1 : 0);
}

/** From when on a ticket gives no first entry: by the guest list or by its type, whichever is earlier. */
const ownUntil = (known, type) => [known?.until, type?.[5]].filter(Boolean).sort((one, other) => one - other)[0] ?? null;

/** The record of a ticket. One that the club signed and the list does not have was sold since: it counts as in order, at this gate. Its code
 *  says itself whether it moves. */
function admissionOf({ ticket, step }, known, list, gate, scans) {
  const type = typeOf(list, known);
  const of = known ?? { status: "valid", banned: false, zone: gate.zone, attention: null, holder: "", until: null, stay: null };
  const off = list.status === "cancelled" && of.status === "valid";
  return {
    ticket, event: list.event, zone: of.zone, status: off ? "cancelled" : of.status, banned: of.banned, type_name: type?.[1] ?? "",
    holder: of.holder, attention: of.attention, admit_from: type?.[4] || null, admit_until: ownUntil(of, type), entries_allowed: type ? type[3] : 1,
    rotating: known ? type?.[7] === 1 : Number.isInteger(step),
    stay: stayOf(of.stay, scans.filter((row) => row.zone === gate.zone && of.zone === gate.zone && isNews(row, of.stay, list)), gate),
  };
}

/** Whether the list can't know of a scan yet. */
function isNews(row, stay, list) {
  if (row.decision !== "admit" || row.undone) return false;
  const listed = stay && stay[2] >= row.corrected_at - 1000;
  if (row.again && row.state === "waiting") return !listed; // the club may have kept it
  if (!row.heard && (row.state === "waiting" || row.state === "refused")) return true;
  return row.answered_at > list.issued_at - 5000 && !listed;
}

/** Where the ticket's guest is: as the list says, and then as the scans went. */
function stayOf(stay, scans, gate) {
  let [entries, inside, last] = stay ? [stay[0], stay[1] === 1, { at: stay[2], gate: gate.id, gate_name: stay[3] }] : [0, false, null];
  for (const row of scans) {
    inside = row.direction !== "exit";
    if (!inside) continue;
    entries += 1;
    last = { at: row.corrected_at, gate: row.gate, gate_name: row.gate_name };
  }
  if (!last) return "never";
  return inside ? { inside: last } : { out: { entries, last } };
}
