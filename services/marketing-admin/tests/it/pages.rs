//! What a stranger finds: the empty site, the interface's description, the environment's example.

use reqwest::StatusCode;
use serde_json::Value;

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_club_says_so_in_the_readers_language() {
    let house = House::open().await;
    let home =
        house.http.get(house.url("/")).header("accept-language", "es").send().await.expect("an answer");
    assert_eq!(home.status(), StatusCode::OK);
    assert!(home.text().await.expect("a page").contains("Estamos preparando la próxima noche."));
    let lost = house
        .http
        .get(house.url("/events/nothing"))
        .header("accept", "text/html")
        .send()
        .await
        .expect("an answer");
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    assert!(lost.text().await.expect("a page").contains("This page is not here."));
    let desk = house.http.get(house.url("/admin")).send().await.expect("an answer");
    assert_eq!(desk.headers()["location"], "/admin/sign-in?next=/admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_path_of_the_interface() {
    let house = House::open().await;
    let answer = house.http.get(house.url("/api/openapi.json")).send().await.expect("an answer");
    let description: Value = answer.json().await.expect("JSON");
    let paths = description["paths"].as_object().expect("paths");
    let rows = web::routes::table(marketing_admin::routes::public);
    for row in rows.iter().filter(|row| row.path.starts_with("/api/v1/")) {
        let method = row.method.as_str().to_lowercase();
        assert!(
            paths.get(&row.path).is_some_and(|path| path.get(&method).is_some()),
            "{method} {}",
            row.path
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_shows_what_a_passkey_is_asked_and_what_it_answers() {
    let house = House::open().await;
    let answer = house.http.get(house.url("/api/openapi.json")).send().await.expect("an answer");
    let description: Value = answer.json().await.expect("JSON");
    let rows = web::routes::table(marketing_admin::routes::public);
    let asks = |path: &str| path.contains("/passkey") && path.ends_with("/options");
    let answers =
        |path: &str| path.ends_with("/passkey") || (path.contains("/passkey") && path.ends_with("/finish"));
    // The shape is told once, with its example, and named where it is asked or answered.
    let example = |content: &Value| {
        let name = content["application/json"]["schema"]["$ref"].as_str().expect("a named shape");
        description.pointer(name.trim_start_matches('#')).expect("the shape")["example"].clone()
    };
    let mut seen = (0, 0);
    for row in rows {
        let told = &description["paths"][&row.path]["post"];
        if asks(&row.path) {
            let example = example(&told["responses"]["200"]["content"]);
            assert!(example["options"]["publicKey"]["challenge"].is_string(), "{}", row.path);
            seen.0 += 1;
        } else if answers(&row.path) {
            let example = example(&told["requestBody"]["content"]);
            assert!(example["credential"]["response"]["clientDataJSON"].is_string(), "{}", row.path);
            seen.1 += 1;
        }
    }
    assert_eq!(seen, (6, 6));
}

#[test]
fn the_example_environment_lists_what_is_read() {
    let example = include_str!("../../../../deploy/env/marketing-admin.env.example");
    let mut reader = settings::Reader::from_pairs([("MAGUEY_ENV", "local")]);
    telemetry::TelemetrySettings::read(&mut reader);
    let _ = marketing_admin::Config::read(&mut reader);
    assert_eq!(settings::example::differences(example, &reader), [""; 0]);
}
