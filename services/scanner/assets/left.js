// On the sign-in: what this phone has scanned and nobody has heard of. A phone that was taken off the door, or that nobody is signed in
// on, keeps it until it can be sent, and lets it be carried away.
import { carryAway } from "asset:carry.js";
import * as journal from "asset:journal.js";

const box = document.getElementById("left");

Promise.all(["waiting", "refused"].map((state) => journal.inState(state))).then(([waits, refused]) => {
  const scans = waits.length + refused.length;
  document.getElementById("left-count").textContent = scans;
  box.hidden = scans === 0;
}).catch(() => {}); // a browser that keeps nothing has nothing to tell
document.getElementById("left-save").addEventListener("click", carryAway);
