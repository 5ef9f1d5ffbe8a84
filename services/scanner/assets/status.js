// The line under the gate's name: is there a network, how old is the list, what waits, is the clock right. And what somebody should
// know who was busy with a guest.
import { isWrong, skewOf } from "asset:clock.js";
import { ageOf } from "asset:manifest.js";
import { span, word } from "asset:words.js";

const $ = (id) => document.getElementById(id);

/** Shows how things stand: `online`, `list` (or null), `over` (it had one, whose time is over), `waits`, `refused`, `oldest`, `loading`, `signedOut`. */
export function showStatus({ online, list, over, waits, refused, oldest, loading, signedOut }) {
  const line = $("status");
  const age = list ? ageOf(list) : null;
  const old = age !== null && age >= oldest;
  const parts = [];
  if (signedOut) parts.push(word("status-signed-out"));
  else if (!list) parts.push(word(loading && online ? "status-loading" : online ? "status-online" : over ? "status-list-over" : "status-no-list"));
  else if (online) parts.push(word("status-online-list", { age: span(age) }));
  else parts.push(word("status-offline", { age: span(age) }));
  if (old) parts.push(word("status-old"));
  if (waits) parts.push(word(waits === 1 ? "status-waits-one" : "status-waits", { n: waits }));
  if (refused) parts.push(word("status-refused", { n: refused }));
  if (isWrong()) parts.push(word("status-clock", { age: span(Math.abs(skewOf())) }));
  const state = signedOut || (!online && !list) ? "bad" : !online || old || isWrong() || refused ? "attention" : "good";
  line.dataset.state = state;
  line.dataset.online = online ? "yes" : "no";
  line.dataset.list = list ? "yes" : "no";
  line.dataset.waits = waits;
  const text = parts.join(" · ");
  if ($("status-text").textContent !== text) $("status-text").textContent = text;
}

const notices = [];

/** Tells something that somebody must have read: it stays until it is put away. */
export function notice(text) {
  notices.push(text);
  showNotices();
}

function showNotices() {
  $("notice").hidden = notices.length === 0;
  $("notice-text").textContent = notices[0] ?? "";
  $("notice-more").textContent = notices.length > 1 ? `+${notices.length - 1}` : "";
}

$("notice").addEventListener("click", () => {
  notices.shift();
  showNotices();
});
