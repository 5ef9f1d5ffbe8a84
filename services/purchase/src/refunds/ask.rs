//! `POST /internal/v1/orders/{reference}/refunds`: staff give money of an order back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::order::OrderReference;
use domain::refund::Fees;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::decide::Scope;
use super::door::Inside;
use super::wish::{By, Wish, carry_out};
use crate::Shop;

/// What is to go back. Neither tickets nor an amount: the whole order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// Chosen by the caller, 1 to 200 characters: the same key is the same refund.
    pub key: String,
    /// These tickets.
    #[serde(default)]
    pub tickets: Option<Vec<Uuid>>,
    /// This much, minor units; the tickets stay good.
    #[serde(default)]
    pub amount_minor: Option<i64>,
    /// Whether the club keeps the service fee; left out: as the night's terms say.
    #[serde(default)]
    pub keep_fees: Option<bool>,
    /// Also for guests who are inside, and if the door does not answer.
    #[serde(default)]
    pub anyway: bool,
    /// As a credit, mailed to the guest, who agrees to it: no money moves.
    #[serde(default)]
    pub as_credit: bool,
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskAnswer {
    /// The refund.
    pub id: Uuid,
    /// `asked` while the door has not answered, `withdrawn` where guests are inside, else on its way or done.
    pub state: String,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// Who is inside, as the door just said.
    pub inside: Vec<Inside>,
}

/// Makes a refund and asks the door. 404 for no such order or ticket, 409 `invalid_state` for one that is not paid, is disputed or
/// is of the guest list, or a ticket that is not good, 409 `refund_waits` while one of the order waits for the door (the same wish
/// with `anyway` lets it go), 409 `refund_exceeds_captured`, 422 `invalid_amount`, 422 `idempotency_key_reused`.
pub async fn ask(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    reference: Path<String>,
    body: ApiJson<AskRequest>,
) -> Result<Json<AskAnswer>, Fault> {
    let body = body.into_inner();
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let reference: OrderReference = reference.parse().map_err(|_| Fault::not_found())?;
    let wish = Wish {
        // Keys of the house's own refunds begin otherwise.
        key: &format!("staff:{}", fair_key(&body.key)?),
        scope: match (body.tickets, body.amount_minor) {
            (None, None) => Scope::Order,
            (Some(tickets), None) => Scope::Tickets(tickets),
            (None, Some(minor)) => Scope::Amount(minor),
            (Some(_), Some(_)) => return Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_amount")),
        },
        fees: body.keep_fees.map(|keep| if keep { Fees::Kept } else { Fees::Returned }),
        anyway: body.anyway,
        as_credit: body.as_credit,
        by: By::Staff,
    };
    let (refund, inside) = carry_out(&shop, &reference, &wish, &actor).await?;
    tracing::info!(refund = %refund.id, order = %reference, state = refund.state, "a refund was asked for");
    Ok(Json(AskAnswer {
        id: refund.id,
        state: refund.state,
        amount_minor: refund.amount_minor,
        currency: refund.currency,
        inside,
    }))
}

fn fair_key(key: &str) -> Result<&str, Fault> {
    let fair = (1..=200).contains(&key.len());
    if fair { Ok(key) } else { Err(Fault::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid")) }
}
