// Passkeys, on the guests' pages and the staff's. A button with data-passkey-sign-in asks for one. A part with data-passkey ("get" or
// "create") holds such a button and a line for what went wrong. Either is hidden where there is no script or the browser knows no passkeys;
// the other ways remain. data-options and data-finish are asked and told; data-next and data-csrf go with it. Where either has
// data-conditional, the browser offers its passkeys beside the field for the address too, if it can.

const encode = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const named = (list) => (list ?? []).map((each) => ({ ...each, id: decode(each.id) }));

/** The server's options with their binary parts as the browser wants them. */
function wanted(kind, options) {
  const asked = { ...options, challenge: decode(options.challenge) };
  if (kind === "get") return { ...asked, allowCredentials: named(options.allowCredentials) };
  return {
    ...asked,
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
}

/** What the browser found, as JSON. */
function told({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const held = parts.filter((part) => response[part]).map((part) => [part, encode(response[part])]);
  const transports = response.getTransports ? { transports: response.getTransports() } : {};
  return { id, rawId: encode(rawId), type, response: { ...Object.fromEntries(held), ...transports }, extensions: {} };
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

/** Asks the server for a question, and the browser for an answer to it. */
async function ask(kind, from, how = {}) {
  const { challenge, options } = await post(from, {});
  const credential = await navigator.credentials[kind]({ ...how, publicKey: wanted(kind, options.publicKey) });
  return { challenge, credential: told(credential) };
}

/** Tells the server the answer; gives where to go. */
const tell = async (finish, answer, extra) => (await post(finish, { ...answer, ...extra })).next;

/** Says on a button that something is under way, and that it no longer is. */
function busy(button, is) {
  const label = button.querySelector(".button__label");
  button.disabled = is;
  if (is) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
  if (label && button.dataset.busyLabel) {
    button.dataset.idleLabel ??= label.textContent;
    label.textContent = is ? button.dataset.busyLabel : button.dataset.idleLabel;
  }
}

/** Where somebody who signs in wanted to go. */
const nextOf = (button, { next }) => next ?? button.form?.elements.next?.value ?? "";

/** The server forgets what it asked after five minutes. */
const ASKED_ANEW = 4 * 60 * 1000;

/** The question that waits beside the field for the address; a browser has one at a time. */
let waiting = null;

/** Has the browser offer passkeys among what it fills in, until one is chosen or a button asks. */
async function offer(button, wrong, data) {
  const own = new AbortController();
  waiting = own;
  const late = setTimeout(() => own.abort(), ASKED_ANEW);
  let chosen = false;
  try {
    const answer = await ask("get", data.options, { mediation: "conditional", signal: own.signal });
    chosen = true;
    location.assign(await tell(data.finish, answer, { csrf: data.csrf ?? "", next: nextOf(button, data) }));
  } catch (error) {
    if (waiting !== own) return;
    if (own.signal.aborted && !chosen) {
      const again = () => waiting === own && offer(button, wrong, data);
      if (document.hidden) document.addEventListener("visibilitychange", again, { once: true });
      else again();
      return;
    }
    console.warn(error);
    // A browser that offers none says nothing; a passkey that was chosen and refused does.
    if (chosen) wrong.textContent = data.failed ?? "";
  } finally {
    clearTimeout(late);
  }
}

/** Whether passkeys can be offered beside a field of this page. */
async function offers() {
  if (!document.querySelector("input[autocomplete~='webauthn']")) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** Has a button make or ask for a passkey, and lead on. */
async function wire(button, wrong, data, nameField) {
  const { passkey: kind = "get", csrf = "", failed = "" } = data;
  button.addEventListener("click", async () => {
    const offered = waiting;
    waiting = null;
    offered?.abort();
    busy(button, true);
    wrong.textContent = "";
    try {
      const extra = kind === "create" ? { csrf, name: nameField?.value ?? "" } : { csrf, next: nextOf(button, data) };
      location.assign(await tell(data.finish, await ask(kind, data.options), extra));
    } catch (error) {
      console.warn(error);
      wrong.textContent = failed;
      busy(button, false);
      if (offered) offer(button, wrong, data);
    }
  });
  if (data.conditional !== undefined && (await offers()) && !button.disabled) offer(button, wrong, data);
}

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) {
    wire(part.querySelector("button"), part.querySelector("[role=alert]"), part.dataset, part.querySelector("[data-passkey-name]"));
    part.hidden = false;
  }
  // A button among the other ways to sign in: the line for what went wrong follows it.
  for (const button of document.querySelectorAll("[data-passkey-sign-in]")) {
    const wrong = document.createElement("p");
    wrong.className = "field__error";
    wrong.setAttribute("role", "alert");
    button.after(wrong);
    wire(button, wrong, button.dataset);
    button.hidden = false;
  }
}
