//! PINs: set with the password, good on the door's phones, and no walk through the names.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Path};
use chrono::TimeDelta;
use domain::{
    clock::{Clock, FixedClock},
    ids::{SessionId, StaffId},
    permission::Role,
};
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;
use web::{ApiJson, Fault, Routes, ServiceCaller, callers, session::COOKIE, session::Claims};

use crate::{
    devices::{csrf, enrolled, page, submit},
    house::{House, PASSWORD, token},
    phones::revoke,
};

/// The PIN of Dora, as the stand-in knows it.
const PIN: &str = "4071";
/// After this one she is locked out.
const LOCKED: &str = "9090";
const DORA: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_00d0);

/// marketing-admin's PINs, as far as the door asks: Dora has one.
pub fn desk_with_pins(routes: &mut Routes, clock: &Arc<FixedClock>) {
    let clock = clock.clone();
    routes.get("/internal/v1/pins", |_: ServiceCaller<callers::Scanner>| async {
        HttpResponse::Ok().json(json!([{"staff": DORA, "name": "Dora"}]))
    });
    routes.put(
        "/internal/v1/pins/{staff}",
        |caller: ServiceCaller<callers::Scanner>, staff: Path<Uuid>, asked: ApiJson<Value>| async move {
            assert_eq!(caller.staff.map(StaffId::uuid), Some(*staff), "who asks is passed on");
            match (asked["pin"].as_str(), asked["password"].as_str()) {
                (Some("1234"), _) => Err(Fault::invalid("pin_too_simple")),
                (_, Some(PASSWORD)) => Ok(HttpResponse::NoContent().finish()),
                _ => Err(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")),
            }
        },
    );
    routes.post(
        "/internal/v1/sessions/pin",
        move |_: ServiceCaller<callers::Scanner>, asked: ApiJson<Value>| {
            let now = clock.now();
            async move {
                assert!(asked["audience"] == "scanner" && asked["device"].is_string(), "{:?}", asked.0);
                match asked["pin"].as_str() {
                    Some(LOCKED) => Err(Fault::rate_limited(std::time::Duration::from_secs(60))),
                    Some(PIN) if asked["staff"] == json!(DORA) => {
                        let claims =
                            Claims::new("scanner", StaffId::from_uuid(DORA), SessionId::generate(), now)
                                .person("Dora", "dora@club.test", Role::DoorStaff);
                        Ok(HttpResponse::Ok().json(json!({
                            "token": token(&claims), "expires_at": claims.expires_at(),
                            "staff": {"id": DORA, "name": "Dora", "email": "dora@club.test", "role": "door_staff"},
                        })))
                    }
                    _ => Err(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")),
                }
            }
        },
    );
}

fn session_of(answer: &Response) -> String {
    let mut cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let mine = cookies.find(|cookie| cookie.starts_with(COOKIE)).expect("a session");
    mine.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_handed_over_by_pin_and_stays_enrolled() {
    let house = House::open().await;
    let (device, secret) = enrolled(&house, "Main door 2").await;
    let phone = format!("__Host-device={secret}");
    let dora = DORA.to_string();
    let pin = |pin: &'static str| [("staff", dora.as_str()), ("pin", pin), ("next", "/")];
    assert!(page(&house, "/sign-in", &phone).await.contains("Dora"));
    assert!(!page(&house, "/sign-in", "lang=en").await.contains("Dora"), "no names on a stranger's phone");

    let wrong = submit(&house, "/sign-in/pin", &phone, &pin("5555")).await;
    assert_eq!(wrong.status(), 401);
    assert!(wrong.text().await.unwrap().contains("Name and PIN don’t match."));
    let locked = submit(&house, "/sign-in/pin", &phone, &pin(LOCKED)).await;
    assert_eq!(locked.status(), 429);
    assert!(locked.text().await.unwrap().contains("Too many wrong PINs."));
    let elsewhere = submit(&house, "/sign-in/pin", "lang=en", &pin(PIN)).await;
    assert_eq!(elsewhere.status(), 403, "on an enrolled phone alone");

    let welcome = submit(&house, "/sign-in/pin", &phone, &pin(PIN)).await;
    assert_eq!((welcome.status().as_u16(), welcome.headers()["location"].to_str().unwrap()), (303, "/"));
    let cookies = format!("{phone}; {}", session_of(&welcome));
    assert!(page(&house, "/", &cookies).await.contains("Hand over"));
    let holds = format!(
        "select count(*) from device_hands where device_id = '{device}' and staff_id = '{DORA}' and till_at is null"
    );
    assert_eq!(house.count(&holds).await, 1);

    let out = submit(&house, "/sign-out", &cookies, &[]).await;
    assert_eq!(out.headers()["location"], "/sign-in");
    assert!(
        !out.headers().get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().contains("device"))
    );
    assert_eq!(house.count(&holds).await, 0);
    let form = [("email", "owner@club.test"), ("password", PASSWORD), ("next", "/")];
    let next = submit(&house, "/sign-in", &phone, &form).await;
    assert_eq!(next.status(), 303, "the next one signs in, without enrolling anything");
    let hands = "select count(*) from device_hands where staff_name = 'Dora' and till_at is not null";
    assert_eq!((house.count(hands).await, house.count("select count(*) from device_hands").await), (1, 2));

    let supervisor = format!("{COOKIE}={}", house.token(Role::Manager));
    let shown = page(&house, &format!("/devices/{device}"), &supervisor).await;
    assert!(shown.contains("Dora") && shown.contains("Ana"), "who held it when: {shown}");
    revoke(&house, device).await;
    let refused = submit(&house, "/sign-in/pin", &phone, &pin(PIN)).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.text().await.unwrap().contains("This phone was taken off the door."));
    assert!(!page(&house, "/sign-in", &phone).await.contains("Dora"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_set_with_the_password_by_who_is_signed_in() {
    let house = House::open().await;
    let cookie = format!("{COOKIE}={}", house.token(Role::DoorStaff));
    let token = csrf(&page(&house, "/pin", &cookie).await);
    for (password, pin, again, status, said) in [
        (PASSWORD, "4071", "4072", 422, "The two PINs differ."),
        (PASSWORD, "1234", "1234", 422, "one of the first that people try"),
        ("guess", "4071", "4071", 401, "That isn’t your password."),
    ] {
        let form = [("csrf", token.as_str()), ("password", password), ("pin", pin), ("again", again)];
        let refused = submit(&house, "/pin", &cookie, &form).await;
        assert_eq!(refused.status().as_u16(), status, "{said}");
        assert!(refused.text().await.unwrap().contains(said), "{said}");
    }
    let form = [("csrf", token.as_str()), ("password", PASSWORD), ("pin", PIN), ("again", PIN)];
    let done = submit(&house, "/pin", &cookie, &form).await;
    assert_eq!((done.status().as_u16(), done.headers()["location"].to_str().unwrap()), (303, "/pin?set=yes"));
    assert!(page(&house, "/pin?set=yes", &cookie).await.contains("Your PIN is set."));
    let nobody = house.http.get(house.url("/pin")).send().await.unwrap();
    assert_ne!(nobody.status(), 200);
}

/// Whatever names are tried: the tenth wrong PIN of ten minutes is the last one on this phone, and on no other.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_walks_through_the_names_with_a_phone() {
    let house = House::open().await;
    let (_, secret) = enrolled(&house, "Main door 2").await;
    let (_, other) = enrolled(&house, "Side door").await;
    let phone = format!("__Host-device={secret}; lang=en");
    let dora = DORA.to_string();
    let right = [("staff", dora.as_str()), ("pin", PIN)];
    let guess = async || {
        let anybody = Uuid::now_v7().to_string();
        let form = [("staff", anybody.as_str()), ("pin", "5555")];
        submit(&house, "/sign-in/pin", &phone, &form).await.status().as_u16()
    };
    for _ in 0..9 {
        assert_eq!(guess().await, 401);
    }
    // Who knows one of them, or finds the desk busy, has no more tries by it.
    for _ in 0..3 {
        assert_eq!(submit(&house, "/sign-in/pin", &phone, &right).await.status(), 303);
        let busy = [("staff", dora.as_str()), ("pin", LOCKED)];
        assert_eq!(submit(&house, "/sign-in/pin", &phone, &busy).await.status(), 429);
    }
    assert_eq!(guess().await, 401);
    house.clock.advance(TimeDelta::minutes(1));
    let locked = submit(&house, "/sign-in/pin", &phone, &right).await;
    assert_eq!((locked.status().as_u16(), locked.headers()["retry-after"].to_str().unwrap()), (429, "540"));
    assert!(locked.text().await.unwrap().contains("This phone has seen too many wrong PINs."));
    let elsewhere = submit(&house, "/sign-in/pin", &format!("__Host-device={other}"), &right).await;
    assert_eq!(elsewhere.status(), 303, "on every other phone she is welcome");
    let by_password = [("email", "dora@club.test"), ("password", PASSWORD)];
    assert_eq!(submit(&house, "/sign-in", &phone, &by_password).await.status(), 303, "and on this one");

    house.clock.advance(TimeDelta::minutes(9));
    assert_eq!(submit(&house, "/sign-in/pin", &phone, &right).await.status(), 303);
    assert_eq!(guess().await, 401, "counted anew");
}
