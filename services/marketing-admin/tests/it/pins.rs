//! PINs: short, so good on enrolled phones of the door alone, for a shift, and not for who guesses.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use domain::clock::{Clock, SystemClock};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::guests::Guests;
use crate::house::{House, PASSWORD, body};
use crate::letters::{link, token};

const PIN: &str = "4071";

/// The key of an account.
async fn key_of(house: &House, email: &str) -> Uuid {
    let wanted = json!({"email": email, "password": PASSWORD, "audience": "scanner", "device": true});
    let request = house.http.post(house.internal("/internal/v1/sessions")).json(&wanted);
    let opened = body(house.as_service("scanner", request).send().await.expect("an answer")).await;
    opened["staff"]["id"].as_str().expect("an id").parse().expect("a key")
}

async fn set(house: &House, staff: Uuid, pin: &str, password: &str) -> Response {
    let wanted = json!({"pin": pin, "password": password, "address": "192.0.2.1"});
    let request = house.http.put(house.internal(&format!("/internal/v1/pins/{staff}"))).json(&wanted);
    house.as_service("scanner", request).send().await.expect("an answer")
}

async fn sign_in(house: &House, staff: Uuid, pin: &str, device: Uuid) -> Response {
    let wanted = json!({"staff": staff, "pin": pin, "audience": "scanner", "device": device});
    let request = house.http.post(house.internal("/internal/v1/sessions/pin")).json(&wanted);
    house.as_service("scanner", request).send().await.expect("an answer")
}

async fn holders(house: &House) -> Vec<Value> {
    let request = house.http.get(house.internal("/internal/v1/pins"));
    let answer = house.as_service("scanner", request).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("a list")
}

/// Dora of the door staff, with a PIN.
async fn dora(house: &House) -> Uuid {
    let dora = key_of(house, "dora@club.test").await;
    assert_eq!(set(house, dora, PIN, PASSWORD).await.status(), StatusCode::NO_CONTENT);
    dora
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_signs_in_at_the_door_alone_and_for_a_shift() {
    let house = House::open().await;
    assert_eq!(holders(&house).await, [] as [Value; 0]);
    let dora = dora(&house).await;
    let listed = holders(&house).await;
    assert!(listed.len() == 1 && listed[0]["staff"] == json!(dora), "{listed:?}");

    let opened = sign_in(&house, dora, PIN, Uuid::now_v7()).await;
    assert_eq!(opened.status(), StatusCode::OK);
    let opened = body(opened).await;
    assert_eq!((&opened["staff"]["id"], &opened["staff"]["role"]), (&json!(dora), &json!("door_staff")));
    let expires: DateTime<Utc> = opened["expires_at"].as_str().expect("text").parse().expect("an instant");
    let lives = expires - SystemClock.now();
    assert!(lives <= TimeDelta::hours(10) && lives > TimeDelta::hours(9), "{lives}");
    let here = house.get("/api/v1/figures", opened["token"].as_str().expect("a token")).await;
    assert_eq!(body(here).await["code"], "token_invalid", "it is not for the desk");

    let set = "SELECT count(*) FROM audit_log JOIN members AS staff ON staff.id = staff_id
        WHERE action = 'pin.set' AND staff.email = 'dora@club.test'";
    assert_eq!(house.count(set).await, 1);
    let by_pin = "SELECT count(*) FROM audit_log WHERE action = 'session.opened' AND detail ->> 'by' = 'pin'";
    assert_eq!(house.count(by_pin).await, 1);
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE detail::text LIKE '%4071%'").await, 0);
    assert_eq!(house.count("SELECT count(*) FROM pins WHERE pin_hash LIKE '$argon2id$%'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_does_not_fit_is_one_answer() {
    let house = House::open().await;
    let dora = dora(&house).await;
    let olga = key_of(&house, "olga@club.test").await;
    let mut answers = Vec::new();
    for (staff, pin) in [(dora, "4072"), (dora, ""), (dora, PASSWORD), (olga, PIN), (Uuid::now_v7(), PIN)] {
        let answer = sign_in(&house, staff, pin, Uuid::now_v7()).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{pin}");
        let mut problem = body(answer).await;
        problem["request_id"] = json!(null);
        answers.push(problem);
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(answers[0]["code"], "invalid_credentials");
    let refused =
        "SELECT count(*) FROM audit_log WHERE action = 'session.refused' AND detail ->> 'by' = 'pin'";
    assert_eq!(house.count(refused).await, 5, "every refusal is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_ones_lock_that_person_out_on_that_phone_for_growing_times() {
    let house = House::open().await;
    let dora = dora(&house).await;
    let olga = key_of(&house, "olga@club.test").await;
    assert_eq!(set(&house, olga, "2468", PASSWORD).await.status(), StatusCode::NO_CONTENT);
    let phone = Uuid::now_v7();
    for _ in 0..5 {
        assert_eq!(sign_in(&house, dora, "9999", phone).await.status(), StatusCode::UNAUTHORIZED);
    }
    let locked = sign_in(&house, dora, PIN, phone).await;
    assert_eq!(locked.status(), StatusCode::TOO_MANY_REQUESTS, "the right one as well");
    let first: u64 = locked.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((30..=60).contains(&first), "{first}");
    assert_eq!(sign_in(&house, olga, "2468", phone).await.status(), StatusCode::OK, "others may");
    assert_eq!(sign_in(&house, dora, PIN, Uuid::now_v7()).await.status(), StatusCode::OK, "on another phone");

    let mut conn = house.db.conn().await.expect("a connection");
    let wait = "UPDATE pin_tries SET locked_until = now() - interval '1 second'";
    conn.batch_execute(wait).await.expect("the time has passed");
    assert_eq!(sign_in(&house, dora, "9999", phone).await.status(), StatusCode::UNAUTHORIZED);
    let locked = sign_in(&house, dora, PIN, phone).await;
    let second: u64 = locked.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!(second > 60, "{second}: longer than before");
    conn.batch_execute(wait).await.expect("the time has passed");
    assert_eq!(sign_in(&house, dora, PIN, phone).await.status(), StatusCode::OK);
    assert_eq!(house.count("SELECT count(*) FROM pin_tries").await, 0, "a right one is a new beginning");
}

/// The control run: where a try is counted and locks nothing, each of those that come at once is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_counted_as_many() {
    for (guarded, expected) in [(true, 5), (false, 12)] {
        let house = House::open().await;
        let dora = dora(&house).await;
        if !guarded {
            let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).expect("a pool");
            let mut admin = admin.conn().await.expect("a connection");
            admin.batch_execute(FORGETFUL).await.expect("a trigger");
        }
        let phone = Uuid::now_v7();
        let guesses = (0..12).map(|guess| {
            let house = &house;
            async move { sign_in(house, dora, &format!("90{guess:02}"), phone).await.status() }
        });
        let statuses = futures::future::join_all(guesses).await;
        let looked_at = statuses.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count();
        assert_eq!(looked_at, expected, "guarded: {guarded}, {statuses:?}");
    }
}

const FORGETFUL: &str = "
    CREATE FUNCTION marketing_admin.forgetful() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN new.locked_until := NULL; RETURN new; END $$;
    CREATE TRIGGER forgetful BEFORE INSERT OR UPDATE ON marketing_admin.pin_tries
      FOR EACH ROW EXECUTE FUNCTION marketing_admin.forgetful()";

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_goes_with_the_password_the_role_and_the_account() {
    let house = House::open().await;
    let dora_id = dora(&house).await;
    house.put_staff("dora@club.test", "door_staff", PASSWORD).await;
    assert_eq!(holders(&house).await, [] as [Value; 0]);
    assert_eq!(sign_in(&house, dora_id, PIN, Uuid::now_v7()).await.status(), StatusCode::UNAUTHORIZED);

    let opened = body({
        dora(&house).await;
        sign_in(&house, dora_id, PIN, Uuid::now_v7()).await
    })
    .await;
    assert!(opened["token"].is_string());
    let disable = json!({"email": "dora@club.test", "disabled": true});
    let request = house.http.post(house.internal("/internal/v1/staff")).json(&disable);
    let answer = house.as_service("magueyctl", request).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(house.count("SELECT count(*) FROM pins").await, 0);
    assert_eq!(sign_in(&house, dora_id, PIN, Uuid::now_v7()).await.status(), StatusCode::UNAUTHORIZED);
    let alive = "SELECT count(*) FROM sessions JOIN members AS staff ON staff.id = staff_id
        WHERE email = 'dora@club.test' AND ended_at IS NULL";
    assert_eq!(house.count(alive).await, 0, "what it opened has ended as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_goes_with_a_password_that_its_owner_chooses_anew() {
    const DORA: &str = "dora@club.test";
    let house = House::open().await;
    let dora_id = dora(&house).await;
    let laptop = Guests::nobody(DORA, "203.0.113.7");
    laptop.form(&house, "/account/forgot", &[("email", DORA)]).await;
    let mailed = link(&house, DORA, "Choose a new password").await;
    let chosen = [("token", token(&mailed)), ("password", "seven lanterns under the mezcal moon")];
    assert_eq!(laptop.form(&house, "/account/reset", &chosen).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(holders(&house).await, [] as [Value; 0], "whoever had the old password may have set it");
    assert_eq!(sign_in(&house, dora_id, PIN, Uuid::now_v7()).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_set_with_the_password_and_is_none_of_the_easy_ones() {
    let house = House::open().await;
    let dora = key_of(&house, "dora@club.test").await;
    for (pin, code) in [
        ("1234", "pin_too_simple"),
        ("0000", "pin_too_simple"),
        ("12", "pin_malformed"),
        ("12ab", "pin_malformed"),
    ] {
        let refused = set(&house, dora, pin, PASSWORD).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{pin}");
        assert_eq!(body(refused).await["code"], code, "{pin}");
    }
    assert_eq!(set(&house, dora, PIN, "not hers at all").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(set(&house, Uuid::now_v7(), PIN, PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(holders(&house).await, [] as [Value; 0]);

    let wanted = json!({"pin": PIN, "password": PASSWORD});
    let request = house.http.put(house.internal(&format!("/internal/v1/pins/{dora}"))).json(&wanted);
    let other = house.as_service("magueyctl", request).send().await.expect("an answer");
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
    let wanted = json!({"staff": dora, "pin": PIN, "audience": "marketing-admin", "device": Uuid::now_v7()});
    let request = house.http.post(house.internal("/internal/v1/sessions/pin")).json(&wanted);
    let elsewhere = house.as_service("scanner", request).send().await.expect("an answer");
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN, "a PIN is for the door");
}
