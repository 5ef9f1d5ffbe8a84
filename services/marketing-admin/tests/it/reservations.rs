//! Table reservations at the desk: the board as hosts see it, what the ticket site is told, and what whoever booked is mailed.

use std::sync::{Arc, Mutex};

use actix_web::{HttpRequest, HttpResponse};
use bus::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use db::Owner;
use db::testing::TestDatabase;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use marketing_admin::reservations::{consume, remind, store};
use messages::millis;
use messages::purchase::v1::{
    Buyer, LineKind, OrderLine, OrderPaid, Preordered, ReservationChanged, ReservedTable, TableDeposit,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use crate::disputes::delivery;
use crate::figures::order;
use crate::house::{House, PASSWORD, until};
use crate::identity::field;

#[path = "reservations_request.rs"]
mod request;

pub const MAX: &str = "max@club.test";
pub const VERA: &str = "vera@club.test";

/// A reservation of table 12 for eight, as the ticket site tells of it.
pub fn told(event: &str, id: Uuid, order: &str, revision: i64, state: &str) -> ReservationChanged {
    let now = SystemClock.now();
    ReservationChanged {
        reservation_id: id.to_string(),
        revision,
        event_id: event.to_owned(),
        order_id: order.to_owned(),
        order_reference: "K7MPX2QD".to_owned(),
        state: state.to_owned(),
        tables: vec![table(12, 10)],
        party: 8,
        booker: Some(Buyer {
            name: "Ana <b>Ruiz".to_owned(),
            email: "ana@example.org".to_owned(),
            language: "en".to_owned(),
        }),
        arrives_at: millis("2030-11-20T23:30:00Z".parse().expect("an instant")),
        occasion: "Birthday".to_owned(),
        wish: "Near the stage".to_owned(),
        host: String::new(),
        currency: "EUR".to_owned(),
        minimum_minor: 50_000,
        deposit_minor: 10_000,
        spent_minor: 0,
        balance_minor: 40_000,
        preorder: vec![Preordered {
            bottle_id: Uuid::now_v7().to_string(),
            name: "Mezcal".to_owned(),
            quantity: 2,
            price_minor: 12_000,
        }],
        order_url: String::new(),
        made_at: millis(now - TimeDelta::days(3)),
        changed_at: millis(now),
        held_until: millis(now + TimeDelta::minutes(10)),
        change: if revision == 1 { "made" } else { "confirm" }.to_owned(),
        promoter: "DJ Ñandú".to_owned(),
        asked: false,
        note: String::new(),
    }
}

pub fn table(number: u128, seats: i64) -> ReservedTable {
    ReservedTable { table_id: Uuid::from_u128(number).to_string(), label: format!("Table {number}"), seats }
}

/// The order that paid for it.
fn paid(event: &str) -> OrderPaid {
    let mut paid = order(event, &Uuid::now_v7().to_string(), "ana@example.org", 8);
    "http://tickets.maguey.localhost:8080/orders/K7MPX2QD?key=abc".clone_into(&mut paid.order_url);
    paid.total_minor = 10_000;
    if let Some(buyer) = &mut paid.buyer {
        "en".clone_into(&mut buyer.language);
    }
    paid.table = Some(TableDeposit {
        reservation_id: Uuid::now_v7().to_string(),
        tables: vec!["12".to_owned()],
        party: 8,
        arrives_at: millis("2030-11-20T23:30:00Z".parse().expect("an instant")),
        host: "Marta".to_owned(),
        occasion: "Birthday".to_owned(),
        minimum_minor: 50_000,
        balance_minor: 40_000,
    });
    paid
}

/// What the ticket site was asked: the path, the key, the body.
type Heard = Arc<Mutex<Vec<(String, String, Value)>>>;

async fn ticket_site(house: &House, heard: Heard, status: u16, answer: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let (heard, answer) = (heard.clone(), answer.clone());
        routes.post(
            "/internal/v1/reservations/{id}/{act}",
            move |caller: ServiceCaller<callers::Desk>, request: HttpRequest, body: ApiJson<Value>| {
                assert!(caller.staff.is_some(), "the ticket site is told who asks");
                let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
                let asked =
                    (request.path().to_owned(), key.unwrap_or_default().to_owned(), body.into_inner());
                heard.lock().expect("no panic").push(asked);
                let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
                let said = HttpResponse::build(status).json(&answer);
                async move { said }
            },
        );
    });
    web::boot::start(app).await.expect("free ports")
}

/// A desk beside a ticket site that answers every command like this, and a night on sale with a host who runs its tables.
pub struct Night {
    pub house: House,
    _site: Running,
    heard: Heard,
    pub event: String,
}

impl Night {
    pub async fn with(status: u16, answer: Value) -> Self {
        let mut house = House::unopened().await;
        let heard = Heard::default();
        let site = ticket_site(&house, heard.clone(), status, answer).await;
        house.purchase_url = format!("http://{}", site.internal);
        house.move_in().await;
        house.put_staff(VERA, "vip_host", PASSWORD).await;
        let owner = house.token("olga@club.test").await;
        let event = house.published(&owner, "Agave Nights").await["id"].as_str().expect("an id").to_owned();
        Self { house, _site: site, heard, event }
    }

    pub fn path(&self) -> String {
        format!("/admin/events/{}/reservations", self.event)
    }

    pub async fn hears(&self, message: &ReservationChanged) {
        self.house.say(message).await;
        let known = format!(
            "SELECT count(*) FROM reservations WHERE id = '{}' AND revision = {}",
            message.reservation_id, message.revision
        );
        until("the desk has heard", async || self.house.count(&known).await == 1).await;
    }

    pub async fn see(&self, who: &str, query: &str) -> String {
        let cookie = self.house.cookie(who).await;
        let answer = self.house.page(&format!("{}{query}", self.path()), &cookie).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("a page")
    }

    /// A form of the board, with its hidden fields: the status, where it leads, the page.
    async fn send(
        &self,
        who: &str,
        id: Uuid,
        act: &str,
        fields: &[(&str, &str)],
    ) -> (StatusCode, String, String) {
        let page = self.see(who, "").await;
        let (csrf, key) = (field(&page, "csrf"), field(&page, "form_key"));
        let cookie = self.house.cookie(who).await;
        let mut fields = fields.to_vec();
        fields.extend([("csrf", csrf.as_str()), ("form_key", key.as_str())]);
        let answer = self.house.submit(&format!("{}/{id}/{act}", self.path()), &cookie, &fields).await;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        (answer.status(), location, answer.text().await.expect("a page"))
    }

    fn heard(&self) -> Vec<(String, String, Value)> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn view(id: Uuid, revision: i64) -> Value {
    json!({
        "id": id, "state": "confirmed", "tables": [{"id": Uuid::from_u128(12), "label": "Table 12", "seats": 10}], "party": 8,
        "host": "", "currency": "EUR", "minimum_minor": 50_000, "deposit_minor": 10_000, "spent_minor": 0,
        "balance_minor": 40_000, "revision": revision,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_first_or_twice_the_newest_news_of_a_table_stands() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    for turn in 0..3_usize {
        let (event, id) = (Uuid::now_v7(), Uuid::now_v7());
        let order = Uuid::now_v7().to_string();
        let mut life: Vec<_> = [(1, "pending"), (2, "confirmed"), (3, "checked_in")]
            .map(|(revision, state)| told(&event.to_string(), id, &order, revision, state))
            .into();
        life.rotate_left(turn);
        for message in life.iter().chain(&life) {
            consume::reservation_changed(&mut conn, message.clone(), delivery()).await.expect("handled");
        }
        let again = consume::reservation_changed(&mut conn, life[0].clone(), delivery()).await;
        assert_eq!(again.expect("handled"), Outcome::Stale);
        let rows = store::of_night(&mut conn, event).await.expect("rows");
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].revision, rows[0].state.as_str()), (3, "checked_in"), "turn {turn}");
        assert_eq!(rows[0].tables()[0].label, "Table 12");
        assert_eq!(rows[0].preorder()[0].quantity, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_says_who_has_which_table_and_what_it_comes_to() {
    let night = Night::with(200, json!({})).await;
    assert!(night.see(VERA, "").await.contains("Nobody has a table yet"));
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let order = Uuid::now_v7().to_string();
    night.hears(&told(&night.event, first, &order, 2, "confirmed")).await;
    let mut inside = told(&night.event, second, &Uuid::now_v7().to_string(), 3, "checked_in");
    inside.tables = vec![table(3, 6)];
    inside.party = 4;
    inside.host = "Marta".to_owned();
    inside.spent_minor = 62_000;
    inside.balance_minor = 52_000;
    night.hears(&inside).await;
    let mut off = told(&night.event, Uuid::now_v7(), "", 4, "cancelled");
    off.tables = vec![table(99, 6)];
    night.hears(&off).await;

    let page = night.see(VERA, "").await;
    for said in [
        "Ana &#60;b&#62;Ruiz",
        "Table 12",
        "Table 3",
        "8 people",
        "Birthday",
        "Near the stage",
        "2 × Mezcal",
        "DJ Ñandú",
        "Marta",
        "K7MPX2QD",
        "Tonight (2)",
        "Inside (1)",
        "Over (1)",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(!page.contains("<b>Ruiz") && !page.contains("Table 99"), "{page}");
    // Both minimums; what both have paid; what is spent; what both still owe.
    for sum in ["1,000.00", "200.00", "620.00", "920.00"] {
        assert!(page.contains(sum), "{sum} in {page}");
    }
    let at = |page: &str, id: Uuid| page.find(&id.to_string()).expect("it stands there");
    assert!(at(&page, second) < at(&page, first), "table 3 stands before table 12");
    let by_arrival = night.see(VERA, "?by=arrival").await;
    assert!(by_arrival.contains("data-state=\"checked_in\""), "{by_arrival}");
    assert!(night.see(VERA, "?show=over").await.contains("Table 99"));
    assert!(night.see(VERA, "?show=inside").await.contains("Close the table"));
    let spanish = night.see(VERA, "?lang=es").await;
    assert!(spanish.contains("Mesa 12") && spanish.contains("8 personas"), "{spanish}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_is_for_who_runs_tables_and_is_found_from_the_nights() {
    let night = Night::with(200, json!({})).await;
    let door = night.house.token("dora@club.test").await;
    assert_eq!(night.house.get(&night.path(), &door).await.status(), StatusCode::FORBIDDEN);
    let cookie = night.house.cookie("olga@club.test").await;
    for from in ["/admin".to_owned(), "/admin/events".to_owned(), format!("/admin/events/{}", night.event)] {
        let page = night.house.page(&from, &cookie).await.text().await.expect("a page");
        assert!(page.contains(&format!("href=\"{}\"", night.path())), "{from}: {page}");
    }
    let owner = night.house.token("olga@club.test").await;
    let draft = night.house.post("/api/v1/events", &owner, crate::house::event("Draft")).await;
    let draft: Value = draft.json().await.expect("JSON");
    let path = format!("/admin/events/{}/reservations", draft["id"].as_str().expect("an id"));
    assert_eq!(night.house.page(&path, &cookie).await.status(), StatusCode::NOT_FOUND);
}

/// An act, what its form says, and what the ticket site is asked.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Value);

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_does_reaches_the_ticket_site_under_a_key_of_its_own() {
    let id = Uuid::now_v7();
    let night = Night::with(200, view(id, 2)).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let table = Uuid::from_u128(14).to_string();
    let cases: [Case<'_>; 7] = [
        ("tab", &[("spent", "120,50")], json!({"spent_minor": 12_050})),
        ("close", &[("spent", "620")], json!({"spent_minor": 62_000})),
        ("host", &[("host", " Marta ")], json!({"host": "Marta"})),
        ("party", &[("party", "9")], json!({"party": 9})),
        (
            "move",
            &[("table", table.as_str()), ("keep_minimum", "yes")],
            json!({"table": table, "keep_minimum": true}),
        ),
        ("merge", &[("table", table.as_str())], json!({"table": table})),
        ("release", &[], json!({})),
    ];
    for (act, fields, body) in cases {
        let (status, location, page) = night.send(VERA, id, act, fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{act}: {page}");
        assert_eq!(location, format!("{}?done={act}&reservation={id}", night.path()));
        let (path, key, said) = night.heard().pop().expect("it was asked");
        assert_eq!(path, format!("/internal/v1/reservations/{id}/{act}"));
        assert_eq!(said, body, "{act}");
        assert!(key.contains(act) && key.contains(&id.to_string()), "{key}");
        let query = location.split_once('?').expect("a query").1;
        assert!(night.see(VERA, &format!("?{query}")).await.contains("notice--good"), "{act}");
    }
    let asked = night.heard().len();
    let page = night.see(VERA, "").await;
    let (csrf, key) = (field(&page, "csrf"), field(&page, "form_key"));
    let cookie = night.house.cookie(VERA).await;
    for path in
        [format!("{}/{id}/dance", night.path()), format!("{}/{}/release", night.path(), Uuid::now_v7())]
    {
        let form = [("csrf", csrf.as_str()), ("form_key", key.as_str())];
        assert_eq!(night.house.submit(&path, &cookie, &form).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(night.heard().len(), asked, "nothing of that was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_swapped_with_a_party_of_the_same_night_alone() {
    let (id, other, stranger) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let night = Night::with(200, view(id, 2)).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let mut there = told(&night.event, other, &Uuid::now_v7().to_string(), 2, "confirmed");
    there.tables = vec![table(14, 8)];
    night.hears(&there).await;
    let elsewhere = Uuid::now_v7().to_string();
    night.hears(&told(&elsewhere, stranger, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let page = night.see(VERA, "").await;
    assert!(page.contains(&format!("<option value=\"{other}\"")), "{page}");
    assert!(!page.contains(&stranger.to_string()), "{page}");
    let (status, ..) = night.send(VERA, id, "swap", &[("with", stranger.to_string().as_str())]).await;
    assert_eq!((status, night.heard().len()), (StatusCode::NOT_FOUND, 0));
    let (status, ..) = night.send(VERA, id, "swap", &[("with", other.to_string().as_str())]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(night.heard()[0].2, json!({"with": other}));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_by_who_may_give_it_back() {
    let id = Uuid::now_v7();
    let night = Night::with(200, view(id, 2)).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    assert!(!night.see(VERA, "").await.contains("value=\"all\""), "a host is not offered it");
    let all = [("refund", "all"), ("reason", "Ill")];
    let (status, ..) = night.send(VERA, id, "cancel", &all).await;
    assert_eq!((status, night.heard().len()), (StatusCode::FORBIDDEN, 0));
    let (status, ..) = night.send(VERA, id, "cancel", &[("refund", "none"), ("reason", "Ill")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, ..) = night.send(MAX, id, "cancel", &all).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    // Paid a moment ago, and the desk has not heard of it yet: the ticket site would give it all back.
    let waits = Uuid::now_v7();
    let mut pending = told(&night.event, waits, &Uuid::now_v7().to_string(), 1, "pending");
    pending.tables = vec![table(14, 8)];
    night.hears(&pending).await;
    let asked = night.heard().len();
    let (status, ..) = night.send(VERA, waits, "cancel", &all).await;
    assert_eq!((status, night.heard().len()), (StatusCode::FORBIDDEN, asked));
    let part = [("refund", "amount"), ("amount", "50"), ("reason", "Ill")];
    let (status, ..) = night.send(MAX, id, "cancel", &part).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let said: Vec<Value> = night.heard().into_iter().map(|(_, _, body)| body["refund"].clone()).collect();
    assert_eq!(said, [json!("none"), json!("all"), json!({"amount_minor": 5_000})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_said_over_the_board_and_what_was_written_stays() {
    let id = Uuid::now_v7();
    let refused =
        json!({"code": "party_too_large", "errors": [{"field": "party", "code": "party_too_large"}]});
    let night = Night::with(409, refused).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let (status, _, page) = night.send(VERA, id, "party", &[("party", "30")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("so many do not fit at the table") && page.contains("value=\"30\""), "{page}");
    assert!(page.contains("<details class=\"board-act\" open>"), "{page}");
    for (act, fields, words) in [
        ("tab", ("spent", "lots"), "that is no amount"),
        ("move", ("table", "12"), "choose a table"),
        ("party", ("party", "many"), "say how many people"),
        ("cancel", ("refund", "none"), "say why"),
    ] {
        let (status, _, page) = night.send(VERA, id, act, &[fields]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(page.contains(words), "{act}: {page}");
    }
    assert_eq!(night.heard().len(), 1, "nothing of that was worth asking for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_site_that_is_away_leaves_the_board_and_the_key() {
    let id = Uuid::now_v7();
    let mut night = Night::with(200, json!({})).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    night.house.purchase_url = "http://127.0.0.1:9".to_owned();
    night.house.stop().await;
    night.house.start().await;
    let (status, _, page) = night.send(VERA, id, "host", &[("host", "Marta")]).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(page.contains("it is done once") && page.contains("value=\"Marta\""), "{page}");
}

/// The only mail with this in its subject, once it has arrived.
async fn letter(house: &House, subject: &str) -> Value {
    let arrived = async || -> Vec<Value> {
        let mails = house.mailbox("ana@example.org").await;
        mails
            .into_iter()
            .filter(|mail| mail["subject"].as_str().is_some_and(|said| said == subject))
            .collect()
    };
    until(&format!("“{subject}” arrives"), async || !arrived().await.is_empty()).await;
    let mut mails = arrived().await;
    assert_eq!(mails.len(), 1, "{subject}");
    mails.remove(0)
}

fn says(mail: &Value, words: &[&str]) {
    for part in ["html", "text"] {
        let text = mail[part].as_str().expect("text");
        for word in words {
            assert!(text.contains(word), "{word} in {part}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_about_a_table_has_the_booker_s_code_and_the_way_to_invite() {
    let night = Night::with(200, json!({})).await;
    let paid = paid(&night.event);
    night.house.say(&paid).await;
    night.house.say(&paid).await;
    let mail = letter(&night.house, "Your table 12: Agave Nights").await;
    let guests = "http://tickets.maguey.localhost:8080/orders/K7MPX2QD/guests?key=abc";
    let words = ["Table 12", "Marta", "Birthday", "500.00", "400.00", "7 more passes", guests, "00:30"];
    says(&mail, &words);
    let pictures = mail["attachments"].as_array().expect("attachments");
    assert_eq!(pictures.len(), 1, "their own pass alone: each guest gets theirs by name");
    let cid = format!("cid:{}", pictures[0]["content_id"].as_str().expect("an id"));
    assert!(mail["html"].as_str().expect("html").contains(&cid));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_booked_hears_what_is_otherwise_about_their_table_once() {
    let night = Night::with(200, json!({})).await;
    let (id, paid) = (Uuid::now_v7(), paid(&night.event));
    night.hears(&told(&night.event, id, &paid.order_id, 1, "pending")).await;
    night.hears(&told(&night.event, id, &paid.order_id, 2, "confirmed")).await;
    night.house.say(&paid).await;
    letter(&night.house, "Your table 12: Agave Nights").await;

    let mut moved = told(&night.event, id, &paid.order_id, 3, "confirmed");
    moved.change = "moved".to_owned();
    moved.tables = vec![table(14, 10)];
    night.hears(&moved).await;
    night.house.say(&moved).await;
    let mail = letter(&night.house, "Changed: your table 14 at Agave Nights").await;
    says(&mail, &["You have table 14 now.", "orders/K7MPX2QD?key=abc", "2 × Mezcal"]);

    let mut spent = moved.clone();
    (spent.revision, spent.spent_minor, spent.change) = (4, 9_000, "tab".to_owned());
    night.hears(&spent).await;
    let mut off = spent.clone();
    (off.revision, off.state, off.change) = (5, "cancelled".to_owned(), "cancel".to_owned());
    night.hears(&off).await;
    let mail = letter(&night.house, "Cancelled: your table 14 at Agave Nights").await;
    says(&mail, &["its passes let nobody in"]);
    let count = "SELECT count(*) FROM emails WHERE template LIKE 'table%'";
    assert_eq!(night.house.count(count).await, 2, "what is on the tab is no news");

    // What was never theirs is not taken from them.
    let never = Uuid::now_v7();
    night.hears(&told(&night.event, never, &Uuid::now_v7().to_string(), 1, "pending")).await;
    night.hears(&told(&night.event, never, &Uuid::now_v7().to_string(), 2, "cancelled")).await;
    assert_eq!(night.house.count(count).await, 2);

    let late = Uuid::now_v7();
    night.hears(&told(&night.event, late, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    night.hears(&told(&night.event, late, &Uuid::now_v7().to_string(), 3, "no_show")).await;
    letter(&night.house, "Your table 12 was given away: Agave Nights").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_booked_is_reminded_once_within_the_last_day() {
    let night = Night::with(200, json!({})).await;
    let (id, paid) = (Uuid::now_v7(), paid(&night.event));
    let now = SystemClock.now();
    let mut soon = told(&night.event, id, &paid.order_id, 2, "confirmed");
    soon.arrives_at = millis(now + TimeDelta::hours(23));
    night.hears(&soon).await;
    night.house.say(&paid).await;
    letter(&night.house, "Your table 12: Agave Nights").await;
    // Booked within the day: they know it well.
    let mut just = told(&night.event, Uuid::now_v7(), &paid.order_id, 2, "confirmed");
    (just.arrives_at, just.made_at) = (millis(now + TimeDelta::hours(23)), millis(now));
    night.hears(&just).await;
    let at = |at: DateTime<Utc>| -> SharedClock { Arc::new(FixedClock::at(at)) };
    let too_soon = remind::pass(&night.house.db, &at(now - TimeDelta::hours(2))).await;
    assert_eq!(too_soon.expect("looked"), 0);
    // The service looks on its own, too: whoever comes first, it is one mail.
    let (one, other) = (at(now), at(now));
    let (first, second) =
        tokio::join!(remind::pass(&night.house.db, &one), remind::pass(&night.house.db, &other));
    assert!(first.expect("looked") + second.expect("looked") <= 1);
    let mail = letter(&night.house, "Soon: your table 12 at Agave Nights").await;
    says(&mail, &["your table waits for you", "orders/K7MPX2QD?key=abc", "2 × Mezcal"]);
    let reminders = "SELECT count(*) FROM emails WHERE template = 'table_reminder'";
    assert_eq!(night.house.count(reminders).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_said_again_or_of_who_was_forgotten_is_not_mailed_and_leaves_no_way_to_the_order() {
    let night = Night::with(200, json!({})).await;
    let paid = paid(&night.event);
    night.house.say(&paid).await;
    letter(&night.house, "Your table 12: Agave Nights").await;
    let (id, mails) = (Uuid::now_v7(), "SELECT count(*) FROM emails WHERE template LIKE 'table%'");
    night.hears(&told(&night.event, id, &paid.order_id, 2, "confirmed")).await;
    let mut again = told(&night.event, id, &paid.order_id, 3, "no_show");
    again.change = String::new();
    night.hears(&again).await;
    assert_eq!(night.house.count(mails).await, 0, "only said again");

    let order = format!("SELECT count(*) FROM table_orders WHERE order_id = '{}'", paid.order_id);
    assert_eq!(night.house.count(&order).await, 1);
    let mut erased = told(&night.event, id, &paid.order_id, 4, "confirmed");
    let nobody = format!("erased-{}@erased.invalid", paid.order_id);
    erased.booker = Some(Buyer { email: nobody, language: "en".to_owned(), ..Buyer::default() });
    (erased.change, erased.tables) = ("erased".to_owned(), vec![table(14, 10)]);
    night.hears(&erased).await;
    assert_eq!(night.house.count(&order).await, 0, "its address has the key in it");
    let mut later = erased.clone();
    (later.revision, later.change, later.host) = (5, "host".to_owned(), "Marta".to_owned());
    night.hears(&later).await;
    assert_eq!(night.house.count(mails).await, 0, "nobody is there to be told");

    let mut conn = night.house.db.conn().await.expect("a connection");
    let key = paid.order_id.parse().expect("an id");
    store::note_order(&mut conn, key, &paid.order_url).await.expect("noted");
    assert_eq!(night.house.count(&order).await, 0, "nor does it come back when it is said again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_s_bill_is_in_the_reader_s_language_and_a_larger_party_hears_of_its_passes() {
    let night = Night::with(200, json!({})).await;
    let mut paid = paid(&night.event);
    paid.lines = vec![OrderLine {
        kind: LineKind::Ticket.into(),
        label: "Table 12".to_owned(),
        quantity: 8,
        total_minor: 10_000,
        ..OrderLine::default()
    }];
    if let Some(buyer) = &mut paid.buyer {
        "es".clone_into(&mut buyer.language);
    }
    night.house.say(&paid).await;
    let mail = letter(&night.house, "Tu mesa 12: Agave Nights").await;
    says(&mail, &["Mesa 12"]);
    assert!(!mail["text"].as_str().expect("text").contains("Table"), "{mail}");

    let id = Uuid::now_v7();
    night.hears(&told(&night.event, id, &paid.order_id, 2, "confirmed")).await;
    let mut grown = told(&night.event, id, &paid.order_id, 3, "confirmed");
    (grown.party, grown.change) = (9, "grown".to_owned());
    night.hears(&grown).await;
    let mail = letter(&night.house, "Changed: your table 12 at Agave Nights").await;
    says(&mail, &["for 9 people now", "The passes of your party are on"]);
    assert!(!mail["text"].as_str().expect("text").contains("stay as they are"), "{mail}");
}
