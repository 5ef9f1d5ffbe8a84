// What the club has not heard of, carried away as a file.
import * as journal from "asset:journal.js";

/** Saves the scans that wait, or that were not taken: one a line. */
export async function carryAway() {
  const text = await journal.exported();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  link.download = `scans-${new Date().toISOString().slice(0, 16).replace(":", "")}.ndjson`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
