// Passkeys on guests' pages. A button with data-passkey-sign-in asks for one. A part with data-passkey ("get" or "create") holds such a button
// and a line for what went wrong. Either is hidden where there is no script or the browser knows no passkeys; the other ways remain.
// data-options and data-finish are asked and told; data-next and data-csrf go with it.

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
  return { id, rawId: encode(rawId), type, response: Object.fromEntries(held), extensions: {} };
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

async function go(kind, optionsUrl, finishUrl, extra) {
  const { challenge, options } = await post(optionsUrl, {});
  const credential = await navigator.credentials[kind]({ publicKey: wanted(kind, options.publicKey) });
  const answer = await post(finishUrl, { challenge, credential: told(credential), ...extra });
  return answer.next;
}

/** Makes a passkey; gives where to go. */
export const register = (optionsUrl, finishUrl, csrf, name = "") => go("create", optionsUrl, finishUrl, { csrf, name });

/** Proves with one who somebody is; gives where to go. */
export const prove = (optionsUrl, finishUrl, csrf = "", next = "") => go("get", optionsUrl, finishUrl, { csrf, next });

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

/** Has a button make or ask for a passkey, and lead on. */
function wire(button, wrong, { passkey: kind = "get", options, finish, next, csrf = "", failed = "" }, nameField) {
  button.addEventListener("click", async () => {
    busy(button, true);
    wrong.textContent = "";
    try {
      const way =
        kind === "create"
          ? register(options, finish, csrf, nameField?.value ?? "")
          : prove(options, finish, csrf, next ?? button.form?.elements.next?.value ?? "");
      location.assign(await way);
    } catch (error) {
      console.warn(error);
      wrong.textContent = failed;
      busy(button, false);
    }
  });
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
