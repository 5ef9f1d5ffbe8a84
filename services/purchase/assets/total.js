// What is chosen: how many tickets, and the total. The server says what it costs, by the same rule as at the till; nothing is
// held until the form is sent. While nothing is chosen, the button leads to the tickets instead of to an error.
const form = document.getElementById("buy");
const total = document.querySelector("output[data-total]");
const note = document.querySelector("[data-total-note]"); // "incl. fee": said where there is one
const label = document.querySelector("[data-total-label]");
const button = document.querySelector("button[form=buy]");
const promo = form?.querySelector("[data-promo]");

if (form && total && button) {
  const { event, zero, free, sum, one, many, buy, choose } = form.dataset;
  const decimal = zero.match(/0([.,])00/)?.[1] ?? ".";
  const group = decimal === "." ? "," : ".";
  const shortest = decimal === "." ? 4 : 5;
  let [chosen, asking, waiting] = [0, new AbortController(), 0];

  const money = (minor) => {
    const [whole, cents] = (Math.abs(minor) / 100).toFixed(2).split(".");
    const grouped = whole.length < shortest ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group);
    return (minor < 0 ? "−" : "") + zero.replace(/0[.,]00/, grouped + decimal + cents);
  };

  // Where the guest names the price; an empty field is the club's suggestion.
  const amount = (type) => {
    const text = form.elements[`a-${type}`]?.value.trim();
    return text ? { amount_minor: Math.round(Number(text.replace(",", ".")) * 100) } : {};
  };

  const items = () =>
    [...form.querySelectorAll("[data-type]")]
      .map((row) => ({ ticket_type: row.dataset.type, quantity: Math.trunc(Number(row.querySelector("input").value)) || 0, ...amount(row.dataset.type) }))
      .filter((item) => item.quantity > 0);

  const ask = async (body) => {
    const headers = { "content-type": "application/json", accept: "application/json" };
    const answer = await fetch("/api/v1/quotes", { method: "POST", headers, body: JSON.stringify(body), signal: asking.signal });
    return [answer.ok, await answer.json()];
  };

  const price = async (wanted) => {
    const body = { event, items: wanted };
    if (form.access_code?.value) body.access_code = form.access_code.value;
    const code = form.promo?.value.trim();
    let [fine, quote] = await ask(code ? { ...body, promo: code } : body);
    let said = "";
    if (!fine && code && (quote.code?.startsWith("promo_") || quote.code === "order_too_small")) {
      said = promo?.getAttribute(`data-${quote.code.replaceAll("_", "-")}`) ?? "";
      [fine, quote] = await ask(body);
    } else if (fine && code) {
      const off = quote.lines.filter((line) => line.kind === "discount" || line.kind === "credit").reduce((all, line) => all + line.total.minor, 0);
      said = `${promo?.dataset.applied ?? ""} ${money(off)}`;
    }
    if (promo) promo.textContent = said;
    if (fine) {
      // What a credit pays is not free.
      const gift = quote.total.minor === 0 && !quote.lines.some((line) => line.kind === "credit");
      total.textContent = gift ? free : money(quote.total.minor);
      if (note) note.hidden = !quote.lines.some((line) => line.kind === "fee");
    }
    total.removeAttribute("aria-busy");
  };

  const show = () => {
    const wanted = items();
    chosen = wanted.reduce((all, item) => all + item.quantity, 0);
    if (label) label.textContent = chosen === 0 ? sum : chosen === 1 ? one : many.replace("2", chosen);
    if (!button.disabled) button.querySelector(".button__label").textContent = chosen === 0 ? choose : buy;
    clearTimeout(waiting);
    asking.abort();
    asking = new AbortController();
    if (chosen === 0) {
      total.textContent = zero;
      if (note) note.hidden = true;
      return;
    }
    total.setAttribute("aria-busy", "true");
    // Somebody taps a stepper several times: one question for all of it. Without an answer the last total stays, dimmed.
    waiting = setTimeout(() => price(wanted).catch(() => {}), 120);
  };

  button.addEventListener("click", (event) => {
    if (chosen > 0) return;
    event.preventDefault();
    document.getElementById("tickets").scrollIntoView({ block: "start" });
    form.querySelector("[data-step='1']:not(:disabled)")?.focus({ preventScroll: true });
  });
  // Whoever is sent to wait in line finds the choice as it was, when it is her turn. It stays in this tab.
  const kept = `choice:${event}`;
  const keep = () => {
    const written = [...new FormData(form)].filter(([name]) => form.elements.namedItem(name)?.type !== "hidden");
    sessionStorage.setItem(kept, JSON.stringify(written));
  };
  const restore = () => {
    for (const [name, value] of JSON.parse(sessionStorage.getItem(kept) ?? "[]")) {
      const field = form.elements.namedItem(name);
      // A price that the guest named stands in a field that is never empty: the club's suggestion gives way to it.
      if (!field || (field.value && field.value !== "0" && !name.startsWith("a-"))) continue;
      field.value = field.max ? Math.min(Number(value), Number(field.max)) : value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    sessionStorage.removeItem(kept);
  };
  const quietly = (work) => {
    try {
      work();
    } catch {
      // A browser that keeps nothing: the guest chooses again.
    }
  };

  form.addEventListener("submit", () => quietly(keep));
  if (form.dataset.turn !== undefined) quietly(restore);
  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
