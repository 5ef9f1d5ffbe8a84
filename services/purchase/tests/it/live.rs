//! What an open page is told while somebody looks at it.

use messages::marketing_admin::v1::GuestPrice;
use reqwest::Response;
use serde_json::Value;

use crate::stage::{PUBLIC_URL, Stage};

/// A page that is open, as its script sees it.
struct OpenPage {
    answer: Response,
    rest: Vec<u8>,
}

/// A message of the stream.
#[derive(Debug)]
struct Heard {
    name: String,
    id: String,
    data: Value,
}

impl Heard {
    fn row(&self, id: &str) -> &Value {
        static NONE: Value = Value::Null;
        let rows = self.data["rows"].as_array().expect("rows");
        rows.iter().find(|row| row["id"] == id).unwrap_or(&NONE)
    }
}

impl OpenPage {
    /// Opens the stream as the script does, from what the page says that it shows.
    async fn load(stage: &Stage, query: &str) -> Self {
        let html = stage.get(&format!("/e/friday-night?{query}")).await.text().await.expect("a page");
        let seen = html.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next());
        Self::listen(stage, &format!("{query}&seen={}", seen.expect("a print"))).await
    }

    async fn listen(stage: &Stage, query: &str) -> Self {
        let answer = stage.get(&format!("/e/friday-night/live?{query}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, rest: Vec::new() }
    }

    /// The next message; `None` at the end.
    async fn hear(&mut self) -> Option<Heard> {
        let soon = std::time::Duration::from_secs(60);
        tokio::time::timeout(soon, self.next()).await.expect("something within a minute")
    }

    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
                let message: Vec<u8> = self.rest.drain(..end + 2).collect();
                let message = String::from_utf8(message).expect("text");
                let of = |name: &str| {
                    let line = message.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|text| text.trim_start_matches(':').trim().to_owned()).unwrap_or_default()
                };
                let heard = Heard {
                    name: of("event"),
                    id: of("id"),
                    data: serde_json::from_str(&of("data")).unwrap_or_default(),
                };
                // The hint when to come back, and what keeps the line open, are no news.
                if !heard.name.is_empty() {
                    return Some(heard);
                }
                continue;
            }
            let chunk = self.answer.chunk().await.expect("a stream")?;
            self.rest.extend_from_slice(&chunk);
        }
    }

    async fn told(&mut self) -> Heard {
        self.hear().await.expect("a message")
    }
}

/// Waits for a message that says so of a row; how it reads then.
async fn until_row(page: &mut OpenPage, id: &str, field: &str, says: &str) -> Heard {
    loop {
        let heard = page.told().await;
        if heard.row(id)[field].as_str().is_some_and(|text| text.contains(says)) {
            return heard;
        }
    }
}

/// One of the free tickets goes, and the page hears of it. The first message may tell all rows: who writes it does not know
/// what the page shows, if something changed before it looked.
async fn first_news(stage: &Stage, page: &mut OpenPage) {
    stage.order(1, 1).await;
    until_row(page, stage.kind(1), "main", "Only 9 left").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_told_what_changes_and_nothing_else() {
    let stage = Stage::open().await;
    let mut page = OpenPage::load(&stage, "lang=en").await;
    first_news(&stage, &mut page).await;
    for _ in 0..9 {
        stage.order(0, 10).await;
    }
    let heard = until_row(&mut page, stage.kind(0), "main", "Only 10 left").await;
    let row = heard.row(stage.kind(0));
    assert_eq!((&row["open"], &row["most"]), (&Value::Bool(true), &Value::from(10)));
    assert_eq!(heard.row(stage.kind(1)), &Value::Null, "the other type reads as before: {heard:?}");
    stage.order(0, 10).await;
    let heard = until_row(&mut page, stage.kind(0), "said", "Regular: Sold out").await;
    let row = heard.row(stage.kind(0));
    assert_eq!((&row["open"], &row["most"]), (&Value::Bool(false), &Value::from(0)), "{heard:?}");
    assert!(row["end"].as_str().expect("HTML").contains("href=\"#waitlist\""), "its line opens: {heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_would_not_read_is_not_told() {
    let stage = Stage::open().await;
    let mut page = OpenPage::load(&stage, "lang=en").await;
    first_news(&stage, &mut page).await;
    // Of a hundred places ten go: the page reads the same. Then the other type sells out.
    stage.order(0, 10).await;
    stage.order(1, 9).await;
    let heard = page.told().await;
    assert_eq!(heard.row(stage.kind(0)), &Value::Null, "{heard:?}");
    assert_eq!(heard.row(stage.kind(1))["open"], false, "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_hears_what_changed_meanwhile_in_her_language() {
    let stage = Stage::open().await;
    let mut page = OpenPage::load(&stage, "lang=es").await;
    stage.order(1, 10).await;
    let heard = until_row(&mut page, stage.kind(1), "said", "Agotad").await;
    drop(page);
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[0].price_minor = 3000;
    stage.publish(&event).await;
    let back = stage.http.get(stage.url("/e/friday-night/live?lang=es&seen=old"));
    let answer = back.header("last-event-id", &heard.id).send().await.expect("an answer");
    let mut page = OpenPage { answer, rest: Vec::new() };
    let heard = until_row(&mut page, stage.kind(0), "main", "31,25").await;
    assert!(!heard.id.is_empty(), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_types_are_told_only_to_whom_their_code_was_given() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[1].access_code = "friends-26".into();
    stage.publish(&event).await;
    let hidden = stage.kind(1);
    let mut stranger = OpenPage::listen(&stage, "lang=en&seen=nothing").await;
    let mut guesser = OpenPage::listen(&stage, "lang=en&seen=nothing&code=friends-27").await;
    let mut friend = OpenPage::listen(&stage, "lang=en&seen=nothing&code=friends-26").await;
    assert_ne!(friend.told().await.row(hidden), &Value::Null);
    for page in [&mut stranger, &mut guesser] {
        let heard = page.told().await;
        assert!(!heard.data.to_string().contains(hidden), "{heard:?}");
    }
    let mut wish = stage.wish(1, 10);
    wish["access_code"] = "friends-26".into();
    assert_eq!(stage.checkout("friend", &wish).await.0, 201);
    until_row(&mut friend, hidden, "said", "Sold out").await;
    for _ in 0..9 {
        stage.order(0, 10).await;
    }
    let heard = stranger.told().await;
    assert!(!heard.data.to_string().contains(hidden), "nothing was told of it in between: {heard:?}");
    assert_ne!(heard.row(stage.kind(0)), &Value::Null, "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_opens_brings_the_field_for_the_price_that_guests_name() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[0].capacity = 10;
    event.ticket_types[0].guest_price = Some(GuestPrice { least_minor: 500, most_minor: 10_000 });
    stage.publish(&event).await;
    let mut page = OpenPage::listen(&stage, "lang=en&seen=nothing").await;
    let (kind, field) = (stage.kind(0), format!("name=\"a-{}\"", stage.kind(0)));
    until_row(&mut page, kind, "amount", &field).await;
    stage.order(0, 10).await;
    let heard = until_row(&mut page, kind, "said", "Sold out").await;
    assert_eq!(heard.row(kind)["amount"], "", "there is nothing to name a price for: {heard:?}");
    let html = stage.get("/e/friday-night?lang=en").await.text().await.expect("a page");
    assert!(html.contains("data-amounts hidden") && !html.contains(&field), "{html}");
    stage.end_holds().await;
    let heard = until_row(&mut page, kind, "amount", &field).await;
    let amount = heard.row(kind)["amount"].as_str().expect("HTML");
    assert!(
        amount.contains("value=\"20.00\"") && amount.contains("5.00") && amount.contains("100.00"),
        "{amount}"
    );
    // Another range reads differently, though the row says no more than that guests name the price.
    event.revision = 3;
    event.ticket_types[0].guest_price = Some(GuestPrice { least_minor: 500, most_minor: 3_000 });
    stage.publish(&event).await;
    until_row(&mut page, kind, "amount", "30.00").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_called_off_is_the_end() {
    let stage = Stage::open().await;
    let mut page = OpenPage::load(&stage, "lang=en").await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.status = messages::marketing_admin::v1::EventStatus::Cancelled.into();
    stage.publish(&event).await;
    let mut heard = page.told().await;
    while heard.name != "gone" {
        heard = page.told().await;
    }
    assert!(page.hear().await.is_none(), "nothing comes after it");
    assert_eq!(stage.get("/e/friday-night/live").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_night_tells_nobody_without_its_code() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.visibility = messages::marketing_admin::v1::EventVisibility::Private.into();
    event.access_code = "only-us-26".into();
    stage.publish(&event).await;
    for path in ["/e/friday-night/live", "/e/friday-night/live?code=other", "/e/nowhere/live"] {
        assert_eq!(stage.get(path).await.status(), 404, "{path}");
    }
    let mut page = OpenPage::listen(&stage, "lang=en&code=only-us-26&seen=nothing").await;
    assert_eq!(page.told().await.name, "offers");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pages_are_counted_and_other_sites_refused() {
    let stage = Stage::with(&[("LIVE_PAGES", "2")]).await;
    let path = "/e/friday-night/live?lang=en";
    let elsewhere = stage.http.get(stage.url(path)).header("origin", "https://elsewhere.example");
    assert_eq!(elsewhere.send().await.expect("an answer").status(), 403);
    let own = stage.http.get(stage.url(path)).header("origin", PUBLIC_URL).send().await.expect("an answer");
    let other = stage.get(path).await;
    assert_eq!((own.status().as_u16(), other.status().as_u16()), (200, 200));
    let full = stage.get(path).await;
    assert_eq!(full.status(), 503);
    assert_eq!(full.headers()["retry-after"], "30");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_ends_its_streams() {
    let stage = Stage::open().await;
    let mut page = OpenPage::listen(&stage, "lang=en&seen=nothing").await;
    page.told().await;
    let Stage { service, .. } = stage;
    tokio::join!(service.stop(), async { while page.hear().await.is_some() {} });
}
