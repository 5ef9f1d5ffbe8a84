//! What Stripe pays out, and a night's settlement, as the owner sees them.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Json, Path, Query};
use domain::settlement::{NightMoney, Settlement, SignedSettlement, TypeLine};
use ed25519_dalek::SigningKey;
use reqwest::StatusCode;
use serde_json::{Value, json};
use web::{App, Context, Running, ServiceCaller, callers};

use crate::house::House;
use crate::identity::field;

const NIGHT: &str = "0199aaaa-0000-7000-8000-000000000007";

fn part(payout: &str, event: Option<&str>, payments: i64, fees: i64, foreign: i64) -> Value {
    json!({
        "payout": payout, "event": event, "title": event.map_or("", |_| "@Agave Nights"),
        "starts_at": event.map(|_| "2026-11-27T22:00:00Z"), "time_zone": event.map_or("", |_| "Europe/Madrid"),
        "payments_minor": payments, "refunds_minor": 0, "disputes_minor": 0, "fees_minor": fees,
        "foreign_minor": foreign, "returned_minor": 0, "net_minor": payments + fees + foreign,
    })
}

fn payouts() -> Value {
    let payout = |id: &str, amount: i64, status: &str, failure: &str| {
        json!({
            "id": id, "amount_minor": amount, "currency": "EUR", "status": status, "automatic": true,
            "made_at": "2026-11-28T10:00:00Z", "arrives_at": "2026-11-30T10:00:00Z", "failure": failure,
            "contents_known": true,
        })
    };
    json!({
        "look": {"started_at": "2026-11-29T05:00:00Z", "lines": 3, "payouts": 2, "problem": null},
        "balances": [{"currency": "EUR", "ledger_minor": 1234, "stripe_minor": 1000, "on_its_way_minor": -234,
                      "since_minor": 0, "orders_minor": 0, "bank_minor": 4610, "fees_minor": 90}],
        "payouts": [payout("po_1", 4610, "paid", ""), payout("po_2", 999, "failed", "The bank account has been closed.")],
        "parts": [part("po_1", Some(NIGHT), 4200, -90, 0), part("po_1", None, 0, 0, 500)],
        "next": "po_2",
    })
}

/// A page of them: of the second one, the payout before those two.
fn page_of_payouts(after: Option<&str>) -> HttpResponse {
    let mut page = payouts();
    match after {
        None => {}
        Some("po_2") => {
            page["payouts"] = json!([page["payouts"][0]]);
            page["payouts"][0]["id"] = json!("po_0");
            (page["parts"], page["next"]) = (json!([]), Value::Null);
        }
        Some(_) => return HttpResponse::UnprocessableEntity().finish(),
    }
    HttpResponse::Ok().json(page)
}

fn line() -> Value {
    json!({
        "id": "txn_1", "payout": "po_1", "arrives_at": "2026-11-30T10:00:00Z", "status": "paid", "kind": "charge",
        "source": "ch_1", "reference": "K7MPX2QD", "event_title": "@Agave Nights", "currency": "EUR",
        "amount_minor": 4200, "fee_minor": 90, "net_minor": 4110, "happened_at": "2026-11-27T20:00:00Z",
    })
}

fn signed() -> SignedSettlement {
    let at = |text: &str| text.parse().expect("a time");
    let settlement = Settlement {
        number: "S2026-000002".to_owned(),
        replaces: Some("S2026-000001".to_owned()),
        event: NIGHT.to_owned(),
        title: "Agave Nights".to_owned(),
        starts_at: at("2026-11-27T22:00:00Z"),
        ends_at: at("2026-11-28T05:00:00Z"),
        time_zone: "Europe/Madrid".to_owned(),
        currency: "EUR".to_owned(),
        made_by: "Olga".to_owned(),
        made_at: at("2026-11-28T10:00:00Z"),
        stripe_read_at: Some(at("2026-11-28T05:00:00Z")),
        types: vec![TypeLine {
            name: "Regular".to_owned(),
            sold: 2,
            returned: 0,
            comps: 0,
            came: 2,
            gross_minor: 4000,
        }],
        money: NightMoney {
            gross_minor: 4000,
            discounts_minor: 0,
            fees_minor: 200,
            tax_minor: 0,
            refunds_minor: 0,
            disputes_minor: 0,
            dispute_fees_minor: 0,
            cash_minor: 0,
            card_minor: 0,
            transfer_minor: 0,
            credits_minor: 0,
            stripe_fees_minor: -90,
            paid_out_minor: 4110,
            stripe_holds_minor: 0,
            ledger_minor: 4200,
            stripe_minor: 4200,
        },
        accounts: Vec::new(),
        differences: Vec::new(),
    };
    settlement.sign(&SigningKey::from_bytes(&[7; 32])).expect("it can be written")
}

/// purchase, as far as it is asked here. Number 3 was changed by somebody.
async fn purchase(house: &House) -> Running {
    type Desk = ServiceCaller<callers::Desk>;
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(|routes| {
        routes
            .get("/internal/v1/payouts", |_: Desk, query: Query<HashMap<String, String>>| async move {
                page_of_payouts(query.get("after").map(String::as_str))
            })
            .post("/internal/v1/payouts", |_: Desk| async move { HttpResponse::Accepted().finish() })
            .get("/internal/v1/exports/payouts", |_: Desk| async move {
                HttpResponse::Ok().json(json!({"rows": [line()], "next": null}))
            })
            .get("/internal/v1/settlements/{event}", |_: Desk| async move {
                let one = |number: &str, replaces: Option<&str>| {
                    json!({"number": number, "replaces": replaces, "made_by": "Olga", "made_at": "2026-11-28T10:00:00Z"})
                };
                let all = [one("S2026-000002", Some("S2026-000001")), one("S2026-000001", None)];
                let key = signed().public_key;
                HttpResponse::Ok().json(json!({"over": true, "public_key": key, "settlements": all}))
            })
            .post("/internal/v1/settlements/{event}", |_: Desk, asked: Json<Value>| async move {
                match asked["made_by"].as_str() {
                    Some(name) if !name.is_empty() && asked["came"].is_array() => {
                        HttpResponse::Ok().json(signed())
                    }
                    _ => HttpResponse::UnprocessableEntity().finish(),
                }
            })
            .get("/internal/v1/settlement-files/{number}", |_: Desk, number: Path<String>| async move {
                let text = serde_json::to_string(&signed()).unwrap_or_default();
                match number.as_str() {
                    "S2026-000002" => HttpResponse::Ok().content_type("application/json").body(text),
                    "S2026-000003" => HttpResponse::Ok().body(text.replace("4000", "400")),
                    _ => HttpResponse::NotFound().finish(),
                }
            });
    });
    web::boot::start(app).await.expect("free ports")
}

async fn open() -> (House, Running) {
    let mut house = House::unopened().await;
    let purchase = purchase(&house).await;
    house.purchase_url = format!("http://{}", purchase.internal);
    house.move_in().await;
    (house, purchase)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_which_nights_a_payout_pays_and_why_one_failed() {
    let (house, purchase) = open().await;
    let cookie = house.cookie("olga@club.test").await;
    for (lang, words) in [("en", ["from elsewhere", "Failed"]), ("es", ["de fuera", "Fallido"])] {
        let page = house.page(&format!("/admin/payouts?lang={lang}"), &cookie).await;
        assert_eq!(page.status(), StatusCode::OK);
        let html = page.text().await.expect("a page");
        for word in
            words.into_iter().chain(["@Agave Nights", "po_1", "The bank account has been closed.", "46"])
        {
            assert!(html.contains(word), "{lang}: {word} in {html}");
        }
        assert!(!html.contains("payouts-"), "a text is missing: {html}");
    }
    let html = house.page("/admin/payouts?lang=en", &cookie).await.text().await.expect("a page");
    assert!(
        html.contains("has left Stripe and is not at the bank yet")
            && !html.contains("nothing here explains"),
        "{html}"
    );
    assert!(html.contains("href=\"/admin/payouts?after=po_2\"") && html.contains("Older ones"), "{html}");
    let older = house.page("/admin/payouts?after=po_2&lang=en", &cookie).await.text().await.expect("a page");
    assert!(older.contains("po_0") && !older.contains("po_1") && !older.contains("Older ones"), "{older}");
    let nothing = house.page("/admin/payouts?after=po_nobody", &cookie).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let csrf = field(&html, "csrf");
    let asked = house.submit("/admin/payouts", &cookie, &[("csrf", csrf.as_str())]).await;
    assert_eq!(asked.headers()["location"], "/admin/payouts?done=asked");

    let token = house.token("olga@club.test").await;
    let file = house.get("/admin/exports/payouts?format=csv", &token).await;
    assert_eq!(file.status(), StatusCode::OK);
    let text = file.text().await.expect("a file");
    for cell in ["po_1", "K7MPX2QD", "42.00", "0.90", "41.10"] {
        assert!(text.contains(cell), "{cell} in {text}");
    }
    let door = house.token("dora@club.test").await;
    for path in ["/admin/payouts", "/admin/exports/payouts?format=csv"] {
        assert_eq!(house.get(path, &door).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    purchase.stop().await;
    let html = house.page("/admin/payouts", &cookie).await.text().await.expect("a page");
    assert!(html.contains("notice--attention"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_settles_a_night_and_keeps_its_paper_and_its_signed_file() {
    let (house, _purchase) = open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let path = format!("/admin/events/{}/settlement", night["id"].as_str().expect("an id"));
    let cookie = house.cookie("olga@club.test").await;
    for lang in ["en", "es"] {
        let html = house.page(&format!("{path}?lang={lang}"), &cookie).await.text().await.expect("a page");
        for word in ["S2026-000002", "S2026-000001", signed().public_key.as_str()] {
            assert!(html.contains(word), "{lang}: {word} in {html}");
        }
        assert!(
            !html.contains("settlement-line") && !html.contains("settlement-stands"),
            "a text is missing: {html}"
        );
    }
    let html = house.page(&path, &cookie).await.text().await.expect("a page");
    let csrf = field(&html, "csrf");
    let button = format!("action=\"{path}\"");
    assert!(html.contains(&button), "{html}");
    let made = house.submit(&path, &cookie, &[("csrf", csrf.as_str())]).await;
    assert_eq!(made.headers()["location"], format!("{path}?done=made").as_str());

    let file = house.get("/admin/settlements/S2026-000002/file.json", &token).await;
    let name = file.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(name.contains("settlement-S2026-000002.json"), "{name}");
    let text = file.text().await.expect("a file");
    assert_eq!(SignedSettlement::read(&text, Some(&signed().public_key)), Ok(signed()), "as it was signed");
    let paper = house.get("/admin/settlements/S2026-000002/paper.pdf", &token).await;
    assert_eq!(paper.status(), StatusCode::OK);
    assert!(paper.bytes().await.expect("a file").starts_with(b"%PDF"));
    let changed = house.get("/admin/settlements/S2026-000003/paper.pdf", &token).await;
    assert_eq!(changed.status(), StatusCode::INTERNAL_SERVER_ERROR, "what was changed is not drawn");
    for nowhere in ["S2026-000009", "S2026_000002"] {
        let answer = house.get(&format!("/admin/settlements/{nowhere}/file.json"), &token).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{nowhere}");
    }
}

/// Who runs the nights reads what was signed; the club's signature is the owner's.
#[tokio::test(flavor = "multi_thread")]
async fn a_manager_reads_settlements_and_signs_none() {
    let (house, _purchase) = open().await;
    let token = house.token("olga@club.test").await;
    let night = house.published(&token, "Agave Nights").await;
    let path = format!("/admin/events/{}/settlement", night["id"].as_str().expect("an id"));
    let cookie = house.cookie("max@club.test").await;
    let html = house.page(&format!("{path}?lang=en"), &cookie).await.text().await.expect("a page");
    assert!(html.contains("S2026-000002") && html.contains("the owner settles the night"), "{html}");
    let button = format!("action=\"{path}\"");
    assert!(!html.contains(&button), "{html}");
    let csrf = field(&html, "csrf");
    let made = house.submit(&path, &cookie, &[("csrf", csrf.as_str())]).await;
    assert_eq!(made.status(), StatusCode::FORBIDDEN);
    let manager = house.token("max@club.test").await;
    let file = house.get("/admin/settlements/S2026-000002/file.json", &manager).await;
    assert_eq!(file.status(), StatusCode::OK);
}
