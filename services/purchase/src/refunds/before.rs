//! Before a refund is asked for once more: what Stripe holds of its payment by now.
//!
//! A refund that failed, or whose answer was lost, may have been made in the meantime: by our own call, or by a person in Stripe's
//! dashboard. Sent again without a look it would be paid twice. So Stripe's list is held against the books: what was made is
//! taken for it, and money that went back there and that the books did not count on stops it, until a person has looked and has it
//! made again.

use chrono::{DateTime, TimeDelta, Utc};
use db::DbError;
use domain::money::{Currency, Money};

use super::store::{self, KnownRefund, RefundRow};
use crate::Shop;
use crate::payments::stripe::{RefundAnswer, RefundState, Trouble};

/// Stripe forgets a key after 24 hours: from then on we look the refund up before we ask for it.
const KEY_LIVES: TimeDelta = TimeDelta::hours(23);

/// What the look came to.
#[derive(Debug)]
pub(super) enum Found {
    /// It was made.
    Made(RefundAnswer),
    /// Nothing stands in its way.
    Nothing,
    /// Money went back that it may have been meant for: a person decides.
    Doubt {
        /// For the person.
        why: String,
        /// What the books do not know.
        unknown: Vec<RefundAnswer>,
    },
}

/// Asks Stripe what became of a refund, or whether it may be sent. The inner error: not now.
pub(super) async fn look(
    shop: &Shop,
    refund: &RefundRow,
    intent: &str,
) -> Result<Result<Found, Trouble>, DbError> {
    if let Some(known) = &refund.stripe_refund {
        return Ok(shop.stripe.refund_now(known).await.map(Found::Made));
    }
    if is_fresh(refund, shop.clock.now()) {
        return Ok(Ok(Found::Nothing));
    }
    let made = match shop.stripe.refunds_of(intent).await {
        Ok(made) => made,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let mut conn = shop.db.conn().await?;
    let known = store::known_at_stripe(&mut conn, made.iter().map(|made| made.id.clone()).collect()).await?;
    let captured = store::captured(&mut conn, intent).await?;
    Ok(Ok(judge(refund, captured, made, &known)))
}

/// Whether Stripe has not heard of it yet.
fn is_fresh(refund: &RefundRow, now: DateTime<Utc>) -> bool {
    refund.refusals == 0 && refund.tries < 2 && now < refund.created_at + KEY_LIVES
}

fn judge(refund: &RefundRow, captured: i64, made: Vec<RefundAnswer>, known: &[KnownRefund]) -> Found {
    let this =
        |made: &RefundAnswer| made.ours == Some(refund.key()) && !refund.failed_before.contains(&made.id);
    if let Some(found) = made.iter().find(|made| this(made)) {
        return Found::Made(found.clone());
    }
    let live: Vec<RefundAnswer> =
        made.into_iter().filter(|made| !matches!(made.state, RefundState::Failed(_))).collect();
    let left = captured - live.iter().map(|made| made.amount_minor).sum::<i64>();
    let by_hand: Vec<RefundAnswer> = live.into_iter().filter(|made| made.ours.is_none()).collect();
    let booked =
        |made: &RefundAnswer| known.iter().find(|known| known.stripe_refund.as_ref() == Some(&made.id));
    // What the books know was there when somebody last said that this refund is owed; later ones nobody has weighed.
    let since = refund.retried_at.unwrap_or(refund.created_at);
    let later = by_hand.iter().filter(|made| booked(made).is_some_and(|known| known.made_after(since)));
    let later: i64 = later.map(|made| made.amount_minor).sum();
    let unknown: Vec<RefundAnswer> = by_hand.iter().filter(|made| booked(made).is_none()).cloned().collect();
    if let Some(same) = unknown.iter().find(|made| made.amount_minor == refund.money_minor()) {
        return Found::Made(same.clone());
    }
    let strange = later + unknown.iter().map(|made| made.amount_minor).sum::<i64>();
    let said = |minor| amount(minor, &refund.currency);
    let why = if left < refund.money_minor() {
        format!(
            "not sent: {} are left of this payment at Stripe, and {} are to go back. See there what went back by hand",
            said(left),
            said(refund.money_minor())
        )
    } else if strange > 0 {
        format!(
            "not sent: {} of this payment went back at Stripe by hand meanwhile. If that was other money, have this made again",
            said(strange)
        )
    } else {
        return Found::Nothing;
    };
    Found::Doubt { why, unknown }
}

/// Money in a sentence for staff.
pub(super) fn amount(minor: i64, currency: &str) -> String {
    currency
        .parse::<Currency>()
        .map_or_else(|_| format!("{minor} {currency}"), |known| Money::new(minor, known).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::RefundId;
    use uuid::Uuid;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    /// Seven euros that Stripe refused once; a person said at minute 10 that they are owed all the same.
    fn owed() -> RefundRow {
        RefundRow {
            id: Uuid::from_u128(7),
            order: Uuid::nil(),
            payment: Some(Uuid::nil()),
            payment_intent: Some("pi_1".to_owned()),
            channel: "online".to_owned(),
            scope: "amount".to_owned(),
            amount_minor: 700,
            fees_minor: 0,
            tax_minor: 0,
            currency: "EUR".to_owned(),
            reason: "staff".to_owned(),
            state: "pending".to_owned(),
            anyway: false,
            stripe_refund: None,
            tries: 1,
            refusals: 1,
            failed_before: vec!["re_old".to_owned()],
            problem: None,
            created_at: at(0),
            retried_at: Some(at(10)),
            credit_minor: 0,
            as_credit: false,
        }
    }

    fn made(id: &str, amount_minor: i64, ours: Option<u128>, state: RefundState) -> RefundAnswer {
        RefundAnswer {
            id: id.to_owned(),
            ours: ours.map(|id| RefundId::from_uuid(Uuid::from_u128(id))),
            payment_intent: Some("pi_1".to_owned()),
            amount_minor,
            currency: "EUR".to_owned(),
            state,
        }
    }

    fn known(id: &str, minute: i64) -> KnownRefund {
        KnownRefund {
            stripe_refund: Some(id.to_owned()),
            reason: "at_stripe".to_owned(),
            created_at: at(minute),
        }
    }

    fn found(made: Vec<RefundAnswer>, known: &[KnownRefund]) -> String {
        match judge(&owed(), 2100, made, known) {
            Found::Made(answer) => answer.id,
            Found::Nothing => "send".to_owned(),
            Found::Doubt { unknown, .. } => format!("doubt {}", unknown.len()),
        }
    }

    #[test]
    fn only_what_nobody_has_paid_is_sent_again() {
        let ok = || RefundState::Succeeded;
        let failed = || RefundState::Failed("no".to_owned());
        assert_eq!(found(vec![], &[]), "send");
        assert_eq!(found(vec![made("re_old", 700, Some(7), failed())], &[]), "send", "that failed before");
        assert_eq!(found(vec![made("re_new", 700, Some(7), ok())], &[]), "re_new", "our own call was heard");
        assert_eq!(found(vec![made("re_hand", 700, None, ok())], &[]), "re_hand", "a person made it");
        assert_eq!(found(vec![made("re_hand", 700, None, failed())], &[]), "send");
        assert_eq!(found(vec![made("re_other", 500, Some(8), ok())], &[]), "send", "another of ours");
        assert_eq!(found(vec![made("re_hand", 500, None, ok())], &[]), "doubt 1");
        assert_eq!(found(vec![made("re_other", 1500, Some(8), ok())], &[]), "doubt 0", "600 are left");
    }

    #[test]
    fn who_asked_again_had_seen_what_was_on_the_books() {
        let hand = || vec![made("re_hand", 700, None, RefundState::Succeeded)];
        assert_eq!(found(hand(), &[known("re_hand", 5)]), "send");
        assert_eq!(found(hand(), &[known("re_hand", 15)]), "doubt 0");
    }
}
