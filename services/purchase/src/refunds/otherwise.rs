//! `POST /internal/v1/refunds/{id}/settle`: a refund that Stripe could not make was paid to the guest another way.
//!
//! The money has left another account than Stripe's, which keeps what it holds: ledger and Stripe agree as before, and the books
//! name what is kept for it. Only a refund that has failed is settled so, under its order's lock: a try that is under way, a
//! refund that was made at Stripe meanwhile, and this one look at the same row, and the first one counts. What Stripe gives
//! back all the same is put before a person ([`super::make`], [`super::at_stripe`]).

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::ids::RefundId;
use messages::purchase::v1::{OrderRefunded, SettledHow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::ended::{credited, moves_from, told};
use super::store;
use crate::payments::ledger;
use crate::{Shop, credits, disputes, orders};

/// How the guest was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Out of the till at the venue.
    Cash,
    /// From the club's bank account.
    BankTransfer,
}

impl How {
    /// As in the table's CHECK.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// The account that the money leaves.
    const fn account(self) -> &'static str {
        match self {
            Self::Cash => "cash_at_venue",
            Self::BankTransfer => "bank_transfer",
        }
    }

    const fn told(self) -> SettledHow {
        match self {
            Self::Cash => SettledHow::Cash,
            Self::BankTransfer => SettledHow::BankTransfer,
        }
    }
}

/// How it was paid, and why so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettleRequest {
    /// `cash` or `bank_transfer`.
    pub how: How,
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// The refund after the call.
#[derive(Debug, Serialize)]
pub struct SettleAnswer {
    /// The refund.
    pub id: Uuid,
    /// `settled_otherwise`.
    pub state: &'static str,
}

/// 404 for none of ours, 409 `not_failed` for one that has not failed, or is settled already, 409 `invalid_state` while the guest's bank
/// holds the money.
pub async fn settle(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<SettleRequest>,
) -> Result<Json<SettleAnswer>, Fault> {
    let body = body.into_inner();
    let actor = Actor::caller(&caller, &request).because(audit::reason(&body.reason)?);
    let (id, how, now) = (RefundId::from_uuid(*id), body.how, shop.clock.now());
    shop.db
        .transaction(async |conn| {
            let before = store::find_refund(conn, id).await?.ok_or_else(Fault::not_found)?;
            orders::store::lock(conn, before.order()).await?.ok_or_else(Fault::not_found)?;
            if disputes::store::holds_money_of(conn, before.order()).await? {
                return Err(Fault::conflict("invalid_state").detail(
                    "The guest's bank has taken this payment back: what the club pays now, the guest has twice.",
                ));
            }
            if !store::settle_otherwise(conn, id, how.code(), now).await? {
                return Err(Fault::conflict("not_failed"));
            }
            let source = ledger::Source::RefundOtherwise(before.id);
            let mut entries = moves_from(how.account(), &before);
            // Money and credit come together. One that the bank had sent back has given its credit already.
            let first = !ledger::is_booked(conn, ledger::Source::Refund(before.id)).await?;
            if first {
                entries.extend(credited(&before));
                credits::refunded::credit(conn, &before, shop.rules.credit, now).await?;
            }
            ledger::book(conn, source, before.order(), &before.currency, &entries, now).await?;
            let said = told(conn, &shop.links, &before, None, now).await?;
            let message = OrderRefunded {
                settled_how: how.told().into(),
                credit_minor: if first { said.credit_minor } else { 0 },
                ..said
            };
            bus::outbox::add(conn, &message, now).await?;
            let detail = json!({
                "order_id": before.order, "amount_minor": before.money_minor(), "currency": before.currency,
                "how": how.code(), "stripe_refund": before.stripe_refund, "problem": before.problem,
            });
            audit::record(conn, &actor, "refund.settled_otherwise", &id.to_string(), detail, now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    shop.bus.wake_relay();
    shop.metrics.refunded("settled_otherwise");
    tracing::info!(refund = %id, caller = caller.name, how = how.code(), "a failed refund was paid another way");
    Ok(Json(SettleAnswer { id: id.uuid(), state: "settled_otherwise" }))
}
