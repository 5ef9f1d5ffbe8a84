// A photograph of who holds a ticket, where the club takes them: the consent text is read out, the picture taken and sent. Only with the
// network, and nothing of it stays on the phone.
import { word } from "asset:words.js";

const $ = (id) => document.getElementById(id);
const LARGEST = 1280; // px of the longer side
const PATIENCE = 20_000;
const SHOWN = 1200; // ms for which "saved" stands before the sheet goes
const PROBLEMS = { 401: "photo-signed-out", 403: "photo-off", 404: "photo-unknown", 429: "photo-too-many" };

/** `onOpen()` before the sheet comes; `onSignedOut(code)`. */
export function makePhoto({ video, onOpen, onSignedOut }) {
  const sheet = $("photo-sheet");
  const form = sheet.querySelector("form");
  const preview = $("photo-preview");
  const picture = $("photo-picture");
  const button = $("photo");
  let settings = null; // {photos, consent}
  let looking = Promise.resolve();
  let of = null; // {ticket, name}: who is offered
  let who = null; // the same of the sheet that is open

  /** Asks the club whether photographs are taken. Without an answer none is offered. */
  function look() {
    looking = get("/api/v1/settings").catch(() => null).then((told) => { settings = told; });
  }

  /** Shows the button under a verdict on somebody whose ticket is known. */
  function offer({ ticket, name }) {
    of = ticket && settings?.photos && video.srcObject ? { ticket, name: name || word("a-guest") } : null;
    button.hidden = !of;
  }

  function take() {
    const { videoWidth: width, videoHeight: height } = video;
    if (!width) return say("photo-no-picture");
    const scale = Math.min(1, LARGEST / Math.max(width, height));
    picture.width = Math.round(width * scale);
    picture.height = Math.round(height * scale);
    picture.getContext("2d").drawImage(video, 0, 0, picture.width, picture.height);
    dress(true);
    say("");
  }

  /** Before the picture is taken, or after. */
  function dress(taken) {
    picture.hidden = !taken;
    preview.hidden = taken;
    $("photo-take").textContent = word(taken ? "photo-again" : "photo-take");
    $("photo-save").disabled = !taken;
  }

  function say(key) {
    $("photo-status").textContent = key ? word(key) : "";
    $("photo-status").dataset.tone = key && !["photo-saving", "photo-saved"].includes(key) ? "bad" : "";
  }

  function forget() {
    preview.srcObject = null;
    picture.width = picture.height = 1; // the pixels go
    who = null;
    dress(false);
    busy(false);
  }

  function busy(yes) {
    for (const each of [$("photo-take"), $("photo-save"), $("photo-consent")]) each.disabled = yes || (each.id === "photo-save" && picture.hidden);
    $("photo-save").setAttribute("aria-busy", yes);
  }

  async function save() {
    const mine = who;
    busy(true);
    say("photo-saving");
    const jpeg = await new Promise((done) => picture.toBlob(done, "image/jpeg", 0.85));
    const answer = jpeg && (await send(mine.ticket, jpeg));
    if (who !== mine) return undefined; // put away meanwhile
    busy(false);
    if (answer?.status === 201) {
      say("photo-saved");
      busy(true);
      return setTimeout(() => who === mine && sheet.close(), SHOWN);
    }
    say(!answer ? "photo-no-answer" : PROBLEMS[answer.status] ?? (answer.status >= 500 ? "photo-no-answer" : "photo-refused"));
    if (answer?.status === 401) onSignedOut(answer.code);
    return undefined;
  }

  button.addEventListener("click", (event) => {
    event.stopPropagation();
    who = of;
    onOpen();
    $("photo-who").textContent = who.name;
    $("photo-ask").textContent = settings.consent;
    $("photo-consent").checked = false;
    preview.srcObject = video.srcObject;
    preview.play().catch(() => {});
    dress(false);
    say("");
    sheet.showModal();
  });
  $("photo-take").addEventListener("click", () => (picture.hidden ? take() : (dress(false), say(""))));
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "save") return;
    event.preventDefault();
    save();
  });
  sheet.addEventListener("close", forget);

  return { look, offer, ready: () => looking };
}

async function get(path) {
  const response = await fetch(`${path}?lang=${document.documentElement.lang}`, {
    headers: { accept: "application/json" }, signal: AbortSignal.timeout(5000), cache: "no-store",
  });
  return response.ok ? response.json() : null;
}

async function send(ticket, jpeg) {
  const query = new URLSearchParams({ of: "holder", ticket, consent: "true" });
  try {
    const response = await fetch(`/api/v1/photos?${query}`, {
      method: "POST", headers: { "content-type": "image/jpeg", accept: "application/json" }, body: jpeg,
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    return { status: response.status, code: (await response.json().catch(() => null))?.code };
  } catch {
    return null;
  }
}
