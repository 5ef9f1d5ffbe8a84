// The event form adds rows at once instead of asking the server for them.
const LISTS = ["zones", "shared_caps", "ticket_types"];

for (const button of document.querySelectorAll("[data-add]")) {
  const list = button.dataset.add;
  const rows = document.querySelector(`[data-rows="${list}"]`);
  const template = document.querySelector(`template[data-row="${list}"]`);
  let next = rows.children.length;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const row = document.createElement("div");
    row.innerHTML = template.innerHTML.replaceAll("__row__", String(next));
    next += 1;
    rows.append(...row.children);
    rows.lastElementChild.querySelector("input:not([type=hidden])")?.focus();
    for (const list of LISTS) offer(list);
  });
}

// A ticket type is of one of the zones above and of one of the limits above, and may need another ticket type: the choice follows what is typed there, and a
// name that changes stays chosen.
function offer(list) {
  const named = [...document.querySelectorAll(`[data-rows="${list}"] input[name$=".name"]`)].filter((input) => /^\w+\[\d+\]\.name$/.test(input.name) && input.value.trim());
  for (const select of document.querySelectorAll(`select[data-options="${list}"]`)) {
    const chosen = select.selectedOptions[0];
    const row = chosen?.dataset.row ?? named.find((input) => input.value.trim() === chosen?.value)?.name;
    const options = named.map((input) => {
      const option = new Option(input.value.trim());
      option.dataset.row = input.name;
      return option;
    });
    if (!row && chosen?.value) options.push(chosen);
    select.replaceChildren(select.options[0], ...options);
    select.selectedIndex = Math.max(0, [...select.options].findIndex((option) => option === chosen || (row && option.dataset.row === row)));
  }
}

for (const list of LISTS) {
  document.querySelector(`[data-rows="${list}"]`).addEventListener("input", () => offer(list));
  offer(list);
}
