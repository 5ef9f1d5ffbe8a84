//! The ticket site, asked to do something about a reservation.

use internal_api::purchase::reservations::{
    AnswerRequest, CancelRequest, CloseRequest, HostRequest, MergeRequest, MoveRequest, PartyRequest,
    ReleaseRequest, ReservationView, SwapRequest, TabRequest,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use uuid::Uuid;

use crate::Desk;
use crate::box_office::purchase::Refused;
use crate::staff::Member;

/// What is to be done about a reservation.
#[derive(Debug, Clone)]
pub enum Command {
    /// Its request is granted.
    Approve(AnswerRequest),
    /// Its request is refused.
    Decline(AnswerRequest),
    /// It is called off.
    Cancel(CancelRequest),
    /// Its party gets another table.
    Move(MoveRequest),
    /// It changes places with another.
    Swap(SwapRequest),
    /// A table beside its own comes to it.
    Merge(MergeRequest),
    /// Its party is larger, or smaller.
    Party(PartyRequest),
    /// Somebody looks after it.
    Host(HostRequest),
    /// So much is spent so far.
    Tab(TabRequest),
    /// Its bill is settled.
    Close(CloseRequest),
    /// Nobody came, and the table is given away.
    Release(ReleaseRequest),
}

/// Does it. `Err` with the code `away`: nobody knows; the same key asks again, and it is done once.
pub async fn run<P>(
    desk: &Desk,
    member: &Member<P>,
    reservation: Uuid,
    key: &str,
    command: &Command,
) -> Result<ReservationView, Refused> {
    let to = |act: &str| {
        let path = format!("/internal/v1/reservations/{reservation}/{act}");
        let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path);
        call.header("idempotency-key", format!("{key}-{act}-{reservation}"))
    };
    answered(match command {
        Command::Approve(body) => to("approve").json(body),
        Command::Decline(body) => to("decline").json(body),
        Command::Cancel(body) => to("cancel").json(body),
        Command::Move(body) => to("move").json(body),
        Command::Swap(body) => to("swap").json(body),
        Command::Merge(body) => to("merge").json(body),
        Command::Party(body) => to("party").json(body),
        Command::Host(body) => to("host").json(body),
        Command::Tab(body) => to("tab").json(body),
        Command::Close(body) => to("close").json(body),
        Command::Release(body) => to("release").json(body),
    })
    .await
}

async fn answered(call: RequestBuilder) -> Result<ReservationView, Refused> {
    let away = |error: reqwest::Error| {
        tracing::warn!(error = %error.without_url(), "the ticket site did not say what became of a reservation");
        Refused { code: "away".to_owned(), ..Refused::default() }
    };
    let answer = call.send().await.map_err(away)?;
    match answer.status() {
        StatusCode::OK => answer.json().await.map_err(away),
        status if status.is_client_error() => Err(answer.json().await.map_err(away)?),
        _ => Err(Refused { code: "away".to_owned(), ..Refused::default() }),
    }
}
