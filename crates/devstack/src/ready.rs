//! Waiting until a part answers.

use std::time::{Duration, Instant};

use crate::part::Part;
use crate::{Error, Result};

/// An HTTP client that asks this machine only, briefly, and follows nothing.
pub fn client() -> Result<reqwest::Client> {
    let built = reqwest::Client::builder()
        .timeout(Duration::from_secs(2))
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
        .no_proxy()
        .build();
    built.map_err(|e| Error::Io(format!("could not make an HTTP client: {e}")))
}

/// Waits until `url` answers 2xx; fails when the part ends or the patience does.
pub async fn until_ok(url: &str, part: &mut Part, patience: Duration) -> Result<()> {
    let client = client()?;
    until(part, patience, || answers(client.get(url))).await
}

/// Whether a request is answered 2xx.
pub async fn answers(request: reqwest::RequestBuilder) -> bool {
    request.send().await.is_ok_and(|answer| answer.status().is_success())
}

/// Waits until `check` holds; fails when the part ends or the patience does.
pub async fn until<F: Future<Output = bool>>(
    part: &mut Part,
    patience: Duration,
    mut check: impl FnMut() -> F,
) -> Result<()> {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if let Some(status) = part.ended() {
            return Err(part.died(status));
        }
        if check().await {
            return Ok(());
        }
        pause().await;
    }
    Err(part.late(patience))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pause between two looks at a condition that nobody announces"
)]
pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(25)).await;
}
