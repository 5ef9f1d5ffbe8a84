//! Books and Stripe: late payments beside what became of each.

use serde_json::{Value, json};
use web::{App, Context, Running, ServiceCaller, callers};

use crate::house::House;

/// The ticket site as far as it is asked for its books.
async fn ticket_site(house: &House, books: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let books = books.clone();
        routes.get("/internal/v1/reconciliation", move |_: ServiceCaller<callers::Desk>| {
            let books = books.clone();
            async move { actix_web::web::Json(books) }
        });
    });
    web::boot::start(app).await.expect("free ports")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_late_payments_and_what_became_of_each() {
    let late = |reference: &str, became: &str, waits: bool| {
        json!({"reference": reference, "title": "Agave Nights", "time_zone": "Europe/Madrid", "currency": "EUR",
               "amount_minor": 4200, "captured_at": "2026-11-20T22:20:00Z", "became": became, "waits": waits})
    };
    let books = json!({
        "look": null, "differences": [], "foreign": [],
        "nights": [{"event": "0199b6a0-0000-7000-8000-000000000001", "title": "Agave Nights", "starts_at": "2026-11-27T22:00:00Z",
                    "time_zone": "Europe/Madrid", "currency": "EUR", "orders": 2, "ledger_minor": 4200, "stripe_minor": 4200,
                    "differences": 0, "otherwise_minor": 0}],
        "late": [late("K7MPX2QD", "kept", false), late("QX9PK7M2", "returned", true), late("M2QDK7PX", "stuck", false)],
    });
    let mut house = House::unopened().await;
    let site = ticket_site(&house, books).await;
    house.purchase_url = format!("http://{}", site.internal);
    house.move_in().await;
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/reconciliation", &cookie).await.text().await.expect("a page");
    for said in [
        "Late payments",
        "/admin/orders/K7MPX2QD",
        "Kept: there was room",
        "Back with the guest",
        "stands in line",
        "Stuck: it needs a person",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(page.matches("stands in line").count(), 1, "{page}");
}
