//! The first owner of a club, invited by whoever operates it; and what members of the staff hear of changes.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::guests::Guests;
use crate::house::{House, PASSWORD, body};
use crate::identity::field;
use crate::invitations::{accept, link_in};
use crate::letters::letter;

const ANA: &str = "ana@example.org";
const BEA: &str = "bea@example.net";
const OWN: &str = "seven lanterns under the mezcal moon";

async fn create(house: &House, wanted: Value) -> Response {
    let request = house.http.post(house.internal("/internal/v1/owners")).json(&wanted);
    house.as_service("magueyctl", request).send().await.expect("an answer")
}

/// The link that an answer tells.
async fn told(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::OK);
    link_in(body(answer).await["link"].as_str().expect("a link"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_club_gets_its_first_owner_and_a_second_one_only_if_another_is_wanted() {
    let mut house = House::unopened().await;
    house.start().await;
    let wanted = json!({"email": ANA, "name": "Ana Luz"});
    let first = told(create(&house, wanted.clone()).await).await;
    let second = told(create(&house, wanted.clone()).await).await;
    let ana = Guests::nobody(ANA, "192.0.2.30");
    assert_eq!(ana.get(&house, &first).await.status(), StatusCode::GONE, "a newer one ends it");
    assert_eq!(house.sign_in(ANA, "").await.status(), StatusCode::UNAUTHORIZED, "there is no password yet");
    let done = accept(&house, &ana, &second, "Ana Luz", OWN).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert_eq!(done.headers()["location"], "/admin/sign-in?welcome=second-factor");
    assert_eq!(house.sign_in(ANA, OWN).await.status(), StatusCode::OK);
    assert_eq!(house.count("SELECT count(*) FROM members WHERE role = 'owner'").await, 1);
    assert!(house.mailbox(ANA).await.is_empty(), "the link was told to the operator alone");
    let row = "SELECT count(*) FROM audit_log WHERE action = 'staff.invited' AND actor = 'magueyctl'";
    assert_eq!(house.count(row).await, 2);

    let refused = create(&house, json!({"email": BEA, "name": "Bea"})).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(body(refused).await["code"], "owner_exists");
    let same = create(&house, json!({"email": ANA, "name": "Ana Luz", "another": true})).await;
    assert_eq!(body(same).await["code"], "works_here_already");
    let mailed = create(&house, json!({"email": BEA, "name": "Bea", "another": true, "mail": true})).await;
    assert_eq!(mailed.status(), StatusCode::OK);
    assert_eq!(body(mailed).await["link"], json!(null));
    let link = link_in(&letter(&house, BEA, "You are invited to work with us", 1).await);
    let bea = Guests::nobody(BEA, "192.0.2.31");
    assert_eq!(accept(&house, &bea, &link, "Bea", OWN).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM members WHERE role = 'owner'").await, 2);
}

/// Sends a form of Dora's page as an owner.
async fn change(house: &House, form: &[(&str, &str)]) {
    let owner = house.cookie("olga@club.test").await;
    let list = house.page("/admin/staff?search=dora", &owner).await.text().await.expect("a page");
    let (_, rest) = list.split_once("href=\"/admin/staff/").expect("a line");
    let path = format!("/admin/staff/{}", &rest[..36]);
    let csrf = field(&list, "csrf");
    let mut form = form.to_vec();
    form.extend([("csrf", csrf.as_str()), ("reason", "as agreed")]);
    assert_eq!(house.submit(&path, &owner, &form).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_another_role_or_is_suspended_hears_of_it_once() {
    let house = House::open().await;
    let dora = "dora@club.test";
    // Nothing changes: nothing is said.
    change(&house, &[("act", "end-sessions")]).await;
    change(&house, &[("act", "change"), ("role", "door_staff"), ("reach", "all")]).await;
    assert_eq!(house.count("SELECT count(*) FROM emails WHERE template = 'account'").await, 0);

    change(&house, &[("act", "change"), ("role", "box_office"), ("reach", "all")]).await;
    let said = letter(&house, dora, "Your role at the club has changed", 1).await;
    assert!(said.contains("All nights") && said.contains("/admin/sign-in"), "{said}");
    change(&house, &[("act", "suspend")]).await;
    letter(&house, dora, "Your access at the club is suspended", 1).await;
    change(&house, &[("act", "take-back")]).await;
    letter(&house, dora, "You can sign in at the club again", 1).await;
    // The operator's word is told as well.
    house.put_staff(dora, "door_staff", PASSWORD).await;
    letter(&house, dora, "Your role at the club has changed", 2).await;
    assert_eq!(house.mailbox(dora).await.len(), 4);
}
