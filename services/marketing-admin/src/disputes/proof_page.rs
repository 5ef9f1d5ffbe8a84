//! `/admin/disputes/{id}`: what speaks for the club, on one page that prints: what was bought and paid, what was mailed and when,
//! whose tickets were scanned where; [`super::proof_pdf`] is the same as a file. Each look at it stands in the audit log: it gathers what we know of a guest.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use documents::{Dossier, DossierPart};
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use internal_api::purchase::disputes::{Dispute, DisputeRecord, ProofTicket};
use internal_api::purchase::orders::{OrderRecord, RecordedLine};
use serde_json::json;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::OrdersRead;
use web::{Fault, Locale};

use super::list_page::reason;
use super::store::{self, Mailed, Scanned};
use super::till;
use crate::Desk;
use crate::orders::Badge;
use crate::orders::till as orders;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "disputes/proof.html")]
pub(super) struct ProofPage {
    shell: Shell,
    style: String,
    /// The same as a file.
    file: String,
    badge: Badge,
    pub(super) reference: String,
    stripe: String,
    /// Label and value, in the order in which a bank reads them.
    facts: Vec<(String, String)>,
    /// Until when the club may answer; empty where it can't.
    deadline: String,
    /// Whether money is gone, so that the tickets are frozen.
    frozen: bool,
    inside: String,
    lines: Vec<(String, String)>,
    total: String,
    money: Vec<Row>,
    tickets: Vec<Row>,
    scans: Vec<Row>,
    mails: Vec<Row>,
    policy: String,
    made: String,
}

impl ProofPage {
    /// The same on paper, for the bank.
    pub(super) fn dossier(self, made_at: DateTime<Utc>) -> Dossier {
        let shell = &self.shell;
        let part = |title: String, empty: &str, rows: Vec<Row>| DossierPart {
            title,
            rows: rows.into_iter().map(|row| [row.when, row.what, row.more]).collect(),
            empty: shell.t(empty),
        };
        let total = (shell.t("shared-total"), self.total);
        let bought = self.lines.into_iter().chain([total]).map(|(what, amount)| Row {
            when: String::new(),
            what,
            more: amount,
        });
        let parts = vec![
            part(shell.t("disputes-bought"), "orders-money-none", bought.collect()),
            part(shell.t("orders-money"), "orders-money-none", self.money),
            part(shell.t("disputes-mails"), "disputes-mails-none", self.mails),
            part(shell.t("orders-tickets"), "orders-tickets-none", self.tickets),
            part(self.inside, "disputes-scans-none", self.scans),
        ];
        Dossier {
            language: shell.lang,
            mode: shell.links.mode,
            club: shell.t("shared-club"),
            title: format!("{} {}", shell.t("disputes-proof"), self.reference),
            line: format!("{} · {}", self.stripe, self.policy),
            facts: self.facts,
            parts,
            footer: format!("{} {}", self.made, shell.t("disputes-no-address")),
            made_at,
        }
    }
}

/// When something happened, and what.
struct Row {
    when: String,
    what: String,
    more: String,
}

/// 404 for no such dispute.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<OrdersRead>,
    id: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    views::private(StatusCode::OK, &gather(&desk, &request, locale, &member, id.into_inner()).await?)
}

/// All that speaks for the club, and that somebody looked at it.
pub(super) async fn gather<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    id: Uuid,
) -> Result<ProofPage, Fault> {
    let proof = till::dispute(desk, member, id).await?;
    let record = orders::order(desk, member, &proof.reference).await?;
    let tickets: Vec<Uuid> = proof.tickets.iter().map(|ticket| ticket.id).collect();
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let mails = store::mails(&mut conn, &proof.reference).await?;
    let scans = store::scans(&mut conn, record.event.id, &tickets).await?;
    let detail = json!({"order": proof.reference});
    audit::record(&mut conn, &member.actor(), "dispute.proof_seen", &id.to_string(), detail, now).await?;
    drop(conn);
    let shell = views::desk_shell(desk, request, locale, member, Room::Orders, &proof.reference);
    Ok(page(shell, id, proof, record, Found { mails, scans, now }))
}

/// What the desk knows itself.
struct Found {
    mails: Vec<Mailed>,
    scans: Vec<Scanned>,
    now: DateTime<Utc>,
}

/// How times and amounts of this night are written.
struct Pen<'a> {
    shell: &'a Shell,
    zone: Tz,
    currency: Currency,
}

impl Pen<'_> {
    fn at(&self, at: DateTime<Utc>) -> String {
        format::date_time(self.shell.lang, at, self.zone)
    }

    fn money(&self, minor: i64) -> String {
        format::money(self.shell.lang, Money::new(minor, self.currency))
    }
}

fn page(shell: Shell, id: Uuid, proof: DisputeRecord, record: OrderRecord, found: Found) -> ProofPage {
    let Found { mails, scans, now } = found;
    let zone: Tz = record.event.time_zone.parse().unwrap_or(Tz::UTC);
    let currency: Currency = record.order.currency.parse().unwrap_or(Currency::Eur);
    let pen = Pen { shell: &shell, zone, currency };
    let admitted = scans.iter().filter(|scan| scan.admitted).count();
    let dispute = &proof.dispute;
    let open = matches!(dispute.status.as_str(), "needs_response" | "warning_needs_response");
    let due = dispute.answer_by.filter(|_| open);
    ProofPage {
        style: crate::assets::url("admin.css"),
        file: format!("/admin/disputes/{id}/proof.pdf"),
        badge: Badge::of_dispute(&shell, &dispute.status),
        stripe: dispute.stripe_dispute.clone(),
        deadline: due.map(|by| shell.t1("disputes-answer-by", "when", pen.at(by))).unwrap_or_default(),
        frozen: proof.tickets.iter().any(|ticket| ticket.state == "disputed"),
        inside: shell.t2("disputes-inside", "count", admitted, "of", current(&proof.tickets)),
        facts: facts(&pen, &proof, &record),
        lines: record.lines.iter().map(|line| bought(&pen, line)).collect(),
        total: pen.money(record.order.total_minor),
        money: money(&pen, &record, dispute),
        tickets: proof.tickets.iter().map(|ticket| issued(&pen, ticket)).collect(),
        scans: scanned(&pen, &scans, &proof.tickets),
        mails: mails.iter().map(|mail| mailed(&pen, mail)).collect(),
        policy: policy(&pen, &proof),
        made: shell.t1("disputes-made", "when", pen.at(now)),
        reference: proof.reference,
        shell,
    }
}

/// Tickets that stand for a place: one that was passed on is counted with whom it came to.
fn current(tickets: &[ProofTicket]) -> usize {
    tickets.iter().filter(|ticket| ticket.passed_on_to.is_none()).count()
}

fn facts(pen: &Pen<'_>, proof: &DisputeRecord, record: &OrderRecord) -> Vec<(String, String)> {
    let (shell, dispute, order) = (pen.shell, &proof.dispute, &record.order);
    let night = BusinessNight::of(record.event.starts_at, pen.zone).date();
    let mut facts = vec![
        ("disputes-fact-amount", pen.money(dispute.amount_minor)),
        ("disputes-fact-reason", reason(shell, &dispute.reason)),
        ("disputes-fact-opened", pen.at(dispute.opened_at)),
        ("disputes-fact-taken", pen.money(dispute.taken_minor)),
        ("disputes-fact-fee", pen.money(dispute.fees_minor)),
        ("disputes-fact-answers", dispute.answers.to_string()),
        ("disputes-fact-guest", format!("{} · {}", order.buyer_name, order.buyer_email)),
        ("disputes-fact-ordered", pen.at(order.created_at)),
        (
            "disputes-fact-night",
            format!("{} · {}", record.event.title, format::calendar_date(shell.lang, night)),
        ),
        ("disputes-fact-venue", format!("{} · {}", proof.venue_name, proof.venue_address)),
        ("disputes-fact-doors", pen.at(proof.entry_from)),
    ];
    if let Some(number) = &proof.receipt {
        let given = proof.receipt_at.map(|at| pen.at(at)).unwrap_or_default();
        facts.push(("disputes-fact-receipt", format!("{number} · {given}")));
    }
    if let Some(at) = dispute.closed_at {
        facts.push(("disputes-fact-closed", pen.at(at)));
    }
    facts.into_iter().map(|(key, value)| (shell.t(key), value)).collect()
}

fn bought(pen: &Pen<'_>, line: &RecordedLine) -> (String, String) {
    let label = match line.kind.as_str() {
        "ticket" => format!("{} × {}", line.quantity, line.label),
        kind => pen.shell.t1(&format!("orders-line-{kind}"), "label", line.label.clone()),
    };
    (label, pen.money(line.total_minor))
}

/// Money that came, went back, and was taken, in the order of time.
fn money(pen: &Pen<'_>, record: &OrderRecord, dispute: &Dispute) -> Vec<Row> {
    let row = |at, what: String, minor| (at, Row { when: pen.at(at), what, more: pen.money(minor) });
    let paid = record.payments.iter().map(|paid| {
        row(
            paid.captured_at,
            pen.shell.t1("orders-money-paid", "id", paid.payment_intent.clone()),
            paid.amount_minor,
        )
    });
    let returned = record.refunds.iter().filter(|refund| is_back(&refund.state)).map(|refund| {
        let at = refund.settled_at.unwrap_or(refund.created_at);
        row(at, pen.shell.t(&format!("orders-scope-{}", refund.scope)), -refund.amount_minor)
    });
    let taken = (dispute.taken_minor != 0)
        .then(|| row(dispute.opened_at, pen.shell.t("disputes-money-taken"), -dispute.taken_minor));
    let mut rows: Vec<(DateTime<Utc>, Row)> = paid.chain(returned).chain(taken).collect();
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn issued(pen: &Pen<'_>, ticket: &ProofTicket) -> Row {
    let state = pen.shell.t(&format!("orders-ticket-{}", ticket.state));
    let passed_on = ticket.passed_on_to.as_ref().zip(ticket.passed_on_at);
    let more = match passed_on {
        Some((name, at)) => pen.shell.t2("disputes-passed-on", "name", name.clone(), "when", pen.at(at)),
        None => state,
    };
    Row {
        when: pen.at(ticket.issued_at),
        what: format!("{} · {}", ticket.type_name, ticket.holder_name),
        more: format!("{more} · {}", ticket.id),
    }
}

fn scanned(pen: &Pen<'_>, scans: &[Scanned], tickets: &[ProofTicket]) -> Vec<Row> {
    let holders: HashMap<Uuid, &str> =
        tickets.iter().map(|ticket| (ticket.id, ticket.holder_name.as_str())).collect();
    let row = |scan: &Scanned| Row {
        when: pen.at(scan.scanned_at),
        what: if scan.admitted {
            pen.shell.t1("disputes-scan-in", "gate", scan.gate_name.clone())
        } else {
            let why = pen.shell.t(&format!("scanner-title-{}", scan.reason.replace('_', "-")));
            pen.shell.t2("disputes-scan-refused", "gate", scan.gate_name.clone(), "why", why)
        },
        more: holders.get(&scan.ticket_id).copied().unwrap_or_default().to_owned(),
    };
    scans.iter().map(row).collect()
}

fn mailed(pen: &Pen<'_>, mail: &Mailed) -> Row {
    let state = pen.shell.t(&format!("admin-emails-state-{}", mail.state));
    let more = match &mail.provider_id {
        Some(id) => format!("{} · {state} · {id}", mail.recipient),
        None => format!("{} · {state}", mail.recipient),
    };
    Row {
        when: pen.at(mail.settled_at.unwrap_or(mail.created_at)),
        what: pen.shell.t(&format!("admin-emails-template-{}", mail.template.replace('_', "-"))),
        more,
    }
}

/// What the night says about giving money back.
fn policy(pen: &Pen<'_>, proof: &DisputeRecord) -> String {
    let until = proof.refunds.self_service_until;
    let when = match until {
        Some(until) => pen.shell.t1("disputes-policy-until", "when", pen.at(until)),
        None => pen.shell.t("disputes-policy-ask"),
    };
    let fees = if proof.refunds.keeps_fees { "disputes-policy-keeps" } else { "disputes-policy-returns" };
    format!("{when} {}", pen.shell.t(fees))
}

/// Whether the guest has it: from Stripe, or from the club itself.
fn is_back(state: &str) -> bool {
    matches!(state, "succeeded" | "settled_otherwise")
}
