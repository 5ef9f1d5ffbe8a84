//! The rows of a night's page: ticket types as a guest reads them. The page shows them once, and [`super::live`] again when
//! they change: both from the same two templates, so that they can't differ.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::event::terms::TicketKind;
use domain::ids::TicketTypeId;
use domain::language::Language;
use serde::Serialize;
use sha2::{Digest, Sha256};
use ui::{Shell, Site, format, text};

use super::amounts::{self, AmountField};
use super::list_page::{State, state};
use super::night::{CurrentTier, Night, Offer, OnSale};

/// Below this many the page says how many there are.
const FEW: i64 = 20;
/// Fewer than this are said to whoever listens, once more.
const LAST: i64 = 5;

/// A ticket type as a guest reads it.
pub(super) struct Row<'a> {
    pub kind: &'a OnSale,
    pub price: String,
    pub note: String,
    pub few_left: String,
    /// The early price, how long it lasts.
    pub tier: String,
    /// What one purchase is, where it is not simply a ticket.
    pub extra: String,
    pub limit: String,
    /// How many the guest had chosen.
    pub value: String,
    /// Where guests name the price: its field, with what the club suggests.
    pub amount: Option<AmountField>,
    pub most: i64,
    pub state: State,
    /// Whether there is a line to stand in for it.
    pub waits: bool,
    /// Changes with what is worth saying aloud: on sale or not, the price, the first and the last few.
    pub mark: String,
}

/// A row of `night` with what the guest had chosen of it.
pub(super) fn row<'a>(
    kind: &'a OnSale,
    night: &Night,
    lang: Language,
    value: String,
    now: DateTime<Utc>,
) -> Row<'a> {
    let offer = kind.offer(now);
    let free = kind.price.is_zero();
    let most = kind.most();
    let few = offer == Offer::Open && kind.available <= FEW;
    Row {
        price: price(kind, lang, free),
        note: if kind.fee && kind.priced.terms.guest_price.is_none() {
            text(lang, "shared-incl-fee", &[])
        } else {
            String::new()
        },
        few_left: if few {
            text(lang, "purchase-few-left", &[("count", &kind.available)])
        } else {
            String::new()
        },
        tier: kind.tier.as_ref().map(|tier| tier_line(tier, lang, night)).unwrap_or_default(),
        extra: extra(kind, lang, night),
        limit: limit(kind, lang, most),
        value,
        amount: amounts::suggested(kind, night, lang, now),
        state: state(offer, lang, night),
        most,
        waits: offer == Offer::SoldOut && kind.priced.terms.stands_alone(),
        mark: mark(kind, offer),
        kind,
    }
}

/// What stands as the price: where guests name it, that they do.
fn price(kind: &OnSale, lang: Language, free: bool) -> String {
    match kind.priced.terms.guest_price {
        Some(_) => text(lang, "purchase-guest-price", &[]),
        None if free => text(lang, "shared-free", &[]),
        None => format::money(lang, kind.price_with_fee),
    }
}

fn mark(kind: &OnSale, offer: Offer) -> String {
    let tier = kind.tier.as_ref().map_or("", |tier| tier.name.as_str());
    let few = match (offer, kind.available) {
        (Offer::Open, ..=LAST) => "last",
        (Offer::Open, ..=FEW) => "few",
        _ => "",
    };
    format!("{}|{}|{tier}|{few}", offer.code(), kind.price_with_fee.minor())
}

/// How few and how many one order may hold. The last places may be fewer than the club's minimum: then they may all be bought.
fn limit(kind: &OnSale, lang: Language, most: i64) -> String {
    let fewest = i64::from(kind.min_per_order).min(most);
    let fewest = (fewest > 1).then(|| text(lang, "purchase-minimum", &[("fewest", &fewest)]));
    let most = Some(text(lang, "purchase-limit", &[("most", &most)]));
    [fewest, most].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// "Early bird · 12 left · until Friday 20:00".
fn tier_line(tier: &CurrentTier, lang: Language, night: &Night) -> String {
    let left = tier.left.map(|left| text(lang, "purchase-tier-left", &[("count", &left)]));
    let until = tier.until.map(|until| {
        text(lang, "purchase-tier-until", &[("when", &format::date_time(lang, until, night.tz))])
    });
    [Some(tier.name.clone()), left, until].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn extra(kind: &OnSale, lang: Language, night: &Night) -> String {
    let terms = &kind.priced.terms;
    let group = (terms.places > 1).then(|| text(lang, "purchase-group-of", &[("count", &terms.places)]));
    let add_on = (terms.kind == TicketKind::AddOn).then(|| text(lang, "purchase-add-on", &[]));
    let most = terms.max_per_guest.map(|most| text(lang, "purchase-per-guest", &[("most", &most)]));
    let needs = terms
        .needs
        .as_ref()
        .map(|needs| text(lang, "purchase-needs", &[("name", &needs.name), ("serves", &needs.serves)]));
    let again = (terms.kind == TicketKind::Entry).then(|| reentry(terms.entries, lang));
    let hour = |key: &str, at: DateTime<Utc>| text(lang, key, &[("time", &format::hour(lang, at, night.tz))]);
    let from = terms.admit_from.map(|at| hour("purchase-entry-from", at));
    let until = terms.admit_until.map(|at| hour("purchase-entry-until", at));
    let moves = terms.rotating_code.then(|| text(lang, "purchase-code-moves", &[]));
    [from, until, group, add_on, needs, most, again, moves]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Whether who went out comes in again.
fn reentry(entries: Option<u16>, lang: Language) -> String {
    match entries {
        None => text(lang, "purchase-entries-any", &[]),
        Some(..=1) => text(lang, "purchase-entries-once", &[]),
        Some(counted) => text(lang, "purchase-entries-counted", &[("count", &i64::from(counted))]),
    }
}

impl Row<'_> {
    /// Differs when a guest would read something else.
    pub(super) fn print(&self) -> String {
        let (id, most) = (self.kind.id.to_string(), self.most.to_string());
        let amount = self.amount.as_ref().map(|amount| format!("{} {}", amount.hint, amount.value));
        let amount = amount.unwrap_or_default();
        let texts = [
            &id,
            &self.kind.name,
            &self.kind.description,
            &self.price,
            &self.note,
            &self.few_left,
            &self.tier,
            &self.extra,
            &self.limit,
            &self.state.word,
            &most,
            &amount,
        ];
        print_of(texts.into_iter())
    }

    /// One sentence for who listens to the page.
    fn said(&self) -> String {
        let rest = if self.state.open {
            vec![&self.price, &self.tier, &self.few_left]
        } else {
            vec![&self.state.word]
        };
        let rest: Vec<&str> = rest.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        format!("{}: {}", self.kind.name, rest.join(" · "))
    }
}

/// A short name for some texts in their order.
pub(crate) fn print_of(texts: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_ref().as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}

/// A row as the stream tells it: what stands in it, and what the page's script has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    pub id: TicketTypeId,
    /// What it is: HTML.
    pub main: String,
    /// How many of it, or why none: HTML.
    pub end: String,
    /// The field for its price, where guests name it: HTML; else empty.
    pub amount: String,
    pub open: bool,
    pub most: i64,
    pub mark: String,
    pub said: String,
    #[serde(skip)]
    pub print: String,
}

#[derive(Template)]
#[template(path = "catalog/offer_main.html")]
struct MainPart<'a> {
    row: &'a Row<'a>,
}

#[derive(Template)]
#[template(path = "catalog/offer_end_alone.html")]
struct EndPart<'a> {
    row: &'a Row<'a>,
    shell: &'a Shell,
}

#[derive(Template)]
#[template(path = "catalog/amount_alone.html")]
struct AmountPart<'a> {
    amount: &'a AmountField,
}

/// Every row of a night, hidden types too, as a guest reads them in a language.
pub(super) fn shown(
    night: &Night,
    lang: Language,
    links: &ui::Links,
    now: DateTime<Utc>,
) -> Result<Vec<Shown>, askama::Error> {
    let shell = Shell::new(Site::Tickets, lang, night.title.clone(), links);
    let shown = |kind: &OnSale| -> Result<Shown, askama::Error> {
        let row = row(kind, night, lang, "0".to_owned(), now);
        let amount = row.amount.as_ref().map(|amount| AmountPart { amount }.render()).transpose()?;
        Ok(Shown {
            id: kind.id,
            amount: amount.unwrap_or_default(),
            main: MainPart { row: &row }.render()?,
            end: EndPart { row: &row, shell: &shell }.render()?,
            open: row.state.open,
            most: row.most,
            said: row.said(),
            print: row.print(),
            mark: row.mark,
        })
    };
    night.types.iter().map(shown).collect()
}
