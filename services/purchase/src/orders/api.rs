//! `GET /api/v1/orders/{reference}?key=…`.

use actix_web::web::{Data, Json, Path, Query};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, Problem};

use super::view::{self, OrderQuery, OrderView};
use crate::Shop;
use crate::api_types::{MoneyBody, QuoteBody};

/// An order as its guest may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderBody {
    /// Its name among people.
    pub reference: String,
    /// `pending`, `paid`, `expired` or `refunded`.
    pub state: &'static str,
    /// The night.
    pub event: OrderEventBody,
    /// What is or was charged.
    pub quote: QuoteBody,
    /// How long its places are held, while it is pending.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// Where it is paid, while it can be.
    pub checkout_url: Option<String>,
    /// Its tickets, once it is paid.
    pub tickets: Vec<TicketBody>,
    /// Money that went back, or is going back.
    pub refunds: Vec<RefundBody>,
    /// What its buyer answered, in the order in which it was asked.
    pub answers: Vec<AnswerBody>,
}

/// The night of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderEventBody {
    /// Its key.
    pub id: Uuid,
    /// Its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
}

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketBody {
    /// Its key.
    pub id: Uuid,
    /// The ticket type's name.
    pub type_name: String,
    /// Whose it is.
    pub holder: String,
    /// `valid`, `cancelled`, `refunded`, `revoked`, `blocked` or `disputed`.
    pub state: String,
    /// The text of its QR code; null where it is not valid, or moves.
    pub code: Option<String>,
    /// Whether it is valid and its code moves: the ticket's page alone shows it, another every 15 seconds.
    pub rotating_code: bool,
    /// First instant in which it gives entry, where that is after the doors open.
    pub admit_from: Option<DateTime<Utc>>,
    /// From when on it gives no first entry, where that is before the doors close.
    pub admit_until: Option<DateTime<Utc>>,
    /// The name of whom it was passed on to.
    pub passed_on_to: Option<String>,
}

/// An answer to one of the night's questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerBody {
    /// The question.
    pub question: Uuid,
    /// What was asked.
    pub label: String,
    /// Of a ticket: the name of its type.
    pub type_name: Option<String>,
    /// Its number among those of the type in this order, from 1.
    pub number: Option<i32>,
    /// The answer: of a choice the English text, else as it was given.
    pub value: String,
}

/// Money on its way back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundBody {
    /// How much.
    pub amount: MoneyBody,
    /// `late_payment`, `second_payment`, `amount_mismatch`, `event_off_sale`, `staff`, `guest` or `night_cancelled`.
    pub reason: String,
    /// `pending`, `succeeded`, `failed`, or `settled_otherwise`: the club paid it another way.
    pub state: String,
}

/// Says how an order stands.
#[utoipa::path(
    get, path = "/api/v1/orders/{reference}", tag = "orders",
    params(
        ("reference" = String, Path, description = "The order's reference"),
        ("key" = String, Query, description = "The key in the order's address"),
    ),
    responses((status = 200, body = OrderBody), (status = 404, description = "`not_found`: no such order, or not its key", body = Problem))
)]
pub async fn show(
    shop: Data<Shop>,
    reference: Path<String>,
    query: Query<OrderQuery>,
) -> Result<Json<OrderBody>, Fault> {
    let row = view::open(&shop, &reference, &query.key).await?;
    Ok(Json(body(view::read(&shop, row).await?)))
}

fn body(order: OrderView) -> OrderBody {
    let pending = order.row.state == "pending";
    let currency = order.quote.currency.code();
    let checkout_url =
        order.attempt.filter(|attempt| pending && attempt.state == "open").and_then(|a| a.checkout_url);
    OrderBody {
        state: order.row.state().name(),
        event: OrderEventBody {
            id: order.event.id,
            slug: order.event.slug,
            title: order.event.title,
            starts_at: order.event.starts_at,
        },
        quote: QuoteBody::of(&order.quote),
        expires_at: pending.then_some(order.row.held_until),
        paid_at: order.row.paid_at,
        checkout_url,
        tickets: order
            .tickets
            .into_iter()
            .map(|t| TicketBody {
                id: t.id,
                type_name: t.type_name,
                holder: t.holder,
                state: t.state,
                rotating_code: t.code == Some(view::Code::Moving),
                code: t.code.as_ref().and_then(view::Code::fixed).map(str::to_owned),
                admit_from: t.lets_in_from,
                admit_until: t.lets_in_until,
                passed_on_to: t.passed_on.map(|(name, _)| name),
            })
            .collect(),
        refunds: order
            .refunds
            .into_iter()
            .map(|r| RefundBody {
                amount: MoneyBody { minor: r.amount_minor, currency },
                reason: r.reason,
                state: r.state,
            })
            .collect(),
        answers: order
            .answers
            .into_iter()
            .map(|answer| AnswerBody {
                question: answer.question,
                label: answer.label,
                type_name: answer.type_name,
                number: answer.number,
                value: answer.value,
            })
            .collect(),
        reference: order.row.reference,
    }
}
