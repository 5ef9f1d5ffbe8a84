//! `POST /api/v1/orders/{reference}/refunds`: money back, for staff's programs.

use actix_web::web::{Data, Json, Path};
use web::can::{RefundsMake, Within};
use web::{ApiJson, Fault, Problem};

use super::proof;
use super::till::{self, RefundAnswer, RefundRequest};
use crate::Desk;
use crate::staff::Member;

/// Gives an order back, whole, some tickets of it, or an amount.
#[utoipa::path(
    post, path = "/api/v1/orders/{reference}/refunds", tag = "orders", request_body = RefundRequest, security(("staff" = [])),
    params(("reference" = String, Path)),
    responses(
        (status = 200, description = "On its way; or `withdrawn`: somebody is inside, see `inside`, and `anyway` was not said", body = RefundAnswer),
        (status = 403, description = "`proof_needed`: above the club's limit, and no second factor within five minutes; see `POST /api/v1/session/proof`", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "`invalid_state`, `refund_waits`, `refund_exceeds_captured`", body = Problem),
        (status = 422, description = "`invalid_amount`, `idempotency_key_reused`", body = Problem),
        (status = 503, description = "The ticket site does not answer: ask again with the same key", body = Problem),
    )
)]
pub async fn give_back(
    desk: Data<Desk>,
    member: Member<Within<RefundsMake>>,
    reference: Path<String>,
    request: ApiJson<RefundRequest>,
) -> Result<Json<RefundAnswer>, Fault> {
    let request = request.into_inner();
    // Fresh already: what the order is worth need not be asked.
    if let Err(fault) = member.proved(desk.clock.now()) {
        let record = till::order(&desk, &member, &reference).await?;
        if proof::is_needed(&desk, &record, &request) {
            return Err(fault);
        }
    }
    if member.grants.is_limited() {
        till::order(&desk, &member, &reference).await?;
    }
    Ok(Json(till::give_back(&desk, &member, &reference, &request).await?))
}
