//! The task that sends what waits. Any number of replicas run it; each email is in one pair of hands at a time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, DbError};
use domain::clock::SharedClock;
use domain::language::Language;
use domain::mode::Mode;
use futures::StreamExt;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::events::store::{Which, find};
use crate::notifications::audience::Audience;
use crate::notifications::pace::Pace;
use crate::notifications::provider::{Answer, Provider};
use crate::notifications::render::{RenderError, of_account, render};
use crate::notifications::store::{self, CHANNEL, Claimed, Fate, Template};

/// Emails taken at once, and sent side by side.
const BATCH: i64 = 8;
/// Looked for at least this often: a notification may have been lost.
const AT_LEAST_EVERY: Duration = Duration::from_secs(1);
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Sends emails until the service stops.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Where they wait.
    pub db: Db,
    /// Who delivers them.
    pub provider: Provider,
    /// Whether what they tell of is real.
    pub mode: Mode,
    /// Whom they go to.
    pub audience: Audience,
    /// How fast.
    pub pace: Pace,
    /// What time it is.
    pub clock: SharedClock,
    /// How many of what fate.
    pub counters: Counters,
}

/// What is counted for Prometheus.
#[derive(Debug, Clone)]
pub struct Counters {
    fates: opentelemetry::metrics::Counter<u64>,
    seconds: opentelemetry::metrics::Histogram<f64>,
}

impl Default for Counters {
    fn default() -> Self {
        let meter = telemetry::meter();
        Self {
            fates: meter
                .u64_counter("maguey_email_attempts")
                .with_description("Tries to send an email, by outcome (sent, retry, dead, withheld)")
                .build(),
            seconds: meter
                .f64_histogram("maguey_email_delay_seconds")
                .with_description("From the wish to send an email until the provider has it")
                .with_boundaries(vec![0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0, 3600.0])
                .build(),
        }
    }
}

impl Counters {
    fn count(&self, email: &Claimed, fate: &Fate, now: DateTime<Utc>) {
        let outcome = match fate {
            Fate::Sent { .. } => "sent",
            Fate::Retry { .. } => "retry",
            Fate::Dead { .. } => "dead",
            Fate::Withheld => "withheld",
        };
        let labels = [
            opentelemetry::KeyValue::new("outcome", outcome),
            opentelemetry::KeyValue::new("template", email.template.clone()),
        ];
        self.fates.add(1, &labels);
        if matches!(fate, Fate::Sent { .. }) {
            let delay = (now - email.created_at).as_seconds_f64();
            self.seconds.record(delay, &labels[1..]);
        }
    }
}

impl Sender {
    /// Runs until `shutdown`; what is under way then is finished.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut listener = self.db.listen(CHANNEL);
        while !shutdown.is_cancelled() {
            let wait = match self.pass().await {
                // There may be more.
                Ok(Some(_)) => continue,
                Ok(None) => self.pause().await,
                Err(error) => {
                    tracing::warn!(%error, "emails wait for the database");
                    AT_LEAST_EVERY
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = listener.next() => listener.drain(),
                _ = tokio::time::timeout(wait, std::future::pending::<()>()) => {}
            }
        }
    }

    /// Sends one batch of what is due; `None` if nothing may go now.
    pub async fn pass(&self) -> Result<Option<usize>, DbError> {
        let now = self.clock.now();
        let claimed = self
            .db
            .transaction(async |conn| {
                if store::next_due(conn).await?.is_none_or(|due| due > now) {
                    return Ok(Vec::new());
                }
                let free = self.pace.look(conn, now).await?.min(BATCH);
                if free == 0 {
                    return Ok(Vec::new());
                }
                let claimed = store::claim(conn, free, now).await?;
                self.pace.take(conn, claimed.len(), now).await?;
                Ok::<_, DbError>(claimed)
            })
            .await?;
        if claimed.is_empty() {
            return Ok(None);
        }
        let count = claimed.len();
        futures::stream::iter(claimed)
            .for_each_concurrent(None, |email| async move {
                if let Err(error) = self.send(&email).await {
                    // Its lease ends, and it is sent again with the same key.
                    tracing::warn!(email = %email.id, %error, "what became of an email could not be noted");
                }
            })
            .await;
        Ok(Some(count))
    }

    /// How long nothing is to be done, as far as can be known.
    async fn pause(&self) -> Duration {
        let now = self.clock.now();
        let look = async {
            let mut conn = self.db.conn().await?;
            let due = store::next_due(&mut conn).await?;
            let allowed = self.pace.wait(&mut conn, now).await?;
            Ok::<_, DbError>(due.map(|due| (due - now).max(allowed)))
        };
        match look.await {
            Ok(Some(wait)) => {
                wait.to_std().unwrap_or_default().clamp(Duration::from_millis(5), AT_LEAST_EVERY)
            }
            _ => AT_LEAST_EVERY,
        }
    }

    async fn send(&self, email: &Claimed) -> Result<(), DbError> {
        let span = tracing::info_span!("send_email", email = %email.id, template = email.template, attempt = email.attempts);
        if let Some(traceparent) = &email.traceparent {
            telemetry::propagation::set_parent(&span, traceparent);
        }
        async {
            let fate = self.try_once(email).await?;
            let now = self.clock.now();
            self.db.transaction(async |conn| store::settle(conn, email, &fate, now).await).await?;
            self.counters.count(email, &fate, now);
            match &fate {
                Fate::Sent { .. } => tracing::info!("email sent"),
                Fate::Retry { error, due_at } => {
                    tracing::warn!(error, %due_at, "email not sent, again later")
                }
                Fate::Dead { error } => tracing::error!(error, "email given up"),
                Fate::Withheld => tracing::info!("email not sent: test mode"),
            }
            Ok(())
        }
        .instrument(span)
        .await
    }

    async fn try_once(&self, email: &Claimed) -> Result<Fate, DbError> {
        if !self.audience.includes(&email.recipient) {
            return Ok(Fate::Withheld);
        }
        let now = self.clock.now();
        if email.attempts > 1 && now >= email.give_up_at {
            let error = "given up after 24 hours: another try could arrive twice".to_owned();
            return Ok(Fate::Dead { error });
        }
        let mail = match self.rendered(email).await? {
            Ok(mail) => mail,
            Err(fate) => return Ok(fate),
        };
        let answer = self.provider.send(email.id, &email.recipient, mail).await;
        Ok(match answer {
            Answer::Accepted { id } => Fate::Sent { provider_id: id },
            Answer::Refused(error) => Fate::Dead { error },
            Answer::Later(error) => later(email, self.clock.now(), backoff(email.attempts), error),
            Answer::Throttled { wait } => {
                let now = self.clock.now();
                let wait = TimeDelta::from_std(wait).unwrap_or(FIRST_PAUSE);
                self.pace.hold(&mut *self.db.conn().await?, now + wait).await?;
                later(email, now, wait, format!("429: the provider asks for {} s", wait.num_seconds()))
            }
        })
    }

    async fn rendered(
        &self,
        email: &Claimed,
    ) -> Result<Result<crate::notifications::render::Rendered, Fate>, DbError> {
        let now = self.clock.now();
        let Some(kind) = Template::from_code(&email.template) else {
            return Ok(Err(Fate::Dead { error: format!("unknown template {}", email.template) }));
        };
        let lang = email.language.parse::<Language>().unwrap_or_default();
        let (contact, mode) = (self.provider.contact(), self.mode);
        let written = match email.event_id {
            None => of_account(&email.payload, lang, contact, mode),
            Some(id) => {
                let mut conn = self.db.conn().await?;
                let Some(event) = find(&mut conn, Which::Id(id)).await? else {
                    let error = "its event is not known here (yet)".to_owned();
                    return Ok(Err(later(email, now, backoff(email.attempts), error)));
                };
                render(kind, &email.payload, lang, &event, contact, mode)
            }
        };
        Ok(written.map_err(|error| match error {
            RenderError::Payload(_) => Fate::Dead { error: error.to_string() },
            // A template of ours: a new release mends it, within the day.
            RenderError::Template(_) => later(email, now, backoff(email.attempts), error.to_string()),
        }))
    }
}

/// Again after `pause`, unless that is too late.
fn later(email: &Claimed, now: DateTime<Utc>, pause: TimeDelta, error: String) -> Fate {
    let due_at = now + pause;
    if due_at >= email.give_up_at {
        return Fate::Dead { error: format!("given up after 24 hours: {error}") };
    }
    Fate::Retry { due_at, error }
}

/// One second, doubled with each try, up to ten minutes; a random half of it is left off, so that a backlog
/// does not come back all at once.
fn backoff(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    let full = (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE);
    let mut bytes = [0_u8; 2];
    // Without randomness the pause is merely less spread.
    let _ = getrandom::fill(&mut bytes);
    let share = i32::from(u16::from_be_bytes(bytes) >> 1);
    full / 2 + full / 2 * share / 32_768
}

#[cfg(test)]
mod tests {
    use super::backoff;
    use chrono::TimeDelta;

    #[test]
    fn pauses_double_up_to_ten_minutes_and_are_spread() {
        for (attempt, seconds) in [(1, 1), (2, 2), (5, 16), (12, 600), (i32::MAX, 600)] {
            let pause = backoff(attempt);
            assert!(pause >= TimeDelta::seconds(seconds) / 2, "{attempt}: {pause}");
            assert!(pause <= TimeDelta::seconds(seconds), "{attempt}: {pause}");
        }
    }
}
