//! The desk's pages of the staff: roles, nights, suspensions, and the owner who can't leave.

use domain::ids::EventId;
use reqwest::StatusCode;
use serde_json::json;

use crate::house::{House, PASSWORD, body};
use crate::identity::field;

const OLGA: &str = "olga@club.test";

/// Somebody's key.
pub async fn key_of(house: &House, email: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: uuid::Uuid,
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let query = diesel::sql_query(format!("SELECT id FROM members WHERE email = '{email}'"));
    let row: Row = diesel_async::RunQueryDsl::get_result(query, &mut conn).await.expect("somebody");
    row.id.to_string()
}

/// Sends a form of a person's page; its status.
pub async fn change(house: &House, cookie: &str, staff: &str, form: &[(&str, &str)]) -> StatusCode {
    let path = format!("/admin/staff/{staff}");
    let page = house.page(&path, cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = form.to_vec();
    form.extend([("csrf", csrf.as_str()), ("reason", "as agreed")]);
    house.submit(&path, cookie, &form).await.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_person_is_refused_at_once_and_comes_back_when_taken_back() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    let dora = house.new_token("dora@club.test").await;
    let staff = key_of(&house, "dora@club.test").await;
    let list = house.page("/admin/staff?search=dora", &owner).await.text().await.expect("a page");
    assert!(list.contains("dora@club.test") && !list.contains("max@club.test"), "{list}");
    assert_eq!(change(&house, &owner, &staff, &[("act", "suspend")]).await, StatusCode::SEE_OTHER);
    let refused = house.get("/api/v1/events", &dora).await;
    assert!(refused.status().is_client_error());
    assert_eq!(house.sign_in("dora@club.test", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
    let audited = "SELECT count(*) FROM audit_log WHERE action = 'staff.suspended' AND reason = 'as agreed'
                      AND detail -> 'before' ->> 'suspended' = 'false' AND detail -> 'after' ->> 'suspended' = 'true'";
    assert_eq!(house.count(audited).await, 1);
    assert_eq!(change(&house, &owner, &staff, &[("act", "take-back")]).await, StatusCode::SEE_OTHER);
    assert_eq!(house.sign_in("dora@club.test", PASSWORD).await.status(), StatusCode::OK);
    let stranger = house.cookie("max@club.test").await;
    assert_eq!(house.page("/admin/staff", &stranger).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_bound_to_one_night_sees_that_night_alone() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let mine = house.published(&token, "Friday").await;
    let other = house.published(&token, "Saturday").await;
    let (mine, other) = (mine["id"].as_str().expect("an id"), other["id"].as_str().expect("an id"));
    assert!(mine.parse::<EventId>().is_ok());
    let owner = house.cookie(OLGA).await;
    let staff = key_of(&house, "max@club.test").await;
    let none = [("act", "change"), ("role", "manager"), ("reach", "some")];
    assert_eq!(change(&house, &owner, &staff, &none).await, StatusCode::UNPROCESSABLE_ENTITY);
    let before = house.token("max@club.test").await;
    let night = format!("night.{mine}");
    let bound = [("act", "change"), ("role", "manager"), ("reach", "some"), (night.as_str(), "1")];
    assert_eq!(change(&house, &owner, &staff, &bound).await, StatusCode::SEE_OTHER);
    assert_eq!(house.get("/api/v1/events", &before).await.status(), StatusCode::UNAUTHORIZED);

    let max = house.new_token("max@club.test").await;
    let listed = body(house.get("/api/v1/events", &max).await).await;
    let ids: Vec<_> =
        listed["events"].as_array().expect("events").iter().map(|each| each["id"].clone()).collect();
    assert_eq!(ids, [json!(mine)]);
    assert_eq!(house.get(&format!("/api/v1/events/{mine}"), &max).await.status(), StatusCode::OK);
    let refused = house.get(&format!("/api/v1/events/{other}"), &max).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(body(refused).await["code"], "outside_your_nights");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_stays_owner_on_all_nights_however_it_is_asked() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    let staff = key_of(&house, OLGA).await;
    for form in [vec![("act", "suspend")], vec![("act", "change"), ("role", "manager"), ("reach", "all")]] {
        assert_eq!(change(&house, &owner, &staff, &form).await, StatusCode::CONFLICT, "{form:?}");
    }
    assert_eq!(house.page("/admin/staff", &owner).await.status(), StatusCode::OK, "nothing has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_suspend_each_other_at_once_one_stays() {
    let house = House::open().await;
    house.put_staff("otto@club.test", "owner", PASSWORD).await;
    let (olga, otto) = (house.cookie(OLGA).await, house.cookie("otto@club.test").await);
    let (hers, his) = (key_of(&house, OLGA).await, key_of(&house, "otto@club.test").await);
    // Both forms are open before either is sent.
    let form_of = async |cookie: &str, staff: &str| {
        let page = house.page(&format!("/admin/staff/{staff}"), cookie).await;
        field(&page.text().await.expect("a page"), "csrf")
    };
    let (first, second) = (form_of(&olga, &his).await, form_of(&otto, &hers).await);
    let suspend = async |cookie: &str, staff: &str, csrf: &str| {
        let form = [("act", "suspend"), ("reason", "as agreed"), ("csrf", csrf)];
        house.submit(&format!("/admin/staff/{staff}"), cookie, &form).await.status()
    };
    let both = tokio::join!(suspend(&olga, &his, &first), suspend(&otto, &hers, &second));
    let left = "SELECT count(*) FROM staff WHERE role = 'owner' AND disabled_at IS NULL";
    assert_eq!(house.count(left).await, 1, "{both:?}");
    let told = "SELECT count(*) FROM audit_log WHERE action = 'staff.suspended'";
    assert_eq!(house.count(told).await, 1, "{both:?}");
}
