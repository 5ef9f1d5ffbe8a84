//! `POST /internal/v1/orders/{reference}/refunds`: staff give money of an order back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::ids::RefundId;
use domain::order::OrderReference;
use domain::refund::Fees;
use serde::{Deserialize, Serialize};
use serde_json::json;
use settings::crash;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::decide::{Decided, Known, Scope, decide};
use super::door::Inside;
use super::go_on::{Gone, go_on};
use super::store::{self, NewRefund, RefundRow};
use crate::catalog::store::EventRow;
use crate::orders::store::OrderRow;
use crate::tickets::store as tickets;
use crate::{Shop, catalog, disputes, orders};

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

/// What somebody asks for, and who.
pub(crate) struct Wish<'a> {
    pub key: &'a str,
    pub scope: Scope,
    /// Left out: as the night's terms say.
    pub fees: Option<Fees>,
    pub anyway: bool,
    /// As in the table's CHECK.
    pub reason: &'static str,
}

/// Makes a refund and asks the door. 404 for no such order or ticket, 409 `invalid_state` for one that is not paid or disputed, or a
/// ticket that is not good, 409 `refund_waits` while one of the order waits for the door (the same wish with `anyway` lets it go), 409
/// `refund_exceeds_captured`, 422 `invalid_amount`, 422 `idempotency_key_reused`.
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
        reason: "staff",
    };
    let (refund, inside) = give_back(&shop, &reference, &wish, &actor).await?;
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

/// Puts a refund on record, asks the door, and says how it stands.
pub(crate) async fn give_back(
    shop: &Shop,
    reference: &OrderReference,
    wish: &Wish<'_>,
    actor: &Actor,
) -> Result<(RefundRow, Vec<Inside>), Fault> {
    let now = shop.clock.now();
    let refund =
        shop.db.transaction(async |conn| record(conn, reference.as_str(), wish, actor, now).await).await?;
    crash::point("R1");
    let inside = match refund.state.as_str() {
        "asked" => match go_on(shop, &refund).await? {
            Gone::On(inside) | Gone::Withdrawn(inside) => inside,
            Gone::Waiting => Vec::new(),
        },
        _ => Vec::new(),
    };
    let mut conn = shop.db.conn().await?;
    let refund = store::find_refund(&mut conn, refund.key()).await?.ok_or_else(Fault::not_found)?;
    shop.bells.refunds.notify_one();
    Ok((refund, inside))
}

/// Writes down what is to go back, or finds what was asked for with the same key.
async fn record(
    conn: &mut Conn,
    reference: &str,
    wish: &Wish<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<RefundRow, Fault> {
    let order = orders::store::by_reference(conn, reference).await?.ok_or_else(Fault::not_found)?;
    let order = orders::store::lock(conn, order.key()).await?.ok_or_else(Fault::not_found)?;
    if let Some(known) = store::by_key(conn, wish.key).await? {
        let same = known.order == order.id && is_same(conn, &known, wish).await?;
        return if same {
            Ok(known)
        } else {
            Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"))
        };
    }
    if let Some(waiting) = store::asked_of(conn, order.key()).await? {
        // Only that one is let go: who wants something else hears of it first.
        let asked = store::find_refund(conn, waiting).await?.ok_or_else(Fault::not_found)?;
        if !wish.anyway || !is_same(conn, &asked, wish).await? {
            return Err(Fault::conflict("refund_waits"));
        }
        store::say_anyway(conn, waiting, now).await?;
        let detail = json!({"refund": waiting, "anyway": true});
        audit::record(conn, actor, "refund.asked", &order.reference, detail, now).await?;
        return store::find_refund(conn, waiting).await?.ok_or_else(Fault::not_found);
    }
    let event = catalog::store::event(conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    let decided = weigh(conn, &order, &event, wish).await?;
    let id = insert(conn, &order, &decided, wish, now).await?;
    let detail = json!({
        "refund": id, "scope": wish.scope.code(), "amount_minor": decided.parts.total(), "currency": order.currency,
        "tickets": decided.tickets, "fees_minor": decided.parts.fees_minor, "anyway": wish.anyway,
    });
    audit::record(conn, actor, "refund.asked", &order.reference, detail, now).await?;
    store::find_refund(conn, id).await?.ok_or_else(Fault::not_found)
}

/// Whether a refund is what somebody asks for again.
async fn is_same(conn: &mut Conn, known: &RefundRow, wish: &Wish<'_>) -> Result<bool, Fault> {
    let same = known.scope == wish.scope.code();
    Ok(match &wish.scope {
        Scope::Order => same,
        Scope::Amount(minor) => same && known.amount_minor == *minor,
        Scope::Tickets(wanted) => {
            let taken = store::tickets_of(conn, known.key()).await?;
            same && taken.len() == wanted.len()
                && taken.iter().all(|(ticket, _)| wanted.contains(&ticket.uuid()))
        }
    })
}

async fn weigh(
    conn: &mut Conn,
    order: &OrderRow,
    event: &EventRow,
    wish: &Wish<'_>,
) -> Result<Decided, Fault> {
    if disputes::store::holds_money_of(conn, order.key()).await? {
        return Err(Fault::conflict("invalid_state").detail(
            "The guest's bank has taken this payment back: nothing of it can be given back, unless the club wins the dispute.",
        ));
    }
    // Once all tickets are back, an amount may still go: the fees that the club had kept.
    let gives =
        order.state == "paid" || (order.state == "refunded" && matches!(wish.scope, Scope::Amount(_)));
    let Some((payment, _, _)) = store::payment_of(conn, order.key()).await?.filter(|_| gives) else {
        return Err(Fault::conflict("invalid_state"));
    };
    let policy = if event.terms().refunds.keeps_fees { Fees::Kept } else { Fees::Returned };
    let known = Known {
        lines: &orders::store::lines(conn, order.key()).await?,
        tickets: &tickets::of_order(conn, order.key()).await?,
        returned: store::given_back(conn, payment).await?,
    };
    decide(&known, &wish.scope, wish.fees.unwrap_or(policy))
}

async fn insert(
    conn: &mut Conn,
    order: &OrderRow,
    decided: &Decided,
    wish: &Wish<'_>,
    now: DateTime<Utc>,
) -> Result<RefundId, Fault> {
    let (payment_id, _, _) = store::payment_of(conn, order.key()).await?.ok_or_else(Fault::not_found)?;
    let id = RefundId::generate();
    let refund = NewRefund {
        id: id.uuid(),
        payment_id,
        order_id: order.id,
        scope: wish.scope.code(),
        amount_minor: decided.parts.total(),
        fees_minor: decided.parts.fees_minor,
        tax_minor: decided.parts.tax_minor,
        currency: &order.currency,
        reason: wish.reason,
        // Without tickets the door has no say.
        state: if decided.tickets.is_empty() { "pending" } else { "asked" },
        key: Some(wish.key),
        anyway: wish.anyway,
        // The request asks the door itself; should it die, the worker does.
        next_try_at: if decided.tickets.is_empty() { now } else { now + super::make::CLAIM },
        created_at: now,
    };
    store::insert(conn, &refund, &decided.tickets).await?;
    Ok(id)
}
