//! The guest list: places from the one stock, a cut-off on every ticket, allotments that hold, and places that come free again.

mod adding;
mod allotments;
mod cut_offs;
mod growing;
mod leaving;
mod stock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::RunQueryDsl;
use domain::ids::StaffId;
use ed25519_dalek::SigningKey;
use prost::Message;
use serde_json::{Value, json};
use web::service_token::ServiceSigner;

use crate::stage::{Order, Stage};

/// Half an hour after the doors of the stage's night.
fn cut_off(stage: &Stage) -> DateTime<Utc> {
    let doors = DateTime::from_timestamp_millis(stage.event.entry_from).expect("a time");
    let at = doors + TimeDelta::minutes(30);
    DateTime::from_timestamp(at.timestamp(), 0).expect("a time")
}

impl Stage {
    fn guest(&self, party: u32, promoter: &str) -> Value {
        json!({
            "ticket_type": self.kind(0), "name": "Ana López", "email": "ana@example.org", "language": "es",
            "party": party, "promoter": promoter, "note": "", "admit_until": cut_off(self),
        })
    }

    /// Posts below the night's list as the desk does, for a member of staff.
    async fn list_post(&self, below: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
        let seed = STANDARD.decode(self.keys.service_signing("marketing-admin")).expect("base64");
        let seed: [u8; 32] = seed.try_into().expect("32 bytes");
        let now = DateTime::<Utc>::from(std::time::SystemTime::now());
        let signer = ServiceSigner::new("marketing-admin", &SigningKey::from_bytes(&seed));
        let token = signer.token_for(Some(StaffId::generate()), "purchase", now);
        let url = format!("http://{}/internal/v1/guest-list/{below}", self.service.internal);
        let mut call = self.http.post(url).bearer_auth(token).json(body);
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    async fn add(&self, key: &str, guest: &Value) -> (u16, Value) {
        self.list_post(&format!("{}/entries", self.event.event_id), Some(key), guest).await
    }

    async fn allot(&self, promoter: &str, places: Option<u32>) -> (u16, Value) {
        let body = json!({"promoter": promoter, "places": places});
        self.list_post(&format!("{}/allotments", self.event.event_id), None, &body).await
    }

    async fn change(&self, entry: &Value, wish: &Value) -> (u16, Value) {
        let id = entry["id"].as_str().expect("an id");
        self.list_post(&format!("entries/{id}"), None, wish).await
    }

    async fn stay(&self, entry: &Value, party: u32) -> (u16, Value) {
        self.change(entry, &json!({"party": party})).await
    }

    async fn listed(&self) -> Value {
        let path = format!("/internal/v1/guest-list/{}", self.event.event_id);
        let (status, body) = self.inside("marketing-admin", &path, None).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// What the guest list says of itself is what stock and tickets say; and all that the stage holds anyway.
    async fn audit_list(&self) {
        let heads = "SELECT count(*) FROM guest_list g WHERE g.party <>
            (SELECT count(*) FROM tickets t WHERE t.order_id = g.order_id AND NOT t.place_freed)
            OR EXISTS (SELECT FROM tickets t WHERE t.order_id = g.order_id AND t.admit_until IS DISTINCT FROM g.admit_until)";
        assert_eq!(self.count(heads).await, 0, "a ticket for each head, with the cut-off");
        let allotments = "SELECT count(*) FROM guest_list_allotments a WHERE taken > places OR taken <>
            coalesce((SELECT sum(party) FROM guest_list g
                       WHERE g.event_id = a.event_id AND g.promoter_key = a.promoter_key), 0)";
        assert_eq!(self.count(allotments).await, 0, "allotments count their guests");
        self.audit().await;
    }

    /// The newest message of a subject.
    pub async fn said<M: Message + Default>(&self, subject: &str) -> M {
        #[derive(diesel::QueryableByName)]
        struct Payload {
            #[diesel(sql_type = diesel::sql_types::Binary)]
            payload: Vec<u8>,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        let newest = format!(
            "SELECT payload FROM purchase.outbox WHERE subject = '{subject}' ORDER BY created_at DESC, message_id DESC LIMIT 1"
        );
        let row: Payload =
            diesel::sql_query(newest).get_result(&mut *conn).await.expect("a message of this subject");
        M::decode(row.payload.as_slice()).expect("a message")
    }

    async fn sold(&self) -> i64 {
        self.count(&format!("SELECT sold FROM stock WHERE id = '{}'", self.kind(0))).await
    }
}

/// The order that an entry is, by its page.
fn order_of(entry: &Value) -> Order {
    let page = entry["url"].as_str().expect("a URL").strip_prefix(crate::stage::PUBLIC_URL).expect("ours");
    Order {
        reference: entry["reference"].as_str().expect("a reference").to_owned(),
        page: page.to_owned(),
        api: format!("/api/v1{page}"),
        checkout_url: None,
    }
}

fn tickets(list: &Value) -> Vec<String> {
    let tickets = list["entries"][0]["tickets"].as_array().expect("tickets").iter();
    tickets.map(|id| id.as_str().expect("an id").to_owned()).collect()
}
