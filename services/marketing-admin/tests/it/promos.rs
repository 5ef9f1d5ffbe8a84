//! Promo codes at the desk.

use messages::marketing_admin::v1::PromoChanged;
use messages::marketing_admin::v1::promo_changed::Off;
use prost::Message;
use reqwest::StatusCode;
use serde_json::json;

use crate::house::{House, body, event};
use crate::identity::field;

async fn said(house: &House) -> Vec<PromoChanged> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Binary)]
        payload: Vec<u8>,
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let query =
        diesel::sql_query("SELECT payload FROM outbox WHERE subject = 'promo.changed' ORDER BY message_id");
    let rows: Vec<Row> = diesel_async::RunQueryDsl::load(query, &mut conn).await.expect("rows");
    rows.iter().map(|row| PromoChanged::decode(&row.payload[..]).expect("a message")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_off_counts_in_the_currency_of_its_night() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let mut night = event("Noche");
    night["currency"] = json!("MXN");
    for index in 0..2 {
        night["ticket_types"][index]["price"]["currency"] = json!("MXN");
    }
    let night = body(house.post("/api/v1/events", &token, night).await).await;
    let night = night["id"].as_str().expect("an id");
    let cookie = house.cookie("olga@club.test").await;
    let page = house.page("/admin/promos", &cookie).await.text().await.expect("a page");
    assert!(page.contains("<option selected>MXN</option>"), "the next night's is proposed: {page}");
    let csrf = field(&page, "csrf");
    for (code, scope, currency) in [("NOCHE", night, "EUR"), ("ALL", "", "USD")] {
        let form = [
            ("csrf", csrf.as_str()),
            ("name", code),
            ("code", code),
            ("kind", "amount"),
            ("off", "50"),
            ("event", scope),
            ("currency", currency),
        ];
        let made = house.submit("/admin/promos", &cookie, &form).await;
        assert_eq!(made.status(), StatusCode::SEE_OTHER, "{}", made.text().await.expect("a page"));
    }
    let told = said(&house).await;
    assert_eq!(told.iter().map(|promo| promo.currency.as_str()).collect::<Vec<_>>(), ["MXN", "USD"]);
    assert_eq!(told[0].off, Some(Off::Minor(5000)));
    let elsewhere =
        json!({"name": "X", "code": "X-26", "off": {"minor": 500}, "event": night, "currency": "EUR"});
    let refused = body(house.post("/api/v1/promos", &token, elsewhere).await).await;
    assert_eq!(refused["errors"], json!([{"field": "currency", "code": "currency_mismatch"}]));
}
