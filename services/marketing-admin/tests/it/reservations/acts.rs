//! What a host does on the board, and what it is refused with.

use super::*;

/// An act, what its form says, and what the ticket site is asked.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Value);

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_does_reaches_the_ticket_site_under_a_key_of_its_own() {
    let id = Uuid::now_v7();
    let night = Night::with(200, view(id, 2)).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let table = Uuid::from_u128(14).to_string();
    let cases: [Case<'_>; 7] = [
        ("tab", &[("spent", "120,50")], json!({"spent_minor": 12_050})),
        ("close", &[("spent", "620")], json!({"spent_minor": 62_000})),
        ("host", &[("host", " Marta ")], json!({"host": "Marta"})),
        ("party", &[("party", "9")], json!({"party": 9})),
        (
            "move",
            &[("table", table.as_str()), ("keep_minimum", "yes")],
            json!({"table": table, "keep_minimum": true}),
        ),
        ("merge", &[("table", table.as_str())], json!({"table": table})),
        ("release", &[], json!({})),
    ];
    for (act, fields, body) in cases {
        let (status, location, page) = night.send(VERA, id, act, fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{act}: {page}");
        assert_eq!(location, format!("{}?done={act}&reservation={id}", night.path()));
        let (path, key, said) = night.heard().pop().expect("it was asked");
        assert_eq!(path, format!("/internal/v1/reservations/{id}/{act}"));
        assert_eq!(said, body, "{act}");
        assert!(key.contains(act) && key.contains(&id.to_string()), "{key}");
        let query = location.split_once('?').expect("a query").1;
        assert!(night.see(VERA, &format!("?{query}")).await.contains("notice--good"), "{act}");
    }
    let asked = night.heard().len();
    let page = night.see(VERA, "").await;
    let (csrf, key) = (field(&page, "csrf"), field(&page, "form_key"));
    let cookie = night.house.cookie(VERA).await;
    for path in
        [format!("{}/{id}/dance", night.path()), format!("{}/{}/release", night.path(), Uuid::now_v7())]
    {
        let form = [("csrf", csrf.as_str()), ("form_key", key.as_str())];
        assert_eq!(night.house.submit(&path, &cookie, &form).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(night.heard().len(), asked, "nothing of that was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_swapped_with_a_party_of_the_same_night_alone() {
    let (id, other, stranger) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let night = Night::with(200, view(id, 2)).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let mut there = told(&night.event, other, &Uuid::now_v7().to_string(), 2, "confirmed");
    there.tables = vec![table(14, 8)];
    night.hears(&there).await;
    let elsewhere = Uuid::now_v7().to_string();
    night.hears(&told(&elsewhere, stranger, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let page = night.see(VERA, "").await;
    assert!(page.contains(&format!("<option value=\"{other}\"")), "{page}");
    assert!(!page.contains(&stranger.to_string()), "{page}");
    let (status, ..) = night.send(VERA, id, "swap", &[("with", stranger.to_string().as_str())]).await;
    assert_eq!((status, night.heard().len()), (StatusCode::NOT_FOUND, 0));
    let (status, ..) = night.send(VERA, id, "swap", &[("with", other.to_string().as_str())]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(night.heard()[0].2, json!({"with": other}));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_by_who_may_give_it_back() {
    let id = Uuid::now_v7();
    let night = Night::with(200, view(id, 2)).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    assert!(!night.see(VERA, "").await.contains("value=\"all\""), "a host is not offered it");
    let all = [("refund", "all"), ("reason", "Ill")];
    let (status, ..) = night.send(VERA, id, "cancel", &all).await;
    assert_eq!((status, night.heard().len()), (StatusCode::FORBIDDEN, 0));
    let (status, ..) = night.send(VERA, id, "cancel", &[("refund", "none"), ("reason", "Ill")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, ..) = night.send(MAX, id, "cancel", &all).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    // Paid a moment ago, and the desk has not heard of it yet: the ticket site would give it all back.
    let waits = Uuid::now_v7();
    let mut pending = told(&night.event, waits, &Uuid::now_v7().to_string(), 1, "pending");
    pending.tables = vec![table(14, 8)];
    night.hears(&pending).await;
    let asked = night.heard().len();
    let (status, ..) = night.send(VERA, waits, "cancel", &all).await;
    assert_eq!((status, night.heard().len()), (StatusCode::FORBIDDEN, asked));
    let part = [("refund", "amount"), ("amount", "50"), ("reason", "Ill")];
    let (status, ..) = night.send(MAX, id, "cancel", &part).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let said: Vec<Value> = night.heard().into_iter().map(|(_, _, body)| body["refund"].clone()).collect();
    assert_eq!(said, [json!("none"), json!("all"), json!({"amount_minor": 5_000})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_said_over_the_board_and_what_was_written_stays() {
    let id = Uuid::now_v7();
    let refused =
        json!({"code": "party_too_large", "errors": [{"field": "party", "code": "party_too_large"}]});
    let night = Night::with(409, refused).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    let (status, _, page) = night.send(VERA, id, "party", &[("party", "30")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("so many do not fit at the table") && page.contains("value=\"30\""), "{page}");
    assert!(page.contains("<details class=\"board-act\" open>"), "{page}");
    for (act, fields, words) in [
        ("tab", ("spent", "lots"), "that is no amount"),
        ("move", ("table", "12"), "choose a table"),
        ("party", ("party", "many"), "say how many people"),
        ("cancel", ("refund", "none"), "say why"),
    ] {
        let (status, _, page) = night.send(VERA, id, act, &[fields]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(page.contains(words), "{act}: {page}");
    }
    assert_eq!(night.heard().len(), 1, "nothing of that was worth asking for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_site_that_is_away_leaves_the_board_and_the_key() {
    let id = Uuid::now_v7();
    let mut night = Night::with(200, json!({})).await;
    night.hears(&told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed")).await;
    night.house.purchase_url = "http://127.0.0.1:9".to_owned();
    night.house.stop().await;
    night.house.start().await;
    let (status, _, page) = night.send(VERA, id, "host", &[("host", "Marta")]).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(page.contains("it is done once") && page.contains("value=\"Marta\""), "{page}");
}
