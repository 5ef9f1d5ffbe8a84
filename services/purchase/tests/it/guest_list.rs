//! The guest list: places from the one stock, a cut-off on every ticket, allotments that hold, and places that come free again.

mod stock;

use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, DbSettings};
use diesel_async::RunQueryDsl;
use domain::ids::StaffId;
use ed25519_dalek::SigningKey;
use futures::future::join_all;
use messages::marketing_admin::v1::{EventChanged, EventNewDate};
use messages::purchase::v1::{OrderPaid, OrderRefunded, RefundReason, TicketChanged};
use prost::Message;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use web::service_token::ServiceSigner;

use crate::stage::{Order, Stage};

/// Half an hour after the doors of the stage's night.
fn cut_off(stage: &Stage) -> DateTime<Utc> {
    let doors = DateTime::from_timestamp_millis(stage.event.entry_from).expect("a time");
    let at = doors + TimeDelta::minutes(30);
    DateTime::from_timestamp(at.timestamp(), 0).expect("a time")
}

impl Stage {
    fn guest(&self, party: u32, promoter: &str) -> Value {
        json!({
            "ticket_type": self.kind(0), "name": "Ana López", "email": "ana@example.org", "language": "es",
            "party": party, "promoter": promoter, "note": "", "admit_until": cut_off(self),
        })
    }

    /// Posts below the night's list as the desk does, for a member of staff.
    async fn list_post(&self, below: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
        let seed = STANDARD.decode(self.keys.service_signing("marketing-admin")).expect("base64");
        let seed: [u8; 32] = seed.try_into().expect("32 bytes");
        let now = DateTime::<Utc>::from(std::time::SystemTime::now());
        let signer = ServiceSigner::new("marketing-admin", &SigningKey::from_bytes(&seed));
        let token = signer.token_for(Some(StaffId::generate()), "purchase", now);
        let url = format!("http://{}/internal/v1/guest-list/{below}", self.service.internal);
        let mut call = self.http.post(url).bearer_auth(token).json(body);
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn add(&self, key: &str, guest: &Value) -> (u16, Value) {
        self.list_post(&format!("{}/entries", self.event.event_id), Some(key), guest).await
    }

    async fn allot(&self, promoter: &str, places: Option<u32>) -> (u16, Value) {
        let body = json!({"promoter": promoter, "places": places});
        self.list_post(&format!("{}/allotments", self.event.event_id), None, &body).await
    }

    async fn change(&self, entry: &Value, wish: &Value) -> (u16, Value) {
        let id = entry["id"].as_str().expect("an id");
        self.list_post(&format!("entries/{id}"), None, wish).await
    }

    async fn stay(&self, entry: &Value, party: u32) -> (u16, Value) {
        self.change(entry, &json!({"party": party})).await
    }

    async fn listed(&self) -> Value {
        let path = format!("/internal/v1/guest-list/{}", self.event.event_id);
        let (status, body) = self.inside("marketing-admin", &path, None).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// What the guest list says of itself is what stock and tickets say; and all that the stage holds anyway.
    async fn audit_list(&self) {
        let heads = "SELECT count(*) FROM guest_list g WHERE g.party <>
            (SELECT count(*) FROM tickets t WHERE t.order_id = g.order_id AND NOT t.place_freed)
            OR EXISTS (SELECT FROM tickets t WHERE t.order_id = g.order_id AND t.admit_until IS DISTINCT FROM g.admit_until)";
        assert_eq!(self.count(heads).await, 0, "a ticket for each head, with the cut-off");
        let allotments = "SELECT count(*) FROM guest_list_allotments a WHERE taken > places OR taken <>
            coalesce((SELECT sum(party) FROM guest_list g
                       WHERE g.event_id = a.event_id AND g.promoter_key = a.promoter_key), 0)";
        assert_eq!(self.count(allotments).await, 0, "allotments count their guests");
        self.audit().await;
    }

    /// The newest message of a subject.
    pub async fn said<M: Message + Default>(&self, subject: &str) -> M {
        #[derive(diesel::QueryableByName)]
        struct Payload {
            #[diesel(sql_type = diesel::sql_types::Binary)]
            payload: Vec<u8>,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        let newest = format!(
            "SELECT payload FROM purchase.outbox WHERE subject = '{subject}' ORDER BY created_at DESC, message_id DESC LIMIT 1"
        );
        let row: Payload =
            diesel::sql_query(newest).get_result(&mut *conn).await.expect("a message of this subject");
        M::decode(row.payload.as_slice()).expect("a message")
    }

    async fn sold(&self) -> i64 {
        self.count(&format!("SELECT sold FROM stock WHERE id = '{}'", self.kind(0))).await
    }
}

/// The order that an entry is, by its page.
fn order_of(entry: &Value) -> Order {
    let page = entry["url"].as_str().expect("a URL").strip_prefix(crate::stage::PUBLIC_URL).expect("ours");
    Order {
        reference: entry["reference"].as_str().expect("a reference").to_owned(),
        page: page.to_owned(),
        api: format!("/api/v1{page}"),
        checkout_url: None,
    }
}

fn tickets(list: &Value) -> Vec<String> {
    let tickets = list["entries"][0]["tickets"].as_array().expect("tickets").iter();
    tickets.map(|id| id.as_str().expect("an id").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_gets_a_ticket_for_each_head_with_the_cut_off_on_page_paper_and_in_the_messages() {
    let stage = Stage::open().await;
    let (status, entry) = stage.add("ana", &stage.guest(3, " DJ  Ñandú ")).await;
    assert_eq!((status, &entry["tickets"]), (200, &json!(3)), "{entry}");
    assert_eq!(stage.sold().await, 3);
    let order = order_of(&entry);
    let now = stage.order_now(&order).await;
    assert_eq!((&now["state"], &now["quote"]["total"]["minor"]), (&json!("paid"), &json!(0)));
    let until =
        |ticket: &Value| ticket["admit_until"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    assert!(now["tickets"].as_array().expect("tickets").iter().all(|t| until(t) == Some(cut_off(&stage))));
    let html = stage.get(&order.page).await.text().await.expect("a page");
    assert_eq!(html.matches("Lets in until").count(), 3, "{html}");
    let pdf = stage.get(&order.file("tickets.pdf")).await;
    assert_eq!(pdf.status(), 200);

    let millis = cut_off(&stage).timestamp_millis();
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!(told.admit_until, millis, "the door knows it");
    let paid: OrderPaid = stage.said("order.paid").await;
    assert!(paid.tickets.iter().all(|ticket| ticket.admit_until == millis), "and so does the mail");
    assert_eq!(paid.promoter, "DJ Ñandú", "the promoter is credited");

    let list = stage.listed().await;
    let one = &list["entries"][0];
    assert_eq!(
        (&one["name"], &one["party"], &one["promoter"]),
        (&json!("Ana López"), &json!(3), &json!("DJ Ñandú"))
    );
    assert_eq!(tickets(&list).len(), 3);
    assert_eq!(list["allotments"], json!([{"promoter": "DJ Ñandú", "places": null, "taken": 3}]));
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'guest_list.added' AND staff_id IS NOT NULL
                       AND detail ->> 'promoter' = 'DJ Ñandú' AND detail ->> 'tickets' = '3'";
    assert_eq!(stage.count(on_record).await, 1);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_offs_move_with_the_night_once_and_the_door_hears_of_it() {
    let stage = Stage::open().await;
    let (status, entry) = stage.add("ana", &stage.guest(2, "")).await;
    assert_eq!(status, 200, "{entry}");
    let week = TimeDelta::days(7);
    let by = week.num_milliseconds();
    let now = DateTime::<Utc>::from(std::time::SystemTime::now()).timestamp_millis() + 1;
    let moved = EventChanged {
        revision: 2,
        starts_at: stage.event.starts_at + by,
        ends_at: stage.event.ends_at + by,
        entry_from: stage.event.entry_from + by,
        entry_until: stage.event.entry_until + by,
        changed_at: now,
        new_date: Some(EventNewDate {
            new_date_id: uuid::Uuid::now_v7().to_string(),
            from_starts_at: stage.event.starts_at,
            note: String::new(),
            given_at: now,
        }),
        ..stage.event.clone()
    };
    stage.publish(&moved).await;
    stage.until_count("SELECT count(*) FROM new_dates WHERE list_followed", 1).await;
    // Another change of the night on its new date moves nothing more.
    stage.publish(&EventChanged { revision: 3, title: "Renamed".into(), ..moved }).await;
    stage.until_count("SELECT count(*) FROM new_dates WHERE finished_at IS NOT NULL", 1).await;
    let after = cut_off(&stage) + week;
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!((told.admit_until, told.revision), (after.timestamp_millis(), 2), "the door knows it");
    let list = stage.listed().await;
    let until = list["entries"][0]["admit_until"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    assert_eq!(until, Some(after), "{list}");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_bought_has_no_cut_off() {
    let stage = Stage::open().await;
    let (_, bought) = stage.bought(0, 1).await;
    assert_eq!(bought["tickets"][0]["admit_until"], Value::Null);
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!(told.admit_until, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_adds_once_and_is_answered_the_same_when_the_time_has_passed() {
    let stage = Stage::open().await;
    let guest = stage.guest(2, "");
    let answers = join_all((0..8).map(|_| stage.add("same", &guest))).await;
    for (status, body) in &answers {
        assert_eq!((*status, &body["id"]), (200, &answers[0].1["id"]), "{body}");
    }
    let (status, body) = stage.add("same", &stage.guest(3, "")).await;
    assert_eq!((status, &body["code"]), (422, &json!("idempotency_key_reused")));
    let (status, body) = stage.list_post(&format!("{}/entries", stage.event.event_id), None, &guest).await;
    assert_eq!((status, &body["code"]), (400, &json!("idempotency_key_required")));
    // The night has moved: nobody new could be added with this cut-off, and who was stays.
    let mut event = stage.event.clone();
    event.revision = 2;
    event.entry_from += 3_600_000;
    stage.publish(&event).await;
    assert_eq!(stage.add("same", &guest).await.0, 200);
    assert_eq!(stage.add("another", &guest).await.0, 422);
    assert_eq!(stage.count("SELECT count(*) FROM guest_list").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'guest_list.added'").await, 1);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_its_field_and_nothing_is_left_behind() {
    let stage = Stage::open().await;
    let with = |field: &str, value: Value| {
        let mut guest = stage.guest(2, "DJ");
        guest[field] = value;
        guest
    };
    let end = DateTime::from_timestamp_millis(stage.event.ends_at).expect("a time");
    for (guest, code, field, fault) in [
        (with("name", json!(" ")), "invalid_name", "name", "invalid_name"),
        (with("name", json!("http://evil.example")), "invalid_name", "name", "invalid_name"),
        (with("email", json!("ana@")), "invalid_email", "email", "invalid_email"),
        (with("party", json!(0)), "invalid_quantity", "party", "invalid_quantity"),
        (with("party", json!(21)), "invalid_quantity", "party", "invalid_quantity"),
        (with("promoter", json!("x".repeat(81))), "invalid_name", "promoter", "invalid_name"),
        (with("note", json!("x".repeat(501))), "too_long", "note", "too_long"),
        (
            with("ticket_type", json!(uuid::Uuid::now_v7())),
            "unknown_ticket_type",
            "ticket_type",
            "unknown_ticket_type",
        ),
        (
            with("admit_until", json!(cut_off(&stage) - TimeDelta::hours(1))),
            "invalid_time",
            "admit_until",
            "outside_the_night",
        ),
        (
            with("admit_until", json!(end + TimeDelta::seconds(1))),
            "invalid_time",
            "admit_until",
            "outside_the_night",
        ),
    ] {
        let (status, body) = stage.add("refused", &guest).await;
        let first = &body["errors"][0];
        assert_eq!((status, &body["code"]), (422, &json!(code)), "{guest} {body}");
        assert_eq!((&first["field"], &first["code"]), (&json!(field), &json!(fault)), "{body}");
    }
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[0].places = 5;
    stage.publish(&event).await;
    let (status, body) = stage.add("table", &stage.guest(1, "")).await;
    assert_eq!((status, &body["code"]), (422, &json!("not_for_guests")), "a head is a ticket");
    let path = format!("/internal/v1/guest-list/{}/entries", stage.event.event_id);
    assert_eq!(stage.inside("scanner", &path, Some(stage.guest(1, ""))).await.0, 403);
    let elsewhere = format!("{}/entries", uuid::Uuid::now_v7());
    assert_eq!(stage.list_post(&elsewhere, Some("elsewhere"), &stage.guest(1, "")).await.0, 404);
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM guest_list_allotments").await, 0);
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0);
}

/// Guests of the list and guests who buy take from one stock, down to the last place. `race.rs` shows that the same rush on a
/// naive shop oversells.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_shop_take_from_one_stock() {
    let stage = Stage::open().await;
    stage.resize(2, 30).await;
    let (guest, wish) = (stage.guest(2, "DJ"), stage.wish(0, 1));
    let keys: Vec<String> = (0..20).map(|n| format!("guest-{n}")).collect();
    let listed = join_all(keys.iter().map(|key| stage.add(key, &guest)));
    let bought = join_all(keys.iter().map(|key| stage.checkout(key, &wish)));
    let (listed, bought) = tokio::join!(listed, bought);
    let on_the_list = 2 * listed.iter().filter(|(status, _)| *status == 200).count();
    let held = bought.iter().filter(|(status, _)| *status == 201).count();
    assert!(on_the_list + held >= 29, "what is left is too little for two: {on_the_list} + {held}");
    assert!(on_the_list + held <= 30, "{on_the_list} + {held}");
    for (status, body) in &listed {
        assert!(*status == 200 || (*status == 409 && body["code"] == "sold_out"), "{status} {body}");
    }
    stage.audit_list().await;
}

const PLACES: i64 = 9;
const GUESTS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn an_allotment_holds_however_many_are_added_at_once() {
    let stage = Stage::open().await;
    assert_eq!(stage.allot("DJ Ñandú", Some(9)).await.0, 200);
    let keys: Vec<String> = (0..GUESTS).map(|n| format!("guest-{n}")).collect();
    // However it is written, it is one promoter; and another one has no limit.
    let guests: Vec<Value> =
        (0..GUESTS).map(|n| stage.guest(1, ["DJ Ñandú", "dj ñandú", "DJ  ÑANDÚ", "Bea"][n % 4])).collect();
    let answers = join_all(keys.iter().zip(&guests).map(|(key, guest)| stage.add(key, guest))).await;
    let (mut of_dj, mut of_bea) = (0, 0);
    for (n, (status, body)) in answers.iter().enumerate() {
        match (n % 4, *status) {
            (3, 200) => of_bea += 1,
            (_, 200) => of_dj += 1,
            (kind, 409) => assert!(kind < 3 && body["code"] == "allotment_used", "{body}"),
            other => panic!("{other:?} {body}"),
        }
    }
    assert_eq!((of_dj, of_bea), (PLACES, GUESTS as i64 / 4), "not one more and not one fewer");
    assert_eq!(stage.sold().await, PLACES + GUESTS as i64 / 4, "who was refused has no place");
    stage.audit_list().await;
}

/// The control: who looks at the allotment without its lock, and writes without the CHECK, brings more than it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_rush_without_the_lock_brings_too_many() {
    let stage = Stage::open().await;
    stage.allot("DJ", Some(9)).await;
    stage.sql("ALTER TABLE guest_list_allotments DROP CONSTRAINT guest_list_allotment_holds").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    let (brought, all_have_looked) = (AtomicI64::new(0), Barrier::new(15));
    join_all((0..15).map(|_| naive(&db, &brought, &all_have_looked))).await;
    let brought = brought.into_inner();
    assert!(brought > PLACES, "the rush is no test: {brought} of {PLACES}");
    assert_eq!(stage.count("SELECT taken FROM guest_list_allotments").await, brought);
}

/// Check, then act.
async fn naive(db: &Db, brought: &AtomicI64, all_have_looked: &Barrier) {
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        left: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let check = "SELECT places - taken AS left FROM purchase.guest_list_allotments";
    let found: Left = diesel::sql_query(check).get_result(&mut *conn).await.expect("a row");
    all_have_looked.wait().await;
    if found.left > 0 {
        let act = "UPDATE purchase.guest_list_allotments SET taken = taken + 1";
        diesel::sql_query(act).execute(&mut *conn).await.expect("written");
        brought.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allotment_is_set_anew_but_never_below_the_guests_on_the_list() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("a", &stage.guest(4, "DJ")).await;
    let (status, body) = stage.allot("dj", Some(3)).await;
    assert_eq!(
        (status, &body["code"], &body["errors"][0]["field"]),
        (409, &json!("below_taken"), &json!("places"))
    );
    assert_eq!(stage.allot("DJ", Some(4)).await.1["taken"], 4);
    let (status, body) = stage.add("b", &stage.guest(1, "DJ")).await;
    assert_eq!((status, &body["errors"][0]["field"]), (409, &json!("promoter")));
    assert_eq!(stage.stay(&entry, 3).await.1["party"], 3);
    assert_eq!(stage.add("c", &stage.guest(1, "DJ")).await.0, 200, "what leaves the list counts no longer");
    assert_eq!(stage.allot("DJ", None).await.0, 200);
    assert_eq!(stage.allot("DJ", None).await.0, 200);
    assert_eq!(stage.add("d", &stage.guest(20, "DJ")).await.0, 200, "without a limit");
    assert_eq!(stage.allot("  ", Some(3)).await.0, 422);
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'guest_list.allotted' AND staff_id IS NOT NULL";
    assert_eq!(stage.count(on_record).await, 2, "what changed nothing is not");
    let mut conn = stage.admin.conn().await.expect("a connection");
    let bug =
        diesel::sql_query("UPDATE purchase.guest_list_allotments SET places = 1").execute(&mut *conn).await;
    let error = db::DbError::from(bug.expect_err("refused"));
    assert_eq!(error.constraint(), Some("guest_list_allotment_holds"), "the second fence");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_has_a_bad_code_and_the_place_goes_to_the_line() {
    let stage = Stage::open().await;
    stage.resize(2, 3).await;
    let (_, entry) = stage.add("ana", &stage.guest(3, "DJ")).await;
    stage.join("bea@example.org", 2).await;
    let before = tickets(&stage.listed().await);
    let (status, left) = stage.stay(&entry, 1).await;
    assert_eq!((status, &left), (200, &json!({"party": 1, "waiting": false})));
    stage.until_state("bea@example.org", "offered").await;
    let after = tickets(&stage.listed().await);
    assert_eq!(after.len(), 1);
    assert!(before.contains(&after[0]));
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!((told.reason(), told.amount_minor, told.ticket_ids.len()), (RefundReason::GuestList, 0, 2));
    assert!(told.ticket_ids.iter().all(|id| before.contains(id) && !after.contains(id)));
    let bad = "SELECT count(*) FROM tickets WHERE state = 'cancelled' AND revision = 2 AND place_freed";
    assert_eq!(stage.count(bad).await, 2);
    let heard = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed' AND revision = 2";
    assert_eq!(stage.count(heard).await, 2, "the door hears of each");
    stage.audit_list().await;

    // The same again changes nothing; what is offered to the line is nobody else's.
    assert_eq!(stage.stay(&entry, 1).await, (200, left));
    let (status, body) = stage.stay(&entry, 2).await;
    assert_eq!((status, &body["code"]), (409, &json!("sold_out")));
    assert_eq!(stage.stay(&entry, 0).await.1["party"], 0);
    assert_eq!(stage.stay(&entry, 0).await.1["party"], 0, "a double click");
    assert_eq!(stage.listed().await["entries"], json!([]));
    let order = order_of(&entry);
    assert_eq!(stage.order_now(&order).await["state"], "refunded");
    let html = stage.get(&order.page).await.text().await.expect("a page");
    assert!(
        html.contains("No longer valid")
            && html.contains("cost nothing")
            && !html.contains("Your money goes back"),
        "{html}"
    );
    for (action, times) in [("guest_list.shrunk", 1), ("guest_list.removed", 1)] {
        let rows = format!(
            "SELECT count(*) FROM audit_log WHERE action = '{action}' AND target = '{}'",
            order.reference
        );
        assert_eq!(stage.count(&rows).await, times, "{action}");
    }
    assert_eq!(stage.stay(&json!({"id": uuid::Uuid::now_v7()}), 0).await.0, 404);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_inside_stays_and_the_others_go() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(4, "DJ")).await;
    let all = tickets(&stage.listed().await);
    let ordinals = "SELECT count(*) FROM tickets WHERE ordinal = 4 AND state = 'valid'";
    assert_eq!(stage.count(ordinals).await, 1);
    // Two of them have come in.
    stage.door.inside(&all[0]);
    stage.door.inside(&all[2]);
    let (status, left) = stage.stay(&entry, 3).await;
    assert_eq!((status, &left["party"]), (200, &json!(3)), "{left}");
    let (status, left) = stage.stay(&entry, 0).await;
    assert_eq!((status, &left), (200, &json!({"party": 2, "waiting": false})), "nobody inside is put out");
    let mut inside = vec![all[0].clone(), all[2].clone()];
    let mut stay = tickets(&stage.listed().await);
    inside.sort();
    stay.sort();
    assert_eq!(stay, inside);
    assert_eq!(stage.sold().await, 2);
    assert_eq!(stage.order_now(&order_of(&entry)).await["state"], "paid");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_door_is_asked_again_and_nothing_is_given_twice_meanwhile() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "DJ")).await;
    stage.door.silent(true);
    let (status, left) = stage.stay(&entry, 1).await;
    assert_eq!((status, &left), (200, &json!({"party": 2, "waiting": true})));
    let list = stage.listed().await;
    assert_eq!((&list["entries"][0]["party"], &list["entries"][0]["wanted"]), (&json!(2), &json!(1)));
    assert_eq!(stage.sold().await, 2, "the places are theirs until the door says who is inside");
    // What is spoken for can't slip away to somebody else.
    let ticket = tickets(&list).remove(0);
    let order = order_of(&entry);
    let name = order.page.replacen('?', &format!("/tickets/{ticket}/name?"), 1);
    let renamed = stage.send(&name, &[("name", "Bea")]).await;
    assert_eq!(renamed.status(), 409, "{renamed:?}");
    stage.audit_list().await;

    stage.door.silent(false);
    stage.sql("UPDATE guest_list SET next_try_at = now()").await;
    stage.until_count("SELECT count(*) FROM guest_list WHERE asked_at IS NULL AND party = 1", 1).await;
    assert_eq!(stage.sold().await, 1);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_the_list_is_taken_off_there_and_not_given_back() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "DJ")).await;
    let order = order_of(&entry);
    let (status, refused) = stage.give_back(&order, "all", json!({})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|why| why.contains("guest list")), "{refused}");
    let path = format!("/internal/v1/orders/{}", order.reference);
    assert_eq!(stage.inside("marketing-admin", &path, None).await.1["guest_list"], true);
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_grows_within_stock_and_allotment_and_shrinks_again_as_one() {
    let stage = Stage::open().await;
    stage.allot("DJ", Some(5)).await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "DJ")).await;
    let (status, grown) = stage.stay(&entry, 4).await;
    assert_eq!((status, &grown), (200, &json!({"party": 4, "waiting": false})));
    assert_eq!(stage.stay(&entry, 4).await, (200, grown), "the same again brings nobody twice");
    assert_eq!(stage.sold().await, 4);
    let list = stage.listed().await;
    let one = &list["entries"][0];
    assert_eq!(list["entries"].as_array().map(Vec::len), Some(1), "one line: {list}");
    assert_eq!((&one["id"], &one["party"], &one["wanted"]), (&entry["id"], &json!(4), &json!(4)), "{list}");
    assert_eq!((tickets(&list).len(), one["more_urls"].as_array().map(Vec::len)), (4, Some(1)));
    assert_eq!(list["allotments"][0]["taken"], 4, "the promoter's");
    let paid: OrderPaid = stage.said("order.paid").await;
    assert_eq!((paid.tickets.len(), paid.promoter.as_str()), (2, "DJ"), "the new codes are mailed");
    let cut = cut_off(&stage).timestamp_millis();
    assert!(paid.tickets.iter().all(|ticket| ticket.admit_until == cut), "until the same time");
    let (status, refused) = stage.stay(&entry, 6).await;
    assert_eq!((status, &refused["code"]), (409, &json!("allotment_used")), "{refused}");
    let (status, refused) = stage.stay(&entry, 21).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("party")), "{refused}");
    stage.audit_list().await;

    // Of those who came to it later one is inside: the others go, whichever gift they are of.
    let later = paid.tickets[0].ticket_id.clone();
    stage.door.inside(&later);
    assert_eq!(stage.stay(&entry, 1).await, (200, json!({"party": 1, "waiting": false})));
    assert_eq!(tickets(&stage.listed().await), [later]);
    assert_eq!(stage.stay(&entry, 0).await.1["party"], 1, "nobody inside is put out");
    assert_eq!(stage.sold().await, 1);
    for (action, times) in [("guest_list.added", 1), ("guest_list.grown", 1), ("guest_list.shrunk", 1)] {
        let rows =
            format!("SELECT count(*) FROM audit_log WHERE action = '{action}' AND staff_id IS NOT NULL");
        assert_eq!(stage.count(&rows).await, times, "{action}");
    }
    assert_eq!(stage.stay(&entry, 3).await.1["party"], 3, "and grows again");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_does_not_grow_while_the_door_is_asked_about_it_nor_from_nothing() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "")).await;
    stage.door.silent(true);
    assert_eq!(stage.stay(&entry, 1).await.1["waiting"], true);
    for wish in [
        json!({"party": 3}),
        json!({"name": "Bea"}),
        json!({"admit_until": cut_off(&stage) + TimeDelta::hours(1)}),
    ] {
        let (status, refused) = stage.change(&entry, &wish).await;
        assert_eq!((status, &refused["code"]), (409, &json!("still_leaving")), "{wish}: {refused}");
    }
    stage.door.silent(false);
    assert_eq!(stage.stay(&entry, 0).await, (200, json!({"party": 0, "waiting": false})));
    let (status, refused) = stage.stay(&entry, 2).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "{refused}");
    assert_eq!(stage.sold().await, 0);
    stage.audit_list().await;
}

/// Parties that grow and guests who buy take from one stock, down to the last place.
#[tokio::test(flavor = "multi_thread")]
async fn parties_that_grow_and_the_shop_take_from_one_stock() {
    let stage = Stage::open().await;
    stage.resize(2, 30).await;
    let keys: Vec<String> = (0..10).map(|n| format!("guest-{n}")).collect();
    let guest = stage.guest(1, "");
    let entries: Vec<Value> = join_all(keys.iter().map(|key| stage.add(key, &guest)))
        .await
        .into_iter()
        .map(|(_, entry)| entry)
        .collect();
    let wish = stage.wish(0, 1);
    let grown = join_all(entries.iter().map(|entry| stage.stay(entry, 3)));
    let bought = join_all(keys.iter().map(|key| stage.checkout(key, &wish)));
    let (grown, bought) = tokio::join!(grown, bought);
    let more = 2 * grown.iter().filter(|(status, _)| *status == 200).count();
    let held = bought.iter().filter(|(status, _)| *status == 201).count();
    assert!(10 + more + held <= 30, "{more} + {held}");
    assert!(10 + more + held >= 29, "what is left is too little for two: {more} + {held}");
    for (status, body) in &grown {
        assert!(*status == 200 || (*status == 409 && body["code"] == "sold_out"), "{status} {body}");
    }
    stage.audit_list().await;
}

const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_make_a_party_larger_at_once_one_does() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "")).await;
    for (status, body) in join_all((0..AT_ONCE).map(|_| stage.stay(&entry, 4))).await {
        assert_eq!((status, &body["party"]), (200, &json!(4)), "{body}");
    }
    assert_eq!(stage.listed().await["entries"][0]["party"], 4);
    assert_eq!(stage.sold().await, 4);
    stage.audit_list().await;
}

/// The control: who looks at the size, and then brings what is missing under a key of their own, brings too many.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_the_common_key_brings_too_many() {
    let stage = Stage::open().await;
    let guest = stage.guest(2, "");
    stage.add("ana", &guest).await;
    let all_have_looked = Barrier::new(AT_ONCE);
    let brought = join_all((0..AT_ONCE).map(|n| {
        let (stage, guest, all_have_looked) = (&stage, &guest, &all_have_looked);
        async move {
            let party = stage.count("SELECT sum(party) FROM guest_list").await;
            all_have_looked.wait().await;
            if party < 4 { stage.add(&format!("naive-{n}"), guest).await.0 } else { 0 }
        }
    }))
    .await;
    assert!(brought.iter().all(|status| *status == 200), "{brought:?}");
    let party = stage.count("SELECT sum(party) FROM guest_list").await;
    assert!(party > 4, "the rush is no test: {party}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cut_off_and_the_name_change_on_every_ticket_until_the_night_is_over() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "")).await;
    assert_eq!(stage.stay(&entry, 3).await.0, 200);
    // One of them has a name of its own.
    let mine = tickets(&stage.listed().await).remove(0);
    stage.sql(&format!("UPDATE tickets SET holder_name = 'Cleo' WHERE id = '{mine}'")).await;
    let later = cut_off(&stage) + TimeDelta::hours(1);
    let wish = json!({"name": " Bea Ruiz ", "admit_until": later, "party": 3});
    let (status, body) = stage.change(&entry, &wish).await;
    assert_eq!((status, &body), (200, &json!({"party": 3, "waiting": false})));
    let list = stage.listed().await;
    let one = &list["entries"][0];
    assert_eq!((&one["name"], &one["party"]), (&json!("Bea Ruiz"), &json!(3)), "{list}");
    let until = one["admit_until"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    assert_eq!(until, Some(later));
    let named = "SELECT count(*) FROM tickets WHERE holder_name = 'Bea Ruiz' AND revision = 2";
    assert_eq!(stage.count(named).await, 2);
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE holder_name = 'Cleo'").await,
        1,
        "keeps its name"
    );
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!((told.admit_until, told.revision), (later.timestamp_millis(), 2), "the door knows it");
    let mails = "SELECT count(*) FROM outbox WHERE subject = 'order.mail_asked'";
    assert_eq!(stage.count(mails).await, 2, "whoever was mailed the old time is mailed the new one");
    assert_eq!(stage.change(&entry, &wish).await.0, 200);
    assert_eq!(stage.count(mails).await, 2, "the same again changes nothing");
    let on_record = "SELECT count(*) FROM audit_log WHERE action = 'guest_list.changed' AND staff_id IS NOT NULL
                       AND detail -> 'before' ->> 'name' = 'Ana López' AND detail -> 'after' ->> 'name' = 'Bea Ruiz'";
    assert_eq!(stage.count(on_record).await, 1);
    stage.audit_list().await;

    for (wish, field, code) in [
        (json!({"admit_until": later - TimeDelta::hours(3)}), "admit_until", "outside_the_night"),
        (json!({"admit_until": "9999-01-01T00:00:00Z"}), "admit_until", "outside_the_night"),
        (json!({"name": "www.evil.example"}), "name", "invalid_name"),
        (json!({"party": 4, "admit_until": "9999-01-01T00:00:00Z"}), "admit_until", "outside_the_night"),
    ] {
        let (status, body) = stage.change(&entry, &wish).await;
        assert_eq!(
            (status, &body["errors"][0]),
            (422, &json!({"field": field, "code": code})),
            "{wish}: {body}"
        );
    }
    assert_eq!(stage.sold().await, 3, "what is refused brings nobody");
    assert_eq!(stage.change(&json!({"id": uuid::Uuid::now_v7()}), &wish).await.0, 404);
    stage.sql("UPDATE events SET entry_from = now() - interval '3 hours', starts_at = now() - interval '2 hours',
               ends_at = now() - interval '1 hour'").await;
    let (status, body) = stage.change(&entry, &json!({"name": "Dora"})).await;
    assert_eq!((status, &body["code"]), (409, &json!("not_on_sale")), "{body}");
    stage.audit_list().await;
}
