//! `/my` of a guest who is signed in: their nights, without any link, and nobody else's.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Clock, SystemClock};
use domain::ids::{AccountId, GuestSessionId};
use domain::language::Language;
use ed25519_dalek::SigningKey;
use messages::marketing_admin::v1::{AccountChanged, EndedGuestSession};
use reqwest::{Response, StatusCode};
use uuid::Uuid;
use web::guest_token::{COOKIE, LIFETIME};
use web::{GuestClaims, GuestSession, GuestSigner};

use crate::accounts::{erased, told};
use crate::stage::{GUEST_KID, Order, PUBLIC_URL, Stage, guest_key};

const ANA: &str = "ana@example.org";

/// One who is signed in at the club's site.
struct Visitor {
    account: AccountId,
    session: GuestSessionId,
}

impl Visitor {
    fn new() -> Self {
        Self { account: AccountId::generate(), session: GuestSessionId::generate() }
    }

    fn id(&self) -> Uuid {
        self.account.uuid()
    }

    /// Their cookie, with the address that it tells.
    fn cookie(&self, email: Option<&str>) -> String {
        self.signed(email, SystemClock.now(), &guest_key())
    }

    fn signed(&self, email: Option<&str>, at: DateTime<Utc>, key: &SigningKey) -> String {
        let claims = GuestClaims::new(
            GuestSession {
                account: self.account,
                session: self.session,
                name: "Ana Luz".to_owned(),
                email: email.map(str::to_owned),
                language: Language::En,
                proved_at: at,
                csrf: "a token of the session".to_owned(),
            },
            at,
        );
        format!("{COOKIE}={}", GuestSigner::new(GUEST_KID, key).sign(&claims))
    }
}

impl Stage {
    /// A stage that knows the guests' keys.
    async fn of_guests() -> Self {
        let stage = Self::open().await;
        stage.until_count("SELECT count(*) FROM guest_keys", 1).await;
        stage
    }

    async fn visit(&self, path: &str, cookie: &str) -> Response {
        let get = self.http.get(self.url(path)).header("accept", "text/html").header("cookie", cookie);
        get.send().await.expect("an answer")
    }

    /// What stands on their page.
    async fn my(&self, cookie: &str) -> String {
        let answer = self.visit("/my", cookie).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["cache-control"], "no-store", "nobody keeps it");
        answer.text().await.expect("a page")
    }

    /// A free ticket for whoever has this address.
    async fn one_for(&self, email: &str) -> Order {
        let mut wish = self.wish(1, 1);
        wish["buyer"]["email"] = email.into();
        let (status, body) = self.checkout(&Uuid::now_v7().to_string(), &wish).await;
        assert_eq!(status, 201, "{body}");
        let order = Order::of(&body);
        self.until(&order, "paid").await;
        order
    }

    /// The page of an order that somebody places by the form, signed in, with whatever address.
    async fn buys_signed_in(&self, cookie: &str, email: &str) -> String {
        let quantity = format!("q-{}", self.kind(1));
        let key = Uuid::now_v7().to_string();
        let form = [
            ("form_key", key.as_str()),
            (&quantity, "1"),
            ("name", "Ana Luz"),
            ("email", email),
            ("promo", ""),
        ];
        let post = self.http.post(self.url(&format!("/e/{}", self.event.slug))).header("origin", PUBLIC_URL);
        let answer = post.header("cookie", cookie).form(&form).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let page = answer.headers()["location"].to_str().expect("text").to_owned();
        assert!(page.starts_with("/orders/"), "{page}");
        page
    }
}

/// Whether a page is that of somebody who is not signed in: the form, and nobody's nights.
fn is_nobodys(page: &str) -> bool {
    page.contains("action=\"/my\"") && page.contains("/account/sign-in?next=") && !page.contains("/orders/")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_sees_their_nights_coming_and_past_and_nobody_elses() {
    let stage = Stage::of_guests().await;
    let (ana, bea) = (Visitor::new(), Visitor::new());
    let addressed = stage.one_for("Ana@example.org").await;
    let claimed = stage.buys_signed_in(&ana.cookie(Some(ANA)), "work@example.com").await;
    let other = stage.one_for("bea@example.org").await;

    let page = stage.my(&ana.cookie(Some(ANA))).await;
    assert!(page.contains(&addressed.page), "bought with the address: {page}");
    assert!(page.contains(&claimed), "bought signed in: {page}");
    assert!(!page.contains(&other.reference), "{page}");
    assert!(page.contains("Coming up") && !page.contains("Been there"), "{page}");
    for order in [&addressed.page, &claimed] {
        assert_eq!(stage.get(order).await.status(), StatusCode::OK, "a link there opens the order");
    }
    let page = stage.my(&bea.cookie(Some("bea@example.org"))).await;
    assert!(page.contains(&other.page) && !page.contains(&addressed.reference), "{page}");
    assert!(!page.contains(&claimed), "{page}");
    assert!(is_nobodys(&stage.get("/my").await.text().await.expect("a page")), "who is nobody sees nobody's");

    stage
        .sql("UPDATE events SET starts_at = now() - interval '9 hours', ends_at = now() - interval '1 hour'")
        .await;
    let page = stage.my(&ana.cookie(Some(ANA))).await;
    assert!(page.contains("Been there") && !page.contains("Coming up"), "{page}");
    assert!(page.contains(&addressed.page) && page.contains(&claimed), "{page}");
    assert!(!page.contains(&other.reference), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_was_passed_on_is_seen_by_its_new_guest_without_the_order() {
    let stage = Stage::of_guests().await;
    let (order, paid) = stage.bought(1, 2).await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    let to_bea = [("name", "Bea Ruiz"), ("email", "bea@example.org")];
    let passed = stage.post(&order.file(&format!("tickets/{ticket}/transfer")), &to_bea).await;
    assert_eq!(passed.status(), StatusCode::SEE_OTHER);
    let hers = stage.my(&Visitor::new().cookie(Some("bea@example.org"))).await;
    assert!(hers.contains("href=\"/tickets/") && hers.contains("For you"), "{hers}");
    assert!(!hers.contains(&order.reference), "whose order it was is not told: {hers}");
    let anas = stage.my(&Visitor::new().cookie(Some(ANA))).await;
    assert!(anas.contains(&order.page) && !anas.contains("href=\"/tickets/"), "{anas}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_theirs_any_more_shows_nothing_and_what_was_bought_signed_in_stays() {
    let stage = Stage::of_guests().await;
    let ana = Visitor::new();
    let (old, new) = (ana.cookie(Some(ANA)), ana.cookie(Some("ana@new.example")));
    let claimed = stage.buys_signed_in(&old, "work@example.com").await;
    let (before, after) = (stage.one_for(ANA).await, stage.one_for("ana@new.example").await);
    let sees = async |cookie: &str| {
        let page = stage.my(cookie).await;
        [&claimed, &before.page, &after.page].map(|order| page.contains(order.as_str()))
    };
    let tell = async |revision: i64, email: &str| {
        stage.account(&AccountChanged { email: email.to_owned(), ..told(ana.id(), revision) }).await;
    };
    assert_eq!(sees(&old).await, [true, true, false], "nothing was heard of the account yet");
    tell(1, ANA).await;
    assert_eq!(sees(&old).await, [true, true, false]);
    assert_eq!(
        sees(&ana.cookie(None)).await,
        [true, false, false],
        "an address that is not proven is no address"
    );
    tell(2, "ana@new.example").await;
    assert_eq!(sees(&old).await, [true, false, false], "a token of before the change");
    assert_eq!(sees(&new).await, [true, false, true]);
    tell(3, "").await;
    assert_eq!(sees(&new).await, [true, false, false], "and none is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_and_an_account_that_was_erased_are_nobodys() {
    let stage = Stage::of_guests().await;
    stage.one_for(ANA).await;
    let (ana, again, gone) = (Visitor::new(), Visitor::new(), Visitor::new());
    let again = Visitor { account: ana.account, ..again };
    for visitor in [&ana, &again, &gone] {
        assert!(stage.my(&visitor.cookie(Some(ANA))).await.contains("/orders/"), "while they are good");
    }
    let over = EndedGuestSession { session_id: ana.session.uuid().to_string(), ended_at: 1_700_000_000_000 };
    let word = AccountChanged { email: ANA.to_owned(), ended: vec![over], ..told(ana.id(), 1) };
    stage.account(&word).await;
    assert!(is_nobodys(&stage.my(&ana.cookie(Some(ANA))).await), "it was ended");
    assert!(
        stage.my(&again.cookie(Some(ANA))).await.contains("/orders/"),
        "another of the same account goes on"
    );
    stage.account(&erased(gone.id(), 1)).await;
    assert!(is_nobodys(&stage.my(&gone.cookie(Some(ANA))).await), "the account is no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_over_leads_to_a_new_one_and_a_forged_one_nowhere() {
    let stage = Stage::of_guests().await;
    stage.one_for(ANA).await;
    let ana = Visitor::new();
    let before = SystemClock.now() - LIFETIME - TimeDelta::minutes(5);
    let old = ana.signed(Some(ANA), before, &guest_key());
    let led = stage.visit("/my", &old).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    let back = web::redirect::encode(&format!("{PUBLIC_URL}/my"));
    let wanted = format!("http://maguey.localhost:8080/account/refresh?next={back}");
    assert_eq!(led.headers()["location"].to_str().expect("text"), wanted, "and back");
    assert_eq!(led.headers()["cache-control"], "no-store");
    let form = stage.visit("/my?find=1", &old).await;
    assert_eq!(form.status(), StatusCode::OK, "who would rather have them mailed is not held up");

    let forged = ana.signed(Some(ANA), SystemClock.now(), &SigningKey::from_bytes(&[6; 32]));
    assert!(is_nobodys(&stage.my(&forged).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_of_a_guest_is_told_of_them_alone() {
    let stage = Stage::of_guests().await;
    let ana = Visitor::new();
    let claimed = stage.buys_signed_in(&ana.cookie(Some(ANA)), "work@example.com").await;
    let (addressed, other) = (stage.one_for(ANA).await, stage.one_for("bea@example.org").await);
    let path = format!("/internal/v1/people/{}?email={ANA}", ana.id());
    let (status, held) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(status, 200, "{held}");
    let orders = held["orders"].as_array().expect("orders");
    assert_eq!(orders.len(), 2, "{held}");
    for order in orders {
        let reference = order["reference"].as_str().expect("a reference");
        assert!(claimed.contains(reference) || addressed.reference == reference, "{held}");
        for part in ["lines", "tickets"] {
            assert!(order[part].as_array().is_some_and(|part| !part.is_empty()), "{part} of {order}");
        }
    }
    assert!(!held.to_string().contains(&other.reference) && !held.to_string().contains("bea@"), "{held}");
}
