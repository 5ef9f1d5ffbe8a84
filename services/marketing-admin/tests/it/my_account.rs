//! A guest's own pages: who they are and what happened ([`pages`]), the file with everything ([`file`]), and being erased for good
//! ([`erasure`]).

mod erasure;
mod file;
mod pages;

use std::sync::Arc;

use domain::clock::{SharedClock, SystemClock};

use crate::guests::Guest;
use crate::house::House;

const ANA: &str = "ana@example.org";
const BEA: &str = "bea@example.net";

fn clock() -> SharedClock {
    Arc::new(SystemClock)
}

async fn count(house: &House, from: &str) -> i64 {
    house.count_anywhere(&format!("SELECT count(*) FROM marketing_admin.{from}")).await
}

async fn of_account(house: &House, table: &str, guest: &Guest, and: &str) -> i64 {
    count(house, &format!("{table} WHERE account_id = '{}'{and}", guest.id)).await
}

/// Emails as the senders leave them: one that was sent, and one that waits.
async fn emails_to(house: &House, email: &str) {
    for (state, settled) in [("sent", "now()"), ("waiting", "NULL")] {
        house
            .as_admin(&format!(
                "INSERT INTO marketing_admin.emails (id, template, subject_id, revision, event_id, reference, recipient,
                        language, payload, state, attempts, due_at, give_up_at, created_at, settled_at)
                 VALUES (gen_random_uuid(), 'order_paid', gen_random_uuid(), 1, gen_random_uuid(), 'K7MPX2QD', '{email}', 'en',
                         convert_to('to {email}', 'UTF8'), '{state}', 1, now() + interval '1 hour',
                         now() + interval '1 day', now(), {settled})"
            ))
            .await;
    }
}
