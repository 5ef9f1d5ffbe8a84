//! Five hundred codes for the flyers, as a file.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::json;

use crate::house::{House, body};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_codes_is_a_file_of_as_many_different_ones() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let flyers =
        json!({"name": "Flyers", "batch": {"prefix": "FLY-", "count": 500}, "off": {"basis_points": 1000}});
    let made = house.post("/api/v1/promos", &token, flyers).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let promo = body(made).await;
    assert_eq!((&promo["codes"], &promo["single_use"]), (&json!(500), &json!(true)), "{promo}");
    let path = format!("/admin/promos/{}/codes.csv", promo["id"].as_str().expect("an id"));
    let file = house.get(&path, &token).await;
    assert_eq!(file.status(), StatusCode::OK);
    assert_eq!(file.headers()["cache-control"], "no-store");
    let bytes = file.bytes().await.expect("a file");
    let mut rows = csv::Reader::from_reader(&bytes[..]);
    let codes: Vec<String> = rows.records().map(|row| row.expect("a row")[0].to_owned()).collect();
    assert_eq!(codes.len(), 500);
    assert!(codes.iter().all(|code| code.starts_with("FLY-") && code.len() > 8), "{codes:?}");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 500, "no two are the same");
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'promo.codes_exported' AND staff_id IS NOT NULL
                       AND detail ->> 'rows' = '500'";
    assert_eq!(house.count(on_record).await, 1);
    let door = house.token("dora@club.test").await;
    assert_eq!(house.get(&path, &door).await.status(), StatusCode::FORBIDDEN);
}
