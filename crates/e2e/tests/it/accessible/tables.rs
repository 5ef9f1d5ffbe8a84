//! The pages of tables, with all that they can show: of guests, of the desk, and of the hosts at the door. In both languages, on a phone and
//! at a desk, held against axe and pictured.

use super::{
    rooms::{LANGUAGES, said_in},
    round::Round,
};
use anyhow::{Context, Result};
use chrono::TimeDelta;
use devstack::StaffRole;
use domain::clock::{Clock, SystemClock};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    floor,
    guest::{Guest, Placed, codes},
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A night with parties in each state.
struct Laid {
    slug: String,
    event: String,
    /// The template in the desk's list.
    plan: String,
    /// One that can be had, one that somebody has.
    free: Uuid,
    taken: Uuid,
    /// Of who has it.
    order: Placed,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_tables_pass_axe_and_are_pictured() -> Result<()> {
    let mut round = Box::pin(Round::begin()).await?;
    let laid = Box::pin(lay(&round)).await?;
    Box::pin(of_guests(&mut round, &laid)).await?;
    Box::pin(of_the_desk(&mut round, &laid)).await?;
    Box::pin(of_hosts(&mut round, &laid)).await?;
    round.end().await
}

/// Three parties: one is here, one is expected, one has not paid.
async fn lay(round: &Round) -> Result<Laid> {
    let stack = &round.club.stack;
    let desk = Desk::sign_in(stack, StaffRole::Owner).await?;
    // Passes change hands until the doors open.
    let night = Night { starts_at: SystemClock.now() + TimeDelta::minutes(90), ..Night::open_now() };
    let (made, plan) = (desk.publish(&night).await?, floor::plan(24));
    let event = Guest::new(stack)?.event(&night.slug).await;
    let template = json!({"name": "Main floor", "drawing": plan.plan});
    let template = desk.post("/api/v1/floor-plans", &template).await?.error_for_status()?;
    let template: Value = template.json().await?;
    floor::lay(&desk, &made, &plan).await?;
    floor::seen(stack, &night.slug, 23).await;
    let table = |nth: usize| plan.plan.tables[nth].id;
    let (_, here) = floor::take(&Guest::new(stack)?, &event, table(0), 5).await?;
    let (order, _) = floor::take(&Guest::new(stack)?, &event, table(1), 4).await?;
    floor::book(&Guest::new(stack)?, &event, table(2), 2).await;
    audit::holds(stack).await;
    let door = Door::open(stack, &event).await?;
    floor::open_doors(stack, &event).await?;
    until("the doors are open", PATIENCE, || async {
        (door.scan(&codes(&here)[0]).await.ok()?["decision"] == "admit").then_some(())
    })
    .await;
    until("the party is here", PATIENCE, || async {
        let here = "select count(*) as sum from marketing_admin.reservations where state = 'checked_in'";
        (audit::count(stack, here).await.ok()? == 1).then_some(())
    })
    .await;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("an id");
    Ok(Laid {
        slug: night.slug,
        event: text(&event["id"])?,
        plan: text(&template["id"])?,
        free: table(3),
        taken: table(0),
        order,
    })
}

/// The plan, a table that is free, one that is gone, a form with mistakes, and the order of a table.
async fn of_guests(round: &mut Round, laid: &Laid) -> Result<()> {
    let site = format!("{}/e/{}", round.club.stack.urls.purchase, laid.slug);
    let plan = format!("{site}/tables");
    for language in LANGUAGES {
        for (name, url, holds) in [
            ("plan", plan.clone(), "[data-plan]"),
            ("plan-for-six", format!("{plan}?party=6"), "[data-plan]"),
            ("table", format!("{plan}/{}", laid.free), "main form [name='email']"),
            ("table-taken", format!("{plan}/{}", laid.taken), "main h1"),
            ("order", laid.order.url.clone(), "#table"),
            ("invite", laid.order.url.replacen('?', "/guests?", 1), "main form input[type=email]"),
        ] {
            round.open(&said_in(language, &url), holds).await?;
            Box::pin(round.look(&format!("tables-{name}-{language}"))).await?;
        }
        // Sent as it is: what is missing is said where it is missing.
        round.open(&said_in(language, &format!("{plan}/{}", laid.free)), "main form [name='email']").await?;
        let send =
            "const form = document.querySelector(\"main form [name='email']\").form; form.noValidate = true;
            form.requestSubmit();";
        round.browser.driver().execute(send, vec![]).await?;
        round.browser.see("[aria-invalid=true]").await?;
        Box::pin(round.look(&format!("tables-table-mistakes-{language}"))).await?;
    }
    Ok(())
}

/// Templates, the editor, versions, the night's plan, the board.
async fn of_the_desk(round: &mut Round, laid: &Laid) -> Result<()> {
    round.club.sign_in_at_desk(&round.browser).await?;
    round.club.see_dashboard(&round.browser).await?;
    let editor = format!("/admin/floor-plans/{}", laid.plan);
    let versions = format!("{editor}/versions");
    let night = format!("/admin/events/{}/tables", laid.event);
    let board = format!("/admin/events/{}/reservations", laid.event);
    let over = format!("{board}?show=over");
    let pages = [
        ("floor-plans", "/admin/floor-plans", ".floors"),
        ("editor", editor.as_str(), "[data-plan-form] svg[data-ready]"),
        ("versions", versions.as_str(), "main h1"),
        ("night", night.as_str(), "[data-table]"),
        ("board", board.as_str(), "[data-reservation]"),
        ("board-over", over.as_str(), "main h1"),
    ];
    Box::pin(round.pages("tables", &pages)).await
}

/// Who is expected and who is here, for hosts.
async fn of_hosts(round: &mut Round, laid: &Laid) -> Result<()> {
    let parties = format!("{}/parties?event={}", round.club.stack.urls.scanner, laid.event);
    round.browser.go(&parties).await?;
    round.club.sign_in(&round.browser, StaffRole::Owner).await?;
    round.browser.see("[data-stage='inside']").await?;
    for language in LANGUAGES {
        round.open(&said_in(language, &parties), "[data-party]").await?;
        Box::pin(round.look(&format!("tables-parties-{language}"))).await?;
    }
    Ok(())
}
