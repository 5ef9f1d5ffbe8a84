//! What a club sells with: rising prices, group tickets, extras, shared limits, limits per guest, hidden types, taxes.

use futures::future::join_all;
use messages::marketing_admin::v1::{
    Companion, EventChanged, EventVisibility, PriceTier, ServiceFee, SharedCap, Tax, TicketKind, TicketType,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{LOOKS, Order, Stage, pause};

const CARD: &str = "4242424242424242";
const NO_FEE: Option<ServiceFee> = Some(ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false });

/// The stage's night after a change.
async fn changed(change: impl FnOnce(&mut EventChanged)) -> (Stage, EventChanged) {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    change(&mut event);
    stage.publish(&event).await;
    (stage, event)
}

fn regular(event: &mut EventChanged) -> &mut TicketType {
    event.fee = NO_FEE;
    &mut event.ticket_types[0]
}

async fn buy(stage: &Stage, wish: &Value) -> (u16, Value) {
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), wish).await;
    (status.as_u16(), body)
}

/// Waits until a page answers so: what it shows may be half a second old.
async fn answers(stage: &Stage, path: &str, status: u16) {
    for _ in 0..LOOKS {
        if stage.get(path).await.status() == status {
            return;
        }
        pause().await;
    }
    panic!("{path} never answered {status}");
}

/// Buys with another address each time.
async fn buys(stage: &Stage, quantity: u32) -> (u16, Value) {
    let mut wish = stage.wish(0, quantity);
    wish["buyer"]["email"] = json!(format!("{}@example.org", Uuid::now_v7().simple()));
    buy(stage, &wish).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_reads_when_a_type_lets_in_before_buying_and_on_the_ticket() {
    let (stage, event) = changed(|event| {
        let doors = event.entry_from;
        regular(event).admit_from = doors + 3_600_000;
        event.ticket_types[0].admit_until = doors + 2 * 3_600_000;
    })
    .await;
    let at = |value: &Value| {
        value.as_str().and_then(|at| at.parse::<chrono::DateTime<chrono::Utc>>().ok()).expect("an instant")
    };
    let detail = stage.get_json("/api/v1/events/friday-night").await;
    let until = at(&detail["ticket_types"][0]["admit_until"]);
    assert_eq!(until.timestamp_millis(), event.ticket_types[0].admit_until);
    assert_eq!(detail["ticket_types"][1]["admit_until"], Value::Null);
    let html = stage.get("/e/friday-night").await.text().await.expect("a page");
    assert!(html.contains("Entry from") && html.contains("Entry until"), "{html}");

    let (_, bought) = buys(&stage, 1).await;
    let order = Order::of(&bought);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(at(&paid["tickets"][0]["admit_until"]), until);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Lets in until") && page.contains("Lets in from"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_early_price_ends_with_its_tickets_and_comes_back_with_them() {
    let (stage, _) = changed(|event| {
        let early = PriceTier {
            tier_id: Uuid::now_v7().to_string(),
            name: "Early bird".into(),
            price_minor: 1000,
            places: 3,
            until: 0,
        };
        regular(event).tiers = vec![early];
    })
    .await;
    let detail = stage.get_json("/api/v1/events/friday-night").await;
    assert_eq!(detail["ticket_types"][0]["price"]["minor"], 1000);
    assert_eq!(detail["ticket_types"][0]["tier"], json!({"name": "Early bird", "left": 3, "until": null}));
    let (_, first) = buys(&stage, 2).await;
    assert_eq!(first["quote"]["total"]["minor"], 2000);
    let (_, edge) = buys(&stage, 2).await;
    assert_eq!(edge["quote"]["total"]["minor"], 1000 + 2000, "one at each price: {edge}");
    assert_eq!(edge["quote"]["lines"][0]["label"], "Regular · Early bird");
    let order = Order::of(&edge);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(2));
    assert_eq!(paid["tickets"][0]["type_name"], "Regular");
    stage.audit().await;
    stage.end_holds().await;
    stage.until(&Order::of(&first), "expired").await;
    let (_, again) = buys(&stage, 3).await;
    assert_eq!(again["quote"]["total"]["minor"], 2 * 1000 + 2000, "the two that came back: {again}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_on_two_types_that_share_a_room_fills_the_room_and_no_more() {
    const ROOM: i64 = 30;
    let (stage, event) = changed(|event| {
        let cap =
            SharedCap { shared_cap_id: Uuid::now_v7().to_string(), name: "Room".into(), capacity: ROOM };
        for kind in &mut event.ticket_types {
            kind.capacity = 100;
            kind.shared_cap_id.clone_from(&cap.shared_cap_id);
        }
        event.shared_caps = vec![cap];
    })
    .await;
    let wishes: Vec<Value> = (0..60).map(|n| stage.wish(n % 2, 1)).collect();
    let answers = join_all(wishes.iter().map(|wish| buy(&stage, wish))).await;
    let held = answers.iter().filter(|(status, _)| *status == 201).count();
    let sold_out = answers.iter().filter(|(_, body)| body["code"] == "sold_out").count();
    assert_eq!((held as i64, sold_out), (ROOM, 60 - ROOM as usize), "{:?}", answers.last());
    let room = &event.shared_caps[0].shared_cap_id;
    assert_eq!(stage.count(&format!("SELECT held + sold FROM stock WHERE id = '{room}'")).await, ROOM);
    stage.audit().await;
}

/// The control: without the room's own row the two types sell twice the room.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_shared_limit_the_room_is_oversold() {
    let (stage, _) = changed(|event| event.ticket_types[1].capacity = 100).await;
    let wishes: Vec<Value> = (0..60).map(|n| stage.wish(n % 2, 1)).collect();
    let answers = join_all(wishes.iter().map(|wish| buy(&stage, wish))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_ticket_is_five_tickets_at_one_price() {
    let (stage, _) = changed(|event| regular(event).places = 5).await;
    let order = stage.order(0, 2).await;
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["quote"]["total"]["minor"], 2 * 2000);
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(10));
    assert_eq!(stage.count("SELECT max(sold) FROM stock").await, 10);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_order_there_is_still_fits_into_its_message() {
    let (stage, _) = changed(|event| {
        event.ticket_types[1].places = 20;
        event.ticket_types[1].capacity = 300;
    })
    .await;
    let (status, refused) = buy(&stage, &stage.wish(1, 6)).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("limit_exceeded")), "{refused}");
    assert_eq!(refused["errors"], json!([{"field": "items[0].quantity", "code": "order_limit"}]));
    let mut long = stage.wish(1, 5);
    long["buyer"]["name"] = json!("ñ".repeat(100));
    assert_eq!(buy(&stage, &long).await.0, 201);
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 100);
    let largest = stage.count("SELECT max(octet_length(payload)) FROM outbox").await;
    assert!(largest < 256 * 1024 / 2, "what NATS takes, with room to spare: {largest}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extra_is_sold_with_an_entry_and_carries_its_own_ticket() {
    let (stage, _) = changed(|event| {
        event.ticket_types[1].kind = TicketKind::AddOn.into();
        event.ticket_types[1].name = "Coat check".into();
    })
    .await;
    let (status, alone) = buy(&stage, &stage.wish(1, 1)).await;
    assert_eq!((status, alone["code"].as_str()), (422, Some("entry_required")), "{alone}");
    let mut wish = stage.wish(0, 1);
    wish["items"].as_array_mut().expect("items").push(json!({"ticket_type": stage.kind(1), "quantity": 1}));
    let (_, body) = buy(&stage, &wish).await;
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    let names: Vec<&str> =
        paid["tickets"].as_array().expect("tickets").iter().filter_map(|t| t["type_name"].as_str()).collect();
    assert_eq!(names, ["Regular", "Coat check"]);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_needs_another_is_bought_with_enough_of_it() {
    let (stage, _) = changed(|event| {
        event.ticket_types[1].name = "Bottle".into();
        regular(event).needs = Some(Companion { name: "Bottle".into(), serves: 2 });
    })
    .await;
    let detail = stage.get_json("/api/v1/events/friday-night").await;
    assert_eq!(detail["ticket_types"][0]["needs"], json!({"name": "Bottle", "serves": 2}), "{detail}");
    let (status, alone) = buy(&stage, &stage.wish(0, 3)).await;
    assert_eq!((status, alone["code"].as_str()), (422, Some("companion_required")), "{alone}");
    assert_eq!(alone["errors"], json!([{"field": "items[0].ticket_type", "code": "companion_required"}]));
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0, "nothing was taken");
    let mut wish = stage.wish(0, 3);
    let items = wish["items"].as_array_mut().expect("items");
    items.push(json!({"ticket_type": stage.kind(1), "quantity": 1}));
    let (status, few) = buy(&stage, &wish).await;
    assert_eq!((status, few["code"].as_str()), (422, Some("companion_required")), "one is for two: {few}");
    wish["items"][1]["quantity"] = json!(2);
    let (status, body) = buy(&stage, &wish).await;
    assert_eq!(status, 201, "{body}");
    stage.audit().await;

    let quantity = format!("q-{}", stage.kind(0));
    let fields = [(&*quantity, "1"), ("name", "Ana"), ("email", "ana@example.org")];
    let page = stage.send("/e/friday-night", &fields).await;
    assert_eq!(page.status(), 422);
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("need 1 × Bottle") && page.contains("Only together with 1 × Bottle for every 2"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_cannot_have_more_than_the_club_allows_however_many_orders() {
    let (stage, _) = changed(|event| regular(event).max_per_guest = 3).await;
    let wish = stage.wish(0, 2);
    let answers = join_all((0..8).map(|_| buy(&stage, &wish))).await;
    assert_eq!(
        answers.iter().filter(|(status, _)| *status == 201).count(),
        1,
        "two of three, and two more are four"
    );
    let (_, refused) = answers.iter().find(|(status, _)| *status == 409).expect("a refusal");
    assert_eq!(refused["code"], "limit_exceeded", "{refused}");
    let mut spelled = stage.wish(0, 2);
    spelled["buyer"]["email"] = json!("ANA@Example.org");
    assert_eq!(buy(&stage, &spelled).await.0, 409, "the same guest");
    assert_eq!(buy(&stage, &stage.wish(0, 1)).await.0, 201, "the third");
    stage.end_holds().await;
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'pending'", 0).await;
    assert_eq!(buy(&stage, &stage.wish(0, 3)).await.0, 201, "holds that ended no longer count");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_shows_itself_to_its_code_alone() {
    let (stage, event) = changed(|event| event.ticket_types[1].access_code = "friends-26".into()).await;
    let shown = |body: &Value| body["ticket_types"].as_array().map(Vec::len);
    assert_eq!(shown(&stage.get_json("/api/v1/events/friday-night").await), Some(1));
    assert_eq!(shown(&stage.get_json("/api/v1/events/friday-night?code=FRIENDS-26").await), Some(2));
    let page = |path: &'static str| async { stage.get(path).await.text().await.expect("a page") };
    assert!(!page("/e/friday-night").await.contains("Free entry"));
    assert!(page("/e/friday-night?code=friends-26").await.contains("Free entry"));
    let mut wish = stage.wish(1, 1);
    let (status, refused) = buy(&stage, &wish).await;
    assert_eq!(
        (status, refused["code"].as_str()),
        (422, Some("unknown_ticket_type")),
        "as if it were not there"
    );
    wish["access_code"] = json!("friends-26");
    assert_eq!(buy(&stage, &wish).await.0, 201);

    let private = EventChanged {
        revision: 3,
        visibility: EventVisibility::Private.into(),
        access_code: "deck".into(),
        ..event.clone()
    };
    stage.publish(&private).await;
    let list = stage.get_json("/api/v1/events").await;
    assert_eq!(list["events"].as_array().map(Vec::len), Some(0), "a private night is in no list: {list}");
    answers(&stage, "/e/friday-night", 404).await;
    answers(&stage, "/e/friday-night?code=deck", 200).await;
    assert_eq!(buy(&stage, &stage.wish(0, 1)).await.0, 404);
    let unlisted = EventChanged { revision: 4, visibility: EventVisibility::Unlisted.into(), ..event };
    stage.publish(&unlisted).await;
    answers(&stage, "/e/friday-night", 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_something_hidden_tells_nobody_its_name() {
    let (stage, event) = changed(|event| {
        let mut booth = event.ticket_types[1].clone();
        booth.ticket_type_id = Uuid::now_v7().to_string();
        booth.name = "Booth".into();
        booth.position = 2;
        booth.needs = Some(Companion { name: "secret bottle".into(), serves: 1 });
        event.ticket_types[1].name = "Secret bottle".into();
        event.ticket_types[1].access_code = "friends-26".into();
        event.ticket_types.push(booth);
    })
    .await;
    let names = async |path: &str| {
        let body = stage.get_json(path).await;
        let types = body["ticket_types"].as_array().expect("types").clone();
        let names = types.iter().filter_map(|kind| kind["name"].as_str());
        (names.map(str::to_owned).collect::<Vec<_>>(), body.to_string())
    };
    let (told, whole) = names("/api/v1/events/friday-night").await;
    assert_eq!(told, ["Regular"], "what can't be bought is not offered");
    assert!(!whole.to_lowercase().contains("secret"), "{whole}");
    let page = stage.get("/e/friday-night").await.text().await.expect("a page");
    assert!(!page.to_lowercase().contains("secret"), "{page}");
    let (told, whole) = names("/api/v1/events/friday-night?code=friends-26").await;
    assert_eq!(told, ["Regular", "Secret bottle", "Booth"], "{whole}");

    // Who knows the type's key from elsewhere learns nothing either.
    let mut wish = stage.wish(0, 1);
    wish["items"] = json!([{"ticket_type": event.ticket_types[2].ticket_type_id, "quantity": 1}]);
    let (status, refused) = buy(&stage, &wish).await;
    assert_eq!((status, refused["code"].as_str()), (422, Some("unknown_ticket_type")), "{refused}");
    assert!(!refused.to_string().to_lowercase().contains("secret"), "{refused}");
    wish["access_code"] = json!("friends-26");
    let (status, refused) = buy(&stage, &wish).await;
    assert_eq!((status, refused["code"].as_str()), (422, Some("companion_required")), "{refused}");
    let items = wish["items"].as_array_mut().expect("items");
    items.push(json!({"ticket_type": stage.kind(1), "quantity": 1}));
    assert_eq!(buy(&stage, &wish).await.0, 201);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tax_on_top_and_fees_are_what_stripe_charges_and_what_the_books_say() {
    let (stage, _) = changed(|event| {
        regular(event).tax = Some(Tax { basis_points: 2100, on_top: true });
        event.ticket_types[0].fee = Some(ServiceFee { fixed_minor: 50, basis_points: 250, absorbed: false });
    })
    .await;
    let order = stage.order(0, 3).await;
    // 60.00 + 3 × 0.50 + 2.5 % of 60.00 = 63.00; 21 % of it is 13.23.
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["quote"]["total"]["minor"], 6300 + 1323, "{paid}");
    for (account, amount) in
        [("ticket_revenue", -6000), ("service_fees", -300), ("tax", -1323), ("stripe_clearing", 7623)]
    {
        let sum = format!("SELECT sum(amount_minor) FROM ledger_entries WHERE account = '{account}'");
        assert_eq!(stage.count(&sum).await, amount, "{account}");
    }
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_says_what_an_order_would_cost_and_holds_nothing() {
    let stage = Stage::open().await;
    let ask = |body: Value| {
        let post = stage.http.post(stage.url("/api/v1/quotes")).json(&body);
        async move {
            let answer = post.send().await.expect("an answer");
            (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
        }
    };
    let items = json!([{"ticket_type": stage.kind(0), "quantity": 2}]);
    let (status, quote) = ask(json!({"event": "friday-night", "items": items})).await;
    assert_eq!(status, 200, "{quote}");
    let (_, order) = buy(&stage, &stage.wish(0, 2)).await;
    assert_eq!(quote, order["quote"], "what is shown is what is charged");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);
    for (body, code) in [
        (json!({"event": "no-such-night", "items": items}), "not_found"),
        (json!({"event": "friday-night", "items": []}), "invalid_quantity"),
        (json!({"event": "friday-night", "items": items, "promo": "NOBODY"}), "promo_invalid"),
        (json!({"event": "friday-night", "items": items, "price": 1}), "unknown_field"),
    ] {
        assert_eq!(ask(body).await.1["code"], code);
    }
}
