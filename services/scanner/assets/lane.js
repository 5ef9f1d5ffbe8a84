// Which lane this phone stands in. The note of a ticket's type names the type's own ("VIP lane"): there it says nothing to the doorman, and
// everywhere else it says where the guest belongs.
const BETWEEN = " · ";

const plain = (text) => text.trim().toLowerCase();

/** A note without the lane that it is read in. */
export function noteIn(lane, note) {
  if (!note || !lane?.trim()) return note ?? "";
  return note.split(BETWEEN).filter((part) => plain(part) !== plain(lane)).join(BETWEEN);
}
