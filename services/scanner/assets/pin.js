// A pad under the field for the PIN: large keys for a thumb. Without this script the phone's own keyboard does.

for (const form of document.querySelectorAll("form[data-pin]")) {
  const field = form.elements.pin;
  const pad = document.createElement("div");
  pad.className = "pad";
  for (const digit of ["1", "2", "3", "4", "5", "6", "7", "8", "9"]) pad.append(key(digit, () => type(field, digit)));
  pad.append(key("⌫", () => erase(field), form.dataset.erase), key("0", () => type(field, "0")));
  field.closest(".field").after(pad);
  // The pad is there: the phone's keyboard would only cover it.
  field.inputMode = "none";
  for (const person of form.querySelectorAll("input[name=staff]")) {
    person.addEventListener("change", () => { field.value = ""; });
  }
}

function key(sign, act, name) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = sign;
  if (name) button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
}

function type(field, digit) {
  if (field.value.length < field.maxLength) field.value += digit;
}

function erase(field) {
  field.value = field.value.slice(0, -1);
}
