//! Photographs: off, on, with consent, seen by supervisors alone, gone in time.

use std::io::Cursor;

use chrono::TimeDelta;
use domain::permission::Role;
use image::{DynamicImage, ImageFormat};
use scanner::retention::upkeep;
use serde_json::{Value, json};

use crate::bans::send;
use crate::desk::{Reader, look_after};
use crate::house::{House, code_of};

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A doorman's phone sends a picture.
async fn take(house: &House, query: &str, bytes: Vec<u8>) -> (u16, Value) {
    let request = house.http.post(house.url(&format!("/api/v1/photos?{query}")));
    let request = request.bearer_auth(house.token(Role::DoorStaff)).header("content-type", "image/png");
    let response = request.body(bytes).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn show(house: &House, role: Role, photo: &str) -> reqwest::Response {
    let request = house.http.get(house.url(&format!("/api/v1/photos/{photo}")));
    request.bearer_auth(house.token(role)).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_photograph_is_taken_until_somebody_wants_them_and_the_guest_agrees() {
    let house = House::open().await;
    let ticket = house.ticket().await.ticket_id;
    let holder = format!("of=holder&ticket={ticket}");
    let agreed = format!("{holder}&consent=true");
    let refused = take(&house, &agreed, picture(40, 30)).await;
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!("photos_off")));
    assert_eq!(take(&house, "of=incident", picture(40, 30)).await.0, 403, "evidence too");

    let owner = Reader::new(&house, Role::Owner);
    owner.photos(true, "7").await;
    for query in [holder.as_str(), &format!("{holder}&consent=false"), "of=ban"] {
        let refused = take(&house, query, picture(40, 30)).await;
        assert_eq!((refused.0, &refused.1["code"]), (422, &json!("consent_required")), "{query}");
    }
    let taken = take(&house, &agreed, picture(2000, 1000)).await;
    assert_eq!(taken.0, 201, "{}", taken.1);
    assert_eq!(taken.1["erased_at"], json!(house.now() + TimeDelta::days(7)));
    assert_eq!(
        take(&house, "of=incident", picture(40, 30)).await.0,
        201,
        "evidence waits for nobody's agreement"
    );
    assert_eq!(take(&house, "of=holder&consent=true", picture(40, 30)).await.0, 422, "whose?");
    let stranger = format!("of=holder&consent=true&ticket={}", uuid::Uuid::now_v7());
    assert_eq!(take(&house, &stranger, picture(40, 30)).await.0, 404);

    owner.photos(false, "7").await;
    assert_eq!(take(&house, &agreed, picture(40, 30)).await.0, 403, "and off again");
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_alone_see_it_each_look_is_on_record_and_who_is_on_it_may_have_it_erased() {
    let house = House::open().await;
    Reader::new(&house, Role::Manager).photos(true, "7").await;
    let ticket = house.ticket().await.ticket_id;
    let taken = take(&house, &format!("of=holder&consent=true&ticket={ticket}"), picture(2000, 1000)).await.1;
    let photo = taken["id"].as_str().unwrap();

    assert_eq!(show(&house, Role::DoorStaff, photo).await.status(), 403);
    let of_ticket = format!("/api/v1/photos?ticket={ticket}");
    let list = |role: Role| House::code(house.http.get(house.url(&of_ticket)).bearer_auth(house.token(role)));
    assert_eq!((list(Role::DoorStaff).await.0, list(Role::Manager).await.0), (403, 200));
    let shown = show(&house, Role::Manager, photo).await;
    assert_eq!(shown.status(), 200);
    assert_eq!(shown.headers()["content-type"], "image/jpeg");
    assert_eq!(shown.headers()["cache-control"], "no-store");
    let read = image::load_from_memory_with_format(&shown.bytes().await.unwrap(), ImageFormat::Jpeg).unwrap();
    assert_eq!((read.width(), read.height()), (1280, 640), "small, whatever was sent");
    let looked =
        format!("select count(*) from audit_log where action = 'photo.viewed' and target = '{photo}'");
    assert_eq!(house.count(&looked).await, 1, "the refused look is none");

    let erase = |role: Role| {
        let request = house.http.delete(house.url(&format!("/api/v1/photos/{photo}")));
        House::code(request.bearer_auth(house.token(role)))
    };
    assert_eq!(erase(Role::DoorStaff).await.0, 403);
    assert_eq!((erase(Role::Manager).await.0, erase(Role::Manager).await.0), (204, 404));
    assert_eq!(show(&house, Role::Manager, photo).await.status(), 404);
    let erased =
        format!("select count(*) from audit_log where action = 'photo.erased' and target = '{photo}'");
    assert_eq!(house.count(&erased).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_finds_them_beside_the_ticket_s_scans_and_erases_one() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner);
    owner.photos(true, "7").await;
    let (ticket, other) = (house.ticket().await, house.ticket().await);
    let doorman = house.token(Role::DoorStaff);
    for ticket in [&ticket, &other] {
        house.answer(&doorman, &house.scan_of(&code_of(ticket))).await;
    }
    let of = format!("of=holder&consent=true&ticket={}", ticket.ticket_id);
    let photo = take(&house, &of, picture(40, 30)).await.1["id"].as_str().unwrap().to_owned();

    let scans = owner.page("/desk/scans?event=friday").await.html;
    let [path, without] = [&ticket, &other].map(|ticket| format!("/desk/photos?ticket={}", ticket.ticket_id));
    assert!(scans.contains(&path) && !scans.contains(&without), "{scans}");
    let page = owner.page(&path).await.html;
    assert!(page.contains("Lucía Ferrer") && page.contains(&format!("/api/v1/photos/{photo}")), "{page}");
    assert!(owner.page(&format!("{path}&lang=es")).await.html.contains("Fotos de este invitado"));
    assert!(owner.page(&without).await.html.contains("This guest has not been photographed"));
    let strange = format!("/desk/photos?ticket={}", uuid::Uuid::now_v7());
    assert_eq!(owner.page(&strange).await.status, 404);
    assert_eq!(Reader::new(&house, Role::DoorStaff).page(&path).await.status, 403);

    let erase = format!("/desk/photos/{photo}/erase");
    let gone = owner.fill(&path, &erase, &[("ticket", ticket.ticket_id.as_str())]).await;
    assert_eq!((gone.status, gone.location), (303, path.clone()));
    assert!(!owner.page(&path).await.html.contains(&photo));
    assert_eq!(house.count("select count(*) from audit_log where action = 'photo.erased'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_erased_after_the_set_days_and_what_it_belonged_to_stays() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner);
    owner.photos(true, "7").await;
    let photo = take(&house, "of=incident", picture(40, 30)).await.1["id"].as_str().unwrap().to_owned();
    let report = json!({
        "event": "friday", "kind": "damage", "text": "The mirror", "nonce": "n1", "photo": photo,
    });
    assert_eq!(send(&house, Role::DoorStaff, "/api/v1/incidents", report).await.0, 201);
    assert!(owner.page("/desk/incidents").await.html.contains(&format!("/api/v1/photos/{photo}")));
    let there = async || house.count("select count(*) from photos").await;

    house.clock.advance(TimeDelta::days(7) - TimeDelta::minutes(1));
    look_after(&house).await;
    assert_eq!(there().await, 1);
    house.clock.advance(TimeDelta::minutes(1));
    // Two replicas at once.
    let (one, other) =
        futures::future::join(upkeep::round(&house.db, house.now()), upkeep::round(&house.db, house.now()))
            .await;
    one.unwrap();
    other.unwrap();
    look_after(&house).await;
    assert_eq!(there().await, 0);
    assert_eq!(house.count("select count(*) from incidents").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_days_count_for_what_was_taken_before() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner);
    owner.photos(true, "30").await;
    take(&house, "of=incident", picture(40, 30)).await;
    house.clock.advance(TimeDelta::days(2));
    Reader::new(&house, Role::Owner).photos(false, "1").await;
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from photos").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_picture_are_refused_whatever_they_are_called() {
    let house = House::open().await;
    Reader::new(&house, Role::Owner).photos(true, "7").await;
    let mut bomb = picture(40, 30);
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let mut broken = picture(40, 30);
    broken.truncate(50);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec();
    for bytes in [bomb, broken, svg, b"GIF89a\x01\0\x01\0".to_vec(), b"%PDF-1.7".to_vec(), Vec::new()] {
        let refused = take(&house, "of=incident", bytes).await;
        assert_eq!((refused.0, &refused.1["code"]), (422, &json!("image_rejected")));
    }
    let large = take(&house, "of=incident", vec![0; 2 * 1024 * 1024 + 1]).await;
    assert_eq!((large.0, &large.1["code"]), (413, &json!("payload_too_large")));
    assert_eq!(house.count("select count(*) from photos").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_sends_one_photograph_after_the_other_is_told_to_wait_and_no_other() {
    let house = House::open().await;
    Reader::new(&house, Role::Owner).photos(true, "7").await;
    let (busy, calm) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    let send = async |token: &str| {
        let request = house.http.post(house.url("/api/v1/photos?of=incident")).bearer_auth(token);
        request.header("content-type", "image/png").body(picture(4, 3)).send().await.unwrap()
    };
    for _ in 0..30 {
        assert_eq!(send(&busy).await.status(), 201);
    }
    let refused = send(&busy).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "300"));
    assert_eq!(send(&calm).await.status(), 201);
    house.clock.advance(TimeDelta::minutes(5));
    assert_eq!(send(&busy).await.status(), 201);
    assert_eq!(house.count("select count(*) from photos").await, 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_s_form_takes_evidence_along() {
    let house = House::open().await;
    Reader::new(&house, Role::Owner).photos(true, "7").await;
    let doorman = Reader::new(&house, Role::DoorStaff);
    let page = doorman.page("/desk/incident?event=friday").await;
    assert!(page.html.contains("type=\"file\""), "{}", page.html);
    let (event, nonce) = (page.hidden("event"), page.hidden("nonce"));
    let fields =
        [("event", event.as_str()), ("nonce", nonce.as_str()), ("kind", "damage"), ("text", "The mirror")];
    let refused = doorman.upload(&page, "/desk/incident", &fields, Some(b"no picture")).await;
    assert!(refused.html.contains("This is no photo we can read"), "{}", refused.html);
    for _ in 0..2 {
        let sent = doorman.upload(&page, "/desk/incident", &fields, Some(&picture(60, 40))).await;
        assert_eq!(sent.status, 303, "{}", sent.html);
    }
    let kept = "select count(*) from incidents i join photos p on p.id = i.photo";
    assert_eq!((house.count(kept).await, house.count("select count(*) from photos").await), (1, 1));
}
