//! The floor plan editor at the desk: what its script sends and what its plain form sends is kept by the same rules, and what is refused
//! comes back as it was drawn.

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, body};
use crate::identity::field;

const OLGA: &str = "olga@club.test";
const DORA: &str = "dora@club.test";

fn table(label: &str, x: i32) -> Value {
    json!({
        "id": Uuid::now_v7(), "label": label, "shape": "booth", "seats": 8,
        "place": {"x": x, "y": 100, "width": 120, "height": 80},
    })
}

fn drawing(tables: &[Value]) -> Value {
    json!({"width": 1000, "height": 600, "tables": tables})
}

/// A template with a drawing: where its editor is.
async fn template(house: &House, name: &str, tables: &[Value]) -> String {
    let token = house.token(OLGA).await;
    let made =
        house.post("/api/v1/floor-plans", &token, json!({"name": name, "drawing": drawing(tables)})).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    format!("/admin/floor-plans/{}", body(made).await["id"].as_str().expect("a key"))
}

async fn text(house: &House, editor: &str, cookie: &str) -> String {
    let page = house.page(editor, cookie).await;
    assert_eq!(page.status(), StatusCode::OK);
    page.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_is_kept_and_what_is_wrong_comes_back_as_it_was_drawn() {
    let house = House::open().await;
    let cookie = house.cookie(OLGA).await;
    let editor = template(&house, "Main room", &[table("12", 100)]).await;
    let page = text(&house, &editor, &cookie).await;
    for part in
        ["Table 12", "booth · for 8", "floor-editor.", "plan__table--booth", "name=\"tables.0.label\""]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    let csrf = field(&page, "csrf");
    let send = async |version: &str, drawing: &Value| {
        let json = drawing.to_string();
        let form = [("csrf", csrf.as_str()), ("version", version), ("drawing", json.as_str())];
        house.submit(&format!("{editor}/drawing"), &cookie, &form).await
    };

    let kept = send("1", &drawing(&[table("12", 100), table("13", 300)])).await;
    assert_eq!(kept.status(), StatusCode::SEE_OTHER);
    assert_eq!(kept.headers()["location"].to_str().expect("text"), format!("{editor}?done=saved"));
    assert_eq!(field(&text(&house, &editor, &cookie).await, "version"), "2");

    let twice = send("2", &drawing(&[table("12", 100), table("12", 300)])).await;
    assert_eq!(twice.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = twice.text().await.expect("a page");
    assert!(page.contains("data-said=\"faults\"") && page.contains("id=\"tables.1.label-error\""), "{page}");
    assert!(!page.contains("id=\"tables.0.label-error\""), "{page}");

    let late = send("1", &drawing(&[table("late", 100)])).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let page = late.text().await.expect("a page");
    assert!(page.contains("data-said=\"stale\"") && page.contains("Table late"), "{page}");
    assert_eq!(field(&page, "version"), "2", "saved again it takes the place of the other's");

    let house_of_cards = send("2", &json!({"width": 1000, "chairs": []})).await;
    assert_eq!(house_of_cards.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(field(&text(&house, &editor, &cookie).await, "version"), "2", "nothing of it was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_a_plan_is_a_form() {
    let house = House::open().await;
    let cookie = house.cookie(OLGA).await;
    let editor = template(&house, "Main room", &[table("12", 100)]).await;
    let page = text(&house, &editor, &cookie).await;
    let mut form: Vec<(String, String)> =
        ["csrf", "version", "background", "tables.0.id", "tables.0.label", "tables.0.x"]
            .map(|name| {
                let value = if name == "tables.0.label" || name == "tables.0.x" {
                    String::new()
                } else {
                    field(&page, name)
                };
                (name.to_owned(), value)
            })
            .to_vec();
    let facts = [
        ("width", "1000"),
        ("height", "600"),
        ("tables.0.shape", "round"),
        ("tables.0.seats", "6"),
        ("tables.0.room", ""),
        ("tables.0.y", "40"),
        ("tables.0.width", "80"),
        ("tables.0.height", "80"),
        ("tables.0.turn", "0"),
    ];
    form.extend(facts.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let send = async |form: &[(String, String)]| {
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        house.submit(&format!("{editor}/drawing"), &cookie, &form).await
    };

    let refused = send(&form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.expect("a page");
    for fault in ["tables.0.label-error", "tables.0.x-error"] {
        assert!(page.contains(&format!("id=\"{fault}\"")), "{fault} in {page}");
    }

    form.retain(|(name, _)| name != "tables.0.label" && name != "tables.0.x");
    form.push(("tables.0.label".to_owned(), "Booth A".to_owned()));
    form.push(("tables.0.x".to_owned(), "40".to_owned()));
    let mut more = form.clone();
    more.push(("step".to_owned(), "add:round".to_owned()));
    let added = send(&more).await;
    assert_eq!(added.status(), StatusCode::OK);
    let page = added.text().await.expect("a page");
    assert!(page.contains("data-said=\"added\"") && page.contains("name=\"tables.1.label\""), "{page}");
    assert_eq!(field(&text(&house, &editor, &cookie).await, "version"), "1", "nothing is kept yet");

    assert_eq!(send(&form).await.status(), StatusCode::SEE_OTHER);
    let page = text(&house, &editor, &cookie).await;
    assert!(page.contains("Table Booth A") && page.contains("round · for 6"), "{page}");
    assert_eq!(field(&page, "version"), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_draw_may_look_or_not_even_that() {
    let house = House::open().await;
    let editor = template(&house, "Main room", &[table("12", 100)]).await;
    let door = house.token(DORA).await;
    assert_eq!(house.get(&editor, &door).await.status(), StatusCode::FORBIDDEN);
    let owner = house.cookie(OLGA).await;
    let missing = house.page(&format!("/admin/floor-plans/{}", Uuid::now_v7()), &owner).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);

    let csrf = field(&text(&house, &editor, &owner).await, "csrf");
    let form = [("csrf", csrf.as_str()), ("archived", "yes")];
    let archived = house.submit(&format!("{editor}/archive"), &owner, &form).await;
    assert_eq!(archived.status(), StatusCode::SEE_OTHER);
    let page = text(&house, &editor, &owner).await;
    assert!(page.contains("is archived") && !page.contains("floor-editor."), "{page}");
}
