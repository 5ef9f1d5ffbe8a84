//! A settlement on paper: what the signed file says, in words.

use chrono_tz::Tz;
use documents::{Dossier, DossierPart};
use domain::language::Language;
use domain::mode::Mode;
use domain::money::{Currency, Money};
use domain::settlement::{Settlement, SignedSettlement};
use ui::{format, text};

/// The paper of a signed settlement. The desk's mode is that of its books: no service takes the other's orders.
pub(super) fn of(signed: &SignedSettlement, lang: Language, mode: Mode) -> Dossier {
    let settlement = &signed.settlement;
    let t = |key: &str| text(lang, key, &[]);
    let zone: Tz = settlement.time_zone.parse().unwrap_or(Tz::UTC);
    let mut facts = vec![
        (t("settlement-number"), settlement.number.clone()),
        (t("settlement-night"), format::night(lang, settlement.starts_at, settlement.ends_at, zone)),
        (t("settlement-made-by"), settlement.made_by.clone()),
        (t("settlement-made-at"), format::date_time(lang, settlement.made_at, zone)),
    ];
    let read = settlement.stripe_read_at.map(|at| format::date_time(lang, at, zone));
    facts.push((t("settlement-stripe-read"), read.unwrap_or_else(|| t("settlement-stripe-unread"))));
    if let Some(replaced) = &settlement.replaces {
        facts.push((t("settlement-replaces"), replaced.clone()));
    }
    facts.push((t("settlement-key"), signed.public_key.clone()));
    facts.push((t("settlement-signature"), signed.signature.clone()));
    Dossier {
        language: lang,
        mode,
        club: t("shared-club"),
        title: t("settlement-title"),
        line: settlement.title.clone(),
        facts,
        parts: vec![
            types(settlement, lang),
            money(settlement, lang),
            accounts(settlement, lang),
            differences(settlement, lang),
        ],
        footer: format!("{} · {}", settlement.number, settlement.title),
        made_at: settlement.made_at,
    }
}

fn part(lang: Language, title: &str, rows: Vec<[String; 3]>, empty: &str) -> DossierPart {
    let empty = if empty.is_empty() { String::new() } else { text(lang, empty, &[]) };
    DossierPart { title: text(lang, title, &[]), rows, empty }
}

fn amount(settlement: &Settlement, lang: Language, minor: i64) -> String {
    let currency: Currency = settlement.currency.parse().unwrap_or(Currency::Eur);
    format::money(lang, Money::new(minor, currency))
}

fn types(settlement: &Settlement, lang: Language) -> DossierPart {
    let rows = settlement.types.iter().map(|line| {
        let sold = text(
            lang,
            "settlement-sold",
            &[("sold", &line.sold), ("returned", &line.returned), ("comps", &line.comps)],
        );
        let came = text(lang, "settlement-came", &[("came", &line.came)]);
        [line.name.clone(), sold, format!("{came} · {}", amount(settlement, lang, line.gross_minor))]
    });
    part(lang, "settlement-types", rows.collect(), "")
}

fn money(settlement: &Settlement, lang: Language) -> DossierPart {
    let money = &settlement.money;
    let lines = [
        ("gross", money.gross_minor),
        ("discounts", money.discounts_minor),
        ("fees", money.fees_minor),
        ("tax", money.tax_minor),
        ("refunds", money.refunds_minor),
        ("disputes", money.disputes_minor),
        ("dispute-fees", money.dispute_fees_minor),
        ("cash", money.cash_minor),
        ("card", money.card_minor),
        ("transfer", money.transfer_minor),
        ("credits", money.credits_minor),
        ("stripe-fees", money.stripe_fees_minor),
        ("paid-out", money.paid_out_minor),
        ("stripe-holds", money.stripe_holds_minor),
        ("ledger", money.ledger_minor),
        ("stripe", money.stripe_minor),
    ];
    let row = |(key, minor): (&str, i64)| {
        [text(lang, &format!("settlement-money-{key}"), &[]), amount(settlement, lang, minor), String::new()]
    };
    part(lang, "settlement-money", lines.into_iter().map(row).collect(), "")
}

fn accounts(settlement: &Settlement, lang: Language) -> DossierPart {
    let rows = settlement
        .accounts
        .iter()
        .map(|line| [line.account.clone(), amount(settlement, lang, line.amount_minor), String::new()]);
    part(lang, "settlement-accounts", rows.collect(), "settlement-accounts-none")
}

fn differences(settlement: &Settlement, lang: Language) -> DossierPart {
    let rows = settlement.differences.iter().map(|one| {
        let key = format!("books-why-{}", one.why.replace('_', "-"));
        let why = ui::try_text(lang, &key, &[]).unwrap_or_else(|| one.why.clone());
        [one.reference.clone(), amount(settlement, lang, one.amount_minor), why]
    });
    part(lang, "settlement-differences", rows.collect(), "settlement-differences-none")
}
