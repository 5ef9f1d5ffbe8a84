//! The club's own roles, as the desk makes, changes and retires them, and what those who have them are let do.

use std::sync::Arc;

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::clock::{Clock, FixedClock, SystemClock};
use marketing_admin::staff::people::store;
use reqwest::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::guest_list::{Venue, entry, list_of};
use crate::house::{House, PASSWORD, body, event};
use crate::identity::field;
use crate::staff_pages::{change, key_of};

const OLGA: &str = "olga@club.test";
const PIA: &str = "pia@club.test";
const ALL_NIGHTS: (&str, &str) = ("reach", "all");

/// Sends a form of the roles' pages, with its token and a reason.
async fn send(house: &House, cookie: &str, path: &str, form: &[(&str, &str)]) -> Response {
    let page = house.page("/admin/roles/new", cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = form.to_vec();
    form.extend([("csrf", csrf.as_str()), ("reason", "as agreed")]);
    house.submit(path, cookie, &form).await
}

/// Sends the form of a role with this name and these boxes ticked; to `/admin/roles` it makes one.
async fn tick(house: &House, cookie: &str, path: &str, name: &str, can: &[&str]) -> Response {
    let boxes: Vec<String> = can.iter().map(|code| format!("can.{code}")).collect();
    let mut form = vec![("act", "change"), ("name", name)];
    form.extend(boxes.iter().map(|field| (field.as_str(), "1")));
    send(house, cookie, path, &form).await
}

/// Makes a role.
async fn make(house: &House, cookie: &str, name: &str, can: &[&str]) -> StatusCode {
    tick(house, cookie, "/admin/roles", name, can).await.status()
}

/// Gives somebody a role on all nights.
async fn give(house: &House, cookie: &str, email: &str, role: &str) -> StatusCode {
    let staff = key_of(house, email).await;
    change(house, cookie, &staff, &[("act", "change"), ("role", role), ALL_NIGHTS]).await
}

/// A house where Pia is a bar lead, who sees nights and promo codes; with the owner's cookie.
async fn with_a_bar_lead() -> (House, String) {
    let house = House::open().await;
    house.put_staff(PIA, "promoter", PASSWORD).await;
    let owner = house.cookie(OLGA).await;
    let made = make(&house, &owner, "Bar lead", &["events.read", "promos.read"]).await;
    assert_eq!(made, StatusCode::SEE_OTHER);
    assert_eq!(give(&house, &owner, PIA, "bar_lead").await, StatusCode::SEE_OTHER);
    (house, owner)
}

async fn text(house: &House, path: &str, cookie: &str) -> String {
    house.page(path, cookie).await.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_role_lets_people_do_what_it_says_and_nothing_else() {
    let (house, owner) = with_a_bar_lead().await;
    let list = text(&house, "/admin/roles", &owner).await;
    for said in
        ["Bar lead", "Door supervisor", "One person has it", "Give money back", "Needs a second factor"]
    {
        assert!(list.contains(said), "{said} in {list}");
    }
    let pia = house.new_token(PIA).await;
    for path in ["/api/v1/events", "/admin/events", "/api/v1/promos", "/admin/promos"] {
        assert_eq!(house.get(path, &pia).await.status(), StatusCode::OK, "{path}");
    }
    for path in [
        "/api/v1/figures",
        "/api/v1/audit",
        "/admin/orders",
        "/admin/payments",
        "/admin/box-office",
        "/admin/emails",
        "/admin/dead-letters",
        "/admin/keys",
        "/admin/staff",
        "/admin/roles",
        "/admin/roles/new",
        "/admin/roles/bar_lead",
        "/admin/audit",
    ] {
        assert_eq!(house.get(path, &pia).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/api/v1/events", "/api/v1/promos", "/api/v1/venues"] {
        assert_eq!(house.post(path, &pia, event("Mine")).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let made = "SELECT count(*) FROM audit_log WHERE action = 'role.made' AND target = 'bar_lead' AND reason = 'as agreed'
                   AND detail -> 'after' ->> 'permissions' LIKE '%promos.read%'";
    assert_eq!(house.count(made).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_role_counts_at_once_for_everybody_who_has_it() {
    let (house, owner) = with_a_bar_lead().await;
    let before = house.new_token(PIA).await;
    let path = "/admin/roles/bar_lead";
    let renamed = tick(&house, &owner, path, "Bar chief", &["events.read", "promos.read"]).await;
    assert_eq!(renamed.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.get("/api/v1/promos", &before).await.status(), StatusCode::OK, "a name ends nothing");
    let staff = key_of(&house, PIA).await;
    assert!(text(&house, &format!("/admin/staff/{staff}"), &owner).await.contains("Bar chief"));

    let changed = tick(&house, &owner, path, "Bar chief", &["events.read", "figures.read"]).await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.get("/api/v1/promos", &before).await.status(), StatusCode::UNAUTHORIZED);
    let after = house.new_token(PIA).await;
    assert_eq!(house.get("/api/v1/promos", &after).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.get("/api/v1/figures", &after).await.status(), StatusCode::OK);
    let told = "SELECT count(*) FROM audit_log WHERE action = 'role.changed' AND target = 'bar_lead'
                   AND detail -> 'before' ->> 'permissions' LIKE '%promos.read%'
                   AND detail -> 'after' ->> 'permissions' LIKE '%figures.read%'
                   AND detail -> 'after' ->> 'permissions' NOT LIKE '%promos.read%'";
    assert_eq!(house.count(told).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_to_reach_people_by_a_changed_role_needs_a_second_factor() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    assert_eq!(make(&house, &owner, "Runner", &["events.read"]).await, StatusCode::SEE_OTHER);
    assert_eq!(give(&house, &owner, "dora@club.test", "runner").await, StatusCode::SEE_OTHER);
    let dora = house.new_token("dora@club.test").await;
    assert_eq!(house.get("/api/v1/events", &dora).await.status(), StatusCode::OK);
    let more = tick(&house, &owner, "/admin/roles/runner", "Runner", &["events.read", "orders.read"]).await;
    assert_eq!(more.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.get("/api/v1/events", &dora).await.status(), StatusCode::UNAUTHORIZED);
    let dora = house.new_token("dora@club.test").await;
    let refused = house.get("/api/v1/events", &dora).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(body(refused).await["code"], "second_factor_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_retired_when_nobody_has_it_and_is_given_to_nobody_then() {
    let (house, owner) = with_a_bar_lead().await;
    let path = "/admin/roles/bar_lead";
    let retire = [("act", "retire")];
    let refused = send(&house, &owner, path, &retire).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let said = refused.text().await.expect("a page");
    assert!(said.contains("One person still has this role"), "{said}");

    assert_eq!(give(&house, &owner, PIA, "promoter").await, StatusCode::SEE_OTHER);
    assert_eq!(send(&house, &owner, path, &retire).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'role.retired'").await, 1);
    assert!(!text(&house, "/admin/roles", &owner).await.contains("Bar lead"));
    assert_eq!(house.page(path, &owner).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(send(&house, &owner, path, &retire).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(give(&house, &owner, PIA, "bar_lead").await, StatusCode::UNPROCESSABLE_ENTITY);
    let staff = key_of(&house, PIA).await;
    assert!(!text(&house, &format!("/admin/staff/{staff}"), &owner).await.contains("bar_lead"));
    // Its name is free again; what was done with it stays what it was.
    assert_eq!(make(&house, &owner, "Bar lead", &["events.read"]).await, StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM roles WHERE code IN ('bar_lead', 'bar_lead_2')").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_a_permission_that_they_do_not_hold() {
    let (house, owner) = with_a_bar_lead().await;
    house.put_staff("petra@club.test", "manager", PASSWORD).await;
    let made = make(&house, &owner, "Deputy", &["staff.manage", "events.read"]).await;
    assert_eq!(made, StatusCode::SEE_OTHER);
    assert_eq!(give(&house, &owner, "petra@club.test", "deputy").await, StatusCode::SEE_OTHER);
    let petra = house.cookie("petra@club.test").await;
    let refused = tick(&house, &petra, "/admin/roles", "Spy", &["events.read", "figures.read"]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let said = refused.text().await.expect("a page");
    assert!(said.contains("You can’t give or take") && said.contains("value=\"Spy\""), "{said}");
    assert_eq!(make(&house, &petra, "Lookout", &["events.read"]).await, StatusCode::SEE_OTHER);
    // Nor do they take one away from others, nor take more for themselves.
    let path = "/admin/roles/bar_lead";
    assert_eq!(
        tick(&house, &petra, path, "Bar lead", &["events.read"]).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(send(&house, &petra, path, &[("act", "retire")]).await.status(), StatusCode::FORBIDDEN);
    assert!(!text(&house, path, &petra).await.contains("name=\"can.events.read\""), "no form for it");
    let more = ["staff.manage", "events.read", "keys.rotate"];
    let herself = tick(&house, &petra, "/admin/roles/deputy", "Deputy", &more).await;
    assert_eq!(herself.status(), StatusCode::FORBIDDEN);
    assert_eq!(give(&house, &petra, "petra@club.test", "owner").await, StatusCode::FORBIDDEN);
    let made = "SELECT count(*) FROM roles WHERE permissions && ARRAY['figures.read', 'keys.rotate']";
    assert_eq!(house.count(made).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_has_a_name_of_its_own_and_gives_something() {
    let (house, owner) = with_a_bar_lead().await;
    for taken in ["Bar lead", " bar LEAD ", "Manager", "gerencia"] {
        assert_eq!(make(&house, &owner, taken, &["events.read"]).await, StatusCode::CONFLICT, "{taken}");
    }
    for (name, can) in [
        ("", vec!["events.read"]),
        ("Go to www.evil.example", vec!["events.read"]),
        ("An extraordinarily long name for a role at a club", vec!["events.read"]),
        ("Nothing", vec![]),
        ("Moon", vec!["moon.walk"]),
    ] {
        assert_eq!(make(&house, &owner, name, &can).await, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
    assert_eq!(make(&house, &owner, "Cloakroom", &["events.read"]).await, StatusCode::SEE_OTHER);
    let renamed = tick(&house, &owner, "/admin/roles/cloakroom", "Bar Lead", &["events.read"]).await;
    assert_eq!(renamed.status(), StatusCode::CONFLICT);
    assert_eq!(house.count("SELECT count(*) FROM roles").await, 2);
    // One that begins from another has its boxes ticked.
    let begun = text(&house, "/admin/roles/new?from=promoter", &owner).await;
    let ticked = |code: &str| begun.contains(&format!("name=\"can.{code}\" value=\"1\" checked"));
    assert!(ticked("guest_list.run") && ticked("events.read") && !ticked("orders.read"), "{begun}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_made_with_a_fresh_second_factor_and_nothing_typed_is_lost() {
    let mut house = House::open().await;
    house.stop().await;
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    house.start_at(clock.clone()).await;
    let owner = house.cookie(OLGA).await;
    clock.advance(TimeDelta::minutes(6));
    let asked = tick(&house, &owner, "/admin/roles", "Bar lead", &["events.read"]).await;
    assert_eq!(asked.status(), StatusCode::FORBIDDEN);
    let page = asked.text().await.expect("a page");
    assert!(page.contains("name=\"second_factor\"") && field(&page, "can.events.read") == "1", "{page}");
    assert_eq!(house.count("SELECT count(*) FROM roles").await, 0);
    let secret = house.app(OLGA).expect("an app").totp.expect("a secret");
    let second = u64::try_from(clock.now().timestamp()).expect("after 1970");
    let code = devstack::staff::code_of(&secret, second / 30).expect("a code");
    let form = [("name", "Bar lead"), ("can.events.read", "1"), ("second_factor", code.as_str())];
    assert_eq!(send(&house, &owner, "/admin/roles", &form).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM roles").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoter_of_one_night_sees_its_guest_list_and_nothing_of_another() {
    let list = list_of(&[entry(Uuid::now_v7(), &[Uuid::now_v7()])]);
    let venue = Venue::with(list, 200, json!({})).await;
    let house = &venue.house;
    house.put_staff(PIA, "promoter", PASSWORD).await;
    let other = house.published(&house.token(OLGA).await, "Saturday").await;
    let (mine, other) = (venue.id(), other["id"].as_str().expect("an id"));
    let owner = house.cookie(OLGA).await;
    let staff = key_of(house, PIA).await;
    let night = format!("night.{mine}");
    let bound = |role| [("act", "change"), ("role", role), ("reach", "some"), (night.as_str(), "1")];
    assert_eq!(change(house, &owner, &staff, &bound("promoter")).await, StatusCode::SEE_OTHER);
    let pia = house.new_token(PIA).await;
    let guests_of = |night: &str| format!("/admin/events/{night}/guest-list");
    let seen = house.get(&guests_of(mine), &pia).await;
    assert_eq!(seen.status(), StatusCode::OK);
    assert!(seen.text().await.expect("a page").contains("DJ Ñandú"));
    for path in [guests_of(other), format!("/api/v1/events/{other}"), format!("/admin/events/{other}")] {
        assert_eq!(house.get(&path, &pia).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let added = house.post(&guests_of(other), &pia, json!({})).await;
    assert_eq!(added.status(), StatusCode::FORBIDDEN);
    assert!(venue.heard().is_empty(), "the ticket site was asked for nothing");
    let listed = body(house.get("/api/v1/events", &pia).await).await;
    assert_eq!(listed["events"].as_array().map(Vec::len), Some(1), "{listed}");

    // What is about no night, or all of them, is closed too, whatever the role gives.
    let can = ["events.read", "guest_list.run", "promos.read", "figures.read"];
    assert_eq!(make(house, &owner, "Host and codes", &can).await, StatusCode::SEE_OTHER);
    assert_eq!(change(house, &owner, &staff, &bound("host_and_codes")).await, StatusCode::SEE_OTHER);
    let pia = house.new_token(PIA).await;
    assert_eq!(house.get(&guests_of(mine), &pia).await.status(), StatusCode::OK);
    for path in ["/api/v1/promos", "/api/v1/figures"] {
        let refused = house.get(path, &pia).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        assert_eq!(body(refused).await["code"], "outside_your_nights", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_is_bound_to_no_night() {
    let house = House::open().await;
    let night = house.published(&house.token(OLGA).await, "Friday").await;
    let owner = house.cookie(OLGA).await;
    let staff = key_of(&house, OLGA).await;
    let night = format!("night.{}", night["id"].as_str().expect("an id"));
    let bound = [("act", "change"), ("role", "owner"), ("reach", "some"), (night.as_str(), "1")];
    assert_eq!(change(&house, &owner, &staff, &bound).await, StatusCode::CONFLICT);
    assert_eq!(house.page("/admin/staff", &owner).await.status(), StatusCode::OK, "nothing has changed");
    assert_eq!(house.count("SELECT count(*) FROM staff_nights").await, 0);
}

const OWNERS: &str = "SELECT count(*) FROM staff WHERE role = 'owner' AND disabled_at IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_demote_each_other_at_once_one_stays() {
    let house = House::open().await;
    house.put_staff("otto@club.test", "owner", PASSWORD).await;
    let (olga, otto) = (house.cookie(OLGA).await, house.cookie("otto@club.test").await);
    let (hers, his) = (key_of(&house, OLGA).await, key_of(&house, "otto@club.test").await);
    // Both forms are open before either is sent.
    let form_of = async |cookie: &str| field(&text(&house, "/admin/roles/new", cookie).await, "csrf");
    let (first, second) = (form_of(&olga).await, form_of(&otto).await);
    let demote = async |cookie: &str, staff: &str, csrf: &str| {
        let form =
            [("act", "change"), ("role", "manager"), ALL_NIGHTS, ("reason", "as agreed"), ("csrf", csrf)];
        house.submit(&format!("/admin/staff/{staff}"), cookie, &form).await.status()
    };
    let both = tokio::join!(demote(&olga, &his, &first), demote(&otto, &hers, &second));
    assert_eq!(house.count(OWNERS).await, 1, "{both:?}");
    let told = "SELECT count(*) FROM audit_log WHERE action = 'staff.changed'";
    assert_eq!(house.count(told).await, 1, "{both:?}");
}

/// The control run: with the service's own statements but without its lock, each of two owners still sees the other, and the
/// club is left without one.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_two_owners_leave_nobody() {
    for (locked, left) in [(true, 1), (false, 0)] {
        let house = House::open().await;
        house.put_staff("otto@club.test", "owner", PASSWORD).await;
        let id = async |email: &str| key_of(&house, email).await.parse::<Uuid>().expect("an id");
        let (olga, otto) = (id(OLGA).await, id("otto@club.test").await);
        let db = house.database.db(db::Owner::MarketingAdmin);
        let mut first = db.conn().await.expect("a connection");
        assert!(demoted(&mut first, otto, locked).await);
        let second = tokio::spawn({
            let db = db.clone();
            async move {
                let mut conn = db.conn().await.expect("a connection");
                let end = if demoted(&mut conn, olga, locked).await { "COMMIT" } else { "ROLLBACK" };
                conn.batch_execute(end).await.expect("ended");
            }
        });
        if locked {
            first.batch_execute("COMMIT").await.expect("committed");
            second.await.expect("it ends");
        } else {
            second.await.expect("it waits for nobody");
            first.batch_execute("COMMIT").await.expect("committed");
        }
        assert_eq!(house.count(OWNERS).await, left, "with the lock: {locked}");
    }
}

/// Demotes an owner in a transaction that stays open; whether one is left then.
async fn demoted(conn: &mut db::Conn, staff: Uuid, locked: bool) -> bool {
    conn.batch_execute("BEGIN").await.expect("begun");
    if locked {
        store::hold_all(conn).await.expect("held");
    }
    store::set_role(conn, staff, "manager", SystemClock.now()).await.expect("written");
    store::owners(conn).await.expect("a number") > 0
}
