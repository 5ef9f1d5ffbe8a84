//! Paths, queries and request ids.

use crate::site::Site;

#[tokio::test]
async fn malformed_targets_have_codes() {
    let site = Site::start().await;
    for (path, status, code) in [
        ("/api/v1/things/not-a-uuid", 404, "not_found"),
        ("/api/v1/things/%00", 400, "invalid_encoding"),
        ("/api/v1/things/%ff", 400, "invalid_encoding"),
        ("/api/v1/search?page=1&q=%c0%af", 400, "invalid_encoding"),
        ("/api/v1/search", 422, "missing_field"),
        ("/api/v1/search?page=x", 422, "invalid_value"),
        ("/api/v1/search?page=-1", 422, "invalid_value"),
        ("/api/v1/search?page=1&page=2", 400, "duplicate_parameter"),
    ] {
        assert_eq!(Site::code(site.get(path)).await, (status, code.to_owned()), "{path}");
    }
    assert_eq!(Site::code(site.get("/api/v1/search?page=3&utm_source=x")).await, (200, "3".into()));
}

#[tokio::test]
async fn the_gateways_request_id_is_kept_and_a_hostile_one_is_not() {
    let site = Site::start().await;
    let id = "4f2c1d9a-7b1e-4d3a-9c55-0a1b2c3d4e5f";
    let kept = site.get("/").header("x-request-id", id).send().await.unwrap();
    assert_eq!(kept.headers()["x-request-id"], id);
    for hostile in ["<script>alert(1)</script>", "x", &"a".repeat(65), "a b c d e f g h"] {
        let made = site.get("/").header("x-request-id", hostile).send().await.unwrap();
        let made = made.headers()["x-request-id"].to_str().unwrap();
        assert_ne!(made, hostile);
        assert_eq!(made.len(), 36);
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_and_not_by_path() {
    let site = Site::start().await;
    site.get("/api/v1/things/9d3b6f1e-0000-7000-8000-000000000001?key=secret").send().await.unwrap();
    site.get("/api/v1/made-up-by-a-stranger").send().await.unwrap();
    let text = site.http.get(site.internal_url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains(r#"route="/api/v1/things/{id}""#), "{text}");
    assert!(text.contains(r#"route="unmatched""#), "{text}");
    assert!(text.contains("http_server_request_duration_seconds_bucket"), "{text}");
    assert!(!text.contains("9d3b6f1e") && !text.contains("made-up") && !text.contains("secret"), "{text}");
}
