// The living board: the server sends its panel anew whenever something about a table of the night has changed. A row is replaced where it
// stands; one whose form is open, or in which somebody is, waits until they are done.
const board = document.querySelector("#board[data-stream]");
const badge = document.querySelector("[data-live]");
const said = document.querySelector("[data-said-here]");
const MOST_SAID = 3;

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const rows = (root) => [...root.querySelectorAll("[data-reservation]")];
const key = board.querySelector("input[name=form_key]")?.value;
// What the server sent of each row, to tell what has changed.
const sent = new Map(rows(board).map((row) => [row.dataset.reservation, row.outerHTML]));
let newest;

const isBusy = (row) => row.querySelector("details[open]") !== null || row.contains(document.activeElement);

const read = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  // The forms of a page have one key: what is sent twice is done once.
  if (key) for (const field of template.content.querySelectorAll("input[name=form_key]")) field.setAttribute("value", key);
  return template.content;
};

const replace = (old, fresh) => {
  if (old.innerHTML === fresh.innerHTML) return;
  const left = old.querySelector(".board-plan__view")?.scrollLeft;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  old.replaceChildren(...fresh.childNodes);
  const view = old.querySelector(".board-plan__view");
  if (view && left) view.scrollLeft = left;
  if (href) old.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus();
  else if (focused) view?.focus({ preventScroll: true });
};

// Gives what is to be said of rows that changed.
const replaceRows = (old, fresh) => {
  const told = [];
  const [list, next] = [old.querySelector("ol"), fresh.querySelector("ol")];
  const stays = rows(old).filter(isBusy);
  // By host the rows stand under headings: then the list is written whole.
  if (!list || !next || list.querySelector(".board-group") || next.querySelector(".board-group")) {
    if (stays.length > 0) return told;
    for (const row of rows(fresh)) {
      sent.set(row.dataset.reservation, row.outerHTML);
      told.push(row.dataset.said);
    }
    replace(old, fresh);
    return told;
  }
  const known = new Map(rows(list).map((row) => [row.dataset.reservation, row]));
  const stay = new Set(rows(next).map((row) => row.dataset.reservation));
  for (const [id, row] of known) {
    if (stay.has(id) || isBusy(row)) continue;
    row.remove();
    sent.delete(id);
  }
  let at = list.firstElementChild;
  for (const row of rows(next)) {
    const id = row.dataset.reservation;
    const html = row.outerHTML;
    let here = known.get(id);
    while (at && !stay.has(at.dataset.reservation)) at = at.nextElementSibling;
    if (!here || (sent.get(id) !== html && !isBusy(here))) {
      if (here === at) at = row;
      if (here) here.replaceWith(row);
      here = row;
      sent.set(id, html);
      row.classList.add("is-new");
      told.push(row.dataset.said);
    }
    if (here === at) at = at.nextElementSibling;
    else if (!isBusy(here)) list.insertBefore(here, at);
  }
  return told;
};

const show = () => {
  if (newest === undefined) return;
  const fresh = read(newest);
  const told = replaceRows(part(board, "list"), part(fresh, "list"));
  for (const name of ["sums", "plan", "ways", "free"]) replace(part(board, name), part(fresh, name));
  if (told.length > 0) said.textContent = told.slice(0, MOST_SAID).join(". ");
};

// Whoever is done with a form sees what has come meanwhile.
const later = () => setTimeout(show, 0);
board.addEventListener("toggle", later, true);
board.addEventListener("focusout", later);

const say = (state) => {
  badge.dataset.state = state;
  badge.textContent = state === "on" ? badge.dataset.on : badge.dataset.off;
};

const listen = () => {
  const lang = new URLSearchParams(location.search).get("lang");
  const source = new EventSource(board.dataset.stream + (lang ? `&lang=${encodeURIComponent(lang)}` : ""));
  source.addEventListener("open", () => say("on"));
  source.addEventListener("board", (event) => {
    newest = event.data;
    show();
  });
  source.addEventListener("error", () => {
    say("off");
    // A browser tries again by itself while the line is merely cut. Refused outright, it gives up.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000 + Math.random() * 3000);
  });
};

listen();
