//! Issuing the tickets of orders, and what the others are told about it, in the transaction that pays them.

use std::collections::{BTreeSet, HashMap};

use bus::outbox::Row;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::{EventId, TicketId};
use domain::language::Language;
use domain::look_up;
use domain::order::Channel;
use domain::quote::LineKind as QuotedKind;
use messages::purchase::v1::{
    Buyer, IssuedTicket, LineKind, OrderLine, OrderPaid, SaleChannel, TableDeposit, TicketChanged,
    TicketState,
};
use ui::text;
use uuid::Uuid;

use super::rule::Rules;
use super::signer::TicketSigner;
use super::store::{self, TicketRow};
use crate::catalog::store::DoorTerms;
use crate::orders::link::OrderLinks;
use crate::orders::store::{
    LineRow, OrderRow,
    answers::{self, BirthDates},
};
use crate::{catalog, reservations};

/// What issuing needs besides the database: the club's signature, and orders' addresses.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Signs codes.
    pub signer: TicketSigner,
    /// Makes orders' addresses.
    pub links: OrderLinks,
}

/// An order that is paid in this transaction.
#[derive(Debug)]
pub(crate) struct Paid<'a> {
    pub order: &'a OrderRow,
    pub lines: &'a [LineRow],
    /// The trace of whoever had it paid: of a batch, each order's own.
    pub traceparent: Option<String>,
    /// From when on its tickets give no entry, where that is before the doors close.
    pub admit_until: Option<DateTime<Utc>>,
}

impl Issuer {
    /// Issues one ticket for each place of each ticket line of these orders, and tells the door and the mail: a handful of
    /// statements, however many orders. They are paid already; the unique place of each ticket makes a second call fail
    /// rather than issue twice. Says how many tickets there are. The messages wake no relay: the caller does, after the
    /// commit.
    pub(crate) async fn issue(
        &self,
        conn: &mut Conn,
        orders: &[Paid<'_>],
        now: DateTime<Utc>,
    ) -> Result<usize, DbError> {
        let kinds: BTreeSet<Uuid> =
            orders.iter().flat_map(|paid| paid.lines.iter().filter_map(|line| line.ticket_type_id)).collect();
        let door = catalog::store::door_terms(conn, kinds.into_iter().collect()).await?;
        let rules: Rules = door.iter().map(|(id, terms)| (*id, terms.rule)).collect();
        let tables = Box::pin(tables_of(conn, orders, &door)).await?;
        let born = answers::birth_dates(conn, orders.iter().map(|paid| paid.order.id).collect()).await?;
        let (mut tickets, mut messages) = (Vec::new(), Vec::new());
        for paid in orders {
            let Paid { order, lines, traceparent, .. } = paid;
            let rows = tickets_of(paid, &door, &born, now)?;
            let told = rows.iter().map(|row| Row::of(&changed(row, &order.reference), now));
            let table = tables.get(&order.id).cloned();
            let told = told.chain([Row::of(&self.paid_message(order, lines, &rows, &rules, table), now)]);
            messages.extend(told.map(|row| Row { traceparent: traceparent.clone(), ..row }));
            tickets.extend(rows);
        }
        store::insert(conn, &tickets).await?;
        bus::outbox::add_rows_quietly(conn, messages).await?;
        Ok(tickets.len())
    }

    /// A ticket as a mail shows it: without a code where that moves, and with the earlier of both ends of entry.
    pub(crate) fn issued(&self, row: &TicketRow, rules: &Rules) -> IssuedTicket {
        let rule = rules.get(&row.ticket_type_id).copied().unwrap_or_default();
        let code = || self.signer.code(row.id.into(), EventId::from_uuid(row.event_id));
        IssuedTicket {
            ticket_id: row.id.to_string(),
            ticket_type_id: row.ticket_type_id.to_string(),
            ticket_type_name: row.type_name.clone(),
            holder_name: row.holder_name.clone(),
            code: if rule.moves { String::new() } else { code() },
            admit_until: rule.until_of(row.admit_until).map(messages::millis).unwrap_or_default(),
        }
    }

    /// What mail and reports need to know of a paid order. `table`: what it is the deposit of.
    pub(crate) fn paid_message(
        &self,
        order: &OrderRow,
        lines: &[LineRow],
        tickets: &[TicketRow],
        rules: &Rules,
        table: Option<TableDeposit>,
    ) -> OrderPaid {
        OrderPaid {
            order_id: order.id.to_string(),
            revision: order.revision,
            reference: order.reference.clone(),
            event_id: order.event_id.to_string(),
            buyer: Some(Buyer {
                name: order.buyer_name.clone(),
                email: order.buyer_email.clone(),
                language: order.language.clone(),
            }),
            currency: order.currency.clone(),
            total_minor: order.total_minor,
            lines: lines_of(lines),
            tickets: tickets.iter().map(|row| self.issued(row, rules)).collect(),
            // The order's own page, key included.
            order_url: self.links.url_of(order.key(), &order.reference),
            paid_at: order.paid_at.map(messages::millis).unwrap_or_default(),
            promo_id: order.promo_id.map(|id| id.to_string()).unwrap_or_default(),
            promo_code: order.promo_code.clone().unwrap_or_default(),
            promoter: order.promoter.clone(),
            channel: channel_of(order).into(),
            table,
        }
    }
}

/// The tables that some of these orders are the deposits of; looked for where an order has a line of a table, and not else.
async fn tables_of(
    conn: &mut Conn,
    orders: &[Paid<'_>],
    door: &HashMap<Uuid, DoorTerms>,
) -> Result<HashMap<Uuid, TableDeposit>, DbError> {
    let is_table = |line: &LineRow| {
        let kind = line.ticket_type_id.and_then(|kind| door.get(&kind));
        kind.is_some_and(|kind| kind.table)
    };
    let of_tables = orders.iter().filter(|paid| paid.lines.iter().any(is_table));
    reservations::store::deposits(conn, of_tables.map(|paid| paid.order.id).collect()).await
}

/// How an order was paid, as it travels.
pub(crate) fn channel_of(order: &OrderRow) -> SaleChannel {
    match Channel::from_code(&order.channel) {
        Some(Channel::Online) => SaleChannel::Online,
        Some(Channel::CashAtVenue) => SaleChannel::CashAtVenue,
        Some(Channel::CardAtVenue) => SaleChannel::CardAtVenue,
        Some(Channel::Comp) => SaleChannel::Comp,
        // The table's CHECK knows the same channels.
        None => SaleChannel::Unspecified,
    }
}

fn tickets_of(
    paid: &Paid<'_>,
    door: &HashMap<Uuid, DoorTerms>,
    born: &BirthDates,
    now: DateTime<Utc>,
) -> Result<Vec<TicketRow>, DbError> {
    let Paid { order, lines, admit_until, .. } = paid;
    let mut rows: Vec<TicketRow> = Vec::new();
    // Tickets of a type so far: an order's lines may share one, and answers count through them.
    let mut so_far: HashMap<Uuid, i32> = HashMap::new();
    for line in lines.iter().filter(|line| line.kind == "ticket") {
        let ticket_type_id = line.ticket_type_id.ok_or(DbError::NotFound)?;
        let kind = door.get(&ticket_type_id).ok_or(DbError::NotFound)?;
        let before = so_far.get(&ticket_type_id).copied().unwrap_or_default();
        so_far.insert(ticket_type_id, before + line.places);
        rows.extend((1..=line.places).map(|ordinal| TicketRow {
            id: TicketId::generate().uuid(),
            order_id: order.id,
            order_line_id: line.id,
            ordinal,
            event_id: order.event_id,
            ticket_type_id,
            type_name: kind.name.clone(),
            zone_id: kind.zone,
            holder_name: order.buyer_name.clone(),
            attention: kind.attention.clone(),
            state: "valid".to_owned(),
            revision: 1,
            issued_at: now,
            changed_at: now,
            place_freed: false,
            disputed_before: false,
            admit_until: *admit_until,
            buyer_email_hash: email_hash(order.event_id, &order.buyer_email),
            birth_date: born.get(&(order.id, Some((ticket_type_id, before + ordinal)))).copied(),
        }));
    }
    // Asked of the order, the answer is its buyer's: whose that is among several tickets nobody knows.
    if let [only] = rows.as_mut_slice() {
        only.birth_date = only.birth_date.or_else(|| born.get(&(order.id, None)).copied());
    }
    Ok(rows)
}

/// More tickets of a line of a locked order that is paid, after those that it has, told to the door: its party grew. The caller takes
/// their places and widens the line.
pub(crate) async fn more(
    conn: &mut Conn,
    order: &OrderRow,
    line: &LineRow,
    many: i32,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let kinds = line.ticket_type_id.into_iter().collect();
    let door = catalog::store::door_terms(conn, kinds).await?;
    let lines = [LineRow { places: line.places + many, ..line.clone() }];
    let paid = Paid { order, lines: &lines, traceparent: None, admit_until: None };
    let mut rows = tickets_of(&paid, &door, &BirthDates::default(), now)?;
    rows.retain(|row| row.ordinal > line.places);
    store::insert(conn, &rows).await?;
    let told: Vec<TicketChanged> = rows.iter().map(|row| changed(row, &order.reference)).collect();
    bus::outbox::add_all(conn, &told, now).await?;
    Ok(())
}

/// What the door needs to know of a ticket.
pub(crate) fn changed(row: &TicketRow, reference: &str) -> TicketChanged {
    let state = match row.state.as_str() {
        "valid" => TicketState::Valid,
        "cancelled" => TicketState::Cancelled,
        "refunded" => TicketState::Refunded,
        "revoked" => TicketState::Revoked,
        "blocked" => TicketState::Blocked,
        "disputed" => TicketState::Disputed,
        _ => TicketState::Unspecified,
    };
    TicketChanged {
        ticket_id: row.id.to_string(),
        revision: row.revision,
        event_id: row.event_id.to_string(),
        ticket_type_id: row.ticket_type_id.to_string(),
        ticket_type_name: row.type_name.clone(),
        zone_id: row.zone_id.to_string(),
        holder_name: row.holder_name.clone(),
        order_reference: reference.to_owned(),
        state: state.into(),
        attention: attention(row),
        changed_at: messages::millis(row.changed_at),
        admit_until: row.admit_until.map(messages::millis).unwrap_or_default(),
        buyer_email_hash: row.buyer_email_hash.clone(),
        birth_date: row.birth_date.map(|born| born.to_string()).unwrap_or_default(),
    }
}

/// What the door gets to know of an address; nothing of none.
pub(super) fn email_hash(event: Uuid, email: &str) -> Vec<u8> {
    if email.trim().is_empty() { Vec::new() } else { look_up::email_hash(event, email).to_vec() }
}

/// What the doorman is to look at: in both languages, since whoever reads it is not known here.
fn attention(row: &TicketRow) -> String {
    if !row.disputed_before {
        return row.attention.clone();
    }
    let said = Language::ALL.map(|lang| text(lang, "purchase-door-disputed-before", &[])).join(" / ");
    if row.attention.is_empty() { said } else { format!("{said} · {}", row.attention) }
}

/// The quote's lines as they travel.
fn lines_of(lines: &[LineRow]) -> Vec<OrderLine> {
    let line = |line: &LineRow| OrderLine {
        kind: match QuotedKind::from_code(&line.kind) {
            Some(QuotedKind::Ticket) => LineKind::Ticket,
            Some(QuotedKind::Discount) => LineKind::Discount,
            Some(QuotedKind::Fee) => LineKind::Fee,
            Some(QuotedKind::Tax) => LineKind::Tax,
            Some(QuotedKind::Credit) => LineKind::Credit,
            None => LineKind::Unspecified,
        }
        .into(),
        ticket_type_id: line.ticket_type_id.map(|id| id.to_string()).unwrap_or_default(),
        label: line.label.clone(),
        quantity: i64::from(line.quantity),
        unit_minor: line.unit_minor,
        total_minor: line.total_minor,
        tax_minor: line.tax_minor,
        tax_basis_points: line.tax_basis_points,
        absorbed_fee_minor: line.absorbed_fee_minor,
    };
    lines.iter().map(line).collect()
}
