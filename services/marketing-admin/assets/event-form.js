// The event form adds rows at once instead of asking the server for them.
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
  });
}

// What a person sees first after a refusal is the first field to correct.
document.querySelector("[aria-invalid=true]")?.focus();
