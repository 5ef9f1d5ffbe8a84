//! The mail provider fails, limits, or loses its answers.

use super::*;
use e2e::sandbox;
use serde_json::json;

async fn mail_provider_answers(action: Value) -> Result<()> {
    let (stack, event) = on_sale().await?;
    let fault = json!({"provider": "resend", "path": "/emails*", "count": 3, "action": action});
    sandbox::script(&stack, &fault).await?;
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_provider_that_fails_gets_the_mail_later() -> Result<()> {
    mail_provider_answers(json!({"kind": "status", "status": 500})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_provider_that_limits_gets_the_mail_later() -> Result<()> {
    mail_provider_answers(json!({"kind": "status", "status": 429, "retry_after": 1})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_acceptance_got_lost_is_not_mailed_twice() -> Result<()> {
    mail_provider_answers(json!({"kind": "lost"})).await
}
