// What every page does: guard forms against a second tap, step quantities, show short messages.
// Each part works on its own; without this script the forms still post.

/** A form under way: its button says so and cannot be pressed again. */
function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
    // A sheet that closes sends nothing, and opens again.
    if ((event.submitter?.formMethod || form.method) === "dialog") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    const button = event.submitter ?? [...form.elements].find((each) => each.type === "submit");
    // After the browser has read the form: a disabled button would not send its own name and value.
    setTimeout(() => setBusy(button, true));
  });
}

/** Puts a button in or out of its busy state. */
export function setBusy(button, busy) {
  if (!button) return;
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
  button.disabled = busy;
  const label = button.querySelector(".button__label") ?? button;
  if (busy && button.dataset.busyLabel) {
    button.dataset.label = label.textContent;
    label.textContent = button.dataset.busyLabel;
  } else if (!busy && button.dataset.label) {
    label.textContent = button.dataset.label;
    delete button.dataset.label;
  }
}

/** On a phone the menu is one line: the room that one is in comes into view. */
function showOwnRoom() {
  document.querySelector(".site-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** A page restored by Back shows the state it was left in: wake its forms up again. */
function wakeOnReturn() {
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      for (const button of form.elements) if (button.hasAttribute("aria-busy")) setBusy(button, false);
    }
  });
}

/** Plus and minus beside a number field; the field itself stays the truth. */
function wireSteppers() {
  for (const stepper of document.querySelectorAll("[data-stepper]:not([data-wired])")) {
    const input = stepper.querySelector("input");
    const buttons = [...stepper.querySelectorAll("[data-step]")];
    stepper.dataset.wired = "";
    const show = () => {
      // Read each time: what is left may change while the page is open.
      const limit = Number(input.max);
      const value = Number(input.value) || 0;
      for (const button of buttons) {
        const next = value + Number(button.dataset.step);
        button.disabled = next < 0 || next > limit;
      }
      stepper.toggleAttribute("data-chosen", value > 0);
    };
    for (const button of buttons) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = (Number(input.value) || 0) + Number(button.dataset.step);
        input.value = Math.min(Math.max(next, 0), Number(input.max));
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    input.addEventListener("input", show);
    show();
  }
}

/** A button to print with, where there is a script to press it. */
function wirePrinting() {
  for (const place of document.querySelectorAll("[data-print]")) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => print());
  }
}

/** A short message that leaves by itself; tone as in the style sheet. */
export function toast(text, tone = "good") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const note = document.createElement("p");
  note.className = `toast toast--${tone}`;
  note.textContent = text;
  place.append(note);
  setTimeout(() => note.remove(), 6000);
}

/** After an error the first field that needs another look has the focus; where no single one does, the notice that says what is wrong. */
function focusFirstFault() {
  (document.querySelector("[aria-invalid=true]") ?? document.querySelector("[data-refused]"))?.focus();
}

guardForms();
wakeOnReturn();
showOwnRoom();
wireSteppers();
addEventListener("steppers", wireSteppers); // said by a script that put new ones on the page
wirePrinting();
focusFirstFault();
