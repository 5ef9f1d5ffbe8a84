// What the night asks: for each ticket as often as tickets are chosen, for the order where one of its types is. What was
// written stays. Without this the places come with the second look at the form.
const form = document.getElementById("buy");
const place = form?.querySelector("[data-questions]");
const MOST = 100;

if (place) {
  const chosen = (type) => Math.max(0, Math.trunc(Number(form.elements[`q-${type}`]?.value)) || 0);

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
