// While an order waits, ask how it stands and show the page anew when that has changed. Without this script the page
// refreshes itself.
const page = document.querySelector("[data-order-url]");

if (page) {
  const { orderUrl, orderState } = page.dataset;
  let pause = 1000;

  const ask = async () => {
    try {
      const answer = await fetch(orderUrl, { headers: { accept: "application/json" }, cache: "no-store" });
      if (answer.ok && (await answer.json()).state !== orderState) {
        const here = new URL(location.href);
        here.searchParams.delete("session_id");
        here.searchParams.delete("cancelled");
        location.replace(here);
        return;
      }
    } catch {
      // No network: ask again later.
    }
    pause = Math.min(pause * 1.3, 8000);
    setTimeout(ask, pause);
  };

  setTimeout(ask, pause);
}
