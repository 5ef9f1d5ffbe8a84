// What the holder of this phone scanned last, as the club wrote it down: asked for each time the list is unfolded.
import { state } from "asset:keeper.js";
import { title } from "asset:words.js";

const PATIENCE = 4000;
const fold = document.getElementById("mine");
const list = fold.querySelector("ol");

fold.addEventListener("toggle", async () => {
  if (!fold.open) return;
  list.replaceChildren();
  try {
    const answer = await fetch("/api/v1/scans/mine", { headers: { accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { scans } = await answer.json();
    list.replaceChildren(...(scans.length ? scans.map(row) : [line(fold.dataset.none)]));
  } catch {
    list.replaceChildren(line(fold.dataset.noAnswer));
  }
});

function row(scan) {
  const at = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: state.list?.time_zone }).format(new Date(scan.at));
  const said = scan.decision === "admit" && scan.direction === "exit" ? fold.dataset.out : title(scan.reason);
  return line([at, said, scan.holder, scan.gate_name, scan.undone_at ? fold.dataset.undone : null].filter(Boolean).join(" · "));
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
