//! Files for the owner: whole, harmless, on record, and for whom they are.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Query;
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{IssuedTicket, TicketTransferred};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{App, Context, Running, ServiceCaller, callers};

use crate::asked::asked;
use crate::figures::{order, refund};
use crate::house::{House, body, until};

/// A night's list in two pages, as purchase would say it.
fn two_pages(rows: [Value; 2], after: Option<&String>) -> Value {
    let [first, second] = rows;
    match after {
        None => json!({"rows": [first], "next": "1"}),
        Some(_) => json!({"rows": [second], "next": null}),
    }
}

fn orders() -> [Value; 2] {
    let one = |reference: &str, name: &str, returned: i64| {
        json!({
            "id": "0199aaaa-0000-7000-8000-000000000001", "reference": reference, "state": "paid", "channel": "online",
            "buyer_name": name, "buyer_email": "ana@example.org", "promo_code": "SUMMER", "promoter": "Lola", "tickets": 2,
            "currency": "EUR", "total_minor": 4200, "taken_minor": 4200, "returned_minor": returned,
            "created_at": "2026-11-27T23:30:00Z", "paid_at": null,
        })
    };
    [
        one("K7MPX2QD", "=HYPERLINK(\"https://evil.example\",\"x\")", 0),
        one("AGAVE23X", "-Ana, \"la reina\"", 300),
    ]
}

fn movements() -> [Value; 2] {
    let one = |state: &str, minor: i64| {
        json!({
            "id": "0199aaaa-0000-7000-8000-000000000002", "at": "2026-11-27T23:30:00Z", "kind": "payment", "state": state,
            "method": "online", "reference": "K7MPX2QD", "event_title": "@Agave", "time_zone": "Europe/Madrid",
            "currency": "EUR", "amount_minor": minor, "reason": "", "provider_id": "pi_1",
        })
    };
    [one("booked", 4200), one("failed", -300)]
}

fn totals() -> Value {
    json!({
        "booked": [{"method": "online", "currency": "EUR", "movements": 1, "taken_minor": 4200, "returned_minor": 0,
                    "left_minor": 4200}],
        "open": [{"state": "failed", "currency": "EUR", "movements": 1, "amount_minor": 300}],
        "credits": [{"currency": "EUR", "credits": 2, "open_minor": 5500, "lapsed_minor": 100}],
    })
}

/// purchase, as far as it is asked for lists.
async fn lists(house: &House) -> Running {
    type Asked = Query<BTreeMap<String, String>>;
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(|routes| {
        routes
            .get("/internal/v1/exports/orders", |_: ServiceCaller<callers::Desk>, asked: Asked| async move {
                HttpResponse::Ok().json(two_pages(orders(), asked.get("after")))
            })
            .get(
                "/internal/v1/exports/payments",
                |_: ServiceCaller<callers::Desk>, asked: Asked| async move {
                    match asked.get("after") {
                        Some(after) if after == "odd" => {
                            HttpResponse::UnprocessableEntity().json(json!({"code": "invalid_page"}))
                        }
                        after => HttpResponse::Ok().json(two_pages(movements(), after)),
                    }
                },
            )
            .get("/internal/v1/exports/payments/totals", |_: ServiceCaller<callers::Desk>| async move {
                HttpResponse::Ok().json(totals())
            });
    });
    web::boot::start(app).await.expect("free ports")
}

/// The desk with such a purchase beside it, a night, and its address.
async fn open() -> (House, Running, String) {
    let mut house = House::unopened().await;
    let purchase = lists(&house).await;
    house.purchase_url = format!("http://{}", purchase.internal);
    house.move_in().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let id = night["id"].as_str().expect("an id").to_owned();
    (house, purchase, id)
}

/// The rows of a CSV, as a spreadsheet reads them.
fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut file = csv::Reader::from_reader(bytes);
    let rows = file.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nights_orders_are_one_whole_file_of_harmless_cells() {
    let (house, _purchase, night) = open().await;
    let token = house.token("olga@club.test").await;
    let path = format!("/admin/exports/orders?event={night}&format=csv");
    let answer = house.get(&path, &token).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let name = answer.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(name.starts_with("attachment; filename=\"orders-agave-nights-20"), "{name}");
    assert!(name.ends_with(".csv\""), "{name}");
    let bytes = answer.bytes().await.expect("a file");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    assert!(text.starts_with('\u{feff}') && text.contains("\"'=HYPERLINK("), "{text}");
    let rows = read(&bytes);
    assert_eq!(rows.len(), 2, "both pages");
    assert_eq!(rows[1][3], "'-Ana, \"la reina\"");
    assert_eq!((rows[1][9].as_str(), rows[1][11].as_str(), rows[0][11].as_str()), ("42.00", "3.00", "0.00"));
    assert_eq!(rows[0][12], "2026-11-28 00:30:00", "on the venue's clock");
    assert_eq!(rows[0][8], "EUR");
    let on_record = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'orders.exported' AND target = '{night}' AND staff_id IS NOT NULL
           AND detail ->> 'rows' = '2' AND detail ->> 'format' = 'csv'"
    );
    assert_eq!(house.count(&on_record).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_for_excel_is_one() {
    let (house, _purchase, night) = open().await;
    let token = house.token("max@club.test").await;
    let answer = house.get(&format!("/admin/exports/orders?event={night}&format=xlsx"), &token).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    assert!(kind.contains("spreadsheetml"), "{kind}");
    let bytes = answer.bytes().await.expect("a file");
    assert!(bytes.starts_with(b"PK") && bytes.len() > 2000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_night_no_format_or_not_theirs_is_refused_and_leaves_no_row() {
    let (house, purchase, night) = open().await;
    let owner = house.token("olga@club.test").await;
    let door = house.token("dora@club.test").await;
    for what in ["orders", "guests", "ledger", "payments", "promoters"] {
        let path = format!("/admin/exports/{what}?event={night}&format=csv");
        assert_eq!(house.get(&path, &door).await.status(), StatusCode::FORBIDDEN, "{what}");
        let odd = format!("/admin/exports/{what}?event={night}&format=exe");
        assert_eq!(house.get(&odd, &owner).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{what}");
    }
    let nowhere = "/admin/exports/orders?format=csv&event=0199aaaa-0000-7000-8000-000000000009";
    assert_eq!(house.get(nowhere, &owner).await.status(), StatusCode::NOT_FOUND);
    purchase.stop().await;
    let away = house.get(&format!("/admin/exports/orders?event={night}&format=csv"), &owner).await;
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE, "half a file is none");
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action LIKE '%.exported'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_payments_shows_what_the_books_say_in_both_languages() {
    let (house, purchase, night) = open().await;
    let cookie = house.cookie("olga@club.test").await;
    for (lang, words) in [
        ("en", ["Booked", "1 refund failed", "2 credits can still be spent"]),
        ("es", ["Anotado", "1 devolución falló", "2 saldos se pueden gastar"]),
    ] {
        let page = house.page(&format!("/admin/payments?event={night}&lang={lang}"), &cookie).await;
        assert_eq!(page.status(), StatusCode::OK);
        let html = page.text().await.expect("a page");
        for word in words.into_iter().chain(["K7MPX2QD", "@Agave", "42"]) {
            assert!(html.contains(word), "{lang}: {word} in {html}");
        }
        assert!(!html.contains("payments-"), "a text is missing: {html}");
        assert!(html.contains("after=1"), "the way to older ones");
    }
    for odd in ["as_of=253402300800000", "as_of=-9223372036854775808", "as_of=tomorrow", "after=odd"] {
        let page = house.page(&format!("/admin/payments?{odd}"), &cookie).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
    }
    let token = house.token("olga@club.test").await;
    let file = house.get("/admin/exports/payments?format=csv&as_of=-8334601228800000", &token).await;
    assert_eq!(file.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let file = house.get("/admin/exports/payments?format=csv", &token).await;
    let rows = read(&file.bytes().await.expect("a file"));
    let amounts: Vec<_> = rows.iter().map(|row| row[8].as_str()).collect();
    assert_eq!(amounts, ["42.00", "-3.00"], "numbers stay numbers");
    assert_eq!(rows[0][2], "'@Agave");
    purchase.stop().await;
    let html = house.page("/admin/payments", &cookie).await.text().await.expect("a page");
    assert!(html.contains("notice--attention"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn promoters_are_credited_with_what_was_sold_less_what_came_back() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let (id, kind) =
        (night["id"].as_str().expect("an id"), night["ticket_types"][0]["id"].as_str().expect("an id"));
    let mut sold: Vec<_> = (1..=3).map(|count| order(id, kind, "ana@example.org", count)).collect();
    for each in &mut sold[..2] {
        each.promoter = "=Lola".to_owned();
        each.promo_code = "LOLA".to_owned();
    }
    for each in &sold {
        house.say(each).await;
    }
    house.say(&refund(&sold[0], messages::purchase::v1::RefundReason::Staff)).await;
    until("all is counted", async || {
        house.count("SELECT coalesce(sum(orders - refunded_minor), 0) FROM event_figures").await == 3 - 1588
    })
    .await;
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.scans (id, event_id, gate_id, ticket_id, admitted, reason, scanned_at, inside_after, inside_revision)
             VALUES (gen_random_uuid(), '{id}', gen_random_uuid(), '{0}', true, 'ok', now(), 1, 1),
                    (gen_random_uuid(), '{id}', gen_random_uuid(), '{0}', false, 'already_inside', now(), 1, 1)",
            sold[1].tickets[0].ticket_id
        ))
        .await;
    let file = house.get(&format!("/admin/exports/promoters?event={id}&format=csv"), &token).await;
    assert_eq!(file.status(), StatusCode::OK);
    let rows = read(&file.bytes().await.expect("a file"));
    assert_eq!(rows.len(), 1, "{rows:?}");
    let cells: Vec<_> = [0, 3, 4, 5, 6, 7, 9, 10].iter().map(|column| rows[0][*column].as_str()).collect();
    assert_eq!(cells, ["'=Lola", "LOLA", "2", "3", "1", "1", "47.64", "31.76"]);
    let cookie = house.cookie("olga@club.test").await;
    let html = house.page("/admin/promoters", &cookie).await.text().await.expect("a page");
    assert!(html.contains("=Lola") && !html.contains("promoters-"), "{html}");
    let figures = body(house.get("/api/v1/figures", &token).await).await;
    assert_eq!(figures["nights"][0]["id"], id, "it is the same night: {figures}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_with_a_ticket_that_was_passed_on_came_in_the_promoter_s_name() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let (id, kind) =
        (night["id"].as_str().expect("an id"), night["ticket_types"][0]["id"].as_str().expect("an id"));
    let mut sold = order(id, kind, "ana@example.org", 3);
    sold.promoter = "Lola".to_owned();
    let passed = |holder: &str| TicketTransferred {
        order_id: sold.order_id.clone(),
        reference: sold.reference.clone(),
        event_id: id.to_owned(),
        from_name: "Ana".to_owned(),
        ticket: Some(IssuedTicket {
            ticket_id: Uuid::now_v7().to_string(),
            holder_name: holder.to_owned(),
            ..sold.tickets[0].clone()
        }),
        ticket_url: "http://tickets.maguey.localhost:8080/tickets/0198?key=xyz".to_owned(),
    };
    // The first goes to Bea and comes back; the second to Carl, who is told before the desk hears of the order; the third stays.
    let (bea, back, carl) = (passed("Bea"), passed("Ana"), passed("Carl"));
    let ticket = |passed: &TicketTransferred| passed.ticket.clone().expect("a ticket").ticket_id;
    let came = [ticket(&back), ticket(&carl)];
    house.say(&asked("carl@example.org", "en", About::Transferred(carl))).await;
    house.say(&sold).await;
    house.say(&asked("bea@example.org", "en", About::Transferred(bea))).await;
    house.say(&asked("", "en", About::HandedBack(back))).await;
    until("all is known", async || {
        house.count("SELECT (SELECT count(*) FROM passed_on_tickets) + (SELECT count(*) FROM orders)").await
            == 4
    })
    .await;
    let scans: Vec<String> = came
        .iter()
        // Through two gates: they came once.
        .flat_map(|ticket| [ticket, ticket])
        .map(|ticket| {
            format!("(gen_random_uuid(), '{id}', gen_random_uuid(), '{ticket}', true, 'ok', now(), 1, 1)")
        })
        .collect();
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.scans (id, event_id, gate_id, ticket_id, admitted, reason, scanned_at, inside_after, inside_revision)
             VALUES {}",
            scans.join(", ")
        ))
        .await;
    let file = house.get(&format!("/admin/exports/promoters?event={id}&format=csv"), &token).await;
    let rows = read(&file.bytes().await.expect("a file"));
    let cells: Vec<_> = [0, 5, 6, 7].iter().map(|column| rows[0][*column].as_str()).collect();
    assert_eq!(cells, ["Lola", "3", "0", "2"], "sold, returned, came: {rows:?}");
}
