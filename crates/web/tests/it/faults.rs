//! One error type, two readers.

use domain::permission::{Grants, Role};
use web::session::SessionSigner;

use crate::site::{Site, session_key};

#[tokio::test]
async fn every_fault_is_a_problem_for_programs() {
    let site = Site::start().await;
    for (name, status, code) in [
        ("bad_request", 400, "odd"),
        ("unauthenticated", 401, "token_missing"),
        ("forbidden", 403, "forbidden"),
        ("not_found", 404, "not_found"),
        ("conflict", 409, "sold_out"),
        ("teapot", 418, "teapot"),
        ("invalid", 422, "invalid_value"),
        ("rate_limited", 429, "rate_limited"),
        ("internal", 500, "internal"),
        ("constraint", 500, "internal"),
        ("unavailable", 503, "unavailable"),
        ("database", 503, "unavailable"),
        ("row", 404, "not_found"),
    ] {
        let response = site.get(&format!("/api/v1/fault/{name}")).send().await.unwrap();
        assert_eq!(response.status(), status, "{name}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let problem: serde_json::Value = response.json().await.unwrap();
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["code"], code);
        assert_eq!(problem["request_id"], id.as_str());
        assert!(problem["title"].is_string());
    }
}

#[tokio::test]
async fn a_fault_carries_fields_waits_and_challenges() {
    let site = Site::start().await;
    let invalid: serde_json::Value =
        site.get("/api/v1/fault/invalid").send().await.unwrap().json().await.unwrap();
    assert_eq!(invalid["errors"][0]["field"], "items[0].quantity");
    assert_eq!(invalid["errors"][0]["code"], "invalid_quantity");
    let limited = site.get("/api/v1/fault/rate_limited").send().await.unwrap();
    assert_eq!(limited.headers()["retry-after"], "30");
    let nobody = site.get("/api/v1/fault/unauthenticated").send().await.unwrap();
    assert_eq!(nobody.headers()["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn the_cause_of_our_own_fault_is_never_shown() {
    let site = Site::start().await;
    for path in ["/api/v1/fault/", "/page/fault/"] {
        for name in ["internal", "unavailable", "constraint"] {
            let text = site.get(&format!("{path}{name}")).send().await.unwrap().text().await.unwrap();
            for secret in ["hunter2", "10.0.0.7", "secret detail", "held_and_sold_fit"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn people_get_a_page_in_their_language() {
    let site = Site::start().await;
    let request = site.get("/page/fault/conflict").header("accept-language", "es-MX,es;q=0.9");
    let response = request.header("x-request-id", "0190-abcdef").send().await.unwrap();
    assert_eq!(response.status(), 409);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(
        response.text().await.unwrap(),
        r#"PAGE 409 sold_out purchase-sold-out es 0190-abcdef [("name", "VIP")] None /page/fault/conflict true"#
    );
    let default = site.get("/page/fault/rate_limited").send().await.unwrap().text().await.unwrap();
    assert!(default.starts_with("PAGE 429 rate_limited shared-error-rate-limited en "), "{default}");
    let asked = site.get("/page/fault/conflict?lang=es").send().await.unwrap();
    let cookie = asked.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("lang=es;"), "{cookie}");
    let asked = asked.text().await.unwrap();
    assert!(asked.contains(" es "), "{asked}");

    // What was chosen is kept; only who reads pages has anything to choose.
    let kept = site.get("/page/fault/conflict").header("cookie", "lang=es").send().await.unwrap();
    assert!(!kept.headers().contains_key("set-cookie"));
    let kept = kept.text().await.unwrap();
    assert!(kept.contains(" es "), "{kept}");
    let script = site.get("/page/fault/conflict?lang=es").header("accept", "application/json");
    assert!(!script.send().await.unwrap().headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_script_on_a_page_gets_a_problem() {
    let site = Site::start().await;
    let answer = Site::code(site.get("/page/fault/conflict").header("accept", "application/json")).await;
    assert_eq!(answer, (409, "sold_out".into()));
}

#[tokio::test]
async fn what_does_not_exist_is_told_to_each_reader() {
    let site = Site::start().await;
    assert_eq!(Site::code(site.get("/api/v1/nothing")).await, (404, "not_found".into()));
    let page = site.get("/nothing").header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 404);
    assert!(page.text().await.unwrap().starts_with("PAGE 404 not_found shared-error-not-found"));
    // The internal routes are not on the public listener.
    assert_eq!(Site::code(site.post("/internal/v1/refund").json(&1)).await.0, 404);
    assert_eq!(Site::code(site.get("/metrics")).await.0, 404);
    assert_eq!(Site::code(site.get("/readyz")).await.0, 404);
}

#[tokio::test]
async fn other_methods_are_405_with_those_that_work() {
    let site = Site::start().await;
    for method in ["DELETE", "TRACE", "PATCH", "BREW"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request =
            site.http.request(method, site.url("/api/v1/items")).header("authorization", "Bearer x");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "POST");
    }
    assert_eq!(site.http.head(site.url("/api/v1/items")).send().await.unwrap().status(), 405);
    assert_eq!(site.http.head(site.url("/")).send().await.unwrap().status(), 200);
    // The word of a header does not change the method.
    let overridden = site.get("/api/v1/items").header("x-http-method-override", "POST");
    assert_eq!(Site::code(overridden).await, (405, "method_not_allowed".into()));
}

#[tokio::test]
async fn a_page_leads_to_the_sign_in_and_back() {
    let site = Site::start().await;
    let response = site.get("/admin?night=2").send().await.unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/admin/sign-in?next=/admin%3Fnight%3D2");
    // A form cannot be sent again by a redirect: its page says where to sign in.
    let form = site.post("/admin/form").header("origin", crate::site::ORIGIN).form(&[("a", "b")]);
    let form = form.send().await.unwrap();
    assert_eq!(form.status(), 401);
    let form = form.text().await.unwrap();
    assert!(form.contains("/admin/sign-in") && form.ends_with(" /admin/form false"), "{form}");
}

#[tokio::test]
async fn who_must_prove_more_is_led_to_where_that_is_done() {
    let site = Site::start_with(|app| app.proof_path("/admin/prove").set_up_path("/admin/security")).await;
    for (path, place) in [
        ("/page/fault/proof_needed?a=1", "/admin/prove?next=/page/fault/proof_needed%3Fa%3D1"),
        ("/page/fault/second_factor_missing", "/admin/security"),
    ] {
        let response = site.get(path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["location"].to_str().unwrap()),
            (303, place)
        );
    }
    let program = site.get("/api/v1/fault/proof_needed");
    assert_eq!(Site::code(program).await, (403, "proof_needed".into()));
    // A session that can do nothing is told why, wherever it goes.
    let nothing = site.claims(Role::Manager).person("Ana", "ana@club.test", Grants::nothing("manager"));
    let token = SessionSigner::new("k1", &session_key()).sign(&nothing);
    let refused = site.get("/api/v1/staff").bearer_auth(token);
    assert_eq!(Site::code(refused).await, (403, "second_factor_missing".into()));
}

#[tokio::test]
async fn a_panic_is_an_answer_too() {
    let site = Site::start().await;
    let request = site.get("/api/v1/panic").header("x-request-id", "panic-0001");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(
        (problem["code"].as_str(), problem["request_id"].as_str()),
        (Some("internal"), Some("panic-0001"))
    );
    let page = site.get("/panic").header("accept-language", "es").send().await.unwrap().text().await.unwrap();
    assert!(page.starts_with("PAGE 500 internal shared-error-internal es"), "{page}");
    // The worker is still there.
    assert_eq!(site.get("/").send().await.unwrap().status(), 200);
}
