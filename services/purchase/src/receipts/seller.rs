//! Who sells, as the tax office knows the club, and on whose calendar its receipts are numbered. Without it there are no
//! receipts.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use settings::Reader;

/// The club on its receipts. Each receipt keeps what was set when it got its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Legal name.
    pub legal_name: String,
    /// Address, line by line.
    pub address: Vec<String>,
    /// Tax number, as printed.
    pub tax_id: String,
    /// Where questions go.
    pub contact: Option<String>,
    /// Its calendar.
    pub zone: Tz,
}

impl Seller {
    /// Reads the environment: all of it or nothing.
    pub fn read(reader: &mut Reader) -> Option<Arc<Self>> {
        let name: Option<String> = reader.optional(NAME.0, NAME.1);
        let address: Option<String> = reader.optional(ADDRESS.0, ADDRESS.1);
        let tax_id: Option<String> = reader.optional(TAX_ID.0, TAX_ID.1);
        let zone: Option<Tz> = reader.optional(ZONE.0, ZONE.1);
        let contact: Option<String> =
            reader.optional("SELLER_CONTACT", "where questions about a receipt go, printed on it");
        let set = [name.is_some(), address.is_some(), tax_id.is_some(), zone.is_some()];
        if set.contains(&true) {
            for ((variable, purpose), _) in
                [NAME, ADDRESS, TAX_ID, ZONE].into_iter().zip(set).filter(|(_, set)| !set)
            {
                reader.fault(variable, purpose, "is missing, and others of the seller's details are set");
            }
        }
        let address = address?.split('|').map(|line| line.trim().to_owned()).collect();
        Some(Arc::new(Self { legal_name: name?, address, tax_id: tax_id?, contact, zone: zone? }))
    }

    /// A day on its calendar.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The year whose series an instant belongs to.
    pub fn year(&self, at: DateTime<Utc>) -> i32 {
        self.day(at).year()
    }
}

const NAME: (&str, &str) = ("SELLER_NAME", "the club's legal name, for receipts");
const ADDRESS: (&str, &str) = ("SELLER_ADDRESS", "its address, for receipts: lines with | between");
const TAX_ID: (&str, &str) = ("SELLER_TAX_ID", "its tax number, for receipts");
const ZONE: (&str, &str) = ("SELLER_TIME_ZONE", "whose calendar receipts are dated and numbered by");

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [(&str, &str); 4] = [
        ("SELLER_NAME", "Agave Nights SL"),
        ("SELLER_ADDRESS", "Calle del Agave 12 | 28004 Madrid"),
        ("SELLER_TAX_ID", "ES B12345678"),
        ("SELLER_TIME_ZONE", "Europe/Madrid"),
    ];

    #[test]
    fn the_details_are_whole_or_absent() {
        let mut none = Reader::from_pairs::<&str, &str>([]);
        assert!(Seller::read(&mut none).is_none() && none.finish(()).is_ok());
        let mut half = Reader::from_pairs(WHOLE.into_iter().take(2));
        let read = Seller::read(&mut half);
        let faults = half.finish(read).expect_err("half a seller");
        assert_eq!(faults.names().collect::<Vec<_>>(), ["SELLER_TAX_ID", "SELLER_TIME_ZONE"]);
        let seller = Seller::read(&mut Reader::from_pairs(WHOLE)).expect("a seller");
        assert_eq!(seller.address, ["Calle del Agave 12", "28004 Madrid"]);
    }

    #[test]
    fn the_year_is_the_seller_s_own() {
        let seller = Seller::read(&mut Reader::from_pairs(WHOLE)).expect("a seller");
        let late: DateTime<Utc> = "2026-12-31T23:30:00Z".parse().expect("a time");
        assert_eq!((seller.year(late), seller.day(late).to_string()), (2027, "2027-01-01".to_owned()));
    }
}
