//! What is counted. No label holds anything of a guest or of one night.

use chrono::{DateTime, TimeDelta, Utc};
use domain::dispute::DisputeStatus;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram};

use crate::inventory::{HoldAnswer, Refusal};
use crate::payments::fulfil::Settled;

/// The service's instruments.
#[derive(Debug)]
pub struct Metrics {
    holds: Counter<u64>,
    batch: Histogram<u64>,
    settled: Counter<u64>,
    tickets: Counter<u64>,
    webhooks: Counter<u64>,
    webhook_lag: Histogram<f64>,
    sweeps: Counter<u64>,
    refunds: Counter<u64>,
    refunds_in: Gauge<i64>,
    disputes: Counter<u64>,
    disputes_to_answer: Gauge<i64>,
    quarantined: Counter<u64>,
    quarantine_open: Gauge<i64>,
    adopted: Counter<u64>,
    differences: Gauge<i64>,
    papers: Histogram<f64>,
    pass_certificate: Gauge<i64>,
    wallet_updates: Counter<u64>,
    line_joins: Counter<u64>,
    line_ends: Counter<u64>,
    line_failures: Counter<u64>,
    late_parties: Counter<u64>,
    late_parties_failed: Counter<u64>,
    reservations: Gauge<i64>,
    floor_plan_streams: Gauge<i64>,
    line: Gauge<i64>,
    rooms: Gauge<i64>,
    in_room: Gauge<i64>,
    let_in: Counter<u64>,
    sent_to_line: Counter<u64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let meter = telemetry::meter();
        Self {
            holds: meter
                .u64_counter("purchase_holds")
                .with_description("Requests for places, by answer")
                .build(),
            batch: meter
                .u64_histogram("purchase_hold_batch_size")
                .with_description("Requests per transaction")
                .build(),
            settled: meter
                .u64_counter("purchase_sessions_settled")
                .with_description("Sessions, by what they came to")
                .build(),
            tickets: meter.u64_counter("purchase_tickets_issued").build(),
            webhooks: meter
                .u64_counter("purchase_webhooks")
                .with_description("Stripe's events, by what became of them")
                .build(),
            webhook_lag: meter
                .f64_histogram("purchase_webhook_lag_seconds")
                .with_description("From an event's arrival to its end")
                .build(),
            sweeps: meter
                .u64_counter("purchase_sweeps")
                .with_description("Waiting orders looked after, by outcome")
                .build(),
            refunds: meter
                .u64_counter("purchase_refunds")
                .with_description("Refunds ended, by reason or `failed` or `bounced`")
                .build(),
            refunds_in: meter
                .i64_gauge("purchase_refunds_unsettled")
                .with_description("Refunds that are pending, and failed ones that need a person")
                .build(),
            disputes: meter
                .u64_counter("purchase_disputes")
                .with_description("Changes of disputes, by the status they came to")
                .build(),
            disputes_to_answer: meter
                .i64_gauge("purchase_disputes_to_answer")
                .with_description("Disputes and inquiries that the club has not answered yet")
                .build(),
            quarantined: meter
                .u64_counter("purchase_quarantined")
                .with_description("Money that fits no order, by kind")
                .build(),
            quarantine_open: meter
                .i64_gauge("purchase_quarantine_open")
                .with_description("What waits for a person to look at it")
                .build(),
            adopted: meter
                .u64_counter("purchase_reconciliation_adopted")
                .with_description("Payments found in Stripe's lists that nobody had told us of")
                .build(),
            differences: meter
                .i64_gauge("purchase_reconciliation_differences")
                .with_description("Orders whose ledger and Stripe differ for no known reason")
                .build(),
            papers: meter
                .f64_histogram("purchase_papers_seconds")
                .with_description("From a guest's wish for a file to the file, by paper and outcome")
                .build(),
            pass_certificate: meter
                .i64_gauge("purchase_apple_pass_certificate_expiry_timestamp_seconds")
                .with_description("When the certificate ends that signs passes for Apple Wallet")
                .build(),
            wallet_updates: meter
                .u64_counter("purchase_wallet_updates")
                .with_description("Phones and passes that were told of a change, by wallet and outcome")
                .build(),
            line_joins: meter
                .u64_counter("purchase_waitlist_joins")
                .with_description("Parties that asked for a place in line, by outcome")
                .build(),
            line_ends: meter
                .u64_counter("purchase_waitlist_steps")
                .with_description(
                    "Parties in line by what became of them: offered, claimed, lapsed, left, closed",
                )
                .build(),
            line_failures: meter
                .u64_counter("purchase_waitlist_failures")
                .with_description("Nights whose lines could not be worked at in a round")
                .build(),
            late_parties: meter
                .u64_counter("purchase_late_parties_released")
                .with_description("Tables given away by themselves because nobody came")
                .build(),
            late_parties_failed: meter
                .u64_counter("purchase_late_parties_failed")
                .with_description("Tries to give a late party's table away that failed")
                .build(),
            reservations: meter
                .i64_gauge("purchase_reservations")
                .with_description("Reservations of tables for nights that are not over, by state")
                .build(),
            floor_plan_streams: meter
                .i64_gauge("purchase_floor_plan_streams")
                .with_description("Guests who look at a plan of tables that changes before them")
                .build(),
            line: meter
                .i64_gauge("purchase_waitlist")
                .with_description("Parties that wait in line, and those that have an open offer")
                .build(),
            rooms: meter
                .i64_gauge("purchase_waiting_rooms_open")
                .with_description("Nights before which guests wait to be let in")
                .build(),
            in_room: meter
                .i64_gauge("purchase_waiting_room_places")
                .with_description("Places in all lines that were not yet let in")
                .build(),
            let_in: meter
                .u64_counter("purchase_waiting_room_admitted")
                .with_description("Places that this process let in")
                .build(),
            sent_to_line: meter
                .u64_counter("purchase_waiting_room_refused")
                .with_description("Orders that were not taken because others are first")
                .build(),
        }
    }
}

impl Metrics {
    pub(crate) fn batch(&self, size: usize, answers: &[HoldAnswer]) {
        self.batch.record(size as u64, &[]);
        for answer in answers {
            if matches!(answer, HoldAnswer::Held(placed) if placed.claimed.is_some()) {
                self.line_step("claimed", 1);
            }
            self.holds.add(1, &[KeyValue::new("answer", answer_name(answer))]);
        }
    }

    pub(crate) fn settled(&self, settled: Settled) {
        self.settled.add(1, &[KeyValue::new("outcome", settled.code())]);
    }

    /// Free orders are settled without a session; they are counted with the paid ones.
    pub(crate) fn sold_free(&self, orders: usize, tickets: usize) {
        self.settled.add(orders as u64, &[KeyValue::new("outcome", Settled::Paid.code())]);
        self.issued(tickets);
    }

    pub(crate) fn issued(&self, tickets: usize) {
        self.tickets.add(tickets as u64, &[]);
    }

    pub(crate) fn webhook_refused(&self, code: &'static str) {
        self.webhooks.add(1, &[KeyValue::new("outcome", code)]);
    }

    pub(crate) fn webhook_received(&self, new: bool, ignored: Option<&'static str>) {
        let outcome = if new { ignored.unwrap_or("stored") } else { "duplicate" };
        self.webhooks.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    pub(crate) fn webhook_processed(&self, outcome: &'static str, lag: TimeDelta) {
        let seconds = lag.num_milliseconds() as f64 / 1000.0;
        self.webhook_lag.record(seconds, &[KeyValue::new("outcome", outcome)]);
    }

    pub(crate) fn swept(&self, outcome: &'static str) {
        self.sweeps.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    pub(crate) fn refunded(&self, reason: &str) {
        self.refunds.add(1, &[KeyValue::new("reason", reason.to_owned())]);
    }

    pub(crate) fn refunds_in(&self, state: &'static str, count: i64) {
        self.refunds_in.record(count, &[KeyValue::new("state", state)]);
    }

    pub(crate) fn disputed(&self, status: DisputeStatus) {
        self.disputes.add(1, &[KeyValue::new("status", status.code())]);
    }

    pub(crate) fn disputes_to_answer(&self, count: i64) {
        self.disputes_to_answer.record(count, &[]);
    }

    pub(crate) fn quarantined(&self, kind: &'static str) {
        self.quarantined.add(1, &[KeyValue::new("kind", kind)]);
    }

    pub(crate) fn quarantine_open(&self, count: i64) {
        self.quarantine_open.record(count, &[]);
    }

    pub(crate) fn reconciled(&self, adopted: i64, differences: i64) {
        self.adopted.add(adopted.unsigned_abs(), &[]);
        self.differences.record(differences, &[]);
    }
}

impl Metrics {
    pub(crate) fn paper(&self, paper: &'static str, outcome: &'static str, took: std::time::Duration) {
        let labels = [KeyValue::new("paper", paper), KeyValue::new("outcome", outcome)];
        self.papers.record(took.as_secs_f64(), &labels);
    }

    pub(crate) fn pass_certificate_ends(&self, at: DateTime<Utc>) {
        self.pass_certificate.record(at.timestamp(), &[]);
    }

    pub(crate) fn wallet_told(&self, wallet: &'static str, outcome: &'static str) {
        self.wallet_updates.add(1, &[KeyValue::new("wallet", wallet), KeyValue::new("outcome", outcome)]);
    }

    pub(crate) fn line_joined(&self, outcome: &'static str) {
        self.line_joins.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    pub(crate) fn line_left(&self) {
        self.line_step("left", 1);
    }

    pub(crate) fn line_served(&self, offered: usize, lapsed: usize, closed: usize) {
        for (step, count) in [("offered", offered), ("lapsed", lapsed), ("closed", closed)] {
            self.line_step(step, count);
        }
    }

    pub(crate) fn line_failed(&self) {
        self.line_failures.add(1, &[]);
    }

    pub(crate) fn late_party(&self, released: bool) {
        let counter = if released { &self.late_parties } else { &self.late_parties_failed };
        counter.add(1, &[]);
    }

    /// Of every state: one that nobody is in any more comes to nought.
    pub(crate) fn reservations(&self, state: &'static str, count: i64) {
        self.reservations.record(count, &[KeyValue::new("state", state)]);
    }

    pub(crate) fn floor_plan_streams(&self, open: usize) {
        self.floor_plan_streams.record(i64::try_from(open).unwrap_or(i64::MAX), &[]);
    }

    pub(crate) fn line(&self, waiting: i64, offered: i64) {
        self.line.record(waiting, &[KeyValue::new("state", "waiting")]);
        self.line.record(offered, &[KeyValue::new("state", "offered")]);
    }

    pub(crate) fn waiting_rooms(&self, open: usize, places: i64) {
        self.rooms.record(i64::try_from(open).unwrap_or(i64::MAX), &[]);
        self.in_room.record(places, &[]);
    }

    pub(crate) fn waiting_room_admitted(&self, places: i64) {
        self.let_in.add(places.unsigned_abs(), &[]);
    }

    pub(crate) fn waiting_room_refused(&self) {
        self.sent_to_line.add(1, &[]);
    }

    fn line_step(&self, step: &'static str, count: usize) {
        self.line_ends.add(count as u64, &[KeyValue::new("step", step)]);
    }
}

fn answer_name(answer: &HoldAnswer) -> &'static str {
    match answer {
        HoldAnswer::Held(_) => "held",
        HoldAnswer::Replay(_) => "replay",
        HoldAnswer::KeyReused => "key_reused",
        HoldAnswer::Refused(Refusal::SoldOut { .. }) => "sold_out",
        HoldAnswer::Refused(Refusal::NotYetOnSale { .. } | Refusal::SaleClosed { .. }) => "not_on_sale",
        HoldAnswer::Refused(_) => "refused",
    }
}
