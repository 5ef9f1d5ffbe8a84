//! The ways into an account: whatever goes, one stays.

use db::Conn;
use web::Fault;

use crate::identity::account::store::Account;
use crate::identity::{factors, providers};

/// What is about to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// An account elsewhere, by its provider's code.
    Provider(&'static str),
    /// The phone's number.
    Phone,
    /// One of the passkeys.
    Passkey,
}

/// What there is besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    email: bool,
    phone: bool,
    providers: bool,
    passkeys: usize,
}

impl Left {
    /// A proven address is a way in by itself: a link is mailed there, and a password is asked for beside it. Passkeys are one as long
    /// as there are two: the one that is lost leaves the other.
    const fn leads_in(self) -> bool {
        self.email || self.phone || self.providers || self.passkeys > 1
    }
}

/// 409 `last_way_in` if nothing else would lead into the account, which the caller holds until its transaction ends.
pub async fn without(conn: &mut Conn, held: &Account, leaving: Leaving) -> Result<(), Fault> {
    let linked = providers::store::of_account(conn, held.id).await?;
    let theirs = factors::of(conn, held.id).await?;
    let stays = |code: &str| !matches!(leaving, Leaving::Provider(gone) if gone == code);
    let left = Left {
        email: held.email.is_some(),
        phone: held.phone.is_some() && leaving != Leaving::Phone,
        providers: linked.iter().any(|one| stays(&one.provider)),
        passkeys: theirs.passkeys.saturating_sub(usize::from(leaving == Leaving::Passkey)),
    };
    if left.leads_in() {
        return Ok(());
    }
    Err(Fault::conflict("last_way_in").message("providers-last-way-in", &[]))
}

#[cfg(test)]
mod tests {
    use super::Left;

    #[test]
    fn two_passkeys_lead_in_and_one_alone_does_not() {
        let none = Left { email: false, phone: false, providers: false, passkeys: 0 };
        assert!(!none.leads_in());
        assert!(!Left { passkeys: 1, ..none }.leads_in());
        assert!(Left { passkeys: 2, ..none }.leads_in());
        assert!(Left { email: true, ..none }.leads_in());
        assert!(Left { phone: true, passkeys: 1, ..none }.leads_in());
    }
}
