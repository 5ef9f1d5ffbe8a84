//! What is counted. No label holds anything of a guest or of one night.

use chrono::{DateTime, TimeDelta, Utc};
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
    quarantined: Counter<u64>,
    quarantine_open: Gauge<i64>,
    adopted: Counter<u64>,
    differences: Gauge<i64>,
    papers: Histogram<f64>,
    pass_certificate: Gauge<i64>,
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
            quarantined: meter
                .u64_counter("purchase_quarantined")
                .with_description("Disputes and other money that fits no order, by kind")
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
        }
    }
}

impl Metrics {
    pub(crate) fn batch(&self, size: usize, answers: &[HoldAnswer]) {
        self.batch.record(size as u64, &[]);
        for answer in answers {
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
