// The sheet of settings: the way to report something; and what it does to the page: which hand, how bright, training; what waits can be carried away as a file.
import { carryAway } from "asset:carry.js";
import * as journal from "asset:journal.js";
import { comeBack } from "asset:places.js";
import { mountSettings, onSetting, setting } from "asset:settings.js";
import { word } from "asset:words.js";

const $ = (id) => document.getElementById(id);

/** Puts the sheet and its button to work. `last()`: where this phone stands, and the ticket that was scanned last: {event, gate, ticket?}. */
export function makeSheet({ finder, keeper, onTraining, last }) {
  const sheet = $("settings");
  const open = mountSettings(sheet, { cameras: finder.cameras, onOpen: showStorage });
  $("open-settings").addEventListener("click", () => {
    $("incident").search = new URLSearchParams(Object.entries(last()).filter(([, value]) => value));
    open();
  });
  $("incident").addEventListener("click", () => comeBack(last()));
  onSetting((name) => {
    dress();
    if (name === "training") onTraining();
    keeper.countQueue();
  });
  dress();

  $("export").addEventListener("click", carryAway);
  $("send-now").addEventListener("click", () => keeper.send());
}

/** The page as it is set. */
function dress() {
  const page = document.documentElement;
  page.dataset.hand = setting("lefthand") ? "left" : "right";
  page.toggleAttribute("data-dim", setting("dim"));
  page.toggleAttribute("data-training", setting("training"));
  $("training-band").hidden = !setting("training");
}

async function showStorage() {
  const [kept, waits, refused, conflicts] = await Promise.all([
    navigator.storage?.persisted?.().catch(() => false), ...["waiting", "refused", "conflict"].map((state) => journal.inState(state).then((rows) => rows.length, () => 0)),
  ]);
  $("storage").textContent = word(kept ? "storage-kept" : "storage-may-go");
  $("queue").textContent = word("queue", { n: waits, refused, conflicts });
  $("export").disabled = waits + refused === 0;
  $("send-now").disabled = waits === 0;
}
