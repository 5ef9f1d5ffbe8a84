//! The files of a paid order: who gets them, and what is in them.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256, RsaKeySize,
};
use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::Stage;

/// The words of each page, without white space.
pub fn words(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).expect("a PDF");
    let squeeze = |text: String| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    document.get_pages().keys().map(|page| squeeze(document.extract_text(&[*page]).expect("text"))).collect()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers()[name].to_str().expect("plain text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_takes_the_tickets_on_paper_and_the_night_in_the_calendar() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    let answer = stage.get(&order.file("tickets.pdf")).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "application/pdf"));
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
    let name = format!("inline; filename=\"tickets-{}.pdf\"", order.reference);
    assert_eq!(header(&answer, "content-disposition"), name);
    let pages = words(&answer.bytes().await.expect("bytes"));
    assert_eq!(pages.len(), 2, "a page each: {pages:?}");
    for (page, number) in pages.iter().zip(1..) {
        for word in [&order.reference, "AnaLópez", "Regular", "21.00€", "incl.1.00€fee"] {
            assert!(page.contains(word), "{word} on {page}");
        }
        assert!(page.contains(&format!("Ticket{number}of2")), "{page}");
    }

    let one = paid["tickets"][1]["id"].as_str().expect("an id");
    let file = order.file(&format!("tickets/{one}/ticket.pdf"));
    let spanish = words(&stage.get(&format!("{file}&lang=es")).await.bytes().await.expect("bytes"));
    assert_eq!(spanish.len(), 1);
    assert!(spanish[0].contains("21,00€"), "in the language of the page: {spanish:?}");

    let calendar = stage.get(&order.file("calendar.ics")).await;
    assert_eq!(header(&calendar, "content-type"), "text/calendar; charset=utf-8; method=PUBLISH");
    assert_eq!(header(&calendar, "referrer-policy"), "no-referrer");
    let entry = calendar.text().await.expect("text").replace("\r\n ", "");
    assert!(entry.contains("TZID=Europe/Madrid") && entry.contains(&order.page), "{entry}");
    for path in ["/tickets.pdf?key=", "/calendar.ics?key=", &format!("/tickets/{one}/ticket.pdf?key=")] {
        assert!(page.contains(path), "the page leads to {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_there_is_no_file_and_a_ticket_that_counts_no_more_is_not_printed() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let ids = [0, 1].map(|at| paid["tickets"][at]["id"].as_str().expect("an id").to_owned());
    let files =
        ["tickets.pdf".to_owned(), "calendar.ics".to_owned(), format!("tickets/{}/ticket.pdf", ids[0])];
    for file in &files {
        let keyless = order.file(file).split_once("?key=").map(|(path, _)| path.to_owned()).expect("a key");
        for path in [keyless.clone(), format!("{keyless}?key="), order.file(file) + "x"] {
            assert_eq!(stage.get(&path).await.status(), 404, "{path}");
        }
    }
    let pending = stage.order(0, 1).await;
    for file in &files {
        assert_eq!(stage.get(&pending.file(file)).await.status(), 404, "an unpaid order has no {file}");
    }
    let (other, _) = stage.bought(0, 1).await;
    assert_eq!(stage.get(&other.file(&files[2])).await.status(), 404, "nor anybody else's ticket");

    let void = |id: &str| {
        let path = format!("/internal/v1/tickets/{id}/void");
        let stage = &stage;
        async move { stage.inside("magueyctl", &path, Some(json!({"reason": "lost phone"}))).await }
    };
    void(&ids[0]).await;
    assert_eq!(stage.get(&order.file(&files[2])).await.status(), 404);
    let pages = words(&stage.get(&order.file("tickets.pdf")).await.bytes().await.expect("bytes"));
    assert_eq!(pages.len(), 1, "{pages:?}");
    void(&ids[1]).await;
    assert_eq!(stage.get(&order.file("tickets.pdf")).await.status(), 404);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(!page.contains("tickets.pdf"), "nothing to print, no button");
}

/// Certificate, key and intermediate as Apple hands them out, and Google's key file, made once.
pub fn accounts() -> &'static [(&'static str, String)] {
    static ACCOUNTS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    ACCOUNTS.get_or_init(|| {
        let rsa = || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        let mut middle = CertificateParams::default();
        middle.distinguished_name = DistinguishedName::new();
        middle.distinguished_name.push(DnType::CommonName, "Test Worldwide Developer Relations");
        middle.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let (middle_key, key) = (rsa(), rsa());
        let wwdr = middle.self_signed(&middle_key).expect("a certificate").pem();
        let mut leaf = CertificateParams::default();
        leaf.distinguished_name = DistinguishedName::new();
        let user_id = DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 1]);
        leaf.distinguished_name.push(user_id, "pass.example.maguey");
        leaf.distinguished_name.push(DnType::OrganizationalUnitName, "TEAM123456");
        let issuer = Issuer::new(middle, middle_key);
        let certificate = leaf.signed_by(&key, &issuer).expect("a certificate").pem();
        let account = json!({"client_email": "club@example.org", "private_key": rsa().serialize_pem()});
        vec![
            ("APPLE_PASS_CERTIFICATE", STANDARD.encode(certificate)),
            ("APPLE_PASS_KEY", STANDARD.encode(key.serialize_pem())),
            ("APPLE_WWDR_CERTIFICATE", wwdr),
            ("GOOGLE_WALLET_ISSUER_ID", "3388000000022".to_owned()),
            ("GOOGLE_WALLET_SERVICE_ACCOUNT", STANDARD.encode(account.to_string())),
        ]
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_goes_to_both_wallets_once_the_club_has_accounts() {
    let variables: Vec<_> = accounts().iter().map(|(name, value)| (*name, value.as_str())).collect();
    let stage = Stage::with(&variables).await;
    let (order, paid) = stage.bought(0, 1).await;
    let ticket = &paid["tickets"][0];
    let file = |name: &str| order.file(&format!("tickets/{}/{name}", ticket["id"].as_str().expect("an id")));
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Add to Apple Wallet") && page.contains("Add to Google Wallet"), "{page}");

    let apple = stage.get(&file("wallet.pkpass")).await;
    assert_eq!(
        (apple.status().as_u16(), header(&apple, "content-type")),
        (200, "application/vnd.apple.pkpass")
    );
    assert_eq!(header(&apple, "cache-control"), "no-store");
    assert_eq!(&apple.bytes().await.expect("bytes")[..2], b"PK", "a pass is an archive");

    let google = stage.get(&file("google-wallet")).await;
    assert_eq!((google.status().as_u16(), header(&google, "referrer-policy")), (303, "no-referrer"));
    let link = header(&google, "location");
    let token = link.strip_prefix("https://pay.google.com/gp/v/save/").expect("Google's address");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let object = &claims["payload"]["eventTicketObjects"][0];
    assert_eq!(object["barcode"]["value"], ticket["code"]);
    assert_eq!(claims["origins"][0], crate::stage::PUBLIC_URL);

    let wrong = file("wallet.pkpass") + "x";
    assert_eq!(stage.get(&wrong).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_accounts_there_is_no_wallet() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(1, 1).await;
    assert!(!stage.get(&order.page).await.text().await.expect("a page").contains("Wallet"));
    for name in ["wallet.pkpass", "google-wallet"] {
        let path =
            order.file(&format!("tickets/{}/{name}", paid["tickets"][0]["id"].as_str().expect("an id")));
        assert_eq!(stage.get(&path).await.status(), 404, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_prints_waits_its_turn_and_all_get_their_paper() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let path = order.file("tickets.pdf");
    // More than are made at once, and not so many that a debug build on a busy machine keeps the last too long.
    let asked = (0..6).map(|_| stage.get(&path));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.status(), 200);
    }
    let metrics = format!("http://{}/metrics", stage.service.internal);
    let metrics = stage.http.get(metrics).send().await.expect("metrics").text().await.expect("text");
    let made = "purchase_papers_seconds_count{";
    let line = metrics.lines().find(|line| line.starts_with(made) && line.contains("paper=\"tickets\""));
    assert!(line.is_some_and(|line| line.contains("outcome=\"made\"")), "{line:?}");
}
