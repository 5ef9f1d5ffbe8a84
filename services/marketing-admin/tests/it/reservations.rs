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

mod acts;
mod mails;
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
