//! A phone of a few years ago, in a crowd where everybody films: slow 3G, a quarter of a desk's processor. From the choice to the
//! tickets within a minute, and pages light enough for it.

use super::*;
use e2e::desk::Night;

/// What the club was promised, from the first page to the tickets. The pages take a few seconds of it.
const A_MINUTE: Duration = Duration::from_secs(60);
/// What travels for one page with all that it shows, and how much of it is script; compressed, headers included.
const PAGE: u64 = 100 * 1024;
const SCRIPTS: u64 = 30 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_on_slow_3g_has_its_tickets_within_a_minute() -> Result<()> {
    let night = Night::open_now();
    let (club, guest, _) = Club::with_night(&night).await?;
    // What is promised is about the phone and its wire. A machine that has no time for either is asked again.
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        let phone = Browser::open(PHONE).await?;
        let bought = buy_slowly(&club, &phone, &guest, &night.slug).await;
        if bought.is_err() {
            phone.keep_evidence("slow-3g").await;
            eprintln!("{}", club.stack.log(Service::Purchase));
        }
        let took = bought?;
        println!("slow 3G, choice to tickets: {:.1} s", took.as_secs_f64());
        phone.close().await?;
        quickest = quickest.min(took);
        if quickest < A_MINUTE {
            break;
        }
    }
    assert!(quickest < A_MINUTE, "{quickest:?}");
    Ok(())
}

async fn buy_slowly(club: &Club, phone: &Browser, guest: &Guest, slug: &str) -> Result<Duration> {
    slow_3g(phone).await?;
    let start = Instant::now();
    phone.go(&format!("{}/e/{slug}", club.stack.urls.purchase)).await?;
    light(phone, "the night").await?;
    phone.click("[data-stepper] [data-step='1']").await?;
    phone.click("[data-stepper] [data-step='1']").await?;
    phone.read("42.00").await;
    phone.fill("#name", "Ana Guest").await?;
    phone.fill("#email", &guest.email).await?;
    phone.click("button[form=buy]").await?;
    phone.fill("#card_number", "4242 4242 4242 4242").await?;
    phone.click("#pay").await?;
    let order = phone.arrive("/orders/").await;
    phone.see(".ticket__code svg").await?;
    let took = start.elapsed();
    light(phone, "the tickets").await?;
    assert_eq!(codes(&guest.order(&placed_at(&order)?).await?).len(), 2);
    Ok(took)
}

/// 400 ms there and back, 400 kbit/s each way, and a processor that takes four times as long.
async fn slow_3g(phone: &Browser) -> Result<()> {
    let cdp = phone.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let wire =
        json!({"offline": false, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000});
    cdp.send_raw("Network.emulateNetworkConditions", wire).await?;
    cdp.send_raw("Emulation.setCPUThrottlingRate", json!({"rate": 4})).await?;
    Ok(())
}

/// What came over the wire for the page that is shown, by the browser's own count.
async fn light(phone: &Browser, page: &str) -> Result<()> {
    let weight = "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        const sum = (list) => list.reduce((bytes, each) => bytes + each.transferSize, 0);
        return [sum(all), sum(all.filter((each) => each.name.endsWith('.js')))];";
    let weight = phone.driver().execute(weight, vec![]).await?.json().clone();
    let (all, scripts) = (weight[0].as_u64().unwrap_or(u64::MAX), weight[1].as_u64().unwrap_or(u64::MAX));
    println!("{page}: {all} bytes on the wire, {scripts} of scripts");
    anyhow::ensure!(all > 0, "{page}: nothing was counted");
    anyhow::ensure!(all <= PAGE && scripts <= SCRIPTS, "{page}: {all} bytes, {scripts} of scripts");
    Ok(())
}
