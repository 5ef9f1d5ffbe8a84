//! `POST /api/v1/session`: sign-in for programs. `DELETE /api/v1/session`: sign-out.

use actix_web::HttpResponse;
use actix_web::web::Data;
use audit::Actor;
use web::can::Anything;
use web::{ApiJson, Fault, Problem, RequestId};

use crate::identity::ClientAddress;
use crate::staff::Member;
use crate::staff::session::sign_in::{Credentials, SignedIn, Way, sign_in};
use crate::staff::session::store;
use crate::{Desk, SERVICE};

/// Signs in and answers with a bearer token.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session", request_body = Credentials,
    responses(
        (status = 200, body = SignedIn),
        (status = 401, description = "`code_needed`: the same again with `code`; `invalid_credentials`, whatever did not fit", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn open(
    desk: Data<Desk>,
    request: RequestId,
    from: ClientAddress,
    credentials: ApiJson<Credentials>,
) -> Result<HttpResponse, Fault> {
    let actor = Actor::named("nobody", &request);
    let signed_in =
        sign_in(&desk, &actor, &from, credentials.into_inner(), Way { audience: SERVICE, device: false })
            .await?;
    Ok(HttpResponse::Ok().json(signed_in))
}

/// Ends the session of the token.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session", security(("staff" = [])),
    responses((status = 204), (status = 401, body = Problem))
)]
pub async fn close(desk: Data<Desk>, member: Member<Anything>) -> Result<HttpResponse, Fault> {
    end(&desk, &member).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends the member's session row, with its audit row.
pub(in crate::staff) async fn end(desk: &Desk, member: &Member<Anything>) -> Result<(), Fault> {
    let (session, now) = (member.session, desk.clock.now());
    desk.db
        .transaction(async |conn| {
            store::end(conn, session.uuid(), now).await?;
            let nothing = serde_json::json!({});
            audit::record(conn, &member.actor(), "session.ended", &session.to_string(), nothing, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}
