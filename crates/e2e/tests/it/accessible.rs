//! Every page a person meets is usable by all of them: axe-core finds nothing against WCAG 2.2 AA, on a phone and at a desk.

mod accounts;
mod door;
pub mod rooms;
mod round;
mod staff;
mod tables;

use crate::journeys::club::Club;
use anyhow::{Context, Result};
use devstack::{Stack, StaffRole};
use e2e::{
    audit,
    browser::{Browser, DESK, PHONE},
    desk::{Desk, Night},
    guest::Guest,
    sandbox,
    wait::{PATIENCE, until},
};
use serde_json::Value;

/// axe-core 4, as published (MPL-2.0, its licence lies beside it). Run through the driver: the pages' own policy allows no foreign script.
const AXE: &str = include_str!("../../vendor/axe-core-4.14.1/axe.min.js");
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
       .then(found => done(found.violations.map(v => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map(n => n.target).join(' | ')}`)))
       .catch(fault => done([String(fault)]));";

async fn violations(browser: &Browser) -> Result<Vec<String>> {
    browser.driver().execute(AXE, vec![]).await?;
    let found = browser.driver().execute_async(RUN, vec![]).await?;
    let list = found.json().as_array().context("a list")?.clone();
    Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_passes_axe_on_a_phone_and_at_a_desk() -> Result<()> {
    let club = Club::open().await?;
    let night = Night::open_now();
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&night).await?;
    let guest = Guest::new(&club.stack)?;
    let event = guest.event(&night.slug).await;
    let (paid, _) = guest.buy(&event, 2).await?;
    let waiting = guest.place(&event, 1).await;
    let full = Night { capacity: 1, ..Night::open_now() };
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&full).await?;
    let sold_out = guest.event(&full.slug).await;
    guest.buy(&sold_out, 1).await?;
    let hot = Night::open_now();
    Desk::sign_in(&club.stack, StaffRole::Owner).await?.publish(&hot).await?;
    guest.event(&hot.slug).await;
    // More than are let in while this test looks.
    e2e::audit::change(&club.stack, &crate::journeys::rush::open_room(&hot.slug, 1_000_000)).await?;
    let room = format!("{}/e/{}/waiting-room", club.stack.urls.purchase, hot.slug);
    let client = club.stack.client()?;
    e2e::wait::until("the room is open", e2e::wait::PATIENCE, || async {
        let page = client.get(&room).header("accept", "text/html").send().await.ok()?.text().await.ok()?;
        page.contains("data-waiting-room").then_some(())
    })
    .await;
    disputed(&club.stack).await?;
    let (marketing, tickets, scanner) =
        (&club.stack.urls.marketing, &club.stack.urls.purchase, &club.stack.urls.scanner);
    let open = [
        format!("{marketing}/"),
        format!("{marketing}/events/{}", night.slug),
        format!("{marketing}/nowhere"),
        format!("{marketing}/admin/sign-in"),
        format!("{tickets}/"),
        format!("{tickets}/e/{}", night.slug),
        format!("{tickets}/e/{}", full.slug),
        format!("{tickets}/e/{}", hot.slug),
        room,
        format!("{tickets}/e/nowhere"),
        format!("{tickets}/my"),
        format!("{tickets}/my?asked=1"),
        paid.url,
        waiting.url,
        format!("{scanner}/sign-in"),
    ];
    let staffed = [
        format!("{marketing}/admin"),
        format!("{marketing}/admin/events"),
        format!("{marketing}/admin/events/new"),
        format!("{marketing}/admin/events?show=archived"),
        format!("{marketing}/admin/events/{}/new-date", event["id"].as_str().unwrap_or_default()),
        format!("{marketing}/admin/payments"),
        format!("{marketing}/admin/promoters"),
        format!("{marketing}/admin/box-office"),
        format!("{marketing}/admin/events/{}/guest-list", event["id"].as_str().context("an id")?),
        format!("{marketing}/admin/events/{}/waiting-room", event["id"].as_str().context("an id")?),
        format!("{marketing}/admin/events/{}/shifts", event["id"].as_str().context("an id")?),
        format!("{marketing}/admin/shifts"),
        format!("{marketing}/admin/emails"),
        format!("{marketing}/admin/dead-letters"),
        format!("{marketing}/admin/overdue"),
        format!("{marketing}/admin/disputes"),
        format!("{marketing}/admin/disputes/{DISPUTE}"),
        format!("{scanner}/"),
    ];
    let browser = Browser::open(PHONE).await?;
    let mut wrong = Vec::new();
    look(&browser, &open, &mut wrong).await?;
    club.sign_in_at_desk(&browser).await?;
    club.see_dashboard(&browser).await?;
    browser.go(scanner).await?;
    club.sign_in(&browser, StaffRole::DoorStaff).await?;
    browser.see(".gate").await?;
    look(&browser, &staffed, &mut wrong).await?;
    browser.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Every gate, with all that it can show: a house that is nearly full, a phone that is silent, entries to look at. And the night as it is
/// read later: its scans, its people.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_every_gate_passes_axe() -> Result<()> {
    let night = Night::open_now();
    let (club, guest, event) = Club::with_night(&night).await?;
    let (_, order) = guest.buy(&event, 2).await?;
    let door = e2e::door::Door::open(&club.stack, &event).await?;
    for code in e2e::guest::codes(&order) {
        door.admits(&code).await;
    }
    audit::change(&club.stack, BUSY).await?;
    let scanner = &club.stack.urls.scanner;
    let browser = Browser::open(PHONE).await?;
    browser.go(&format!("{scanner}/live")).await?;
    club.sign_in(&browser, StaffRole::Owner).await?;
    browser.see(".conflict").await?;
    browser.see(".full[data-state='near']").await?;
    let mut wrong = Vec::new();
    let pages = [
        "/live",
        "/live?lang=es",
        "/desk/scans",
        "/desk/scans?lang=es",
        "/desk/people",
        "/desk/people?lang=es",
    ];
    look(&browser, &pages.map(|page| format!("{scanner}{page}")), &mut wrong).await?;
    browser.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A limit near the two who are inside and the eight who were counted in; a phone that is silent; a second guest with one ticket.
const BUSY: &str = "update scanner.occupancy set inside = 10, limit_people = 11;
    insert into scanner.device_invitations (id, name, code_hash, invited_by, invited_at, expires_at)
      values (gen_random_uuid(), 'Garden', sha256('a code'), gen_random_uuid(), now(), now() + interval '10 minutes');
    insert into scanner.devices (id, invitation_id, name, secret_hash, enrolled_by, enrolled_at, last_seen_at, battery, queue_length)
      select gen_random_uuid(), id, name, sha256('a secret'), invited_by, now(), now() - interval '5 minutes', 9, 3
        from scanner.device_invitations;
    insert into scanner.entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at, is_primary, nth, offline)
      select gen_random_uuid(), ticket_id, zone_id, event_id, gate_id, gate_name, now(), false, nth, true
        from scanner.entries limit 1";

/// Under which key the dispute of this test is found.
const DISPUTE: &str = "00000000-0000-7000-8000-000000000001";

/// The last payment's bank takes it back.
async fn disputed(stack: &Stack) -> Result<()> {
    let state = sandbox::state(stack).await?;
    let last = state["payments"].as_array().and_then(|payments| payments.last()).context("a payment")?;
    sandbox::dispute(stack, last["payment_intent"].as_str().unwrap_or_default()).await?;
    until("the dispute is known", PATIENCE, || async {
        let known = audit::count(stack, "select count(*) as sum from purchase.disputes").await.ok()?;
        (known == 1).then_some(())
    })
    .await;
    let renamed = format!(
        "set session_replication_role = replica; update purchase.disputes set id = '{DISPUTE}';
         update purchase.dispute_marks set dispute_id = '{DISPUTE}'"
    );
    audit::change(stack, &renamed).await
}

async fn look(browser: &Browser, pages: &[String], wrong: &mut Vec<String>) -> Result<()> {
    for page in pages {
        browser.go(page).await?;
        // What a guest unfolds is looked at, too.
        let unfold = "document.querySelectorAll('.more, .ticket__more').forEach((fold) => fold.open = true)";
        browser.driver().execute(unfold, vec![]).await?;
        for screen in [PHONE, DESK] {
            browser.resize(screen).await?;
            let found = violations(browser).await?;
            wrong.extend(found.into_iter().map(|v| format!("{page} at {}: {v}", screen.width)));
            let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let over = browser.driver().execute(wide, vec![]).await?.json().as_i64().unwrap_or(0);
            if over > 0 {
                wrong.push(format!("{page} at {}: {over} px wider than the screen", screen.width));
            }
        }
    }
    Ok(())
}
