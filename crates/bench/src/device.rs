//! The door's app on a cheap phone: Chromium with a processor four times slower, through the gateway. From the code in view to the verdict on
//! the screen, the same without network, the night's list, and what the app weighs.

use crate::{
    club::{Club, Night},
    door::add_tickets,
    load::Latencies,
    psql,
    report::{Figure, Report},
    scan::Queue,
    wait::until_every,
};
use anyhow::{Context, Result, ensure};
use devstack::StaffRole;
use e2e::browser::{Browser, PHONE};
use qrcode::{EcLevel, QrCode, types::Color};
use serde_json::{Value, json};
use std::time::Duration;

/// What runs in the page.
const SCRIPT: &str = include_str!("device.js");
/// How much slower the processor is; `device.js` slows the page's workers as much.
const SLOWER: u32 = 4;
/// Guests before the camera and guests by typed code, after some of each that are not counted: everything runs for the first time then.
const FILMED: usize = 60;
const TYPED: usize = 60;
const WARM_UP: usize = 3;
/// Tickets of a night, and of the largest.
const TONIGHT: usize = 10_000;
const LARGEST: usize = 50_000;
const LOOK: Duration = Duration::from_millis(200);

/// Measures.
///
/// # Errors
/// When a guest is not let in, a scan is lost, or something does not start.
pub async fn run(report: &mut Report) -> Result<()> {
    let club = Club::open().await?;
    let queue = Queue::of(&club, FILMED + TYPED + 2 * WARM_UP).await?;
    add_tickets(&club, queue.night(), &queue.door().zone, TONIGHT - queue.codes().len())?;
    let large = club.night(2000, 1000).await?;
    let door = club.door(&large).await?;
    add_tickets(&club, &large, &door.zone, LARGEST)?;
    shell(&club, &queue, report).await?;
    Box::pin(on_a_phone(&club, &queue, &large, report)).await
}

async fn on_a_phone(club: &Club, queue: &Queue, large: &Night, report: &mut Report) -> Result<()> {
    let phone = Browser::open(PHONE).await?;
    let measured = measure(club, queue, large, &phone, report).await;
    if measured.is_err() {
        let picture = std::env::temp_dir().join("maguey-bench-device.png");
        if phone.picture(&picture).await.is_ok() {
            eprintln!("what the phone showed is in {}", picture.display());
        }
    }
    measured?;
    phone.close().await
}

async fn measure(
    club: &Club,
    queue: &Queue,
    large: &Night,
    phone: &Browser,
    report: &mut Report,
) -> Result<()> {
    phone.driver().set_script_timeout(Duration::from_secs(110)).await?;
    phone.driver().cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", json!({"source": SCRIPT})).await?;
    sign_in(club, phone).await?;
    visit(club, phone, report).await?;
    list(phone, queue.night(), TONIGHT, report).await?;
    let (filmed, typed) = queue.codes().split_at(FILMED + WARM_UP);
    before_the_camera(phone, filmed, report).await?;
    without_network(phone, typed, report).await?;
    until_every(LOOK, "the club has heard of every guest", || async {
        let entries = psql::number(
            &club.stack.database.admin_url(),
            "SELECT count(*) FROM scanner.entries WHERE is_primary",
        );
        (entries.ok()? == queue.codes().len() as f64).then_some(())
    })
    .await?;
    visit(club, phone, report).await?;
    list(phone, large, LARGEST, report).await
}

/// Signs in, and waits until the phone has all of the app: nothing is loaded beside what is measured.
async fn sign_in(club: &Club, phone: &Browser) -> Result<()> {
    let staff = club.stack.staff(StaffRole::DoorStaff);
    phone.go(&club.stack.urls.scanner).await?;
    phone.fill("#email", &staff.email).await?;
    phone.fill("#password", &staff.password).await?;
    phone.click("main button[type=submit]").await?;
    phone.see(".gate").await?;
    let script = "const done = arguments[arguments.length - 1];
        Promise.all([caches.match('/', {cacheName: 'door-page'}), navigator.serviceWorker.getRegistration('/')]).then(
            ([page, worker]) => done(Boolean(page && worker?.active)), () => done(false))";
    until_every(LOOK, "the phone has the app", || async {
        let kept = phone.driver().execute_async(script, vec![]).await.ok()?;
        (kept.json() == &json!(true)).then_some(())
    })
    .await
}

/// Opens the app anew, slows the processor down, and looks whether that was done.
async fn visit(club: &Club, phone: &Browser, report: &mut Report) -> Result<()> {
    processor(phone, 1).await?;
    phone.go(&club.stack.urls.scanner).await?;
    phone.see(".gate").await?;
    let usual = figure(&call(phone, "loop", Value::Null).await?, "least")?;
    processor(phone, SLOWER).await?;
    let slowed = figure(&call(phone, "loop", Value::Null).await?, "least")? / usual;
    ensure!(slowed > 2.0, "the processor is {slowed:.1} times slower and no more");
    report.add(
        Figure::new("device", "processor slowed down", slowed, "×")
            .note("a loop in the page's thread")
            .aim("4"),
    );
    Ok(())
}

async fn processor(phone: &Browser, slower: u32) -> Result<()> {
    phone.driver().cdp().send_raw("Emulation.setCPUThrottlingRate", json!({"rate": slower})).await?;
    Ok(())
}

/// A night's list: what travels, how long until the phone can decide by it, and whether the page stands still meanwhile.
async fn list(phone: &Browser, night: &Night, tickets: usize, report: &mut Report) -> Result<()> {
    let came = call(phone, "open", json!(night.id)).await?;
    let name = |what: &str| format!("list of {tickets} tickets: {what}");
    let [bytes, unpacked] = ["bytes", "unpacked"].map(|what| figure(&came, what));
    let (bytes, unpacked) = (bytes?, unpacked?);
    ensure!(bytes > 0.0 && bytes < unpacked, "the list came as it is: {came}");
    let packed = Figure::new("device", name("on the wire"), bytes / 1_048_576.0, "MiB");
    report.add(packed.note(format!("{:.1} MiB unpacked", unpacked / 1_048_576.0)));
    let ready = Figure::new("device", name("chosen → ready"), figure(&came, "ready")?, "ms");
    let ready = ready.note(format!("{:.0} ms of it on the way", figure(&came, "download")?));
    report.add(ready.aim(if tickets == TONIGHT { "≤ 5000 ms" } else { "" }));
    let gap = Figure::new("device", name("longest time without a frame"), figure(&came, "gap")?, "ms");
    report.add(gap.note("camera started meanwhile").aim("≤ 500 ms"));
    Ok(())
}

/// Guests hold their codes up, one after the other, with the network.
async fn before_the_camera(phone: &Browser, codes: &[String], report: &mut Report) -> Result<()> {
    call(phone, "filming", Value::Null).await?;
    let pictures = codes.iter().map(|code| modules(code)).collect::<Result<Vec<_>>>()?;
    let (run, local) = verdicts(phone, "scan", &pictures).await?;
    let note = format!("{} guests, {local} of them decided on the phone", run.count());
    tell("code in view → verdict", &run, &note, "≤ 500 ms", report);
    Ok(())
}

/// Guests whose codes are typed while there is no network.
async fn without_network(phone: &Browser, codes: &[String], report: &mut Report) -> Result<()> {
    let codes: Vec<Value> = codes.iter().map(|code| json!(code)).collect();
    network(phone, false).await?;
    let (run, local) = verdicts(phone, "type", &codes).await?;
    network(phone, true).await?;
    ensure!(local == run.count(), "{local} of {} were decided on the phone", run.count());
    let note = format!("{} guests, list of {TONIGHT} tickets", run.count());
    tell("code sent off → verdict, without network", &run, &note, "≤ 50 ms", report);
    Ok(())
}

async fn network(phone: &Browser, on: bool) -> Result<()> {
    let cdp = phone.driver().cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let wire = json!({"offline": !on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    cdp.send_raw("Network.emulateNetworkConditions", wire).await?;
    call(phone, "online", json!(on)).await.map(drop)
}

/// Has guests shown their verdicts; how long each took, and how many the phone decided by itself.
async fn verdicts(phone: &Browser, how: &str, codes: &[Value]) -> Result<(Latencies, usize)> {
    let (mut each, mut local) = (Vec::with_capacity(codes.len()), 0);
    for (n, code) in codes.iter().enumerate() {
        let said = call(phone, how, code.clone()).await?;
        ensure!(said["tone"] == "admit", "guest {n} was not let in: {said}");
        if n >= WARM_UP {
            each.push(Duration::from_secs_f64(figure(&said, "took")? / 1000.0));
            local += usize::from(said["local"] == true);
        }
    }
    Ok((Latencies::new(each, Duration::ZERO), local))
}

fn tell(what: &str, run: &Latencies, note: &str, aim: &str, report: &mut Report) {
    for (share, label) in [(0.5, "p50"), (0.95, "p95")] {
        let figure = Figure::new("device", format!("{what}: {label}"), run.percentile_ms(share), "ms");
        report.add(figure.note(note).aim(if label == "p95" { aim } else { "" }));
    }
}

/// A code as the squares that `device.js` draws.
fn modules(code: &str) -> Result<Value> {
    let code = QrCode::with_error_correction_level(code, EcLevel::M)?;
    let dark: String =
        code.to_colors().into_iter().map(|each| if each == Color::Dark { '1' } else { '0' }).collect();
    Ok(json!({"width": code.width(), "dark": dark}))
}

/// What the phone keeps of the app before its first night, compressed as for a browser. Headers are told beside it: as HTTP/1.1 writes them,
/// while a phone's HTTP/2 packs what they repeat.
async fn shell(club: &Club, queue: &Queue, report: &mut Report) -> Result<()> {
    let worker = club.client.get(format!("{}/sw.js", club.stack.urls.scanner)).send().await?.text().await?;
    let shelf = worker.lines().next().and_then(|line| line.strip_prefix("const SHELF = ")?.strip_suffix(';'));
    let shelf: Vec<String> = serde_json::from_str(shelf.context("the worker says what it keeps")?)?;
    let (mut own, mut decoder, mut heads) = (0, 0, 0);
    for path in ["/", "/sw.js"].into_iter().chain(shelf.iter().map(String::as_str)) {
        let (head, weight) = weigh(club, queue, path).await?;
        heads += head;
        if path.contains("/zxing") || path.contains("/decoder.") {
            decoder += weight;
        } else {
            own += weight;
        }
    }
    let kib = |bytes: usize| bytes as f64 / 1024.0;
    let note = format!("{} files; {:.0} KiB of headers over HTTP/1.1", shelf.len(), kib(heads));
    report.add(Figure::new("device", "app without its decoder", kib(own), "KiB").note(note).aim("≤ 150 KiB"));
    report.add(Figure::new("device", "decoder, for browsers that have none", kib(decoder), "KiB"));
    Ok(())
}

/// How many bytes an answer has on the wire.
async fn weigh(club: &Club, queue: &Queue, path: &str) -> Result<(usize, usize)> {
    let ask = club.client.get(format!("{}{path}", club.stack.urls.scanner)).header("accept-encoding", "br");
    let answer = ask.header("authorization", &queue.door().authorization).send().await?;
    ensure!(answer.status() == 200, "{path} answered {}", answer.status());
    let head: usize =
        answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    Ok((head, answer.bytes().await?.len()))
}

/// Calls what `device.js` put into the page.
async fn call(phone: &Browser, what: &str, with: Value) -> Result<Value> {
    let script = "const done = arguments[arguments.length - 1];
        bench[arguments[0]](arguments[1]).then((value) => done({value}), (fault) => done({fault: String(fault)}));";
    let answer = phone.driver().execute_async(script, vec![json!(what), with]).await?.json().clone();
    ensure!(answer["fault"].is_null(), "{what}: {answer}");
    Ok(answer["value"].clone())
}

fn figure(answer: &Value, name: &str) -> Result<f64> {
    answer[name].as_f64().with_context(|| format!("no {name} in {answer}"))
}
