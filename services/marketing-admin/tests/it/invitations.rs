//! Invitations to the staff: made, accepted by new people and by guests, and all that ends them.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use futures::future::join_all;
use marketing_admin::identity::upkeep;
use reqwest::{Response, StatusCode};
use uuid::Uuid;

use crate::guests::{Guest, Guests};
use crate::house::{House, PASSWORD};
use crate::identity::field;
use crate::letters::letter;

const OLGA: &str = "olga@club.test";
const MAX: &str = "max@club.test";
const ANA: &str = "ana@example.org";
const OWN: &str = "seven lanterns under the mezcal moon";
const LIST: &str = "/admin/staff";
const ACCEPT: &str = "/admin/invitation";
const SUBJECT: &str = "You are invited to work with us";

/// Sends the form of the list, or of one of its lines.
async fn send(house: &House, cookie: &str, path: &str, form: &[(&str, &str)]) -> Response {
    let page = house.page(LIST, cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut form = form.to_vec();
    form.push(("csrf", csrf.as_str()));
    house.submit(path, cookie, &form).await
}

/// Invites somebody on all nights.
async fn invite(house: &House, cookie: &str, email: &str, role: &str) -> Response {
    let form = [("name", "Ana Luz"), ("email", email), ("role", role), ("reach", "all")];
    send(house, cookie, "/admin/staff/invitations", &form).await
}

/// Where the invitation in a mail leads: path and query.
pub fn link_in(text: &str) -> String {
    let at = text.find("/admin/invitation?token=").unwrap_or_else(|| panic!("an invitation in {text}"));
    text[at..].split_whitespace().next().expect("a link").to_owned()
}

/// The only invitation that somebody got.
async fn mailed(house: &House, email: &str) -> String {
    link_in(&letter(house, email, SUBJECT, 1).await)
}

/// Presses the button.
pub async fn accept(house: &House, browser: &Guest, link: &str, name: &str, password: &str) -> Response {
    let form = [("token", crate::letters::token(link)), ("name", name), ("password", password)];
    browser.form(house, ACCEPT, &form).await
}

fn place(answer: &Response) -> &str {
    answer.headers()["location"].to_str().expect("text")
}

/// The invitation that stands in the list.
async fn listed(house: &House, cookie: &str) -> Option<String> {
    let page = house.page(LIST, cookie).await.text().await.expect("a page");
    let (_, rest) = page.split_once("/admin/staff/invitations/")?;
    Some(rest[..36].to_owned())
}

async fn members(house: &House, email: &str) -> i64 {
    house.count(&format!("SELECT count(*) FROM members WHERE email = '{email}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_new_chooses_a_password_and_works_here_on_their_nights() {
    let house = House::open().await;
    let night = house.published(&house.token(OLGA).await, "Friday").await;
    let night = format!("night.{}", night["id"].as_str().expect("an id"));
    let owner = house.cookie(OLGA).await;
    let form =
        [("name", "Ana Luz"), ("email", ANA), ("role", "door_staff"), ("reach", "some"), (&*night, "1")];
    let sent = send(&house, &owner, "/admin/staff/invitations", &form).await;
    assert_eq!((sent.status(), place(&sent)), (StatusCode::SEE_OTHER, "/admin/staff?done=invited"));
    let list = house.page(LIST, &owner).await.text().await.expect("a page");
    assert!(list.contains(ANA) && list.contains("Invited by"), "{list}");
    let link = mailed(&house, ANA).await;

    // A program that looks after mail opens the link first: that changes nothing.
    let ana = Guests::nobody(ANA, "192.0.2.30");
    for _ in 0..2 {
        let page = ana.page(&house, &link).await;
        assert!(page.contains("new-password") && page.contains("Friday") && page.contains(ANA), "{page}");
    }
    assert_eq!(members(&house, ANA).await, 0);
    let short = accept(&house, &ana, &link, "Ana Luz", "mezcal9moo").await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text().await.expect("a page").contains("at least 12 characters"));
    let done = accept(&house, &ana, &link, "Ana Luz", OWN).await;
    assert_eq!((done.status(), place(&done)), (StatusCode::SEE_OTHER, "/admin/sign-in?welcome=yes"));
    assert!(ana.page(&house, "/admin/sign-in?welcome=yes").await.contains("You work here now"));

    assert_eq!(house.sign_in(ANA, OWN).await.status(), StatusCode::OK);
    assert_eq!(house.count("SELECT count(*) FROM staff_nights").await, 1);
    for act in ["staff.invited", "staff.invitation_accepted"] {
        let row = format!("SELECT count(*) FROM audit_log WHERE action = '{act}'");
        assert_eq!(house.count(&row).await, 1, "{act}");
    }
    assert_eq!(listed(&house, &owner).await, None);

    // Once is once.
    assert_eq!(ana.get(&house, &link).await.status(), StatusCode::GONE);
    assert_eq!(accept(&house, &ana, &link, "Ana Luz", OWN).await.status(), StatusCode::GONE);
    assert_eq!(members(&house, ANA).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_confirms_with_their_password_and_stays_who_they_are() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let owner = house.cookie(OLGA).await;
    assert_eq!(invite(&house, &owner, ANA, "manager").await.status(), StatusCode::SEE_OTHER);
    let link = mailed(&house, ANA).await;
    let browser = ana.elsewhere("192.0.2.31");
    let page = browser.page(&house, &link).await;
    assert!(page.contains("current-password") && !page.contains("name=\"name\""), "{page}");

    let wrong = accept(&house, &browser, &link, "", "somebody else's guess").await;
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(members(&house, ANA).await, 0);
    let done = accept(&house, &browser, &link, "", PASSWORD).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert_eq!(place(&done), "/admin/sign-in?welcome=second-factor", "the role reaches money");

    // One account, the same one, which orders, tickets and sessions of a guest belong to.
    let same = format!("SELECT count(*) FROM members WHERE id = '{}' AND role = 'manager'", ana.id);
    assert_eq!(house.count(&same).await, 1);
    assert_eq!(
        house.count_anywhere("SELECT count(*) FROM marketing_admin.accounts WHERE name = 'Ana Luz'").await,
        1
    );
    assert!(ana.page(&house, "/account").await.contains(ANA), "they are signed in as before");
    let form = [("email", ANA), ("password", PASSWORD), ("next", "")];
    let answer = house.submit("/admin/sign-in", "", &form).await;
    assert_eq!((answer.status(), place(&answer)), (StatusCode::SEE_OTHER, "/admin/security"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_good_enough_for_a_guest_alone_is_not_for_the_staff() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    let hash = Argon2::default().hash_password(b"mezcal9moo").expect("hashed").to_string();
    let weaken =
        format!("UPDATE marketing_admin.accounts SET password_hash = '{hash}' WHERE id = '{}'", ana.id);
    house.as_admin(&weaken).await;
    let owner = house.cookie(OLGA).await;
    invite(&house, &owner, ANA, "door_staff").await;
    let link = mailed(&house, ANA).await;
    let refused = accept(&house, &ana, &link, "", "mezcal9moo").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.expect("a page").contains("For working here you need a better one"));
    assert_eq!(members(&house, ANA).await, 0);
    assert_eq!(ana.get(&house, &link).await.status(), StatusCode::OK, "the invitation stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_invitation_ends_the_older_and_a_withdrawn_one_opens_nothing() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    invite(&house, &owner, ANA, "door_staff").await;
    let older = mailed(&house, ANA).await;
    let line = format!("/admin/staff/invitations/{}", listed(&house, &owner).await.expect("a line"));
    let again = send(&house, &owner, &line, &[("act", "again")]).await;
    assert_eq!((again.status(), place(&again)), (StatusCode::SEE_OTHER, "/admin/staff?done=invited"));
    letter(&house, ANA, SUBJECT, 2).await;
    let mails = house.mailbox(ANA).await;
    let mut links = mails.iter().map(|mail| link_in(mail["text"].as_str().expect("text")));
    let newer = links.find(|link| *link != older).expect("another link");
    let ana = Guests::nobody(ANA, "192.0.2.30");
    assert_eq!(ana.get(&house, &older).await.status(), StatusCode::GONE);
    assert_eq!(ana.get(&house, &newer).await.status(), StatusCode::OK);

    let over = send(&house, &owner, &line, &[("act", "withdraw")]).await;
    assert_eq!(over.status(), StatusCode::CONFLICT, "that one is not the open one any more");
    let line = format!("/admin/staff/invitations/{}", listed(&house, &owner).await.expect("a line"));
    let withdrawn = send(&house, &owner, &line, &[("act", "withdraw")]).await;
    assert_eq!(place(&withdrawn), "/admin/staff?done=withdrawn");
    assert_eq!(ana.get(&house, &newer).await.status(), StatusCode::GONE);
    assert_eq!(accept(&house, &ana, &newer, "Ana Luz", OWN).await.status(), StatusCode::GONE);
    assert_eq!(listed(&house, &owner).await, None);
    let row = "SELECT count(*) FROM audit_log WHERE action = 'staff.invitation_withdrawn'";
    assert_eq!(house.count(row).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_good_for_a_week() {
    let mut house = House::open().await;
    let owner = house.cookie(OLGA).await;
    invite(&house, &owner, ANA, "door_staff").await;
    let link = mailed(&house, ANA).await;
    let ana = Guests::nobody(ANA, "192.0.2.30");
    for (days, status) in [(6, StatusCode::OK), (8, StatusCode::GONE)] {
        house.stop().await;
        house.start_at(Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::days(days)))).await;
        assert_eq!(ana.get(&house, &link).await.status(), status, "after {days} days");
    }
    assert_eq!(accept(&house, &ana, &link, "Ana Luz", OWN).await.status(), StatusCode::GONE);
    assert_eq!(members(&house, ANA).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_nobody_answered_stays_in_the_list_and_is_sent_again() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    invite(&house, &owner, ANA, "door_staff").await;
    let older = mailed(&house, ANA).await;
    house
        .as_admin(
            "UPDATE marketing_admin.links SET made_at = made_at - interval '9 days',
                    expires_at = expires_at - interval '9 days' WHERE purpose = 'invitation'",
        )
        .await;
    let clock: SharedClock = Arc::new(SystemClock);
    upkeep::pass(&house.db, &clock).await.expect("a pass");
    let page = house.page(LIST, &owner).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.expect("a page").contains("Ana Luz"));
    let line = format!("/admin/staff/invitations/{}", listed(&house, &owner).await.expect("a line"));
    let again = send(&house, &owner, &line, &[("act", "again")]).await;
    assert_eq!(place(&again), "/admin/staff?done=invited");
    letter(&house, ANA, SUBJECT, 2).await;
    let mails = house.mailbox(ANA).await;
    let mut links = mails.iter().map(|mail| link_in(mail["text"].as_str().expect("text")));
    let newer = links.find(|link| *link != older).expect("another link");
    assert_eq!(Guests::nobody(ANA, "192.0.2.30").get(&house, &newer).await.status(), StatusCode::OK);

    // Withdrawn, nothing of it waits any more.
    let line = format!("/admin/staff/invitations/{}", listed(&house, &owner).await.expect("a line"));
    send(&house, &owner, &line, &[("act", "withdraw")]).await;
    let kept = "SELECT count(*) FROM links WHERE purpose = 'invitation' AND payload <> '{}'";
    assert_eq!(house.count(kept).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_invites_to_more_than_they_hold_and_an_invitation_holds_as_long_as_they_do() {
    let house = House::open().await;
    let head = "INSERT INTO marketing_admin.roles (code, name, permissions, changed_at)
         VALUES ('head', 'Head of door', '{staff.manage,door.scan}', now());
        UPDATE marketing_admin.staff SET role = 'head' FROM marketing_admin.accounts
         WHERE accounts.id = staff.id AND accounts.email = 'max@club.test'";
    house.as_admin(head).await;
    let max = house.cookie(MAX).await;
    let refused = invite(&house, &max, ANA, "owner").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("what you don’t hold yourself") && page.contains(ANA),
        "what was typed stays: {page}"
    );
    let known = invite(&house, &max, "dora@club.test", "door_staff").await;
    assert_eq!(known.status(), StatusCode::CONFLICT);
    assert!(known.text().await.expect("a page").contains("works here already"));

    assert_eq!(invite(&house, &max, ANA, "door_staff").await.status(), StatusCode::SEE_OTHER);
    let link = mailed(&house, ANA).await;
    let ana = Guests::nobody(ANA, "192.0.2.30");
    assert_eq!(ana.get(&house, &link).await.status(), StatusCode::OK);
    let suspend = "UPDATE marketing_admin.staff SET disabled_at = now() FROM marketing_admin.accounts
         WHERE accounts.id = staff.id AND accounts.email = 'max@club.test'";
    house.as_admin(suspend).await;
    assert_eq!(accept(&house, &ana, &link, "Ana Luz", OWN).await.status(), StatusCode::GONE);
    // Whoever sends it again answers for it from then on.
    let owner = house.cookie(OLGA).await;
    let line = format!("/admin/staff/invitations/{}", listed(&house, &owner).await.expect("a line"));
    assert_eq!(send(&house, &owner, &line, &[("act", "again")]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        house.count("SELECT count(*) FROM links WHERE purpose = 'invitation' AND used_at IS NULL").await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_accept_at_once_one_becomes_a_member() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    invite(&house, &owner, ANA, "door_staff").await;
    let link = mailed(&house, ANA).await;
    let browsers: Vec<Guest> = (0..4).map(|n| Guests::nobody(ANA, &format!("192.0.2.{}", 40 + n))).collect();
    let accepted = browsers.iter().map(|browser| accept(&house, browser, &link, "Ana Luz", OWN));
    let statuses: Vec<_> = join_all(accepted).await.iter().map(Response::status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::SEE_OTHER).count(), 1, "{statuses:?}");
    assert_eq!(members(&house, ANA).await, 1);
    let row = "SELECT count(*) FROM audit_log WHERE action = 'staff.invitation_accepted'";
    assert_eq!(house.count(row).await, 1);
}

/// The control run: where the link is looked at and not used up first, two who come at once both become members of it.
#[tokio::test(flavor = "multi_thread")]
async fn without_using_the_link_up_one_invitation_makes_two_members() {
    let house = House::open().await;
    let owner = house.cookie(OLGA).await;
    invite(&house, &owner, ANA, "door_staff").await;
    let mut left = house.db.conn().await.expect("a connection");
    let mut right = house.db.conn().await.expect("a connection");
    for conn in [&mut left, &mut right] {
        conn.batch_execute("BEGIN").await.expect("begun");
        let look = "SELECT count(*) FROM links WHERE purpose = 'invitation' AND used_at IS NULL";
        assert_eq!(crate::house::count(conn, look).await, 1, "it is good for both");
    }
    for (name, conn) in [("left", &mut left), ("right", &mut right)] {
        let id = Uuid::now_v7();
        let join = format!(
            "INSERT INTO accounts (id, email, name, created_at, changed_at)
             VALUES ('{id}', '{name}@example.org', '{name}', now(), now());
             INSERT INTO staff (id, role, created_at, changed_at) VALUES ('{id}', 'door_staff', now(), now());
             COMMIT"
        );
        conn.batch_execute(&join).await.expect("nothing waits");
    }
    assert_eq!(house.count("SELECT count(*) FROM members WHERE email LIKE '%@example.org'").await, 2);
}
