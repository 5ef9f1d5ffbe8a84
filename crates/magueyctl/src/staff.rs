//! Members of staff: a new one, or a new password for one, given by whoever operates the club. Its first owner is invited (`owner`).

use reqwest::Method;
use serde_json::json;
use settings::Secret;

use crate::peers::Peers;

/// Creates a member of staff or changes the one with this address.
pub async fn create(email: &str, name: &str, role: &str) -> anyhow::Result<()> {
    let (peers, password, totp): (Peers, Secret, Option<String>) = crate::read(|reader| {
        (
            Peers::read(reader),
            reader.secret("STAFF_PASSWORD", "the new password, at least 12 characters"),
            reader.optional("STAFF_TOTP_SECRET", "the secret of their app with codes, in base32"),
        )
    })?;
    let body = json!({
        "email": email, "name": name, "role": role, "password": password.expose(), "totp_secret": totp,
    });
    peers.call(peers.named("marketing-admin")?, Method::POST, "/internal/v1/staff", Some(&body)).await?;
    println!("{email} can sign in as {role}");
    Ok(())
}
