//! VIP tables through the whole of Maguey: one party per table, passes for all of it, and office, desk and door that say the same.

mod editor;
mod evening;
mod hands;
mod known;
mod late;
mod one_party;
mod plain;

use anyhow::{Context, Result};
use devstack::{Service, Stack, StackOptions, StaffRole};
use domain::floor_plan::NightPlan;
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    floor,
    guest::{Guest, card, codes},
    wait::{PATIENCE, until},
};
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

/// A night whose tables can be booked.
struct Floor {
    stack: Stack,
    /// As guests have it.
    event: Value,
    slug: String,
    tables: Vec<Uuid>,
}

impl Floor {
    /// So many tables; the last is kept by the club.
    async fn open(tables: usize) -> Result<Self> {
        let stack = Stack::start(StackOptions::default().with("ASK_STRIPE_EVERY_SECONDS", 2)).await?;
        let (night, plan) = (Night::open_now(), floor::plan(tables));
        let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
        let made = desk.publish(&night).await?;
        let event = Guest::new(&stack)?.event(&night.slug).await;
        floor::lay(&desk, &made, &plan).await?;
        floor::seen(&stack, &night.slug, tables - 1).await;
        Ok(Self { stack, event, slug: night.slug, tables: keys(&plan) })
    }

    /// Has a service die at the next passage of a point of its work.
    async fn arm(&mut self, service: Service, point: &str) -> Result<()> {
        self.stack.stop(service);
        Ok(self.stack.start_service_with(service, &[("CRASH_AT".into(), format!("{point}:1"))]).await?)
    }

    /// Waits until it has died.
    async fn dies(&mut self, service: Service) {
        until(&format!("{} dies", service.program()), PATIENCE, || {
            let dead = self.stack.pid(service).is_none();
            async move { dead.then_some(()) }
        })
        .await;
    }

    /// How many reservations are in a state, by the ticket office's own rows.
    async fn reservations(&self, state: &str) -> Result<i64> {
        let those = format!("select count(*) as sum from purchase.reservations where state = '{state}'");
        audit::count(&self.stack, &those).await
    }

    /// Waits until so many reservations are in a state.
    async fn come_to(&self, state: &str, many: i64) {
        until(&format!("{many} reservations are {state}"), PATIENCE, || async {
            (self.reservations(state).await.ok()? == many).then_some(())
        })
        .await;
    }

    /// Waits until the door knows so many parties that are expected.
    async fn door_expects(&self, parties: i64) {
        let known = "select count(*) as sum from scanner.parties where state = 'confirmed'";
        until(&format!("the door expects {parties} parties"), PATIENCE, || async {
            (audit::count(&self.stack, known).await.ok()? == parties).then_some(())
        })
        .await;
    }
}

/// The keys of a plan's tables.
fn keys(plan: &NightPlan) -> Vec<Uuid> {
    plan.plan.tables.iter().map(|table| table.id).collect()
}

/// The code of a refusal.
async fn refused(answer: reqwest::Response) -> Result<(StatusCode, String)> {
    let status = answer.status();
    let body: Value = answer.json().await?;
    Ok((status, body["code"].as_str().context("a code")?.to_owned()))
}
