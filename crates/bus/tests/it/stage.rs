//! Purchase says `ticket.changed`, scanner listens and counts what takes effect.

use std::sync::Arc;

use bus::{Bus, BusSettings, Consumer, Delivery, HandleError, Outcome, outbox, relay};
use chrono::{DateTime, Utc};
use db::testing::TestDatabase;
use db::{Conn, Db, Owner};
use diesel::sql_types::{BigInt, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::clock::{FixedClock, SharedClock};
use messages::purchase::v1::TicketChanged;
use messages::subjects::SALES;

use crate::nats::Nats;

pub struct Stage {
    /// Kept for as long as the test runs; it is dropped with the stage.
    _database: TestDatabase,
    pub nats: Nats,
    pub sales: Db,
    pub door: Db,
    pub sales_bus: Bus,
    pub door_bus: Bus,
    pub clock: SharedClock,
    pub consumer: Consumer<TicketChanged>,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

pub async fn count(db: &Db, sql: &str) -> i64 {
    diesel::sql_query(sql).get_result::<Number>(&mut *db.conn().await.unwrap()).await.unwrap().value
}

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).unwrap()
}

pub fn ticket(id: &str, revision: i64) -> TicketChanged {
    TicketChanged {
        ticket_id: id.to_owned(),
        revision,
        holder_name: format!("{id}@{revision}"),
        ..Default::default()
    }
}

/// A projection as services write them, plus a counter of effects.
pub async fn project(conn: &mut Conn, message: TicketChanged, _: Delivery) -> Result<Outcome, HandleError> {
    if message.ticket_id.starts_with("poison") {
        return Err(HandleError::failed("this ticket cannot be handled"));
    }
    let changed = diesel::sql_query(
        "INSERT INTO held (aggregate, revision, effects) VALUES ($1, $2, 1)
         ON CONFLICT (aggregate) DO UPDATE SET revision = excluded.revision, effects = held.effects + 1
         WHERE held.revision < excluded.revision",
    )
    .bind::<Text, _>(&message.ticket_id)
    .bind::<BigInt, _>(message.revision)
    .execute(conn)
    .await?;
    Ok(if changed == 1 { Outcome::Applied } else { Outcome::Stale })
}

impl Stage {
    pub async fn set() -> Self {
        let (database, nats) = tokio::join!(TestDatabase::create(), Nats::start());
        let admin = Db::connect(&db::DbSettings::new(&database.admin_url())).unwrap();
        admin
            .conn()
            .await
            .unwrap()
            .batch_execute(
                "CREATE TABLE scanner.held (aggregate text PRIMARY KEY, revision bigint NOT NULL, effects bigint NOT NULL);
                 GRANT ALL ON scanner.held TO scanner",
            )
            .await
            .unwrap();
        let sales_bus = Bus::connect(&BusSettings::new(&nats.url("purchase")), "purchase").await.unwrap();
        let door_bus = Bus::connect(&BusSettings::new(&nats.url("scanner")), "scanner").await.unwrap();
        let stage = Self {
            sales: database.db(Owner::Purchase),
            door: database.db(Owner::Scanner),
            _database: database,
            nats,
            sales_bus,
            door_bus,
            clock: Arc::new(FixedClock::at(now())),
            consumer: Consumer::new("scanner_ticket_changed")
                .first_pause(std::time::Duration::from_millis(10))
                .max_deliver(3),
        };
        stage.connected().await;
        stage
    }

    /// Both services have their connection (again).
    pub async fn connected(&self) {
        for bus in [&self.sales_bus, &self.door_bus] {
            until(async || bus.is_connected()).await;
        }
    }

    pub async fn say(&self, message: &TicketChanged) {
        outbox::add(&mut self.sales.conn().await.unwrap(), message, self.clock.now()).await.unwrap();
    }

    pub async fn relay(&self) -> usize {
        relay::drain(&self.sales, &self.sales_bus, SALES, &self.clock).await.unwrap()
    }

    pub async fn receive(&self) -> bus::consumer::Drained {
        self.consumer.drain(&self.door, &self.door_bus, &self.clock, project).await.unwrap()
    }

    /// (aggregates held, effects they had)
    pub async fn held(&self) -> (i64, i64) {
        (
            count(&self.door, "SELECT count(*) AS value FROM held").await,
            count(&self.door, "SELECT coalesce(sum(effects), 0)::bigint AS value FROM held").await,
        )
    }

    pub async fn waiting(&self) -> i64 {
        outbox::waiting(&mut self.sales.conn().await.unwrap()).await.unwrap()
    }
}

/// Waits for a condition; fails after a minute.
pub async fn until(condition: impl AsyncFn() -> bool) {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "waited for a minute");
        // A short turn between two looks at the condition, so that the waiting does not eat the core it waits for.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(5), std::future::pending::<()>()).await;
    }
}
