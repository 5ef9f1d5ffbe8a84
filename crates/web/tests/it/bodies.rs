//! Rows B2 to B7: bodies that nobody should send.

use crate::site::{ORIGIN, Site};

fn json(site: &Site, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    site.post("/api/v1/items").header("content-type", "application/json; charset=utf-8").body(body)
}

#[tokio::test]
async fn a_good_body_is_read() {
    let site = Site::start().await;
    assert_eq!(Site::code(json(&site, r#"{"quantity":2,"name":"Zoë"}"#)).await, (200, "2 Zoë".into()));
    let form = site.post("/basket").header("origin", ORIGIN).form(&[("quantity", "3"), ("name", "José P")]);
    assert_eq!(Site::code(form).await, (200, "3 José P".into()));
}

#[tokio::test]
async fn too_large_is_413_announced_or_not() {
    let site = Site::start().await;
    let large = format!(r#"{{"quantity":1,"name":"{}"}}"#, "x".repeat(64 * 1024));
    assert_eq!(Site::code(json(&site, large.clone())).await, (413, "payload_too_large".into()));
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> =
        large.into_bytes().chunks(4096).map(|c| Ok(c.to_vec())).collect();
    let chunked = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    assert_eq!(Site::code(json(&site, chunked)).await, (413, "payload_too_large".into()));
    let fits = format!(r#"{{"quantity":1,"name":"{}"}}"#, "x".repeat(60 * 1024));
    assert_eq!(json(&site, fits).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn compressed_and_foreign_types_are_415() {
    let site = Site::start().await;
    let zipped = json(&site, r#"{"quantity":1}"#).header("content-encoding", "gzip");
    assert_eq!(Site::code(zipped).await, (415, "unsupported_encoding".into()));
    for kind in ["text/plain", "application/xml", "application/jsonp", ""] {
        let typed = site.post("/api/v1/items").header("origin", ORIGIN).header("content-type", kind);
        assert_eq!(
            Site::code(typed.body(r#"{"quantity":1}"#)).await,
            (415, "unsupported_media_type".into()),
            "{kind}"
        );
    }
    let form = site.post("/basket").header("origin", ORIGIN).json(&serde_json::json!({"quantity": 1}));
    assert_eq!(form.send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn text_that_is_none_is_invalid_encoding() {
    let site = Site::start().await;
    for body in [
        b"{\"quantity\":1,\"name\":\"\xff\"}".to_vec(),
        b"{\"quantity\":1,\"name\":\"\xc0\xaf\"}".to_vec(),
        b"{\"quantity\":1,\"name\":\"\xed\xa0\x80\"}".to_vec(),
        b"{\"quantity\":1,\"name\":\"a\0b\"}".to_vec(),
        br#"{"quantity":1,"name":"a\u0000b"}"#.to_vec(),
        br#"{"quantity":1,"name":"\ud83d"}"#.to_vec(),
    ] {
        let shown = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(Site::code(json(&site, body)).await, (400, "invalid_encoding".into()), "{shown}");
    }
    for form in ["quantity=1&name=%00", "quantity=1&name=%ff", "quantity=1&name=\u{0}"] {
        let sent = site.post("/basket").header("origin", ORIGIN).header("accept", "application/json");
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").body(form);
        assert_eq!(Site::code(sent).await, (400, "invalid_encoding".into()), "{form}");
    }
}

#[tokio::test]
async fn malformed_json_and_wrong_fields_have_codes() {
    let site = Site::start().await;
    let deep = "[".repeat(10_000);
    let closed = format!("{deep}{}", "]".repeat(10_000));
    for (body, status, code) in [
        ("{", 400, "invalid_json"),
        (r#"{"quantity":1} x"#, 400, "invalid_json"),
        (r#"{"quantity":1,"quantity":2}"#, 400, "invalid_json"),
        (deep.as_str(), 400, "invalid_json"),
        (closed.as_str(), 400, "invalid_json"),
        (r#"{"quantity":NaN}"#, 400, "invalid_json"),
        (r#"{"quantity":1,"price":1}"#, 422, "unknown_field"),
        (r#"{"quantity":1,"is_admin":true}"#, 422, "unknown_field"),
        (r#"{"quantity":"2"}"#, 422, "invalid_value"),
        (r#"{"quantity":-1}"#, 422, "invalid_value"),
        ("{}", 422, "missing_field"),
    ] {
        assert_eq!(Site::code(json(&site, body.to_owned())).await, (status, code.to_owned()), "{:.40}", body);
    }
}

#[tokio::test]
async fn a_raw_body_arrives_byte_by_byte_up_to_its_own_limit() {
    let site = Site::start().await;
    let send =
        |body: Vec<u8>| site.post("/webhooks/stripe").header("content-type", "application/json").body(body);
    let odd = b" {\"a\":\xff\0}\r\n".to_vec();
    assert_eq!(send(odd.clone()).send().await.unwrap().bytes().await.unwrap(), odd);
    assert_eq!(send(vec![b'x'; 2048]).send().await.unwrap().status(), 200);
    assert_eq!(Site::code(send(vec![b'x'; 2049])).await, (413, "payload_too_large".into()));
}
