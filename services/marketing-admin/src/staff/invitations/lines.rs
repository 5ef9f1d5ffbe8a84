//! What the list of the staff shows of invitations: those that wait, and the form for another one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use domain::ids::EventId;
use domain::permission::{Grants, Role};
use ui::{Shell, format};
use web::Fault;

use super::{Invited, holds, send};
use crate::events::store::{self as events, Which};
use crate::identity::links::{self, Purpose};
use crate::staff::people;
use crate::staff::people::person_page::{Choice, night_choices, role_choices};
use crate::staff::roles::{self, OwnRole};

/// An invitation that waits.
pub(in crate::staff) struct Waiting {
    pub(in crate::staff) id: String,
    pub(in crate::staff) name: String,
    pub(in crate::staff) email: String,
    pub(in crate::staff) role: String,
    pub(in crate::staff) nights: String,
    /// Who invited.
    pub(in crate::staff) by: String,
    /// When it ends, or ended.
    pub(in crate::staff) ends: String,
    /// Whether it still opens.
    pub(in crate::staff) open: bool,
}

/// Those that nobody has accepted or withdrawn, those that are too old as well: they can be sent again.
pub(in crate::staff) async fn waiting(
    conn: &mut Conn,
    shell: &Shell,
    own: &[OwnRole],
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<Waiting>, Fault> {
    let mut lines = Vec::new();
    for link in links::unused(conn, Purpose::Invitation).await? {
        let invited = Invited::of(link.payload)?;
        let stands = holds(conn, &invited).await?.is_some();
        let by = match invited.inviter {
            None => shell.t("invitations-by-operator"),
            Some(inviter) => {
                let inviter = people::store::one(conn, inviter).await?;
                let name = inviter.map(|person| person.name).unwrap_or_default();
                if name.is_empty() { shell.t("staff-nameless") } else { name }
            }
        };
        lines.push(Waiting {
            id: link.id.to_string(),
            email: link.email,
            role: roles::name_of(shell.lang, &invited.role, own),
            nights: send::nights(conn, shell.lang, invited.nights.as_deref()).await?,
            by,
            ends: format::date_time(shell.lang, link.expires_at, zone),
            open: stands && link.expires_at > now,
            name: invited.name,
        });
    }
    Ok(lines)
}

/// The form, with what was typed.
pub(in crate::staff) struct InviteForm {
    pub(in crate::staff) name: String,
    pub(in crate::staff) email: String,
    pub(in crate::staff) bound: bool,
    pub(in crate::staff) roles: Vec<Choice>,
    pub(in crate::staff) nights: Vec<Choice>,
}

/// The form with what was typed into it.
pub(in crate::staff) async fn form(
    conn: &mut Conn,
    shell: &Shell,
    own: &[OwnRole],
    typed: &HashMap<String, String>,
    now: DateTime<Utc>,
) -> Result<InviteForm, DbError> {
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let ticked = typed.keys().filter_map(|name| name.strip_prefix("night.")?.parse::<EventId>().ok());
    let ticked: Vec<EventId> = ticked.collect();
    let role = typed.get("role").map_or(Role::DoorStaff.code(), String::as_str);
    // Nobody yet: only the nights that are ticked matter.
    let nights = Grants::nothing(role).only(ticked);
    let all = events::load(conn, Which::All).await?;
    Ok(InviteForm {
        name: text("name"),
        email: text("email"),
        bound: text("reach") == "some",
        roles: role_choices(shell.lang, own, role),
        nights: night_choices(shell.lang, &nights, all, now),
    })
}
