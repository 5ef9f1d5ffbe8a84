//! Who did what, in all three services, on one page.

use db::Owner;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::house::House;

const PAGE: &str = "/admin/audit";

/// A row in a service's log.
async fn note(house: &House, owner: Owner, action: &str, target: &str) {
    house
        .as_admin(&format!(
            "INSERT INTO {owner}.audit_log (id, at, staff_id, actor, action, target, request_id, reason, detail)
             VALUES ('{}', now(), NULL, 'manager', '{action}', '{target}', 'request-{target}', 'why {target}',
                     '{{\"before\": \"old {target}\", \"after\": \"new {target}\"}}')",
            Uuid::now_v7()
        ))
        .await;
}

async fn page(house: &House, cookie: &str, path: &str) -> String {
    let answer = house.page(path, cookie).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_anywhere_is_found_on_one_page_the_newest_first() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    note(&house, Owner::Purchase, "ticket.voided", "sold").await;
    note(&house, Owner::Scanner, "access.denied", "door").await;
    note(&house, Owner::MarketingAdmin, "staff.put", "desk").await;
    let cookie = house.cookie("olga@club.test").await;
    let html = page(&house, &cookie, PAGE).await;
    let at = |what: &str| html.find(what).unwrap_or_else(|| panic!("{what} in {html}"));
    assert!(at("why desk") < at("why door") && at("why door") < at("why sold"));
    assert!(html.contains("old sold") && html.contains("new sold") && html.contains("Refused"), "{html}");

    let html = page(&house, &cookie, &format!("{PAGE}?search=request-SOLD")).await;
    assert!(html.contains("why sold") && !html.contains("why door"), "{html}");
    let html = page(&house, &cookie, &format!("{PAGE}?service=scanner")).await;
    assert!(html.contains("why door") && !html.contains("why sold"), "{html}");
    let html = page(&house, &cookie, &format!("{PAGE}?until=2020-01-01")).await;
    assert!(html.contains("Nothing was found"), "{html}");
    let html = page(&house, &cookie, &format!("{PAGE}?search=%27%20OR%201%3D1%20--")).await;
    assert!(html.contains("Nothing was found"), "no more than a text: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_named_and_what_means_nothing_is_refused() {
    let (house, purchase, _scanner) = House::among_neighbours().await;
    note(&house, Owner::Scanner, "scan.undone", "door").await;
    purchase.stop().await;
    let cookie = house.cookie("olga@club.test").await;
    let html = page(&house, &cookie, PAGE).await;
    assert!(html.contains("The ticket site can’t be asked right now"), "{html}");
    assert!(html.contains("why door"), "{html}");
    for (query, status) in [
        ("sort=reason", StatusCode::UNPROCESSABLE_ENTITY),
        ("from=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        ("before=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("service=kitchen", StatusCode::NOT_FOUND),
    ] {
        let answer = house.page(&format!("{PAGE}?{query}"), &cookie).await;
        assert_eq!(answer.status(), status, "{query}");
    }
}
