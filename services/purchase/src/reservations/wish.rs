//! A booking as it was sent, judged by its shape alone: every fault named by its field.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::name::is_legible;
use domain::reservation::LARGEST_PARTY;
use sha2::{Digest, Sha256};
use ui::text;
use uuid::Uuid;

use crate::checkout::wish::{Asked, Complaint, Wish};
use crate::inventory::{HoldRequest, TableWish};

/// The longest occasion, and the longest name of a host, in characters.
pub const LONGEST_LINE: usize = 100;
/// The longest wish, in characters.
pub const LONGEST_WISH: usize = 500;
/// Most bottles of one kind.
const MOST_BOTTLES: i64 = 50;
/// Most kinds of bottles.
const MOST_KINDS: usize = 50;

/// What was sent, as text: nothing is known about it yet.
#[derive(Debug, Clone, Default)]
pub struct BookingWish {
    /// UUID or slug of the night.
    pub event: String,
    /// UUID of the table.
    pub table: String,
    /// The booker's name.
    pub name: String,
    /// The booker's email.
    pub email: String,
    /// How many come; `None` if it was no whole number.
    pub party: Option<i64>,
    /// When they come; `None` if it was no time.
    pub arrives_at: Option<DateTime<Utc>>,
    /// What they celebrate; empty for nothing.
    pub occasion: String,
    /// What they ask of the club; empty for nothing.
    pub wish: String,
    /// By whom they would like to be looked after; empty for nobody.
    pub host: String,
    /// Bottles by their UUID, and how many; `None` if that was no whole number.
    pub preorder: Vec<(String, Option<i64>)>,
    /// Opens a private night; empty for none.
    pub access_code: String,
    /// The language of page and mail.
    pub language: Language,
}

impl BookingWish {
    /// The request for the hold engine, or all that is wrong.
    pub fn judge(&self, key: &str) -> Result<HoldRequest, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let party = self.party.and_then(|party| u32::try_from(party).ok());
        let party = party.filter(|party| (1..=LARGEST_PARTY).contains(party));
        if party.is_none() {
            complaints.push(complaint("party", "invalid_party"));
        }
        if self.arrives_at.is_none() {
            complaints.push(complaint("arrives_at", "invalid_arrival"));
        }
        let occasion = line(&self.occasion, "occasion", &mut complaints);
        let host = line(&self.host, "host", &mut complaints);
        let wish = self.wish.replace("\r\n", "\n").trim().to_owned();
        if wish.chars().count() > LONGEST_WISH || !wish.lines().all(is_legible) {
            complaints.push(complaint("wish", "invalid_text"));
        }
        let preorder = self.preorder(&mut complaints);
        let ordered = Wish {
            event: self.event.clone(),
            items: vec![Asked::of(self.table.clone(), Some(1))],
            name: self.name.clone(),
            email: self.email.clone(),
            access_code: self.access_code.clone(),
            language: self.language,
            ..Wish::default()
        };
        let hold = match ordered.judge(key) {
            Ok(hold) => hold,
            Err(found) => {
                complaints.extend(found.into_iter().map(of_table));
                return Err(complaints);
            }
        };
        match (party, self.arrives_at) {
            (Some(party), Some(arrives_at)) if complaints.is_empty() => {
                let wish = with_host(&host, wish, self.language);
                Ok(with_table(
                    hold,
                    TableWish { party, arrives_at, occasion, wish, preorder, approval: None },
                ))
            }
            _ => Err(complaints),
        }
    }

    /// Each bottle once, in the order first named.
    fn preorder(&self, complaints: &mut Vec<Complaint>) -> Vec<(Uuid, u32)> {
        let mut ordered: Vec<(Uuid, u32)> = Vec::new();
        if self.preorder.len() > MOST_KINDS {
            complaints.push(complaint("preorder", "invalid_quantity"));
            return ordered;
        }
        for (at, (bottle, quantity)) in self.preorder.iter().enumerate() {
            let fits = quantity.filter(|quantity| (1..=MOST_BOTTLES).contains(quantity));
            let quantity = fits.and_then(|fits| u32::try_from(fits).ok());
            let bottle = bottle.parse::<Uuid>();
            if bottle.is_err() {
                complaints.push(complaint(&format!("preorder[{at}].bottle"), "unknown_bottle"));
            }
            if quantity.is_none() {
                complaints.push(complaint(&format!("preorder[{at}].quantity"), "invalid_quantity"));
            }
            let (Ok(bottle), Some(quantity)) = (bottle, quantity) else { continue };
            match ordered.iter_mut().find(|(known, _)| *known == bottle) {
                Some((_, so_far)) => *so_far = so_far.saturating_add(quantity),
                None => ordered.push((bottle, quantity)),
            }
        }
        ordered
    }
}

/// One line of text, without its ends.
fn line(sent: &str, field: &str, complaints: &mut Vec<Complaint>) -> String {
    let sent = sent.trim();
    if sent.chars().count() > LONGEST_LINE || !is_legible(sent) {
        complaints.push(complaint(field, "invalid_text"));
    }
    sent.to_owned()
}

/// A host is a wish among others until the club says who it is.
fn with_host(host: &str, wish: String, language: Language) -> String {
    if host.is_empty() {
        return wish;
    }
    let asked = text(language, "booking-host-asked", &[("name", &host)]);
    if wish.is_empty() { asked } else { format!("{asked}\n{wish}") }
}

/// The same request for a table. What makes it this booking is part of what its key stands for.
fn with_table(hold: HoldRequest, table: TableWish) -> HoldRequest {
    let at = table.arrives_at.timestamp_millis();
    let asked = (table.party, at, &table.occasion, &table.wish, &table.preorder);
    let mut fingerprint = Sha256::new();
    fingerprint.update(&hold.fingerprint);
    fingerprint.update(serde_json::to_vec(&asked).unwrap_or_default());
    HoldRequest { fingerprint: fingerprint.finalize().to_vec(), table: Some(table), ..hold }
}

/// A table is asked for by its own field.
fn of_table(found: Complaint) -> Complaint {
    match found.field.as_str() {
        "items[0].ticket_type" => complaint("table", "unknown_table"),
        _ => found,
    }
}

fn complaint(field: &str, code: &'static str) -> Complaint {
    Complaint { field: field.to_owned(), code }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> BookingWish {
        BookingWish {
            event: "friday".to_owned(),
            table: Uuid::from_u128(7).to_string(),
            name: "Ana López".to_owned(),
            email: "ana@example.org".to_owned(),
            party: Some(6),
            arrives_at: DateTime::from_timestamp(1_800_000_000, 0),
            ..BookingWish::default()
        }
    }

    fn wrong(wish: &BookingWish) -> Vec<(String, &'static str)> {
        let complaints = wish.judge("key").expect_err("something is wrong");
        complaints.into_iter().map(|found| (found.field, found.code)).collect()
    }

    #[test]
    fn a_booking_is_one_table_and_what_its_party_wishes() {
        let bottle = Uuid::from_u128(9);
        let ordered = (bottle.to_string(), Some(2));
        let sent = BookingWish {
            occasion: " Birthday ".to_owned(),
            wish: "By the stage\r\nplease".to_owned(),
            host: "Leo".to_owned(),
            preorder: vec![ordered.clone(), ordered],
            ..wish()
        };
        let hold = sent.judge("key").expect("a request");
        assert_eq!(hold.items.len(), 1);
        assert_eq!(hold.items[0].quantity, 1);
        let table = hold.table.expect("a table");
        assert_eq!((table.party, table.occasion.as_str()), (6, "Birthday"));
        assert!(table.wish.contains("Leo") && table.wish.ends_with("By the stage\nplease"), "{}", table.wish);
        assert_eq!(table.preorder, [(bottle, 4)]);
    }

    #[test]
    fn another_party_is_another_booking() {
        let fingerprint = |wish: BookingWish| wish.judge("key").expect("a request").fingerprint;
        assert_eq!(fingerprint(wish()), fingerprint(wish()));
        assert_ne!(fingerprint(wish()), fingerprint(BookingWish { party: Some(7), ..wish() }));
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        for party in [None, Some(0), Some(-1), Some(101), Some(i64::MAX)] {
            assert_eq!(wrong(&BookingWish { party, ..wish() }), [("party".to_owned(), "invalid_party")]);
        }
        let torn = BookingWish {
            table: "12".to_owned(),
            email: "nobody".to_owned(),
            arrives_at: None,
            occasion: "x".repeat(101),
            wish: "\u{202e}".to_owned(),
            preorder: vec![("x".to_owned(), Some(0))],
            ..wish()
        };
        let fields: Vec<String> = wrong(&torn).into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            [
                "arrives_at",
                "occasion",
                "wish",
                "preorder[0].bottle",
                "preorder[0].quantity",
                "table",
                "buyer.email"
            ]
        );
    }
}
