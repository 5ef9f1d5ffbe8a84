//! The rooms where guests and staff write most: questions and answers, a group's form, a friend's page, the line, the guest list,
//! promoters, refunds and their reasons, disputes and their proof.

use super::*;
use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use e2e::guest::{Placed, card};
use e2e::sandbox;
use reqwest::Response;

/// Those of the payloads that can be somebody's name.
fn names() -> [&'static str; 4] {
    [0, 2, 8, 15].map(|each| PAYLOADS[each])
}

const ALL: &[&str] = &PAYLOADS;

/// As many as a night may ask.
fn labels() -> &'static [&'static str] {
    &ALL[..20]
}

struct Rooms<'a> {
    stack: &'a Stack,
    desk: &'a Desk,
    reader: &'a Reader,
    night: Night,
    /// What it asks, in the order of [`labels`].
    questions: Vec<String>,
    event: Value,
}

impl Rooms<'_> {
    /// Sends a form of our own page.
    async fn send(&self, path: &str, fields: &[(String, &str)]) -> Result<Response> {
        let site = &self.stack.urls.purchase;
        let post = self.reader.client.post(format!("{site}{path}")).header("origin", site);
        Ok(post.header("accept", "text/html").form(fields).send().await?)
    }

    /// What a page of the desk holds, as it is sent.
    async fn text(&self, path: &str) -> Result<String> {
        let page = self.reader.client.get(format!("{}{path}", self.stack.urls.marketing));
        let page = page.header("accept", "text/html").header("cookie", self.cookie());
        Ok(page.send().await?.error_for_status()?.text().await?)
    }

    fn cookie(&self) -> String {
        format!("__Host-maguey_staff={}", self.desk.token())
    }

    /// Has a page of the desk read; gives its words.
    async fn at_the_desk(&self, path: &str) -> Result<String> {
        self.reader.page(&format!("{}{path}", self.stack.urls.marketing), self.desk.token()).await
    }

    fn kind(&self, index: usize) -> &str {
        self.event["ticket_types"][index]["id"].as_str().unwrap_or_default()
    }

    async fn counts(&self, many: i64, from: &str) {
        until(&format!("{many} of {from}"), PATIENCE, || async {
            let statement = format!("select count(*) as sum from {from}");
            (audit::count(self.stack, &statement).await.ok()? >= many).then_some(())
        })
        .await;
    }
}

/// A night that asks hostile questions, with a promoter of each hostile name; its doors open tomorrow.
async fn asking<'a>(stack: &'a Stack, desk: &'a Desk, reader: &'a Reader) -> Result<Rooms<'a>> {
    let venue = json!({"name": "Maguey", "address": "Calle 1", "time_zone": "Europe/Madrid"});
    desk.post("/api/v1/venues", &venue).await?.error_for_status()?;
    let night = Night { starts_at: SystemClock.now() + TimeDelta::days(1), ..Night::open_now() };
    let mut body = night.body();
    let ask = |text: &&str| json!({"label": {"en": text, "es": text}, "kind": "text"});
    body["terms"]["questions"] = labels().iter().map(ask).collect();
    let last = json!({"name": "Last one", "capacity": 1, "price": {"minor": 0, "currency": "EUR"}});
    body["ticket_types"].as_array_mut().expect("types").push(last);
    let made: Value = desk.post("/api/v1/events", &body).await?.error_for_status()?.json().await?;
    let path = format!("/api/v1/events/{}", made["id"].as_str().unwrap_or_default());
    desk.post(&format!("{path}/publish"), &json!({})).await?.error_for_status()?;
    let asked = made["terms"]["questions"].as_array().cloned().unwrap_or_default();
    let questions: Vec<String> =
        asked.iter().filter_map(|question| question["id"].as_str().map(str::to_owned)).collect();
    assert_eq!(questions.len(), labels().len(), "{made}");
    for (index, text) in names().into_iter().enumerate() {
        let promo = json!({"name": text, "code": format!("ROOM-{index}"), "off": {"basis_points": 1000}, "promoter": text});
        desk.post("/api/v1/promos", &promo).await?.error_for_status()?;
    }
    let event = Guest::new(stack)?.event(&night.slug).await;
    let rooms = Rooms { stack, desk, reader, night, questions, event };
    rooms.counts(names().len() as i64, "purchase.promos").await;
    Ok(rooms)
}

/// An order under a hostile name, credited to a hostile promoter, with each hostile answer; paid.
async fn answers(rooms: &Rooms<'_>, index: usize, name: &str) -> Result<(Guest, Placed, Value)> {
    let guest = Guest::new(rooms.stack)?;
    let answers: serde_json::Map<String, Value> =
        rooms.questions.iter().cloned().zip(labels().iter().map(|text| json!(text))).collect();
    let wish = json!({"event": rooms.event["id"], "items": [{"ticket_type": rooms.kind(0), "quantity": 2}],
        "buyer": {"name": name, "email": guest.email}, "promo": format!("ROOM-{index}"), "answers": answers});
    let answer = guest.ask_with(&wish, &Uuid::new_v4().to_string()).await?;
    let status = answer.status();
    let body: Value = answer.json().await?;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let order = placed(&body)?;
    guest.pay(&order, card::GOOD).await?;
    let paid = guest.order_becomes(&order, "paid").await;
    let shown = rooms.reader.page(&order.url, "").await?;
    let record = rooms.at_the_desk(&format!("/admin/orders/{}", order.reference)).await?;
    for text in labels() {
        for page in [&shown, &record] {
            assert!(page.matches(&words(text)).count() >= 2, "{text} as question and as answer: {page}");
        }
    }
    Ok((guest, order, paid))
}

/// One ticket of the order goes to a friend of that name: first with a mistake, which shows the form again with all that was written.
async fn passes_on(rooms: &Rooms<'_>, order: &Placed, paid: &Value, name: &str) -> Result<()> {
    let ticket = paid["tickets"][0]["id"].as_str().unwrap_or_default();
    let path = format!("/orders/{}/guests?key={}", order.reference, order.key);
    let friend = Guest::new(rooms.stack)?;
    let form = |email| {
        [("how".to_owned(), "transfer"), (format!("name-{ticket}"), name), (format!("email-{ticket}"), email)]
    };
    let wrong = rooms.send(&path, &form("no address")).await?;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    rooms.reader.read("a group's form with a mistake", &wrong.text().await?).await?;
    let sent = rooms.send(&path, &form(&friend.email)).await?;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER, "{name}");
    rooms.reader.page(&format!("{}{path}", rooms.stack.urls.purchase), "").await?;
    let shown = rooms.reader.page(&order.url, "").await?;
    assert!(shown.contains(&words(name)), "{name}: {shown}");

    let mail = friend.mail().await;
    rooms.reader.read("a friend's mail", mail["html"].as_str().unwrap_or_default()).await?;
    let text = mail["text"].as_str().unwrap_or_default();
    let link =
        text.split_whitespace().find(|word| word.contains("/tickets/")).expect("the ticket's own page");
    let own = rooms.reader.page(link, "").await?;
    assert!(own.contains(&words(name)), "{name}: {own}");
    Ok(())
}

/// Somebody of that name waits in line, after a mistake.
async fn waits(rooms: &Rooms<'_>, name: &str) -> Result<()> {
    let path = format!("/e/{}/waitlist", rooms.night.slug);
    let guest = Guest::new(rooms.stack)?;
    let form = |party| {
        [("ticket_type", rooms.kind(1)), ("party", party), ("name", name), ("email", guest.email.as_str())]
            .map(|(field, text)| (field.to_owned(), text))
    };
    let wrong = rooms.send(&path, &form("99")).await?;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    rooms.reader.read("the line's form with a mistake", &wrong.text().await?).await?;
    let fine = form("1");
    until("the line takes the guest in", PATIENCE, || async {
        let joined = rooms.send(&path, &fine).await.ok()?;
        (joined.status() == StatusCode::SEE_OTHER).then_some(())
    })
    .await;
    let mail = guest.mail().await;
    rooms.reader.read("the line's mail", mail["html"].as_str().unwrap_or_default()).await?;
    let text = mail["text"].as_str().unwrap_or_default();
    let link = text.split_whitespace().find(|word| word.contains("/waitlist/")).expect("their own page");
    rooms.reader.page(link, "").await?;
    Ok(())
}

/// Staff put guests of those names on the list, brought by promoters of those names, with a note for the door.
async fn lists(rooms: &Rooms<'_>) -> Result<()> {
    let path = format!("/admin/events/{}/guest-list", rooms.event["id"].as_str().unwrap_or_default());
    let page = rooms.text(&path).await?;
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let csrf = csrf.expect("a form of the desk").to_owned();
    let until = (rooms.night.starts_at + TimeDelta::hours(3)).format("%Y-%m-%dT%H:%M").to_string();
    for name in names() {
        let key = Uuid::new_v4().simple().to_string();
        let form = [
            ("csrf", csrf.as_str()),
            ("form_key", key.as_str()),
            ("name", name),
            ("party", "1"),
            ("admit_until", until.as_str()),
            ("ticket_type", rooms.kind(0)),
            ("email", ""),
            ("promoter", name),
            ("note", name),
        ];
        let site = &rooms.stack.urls.marketing;
        let post = rooms.reader.client.post(format!("{site}{path}")).header("origin", site);
        let sent = post.header("cookie", rooms.cookie()).form(&form).send().await?;
        let (status, said) = (sent.status(), sent.text().await?);
        assert_eq!(status, StatusCode::SEE_OTHER, "{name}: {said}");
    }
    let list = rooms.at_the_desk(&path).await?;
    for name in names() {
        assert!(list.matches(&words(name)).count() >= 3, "{name}: guest, promoter and note: {list}");
    }
    Ok(())
}

/// The first half of the orders is disputed by the guests' banks; the desk shows each with its proof.
async fn disputes(rooms: &Rooms<'_>, many: usize) -> Result<()> {
    let state = sandbox::state(rooms.stack).await?;
    for payment in state["payments"].as_array().into_iter().flatten().take(many) {
        sandbox::dispute(rooms.stack, payment["payment_intent"].as_str().unwrap_or_default()).await?;
    }
    rooms.counts(many as i64, "purchase.disputes").await;
    rooms.counts(many as i64, "marketing_admin.order_disputes").await;
    rooms.at_the_desk("/admin/disputes").await?;
    let list = rooms.text("/admin/disputes").await?;
    let proofs: Vec<&str> =
        list.split("\"/admin/disputes/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(proofs.len() >= many, "{list}");
    let mut told = String::new();
    for proof in proofs {
        told.push_str(&rooms.at_the_desk(&format!("/admin/disputes/{proof}")).await?);
    }
    for name in names().into_iter().take(many) {
        assert!(told.contains(&words(name)), "{name}: {told}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_the_rooms_where_people_write_stays_text() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let reader = Reader { browser: Browser::open(PHONE).await?, client: stack.client()? };
    reader.browser.go("about:blank").await?;
    let rooms = Box::pin(asking(&stack, &desk, &reader)).await?;
    let page = reader.page(&format!("{}/e/{}", stack.urls.purchase, rooms.night.slug), "").await?;
    for text in labels() {
        assert!(page.contains(&words(text)), "{text} is asked: {page}");
    }

    let mut orders = Vec::new();
    for (index, name) in names().into_iter().enumerate() {
        orders.push(Box::pin(answers(&rooms, index, name)).await?);
    }
    // Nobody waits for what is still to be had.
    let last = Guest::new(&stack)?;
    let wish = json!({"event": rooms.event["id"], "items": [{"ticket_type": rooms.kind(1), "quantity": 1}],
        "buyer": {"name": "Ana", "email": last.email}});
    let sold_out = last.ask_with(&wish, &Uuid::new_v4().to_string()).await?;
    assert_eq!(sold_out.status(), StatusCode::CREATED);
    for (name, (_, order, paid)) in names().into_iter().zip(&orders) {
        Box::pin(passes_on(&rooms, order, paid, name)).await?;
        Box::pin(waits(&rooms, name)).await?;
    }
    Box::pin(lists(&rooms)).await?;

    let half = orders.len() / 2;
    Box::pin(disputes(&rooms, half)).await?;
    for (name, (guest, order, _)) in names().into_iter().zip(&orders).skip(half) {
        let path = format!("/api/v1/orders/{}/refunds", order.reference);
        let key = format!("back-{}", order.reference);
        let wish = json!({"key": key, "reason": name, "anyway": false});
        let answer = desk.post(&path, &wish).await?;
        let (status, body) = (answer.status(), answer.text().await?);
        assert!(status.is_success(), "{name}: {status} {body}");
        guest.order_becomes(order, "refunded").await;
        let record = rooms.at_the_desk(&format!("/admin/orders/{}", order.reference)).await?;
        assert!(record.contains(&words(name)), "{name}: {record}");
        reader.page(&order.url, "").await?;
    }
    rooms.counts(names().len() as i64, "marketing_admin.orders where promoter <> ''").await;
    let promoters = rooms.at_the_desk("/admin/promoters").await?;
    for name in names() {
        assert!(promoters.contains(&words(name)), "{name}: {promoters}");
    }
    for path in ["/admin/payments", "/admin/orders", "/admin/emails", "/admin/reconciliation", "/admin"] {
        rooms.at_the_desk(path).await?;
    }
    reader.browser.close().await
}
