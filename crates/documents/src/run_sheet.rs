//! A night's tables on paper, for who serves them: who comes when, to which table, and what is still owed.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::mode::Mode;
use serde::Serialize;
use ui::text;

use crate::DocumentError;
use crate::press::{self, Sheet};

/// A night's tables. Every word comes in written.
#[derive(Debug, Clone)]
pub struct RunSheet {
    /// The reader's language.
    pub language: Language,
    /// Whether the night is real; the sheet of one of test mode says on every page that it is not.
    pub mode: Mode,
    /// The club's name.
    pub club: String,
    /// Which night.
    pub title: String,
    /// When it is.
    pub line: String,
    /// What its tables come to.
    pub sums: String,
    /// What stands over the ten columns, in the order of [`RunSheetRow`]'s fields; the last column is written in by hand.
    pub head: [String; 10],
    /// The parties, in the order in which they stand.
    pub rows: Vec<RunSheetRow>,
    /// What stands there without a party.
    pub empty: String,
    /// At the foot of each page.
    pub footer: String,
    /// When the file is made.
    pub made_at: DateTime<Utc>,
}

/// A party.
#[derive(Debug, Clone, Serialize)]
pub struct RunSheetRow {
    /// When it comes.
    pub arrives: String,
    /// What is written on its tables.
    pub table: String,
    /// Who booked, and how many they are.
    pub who: Vec<String>,
    /// What there is to celebrate, and what they wish for.
    pub wishes: Vec<String>,
    /// What they ordered beforehand.
    pub bottles: Vec<String>,
    /// What they spend at least.
    pub minimum: String,
    /// What is paid of it.
    pub deposit: String,
    /// What is still owed.
    pub balance: String,
    /// Who looks after them, and who brought them.
    pub by: Vec<String>,
}

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    /// What the band over a sheet of test mode says; empty on a real one.
    test: String,
    club: &'a str,
    title: &'a str,
    line: &'a str,
    sums: &'a str,
    head: &'a [String],
    rows: &'a [RunSheetRow],
    empty: &'a str,
    footer: &'a str,
}

/// One PDF, A4 lying on its long side.
///
/// Errors: [`DocumentError::Press`], which no input should bring about.
pub fn run_sheet_pdf(sheet: &RunSheet) -> Result<Vec<u8>, DocumentError> {
    let data = Page {
        lang: sheet.language.code(),
        test: if sheet.mode.is_test() {
            text(sheet.language, "documents-test-dossier", &[])
        } else {
            String::new()
        },
        club: &sheet.club,
        title: &sheet.title,
        line: &sheet.line,
        sums: &sheet.sums,
        head: &sheet.head,
        rows: &sheet.rows,
        empty: &sheet.empty,
        footer: &sheet.footer,
    };
    press::pdf(Sheet {
        template: press::RUN_SHEET,
        data: &data,
        pictures: Vec::new(),
        made_at: sheet.made_at,
    })
}
