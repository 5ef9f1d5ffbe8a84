//! The presale, as the desk sees and opens it.

use std::sync::{Arc, Mutex};

use actix_web::HttpResponse;
use actix_web::web::Json;
use reqwest::StatusCode;
use serde_json::{Value, json};
use web::{App, Context, Running, ServiceCaller, callers};

use crate::house::{House, body, event};
use crate::identity::field;

/// For which access code it was opened.
type Opened = Arc<Mutex<Option<String>>>;

fn stands(opened: &Opened) -> Value {
    let open = opened.lock().expect("no panic").is_some();
    json!({
        "registered": 12, "opened_at": open.then_some("2026-11-27T20:00:00Z"), "told": if open { 12 } else { 0 },
        "used": u8::from(open),
    })
}

/// The ticket site, as far as it is asked for presales.
async fn ticket_site(house: &mut House, opened: &Opened) -> Running {
    let (shown, taken) = (opened.clone(), opened.clone());
    let site = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let (shown, taken) = (shown.clone(), taken.clone());
        routes
            .get("/internal/v1/presales/{event}", move |_: ServiceCaller<callers::Desk>| {
                let said = HttpResponse::Ok().json(stands(&shown));
                async move { said }
            })
            .post(
                "/internal/v1/presales/{event}",
                move |_: ServiceCaller<callers::Desk>, asked: Json<Value>| {
                    let code = asked["access_code"].as_str().unwrap_or_default().to_owned();
                    let said = if code == "FIRST" {
                        *taken.lock().expect("no panic") = Some(code);
                        HttpResponse::Ok().json(stands(&taken))
                    } else {
                        HttpResponse::UnprocessableEntity().json(json!({"code": "validation_failed"}))
                    };
                    async move { said }
                },
            );
    });
    let site = web::boot::start(site).await.expect("free ports");
    house.purchase_url = format!("http://{}", site.internal);
    house.stop().await;
    house.start().await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_sees_who_registered_and_lets_them_in_first() {
    let mut house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut night = event("Agave Nights");
    let hidden = json!({"name": "First come", "price": {"minor": 1200, "currency": "EUR"}, "capacity": 20,
        "terms": {"access_code": "FIRST"}});
    night["ticket_types"].as_array_mut().expect("types").push(hidden);
    let made = body(house.post("/api/v1/events", &token, night).await).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/admin/events/{id}/presale");
    let cookie = house.cookie("olga@club.test").await;
    assert_eq!(
        house.page(&path, &cookie).await.status(),
        StatusCode::NOT_FOUND,
        "a draft has no page for guests"
    );
    let answer = house.post(&format!("/api/v1/events/{id}/publish"), &token, json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let away = house.page(&path, &cookie).await;
    assert_eq!(away.status(), StatusCode::BAD_GATEWAY);
    assert!(away.text().await.expect("a page").contains("nobody can say how the presale stands"));

    let opened = Opened::default();
    let _site = ticket_site(&mut house, &opened).await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    assert!(page.contains("12 guests have registered") && page.contains("First come (FIRST)"), "{page}");
    let csrf = field(&page, "csrf");
    let refused = house.submit(&path, &cookie, &[("csrf", &csrf), ("access_code", "DECK")]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.expect("a page").contains("Not opened"), "it says so");
    assert_eq!(*opened.lock().expect("no panic"), None);
    let done = house.submit(&path, &cookie, &[("csrf", &csrf), ("access_code", "FIRST")]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let page = house.page(&path, &cookie).await.text().await.expect("a page");
    assert!(page.contains("12 guests have a code") && page.contains("One is used"), "{page}");
    assert!(!page.contains("name=\"access_code\"") && !page.contains("presale-"), "{page}");
}
