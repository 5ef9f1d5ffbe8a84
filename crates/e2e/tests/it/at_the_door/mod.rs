//! The door's app on a phone, in a browser: what the doorman sees with a network and without one, and that nothing which was decided is
//! lost, whatever happens to the phone.

mod busy_night;
mod camera;
mod guests;
mod hands;
mod killed;
mod moving;
mod new_key;
mod offline;
pub mod over;
mod overrides;
mod pictures_desk;
pub mod reports;
mod restored;
mod storage;
mod supervisor;
mod taken_off;
mod two_phones;
mod types;

use crate::journeys::club::Club;
use anyhow::{Context, Result};
use devstack::StaffRole;
use domain::{
    clock::{Clock, SystemClock},
    ids::{EventId, TicketId},
    ticket_code::{CodeKind, KeyRing, Step, TicketCode},
};
use e2e::{
    audit,
    browser::{Browser, PHONE},
    desk::Night,
    guest::codes,
    wait::{PATIENCE, until},
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

/// A club, a night of it that is open now, and the codes of so many tickets that its door knows.
pub async fn sold(tickets: i64) -> Result<(Club, Value, Vec<String>)> {
    let (club, guest, event) = Club::with_night(&Night::open_now()).await?;
    let (_, order) = guest.buy(&event, tickets).await?;
    until("the door knows the tickets", PATIENCE, || async {
        (count(&club, "select count(*) as sum from scanner.admissions").await? >= tickets).then_some(())
    })
    .await;
    Ok((club, event, codes(&order)))
}

async fn count(club: &Club, statement: &str) -> Option<i64> {
    audit::count(&club.stack, statement).await.ok()
}

/// A phone at the first gate of a night, with all that it needs for the time without network.
async fn phone_at(club: &Club, event: &Value) -> Result<Browser> {
    let phone = Browser::open(PHONE).await?;
    phone.go(&club.stack.urls.scanner).await?;
    club.sign_in(&phone, StaffRole::DoorStaff).await?;
    choose(&phone, event).await?;
    is_ready(&phone).await;
    Ok(phone)
}

pub async fn choose(phone: &Browser, event: &Value) -> Result<()> {
    let id = event["id"].as_str().context("an id")?;
    phone.click(&format!("[data-event='{id}']")).await
}

/// Waits until the phone has the night's list, and the page itself for when it is opened without network.
pub async fn is_ready(phone: &Browser) {
    until("the phone has the list", PATIENCE, || async {
        (status(phone, "list").await? == "yes").then_some(())
    })
    .await;
    until("the phone has the page", PATIENCE, || async {
        let script = "const done = arguments[arguments.length - 1];
            Promise.all([caches.match('/', {cacheName: 'door-page'}), navigator.serviceWorker.getRegistration('/')]).then(
                ([page, worker]) => done(Boolean(page && worker?.active)), () => done(false))";
        let kept = phone.driver().execute_async(script, vec![]).await.ok()?;
        (kept.json() == &json!(true)).then_some(())
    })
    .await;
}

/// What the line of state says under a name: `online`, `list`, `waits`.
async fn status(phone: &Browser, name: &str) -> Option<String> {
    let script = "return document.getElementById('status')?.dataset[arguments[0]] ?? null";
    let told = phone.driver().execute(script, vec![json!(name)]).await.ok()?;
    told.json().as_str().map(str::to_owned)
}

async fn waits(phone: &Browser, scans: &str) {
    until(&format!("{scans} scans wait"), PATIENCE, || async {
        (status(phone, "waits").await? == scans).then_some(())
    })
    .await;
}

/// Puts away what is shown, and pastes a code.
async fn paste(phone: &Browser, code: &str) -> Result<()> {
    let script = "if (!document.getElementById('verdict').hidden) document.getElementById('next').click();
        document.getElementById('code').value = arguments[0];
        document.getElementById('typed').requestSubmit();";
    phone.driver().execute(script, vec![json!(code)]).await?;
    Ok(())
}

/// Pastes a code, waits for a verdict of this tone, and gives its giant word.
pub async fn scan(phone: &Browser, code: &str, tone: &str) -> Result<String> {
    paste(phone, code).await?;
    phone.see(&format!("#verdict[data-tone={tone}]")).await?;
    phone.text("#verdict-title").await
}

/// A code that the club signed, of a ticket that no list has yet.
pub fn just_sold(club: &Club, event: &Value) -> Result<String> {
    let event: EventId = event["id"].as_str().context("an id")?.parse()?;
    let code = TicketCode {
        key_id: devstack::TICKET_KEY,
        kind: CodeKind::Ticket,
        ticket: TicketId::generate(),
        event,
        step: None,
    };
    Ok(code.sign(&signing_key(club)?))
}

/// What the ticket of a code shows in this moment, where its type's codes move.
fn moved(club: &Club, code: &str) -> Result<String> {
    let key = signing_key(club)?;
    let ring = KeyRing::new([(devstack::TICKET_KEY, key.verifying_key())]);
    let still = TicketCode::read(code, &ring)?;
    Ok(TicketCode { step: Some(Step::at(SystemClock.now())), ..still }.sign(&key))
}

/// The key by which the club signs tickets.
fn signing_key(club: &Club) -> Result<SigningKey> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let signing = club.stack.keys().ticket_signing();
    let (_, seed) = signing.split_once(':').context("a key")?;
    let seed: [u8; 32] =
        STANDARD.decode(seed)?.try_into().map_err(|_| anyhow::anyhow!("a seed of 32 bytes"))?;
    Ok(SigningKey::from_bytes(&seed))
}
