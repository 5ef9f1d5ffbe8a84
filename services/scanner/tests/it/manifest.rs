//! The list that a phone decides by.

use std::io::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::permission::Role;
use ed25519_dalek::{Signature, VerifyingKey};
use messages::purchase::v1::{TicketChanged, TicketState};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::lines;
use crate::house::{House, code_of, delivery};

struct Told {
    body: String,
    signature: String,
    list: Value,
}

async fn manifest(house: &House, after: Option<&str>) -> Told {
    let mut url = house.url(&format!("/api/v1/manifest?event={}", house.night.event_id));
    url.extend(after.map(|cursor| format!("&after={cursor}")));
    let call = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    let response = call.send().await.unwrap().error_for_status().unwrap();
    assert_eq!(response.headers()["content-type"], "application/json", "the gateway compresses it");
    let signature = response.headers()["maguey-manifest-signature"].to_str().unwrap().to_owned();
    let body = response.text().await.unwrap();
    Told { list: serde_json::from_str(&body).unwrap(), body, signature }
}

impl Told {
    fn ticket(&self, ticket: &TicketChanged) -> Option<&Value> {
        let id: Uuid = ticket.ticket_id.parse().unwrap();
        let id = URL_SAFE_NO_PAD.encode(id.as_bytes());
        self.list["tickets"].as_array().unwrap().iter().find(|line| line[0] == id.as_str())
    }

    fn cursor(&self) -> &str {
        self.list["cursor"].as_str().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_learns_all_it_must_know_and_that_it_is_the_club_that_says_so() {
    let house = House::open().await;
    let (valid, inside) = (house.ticket().await, house.ticket().await);
    let watched = TicketChanged { attention: "Check the age".into(), ..house.unsold() };
    house.tell_ticket(&watched).await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&inside))).await;
    let told = manifest(&house, None).await;

    let keys = house.http.get(house.url("/api/v1/manifest/keys")).bearer_auth(house.token(Role::DoorStaff));
    let keys: Value = keys.send().await.unwrap().json().await.unwrap();
    let (kid, signature) = told.signature.split_once(':').unwrap();
    let key: [u8; 32] = STANDARD.decode(keys[kid].as_str().unwrap()).unwrap().try_into().unwrap();
    let key = VerifyingKey::from_bytes(&key).unwrap();
    let signature = Signature::from_slice(&STANDARD.decode(signature).unwrap()).unwrap();
    let good = |body: &[u8]| key.verify_strict(&[b"maguey-manifest", body].concat(), &signature).is_ok();
    assert!(good(told.body.as_bytes()));
    let mut changed = told.body.clone().into_bytes();
    for at in [0, changed.len() / 2, changed.len() - 1] {
        changed[at] ^= 1;
        assert!(!good(&changed), "byte {at}");
        changed[at] ^= 1;
    }

    let list = &told.list;
    assert_eq!(
        (&list["v"], &list["event"], &list["after"]),
        (&json!(1), &json!(house.night.event_id), &Value::Null)
    );
    assert_eq!((&list["mode"], &list["inside"], &list["limit"]), (&json!("live"), &json!(1), &Value::Null));
    assert_eq!(list["expires_at"].as_i64().unwrap(), house.night.ends_at + 12 * 3_600_000);
    assert_eq!(list["gates"].as_array().unwrap().len(), 2);
    let named =
        |line: &Value, list: &str, at: usize| told.list[list][line[at].as_u64().unwrap() as usize].clone();
    let line = told.ticket(&valid).unwrap();
    assert_eq!(named(line, "zones", 4), json!([valid.zone_id, "Club"]));
    assert_eq!(
        named(line, "types", 3)[0],
        valid.ticket_type_id.as_str(),
        "a type that only its ticket tells of"
    );
    let rest = |line: &Value| line.as_array().unwrap()[5..].to_vec();
    assert_eq!(
        rest(line),
        [json!(-1), json!("Lucía Ferrer"), json!("MAGUEY42"), json!(0), json!(0), json!("")]
    );
    let now = house.now().timestamp_millis();
    assert_eq!(told.ticket(&inside).unwrap()[9], json!([1, 1, now, "Main door"]));
    assert_eq!(named(told.ticket(&watched).unwrap(), "texts", 5), "Check the age");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_tells_what_changed_since() {
    let house = House::open().await;
    let (bad, comes) = (house.ticket().await, house.ticket().await);
    let first = manifest(&house, None).await;
    house
        .tell_ticket(&TicketChanged { revision: 2, state: TicketState::Refunded as i32, ..bad.clone() })
        .await;
    let new = house.ticket().await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&comes))).await;
    let delta = manifest(&house, Some(first.cursor())).await;
    assert_eq!(delta.list["after"], first.list["cursor"]);
    assert_eq!(delta.ticket(&bad).unwrap()[1], 2, "refunded");
    assert_eq!(delta.ticket(&comes).unwrap()[9][1], 1, "inside");
    assert!(delta.ticket(&new).is_some());

    let of_later = manifest(&house, Some("9000000000000000000")).await;
    assert_eq!(of_later.list["after"], Value::Null, "a cursor of a database that is no more: everything");
    assert_eq!(of_later.list["tickets"].as_array().unwrap().len(), 3);
    let url = house.url(&format!("/api/v1/manifest?event={}&after=x", house.night.event_id));
    let nonsense = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    assert_eq!(House::code(nonsense).await, (422, "invalid_value".into()));
    let other =
        house.http.get(house.url("/api/v1/manifest?event=none")).bearer_auth(house.token(Role::DoorStaff));
    assert_eq!(House::code(other).await.0, 404);
}

/// A ticket is written before another one and committed after it, and the list is read in between. The control run asks by the
/// highest number that the first list showed, as one would think of first, and never hears of the ticket.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_commits_late_is_in_the_next_delta() {
    let house = House::open().await;
    let (late, quick) = (house.unsold(), house.unsold());
    let mut slow = house.db.conn().await.unwrap();
    slow.batch_execute("begin").await.unwrap();
    scanner::admissions::projection::apply(&mut slow, late.clone(), delivery()).await.unwrap();
    house.tell_ticket(&quick).await;
    let first = manifest(&house, None).await;
    assert!(first.ticket(&quick).is_some() && first.ticket(&late).is_none());
    let highest = lines(&house, "select max(changed_xid)::text as line from admissions").await.remove(0);
    slow.batch_execute("commit").await.unwrap();

    assert!(manifest(&house, Some(first.cursor())).await.ticket(&late).is_some());
    let naive = format!("select count(*) from admissions where changed_xid > '{highest}'");
    assert_eq!(house.count(&naive).await, 0, "by the highest number seen it would be missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_tickets_travel_in_a_megabyte_and_a_half() {
    let house = House::open().await;
    let insert = "
        insert into admissions (ticket_id, revision, event_id, ticket_type_id, type_name, zone_id, holder_name, order_reference, status,
            attention, changed_at)
        select gen_random_uuid(), 1, $1::uuid, md5('type' || n % 5)::uuid, 'Type ' || n % 5, $2::uuid,
            (array['Lucía','Mateo','Valentina','Santiago','Camila','Sebastián','Regina','Emiliano'])[1 + n * 7919 % 8] || ' '
                || (array['Ferrer','García','Hernández','Martínez','López','Núñez','Ibarra'])[1 + n * 104729 % 7] || ' '
                || substr(md5(n::text), 1, 5),
            upper(substr(md5('order' || n), 1, 8)), 'valid', case when n % 50 = 0 then 'Check the age' else '' end, now()
        from generate_series(1, 10000) n";
    let stays = "
        insert into entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at)
        select gen_random_uuid(), ticket_id, zone_id, event_id, gen_random_uuid(), 'Main door', now() - random() * interval '3 hours'
        from admissions where event_id = $1::uuid and random() < 0.5";
    let mut conn = house.db.conn().await.unwrap();
    let bind = |sql: &str| {
        diesel::sql_query(
            sql.replace("$1", &format!("'{}'", house.night.event_id))
                .replace("$2", &format!("'{}'", house.night.zones[0].zone_id)),
        )
    };
    bind(insert).execute(&mut *conn).await.unwrap();
    bind(stays).execute(&mut *conn).await.unwrap();
    let began = std::time::Instant::now();
    let told = manifest(&house, None).await;
    let took = began.elapsed();
    assert_eq!(told.list["tickets"].as_array().unwrap().len(), 10_000);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(4));
    packed.write_all(told.body.as_bytes()).unwrap();
    let packed = packed.finish().unwrap().len();
    println!("{} bytes, {packed} compressed, in {took:?}", told.body.len());
    assert!(packed <= 1_500_000, "{packed} bytes compressed");
    assert!(took < std::time::Duration::from_secs(5), "{took:?}, and that in a build that nobody optimised");
}
