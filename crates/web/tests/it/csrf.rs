//! Row B32: nobody else's page acts in a visitor's name.

use domain::permission::Role;

use crate::site::{ORIGIN, Site};

fn form(site: &Site) -> reqwest::RequestBuilder {
    site.post("/basket").header("accept", "application/json").form(&[("quantity", "1")])
}

fn rejected() -> (u16, String) {
    (403, "csrf_rejected".into())
}

#[tokio::test]
async fn a_form_must_come_from_this_site() {
    let site = Site::start().await;
    for good in [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", ORIGIN)] {
        assert_eq!(Site::code(form(&site).header(good.0, good.1)).await.0, 200, "{good:?}");
    }
    for bad in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "nonsense"),
        ("origin", "https://evil.example"),
        ("origin", "https://club.test.evil.example"),
        ("origin", "https://tickets.club.test"),
        ("origin", "http://club.test"),
        ("origin", "null"),
        ("x-nothing", "said"),
    ] {
        assert_eq!(Site::code(form(&site).header(bad.0, bad.1)).await, rejected(), "{bad:?}");
    }
    // What the browser says of itself counts more than an Origin that fits.
    let both = form(&site).header("origin", ORIGIN).header("sec-fetch-site", "cross-site");
    assert_eq!(Site::code(both).await, rejected());
}

#[tokio::test]
async fn a_path_that_is_named_takes_posts_of_other_sites_and_no_other_does() {
    let site = Site::start_with(|app| app.cross_site_post("/basket")).await;
    let from_afar = |request: reqwest::RequestBuilder| request.header("sec-fetch-site", "cross-site");
    assert_eq!(Site::code(from_afar(form(&site))).await.0, 200);
    for other in ["/basket/", "/admin/form", "/webhooks/stripe"] {
        let post = site.post(other).header("accept", "application/json").form(&[("quantity", "1")]);
        assert_eq!(Site::code(from_afar(post)).await, rejected(), "{other}");
    }
}

#[tokio::test]
async fn json_with_cookies_is_checked_and_a_program_without_is_not() {
    let site = Site::start().await;
    let json = || site.post("/api/v1/items").json(&serde_json::json!({"quantity": 1}));
    let cookie = format!("__Host-maguey_staff={}", site.token(Role::Owner));
    assert_eq!(Site::code(json().header("cookie", &cookie)).await, rejected());
    assert_eq!(
        Site::code(json().header("cookie", &cookie).header("origin", "https://evil.example")).await,
        rejected()
    );
    // A bearer token does not excuse cookies that came along.
    assert_eq!(Site::code(json().header("cookie", &cookie).bearer_auth("x")).await, rejected());
    assert_eq!(Site::code(json()).await.0, 200);
    assert_eq!(Site::code(json().bearer_auth(site.token(Role::Owner))).await.0, 200);
    assert_eq!(Site::code(json().header("sec-fetch-site", "cross-site")).await, rejected());
    assert_eq!(Site::code(site.post("/webhooks/stripe").json(&1)).await.0, 200);
}

#[tokio::test]
async fn a_form_of_the_staff_needs_the_token_of_its_session() {
    let site = Site::start().await;
    let cookie = format!("__Host-maguey_staff={}", site.token(Role::Manager));
    let token = site.get("/admin/form").header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    let send = |cookie: &str, fields: &[(&str, &str)]| {
        let request = site.post("/admin/form").header("origin", ORIGIN).header("accept", "application/json");
        request.header("cookie", cookie).form(fields)
    };
    assert_eq!(Site::code(send(&cookie, &[("csrf", &token), ("quantity", "4")])).await, (200, "4".into()));
    assert_eq!(Site::code(send(&cookie, &[("quantity", "4")])).await, rejected());
    assert_eq!(Site::code(send(&cookie, &[("csrf", ""), ("quantity", "4")])).await, rejected());
    let other = format!("__Host-maguey_staff={}", site.token(Role::Owner));
    assert_eq!(Site::code(send(&other, &[("csrf", &token), ("quantity", "4")])).await, rejected());
    let door = format!("__Host-maguey_staff={}", site.token(Role::DoorStaff));
    assert_eq!(
        Site::code(send(&door, &[("csrf", &token), ("quantity", "4")])).await,
        (403, "forbidden".into())
    );
}

#[tokio::test]
async fn no_other_site_may_read_or_preflight() {
    let site = Site::start().await;
    for origin in ["https://evil.example", "null", "https://club.test.evil.example"] {
        let read = site.get("/api/v1/search?page=1").header("origin", origin).send().await.unwrap();
        assert!(!read.headers().contains_key("access-control-allow-origin"));
        let preflight = site.http.request(reqwest::Method::OPTIONS, site.url("/api/v1/items"));
        let preflight = preflight.header("origin", origin).header("access-control-request-method", "POST");
        let preflight = preflight.send().await.unwrap();
        assert_eq!(preflight.status(), 403);
        assert!(!preflight.headers().contains_key("access-control-allow-origin"));
        assert_eq!(Site::code(site.get("/stream").header("origin", origin)).await.0, 403);
    }
}
