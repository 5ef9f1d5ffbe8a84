//! People's pictures: chosen on the profile, made anew, refused in words, seen by few, and gone with the account.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::guests::{Guest, Guests};
use crate::house::House;

const ANA: &str = "ana@example.org";

fn bytes_of(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    bytes_of(&DynamicImage::new_rgb8(width, height), ImageFormat::Png)
}

/// Sends the profile's form for a picture, with this token.
async fn send(house: &House, guest: &Guest, csrf: &str, file: &[u8]) -> Response {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = house.http.post(house.url("/account/avatar")).body(body);
    guest.send(request.header("content-type", "multipart/form-data; boundary=b")).await
}

async fn upload(house: &House, guest: &Guest, file: &[u8]) -> Response {
    let csrf = guest.csrf(house, "/account/profile").await;
    send(house, guest, &csrf, file).await
}

async fn pictures(house: &House) -> i64 {
    house.count_anywhere("SELECT count(*) FROM marketing_admin.avatars").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_made_small_shown_to_its_owner_and_removed() {
    let house = House::open().await;
    let (ana, bea) = (Guests::sign_up(&house, ANA).await, Guests::sign_up(&house, "bea@example.net").await);
    assert!(ana.page(&house, "/account/profile").await.contains(">AL</text>"), "initials until then");
    assert_eq!(ana.get(&house, "/account/avatar").await.status(), StatusCode::NOT_FOUND);
    for (width, height, format) in
        [(400, 300, ImageFormat::Png), (90, 1200, ImageFormat::Jpeg), (40, 40, ImageFormat::WebP)]
    {
        let file = bytes_of(&DynamicImage::new_rgb8(width, height), format);
        let saved = upload(&house, &ana, &file).await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER, "{format:?}");
        assert_eq!(saved.headers()["location"], "/account/profile?done=saved");
        let shown = ana.get(&house, "/account/avatar").await;
        assert_eq!(shown.status(), StatusCode::OK);
        assert_eq!(shown.headers()["content-type"], "image/jpeg");
        assert_eq!(shown.headers()["cache-control"], "no-store");
        let shown = shown.bytes().await.expect("bytes");
        let read = image::load_from_memory_with_format(&shown, ImageFormat::Jpeg).expect("a JPEG");
        assert_eq!((read.width(), read.height()), (256, 256), "{format:?}");
    }
    assert_eq!(pictures(&house).await, 1, "the latest one alone");
    for path in ["/account", "/account/profile"] {
        let page = ana.page(&house, path).await;
        assert!(page.contains("src=\"/account/avatar?v=") && !page.contains(">AL</text>"), "{page}");
    }
    assert_eq!(bea.get(&house, "/account/avatar").await.status(), StatusCode::NOT_FOUND, "each their own");
    let nobody = house.http.get(house.url("/account/avatar")).send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::SEE_OTHER, "nobody is led to the sign-in");

    for _ in 0..2 {
        let gone = ana.submit(&house, "/account/profile", "/account/avatar/remove", &[]).await;
        assert_eq!(gone.status(), StatusCode::SEE_OTHER);
    }
    assert!(ana.page(&house, "/account/profile").await.contains(">AL</text>"));
    assert_eq!(pictures(&house).await, 0);
    let acts = "SELECT count(*) FROM marketing_admin.activity WHERE act = 'profile_changed'";
    assert_eq!(house.count_anywhere(acts).await, 4, "three pictures and one farewell");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_read_as_its_guest_and_not_as_the_house() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    assert_eq!(upload(&house, &ana, &png(40, 40)).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(ana.get(&house, "/account/avatar").await.status(), StatusCode::OK);
    // What guests may see decides, whatever the query asks for.
    house.as_admin("ALTER POLICY guest ON marketing_admin.avatars USING (false)").await;
    assert_eq!(ana.get(&house, "/account/avatar").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_that_we_take_is_refused_in_words() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    let mut broken = png(40, 30);
    broken.truncate(60);
    let mut large = png(40, 30);
    large.resize(6 * 1024 * 1024, 0);
    // Small as a file, and forty-two million pixels when unfolded.
    let bomb = bytes_of(&DynamicImage::new_luma8(7000, 6000), ImageFormat::Png);
    assert!(bomb.len() < 5 * 1024 * 1024, "{}", bomb.len());
    for (file, status, said) in [
        (&large, StatusCode::PAYLOAD_TOO_LARGE, "This file is too large"),
        (&bomb, StatusCode::UNPROCESSABLE_ENTITY, "This picture has too many pixels"),
        (&broken, StatusCode::UNPROCESSABLE_ENTITY, "This picture can’t be read"),
        (
            &b"<svg onload='alert(1)'/>".to_vec(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "choose a JPEG, PNG or WebP",
        ),
        (&Vec::new(), StatusCode::UNPROCESSABLE_ENTITY, "Choose a picture first."),
    ] {
        let refused = upload(&house, &ana, file).await;
        assert_eq!(refused.status(), status, "{said}");
        let page = refused.text().await.expect("a page");
        assert!(page.contains(said), "{said} in {page}");
    }
    let foreign = send(&house, &ana, "somebody-elses", &png(40, 30)).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(pictures(&house).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_the_staff_sees_pictures_of_the_staff_alone() {
    let house = House::open().await;
    let (ana, bea) = (Guests::sign_up(&house, ANA).await, Guests::sign_up(&house, "bea@example.net").await);
    for guest in [&ana, &bea] {
        assert_eq!(upload(&house, guest, &png(300, 300)).await.status(), StatusCode::SEE_OTHER);
    }
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.staff (id, role, created_at, changed_at) VALUES ('{}', 'door_staff', now(), now())",
            ana.id
        ))
        .await;
    let owner = house.cookie("olga@club.test").await;
    let page = house.page(&format!("/admin/staff/{}", ana.id), &owner).await.text().await.expect("a page");
    assert!(page.contains(&format!("src=\"/admin/staff/{}/avatar?v=", ana.id)), "{page}");
    let of = async |cookie: &str, guest: &Guest| {
        house.page(&format!("/admin/staff/{}/avatar", guest.id), cookie).await.status()
    };
    assert_eq!(of(&owner, &ana).await, StatusCode::OK);
    assert_eq!(of(&owner, &bea).await, StatusCode::NOT_FOUND, "a guest is none of the staff");
    let manager = house.cookie("max@club.test").await;
    assert_eq!(of(&manager, &ana).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_in_the_file_with_everything_and_goes_with_the_account() {
    let house = House::open().await;
    let ana = Guests::sign_up(&house, ANA).await;
    assert_eq!(upload(&house, &ana, &png(300, 300)).await.status(), StatusCode::SEE_OTHER);
    let file = ana.get(&house, "/account/data/file.json?without_tickets=1").await;
    assert_eq!(file.status(), StatusCode::OK);
    let file: Value = file.json().await.expect("JSON");
    let told = file["picture"]["jpeg_base64"].as_str().expect("a picture");
    // What every JPEG begins with.
    assert!(told.starts_with("/9j/") && !told.contains('\n'), "{told}");
    assert!(file["shifts"].as_array().is_some_and(Vec::is_empty), "{file}");
    let gone = ana.submit(&house, "/account/delete", "/account/delete", &[("typed", ANA)]).await;
    assert_eq!(gone.status(), StatusCode::OK);
    assert_eq!(pictures(&house).await, 0);
}
