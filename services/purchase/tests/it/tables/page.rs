//! What guests see of a night's tables.

use reqwest::Response;
use serde_json::{Value, json};

use super::stage::plan_of;
use crate::stage::{PUBLIC_URL, Stage};

const PLAN: &str = "/e/friday-night/tables";

async fn page(stage: &Stage, path: &str) -> String {
    let answer = stage.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_shows_every_table_in_the_drawing_and_in_the_list() {
    let (stage, plan) = Stage::with_tables().await;
    let html = page(&stage, &format!("{PLAN}?lang=en")).await;
    assert!(html.contains("<svg class=\"plan__drawing\" viewBox=\"0 0 1000 600\""), "{html}");
    for table in &plan.tables {
        let (spot, row) =
            (format!("data-spot=\"{}\"", table.table_id), format!("data-row=\"{}\"", table.table_id));
        assert!(html.contains(&spot) && html.contains(&row), "{}: {html}", table.label);
    }
    assert!(html.contains("Table 1, up to 4 people, minimum spend 500\u{a0}€, Free"), "{html}");
    assert!(html.contains("&#60;4&#62; mixers") || html.contains("&lt;4&gt; mixers"), "text is text: {html}");
    assert!(html.contains("Main room") && html.contains("Stage"), "{html}");
    assert!(html.contains("2 tables are free."), "{html}");
    let kept = format!("/tables/{}", plan.tables[2].table_id);
    assert!(!html.contains(&kept), "what the club keeps leads nowhere: {html}");
    let answer = stage.get(PLAN).await;
    let policy = answer.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("img-src 'self' data: http://maguey.localhost:8080"), "{policy}");
    let html = page(&stage, &format!("{PLAN}?lang=es")).await;
    assert!(html.contains("Mesa 1, hasta 4 personas, consumo mínimo 500\u{a0}€, Libre"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_party_sees_the_tables_that_take_it() {
    let (stage, plan) = Stage::with_tables().await;
    let html = page(&stage, &format!("{PLAN}?lang=en&party=6")).await;
    assert!(html.contains("1 table is free."), "{html}");
    let small =
        format!("data-row=\"{}\" data-state=\"free\" data-seats=\"4\" hidden", plan.tables[0].table_id);
    assert!(html.contains(&small), "{html}");
    assert!(html.contains(&format!("/tables/{}?party=6", plan.tables[1].table_id)), "{html}");
    for odd in ["0", "-1", "many", "99999999999999999999"] {
        assert!(page(&stage, &format!("{PLAN}?party={odd}")).await.contains("2 tables are free."), "{odd}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_open_plan_of_a_published_night_is_shown() {
    let stage = Stage::open().await;
    assert_eq!(stage.get(PLAN).await.status(), 404, "there is no plan");
    let mut plan = plan_of(&stage);
    plan.open = false;
    stage.publish_plan(&plan).await;
    let (api, live) = ("/api/v1/events/friday-night/tables", "/e/friday-night/tables/live");
    let sheet = format!("{PLAN}/{}", plan.tables[0].table_id);
    for path in [PLAN, api, live, sheet.as_str(), "/e/nowhere/tables"] {
        assert_eq!(stage.get(path).await.status(), 404, "{path}");
    }
    let night = page(&stage, "/e/friday-night?lang=en").await;
    assert!(!night.contains("/e/friday-night/tables"), "{night}");
    (plan.revision, plan.open) = (2, true);
    stage.publish_plan(&plan).await;
    let night = stage.until_says("/e/friday-night?lang=en", "href=\"/e/friday-night/tables\"").await;
    assert!(night.contains("2 tables are free.") && night.contains("from 500\u{a0}€"), "{night}");
    assert_eq!(stage.get(&sheet).await.status(), 200);
    let kept = format!("{PLAN}/{}", plan.tables[2].table_id);
    let nobody_s = format!("{PLAN}/{}", uuid::Uuid::now_v7());
    for none in [kept.as_str(), nobody_s.as_str(), "/e/friday-night/tables/12"] {
        assert_eq!(stage.get(none).await.status(), 404, "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_night_s_plan_wants_its_code() {
    let (stage, _) = Stage::with_tables().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.visibility = messages::marketing_admin::v1::EventVisibility::Private.into();
    event.access_code = "deck 26".into();
    stage.publish(&event).await;
    for path in [PLAN, "/api/v1/events/friday-night/tables", "/e/friday-night/tables/live"] {
        for query in ["", "?code=other"] {
            let mut status = stage.get(&format!("{path}{query}")).await.status().as_u16();
            // The night as the pages know it may be half a second old.
            for _ in 0..crate::stage::LOOKS {
                if status == 404 {
                    break;
                }
                crate::stage::pause().await;
                status = stage.get(&format!("{path}{query}")).await.status().as_u16();
            }
            assert_eq!(status, 404, "{path}{query}");
        }
    }
    let html = page(&stage, &format!("{PLAN}?code=deck%2026")).await;
    assert!(html.contains("?code=deck%2026"), "its links carry the code: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_says_what_a_table_costs_and_asks_for_the_party() {
    let (stage, plan) = Stage::with_tables().await;
    let (table, bottle) = (&plan.tables[1].table_id, &plan.menu[0].bottle_id);
    let html = page(&stage, &format!("{PLAN}/{table}?lang=en&party=7")).await;
    for said in ["500\u{a0}€", "100\u{a0}€", "400\u{a0}€", "Mezcal Joven", "180\u{a0}€"] {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(html.contains(&format!("action=\"/e/friday-night/tables/{table}\"")), "{html}");
    assert!(html.contains(&format!("name=\"bottle-{bottle}\"")), "{html}");
    assert!(html.contains("<option value=\"7\" selected>"), "the party that the plan was asked for: {html}");
    assert!(html.contains("<option value=\"8\">") && !html.contains("<option value=\"9\""), "{html}");
    for field in ["name", "email", "party", "arrives", "occasion", "wish", "host", "key"] {
        assert!(html.contains(&format!("name=\"{field}\"")), "{field}: {html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_held_or_taken_has_no_form() {
    let (stage, plan) = Stage::with_tables().await;
    let (held, taken) = (&plan.tables[0].table_id, &plan.tables[1].table_id);
    stage.seat_party(held, 3, 0).await;
    stage.seat_party(taken, 0, 8).await;
    for (table, says) in [(held, "Somebody is paying for this table"), (taken, "This table is taken")] {
        let html = stage.until_says(&format!("{PLAN}/{table}?lang=en"), says).await;
        assert!(!html.contains("<form method=\"post\""), "{html}");
    }
    let html = stage.until_says(&format!("{PLAN}?lang=en"), "No table is free right now.").await;
    assert!(html.contains("minimum spend 500\u{a0}€, Held") && html.contains(", Taken"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_as_json_says_the_same() {
    let (stage, mut plan) = Stage::with_tables().await;
    stage.seat_party(&plan.tables[1].table_id, 0, 5).await;
    // A change of the plan, so that what is shown is of after the party came.
    plan.revision = 2;
    plan.background_url = "/plan-pictures/1".into();
    stage.publish_plan(&plan).await;
    let mut body = Value::Null;
    for _ in 0..crate::stage::LOOKS {
        body = stage.get_json("/api/v1/events/friday-night/tables").await;
        if body["revision"] == 2 {
            break;
        }
        crate::stage::pause().await;
    }
    assert_eq!(body["background_url"], "http://maguey.localhost:8080/plan-pictures/1");
    let states: Vec<&Value> =
        body["tables"].as_array().expect("tables").iter().map(|table| &table["state"]).collect();
    assert_eq!(states, ["free", "taken", "kept"]);
    let first = &body["tables"][0];
    assert_eq!(first["minimum"], json!({"minor": 50_000, "currency": "EUR"}));
    assert_eq!(first["place"], json!({"x": 100, "y": 300, "width": 80, "height": 80, "turn": 0}));
    assert_eq!(body["tables"][2]["deposit"], Value::Null);
    assert_eq!(body["menu"][0]["price"]["minor"], 18_000);
    assert_eq!(body["arrivals"].as_array().map(Vec::len), Some(16), "eight hours, every half hour");
}

/// A plan that is open, as its script sees it.
struct OpenPlan {
    answer: Response,
    rest: Vec<u8>,
}

impl OpenPlan {
    async fn listen(stage: &Stage, query: &str) -> Self {
        let answer = stage.get(&format!("{PLAN}/live?{query}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, rest: Vec::new() }
    }

    /// The next message: its name, its id, and what it says; `None` at the end.
    async fn hear(&mut self) -> Option<(String, String, Value)> {
        let soon = std::time::Duration::from_secs(60);
        tokio::time::timeout(soon, self.next()).await.expect("something within a minute")
    }

    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
                let message: Vec<u8> = self.rest.drain(..end + 2).collect();
                let message = String::from_utf8(message).expect("text");
                let of = |name: &str| {
                    let line = message.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|text| text.trim_start_matches(':').trim().to_owned()).unwrap_or_default()
                };
                // The hint when to come back, and what keeps the line open, are no news.
                if !of("event").is_empty() {
                    let data = serde_json::from_str(&of("data")).unwrap_or_default();
                    return Some((of("event"), of("id"), data));
                }
                continue;
            }
            let chunk = self.answer.chunk().await.expect("a stream")?;
            self.rest.extend_from_slice(&chunk);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_plan_hears_of_every_table_and_then_of_those_that_change() {
    let (stage, plan) = Stage::with_tables().await;
    let mut open = OpenPlan::listen(&stage, "lang=en").await;
    let (name, print, told) = open.hear().await.expect("a message");
    assert_eq!((name.as_str(), told["tables"].as_array().map(Vec::len)), ("tables", Some(3)), "{told}");
    let first = &plan.tables[0].table_id;
    assert_eq!(told["tables"][0], json!([first, "free"]));
    stage.seat_party(first, 4, 0).await;
    let (_, held, told) = open.hear().await.expect("a message");
    assert_eq!(told["tables"], json!([[first, "held"]]));
    assert_ne!(print, held);
    stage.seat_party(first, 0, 4).await;
    let (_, taken, told) = open.hear().await.expect("a message");
    assert_eq!(told["tables"], json!([[first, "taken"]]));
    // Who comes back with what it was told last hears of the next change alone; who comes with something older, of all.
    let mut back = OpenPlan::listen(&stage, &format!("seen={taken}")).await;
    let mut late = OpenPlan::listen(&stage, &format!("seen={print}")).await;
    assert_eq!(late.hear().await.expect("a message").2["tables"].as_array().map(Vec::len), Some(3));
    stage.seat_party(first, 0, 0).await;
    assert_eq!(back.hear().await.expect("a message").2["tables"], json!([[first, "free"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_plan_is_told_whole_and_one_that_closes_is_the_end() {
    let (stage, mut plan) = Stage::with_tables().await;
    let mut open = OpenPlan::listen(&stage, "lang=en").await;
    assert_eq!(open.hear().await.expect("a message").2["revision"], 1);
    plan.revision = 2;
    plan.tables[2].for_sale = true;
    stage.publish_plan(&plan).await;
    let (_, _, told) = open.hear().await.expect("a message");
    assert_eq!((&told["revision"], told["tables"].as_array().map(Vec::len)), (&json!(2), Some(3)));
    (plan.revision, plan.open) = (3, false);
    stage.publish_plan(&plan).await;
    assert_eq!(open.hear().await.expect("a message").0, "gone");
    assert!(open.hear().await.is_none(), "nothing comes after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_plans_take_the_places_of_open_pages_and_other_sites_are_refused() {
    let stage = Stage::with(&[("LIVE_PAGES", "2")]).await;
    stage.publish_plan(&plan_of(&stage)).await;
    let live = format!("{PLAN}/live?lang=en");
    let from = |origin: &str| stage.http.get(stage.url(&live)).header("origin", origin).send();
    assert_eq!(from("https://elsewhere.example").await.expect("an answer").status(), 403);
    let own = from(PUBLIC_URL).await.expect("an answer");
    let night = stage.get("/e/friday-night/live?lang=en").await;
    assert_eq!((own.status().as_u16(), night.status().as_u16()), (200, 200));
    let full = stage.get(&live).await;
    assert_eq!((full.status().as_u16(), full.headers()["retry-after"].to_str().ok()), (503, Some("30")));
}
