//! Bad input at the desk and in accounts: what is sent is taken for what it is, wherever it is written.

use reqwest::StatusCode;

use crate::guests::Guests;
use crate::house::{House, PASSWORD, body};

const OLGA: &str = "olga@club.test";
const DORA: &str = "dora@club.test";
const ORIGIN: &str = "http://maguey.localhost:8080";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_searched_for_is_text_and_no_pattern_nor_statement() {
    let house = House::open().await;
    let cookie = house.cookie(OLGA).await;
    let found = async |search: &str| {
        let page = house.page(&format!("/admin/staff?search={search}"), &cookie).await;
        assert_eq!(page.status(), StatusCode::OK, "{search}");
        page.text().await.expect("a page").contains(DORA)
    };
    assert!(found("dora").await && found("DORA%40club").await, "the control");
    for search in [
        "%25",
        "d_ra",
        "d%25a",
        ".*",
        "%5C",
        "%27%20OR%201%3D1%20--",
        "x%27%29%3B%20DROP%20TABLE%20staff%3B--",
    ] {
        assert!(!found(search).await, "{search}");
    }
    let token = house.token(OLGA).await;
    for sort in ["reason", "id%20DESC", "at%3B%20DROP%20TABLE%20staff"] {
        let answer = house.get(&format!("/api/v1/audit?sort={sort}"), &token).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{sort}");
        assert_eq!(body(answer).await["code"], "invalid_sort", "{sort}");
    }
    assert!(found("dora").await, "nothing was dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_the_desk_is_for_its_own_pages_and_takes_no_token_from_the_address() {
    let house = House::open().await;
    let (cookie, token) = (house.cookie(OLGA).await, house.token(OLGA).await);
    let path = "/api/v1/figures/stream";
    let from = async |name: &str, value: &str| {
        let get = house.http.get(house.url(path)).header("cookie", &cookie).header(name, value);
        get.send().await.expect("an answer")
    };
    assert_eq!(from("origin", ORIGIN).await.status(), StatusCode::OK, "the control");
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://maguey.localhost:8080.evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let refused = from(name, value).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        assert_eq!(body(refused).await["code"], "origin_rejected", "{name}: {value}");
    }
    for name in ["token", "access_token", "authorization"] {
        let get = house.http.get(house.url(&format!("{path}?{name}={token}")));
        let answer = get.header("accept", "application/json").send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(body(answer).await["code"], "token_missing", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desks_sign_in_leads_to_its_own_pages_alone() {
    let house = House::open().await;
    for next in [
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "/%2f%2fevil.example",
        "/a%0d%0aSet-Cookie: lang=xx",
        "javascript:alert(1)",
    ] {
        let form = [("email", DORA), ("password", PASSWORD), ("next", next)];
        let post = house.http.post(house.url("/admin/sign-in")).header("origin", ORIGIN).form(&form);
        let answer = post.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{next:?}");
        assert_eq!(answer.headers()["location"], "/", "{next:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_of_somebody_else_is_not_there() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, "ana@example.org").await;
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.passkeys (credential_id, account_id, name, passkey, made_at)
             VALUES (decode('0102', 'hex'), '{}', 'Her phone', '{{}}', now())",
            ana.id
        ))
        .await;
    let eve = Guests::sign_up(&house, "eve@example.org").await;
    // Those two bytes, as addresses name them.
    let (page, passkey) = ("/account/security", "/account/security/passkeys/AQI");
    let renamed = eve.submit(&house, page, &format!("{passkey}/name"), &[("name", "Mine")]).await;
    assert_eq!(renamed.status(), StatusCode::NOT_FOUND);
    let removed = eve.submit(&house, page, &format!("{passkey}/remove"), &[]).await;
    assert_eq!(removed.status(), StatusCode::NOT_FOUND);
    assert_eq!(house.count("SELECT count(*) FROM passkeys WHERE name = 'Her phone'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_twice_is_refused() {
    let house = House::open().await;
    let token = house.token(OLGA).await;
    let twice = house.get("/api/v1/audit?search=a&search=b", &token).await;
    assert_eq!(twice.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body(twice).await["code"], "duplicate_parameter");
    let both = house.http.get(house.url("/api/v1/events")).bearer_auth(&token);
    let both = both.header("authorization", format!("Bearer {token}")).send().await.expect("an answer");
    assert_eq!(both.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body(both).await["code"], "duplicate_parameter");
}
