// The running total of what is chosen at the box office. The ticket site says it, by the same rule as when it is sold. Where nobody
// can say it no figure stands there: staff would take money by it. Without this script it is said after the sale.
const sum = document.querySelector("[data-take]");
const form = sum?.closest("form");

if (form) {
  const [label, total] = [sum.querySelector("[data-take-label]"), sum.querySelector("[data-take-total]")];
  const { take, word, zero, away } = sum.dataset;
  let [asking, waiting] = [new AbortController(), 0];

  const chosen = () =>
    [...form.querySelectorAll("input[name^='q-']")].filter((field) => Number(field.value) > 0).map((field) => [field.name, field.value]);

  const say = (words, figure) => {
    label.textContent = words;
    total.textContent = figure;
    total.removeAttribute("aria-busy");
  };

  const ask = async (wanted, { signal }) => {
    try {
      const choice = new URLSearchParams([["event", form.elements.event.value], ...wanted]);
      const answer = await fetch(`${take}&${choice}`, { headers: { accept: "application/json" }, signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const said = await answer.json();
      if (!signal.aborted) say(said.label, said.total);
    } catch {
      if (!signal.aborted) say(away, "–");
    }
  };

  const show = () => {
    clearTimeout(waiting);
    asking.abort();
    asking = new AbortController();
    const wanted = chosen();
    if (wanted.length === 0) return say(word, zero);
    total.setAttribute("aria-busy", "true");
    // Somebody taps a stepper several times: one question for all of it.
    waiting = setTimeout(ask, 120, wanted, asking);
  };

  sum.hidden = false;
  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
