// What was found, as cards with one big button each. The tickets of a party on the guest list stand in one card, ticked one by one.

/** Cards in the list `home`. `onCheckIn(ticket, button)` once a button is pressed. */
export function makeCards(home, { word, place, onCheckIn }) {
  const rows = new Map(); // a ticket's id: how its row is drawn anew

  function show(tickets) {
    rows.clear();
    home.replaceChildren(...grouped(tickets).map(card));
  }

  /** Places on the guest list by their order, everything else alone; in the order in which they came. */
  function grouped(tickets) {
    const groups = new Map();
    for (const ticket of tickets) {
      const key = ticket.guest_list ? `list ${ticket.order_reference}` : ticket.ticket;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(ticket);
    }
    return [...groups.values()];
  }

  function card(tickets) {
    const [first] = tickets;
    const item = make("li", "card");
    item.append(make("h3", "card__holder", first.holder));
    const about = make("p", "card__about");
    const order = word("order", { reference: first.order_reference });
    about.textContent = [first.guest_list ? word("guest-list") : first.type, first.guest_list ? "" : first.zone, order].filter(Boolean).join(" · ");
    item.append(about);
    if (first.admit_until) item.append(make("p", "card__until", word("until", { time: hour(first.admit_until) })));
    if (first.attention) item.append(make("p", "card__attention", first.attention));
    if (tickets.length === 1) return item.append(row(first)), item;
    const count = make("p", "card__party");
    const recount = () => {
      count.textContent = word("party", { inside: tickets.filter((one) => one.stay === "inside").length, n: tickets.length });
    };
    recount();
    const heads = make("ul", "card__heads");
    tickets.forEach((ticket, nth) => {
      const head = make("li", "card__head");
      const name = nth === 0 ? word("guest") : word("plus-one", { n: nth });
      // Somebody may have put another name on a place.
      head.append(make("p", "card__name", ticket.holder === first.holder ? name : ticket.holder), row(ticket, recount));
      heads.append(head);
    });
    item.append(count, heads);
    return item;
  }

  /** Where the guest is, and what can be done. */
  function row(ticket, changed) {
    const line = make("div", "card__row");
    const draw = () => {
      const bad = ticket.banned ? "banned" : ticket.status === "valid" ? "" : ticket.status;
      const state = make("p", "card__state", bad ? word(bad, {}, "status") : stay(ticket));
      state.dataset.state = bad ? "bad" : ticket.stay;
      line.replaceChildren(state);
      // Whoever is inside, or may not come in, is not offered a button: the verdict would say no.
      if (bad || ticket.stay === "inside") return undefined;
      const button = make("button", "button card__button", word("check-in"));
      button.type = "button";
      button.dataset.ticket = ticket.ticket;
      button.addEventListener("click", () => onCheckIn(ticket, button));
      return line.append(button);
    };
    draw();
    rows.set(ticket.ticket, () => { draw(); changed?.(); });
    return line;
  }

  function stay({ stay: where, since, gate }) {
    return word(where, { time: since ? hour(since) : "", gate: gate ?? "" }).replace(/, $/, "");
  }

  function hour(at) {
    const timeZone = place()?.timeZone;
    const form = { hour: "2-digit", minute: "2-digit", ...(timeZone ? { timeZone } : {}) };
    return new Intl.DateTimeFormat("en-GB", form).format(new Date(at));
  }

  /** A check-in was answered with yes. */
  function admitted(ticket, answer) {
    Object.assign(ticket, { stay: "inside", since: answer.at ?? new Date().toISOString(), gate: place()?.name ?? "" });
    rows.get(ticket.ticket)?.();
  }

  return { show, admitted };
}

function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
