//! Stuck messages of all three services on one page.

use db::Owner;
use reqwest::{Response, StatusCode};

use crate::house::House;
use crate::identity::field;

const PAGE: &str = "/admin/dead-letters";

/// A message that `owner` gave up on, so many minutes ago; its number there.
async fn kill(house: &House, owner: Owner, subject: &str, minutes: i64) -> i64 {
    house
        .as_admin(&format!(
            "INSERT INTO {owner}.dead_letters (durable, message_id, subject, payload, published_at, error, attempts, died_at)
             VALUES ('{owner}_reader', gen_random_uuid(), '{subject}', 'Lucia Ferrer, secret', now(), 'no such row {minutes}', 8,
                     now() - interval '{minutes} minutes')"
        ))
        .await;
    house.count_anywhere(&format!("SELECT max(id) FROM {owner}.dead_letters")).await
}

async fn page(house: &House, cookie: &str, path: &str) -> String {
    let answer = house.page(path, cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.expect("a page")
}

fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["location"].to_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stuck_anywhere_stands_on_one_page_and_says_nothing_of_guests() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    let cookie = house.cookie("olga@club.test").await;
    assert!(page(&house, &cookie, PAGE).await.contains("Nothing is stuck"));
    for (owner, subject, minutes) in [
        (Owner::Purchase, "event.changed", 30),
        (Owner::Scanner, "ticket.changed", 10),
        (Owner::MarketingAdmin, "order.paid", 20),
    ] {
        kill(&house, owner, subject, minutes).await;
    }
    let html = page(&house, &cookie, PAGE).await;
    let at = |what: &str| html.find(what).unwrap_or_else(|| panic!("{what} in {html}"));
    assert!(at("no such row 10") < at("no such row 20") && at("no such row 20") < at("no such row 30"));
    for name in [
        "A change of a night",
        "A change of a ticket",
        "A sale",
        "The ticket site<",
        "The door<",
        "The desk<",
        "event.changed · purchase_reader",
        "ticket.changed · scanner_reader",
        "order.paid · marketing_admin_reader",
    ] {
        assert!(html.contains(name), "{name} in {html}");
    }
    assert!(!html.contains("Lucia") && !html.contains("secret"), "{html}");
    assert!(!html.contains("be asked right now"), "all have answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_named_and_hides_nothing_of_the_others() {
    let (house, purchase, _scanner) = House::among_neighbours().await;
    kill(&house, Owner::Purchase, "event.changed", 30).await;
    let letter = kill(&house, Owner::Scanner, "ticket.changed", 10).await;
    purchase.stop().await;
    let cookie = house.cookie("max@club.test").await;
    let html = page(&house, &cookie, PAGE).await;
    assert!(html.contains("The ticket site can’t be asked right now"), "{html}");
    assert!(html.contains("no such row 10") && !html.contains("no such row 30"), "{html}");

    let csrf = field(&html, "csrf");
    let form = [("csrf", csrf.as_str())];
    let away = house.submit(&format!("{PAGE}/purchase/1/replay"), &cookie, &form).await;
    let away = location(&away);
    let said = page(&house, &cookie, &away).await;
    assert!(said.contains("Nothing was handled again"), "{said}");
    let fine = house.submit(&format!("{PAGE}/scanner/{letter}/replay"), &cookie, &form).await;
    assert_eq!(location(&fine), format!("{PAGE}?asked=1"));

    house.as_admin("DELETE FROM scanner.dead_letters").await;
    let html = page(&house, &cookie, PAGE).await;
    assert!(
        html.contains("Nothing is stuck in what could be asked"),
        "it does not promise more than it knows"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_have_any_services_letters_handled_again_and_that_service_knows_who() {
    let (house, purchase, scanner) = House::among_neighbours().await;
    let cookie = house.cookie("olga@club.test").await;
    for owner in [purchase.owner, scanner.owner, Owner::MarketingAdmin] {
        let letter = kill(&house, owner, "event.changed", 5).await;
        let service = owner.name().replace('_', "-");
        let csrf = field(&page(&house, &cookie, PAGE).await, "csrf");
        let path = format!("{PAGE}/{service}/{letter}/replay");
        let request = format!("request-of-{service}");
        let post =
            house.http.post(house.url(&path)).header("cookie", &cookie).header("x-request-id", &request);
        let post = post.header("origin", "http://maguey.localhost:8080").form(&[("csrf", &csrf)]);
        assert_eq!(location(&post.send().await.expect("an answer")), format!("{PAGE}?asked=1"));
        let asked = format!(
            "SELECT count(*) FROM {owner}.dead_letters WHERE id = {letter} AND replay_asked_at IS NOT NULL"
        );
        assert_eq!(house.count_anywhere(&asked).await, 1, "{owner}");
        let actor = if owner == Owner::MarketingAdmin { "owner" } else { "marketing-admin" };
        let row = format!(
            "SELECT count(*) FROM {owner}.audit_log JOIN marketing_admin.members AS staff ON staff.id = staff_id
              WHERE action = 'dead_letter.replayed' AND target = '{letter}' AND actor = '{actor}'
                AND request_id = '{request}' AND email = 'olga@club.test'"
        );
        assert_eq!(house.count_anywhere(&row).await, 1, "{owner}");
        let rows = format!("SELECT count(*) FROM {owner}.audit_log WHERE action = 'dead_letter.replayed'");
        assert_eq!(house.count_anywhere(&rows).await, 1, "{owner}: where it was done, and once");
        assert!(page(&house, &cookie, PAGE).await.contains("Being tried"));
        house
            .as_admin(&format!("UPDATE {owner}.dead_letters SET replayed_at = now(), replay_asked_at = NULL"))
            .await;
        let gone = house.submit(&path, &cookie, &[("csrf", &csrf)]).await;
        assert_eq!(location(&gone), format!("{PAGE}?gone=1"), "it is stuck no more");
        assert_eq!(house.count_anywhere(&rows).await, 1, "nothing was done");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_one_service_are_handled_again_by_one_button() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    for (owner, minutes) in [(Owner::Scanner, 1), (Owner::Scanner, 2), (Owner::Purchase, 3)] {
        kill(&house, owner, "event.changed", minutes).await;
    }
    let cookie = house.cookie("olga@club.test").await;
    let html = page(&house, &cookie, PAGE).await;
    assert!(
        html.contains("Handle all 2 again: The door") && !html.contains("again: The ticket site"),
        "{html}"
    );
    let csrf = field(&html, "csrf");
    let done = house.submit(&format!("{PAGE}/scanner/replay"), &cookie, &[("csrf", &csrf)]).await;
    assert!(page(&house, &cookie, &location(&done)).await.contains("2 are being handled again"));
    let asked =
        |owner: &str| format!("SELECT count(*) FROM {owner}.dead_letters WHERE replay_asked_at IS NOT NULL");
    assert_eq!(house.count_anywhere(&asked("scanner")).await, 2);
    assert_eq!(house.count_anywhere(&asked("purchase")).await, 0);
    let row =
        "SELECT count(*) FROM scanner.audit_log WHERE action = 'dead_letter.replayed' AND target = 'all'
                 AND detail ->> 'asked' = '2'";
    assert_eq!(house.count_anywhere(row).await, 1);
    let nowhere = house.submit(&format!("{PAGE}/elsewhere/replay"), &cookie, &[("csrf", &csrf)]).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}
