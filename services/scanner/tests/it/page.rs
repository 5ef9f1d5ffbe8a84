//! The page as the browser gets it; what it does is seen in crates/e2e.

use domain::permission::Role;
use web::session::COOKIE;

use crate::house::House;

async fn page(house: &House) -> (reqwest::header::HeaderMap, String) {
    let cookie = format!("{COOKIE}={}", house.token(Role::DoorStaff));
    let response = house.http.get(house.url("/")).header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200);
    (response.headers().clone(), response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_use_the_camera_and_start_its_decoder_and_no_more() {
    let house = House::open().await;
    let (headers, _) = page(&house).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
    assert_eq!(headers["cache-control"], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_the_page_names_is_served_by_ourselves() {
    let house = House::open().await;
    let (_, html) = page(&house).await;
    let mut wanted: Vec<String> =
        html.split('"').filter(|text| text.starts_with("/assets/")).map(str::to_owned).collect();
    assert!(wanted.len() > 4, "{wanted:?}");
    let mut seen = std::collections::HashSet::new();
    while let Some(path) = wanted.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let response = house.http.get(house.url(&path)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        // A worker's own headers decide what it may do.
        if path.ends_with(".js") {
            let policy = response.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("wasm-unsafe-eval"), "{path}: {policy}");
        }
        if path.ends_with(".js") || path.ends_with(".css") {
            let text = response.text().await.unwrap();
            wanted.extend(text.split('"').filter(|text| text.starts_with("/assets/")).map(str::to_owned));
            assert!(!text.contains("\"asset:"), "{path} names a file that is not there");
        }
    }
    for name in [
        "zxing_reader",
        "zxing-reader",
        "decoder",
        "camera",
        "signals",
        "scans",
        "importer",
        "judge",
        "journal",
    ] {
        assert!(seen.iter().any(|path| path.contains(name)), "{name} in {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_spanish_to_who_reads_spanish() {
    let house = House::open().await;
    let spanish = house.http.get(house.url("/sign-in?lang=es")).send().await.unwrap();
    assert!(
        spanish
            .headers()
            .get("set-cookie")
            .is_some_and(|cookie| cookie.to_str().unwrap().starts_with("lang=es"))
    );
    let text = spanish.text().await.unwrap();
    assert!(text.contains("<html lang=\"es\"") && text.contains("La puerta"), "{text}");
    // The door itself, afterwards and on every later night, without the language in its address.
    let cookie = format!("{COOKIE}={}", house.token(Role::DoorStaff));
    let door = |path: &str, lang: &str| {
        house.http.get(house.url(path)).header("cookie", format!("{cookie}; lang={lang}")).send()
    };
    let text = door("/", "es").await.unwrap().text().await.unwrap();
    assert!(text.contains("<html lang=\"es\"") && text.contains("href=\"/?lang=en\""), "{text}");
    let turned = door("/?lang=en", "es").await.unwrap();
    assert_eq!((turned.status().as_u16(), &turned.headers()["location"]), (303, &"/".parse().unwrap()));
    assert!(turned.headers()["set-cookie"].to_str().unwrap().starts_with("lang=en"));
    let text = door("/", "en").await.unwrap().text().await.unwrap();
    assert!(text.contains("<html lang=\"en\"") && text.contains("href=\"/?lang=es\""), "{text}");
    let missing = house.http.get(house.url("/nothing")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("<h1>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_can_install_the_door_and_open_it_without_network() -> Result<(), reqwest::Error> {
    let house = House::open().await;
    let (_, html) = page(&house).await;
    assert!(html.contains("<link rel=\"manifest\" href=\"/app.webmanifest\">"), "{html}");
    let about = house.http.get(house.url("/app.webmanifest?lang=es")).send().await?;
    assert_eq!(about.headers()["content-type"], "application/manifest+json");
    let about: serde_json::Value = about.json().await?;
    assert_eq!((about["start_url"].as_str(), about["display"].as_str()), (Some("/"), Some("standalone")));
    assert_eq!(about["short_name"], "La puerta");
    for icon in about["icons"].as_array().unwrap() {
        let image = house.http.get(house.url(icon["src"].as_str().unwrap())).send().await?;
        assert_eq!(
            (image.status().as_u16(), &image.headers()["content-type"]),
            (200, &"image/svg+xml".parse().unwrap())
        );
    }
    let worker = house.http.get(house.url("/sw.js")).send().await?;
    assert!(worker.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
    assert_eq!(worker.headers()["cache-control"], "no-cache", "a new version is found at once");
    let script = worker.text().await?;
    let shelf = script.lines().next().unwrap();
    let kept: Vec<&str> = shelf.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert!(kept.len() > 20, "{shelf}");
    for path in &kept {
        let file = house.http.get(house.url(path)).send().await?;
        assert_eq!(file.status(), 200, "{path}");
        assert!(file.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
    }
    // Whatever the page names is kept: without network there is nobody to ask for it.
    for named in html.split('"').filter(|text| text.starts_with("/assets/")) {
        assert!(kept.contains(&named), "{named} in {shelf}");
    }
    Ok(())
}
