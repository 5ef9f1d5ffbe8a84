// What is chosen: how many tickets and the total, by the rule of our quotes: the fixed fee once per paid ticket, the per-cent
// fee once on the sum, rounded half up. What is charged is always computed by the server; this only saves a look at the next
// page. While nothing is chosen, the button leads to the tickets instead of to an error.
const form = document.getElementById("buy");
const total = document.querySelector("output[data-total]");
const label = document.querySelector("[data-total-label]");
const button = document.querySelector("button[form=buy]");

if (form && total && button) {
  const { feeFixed, feePoints, zero, free, sum, one, many, buy, choose } = form.dataset;
  const decimal = zero.match(/0([.,])00/)?.[1] ?? ".";
  const group = decimal === "." ? "," : ".";
  const shortest = decimal === "." ? 4 : 5;
  let chosen = 0;

  const money = (minor) => {
    const [whole, cents] = (minor / 100).toFixed(2).split(".");
    const grouped = whole.length < shortest ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group);
    return zero.replace(/0[.,]00/, grouped + decimal + cents);
  };

  const show = () => {
    let [paid, tickets] = [0, 0];
    chosen = 0;
    for (const row of form.querySelectorAll("[data-price]")) {
      const price = Number(row.dataset.price);
      const quantity = Math.max(0, Math.trunc(Number(row.querySelector("input").value)) || 0);
      chosen += quantity;
      if (price > 0) {
        paid += price * quantity;
        tickets += quantity;
      }
    }
    const due = paid + tickets * Number(feeFixed) + Math.floor((paid * Number(feePoints) + 5000) / 10000);
    total.textContent = chosen > 0 && due === 0 ? free : money(due);
    if (label) label.textContent = chosen === 0 ? sum : chosen === 1 ? one : many.replace("2", chosen);
    if (!button.disabled) button.querySelector(".button__label").textContent = chosen === 0 ? choose : buy;
  };

  button.addEventListener("click", (event) => {
    if (chosen > 0) return;
    event.preventDefault();
    document.getElementById("tickets").scrollIntoView({ block: "start" });
    form.querySelector("[data-step='1']:not(:disabled)")?.focus({ preventScroll: true });
  });
  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
