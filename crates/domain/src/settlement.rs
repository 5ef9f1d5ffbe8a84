//! The settlement of a night: what it sold, what came in and went back, and where the money is; numbered, and signed by the club, so
//! that nobody can change a word of it unseen.
//!
//! What is signed is the settlement as this crate writes it: a file that says more, less or something else is refused, whatever
//! it looks like. All amounts are minor units of one currency.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// Stands before what is signed, so that the signature of anything else is none of a settlement.
const MARK: &[u8] = b"maguey settlement 1\n";

/// A night's settlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// `S2026-000001`: one series a year, without a gap.
    pub number: String,
    /// The settlement of the same night that this one stands for from now on.
    pub replaces: Option<String>,
    /// The night's key.
    pub event: String,
    /// Its title.
    pub title: String,
    /// When it began.
    pub starts_at: DateTime<Utc>,
    /// When it was over.
    pub ends_at: DateTime<Utc>,
    /// Of which zone.
    pub time_zone: String,
    /// Of all amounts.
    pub currency: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// When Stripe's balance was read: its fees and payouts are as of then; none where it never was.
    pub stripe_read_at: Option<DateTime<Utc>>,
    /// What was sold.
    pub types: Vec<TypeLine>,
    /// What it came to.
    pub money: NightMoney,
    /// Every account of the ledger, debit positive.
    pub accounts: Vec<AccountLine>,
    /// Orders on which ledger and Stripe differ, each with its name; none where they are equal.
    pub differences: Vec<NamedDifference>,
}

/// A ticket type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeLine {
    /// Its name.
    pub name: String,
    /// Tickets sold, those that went back among them.
    pub sold: i64,
    /// Of those, what went back, or was exchanged for a ticket of another type.
    pub returned: i64,
    /// Tickets given away.
    pub comps: i64,
    /// Tickets whose guest came.
    pub came: i64,
    /// What it was sold for, before discounts.
    pub gross_minor: i64,
}

/// What a night came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightMoney {
    /// Tickets at the price of their sale, before discounts.
    pub gross_minor: i64,
    /// What codes took off; negative.
    pub discounts_minor: i64,
    /// Service fees.
    pub fees_minor: i64,
    /// Tax, in the prices or on top.
    pub tax_minor: i64,
    /// What went back to guests of what was sold, in money or as credit; negative. Payments that became no order are not in it.
    pub refunds_minor: i64,
    /// What guests' banks took, less what they gave back; negative.
    pub disputes_minor: i64,
    /// What Stripe took for those; negative.
    pub dispute_fees_minor: i64,
    /// Cash at the venue.
    pub cash_minor: i64,
    /// Cards at the venue.
    pub card_minor: i64,
    /// Paid to guests by transfer, where Stripe could not; negative.
    pub transfer_minor: i64,
    /// Paid with credits, less what went back as such; negative where guests left more with the club than they spent.
    pub credits_minor: i64,
    /// What Stripe keeps of payments; negative.
    pub stripe_fees_minor: i64,
    /// What Stripe has paid out to the bank of this night.
    pub paid_out_minor: i64,
    /// What of this night Stripe still holds.
    pub stripe_holds_minor: i64,
    /// What the ledger says came to Stripe, before Stripe's fees for payments.
    pub ledger_minor: i64,
    /// What Stripe says.
    pub stripe_minor: i64,
}

/// An account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    /// Its name.
    pub account: String,
    /// Debit positive.
    pub amount_minor: i64,
}

/// An order on which ledger and Stripe differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDifference {
    /// Its reference.
    pub reference: String,
    /// Stripe less ledger.
    pub amount_minor: i64,
    /// Why, as the page of the books calls it.
    pub why: String,
}

/// A settlement with the club's signature: the file that an owner keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedSettlement {
    /// What is signed.
    pub settlement: Settlement,
    /// The public half of the key, base64.
    pub public_key: String,
    /// Ed25519, base64.
    pub signature: String,
}

/// Why a file is not a settlement that the club signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// It is no settlement, or says more than one.
    #[error("this is not a settlement's file: {0}")]
    Unreadable(String),
    /// The key or the signature is none.
    #[error("its key or its signature is malformed")]
    Malformed,
    /// Somebody else signed it.
    #[error("another key signed it: {0}")]
    OtherKey(String),
    /// It was changed after it was signed.
    #[error("the signature does not fit: the file was changed after it was signed")]
    Changed,
}

impl Settlement {
    fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = MARK.to_vec();
        serde_json::to_writer(&mut bytes, self)?;
        Ok(bytes)
    }

    /// Whether ledger and Stripe are equal to the cent, order by order.
    pub fn is_equal(&self) -> bool {
        self.money.ledger_minor == self.money.stripe_minor && self.differences.is_empty()
    }

    /// Signs it.
    pub fn sign(self, key: &SigningKey) -> Result<SignedSettlement, serde_json::Error> {
        let signature = key.sign(&self.bytes()?);
        Ok(SignedSettlement {
            settlement: self,
            public_key: STANDARD.encode(key.verifying_key().to_bytes()),
            signature: STANDARD.encode(signature.to_bytes()),
        })
    }
}

impl SignedSettlement {
    /// Reads a file, and refuses one that is not as it was signed. With `key` (base64), also one that another key signed.
    pub fn read(text: &str, key: Option<&str>) -> Result<Self, NotSigned> {
        let read: Self =
            serde_json::from_str(text).map_err(|error| NotSigned::Unreadable(error.to_string()))?;
        read.check()?;
        match key {
            Some(key) if key.trim() != read.public_key => Err(NotSigned::OtherKey(read.public_key)),
            _ => Ok(read),
        }
    }

    fn check(&self) -> Result<(), NotSigned> {
        let decoded = |text: &str| STANDARD.decode(text).map_err(|_| NotSigned::Malformed);
        let key: [u8; 32] = decoded(&self.public_key)?.try_into().map_err(|_| NotSigned::Malformed)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| NotSigned::Malformed)?;
        let signature =
            Signature::from_slice(&decoded(&self.signature)?).map_err(|_| NotSigned::Malformed)?;
        let bytes = self.settlement.bytes().map_err(|error| NotSigned::Unreadable(error.to_string()))?;
        key.verify_strict(&bytes, &signature).map_err(|_| NotSigned::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> SignedSettlement {
        let at = DateTime::from_timestamp(1_795_822_200, 123_456_000).expect("in range");
        let settlement = Settlement {
            number: "S2026-000001".to_owned(),
            replaces: None,
            event: "0199".to_owned(),
            title: "Noche".to_owned(),
            starts_at: at,
            ends_at: at,
            time_zone: "Europe/Madrid".to_owned(),
            currency: "EUR".to_owned(),
            made_by: "Olga".to_owned(),
            made_at: at,
            stripe_read_at: None,
            types: vec![TypeLine {
                name: "Regular".to_owned(),
                sold: 3,
                returned: 1,
                comps: 0,
                came: 2,
                gross_minor: 6000,
            }],
            money: NightMoney {
                gross_minor: 6000,
                discounts_minor: 0,
                fees_minor: 300,
                tax_minor: 0,
                refunds_minor: -2100,
                disputes_minor: 0,
                dispute_fees_minor: 0,
                cash_minor: 0,
                card_minor: 0,
                transfer_minor: 0,
                credits_minor: 0,
                stripe_fees_minor: -145,
                paid_out_minor: 0,
                stripe_holds_minor: 4055,
                ledger_minor: 4200,
                stripe_minor: 4200,
            },
            accounts: Vec::new(),
            differences: Vec::new(),
        };
        settlement.sign(&SigningKey::from_bytes(&[7; 32])).expect("it can be written")
    }

    #[test]
    fn what_was_signed_is_read_however_it_is_laid_out() {
        let signed = signed();
        let (flat, laid_out) = (serde_json::to_string(&signed), serde_json::to_string_pretty(&signed));
        for text in [flat.expect("JSON"), laid_out.expect("JSON")] {
            assert_eq!(SignedSettlement::read(&text, Some(&signed.public_key)).as_ref(), Ok(&signed));
        }
    }

    #[test]
    fn what_was_changed_or_added_or_signed_by_another_is_refused() {
        let signed = signed();
        let text = serde_json::to_string(&signed).expect("JSON");
        let changed = text.replace("\"fees_minor\":300", "\"fees_minor\":301");
        assert_ne!(changed, text);
        assert_eq!(SignedSettlement::read(&changed, None), Err(NotSigned::Changed));
        let added = text.replace("\"discounts_minor\"", "\"note\":1,\"discounts_minor\"");
        assert!(matches!(SignedSettlement::read(&added, None), Err(NotSigned::Unreadable(_))));
        let other = STANDARD.encode(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
        let theirs = NotSigned::OtherKey(signed.public_key.clone());
        assert_eq!(SignedSettlement::read(&text, Some(&other)), Err(theirs));
        let stolen = text.replace(&signed.public_key, &other);
        assert_eq!(SignedSettlement::read(&stolen, None), Err(NotSigned::Changed));
        assert_eq!(
            SignedSettlement::read(&text.replace(&signed.signature, "AAAA"), None),
            Err(NotSigned::Malformed)
        );
    }
}
