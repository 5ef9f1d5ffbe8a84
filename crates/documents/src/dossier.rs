//! A dossier: facts and what happened, on plain pages, for a reader outside the club: the bank of a guest who disputes a payment.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::mode::Mode;
use serde::Serialize;
use ui::text;

use crate::DocumentError;
use crate::press::{self, Sheet};

/// Facts and what happened. Every word comes in written.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The reader's language.
    pub language: Language,
    /// Whether what it tells of was real; one of test mode says on every page that it was not.
    pub mode: Mode,
    /// The club's name.
    pub club: String,
    /// What it is about.
    pub title: String,
    /// A line below the title; may be empty.
    pub line: String,
    /// Label and value; at least one.
    pub facts: Vec<(String, String)>,
    /// What happened, part by part.
    pub parts: Vec<DossierPart>,
    /// At the foot of each page; may be empty.
    pub footer: String,
    /// When the file is made.
    pub made_at: DateTime<Utc>,
}

/// One part of it.
#[derive(Debug, Clone, Serialize)]
pub struct DossierPart {
    /// Its heading.
    pub title: String,
    /// When, what, and more of it.
    pub rows: Vec<[String; 3]>,
    /// What stands there without a row.
    pub empty: String,
}

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    /// What the band over a dossier of test mode says; empty on a real one.
    test: String,
    club: &'a str,
    title: &'a str,
    line: &'a str,
    facts: &'a [(String, String)],
    parts: &'a [DossierPart],
    footer: &'a str,
}

/// One PDF, A4.
///
/// Errors: [`DocumentError::Nothing`] without a fact.
pub fn dossier_pdf(dossier: &Dossier) -> Result<Vec<u8>, DocumentError> {
    if dossier.facts.is_empty() {
        return Err(DocumentError::Nothing);
    }
    let data = Page {
        lang: dossier.language.code(),
        test: if dossier.mode.is_test() {
            text(dossier.language, "documents-test-dossier", &[])
        } else {
            String::new()
        },
        club: &dossier.club,
        title: &dossier.title,
        line: &dossier.line,
        facts: &dossier.facts,
        parts: &dossier.parts,
        footer: &dossier.footer,
    };
    press::pdf(Sheet {
        template: press::DOSSIER,
        data: &data,
        pictures: Vec::new(),
        made_at: dossier.made_at,
    })
}
