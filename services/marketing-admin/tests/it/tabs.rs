//! Tabs of one browser that renew their session at the same instant, each at another replica.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use db::Db;
use domain::clock::{Clock, FixedClock, SharedClock, SystemClock};
use futures::future::{join, join_all};
use marketing_admin::identity::session::renew::{self, Renewed};
use reqwest::Response;

use crate::factors::leads_to;
use crate::guests::Guests;
use crate::house::House;

const TOKEN: &str = "__Secure-maguey_guest";
const REFRESH: &str = "__Host-maguey_refresh";

/// Renews with a refresh token at one of the replicas.
async fn renewed_at(house: &House, replica: &str, refresh: &str) -> Response {
    let request = house.http.get(format!("{replica}/account/refresh?next=/account/sessions"));
    request.header("cookie", format!("{REFRESH}={refresh}")).send().await.expect("an answer")
}

/// The value that an answer sets under this name.
fn set(answer: &Response, name: &str) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let mut values = cookies.filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    let value = values.next().and_then(|rest| rest.split(';').next());
    value.expect("the cookie").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_that_renew_at_once_at_two_replicas_stay_signed_in_and_a_later_reuse_ends_them_all() {
    let mut house = House::unopened().await;
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let shared: SharedClock = clock.clone();
    house.move_in().await;
    house.start_at(shared.clone()).await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let old = ana.cookie(REFRESH).expect("a refresh token");
    let other = house.replica_at(shared).await;
    let replicas = [house.url(""), format!("http://{}", other.public)];
    clock.advance(TimeDelta::minutes(11));

    let answers = join_all((0..8).map(|tab: usize| renewed_at(&house, &replicas[tab % 2], &old))).await;
    let mut successors = Vec::new();
    for (tab, answer) in answers.iter().enumerate() {
        assert_eq!(leads_to(answer), "/account/sessions", "tab {tab} is let on");
        let request = house.http.get(format!("{}/account/sessions", replicas[tab % 2]));
        let token = format!("{TOKEN}={}", set(answer, TOKEN));
        let page = request.header("accept", "text/html").header("cookie", token).send().await;
        assert!(page.expect("an answer").status().is_success(), "tab {tab} is signed in");
        successors.push(set(answer, REFRESH));
    }
    // Each goes on with its own successor, at whichever replica.
    clock.advance(TimeDelta::minutes(11));
    let on = renewed_at(&house, &replicas[1], &successors[0]).await;
    assert_eq!(leads_to(&on), "/account/sessions");
    let on = renewed_at(&house, &replicas[0], &successors[1]).await;
    assert_eq!(leads_to(&on), "/account/sessions");

    // Who brings the old one now has a copy of it: nobody goes on with this session.
    let thief = renewed_at(&house, &replicas[1], &old).await;
    assert!(leads_to(&thief).starts_with("/account/sign-in"), "{}", leads_to(&thief));
    for successor in &successors[2..] {
        let over = renewed_at(&house, &replicas[0], successor).await;
        assert!(leads_to(&over).starts_with("/account/sign-in"), "{}", leads_to(&over));
    }
    let stolen = format!(
        "SELECT count(*) FROM guest_sessions WHERE account_id = '{}' AND ended_why = 'stolen'",
        ana.id
    );
    assert_eq!(house.count(&stolen).await, 1);
    other.stop().await;
}

/// A tab that renews with no grace at all.
async fn without_grace(db: &Db, token: &str, successor: &str, now: DateTime<Utc>) -> Renewed {
    let grace = TimeDelta::milliseconds(-1);
    let renewed = db.transaction(async |conn| renew::renew(conn, token, successor, grace, now).await).await;
    renewed.expect("an answer")
}

/// The control: of two tabs at the same instant the second would end the session of both, so the test above sees what it is for.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_grace_the_second_tab_would_end_the_session() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, "ana@example.org").await;
    let token = ana.cookie(REFRESH).expect("a refresh token");
    let now = SystemClock.now();
    let (one, other) =
        join(without_grace(&house.db, &token, "one", now), without_grace(&house.db, &token, "other", now))
            .await;
    let is_on = |renewed: &Renewed| matches!(renewed, Renewed::On { .. });
    let is_stolen = |renewed: &Renewed| matches!(renewed, Renewed::Stolen { .. });
    assert!([one, other].iter().any(is_on) && [one, other].iter().any(is_stolen), "{one:?} {other:?}");
    assert_eq!(house.count("SELECT count(*) FROM guest_sessions WHERE ended_at IS NULL").await, 0);
}
