//! A promo as it is entered, through the API or the form, and what may be stored of it: every fault by its field.

use chrono::{DateTime, Utc};
use domain::clock::is_plausible;
use domain::event::draft::FieldFault;
use domain::money::Currency;
use domain::promo::PromoCode;
use domain::quote::Off;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The most codes of one batch: the message that carries them stays well below what NATS takes.
pub const MOST_CODES: u32 = 5000;

/// A promo as entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromoInput {
    /// What staff call it.
    pub name: String,
    /// One code that many may use. Left out for a batch.
    #[serde(default)]
    pub code: Option<String>,
    /// A batch of codes that are good once each. Left out for one code.
    #[serde(default)]
    pub batch: Option<BatchInput>,
    /// What it takes off.
    #[schema(value_type = OffSchema)]
    pub off: Off,
    /// Of its amounts: that of its night; for every night the euro, if left out.
    #[serde(default)]
    pub currency: Option<String>,
    /// The night it is good for; every night if left out.
    #[serde(default)]
    pub event: Option<Uuid>,
    /// The ticket types it is good for; every type if empty.
    #[serde(default)]
    pub ticket_types: Vec<Uuid>,
    /// The least that the tickets it is good for cost, minor units.
    #[serde(default)]
    pub minimum_minor: i64,
    /// First instant at which it is good.
    #[serde(default)]
    pub from: Option<DateTime<Utc>>,
    /// First instant at which it no longer is.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// Orders in all.
    #[serde(default)]
    pub most: Option<i64>,
    /// Orders per email address.
    #[serde(default)]
    pub most_per_guest: Option<i64>,
    /// Whom its sales are credited to.
    #[serde(default)]
    pub promoter: String,
}

/// A batch of codes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchInput {
    /// What each code begins with; may be empty.
    #[serde(default)]
    pub prefix: String,
    /// How many.
    #[schema(minimum = 1, maximum = 5000)]
    pub count: u32,
}

/// Either of the two.
#[derive(Debug, ToSchema)]
#[schema(as = Off)]
#[serde(rename_all = "snake_case")]
pub enum OffSchema {
    /// A share in hundredths of a per cent: 1000 is 10 %.
    BasisPoints(i64),
    /// An amount off the order, minor units.
    Minor(i64),
}

/// What may be stored.
#[derive(Debug, Clone)]
pub struct Plan {
    /// As entered, trimmed.
    pub input: PromoInput,
    /// Of its amounts.
    pub currency: Currency,
    /// The one code, or the batch to be made.
    pub codes: Codes,
}

/// The codes a promo gets.
#[derive(Debug, Clone)]
pub enum Codes {
    /// One, for many.
    One(PromoCode),
    /// Many, each for one.
    Batch(BatchInput),
}

/// Checks everything; all faults at once. A promo for one night counts in the night's currency.
pub fn plan(mut input: PromoInput, of_night: Option<Currency>) -> Result<Plan, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut unless = |fine: bool, field: &str, code: &'static str| {
        if !fine {
            faults.push(FieldFault { field: field.to_owned(), code });
        }
    };
    input.name = input.name.trim().to_owned();
    input.promoter = input.promoter.trim().to_owned();
    let length = input.name.chars().count();
    unless(length > 0, "name", "required");
    unless(length <= 80, "name", "too_long");
    unless(input.promoter.chars().count() <= 80, "promoter", "too_long");
    unless(
        match input.off {
            Off::BasisPoints(points) => (1..=10_000).contains(&points),
            Off::Minor(minor) => (1..=9_999_999).contains(&minor),
        },
        "off",
        "out_of_range",
    );
    unless((0..=99_999_999).contains(&input.minimum_minor), "minimum_minor", "out_of_range");
    let some = |number: Option<i64>| number.is_none_or(|number| (1..=1_000_000).contains(&number));
    unless(some(input.most), "most", "out_of_range");
    unless(some(input.most_per_guest), "most_per_guest", "out_of_range");
    for (field, at) in [("from", input.from), ("until", input.until)] {
        unless(at.is_none_or(is_plausible), field, "out_of_range");
    }
    let ordered = input.from.zip(input.until).is_none_or(|(from, until)| from < until);
    unless(ordered, "until", "invalid_time_range");
    unless(input.ticket_types.is_empty() || input.event.is_some(), "event", "required");
    let unsaid = of_night.unwrap_or(Currency::Eur);
    let currency = input.currency.as_deref().map_or(Ok(unsaid), str::parse);
    unless(currency.is_ok(), "currency", "unknown");
    // In another one it would be good for nothing.
    let other = of_night.zip(currency.clone().ok()).is_some_and(|(night, entered)| night != entered);
    unless(!other, "currency", "currency_mismatch");
    let codes = codes(&input);
    if let Err((field, code)) = &codes {
        unless(false, field, code);
    }
    match (currency, codes) {
        (Ok(currency), Ok(codes)) if faults.is_empty() => Ok(Plan { input, currency, codes }),
        _ => Err(faults),
    }
}

fn codes(input: &PromoInput) -> Result<Codes, (&'static str, &'static str)> {
    match (input.code.as_deref().map(str::trim).filter(|code| !code.is_empty()), &input.batch) {
        (Some(code), None) => code.parse().map(Codes::One).map_err(|_| ("code", "invalid")),
        (None, Some(batch)) if !(1..=MOST_CODES).contains(&batch.count) => {
            Err(("batch.count", "out_of_range"))
        }
        (None, Some(batch)) => match PromoCode::from_random(batch.prefix.trim(), [0; 16]) {
            Ok(_) if batch.prefix.trim().len() <= 20 => Ok(Codes::Batch(batch.clone())),
            _ => Err(("batch.prefix", "invalid")),
        },
        (None, None) => Err(("code", "required")),
        (Some(_), Some(_)) => Err(("code", "duplicate")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Codes, PromoInput, plan};
    use domain::money::Currency;
    use serde_json::{Value, json};

    fn input(change: impl FnOnce(&mut Value)) -> PromoInput {
        let mut json = json!({"name": " Summer ", "code": "summer-26", "off": {"basis_points": 1000}});
        change(&mut json);
        serde_json::from_value(json).expect("a promo")
    }

    #[test]
    fn a_code_is_written_as_it_is_compared() {
        let plan = plan(input(|_| {}), None).expect("no faults");
        assert_eq!(plan.input.name, "Summer");
        assert!(matches!(plan.codes, Codes::One(code) if code.as_str() == "SUMMER-26"));
    }

    #[test]
    fn every_fault_is_named_with_its_field() {
        let faults = plan(
            input(|json| {
                json["name"] = json!(" ");
                json["code"] = json!("no code!");
                json["off"] = json!({"basis_points": 10_001});
                json["minimum_minor"] = json!(-1);
                json["most"] = json!(0);
                json["ticket_types"] = json!(["0199aa00-0000-7000-8000-000000000000"]);
                json["from"] = json!("2026-12-02T00:00:00Z");
                json["until"] = json!("2026-12-01T00:00:00Z");
            }),
            None,
        )
        .expect_err("faults");
        let far = input(|json| json["from"] = json!("-4800-01-01T00:00:00Z"));
        let far: Vec<_> = plan(far, None).expect_err("no database counts so far");
        assert_eq!((far[0].field.as_str(), far[0].code), ("from", "out_of_range"));
        let mut fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["code", "event", "minimum_minor", "most", "name", "off", "until"]);
    }

    #[test]
    fn one_code_or_a_batch_and_not_both() {
        let batch = |count: u32| {
            input(|json| {
                json["code"] = Value::Null;
                json["batch"] = json!({"prefix": "DJ-", "count": count});
            })
        };
        assert!(matches!(plan(batch(500), None).expect("fair").codes, Codes::Batch(_)));
        for (bad, field) in [
            (batch(0), "batch.count"),
            (batch(5001), "batch.count"),
            (input(|json| json["code"] = Value::Null), "code"),
            (input(|json| json["batch"] = json!({"count": 5})), "code"),
        ] {
            assert_eq!(plan(bad, None).expect_err("a fault")[0].field, field);
        }
    }

    #[test]
    fn a_promo_for_a_night_counts_in_its_currency() {
        let said = |code: &str| input(|json| json["currency"] = json!(code));
        let mexican = Some(Currency::Mxn);
        assert_eq!(plan(input(|_| {}), mexican).expect("fair").currency, Currency::Mxn);
        assert_eq!(plan(said("usd"), None).expect("fair").currency, Currency::Usd);
        assert_eq!(plan(said("USD"), mexican).expect_err("a fault")[0].code, "currency_mismatch");
    }
}
