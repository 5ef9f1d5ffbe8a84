//! Shifts through the desk's pages: planned, changed, removed, copied, told by mail, and everybody's own.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Madrid;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::house::{House, body, event, until};
use crate::identity::field;

const OLGA: &str = "olga@club.test";
const MAX: &str = "max@club.test";
const DORA: &str = "dora@club.test";

/// Somebody's key.
async fn key_of(house: &House, email: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: uuid::Uuid,
    }
    let mut conn = house.db.conn().await.expect("a connection");
    let query = diesel::sql_query(format!("SELECT id FROM members WHERE email = '{email}'"));
    let row: Row = diesel_async::RunQueryDsl::get_result(query, &mut conn).await.expect("somebody");
    row.id.to_string()
}

/// What `<input type="datetime-local">` sends of an instant and so many minutes.
fn local(at: DateTime<Utc>, minutes: i64) -> String {
    let at = at + TimeDelta::minutes(minutes);
    at.with_timezone(&Madrid).format("%Y-%m-%dT%H:%M").to_string()
}

/// A night as a planner has it before them.
struct Night<'a> {
    house: &'a House,
    cookie: String,
    path: String,
    starts: DateTime<Utc>,
}

impl<'a> Night<'a> {
    /// A draft, so many days later than others.
    async fn made(house: &'a House, title: &str, days: i64) -> Self {
        let mut night = event(title);
        for name in ["starts_at", "ends_at"] {
            let at: DateTime<Utc> = night[name].as_str().expect("text").parse().expect("an instant");
            night[name] = Value::from((at + TimeDelta::days(days)).to_rfc3339());
        }
        let token = house.token(OLGA).await;
        let made = house.post("/api/v1/events", &token, night).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let made = body(made).await;
        Self {
            house,
            cookie: house.cookie(OLGA).await,
            path: format!("/admin/events/{}/shifts", made["id"].as_str().expect("an id")),
            starts: made["starts_at"].as_str().expect("text").parse().expect("an instant"),
        }
    }

    async fn page(&self) -> String {
        let answer = self.house.page(&self.path, &self.cookie).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("a page")
    }

    /// Sends a form of the page.
    async fn send(&self, action: &str, form: &[(&str, &str)]) -> Response {
        let csrf = field(&self.page().await, "csrf");
        let mut form = form.to_vec();
        form.push(("csrf", csrf.as_str()));
        self.house.submit(&format!("{}{action}", self.path), &self.cookie, &form).await
    }

    /// Plans somebody from so many minutes after the doors till later.
    async fn plan(&self, people: &[&str], from: i64, till: i64, post: &str) -> Response {
        let (starts, ends) = (local(self.starts, from), local(self.starts, till));
        let people: Vec<String> = people.iter().map(|person| format!("person.{person}")).collect();
        let mut form =
            vec![("starts", starts.as_str()), ("ends", ends.as_str()), ("post", post), ("note", "")];
        form.extend(people.iter().map(|person| (person.as_str(), "1")));
        self.send("", &form).await
    }

    /// The key of the only shift.
    async fn shift(&self) -> String {
        let page = self.page().await;
        let (_, rest) = page.split_once("data-shift=\"").expect("a shift");
        rest.split('"').next().expect("a key").to_owned()
    }
}

fn led_to(answer: &Response) -> &str {
    answer.headers()["location"].to_str().expect("text")
}

/// Until so many mails about shifts have come; the latest one's text.
async fn told(house: &House, to: &str, many: usize, word: &str) {
    until("the mail about the shift arrives", async || {
        let mails = house.mailbox(to).await;
        let ours = mails.iter().filter(|mail| {
            mail["subject"].as_str().is_some_and(|subject| subject.starts_with("Your shifts: "))
        });
        let texts: Vec<&str> = ours.filter_map(|mail| mail["text"].as_str()).collect();
        texts.len() == many && texts.iter().any(|text| text.contains(word))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_planned_changed_and_removed_sees_it_and_is_told() {
    let house = House::open().await;
    let night = Night::made(&house, "Friday", 0).await;
    let (dora, max) = (key_of(&house, DORA).await, key_of(&house, MAX).await);
    let planned = night.plan(&[dora.as_str(), max.as_str()], 0, 480, "main gate").await;
    assert_eq!(planned.status(), StatusCode::SEE_OTHER);
    assert!(led_to(&planned).ends_with("/shifts?done=planned"));
    let page = night.page().await;
    assert_eq!(page.matches("data-shift=").count(), 2, "{page}");
    assert!(page.contains("main gate"), "{page}");
    for email in [DORA, MAX] {
        told(&house, email, 1, "planned: ").await;
    }
    let rows =
        "SELECT count(*) FROM audit_log WHERE action = 'shift.planned' AND detail ->> 'post' = 'main gate'";
    assert_eq!(house.count(rows).await, 2);

    // Everybody's own, and nobody else's, whatever else they may do.
    let cookie = house.cookie(DORA).await;
    let mine = house.page("/admin/shifts", &cookie).await.text().await.expect("a page");
    assert!(mine.contains("main gate") && mine.contains("Friday"), "{mine}");
    let file = house.page("/admin/shifts.ics", &cookie).await;
    assert!(file.headers()["content-type"].to_str().expect("text").starts_with("text/calendar"));
    let file = file.text().await.expect("a file");
    assert_eq!(file.matches("BEGIN:VEVENT").count(), 1, "{file}");
    let starts = night.starts.format("%Y%m%dT%H%M00Z").to_string();
    assert!(file.contains(&format!("DTSTART:{starts}")), "{starts} in {file}");
    let owner = house.page("/admin/shifts", &night.cookie).await.text().await.expect("a page");
    assert!(owner.contains("No shifts to come"), "{owner}");
    assert_eq!(house.page(&night.path, &cookie).await.status(), StatusCode::FORBIDDEN);

    // Max goes; Dora's is then the only one.
    let shifts = format!("SELECT count(*) FROM shifts WHERE account_id = '{max}'");
    let page = night.page().await;
    for part in page.split("data-shift=\"").skip(1) {
        let key = part.split('"').next().expect("a key");
        let whose = format!("SELECT count(*) FROM shifts WHERE account_id = '{max}' AND id = '{key}'");
        if house.count(&whose).await == 1 {
            let gone = night.send(&format!("/{key}/remove"), &[]).await;
            assert!(led_to(&gone).ends_with("done=removed"));
            // A second click changes nothing.
            let again = night.send(&format!("/{key}/remove"), &[]).await;
            assert_eq!(again.status(), StatusCode::SEE_OTHER);
        }
    }
    assert_eq!(house.count(&shifts).await, 0);
    told(&house, MAX, 2, "removed: ").await;

    let path = format!("/{}", night.shift().await);
    let (starts, ends) = (local(night.starts, 60), local(night.starts, 480));
    let form = [
        ("starts", starts.as_str()),
        ("ends", ends.as_str()),
        ("post", "cash desk"),
        ("note", "Key at the bar"),
    ];
    let changed = night.send(&path, &form).await;
    assert!(led_to(&changed).ends_with("done=changed"));
    told(&house, DORA, 2, "cash desk (Key at the bar)").await;
    // Saving the same again tells nobody anything.
    assert_eq!(night.send(&path, &form).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'shift.changed'").await, 1);
    let mine = house.page("/admin/shifts", &cookie).await.text().await.expect("a page");
    assert!(mine.contains("cash desk") && mine.contains("Key at the bar"), "{mine}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_is_refused_in_words_and_nothing_is_planned() {
    let house = House::open().await;
    let night = Night::made(&house, "Friday", 0).await;
    let (dora, max) = (key_of(&house, DORA).await, key_of(&house, MAX).await);
    let all = "SELECT count(*) FROM shifts";
    for (from, till, post, people, said) in [
        (0, 60, "", vec![dora.as_str()], "Say at which post."),
        (0, 60, "gate", vec![], "Tick who is to work."),
        (0, 17 * 60, "gate", vec![dora.as_str()], "A shift lasts 16 hours at most."),
        (-40 * 60, -39 * 60, "gate", vec![dora.as_str()], "more than a day before the doors"),
    ] {
        let refused = night.plan(&people, from, till, post).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        let page = refused.text().await.expect("a page");
        assert!(page.contains(said), "{said} in {page}");
    }
    assert_eq!(house.count(all).await, 0);

    assert_eq!(night.plan(&[dora.as_str()], 0, 240, "main gate").await.status(), StatusCode::SEE_OTHER);
    // One of two can't: neither is planned.
    let busy = night.plan(&[dora.as_str(), max.as_str()], 180, 360, "cash desk").await;
    assert_eq!(busy.status(), StatusCode::CONFLICT);
    let page = busy.text().await.expect("a page");
    assert!(page.contains("Somebody works at that time already:"), "{page}");
    assert!(page.contains("value=\"cash desk\""), "what was typed stays: {page}");
    assert_eq!(house.count(all).await, 1);
    // From the hour at which the first one ends.
    assert_eq!(night.plan(&[dora.as_str()], 240, 360, "cash desk").await.status(), StatusCode::SEE_OTHER);

    house.as_admin(&format!("UPDATE marketing_admin.staff SET disabled_at = now() WHERE id = '{max}'")).await;
    let suspended = night.plan(&[max.as_str()], 0, 240, "main gate").await;
    assert_eq!(suspended.status(), StatusCode::CONFLICT);
    let page = suspended.text().await.expect("a page");
    assert!(page.contains("Somebody is suspended and can’t be planned."), "{page}");
    assert_eq!(house.count(all).await, 2);

    let nobody = [("starts", "2026-01-01T22:00"), ("ends", "2026-01-02T06:00"), ("post", "gate")];
    let unknown = night.send("/0198c0de-0000-7000-8000-000000000001", &nobody).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_is_copied_and_who_can_not_is_left_out() {
    let house = House::open().await;
    let friday = Night::made(&house, "Friday", 0).await;
    let saturday = Night::made(&house, "Saturday", 1).await;
    let sunday = Night::made(&house, "Sunday", 2).await;
    let (dora, max) = (key_of(&house, DORA).await, key_of(&house, MAX).await);
    assert_eq!(
        friday.plan(&[dora.as_str(), max.as_str()], 0, 480, "main gate").await.status(),
        StatusCode::SEE_OTHER
    );
    let id = friday.path.split('/').nth(3).expect("an id").to_owned();
    let form = [("from", id.as_str())];
    let copied = saturday.send("/copy", &form).await;
    assert!(led_to(&copied).ends_with("done=copied&count=2&left=0"), "{}", led_to(&copied));
    let page = house.page(led_to(&copied), &saturday.cookie).await.text().await.expect("a page");
    assert!(page.contains("2 shifts were copied. Nobody was left out."), "{page}");
    told(&house, DORA, 2, "planned: ").await;
    let again = saturday.send("/copy", &form).await;
    assert!(led_to(&again).ends_with("count=0&left=2"), "nobody works twice: {}", led_to(&again));

    house.as_admin(&format!("UPDATE marketing_admin.staff SET disabled_at = now() WHERE id = '{max}'")).await;
    let without = sunday.send("/copy", &form).await;
    assert!(led_to(&without).ends_with("count=1&left=1"), "{}", led_to(&without));
    let nothing = friday.send("/copy", &[("from", "")]).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);

    // Whoever is bound to one night plans that one, and copies from no other.
    house.put_staff("mia@club.test", "manager", crate::house::PASSWORD).await;
    let mia = key_of(&house, "mia@club.test").await;
    let own = sunday.path.split('/').nth(3).expect("an id");
    house
        .as_admin(&format!(
            "INSERT INTO marketing_admin.staff_nights (staff_id, event_id, given_at) VALUES ('{mia}', '{own}', now())"
        ))
        .await;
    let cookie = house.cookie("mia@club.test").await;
    assert_eq!(house.page(&friday.path, &cookie).await.status(), StatusCode::FORBIDDEN);
    let page = house.page(&sunday.path, &cookie).await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.expect("a page");
    assert!(!page.contains(&id), "no other night is offered: {page}");
    let csrf = field(&page, "csrf");
    let form = [("from", id.as_str()), ("csrf", csrf.as_str())];
    let refused = house.submit(&format!("{}/copy", sunday.path), &cookie, &form).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_plan_somebody_at_once_one_is_refused() {
    let house = House::open().await;
    let night = Night::made(&house, "Friday", 0).await;
    let dora = key_of(&house, DORA).await;
    let all = "SELECT count(*) FROM shifts";
    let people = [dora.as_str()];
    for round in 1..=5 {
        let both =
            tokio::join!(night.plan(&people, 0, 240, "main gate"), night.plan(&people, 60, 300, "cash desk"));
        let mut answers = [both.0.status(), both.1.status()];
        answers.sort();
        assert_eq!(answers, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "round {round}");
        assert_eq!(house.count(all).await, 1, "round {round}");
        house.as_admin("DELETE FROM marketing_admin.shifts").await;
    }
    // Without the look at who is held, nothing would refuse the second: the table takes both.
    let event = night.path.split('/').nth(3).expect("an id");
    for minutes in [0, 60] {
        house
            .as_admin(&format!(
                "INSERT INTO marketing_admin.shifts (id, account_id, event_id, starts_at, ends_at, post, note, planned_at,
                        changed_at)
                 VALUES (gen_random_uuid(), '{dora}', '{event}', now() + interval '{minutes} minutes',
                         now() + interval '4 hours', 'gate', '', now(), now())"
            ))
            .await;
    }
    assert_eq!(house.count(all).await, 2);
}
