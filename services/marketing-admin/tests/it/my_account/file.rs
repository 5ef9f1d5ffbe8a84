//! The file with everything that is held about somebody.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use super::{ANA, BEA, emails_to, of_account};
use crate::guests::Guests;
use crate::house::House;

/// A ticket of Ana's that is nobody else's.
const TICKET: &str = "0199f3a2-6f0e-7c40-8a57-6f1c9a1f0b77";

/// The ticket site, as far as it tells what it holds about somebody.
async fn ticket_site(house: &House) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(|routes| {
        routes.get(
            "/internal/v1/people/{account}",
            |_: ServiceCaller<callers::Desk>, account: Path<Uuid>, asked: Query<HashMap<String, String>>| {
                let email = asked.get("email").cloned().unwrap_or_default();
                let tickets =
                    json!([{"id": TICKET, "holder": "Ana"}, {"id": null, "holder": "Somebody else"}]);
                let of = account.to_string();
                let order = json!({"reference": "K7MPX2QD", "email": email, "of": of, "tickets": tickets});
                let said = HttpResponse::Ok().json(json!({"orders": [order]}));
                async move { said }
            },
        );
    });
    web::boot::start(app).await.expect("free ports")
}

/// The door, as far as it tells what it holds beside some tickets.
async fn door(house: &House) -> Running {
    let app = App::new(house.neighbour("scanner"), Context::default()).internal(|routes| {
        routes.post("/internal/v1/held", |_: ServiceCaller<callers::Desk>, asked: ApiJson<Value>| {
            let said = HttpResponse::Ok().json(json!({"scans": [{"of": asked["tickets"]}]}));
            async move { said }
        });
    });
    web::boot::start(app).await.expect("free ports")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_holds_all_of_theirs_and_nothing_of_anybody_else() {
    let mut house = House::unopened().await;
    let site = ticket_site(&house).await;
    house.purchase_url = format!("http://{}", site.internal);
    let gate = door(&house).await;
    house.scanner_url = format!("http://{}", gate.internal);
    house.move_in().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let bea = Guests::sign_up(&house, BEA).await;
    for guest in [&ana, &bea] {
        emails_to(&house, &guest.email).await;
        let yes = [("granted", "yes")];
        guest.submit(&house, "/account/profile", "/account/marketing", &yes).await;
    }
    assert!(ana.page(&house, "/account/data").await.contains("/account/data/file.json"));
    let answer = ana.get(&house, "/account/data/file.json").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let named = answer.headers()["content-disposition"].to_str().expect("text").to_owned();
    assert!(named.starts_with("attachment; filename=\"maguey-"), "{named}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let text = answer.text().await.expect("a file");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(file["account"]["email"], ANA);
    assert_eq!(file["account"]["id"], json!(ana.id));
    assert_eq!(file["account"]["has_password"], true);
    assert_eq!(file["consents"][0]["granted"], true);
    let acts = file["activity"].as_array().expect("acts");
    assert!(acts.iter().any(|act| act["act"] == "signed_in" && act["address"] == "192.0.2.10"), "{acts:?}");
    let mails = file["emails"].as_array().expect("mails");
    assert_eq!(mails.iter().filter(|mail| mail["reference"] == "K7MPX2QD").count(), 2, "{mails:?}");
    assert!(mails.iter().all(|mail| mail["subject"].as_str().is_some_and(|subject| !subject.is_empty())));
    // Whatever else belongs to an account: sessions, passkeys, linked accounts.
    assert!(!text.contains("secret") && !text.contains("hash"), "{text}");
    assert!(file["further"].as_object().is_some_and(|tables| !tables.is_empty()), "{text}");
    let order = &file["ticket_site"]["orders"][0];
    assert_eq!((&order["email"], &order["of"]), (&json!(ANA), &json!(ana.id)));
    for foreign in [BEA.to_owned(), bea.id.to_string(), "$argon2id$".to_owned()] {
        assert!(!text.contains(&foreign), "{foreign} in {text}");
    }
    assert_eq!(of_account(&house, "activity", &ana, " AND act = 'data_exported'").await, 1);

    assert_eq!(file["door"]["scans"][0]["of"], json!([TICKET]), "the door is asked for their tickets alone");
    // Nobody waits for the door: the file says that it is missing.
    gate.stop().await;
    let rest: Value = ana.get(&house, "/account/data/file.json").await.json().await.expect("JSON");
    assert_eq!(rest["ticket_site"]["orders"][0]["email"], ANA);
    assert!(rest["door"]["missing"].as_str().is_some_and(|told| told.starts_with("The door did not answer")));

    // While the ticket site is away the page says so; the rest can be had, and says what it lacks.
    site.stop().await;
    let away = ana.get(&house, "/account/data/file.json").await;
    assert_eq!(away.status(), StatusCode::BAD_GATEWAY);
    assert!(away.text().await.expect("a page").contains("The ticket site does not answer right now"));
    let rest = ana.get(&house, "/account/data/file.json?without_tickets=1").await;
    let rest: Value = rest.json().await.expect("JSON");
    assert_eq!(rest["account"]["email"], ANA);
    assert!(
        rest["ticket_site"]["missing"].as_str().is_some_and(|told| told.contains("Ask for the file again"))
    );
}
