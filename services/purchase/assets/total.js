// The total of what is chosen, by the rule of our quotes: the fixed fee once per paid ticket, the per-cent fee once on
// the sum, rounded half up. What is charged is always computed by the server; this only saves a look at the next page.
const form = document.getElementById("buy");
const total = document.querySelector("[data-total]");

if (form && total) {
  const fixed = Number(form.dataset.feeFixed);
  const points = Number(form.dataset.feePoints);
  const zero = form.dataset.zero;
  const decimal = zero.match(/0([.,])00/)?.[1] ?? ".";
  const group = decimal === "." ? "," : ".";
  const shortest = decimal === "." ? 4 : 5;

  const money = (minor) => {
    const [whole, cents] = (minor / 100).toFixed(2).split(".");
    const grouped = whole.length < shortest ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group);
    return zero.replace(/0[.,]00/, grouped + decimal + cents);
  };

  const show = () => {
    let paid = 0;
    let tickets = 0;
    for (const row of form.querySelectorAll("[data-price]")) {
      const price = Number(row.dataset.price);
      const quantity = Math.max(0, Math.trunc(Number(row.querySelector("input").value)) || 0);
      if (price > 0) {
        paid += price * quantity;
        tickets += quantity;
      }
    }
    total.textContent = money(paid + tickets * fixed + Math.floor((paid * points + 5000) / 10000));
  };

  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
