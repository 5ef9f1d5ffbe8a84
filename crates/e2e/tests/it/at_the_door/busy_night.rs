//! A night in full swing: sixty guests let in over two hours, with the network and without, the mistakes and quarrels of a door, and
//! phones in every state.

use super::{supervisor::Supervisor, *};
use chrono::TimeDelta;
use devstack::Service;
use domain::clock::{Clock, SystemClock};
use e2e::{
    desk::Desk,
    door::Door,
    guest::{Guest, card, placed},
};
use reqwest::Client;
use uuid::Uuid;

/// Who bought for themselves and four friends.
const NAMES: [&str; 12] = [
    "Lucía Fernández",
    "Hugo Martín",
    "Inés Ortega",
    "Mateo Romero Castaño",
    "Aitana Iglesias",
    "Bruno Delgado",
    "Noa Vázquez",
    "Leo Santamaría",
    "Carmen Núñez de Arce",
    "Oliver Whitfield",
    "Jean-Baptiste Lefèvre",
    "Ximena Guerrero",
];
const EACH: usize = 5;
/// Who was told not to come back, and bought a ticket all the same.
const BANNED: &str = "Rubén Castillo";
/// So many of the tickets came while there was no network.
const EARLY: usize = 40;

/// A night, and what there is to see of it.
pub struct Busy {
    pub club: Club,
    /// One of the phones at its door.
    pub phone: String,
}

/// Opens the club's door two hours ago, and lets happen what happens.
pub async fn busy() -> Result<Busy> {
    let club = Club::open().await?;
    let event = Box::pin(on_sale(&club)).await?;
    let mut tickets = Vec::new();
    for name in NAMES {
        tickets.extend(Box::pin(bought(&club, &event, name, EACH)).await?);
    }
    let banned = Box::pin(bought(&club, &event, BANNED, 1)).await?;
    anyhow::ensure!(tickets.len() == NAMES.len() * EACH && banned.len() == 1, "each has paid for their own");
    let sold = i64::try_from(tickets.len() + banned.len())?;
    until("the door knows the tickets", PATIENCE, || async {
        (count(&club, "select count(*) as sum from scanner.admissions").await? >= sold).then_some(())
    })
    .await;
    let supervisor = Supervisor::of(&club).await?;
    let mut phones = Vec::new();
    for name in ["Main door 1", "Main door 2", "Garden"] {
        phones.push(Box::pin(Phone::enrolled(&club, &event, &supervisor, name)).await?);
    }
    Box::pin(without_network(&phones, &tickets)).await?;
    for (code, phone) in tickets[EARLY..].iter().zip(phones.iter().cycle()) {
        phone.says(code, "admit").await?;
    }
    Box::pin(supervised(&supervisor, &phones[0], &event)).await?;
    let refused = [
        tickets[EARLY].clone(),
        tickets[EARLY + 1].clone(),
        // Out already, and its type lets in once.
        tickets[0].clone(),
        banned[0].clone(),
        forged(&tickets[EARLY + 2]),
        just_sold(&club, &event)?,
        "https://example.com/menu".to_owned(),
    ];
    for (code, phone) in refused.iter().zip(phones.iter().cycle()) {
        phone.says(code, "deny").await?;
    }
    for (phone, (battery, queue, minutes)) in phones.iter().zip([(83, 0, 0), (12, 7, 40), (55, 3, 8)]) {
        phone.is(battery, queue, minutes).await?;
    }
    let silent =
        "update scanner.devices set last_seen_at = now() - interval '7 minutes' where name = 'Garden'";
    audit::change(&club.stack, silent).await?;
    // Last, for a full house lets nobody in.
    let id = event["id"].as_str().context("an id")?;
    supervisor.limit(id, 64, "The terrace is closed").await?;
    let phone = phones.swap_remove(0).id;
    Ok(Busy { club, phone })
}

/// Makes the night; gives it as guests see it.
async fn on_sale(club: &Club) -> Result<Value> {
    let night = Night { starts_at: SystemClock.now() - TimeDelta::hours(2), ..Night::open_now() };
    let mut body = night.body();
    body["title"] = json!("Agave Nights");
    let desk = Desk::sign_in(&club.stack, StaffRole::Owner).await?;
    let made: Value = desk.post("/api/v1/events", &body).await?.error_for_status()?.json().await?;
    let id = made["id"].as_str().context("an id")?;
    desk.post(&format!("/api/v1/events/{id}/publish"), &json!({})).await?.error_for_status()?;
    Ok(Guest::new(&club.stack)?.event(&night.slug).await)
}

/// The codes of tickets that somebody of this name has paid for.
async fn bought(club: &Club, event: &Value, name: &str, many: usize) -> Result<Vec<String>> {
    let guest = Guest::new(&club.stack)?;
    let body = json!({
        "event": event["id"],
        "items": [{"ticket_type": event["ticket_types"][0]["id"], "quantity": many}],
        "buyer": {"name": name, "email": guest.email},
    });
    let key = Uuid::new_v4().to_string();
    let order = until("the order is placed", PATIENCE, || async {
        let answer: Value = guest.ask_with(&body, &key).await.ok()?.json().await.ok()?;
        placed(&answer).ok()
    })
    .await;
    guest.pay(&order, card::GOOD).await?;
    Ok(codes(&guest.order_becomes(&order, "paid").await))
}

/// What the phones decided by themselves: most of the guests, four who left, and one ticket that came in at two phones.
async fn without_network(phones: &[Phone], tickets: &[String]) -> Result<()> {
    for (nth, phone) in phones.iter().enumerate() {
        let own = tickets[..EARLY].iter().zip(0_i64..).skip(nth).step_by(phones.len());
        let mut scans: Vec<Value> =
            own.map(|(code, place)| phone.decided(code, 6600 - place * 135, ("admit", "ok"))).collect();
        scans.push(phone.decided("SOMETHING ELSE ENTIRELY", 1100, ("deny", "malformed")));
        phone.report(&scans).await?;
    }
    let mut later: Vec<Value> =
        tickets[..4].iter().map(|code| phones[0].decided(code, 1000, ("admit", "ok"))).collect();
    for left in &mut later {
        left["direction"] = json!("exit");
    }
    phones[0].report(&later).await?;
    phones[1].report(&[phones[1].decided(&tickets[5], 900, ("admit", "ok"))]).await
}

/// Two incidents, a ban, and people counted by hand.
async fn supervised(supervisor: &Supervisor, phone: &Phone, event: &Value) -> Result<()> {
    let id = event["id"].as_str().context("an id")?;
    let gate = phone.door.body("", "")["gate"].clone();
    let fight = json!({
        "event": id, "gate": gate, "kind": "fight", "nonce": nonce(),
        "text": "Two guests pushed each other at the cloakroom. Both went home; nobody is hurt.",
    });
    let reported = phone.post("/api/v1/incidents", &fight).await?;
    let followed = format!("/api/v1/incidents/{}/notes", reported["id"].as_str().context("an incident")?);
    supervisor.call(&followed, &json!({"text": "Spoke with both. One of them called to apologise."})).await?;
    let ill = json!({
        "event": id, "gate": gate, "kind": "medical", "nonce": nonce(),
        "text": "A guest fainted on the dance floor; awake after a minute, water and fresh air, a friend takes her home.",
    });
    phone.post("/api/v1/incidents", &ill).await?;
    let ban = json!({
        "name": BANNED, "photo_note": "Tall, a swallow on the neck", "reason": "Hit a barman on the first of the month",
    });
    supervisor.call("/api/v1/bans", &ban).await?;
    let counter = format!("/api/v1/events/{id}/counter");
    phone.post(&counter, &json!({"by": 3, "nonce": nonce(), "gate": gate})).await?;
    let again = json!({"by": -1, "nonce": nonce(), "reason": "Counted again at the bar"});
    supervisor.call(&counter, &again).await.map(drop)
}

fn nonce() -> String {
    Uuid::new_v4().to_string()
}

/// The same code with one sign of its signature changed.
fn forged(code: &str) -> String {
    const AT: usize = 120;
    let other = if code[AT..].starts_with('0') { "1" } else { "0" };
    format!("{}{other}{}", &code[..AT], &code[AT + 1..])
}

/// A phone of the door's, in a doorman's hands.
struct Phone {
    id: String,
    client: Client,
    scanner: String,
    secret: String,
    door: Door,
}

impl Phone {
    async fn enrolled(club: &Club, event: &Value, supervisor: &Supervisor, name: &str) -> Result<Self> {
        let (client, scanner) = (club.stack.client()?, club.stack.direct(Service::Scanner));
        let link = supervisor.invite(name).await?;
        let (_, code) = link.split_once('#').context("a code")?;
        let asked = client.post(format!("{scanner}/api/v1/devices/enrol")).json(&json!({"code": code}));
        let enrolled: Value = asked.send().await?.error_for_status()?.json().await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
        let (id, secret) = (text(&enrolled["device"]["id"])?, text(&enrolled["token"])?);
        Ok(Self { id, client, scanner, secret, door: Door::open(&club.stack, event).await? })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.client.post(format!("{}{path}", self.scanner)).bearer_auth(self.door.token());
        let request = request.header("maguey-device", self.secret.as_str()).json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Scans a code, and is told this.
    async fn says(&self, code: &str, decision: &str) -> Result<()> {
        let told = self.post("/api/v1/scans", &self.door.body(code, &nonce())).await?;
        anyhow::ensure!(told["decision"] == decision, "{decision} was expected: {told}");
        Ok(())
    }

    /// What it decided so many seconds ago.
    fn decided(&self, code: &str, ago: i64, (decision, reason): (&str, &str)) -> Value {
        let mut scan = self.door.decided(code, &nonce(), decision, reason);
        let at = json!(SystemClock.now() - TimeDelta::seconds(ago));
        scan["scanned_at"] = at.clone();
        scan["corrected_at"] = at;
        scan
    }

    async fn report(&self, scans: &[Value]) -> Result<()> {
        let brought = json!({"device_time": SystemClock.now(), "scans": scans});
        let told = self.post("/api/v1/scans/batch", &brought).await?;
        let results = told["results"].as_array().context("a list")?;
        let recorded = results.iter().filter(|one| one["outcome"] == "recorded").count();
        anyhow::ensure!(recorded == scans.len(), "not all is recorded: {told}");
        Ok(())
    }

    /// Says how it is: its battery, what waits on it, and how many minutes old its list is.
    async fn is(&self, battery: u8, queue: u32, minutes: i64) -> Result<()> {
        let now = SystemClock.now();
        let contact = json!({
            "device_time": now, "battery": battery, "queue_length": queue, "app_version": "door-1",
            "data_at": now - TimeDelta::minutes(minutes),
        });
        self.post("/api/v1/contact", &contact).await.map(drop)
    }
}
