//! `POST /admin/events/{event}/reservations/{reservation}/{act}`: what can be done about a reservation. What is done leads back to the
//! board; what is refused is shown over it, and what was written stays.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use db::DbError;
use domain::money::Currency;
use domain::permission::Permission;
use internal_api::purchase::reservations::{
    AnswerRequest, CancelRequest, CloseRequest, HostRequest, MergeRequest, MoveRequest, PartyRequest,
    RefundOf, ReleaseRequest, SwapRequest, TabRequest,
};
use uuid::Uuid;
use web::can::{Anything, ReservationsRun};
use web::{CsrfForm, Fault, Locale, redirect};

use super::board::{self, Asked, Outcome};
use super::purchase::{self, Command};
use super::store::{self, Reservation};
use crate::Desk;
use crate::box_office::purchase::Refused;
use crate::identity::ClientAddress;
use crate::staff::Member;
use crate::staff::session::step_up;

type Entered = HashMap<String, String>;

/// What can be done about a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Say yes to a request.
    Approve,
    /// Say no to a request.
    Decline,
    /// Call it off.
    Cancel,
    /// Give its party another table.
    Move,
    /// Have it change places with another.
    Swap,
    /// Put a table to it.
    Merge,
    /// Make the party larger or smaller.
    Party,
    /// Say who looks after it.
    Host,
    /// Say what is spent so far.
    Tab,
    /// Settle its bill.
    Close,
    /// Give the table away.
    Release,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Approve,
        Self::Decline,
        Self::Cancel,
        Self::Move,
        Self::Swap,
        Self::Merge,
        Self::Party,
        Self::Host,
        Self::Tab,
        Self::Close,
        Self::Release,
    ];

    /// Its name in addresses and keys of texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Move => "move",
            Self::Swap => "swap",
            Self::Merge => "merge",
            Self::Party => "party",
            Self::Host => "host",
            Self::Tab => "tab",
            Self::Close => "close",
            Self::Release => "release",
        }
    }
}

/// Does what the form says.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<ReservationsRun>,
    path: Path<(Uuid, Uuid, String)>,
    from: ClientAddress,
    sent: CsrfForm<Entered, Anything>,
) -> Result<HttpResponse, Fault> {
    let (event, id, act) = path.into_inner();
    let act = Act::ALL.into_iter().find(|each| each.code() == act).ok_or_else(Fault::not_found)?;
    let row = of_this_night(&desk, event, id).await?;
    let command = read(act, &sent.form, &row);
    match &command {
        Ok(Command::Swap(swap)) => drop(of_this_night(&desk, event, swap.with).await?),
        Ok(Command::Cancel(cancel)) if cancel.refund != RefundOf::None => {
            // Money goes back by who may give money back, and much of it by who proves afresh who they are.
            if !member.may(Permission::RefundsMake) {
                return Err(Fault::forbidden());
            }
            if goes_back(cancel.refund, &row) > desk.refund_proof_above
                && let Err(problem) = step_up::given(&desk, &member, &from, &sent.form).await?
            {
                let (asked, back) = ((&request, locale), board::path(event));
                return step_up::ask(&desk, asked, &member, &sent.form, &back, problem).await;
            }
        }
        _ => {}
    }
    let key = sent.form.get("form_key").map(String::as_str).unwrap_or_default();
    let answer = match &command {
        Ok(command) if key.len() == 32 => purchase::run(&desk, &member, id, key, command).await,
        Ok(_) => Err(wrong("invalid")),
        Err(refused) => Err(refused.clone()),
    };
    match answer {
        Ok(now) => {
            tracing::info!(reservation = %id, act = act.code(), revision = now.revision, "done about a reservation");
            follow(&desk, event, id, now.revision).await;
            let done = format!("{}?done={}&reservation={id}", board::path(event), act.code());
            Ok(redirect::see_other(&done))
        }
        Err(refused) => {
            tracing::info!(reservation = %id, act = act.code(), code = %refused.code, "refused about a reservation");
            // The forms of the board have names of their own for what may be wrong with a field.
            let code = refused.errors.as_slice().first().map_or(refused.code, |error| error.code.clone());
            let outcome = Some(Outcome { code, reservation: id, act, entered: sent.form.clone() });
            board::render(&desk, &request, locale, &member, event, &Asked::default(), outcome).await
        }
    }
}

/// The reservation, or 404: the ticket site knows it by its key alone, and a member may be bound to some nights.
async fn of_this_night(desk: &Desk, event: Uuid, id: Uuid) -> Result<Reservation, Fault> {
    let mut conn = desk.db.conn().await?;
    store::find(&mut conn, event, id).await?.ok_or_else(Fault::not_found)
}

/// What would go back at most, minor units. Whether the deposit is paid the ticket site knows: the desk may not have heard of it yet.
fn goes_back(refund: RefundOf, row: &Reservation) -> i64 {
    match refund {
        RefundOf::None => 0,
        RefundOf::All => row.deposit_minor,
        RefundOf::AmountMinor(minor) => minor,
    }
}

/// What the form says; the ticket site judges the rest.
fn read(act: Act, form: &Entered, row: &Reservation) -> Result<Command, Refused> {
    let text = |name: &str| form.get(name).map(|text| text.trim()).unwrap_or_default();
    let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
    let amount = |name: &str| currency.read_minor(text(name)).ok_or_else(|| wrong("invalid_amount"));
    let table = || text("table").parse::<Uuid>().map_err(|_| wrong("no_table"));
    let answer = || AnswerRequest { note: text("note").to_owned() };
    Ok(match act {
        Act::Approve => Command::Approve(answer()),
        Act::Decline => Command::Decline(answer()),
        Act::Cancel => Command::Cancel(CancelRequest {
            refund: match text("refund") {
                "all" => RefundOf::All,
                "none" => RefundOf::None,
                "amount" => RefundOf::AmountMinor(amount("amount")?),
                _ => return Err(wrong("no_refund")),
            },
            reason: match text("reason") {
                "" => return Err(wrong("no_reason")),
                reason => reason.to_owned(),
            },
        }),
        Act::Move => {
            Command::Move(MoveRequest { table: table()?, keep_minimum: !text("keep_minimum").is_empty() })
        }
        Act::Swap => {
            Command::Swap(SwapRequest { with: text("with").parse::<Uuid>().map_err(|_| wrong("no_table"))? })
        }
        Act::Merge => Command::Merge(MergeRequest { table: table()? }),
        Act::Party => Command::Party(PartyRequest {
            party: text("party").parse::<u32>().map_err(|_| wrong("invalid_party"))?,
        }),
        Act::Host => Command::Host(HostRequest { host: text("host").to_owned() }),
        Act::Tab => Command::Tab(TabRequest { spent_minor: amount("spent")? }),
        Act::Close => Command::Close(CloseRequest { spent_minor: amount("spent")? }),
        Act::Release => Command::Release(ReleaseRequest {}),
    })
}

fn wrong(code: &str) -> Refused {
    Refused { code: code.to_owned(), errors: Vec::new() }
}

/// How often the desk looks whether it has heard of what was done.
const LOOK: Duration = Duration::from_millis(50);
/// How long it does.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits until the desk has heard of this revision, so that the board shows what was done. Longer than a second it does not: what is not
/// here then comes later.
async fn follow(desk: &Desk, event: Uuid, id: Uuid, revision: i64) {
    let look = async {
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tick.tick().await;
            let mut conn = desk.db.conn().await?;
            let row = store::find(&mut conn, event, id).await?;
            if row.is_some_and(|row| row.revision >= revision) {
                return Ok::<_, DbError>(());
            }
        }
    };
    if !matches!(tokio::time::timeout(PATIENCE, look).await, Ok(Ok(()))) {
        tracing::info!(reservation = %id, revision, "the desk has not heard yet of what was done");
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Entered, read};
    use crate::reservations::purchase::Command;
    use crate::reservations::store::Reservation;
    use chrono::DateTime;
    use internal_api::purchase::reservations::RefundOf;
    use serde_json::json;
    use uuid::Uuid;

    fn row() -> Reservation {
        Reservation {
            id: Uuid::nil(),
            revision: 1,
            event_id: Uuid::nil(),
            order_id: None,
            order_reference: String::new(),
            state: "confirmed".to_owned(),
            tables: json!([]),
            party: 6,
            booker_name: String::new(),
            booker_email: String::new(),
            language: String::new(),
            arrives_at: DateTime::UNIX_EPOCH,
            occasion: String::new(),
            wish: String::new(),
            host: String::new(),
            promoter: String::new(),
            preorder: json!([]),
            currency: "EUR".to_owned(),
            minimum_minor: 0,
            deposit_minor: 10_000,
            spent_minor: 0,
            balance_minor: 0,
            made_at: DateTime::UNIX_EPOCH,
            changed_at: DateTime::UNIX_EPOCH,
            held_until: None,
        }
    }

    fn form(fields: &[(&str, &str)]) -> Entered {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_cancellation_says_what_goes_back_and_why() {
        let fields = form(&[("refund", "amount"), ("amount", "12,50"), ("reason", " Ill ")]);
        let Ok(Command::Cancel(cancel)) = read(Act::Cancel, &fields, &row()) else { panic!("no command") };
        assert_eq!((cancel.refund, cancel.reason.as_str()), (RefundOf::AmountMinor(1250), "Ill"));
        for (fields, code) in [
            (form(&[("refund", "all")]), "no_reason"),
            (form(&[("reason", "Ill")]), "no_refund"),
            (form(&[("refund", "amount"), ("amount", "-1"), ("reason", "Ill")]), "invalid_amount"),
        ] {
            assert_eq!(read(Act::Cancel, &fields, &row()).expect_err("refused").code, code);
        }
    }

    #[test]
    fn what_can_not_be_read_is_not_asked_for() {
        for (act, fields, code) in [
            (Act::Move, form(&[("table", "12")]), "no_table"),
            (Act::Swap, form(&[]), "no_table"),
            (Act::Party, form(&[("party", "-3")]), "invalid_party"),
            (Act::Tab, form(&[("spent", "lots")]), "invalid_amount"),
        ] {
            assert_eq!(read(act, &fields, &row()).expect_err("refused").code, code, "{act:?}");
        }
    }
}
