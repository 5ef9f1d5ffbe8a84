//! Pictures: beneath a plan, and of tables.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};

use super::*;

/// A form with a file, as a browser sends it.
async fn upload(house: &House, path: &str, cookie: &str, fields: &[(&str, &str)], file: &[u8]) -> Response {
    let mut body = Vec::new();
    for (name, text) in fields {
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = house.http.post(house.url(path)).header("cookie", cookie).header("origin", ORIGIN);
    let request = request.header("accept", "application/json");
    request
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body)
        .send()
        .await
        .expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_made_anew_and_shown_to_everybody() {
    let house = House::open().await;
    let (token, cookie) = (house.token(OLGA).await, house.cookie(OLGA).await);
    let plan = template(&house, &token, "Main room").await;
    let page = house.page("/admin/floor-plans", &cookie).await.text().await.expect("a page");
    let csrf = field(&page, "csrf");
    let mut png = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(3000, 1500).write_to(&mut png, ImageFormat::Png).expect("a picture");
    let png = png.into_inner();
    let fields = [("csrf", csrf.as_str())];
    let kept = upload(&house, "/admin/plan-pictures", &cookie, &fields, &png).await;
    assert_eq!(kept.status(), StatusCode::CREATED);
    let url = text(&body(kept).await["url"]);
    let shown = house.http.get(house.url(&url)).send().await.expect("an answer");
    assert_eq!(shown.status(), StatusCode::OK);
    assert_eq!(shown.headers()["content-type"], "image/jpeg");
    assert!(shown.headers()["cache-control"].to_str().expect("text").contains("immutable"));
    assert_eq!(shown.headers()["cross-origin-resource-policy"], "cross-origin", "the ticket site shows it");
    let read = image::load_from_memory(&shown.bytes().await.expect("bytes")).expect("a picture");
    assert_eq!((read.width(), read.height()), (1600, 800));
    let none = upload(&house, "/admin/plan-pictures", &cookie, &fields, b"<svg/>").await;
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let forged = upload(&house, "/admin/plan-pictures", &cookie, &[("csrf", "x")], &png).await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);

    let mut drawn = drawing();
    drawn["background"] = json!(url);
    let api = format!("/api/v1/floor-plans/{plan}/drawing");
    let saved = house.put(&api, &token, json!({"version": 1, "drawing": drawn})).await;
    assert_eq!(saved.status(), StatusCode::OK);
    let night = house.published(&token, "Friday").await;
    let tables = Tables::of(&house, &text(&night["id"])).await;
    tables.done("/plan", 0, &[("plan", plan.as_str())]).await;
    let csrf = field(&tables.page().await, "csrf");
    let fields = [("csrf", csrf.as_str()), ("revision", "1"), ("table", "")];
    let photographed = upload(&house, &format!("{}/photo", tables.path), &tables.cookie, &fields, &png).await;
    assert_eq!(photographed.status(), StatusCode::SEE_OTHER);
    // What is meant for one table is never done to all of them.
    let wrong = [("csrf", csrf.as_str()), ("revision", "2"), ("table", "1"), ("remove", "yes")];
    let refused = upload(&house, &format!("{}/photo", tables.path), &tables.cookie, &wrong, &[]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = told(&house).await;
    let last = told.last().expect("a message");
    assert!(last.background_url.ends_with(&url) && last.background_url.starts_with("http"), "{last:?}");
    assert!(last.tables.iter().all(|table| table.photo_url.contains("/plan-pictures/")), "{last:?}");
    assert!(tables.page().await.contains("<img class=\"offer__photo\""));
}
