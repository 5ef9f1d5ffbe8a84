// A QR code leads here with the code in the fragment, which no browser sends to a server. It goes from there into the form, out of the
// address and the history, and on.

const form = document.getElementById("enrol");
const code = decodeURIComponent(location.hash.slice(1));

if (/^[0-9A-Za-z-]{12,24}$/.test(code)) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.code.value = code;
  form.requestSubmit();
}
