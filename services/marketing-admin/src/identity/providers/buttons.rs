//! What the sign-in pages and the security page show of the providers.

use db::{Conn, DbError};
use uuid::Uuid;

use super::{Provider, store};
use crate::Desk;

/// A button of the sign-in and the sign-up page (`providers/buttons.html`).
#[derive(Debug, Clone)]
pub struct ProviderButton {
    /// Its code, for the mark.
    pub provider: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Where it leads; a page that knows where its guest wants to go adds `?next=`.
    pub href: String,
}

/// A line of the security page (`providers/linked.html`).
#[derive(Debug, Clone)]
pub struct LinkedProvider {
    /// Its code, for the mark.
    pub provider: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Whether it is a way in.
    pub linked: bool,
    /// The address it named, to tell several apart; may be empty.
    pub email: String,
    /// Whether it can be added: it is configured.
    pub offered: bool,
}

fn way(provider: Provider) -> String {
    format!("/account/with/{}", provider.code())
}

/// The buttons of all configured providers.
pub fn buttons(desk: &Desk) -> Vec<ProviderButton> {
    let button = |provider: Provider| ProviderButton {
        provider: provider.code(),
        label: provider.label(),
        href: way(provider),
    };
    desk.providers.offered().map(button).collect()
}

/// The configured providers and those that an account still has, each with what it is to the account.
pub async fn linked(desk: &Desk, conn: &mut Conn, account: Uuid) -> Result<Vec<LinkedProvider>, DbError> {
    let has = store::of_account(conn, account).await?;
    let line = |provider: Provider| {
        let offered = desk.providers.way(provider.code()).is_some();
        let linked = has.iter().find(|one| one.provider == provider.code());
        (offered || linked.is_some()).then(|| LinkedProvider {
            provider: provider.code(),
            label: provider.label(),
            linked: linked.is_some(),
            email: linked.and_then(|one| one.email.clone()).unwrap_or_default(),
            offered,
        })
    };
    Ok(Provider::ALL.into_iter().filter_map(line).collect())
}
