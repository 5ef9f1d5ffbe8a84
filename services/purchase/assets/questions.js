// What the night asks: for each ticket as often as tickets are chosen, for the order where one of its types is. What was
// written stays. Without this the places come with the second look at the form.
const place = document.querySelector("[data-questions]");
const form = place?.closest("form");
const MOST = 100;

if (place) {
  // Who claims an offer of the line has one field: the offer is of one type.
  const quantity = (type) => form.elements[`q-${type}`] ?? form.elements.quantity;
  const chosen = (type) => Math.max(0, Math.trunc(Number(quantity(type)?.value)) || 0);

  const show = () => {
    for (const slots of place.querySelectorAll("[data-slots]")) {
      const { slots: type, places } = slots.dataset;
      const wanted = Math.min(chosen(type) * Number(places), MOST);
      const blank = place.querySelector(`template[data-slot="${type}"]`).innerHTML;
      while (slots.children.length > wanted) slots.lastElementChild.remove();
      while (slots.children.length < wanted) {
        slots.insertAdjacentHTML("beforeend", blank.replaceAll("__n__", String(slots.children.length + 1)));
      }
    }
    for (const question of place.querySelectorAll("[data-types]")) {
      const asked = question.dataset.types.split(" ").some((type) => chosen(type) > 0);
      question.hidden = !asked;
      for (const field of question.querySelectorAll("input, select")) field.disabled = !asked;
    }
  };

  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
