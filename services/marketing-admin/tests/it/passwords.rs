//! What may be a password, and what a new one leaves as it was.

use reqwest::StatusCode;
use reqwest::header::LOCATION;

use crate::factors::with_app;
use crate::guests::{Guest, Guests};
use crate::house::House;
use crate::letters::{link, token};

const ANA: &str = "ana@guests.test";
/// More than any site needs, and easy to keep in mind.
const SENTENCE: &str = "nine crows over the old harbour, seven lanterns under the mezcal moon; ";
const PAGE: &str = "/account/password";

async fn change(house: &House, guest: &Guest, password: &str) -> StatusCode {
    guest.submit(house, PAGE, PAGE, &[("password", password)]).await.status()
}

async fn signs_in(house: &House, guest: &Guest, password: &str) -> bool {
    let answer = guest.elsewhere("203.0.113.99").try_password(house, password).await;
    answer.status() == StatusCode::SEE_OTHER
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_has_ten_characters_at_least_and_may_be_a_whole_sentence() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let longest: String = SENTENCE.repeat(3).chars().take(200).collect();
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(change(&house, &ana, "kq7vmz3xp").await, refused, "nine characters");
    assert_eq!(change(&house, &ana, &format!("{longest}x")).await, refused, "two hundred and one");
    // Neither capitals nor signs are asked for.
    assert_eq!(change(&house, &ana, "kq7vmz3xpw").await, StatusCode::SEE_OTHER, "ten");
    assert!(signs_in(&house, &ana, "kq7vmz3xpw").await);
    assert_eq!(change(&house, &ana, &longest).await, StatusCode::SEE_OTHER, "two hundred");
    // All of it counts.
    assert!(!signs_in(&house, &ana, &longest[..199]).await);
    assert!(signs_in(&house, &ana, &longest).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_everybody_has_or_that_is_the_owners_address_is_none() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    for easy in ["1234567890", "basketball", "ana@guests.test", "ana@guests.test1"] {
        assert_eq!(change(&house, &ana, easy).await, StatusCode::UNPROCESSABLE_ENTITY, "{easy}");
    }
}

/// Has a guest work here, too.
async fn works_here(house: &House, guest: &Guest) {
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.staff (id, role, created_at, changed_at) VALUES ('{}', 'door_staff', now(), now())",
            guest.id
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_pin_of_who_works_here() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    works_here(&house, &ana).await;
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.pins (staff_id, pin_hash, set_at) VALUES ('{}', '$argon2id$none', now())",
            ana.id
        ))
        .await;
    assert_eq!(house.count("SELECT count(*) FROM pins").await, 1);
    assert_eq!(change(&house, &ana, "kq7vmz3xpwrt").await, StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM pins").await, 0, "set with the password that is no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_here_needs_twelve_characters() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    works_here(&house, &ana).await;
    assert_eq!(change(&house, &ana, "kq7vmz3xpwr").await, StatusCode::UNPROCESSABLE_ENTITY, "eleven");
    assert_eq!(change(&house, &ana, "kq7vmz3xpwrt").await, StatusCode::SEE_OTHER, "twelve");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_by_mail_leaves_the_second_factor_as_it_was() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    with_app(&house, &ana).await;
    let phone = ana.elsewhere("203.0.113.7");
    phone.form(&house, "/account/forgot", &[("email", ANA)]).await;
    let link = link(&house, ANA, "Choose a new password").await;
    let chosen = [("token", token(&link)), ("password", SENTENCE.trim())];
    assert_eq!(phone.form(&house, "/account/reset", &chosen).await.status(), StatusCode::SEE_OTHER);
    let asked = phone.try_password(&house, SENTENCE.trim()).await;
    assert_eq!(asked.headers()[LOCATION], "/account/second-factor");
    assert_eq!(phone.cookie("__Secure-maguey_guest"), None, "who has the mailbox alone is not in");
    let left = format!("SELECT count(*) FROM recovery_codes WHERE account_id = '{}'", ana.id);
    assert_eq!(house.count(&left).await, 10);
}
