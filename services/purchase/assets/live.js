// What is for sale changes while somebody looks: the server sends the rows that read differently. What a guest has chosen stays,
// unless there are fewer left; then the page says so. Without this script the page shows what it was loaded with.
const list = document.querySelector("[data-live]");
const form = document.getElementById("buy");
const place = document.querySelector("[data-live-said]");
const amounts = document.querySelector("[data-amounts]");

if (list && form && place && "EventSource" in window) {
  const { live, fewer, none, fresh, load, gone } = list.dataset;
  const sells = list.dataset.sells === "true";
  let [seen, source, later] = [list.dataset.seen, undefined, 0];

  const rows = () => [...list.querySelectorAll("[data-row]")];
  const field = (row) => row.querySelector("[data-type] input");
  const nameOf = (row) => row.querySelector("h3").textContent;
  const fill = (text, name, most) => text.replace("%name%", () => name).replace("%most%", most);

  const say = (...parts) => place.replaceChildren(...parts);

  // The rest of the page is another one when the sale opens: it is loaded anew only if the guest wants it.
  const offer = (text) => {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = load;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
    say(text, " ", link);
  };

  // A line to stand in comes with the page. Everybody hears of it at once, so everybody waits a little before asking for it.
  const bringLine = () => {
    if (document.getElementById("waitlist") || !list.querySelector('a[href="#waitlist"]')) return;
    setTimeout(async () => {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const line = page.getElementById("waitlist");
      if (line && !document.getElementById("waitlist")) form.after(document.importNode(line, true));
    }, Math.random() * 4000);
  };

  const swap = (row, news) => {
    const input = field(row);
    row.querySelector(".rows__main").innerHTML = news.main;
    if (input && news.open) {
      input.max = news.most;
    } else {
      const end = row.querySelector(".rows__end");
      const focused = end.contains(document.activeElement);
      end.innerHTML = news.end;
      dispatchEvent(new Event("steppers"));
      if (focused) (end.querySelector("a, input") ?? document.getElementById("main")).focus();
    }
  };

  // Where guests name the price, its field comes with the type and goes with it. What was written stays, also over a time without it.
  const named = new Map();
  const price = ({ id, amount }) => {
    if (!amounts) return;
    const old = amounts.querySelector(`[data-amount="${id}"]`);
    const focused = old?.contains(document.activeElement);
    if (amount && focused) return;
    const written = old?.querySelector("input");
    if (written && written.value !== written.defaultValue) named.set(id, written.value);
    else if (written) named.delete(id);
    old?.remove();
    if (amount) {
      const holder = document.createElement("template");
      holder.innerHTML = amount;
      const field = holder.content.querySelector("[data-amount]");
      const order = rows().map((row) => row.dataset.row);
      const isLater = (other) => order.indexOf(other.dataset.amount) > order.indexOf(id);
      amounts.insertBefore(field, [...amounts.children].find(isLater) ?? null);
      if (named.has(id)) field.querySelector("input").value = named.get(id);
    }
    amounts.hidden = amounts.childElementCount === 0;
    if (focused) document.getElementById("main").focus();
  };

  const show = (row, news) => {
    const before = Math.trunc(Number(field(row)?.value)) || 0;
    swap(row, news);
    price(news);
    const now = Math.min(before, news.open ? news.most : 0);
    const input = field(row);
    if (input && (now !== before || input.value === "")) input.value = now;
    input?.dispatchEvent(new Event("input", { bubbles: true }));
    const heard = row.dataset.mark !== news.mark;
    row.dataset.mark = news.mark;
    if (now < before) return fill(now > 0 ? fewer : none, nameOf(row), now);
    return heard ? news.said : "";
  };

  const drop = (row) => {
    const chosen = Number(field(row)?.value) > 0;
    const text = fill(none, nameOf(row), 0);
    price({ id: row.dataset.row, amount: "" });
    row.remove();
    return chosen ? text : "";
  };

  const take = ({ open, types, rows: changed }) => {
    const here = rows();
    const known = new Set(here.map((row) => row.dataset.row));
    if ((open && !sells) || types.some((id) => !known.has(id))) return offer(fresh);
    const said = here.filter((row) => !types.includes(row.dataset.row)).map(drop);
    for (const news of changed) said.push(show(list.querySelector(`[data-row="${news.id}"]`), news));
    form.dispatchEvent(new Event("input"));
    const text = said.filter(Boolean).join(" ");
    if (text) say(text);
    bringLine();
  };

  const stop = () => {
    source?.close();
    clearTimeout(later);
    source = undefined;
  };

  // A browser comes back by itself while the line is merely cut. Refused outright, it gives up: then we ask again, not all at once.
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(`${live}&seen=${encodeURIComponent(seen)}`);
    source.addEventListener("offers", (event) => {
      seen = event.lastEventId;
      take(JSON.parse(event.data));
    });
    source.addEventListener("gone", () => {
      stop();
      say(gone);
    });
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      stop();
      later = setTimeout(listen, 30000 + Math.random() * 30000);
    });
  };

  // A page that nobody looks at holds no connection.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
}
