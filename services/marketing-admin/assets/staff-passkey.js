// Passkeys on the staff's pages. A part with data-staff-passkey ("get" or "create") holds a button and a line for what went wrong;
// it is hidden where there is no script or the browser knows no passkeys, and the other ways remain.

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
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

async function go({ staffPasskey: kind, options: from, finish, next, csrf }) {
  const { challenge, options } = await post(from, { csrf });
  const publicKey = wanted(kind, options.publicKey ?? options);
  const credential = await navigator.credentials[kind]({ publicKey });
  const answer = await post(finish, { challenge, credential: told(credential), next, csrf });
  location.assign(answer.next);
}

for (const part of document.querySelectorAll("[data-staff-passkey]")) {
  if (!window.PublicKeyCredential) break;
  const [button, wrong] = [part.querySelector("button"), part.querySelector("[role=alert]")];
  part.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    wrong.textContent = "";
    try {
      await go(part.dataset);
    } catch (error) {
      console.warn(error);
      wrong.textContent = part.dataset.failed;
    }
    button.disabled = false;
  });
}
