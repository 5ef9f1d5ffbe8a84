//! The presale: who registered is let in first, each by a code of their own, once.

use futures::future::join_all;
use messages::marketing_admin::v1::{EventChanged, TicketType};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{WAITING, ask, opening, until_offered};
use crate::late::tell;
use crate::stage::{LOOKS, Order, Stage, pause};
use crate::tables::stage::plan_of;

const CARD: &str = "4242424242424242";
const USED: &str = "access_code_used";

/// A night whose sale begins in an hour, and which has a hidden type for friends.
fn hidden(stage: &Stage, revision: i64, millis: i64) -> EventChanged {
    let mut event = opening(stage, revision, millis);
    let first = TicketType {
        ticket_type_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, stage.event.event_id.as_bytes()).to_string(),
        name: "First come".into(),
        access_code: "FIRST".into(),
        sale_from: 0,
        position: 2,
        ..event.ticket_types[0].clone()
    };
    event.ticket_types.push(first);
    event
}

struct Presale {
    stage: Stage,
    kind: String,
    path: String,
}

impl Presale {
    async fn registered(guests: &[&str]) -> Self {
        let stage = Stage::open().await;
        let night = hidden(&stage, 2, 3_600_000);
        stage.publish(&night).await;
        until_offered(&stage, true).await;
        for guest in guests {
            assert_eq!(ask(&stage, guest).await.status(), 303);
        }
        let path = format!("/internal/v1/presales/{}", stage.event.event_id);
        Self { kind: night.ticket_types[2].ticket_type_id.clone(), path, stage }
    }

    async fn open(&self, code: &str) -> (u16, Value) {
        self.stage.inside("marketing-admin", &self.path, Some(json!({"access_code": code}))).await
    }

    /// The code that was mailed to a guest.
    async fn code_of(&self, guest: &str) -> String {
        let told = self.stage.reminded().await;
        let mails: Vec<_> =
            told.iter().filter(|(to, sale)| to == guest && !sale.presale_code.is_empty()).collect();
        assert_eq!(mails.len(), 1, "{guest} is told once: {told:?}");
        let sale = &mails[0].1;
        assert!(sale.page_url.ends_with(&format!("/e/friday-night?code={}", sale.presale_code)), "{sale:?}");
        sale.presale_code.clone()
    }

    async fn buy(&self, code: &str, email: &str, quantity: u32) -> (u16, Value) {
        let mut wish = self.stage.wish(0, quantity);
        wish["items"][0]["ticket_type"] = json!(self.kind);
        (wish["buyer"]["email"], wish["access_code"]) = (json!(email), json!(code));
        let (status, body) = self.stage.checkout(&Uuid::now_v7().to_string(), &wish).await;
        (status.as_u16(), body)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_registered_buys_first_with_a_code_of_their_own() {
    let presale = Presale::registered(&["ana@example.org", "bea@example.org"]).await;
    let stage = &presale.stage;
    let (_, before) = stage.inside("marketing-admin", &presale.path, None).await;
    assert_eq!(before, json!({"registered": 2, "opened_at": null, "told": 0, "used": 0}));
    assert_eq!(presale.open("NOTHING").await.0, 422, "no hidden type has it");
    assert_eq!(stage.inside("scanner", &presale.path, Some(json!({"access_code": "FIRST"}))).await.0, 403);
    for _ in 0..2 {
        let (status, body) = presale.open("FIRST").await;
        assert_eq!(status, 200, "{body}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'presale.opened'").await, 1);
    stage.until_count("SELECT count(presale_code) FROM sale_reminders", 2).await;
    // Who comes now is told when the sale begins, and has no code.
    assert_eq!(ask(stage, "carl@example.org").await.status(), 303);

    let (ana, bea) = (presale.code_of("ana@example.org").await, presale.code_of("bea@example.org").await);
    assert_ne!(ana, bea);
    let shown = stage.get(&format!("/e/friday-night?code={ana}")).await.text().await.expect("a page");
    assert!(shown.contains("First come"), "{shown}");
    let bare = stage.get("/e/friday-night").await.text().await.expect("a page");
    assert!(!bare.contains("First come"));
    assert_eq!(presale.buy("PRE-ABCDEFGHJKLM", "eve@example.org", 1).await.0, 422, "a guess opens nothing");

    let (status, body) = presale.buy(&ana, "ana@example.org", 2).await;
    assert_eq!(status, 201, "{body}");
    let (status, refused) = presale.buy(&ana, "friend@example.org", 1).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some(USED)), "{refused}");
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    assert_eq!(presale.buy(&ana, "friend@example.org", 1).await.0, 409, "nor when it is paid");

    // What runs out unpaid gives the code back.
    let (status, body) = presale.buy(&bea.to_lowercase(), "bea@example.org", 1).await;
    assert_eq!(status, 201, "however it is written: {body}");
    stage.end_holds().await;
    stage.until(&Order::of(&body), "expired").await;
    assert_eq!(presale.buy(&bea, "bea@example.org", 1).await.0, 201);
    let (_, after) = stage.inside("marketing-admin", &presale.path, None).await;
    assert_eq!((&after["registered"], &after["told"], &after["used"]), (&json!(3), &json!(2), &json!(2)));

    // The sale begins for everybody: all three are told, and the codes stand for nothing any more.
    stage.publish(&hidden(stage, 3, -1000)).await;
    stage.until_count(WAITING, 0).await;
    assert_eq!(presale.buy(&bea, "bea@example.org", 1).await.0, 422);
    assert_eq!(presale.open("FIRST").await.0, 409);
    stage.audit().await;
}

/// Money that came when the places were gone bought nothing: it goes back, and the code is as good as after an order that ran out.
#[tokio::test(flavor = "multi_thread")]
async fn whose_money_came_too_late_has_the_code_again() {
    let presale = Presale::registered(&["ana@example.org"]).await;
    let stage = &presale.stage;
    assert_eq!(presale.open("FIRST").await.0, 200);
    stage.until_count("SELECT count(presale_code) FROM sale_reminders", 1).await;
    let code = presale.code_of("ana@example.org").await;
    stage.drop_webhooks().await;
    let (status, body) = presale.buy(&code, "ana@example.org", 2).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    // Its places were freed although its session was paid, and somebody else has them.
    stage
        .sql(
            "UPDATE attempts SET state = 'dead', settled_at = now();
             UPDATE orders SET state = 'expired', expired_at = now();
             UPDATE stock SET held = 0, asked_capacity = 1, capacity = 1",
        )
        .await;
    stage.pay(&order, CARD).await;
    tell(stage).await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    let (_, now) = stage.inside("marketing-admin", &presale.path, None).await;
    assert_eq!(now["used"], 0, "{now}");
    let (status, body) = presale.buy(&code, "ana@example.org", 1).await;
    assert_eq!(status, 201, "{body}");
    let (status, refused) = presale.buy(&code, "friend@example.org", 1).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some(USED)), "once: {refused}");
    stage.audit().await;
}

/// Two orders with one code: the first ran out, and its money comes late; the second is `paid`, or ran out as well.
async fn late_beside_a_newer_one(presale: &Presale, paid: bool) -> (Order, Order) {
    let stage = &presale.stage;
    assert_eq!(presale.open("FIRST").await.0, 200);
    stage.until_count("SELECT count(presale_code) FROM sale_reminders", 1).await;
    let code = presale.code_of("ana@example.org").await;
    stage.drop_webhooks().await;
    let (status, body) = presale.buy(&code, "ana@example.org", 1).await;
    assert_eq!(status, 201, "{body}");
    let late = Order::of(&body);
    let run_out = "UPDATE attempts SET state = 'dead', settled_at = now() WHERE state = 'open';
         UPDATE orders SET state = 'expired', expired_at = now() WHERE state = 'pending';
         UPDATE stock SET held = 0";
    stage.sql(run_out).await;
    let (status, body) = presale.buy(&code, "ana@example.org", 2).await;
    assert_eq!(status, 201, "what ran out gave the code back: {body}");
    let newer = Order::of(&body);
    if paid {
        stage.pay(&newer, CARD).await;
        stage.get(&format!("{}&session_id={}", newer.page, newer.session())).await;
        stage.until(&newer, "paid").await;
    } else {
        stage.sql(run_out).await;
    }
    stage.pay(&late, CARD).await;
    (late, newer)
}

async fn hears(stage: &Stage, order: &Order) {
    let session = json!({"id": order.session(), "object": "checkout.session"});
    stage.tell("evt_late", "checkout.session.completed", session).await;
}

/// Late money finds the code used by a newer order and goes back, although there is room. In the control run nobody knows any more that
/// the first order was of the code: one code has two orders.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_goes_back_where_a_newer_order_has_its_code() {
    for guarded in [true, false] {
        let presale = Presale::registered(&["ana@example.org"]).await;
        let (late, newer) = late_beside_a_newer_one(&presale, true).await;
        let stage = &presale.stage;
        if !guarded {
            stage.sql("UPDATE checkout_requests SET key = 'gone' WHERE key LIKE 'presale:%:0'").await;
        }
        hears(stage, &late).await;
        if !guarded {
            stage.until(&late, "paid").await;
            continue;
        }
        let body = stage.until(&late, "refunded").await;
        assert_eq!(body["refunds"][0]["reason"], "late_payment", "{body}");
        stage.all_succeeded(1).await;
        assert_eq!(stage.order_now(&newer).await["state"], "paid");
        assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await, 2);
        let (_, now) = stage.inside("marketing-admin", &presale.path, None).await;
        assert_eq!(now["used"], 1, "{now}");
        let code = presale.code_of("ana@example.org").await;
        let (status, refused) = presale.buy(&code, "friend@example.org", 1).await;
        assert_eq!((status, refused["code"].as_str()), (409, Some(USED)), "the newer one has it: {refused}");
        stage.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_has_its_code_again_where_nobody_used_it() {
    let presale = Presale::registered(&["ana@example.org"]).await;
    let (late, newer) = late_beside_a_newer_one(&presale, false).await;
    let stage = &presale.stage;
    hears(stage, &late).await;
    stage.until(&late, "paid").await;
    let code = presale.code_of("ana@example.org").await;
    let (status, refused) = presale.buy(&code, "friend@example.org", 1).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some(USED)), "its own order has it: {refused}");
    // The newer one's money comes as well, after all of it.
    stage.pay(&newer, CARD).await;
    let session = json!({"id": newer.session(), "object": "checkout.session"});
    stage.tell("evt_later", "checkout.session.completed", session).await;
    stage.until(&newer, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await, 1);
    let (_, now) = stage.inside("marketing-admin", &presale.path, None).await;
    assert_eq!(now["used"], 1, "{now}");
    stage.audit().await;
}

/// Of many who hold one code at the same moment one has an order. The control run takes away what makes them one.
#[tokio::test(flavor = "multi_thread")]
async fn one_code_is_one_order_however_many_try_at_once() {
    for (guarded, orders) in [(true, 1), (false, 2)] {
        let presale = Presale::registered(&["ana@example.org"]).await;
        let stage = &presale.stage;
        assert_eq!(presale.open("FIRST").await.0, 200);
        stage.until_count("SELECT count(presale_code) FROM sale_reminders", 1).await;
        let code = presale.code_of("ana@example.org").await;
        if !guarded {
            let (status, body) = presale.buy(&code, "first@example.org", 1).await;
            assert_eq!(status, 201, "{body}");
            stage.sql("UPDATE checkout_requests SET key = 'gone' WHERE key LIKE 'presale:%'").await;
        }
        let emails: Vec<String> = (0..6).map(|n| format!("guest{n}@example.org")).collect();
        let answers = join_all(emails.iter().map(|email| presale.buy(&code, email, 1))).await;
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
        for (status, body) in answers.iter().filter(|(status, _)| *status != 201) {
            assert_eq!((*status, body["code"].as_str()), (409, Some(USED)), "{body}");
        }
        assert_eq!(stage.count("SELECT count(*) FROM orders").await, orders, "guarded: {guarded}");
        stage.audit().await;
    }
}

/// The page of a guest's own code asks for its picture with it: guests of a carrier who all come at once are no guesser, and buy.
#[tokio::test(flavor = "multi_thread")]
async fn guests_who_look_at_the_night_with_their_own_codes_are_not_shut_out() {
    let presale = Presale::registered(&["ana@example.org"]).await;
    let stage = &presale.stage;
    assert_eq!(presale.open("FIRST").await.0, 200);
    stage.until_count("SELECT count(presale_code) FROM sale_reminders", 1).await;
    let code = presale.code_of("ana@example.org").await;
    for _ in 0..12 {
        let picture = stage.get(&format!("/e/friday-night/poster.svg?code={code}")).await;
        assert_eq!(picture.status(), 200);
    }
    assert_eq!(stage.get(&format!("/e/friday-night?code={code}")).await.status(), 200);
    let (status, body) = presale.buy(&code, "ana@example.org", 1).await;
    assert_eq!(status, 201, "{body}");
    // The control: who names codes that look like nobody's is told to wait.
    for _ in 0..12 {
        stage.get("/e/friday-night/poster.svg?code=GUESS").await;
    }
    assert_eq!(stage.get("/e/friday-night?code=GUESS").await.status(), 429);
}

/// The line of a hidden type is joined with the guest's own code, from the page that shows it, and by nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_code_waits_for_what_it_opens_and_nobody_else_does() {
    let presale = Presale::registered(&["ana@example.org"]).await;
    let stage = &presale.stage;
    assert_eq!(presale.open("FIRST").await.0, 200);
    stage.until_count("SELECT count(presale_code) FROM sale_reminders", 1).await;
    let code = presale.code_of("ana@example.org").await;
    let mut full = hidden(stage, 3, 3_600_000);
    full.ticket_types[2].capacity = 1;
    stage.publish(&full).await;
    assert_eq!(presale.buy("FIRST", "carl@example.org", 1).await.0, 201, "the last one");

    let join = async |code: &str, email: &str| {
        let fields = [
            ("ticket_type", presale.kind.as_str()),
            ("party", "1"),
            ("name", "Ana"),
            ("email", email),
            ("access_code", code),
        ];
        stage.send("/e/friday-night/waitlist", &fields).await
    };
    // What is shown of a night may be a moment old: until then there is nothing to wait for.
    let mut joined = join(&code, "ana@example.org").await;
    for _ in 0..LOOKS {
        if joined.status() == 303 {
            break;
        }
        pause().await;
        joined = join(&code, "ana@example.org").await;
    }
    let back = joined.headers()["location"].to_str().expect("text").to_owned();
    assert!(stage.get(&back).await.text().await.expect("a page").contains("First come"), "{back}");
    for guess in ["", "PRE-ABCDEFGHJKLM"] {
        assert_eq!(join(guess, "eve@example.org").await.status(), 422, "{guess}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM waitlist WHERE email = 'ana@example.org'").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM waitlist").await, 1, "nobody else waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_the_presale_is_not_spent_on_a_table() {
    let presale = Presale::registered(&["ana@example.org"]).await;
    let stage = &presale.stage;
    let plan = plan_of(stage);
    stage.publish_plan(&plan).await;
    assert_eq!(presale.open("FIRST").await.0, 200);
    stage.until_count("SELECT count(presale_code) FROM sale_reminders", 1).await;
    let ana = presale.code_of("ana@example.org").await;
    let mut wish = stage.table_wish(&plan, 1, 2);
    wish["access_code"] = json!(ana);
    let (status, body) = stage.reserve("a-table", &wish).await;
    assert_eq!(status, 201, "{body}");
    let (status, body) = presale.buy(&ana, "ana@example.org", 1).await;
    assert_eq!(status, 201, "the code is for tickets: {body}");
    stage.audit().await;
}
