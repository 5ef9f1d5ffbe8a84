//! The pause between two tries.

use std::time::Duration;

/// The pause between two tries of something that is away. Always one branch of a `select!` that shutdown ends.
pub(crate) async fn pause(duration: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a pause is meant: the other side tells nobody when it is back"
    )]
    tokio::time::sleep(duration).await;
}
