//! What a night asks its guests: on the page, through the API, and where the answers stand.

use messages::marketing_admin::v1::{EventChanged, Label, Question, QuestionKind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{LOOKS, Order, PUBLIC_URL, Stage, pause};

const CARD: &str = "4242424242424242";
const ANSWERS: &str = "SELECT count(*) FROM order_answers";

fn label(en: &str, es: &str) -> Option<Label> {
    Some(Label { en: en.into(), es: es.into() })
}

/// A night that asks for a menu once, and for a date of birth of each regular ticket.
struct Asked {
    stage: Stage,
    menu: String,
    born: String,
}

impl Asked {
    async fn open() -> Self {
        Self::on(Stage::open().await, 2, 100).await
    }

    /// From a revision on, with so many regular tickets.
    async fn on(stage: Stage, revision: i64, regular: i64) -> Self {
        let (menu, born) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let mut event: EventChanged = stage.event.clone();
        event.revision = revision;
        event.ticket_types[0].capacity = regular;
        event.questions = vec![
            Question {
                question_id: menu.clone(),
                label: label("Your menu?", "¿Tu menú?"),
                kind: QuestionKind::Choice.into(),
                options: [label("Vegan", "Vegano"), label("Meat", "Carne")].into_iter().flatten().collect(),
                required: false,
                ..Question::default()
            },
            Question {
                question_id: born.clone(),
                label: label("Born on?", "¿Fecha de nacimiento?"),
                kind: QuestionKind::BirthDate.into(),
                required: true,
                per_ticket: true,
                ticket_types: vec!["Regular".into()],
                ..Question::default()
            },
        ];
        stage.publish(&event).await;
        Self { stage, menu, born }
    }

    /// The place for the date of birth of a regular ticket.
    fn born(&self, number: u32) -> String {
        format!("{}.{}.{number}", self.born, self.stage.kind(0))
    }

    async fn buy(&self, answers: Value) -> (u16, Value) {
        let mut wish = self.stage.wish(0, 2);
        wish["answers"] = answers;
        let (status, body) = self.stage.checkout(&Uuid::now_v7().to_string(), &wish).await;
        (status.as_u16(), body)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_stand_with_the_order_for_its_guest_and_for_staff() {
    let asked = Asked::open().await;
    let detail = asked.stage.get_json("/api/v1/events/friday-night").await;
    assert_eq!(detail["questions"][0]["options"][1], json!({"en": "Meat", "es": "Carne"}), "{detail}");
    assert_eq!(detail["questions"][1]["ticket_types"], json!(["Regular"]), "{detail}");
    let given = json!({
        (asked.menu.clone()): "Carne",
        (asked.born(1)): "1999-05-01",
        (asked.born(2)): " 2001-12-31 ",
    });
    let (status, body) = asked.buy(given).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    asked.stage.pay(&order, CARD).await;
    let paid = asked.stage.until(&order, "paid").await;
    assert_eq!(paid["answers"][0]["value"], "Meat", "one value for all languages: {paid}");
    assert_eq!(
        paid["answers"][2],
        json!({"question": asked.born, "label": "Born on?", "type_name": "Regular", "number": 2, "value": "2001-12-31"})
    );
    let page = asked.stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Your answers") && page.contains("Regular 2 · Born on?"), "{page}");
    let path = format!("/internal/v1/orders/{}", order.reference);
    let (_, record) = asked.stage.inside("marketing-admin", &path, None).await;
    assert_eq!(record["answers"].as_array().map(Vec::len), Some(3), "{record}");

    // The door is told when whom was born, ticket by ticket.
    let born =
        "SELECT count(*) FROM tickets WHERE (ordinal, birth_date) IN ((1, '1999-05-01'), (2, '2001-12-31'))";
    assert_eq!(asked.stage.count(born).await, 2);
    let told = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed'
        AND (position('1999-05-01'::bytea IN payload) > 0 OR position('2001-12-31'::bytea IN payload) > 0)";
    assert_eq!(asked.stage.count(told).await, 2);

    // Erasing the answers leaves the order as it is, and the tickets without a date.
    asked.stage.sql("DELETE FROM order_answers").await;
    assert_eq!(asked.stage.count(born).await, 0);
    assert_eq!(asked.stage.order_now(&order).await["answers"], json!([]));
    asked.stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_a_needed_answer_is_refused_by_name_and_takes_nothing() {
    let asked = Asked::open().await;
    let fine = |number| (asked.born(number), json!("1999-05-01"));
    let with = |more: Vec<(String, Value)>| {
        Value::Object([fine(1), fine(2)].into_iter().chain(more).collect::<serde_json::Map<_, _>>())
    };
    for (answers, code, slot) in [
        (json!({}), "answer_required", asked.born(1)),
        (Value::Object([fine(1)].into_iter().collect()), "answer_required", asked.born(2)),
        (with(vec![(asked.born(2), json!("tomorrow"))]), "invalid_answer", asked.born(2)),
        (with(vec![(asked.born(2), json!("2999-01-01"))]), "invalid_answer", asked.born(2)),
        (with(vec![(asked.born(2), json!(["1999-05-01"]))]), "invalid_answer", asked.born(2)),
        (with(vec![(asked.menu.clone(), json!("Fish"))]), "invalid_answer", asked.menu.clone()),
        (with(vec![fine(3)]), "unknown_question", asked.born(3)),
        (with(vec![("shoe size".to_owned(), json!("44"))]), "unknown_question", "shoe size".to_owned()),
    ] {
        let (status, body) = asked.buy(answers.clone()).await;
        assert_eq!((status, body["code"].as_str()), (422, Some(code)), "{answers}: {body}");
        assert_eq!(body["errors"][0], json!({"field": format!("answers[{slot}]"), "code": code}), "{body}");
    }
    let unasked = asked.stage.checkout("k", &asked.stage.wish(1, 1)).await;
    assert_eq!(unasked.0, 201, "another type is not asked for it: {}", unasked.1);
    assert_eq!(asked.stage.count("SELECT sum(held) FROM stock").await, 0);
    assert_eq!(asked.stage.count(ANSWERS).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_answers_under_the_same_key_are_another_order() {
    let asked = Asked::open().await;
    let wish = |day: &str| {
        let mut wish = asked.stage.wish(0, 1);
        wish["answers"] = json!({(asked.born(1)): day});
        wish
    };
    assert_eq!(asked.stage.checkout("k", &wish("1999-05-01")).await.0, 201);
    assert_eq!(asked.stage.checkout("k", &wish("1999-05-01")).await.0, 201, "the same once more");
    let (status, body) = asked.stage.checkout("k", &wish("1999-05-02")).await;
    assert_eq!((status.as_u16(), body["code"].as_str()), (422, Some("idempotency_key_reused")), "{body}");
    assert_eq!(asked.stage.count(ANSWERS).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_without_a_script_too_and_keeps_what_was_written() {
    let asked = Asked::open().await;
    let mut html = String::new();
    for _ in 0..LOOKS {
        html = asked.stage.get("/e/friday-night").await.text().await.expect("a page");
        if html.contains("Your menu?") {
            break;
        }
        pause().await;
    }
    let blank = format!("name=\"x-{}\"", asked.born(1)).replace(".1\"", ".__n__\"");
    assert!(html.contains("Your menu?") && html.contains(&blank), "the script has what it needs: {html}");
    let (quantity, menu) = (format!("q-{}", asked.stage.kind(0)), format!("x-{}", asked.menu));
    let (first, second) = (format!("x-{}", asked.born(1)), format!("x-{}", asked.born(2)));
    let submit = |first_day: &'static str, second_day: &'static str| {
        let fields = [
            (&*quantity, "2"),
            (&*menu, "Vegan"),
            (&*first, first_day),
            (&*second, second_day),
            ("name", "Ana"),
            ("email", "ana@example.org"),
        ];
        let post = asked.stage.http.post(asked.stage.url("/e/friday-night")).header("origin", PUBLIC_URL);
        post.header("accept-language", "en").form(&fields).send()
    };
    let again = submit("1999-05-01", "").await.expect("an answer");
    assert_eq!(again.status(), 422);
    let again = again.text().await.expect("a page");
    assert!(again.contains("Some questions are still open."), "{again}");
    assert!(
        again.contains("value=\"1999-05-01\"") && again.contains(&format!("id=\"{second}-error\"")),
        "{again}"
    );
    assert!(again.contains("<option value=\"Vegan\" selected>"), "{again}");
    assert_eq!(submit("1999-05-01", "2000-02-29").await.expect("an answer").status(), 303);
    assert_eq!(asked.stage.count(ANSWERS).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_tickets_are_written_the_page_asks_about_no_more_than_an_order_has() {
    let stage = Stage::open().await;
    let question = Uuid::now_v7().to_string();
    let mut event: EventChanged = stage.event.clone();
    event.revision = 2;
    event.questions = vec![Question {
        question_id: question.clone(),
        label: label("Shoe size?", "¿Número de pie?"),
        kind: QuestionKind::Text.into(),
        per_ticket: true,
        ..Question::default()
    }];
    stage.publish(&event).await;
    let mut asks = false;
    for _ in 0..LOOKS {
        asks = stage.get("/e/friday-night").await.text().await.expect("a page").contains("Shoe size?");
        if asks {
            break;
        }
        pause().await;
    }
    assert!(asks, "the page asks");
    let (one, other) = (format!("q-{}", stage.kind(0)), format!("q-{}", stage.kind(1)));
    // Without a name it comes back as a page, with a place for each ticket.
    let fields = [(one.as_str(), "1000"), (other.as_str(), "1000"), ("email", "ana@example.org")];
    let post = stage.http.post(stage.url("/e/friday-night")).header("origin", PUBLIC_URL).form(&fields);
    let again = post.send().await.expect("an answer");
    assert_eq!(again.status(), 422);
    let html = again.text().await.expect("a page");
    let place = format!("name=\"x-{question}.");
    // Those that the script fills in stand there once for each type.
    let is_blank = |rest: &&str| rest.split('"').next().unwrap_or_default().ends_with(".__n__");
    let written = html.split(place.as_str()).skip(1).filter(|rest| !is_blank(rest));
    assert_eq!(written.count(), 100);
}

/// What is asked of everybody is asked of who claims an offer of the line, and the desk reads the answers.
#[tokio::test(flavor = "multi_thread")]
async fn who_claims_an_offer_is_asked_too() {
    let (stage, orders) = Stage::sold_out(2).await;
    let asked = Asked::on(stage, 3, 2).await;
    let stage = &asked.stage;
    stage.join("bea@example.org", 2).await;
    for order in &orders {
        stage.free(order).await;
    }
    stage.until_state("bea@example.org", "offered").await;
    let place = stage.place_of("bea@example.org").await;
    let (first, second) = (format!("x-{}", asked.born(1)), format!("x-{}", asked.born(2)));
    let mut page = String::new();
    for _ in 0..LOOKS {
        page = stage.get(&place).await.text().await.expect("a page");
        if page.contains("Your menu?") {
            break;
        }
        pause().await;
    }
    for slot in [&first, &second] {
        assert!(page.contains(&format!("name=\"{slot}\"")), "a place for each ticket of the offer: {page}");
    }

    let unanswered = stage.claim(&place, "2").await;
    assert_eq!(unanswered.status(), 422);
    let unanswered = unanswered.text().await.expect("a page");
    assert!(unanswered.contains("Some questions are still open."), "{unanswered}");
    assert!(unanswered.contains(&format!("id=\"{first}-error\"")), "{unanswered}");
    assert_eq!(stage.state_of("bea@example.org").await, "offered", "the offer stays");
    assert_eq!(stage.count(ANSWERS).await, 0);

    let (path, key) = place.split_once('?').expect("a key");
    let menu = format!("x-{}", asked.menu);
    let fields = [
        ("quantity", "2"),
        ("name", "Bea"),
        ("promo", ""),
        (&*menu, "Vegan"),
        (&*first, "1999-05-01"),
        (&*second, "2001-12-31"),
    ];
    let claimed = stage.send(&format!("{path}/claim?{key}"), &fields).await;
    assert_eq!(claimed.status(), 303, "{}", claimed.text().await.unwrap_or_default());
    assert_eq!(stage.count(ANSWERS).await, 3);
    let there = stage.get(&place).await;
    let there = there.headers()["location"].to_str().expect("text").to_owned();
    let reference = there.trim_start_matches("/orders/").split('?').next().expect("a reference");
    let (_, record) =
        stage.inside("marketing-admin", &format!("/internal/v1/orders/{reference}"), None).await;
    assert_eq!(record["answers"].as_array().map(Vec::len), Some(3), "{record}");
    stage.audit().await;
}
