// Finding a guest without network: in the list that this phone has, by name or by order.
import { bucketsOf, got, longId, within } from "asset:store.js";

const MOST = 20;

/** Tickets of a list that fit, in the shape of the server's search. */
export async function lookUp(list, asked) {
  const wanted = plain(asked).split(/\s+/).filter(Boolean);
  if (!list || !wanted.length) return null;
  const buckets = await within(["tickets"], "readonly", (tx) => got(tx.objectStore("tickets").getAll(bucketsOf(list.event))));
  const found = [];
  for (const { of } of buckets) {
    for (const [id, ticket] of Object.entries(of)) {
      const text = plain(`${ticket.holder} ${ticket.order}`);
      if (wanted.every((part) => text.includes(part))) found.push(view(list, id, ticket));
    }
  }
  return found.sort((one, other) => one.holder.localeCompare(other.holder)).slice(0, MOST);
}

/** Without accents and case: nobody spells a name at a door. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

function view(list, id, ticket) {
  const [entries, inside, since, gate] = ticket.stay ?? [0, 0, null, null];
  const iso = (ms) => (ms ? new Date(ms).toISOString() : null);
  return {
    ticket: longId(id), holder: ticket.holder, type: list.types.find(([type]) => type === ticket.type)?.[1] ?? "",
    zone: list.zones.find(([zone]) => zone === ticket.zone)?.[1] ?? null, order_reference: ticket.order, status: ticket.status, banned: ticket.banned,
    stay: inside === 1 ? "inside" : entries ? "out" : "never", since: iso(since), gate, attention: ticket.attention, admit_until: iso(ticket.until),
    guest_list: Boolean(ticket.until), // the guest list alone has an end of its own
  };
}
