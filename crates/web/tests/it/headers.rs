//! What every answer tells the browser.

use crate::site::Site;

#[tokio::test]
async fn every_answer_has_the_headers() {
    let site = Site::start().await;
    for path in ["/", "/nothing", "/api/v1/fault/internal", "/admin", "/api/v1/things/%00", "/healthz"] {
        let response = site.get(path).send().await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        assert!(policy.contains("form-action 'self' https://checkout.stripe.com;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("x-frame-options").as_deref(), Some("DENY"));
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"));
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        assert!(header("strict-transport-security").unwrap().starts_with("max-age=31536000"));
        assert!(header("permissions-policy").unwrap().contains("camera=(self)"));
        assert!(header("x-request-id").is_some());
        assert!(header("server").is_none() && header("x-powered-by").is_none());
    }
}

#[tokio::test]
async fn a_handler_may_say_that_its_answer_can_be_kept() {
    let site = Site::start().await;
    let cached = site.get("/cached").send().await.unwrap();
    assert_eq!(cached.headers()["cache-control"], "public, max-age=60");
}

#[tokio::test]
async fn the_session_cookie_is_bound_to_this_host() {
    let site = Site::start().await;
    let cookie = web::session::cookie("t".into(), &site.claims(domain::permission::Role::Owner)).to_string();
    assert_eq!(cookie, "__Host-maguey_staff=t; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=43200");
    assert!(web::session::removal_cookie().to_string().contains("Max-Age=0"));
}
