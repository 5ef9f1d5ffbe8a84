//! What a guest's bank reads.

use documents::{DocumentError, Dossier, DossierPart, dossier_pdf};
use domain::language::Language;
use domain::mode::Mode;

use crate::paper::{leave, squeeze, words};
use crate::{NAMES, at};

fn dossier(names: &[&str], rows: usize) -> Dossier {
    let row = |n: usize| {
        let name = names[n % names.len()];
        ["Fri 27 Nov, 23:41".to_owned(), format!("Came in, {name}"), format!("ticket {n}")]
    };
    Dossier {
        language: Language::En,
        mode: Mode::Live,
        club: "Maguey".to_owned(),
        title: "Evidence for order K7M2QX9P".to_owned(),
        line: "dp_1QtestOfADispute".to_owned(),
        facts: vec![("Guest".to_owned(), names.join(" · ")), ("Disputed".to_owned(), "42.00 €".to_owned())],
        parts: vec![
            DossierPart {
                title: "At the door".to_owned(),
                rows: (0..rows).map(row).collect(),
                empty: "None of these tickets was scanned.".to_owned(),
            },
            DossierPart {
                title: "Emails".to_owned(),
                rows: Vec::new(),
                empty: "No email was sent.".to_owned(),
            },
        ],
        footer: "Made on Sat 28 Nov.".to_owned(),
        made_at: at("2026-11-28T10:00:00Z"),
    }
}

#[test]
fn it_says_every_fact_and_everything_that_happened() {
    let pdf = dossier_pdf(&dossier(&["Ana Torres"], 3)).unwrap();
    leave(&pdf, "dossier.pdf");
    let pages = words(&pdf);
    assert_eq!(pages.len(), 1);
    for what in [
        "Evidence for order K7M2QX9P",
        "dp_1QtestOfADispute",
        "42.00 €",
        "Came in, Ana Torres",
        "ticket 2",
        "No email was sent.",
        "Made on Sat 28 Nov.",
    ] {
        assert!(pages[0].contains(&squeeze(what)), "{what} in {}", pages[0]);
    }
    assert!(!pages[0].contains(&squeeze("was scanned")), "there are scans");
}

#[test]
fn one_of_test_mode_says_so_on_every_page_in_the_readers_language_and_a_real_one_on_none() {
    let real = words(&dossier_pdf(&dossier(&["Ana Torres"], 120)).unwrap());
    assert!(real.iter().all(|page| !page.contains("TEST")), "{real:?}");
    for (language, band) in [(Language::En, "TEST · Nothing here was real"), (Language::Es, "PRUEBA")] {
        let tried = Dossier { language, mode: Mode::Test, ..dossier(&["Ana Torres"], 120) };
        let pdf = dossier_pdf(&tried).unwrap();
        leave(&pdf, &format!("dossier-test-{}.pdf", language.code()));
        let pages = words(&pdf);
        assert!(pages.len() > 1, "{}", pages.len());
        for page in pages {
            assert!(page.contains(&squeeze(band)), "{band} in {page}");
        }
    }
}

#[test]
fn many_rows_go_on_over_pages_and_names_stay_what_they_are() {
    let pdf = dossier_pdf(&dossier(&["#panic()", "*bold* _it_"], 120)).unwrap();
    let pages = words(&pdf);
    assert!(pages.len() > 1, "{}", pages.len());
    let all = pages.concat();
    assert!(all.contains(&squeeze("Came in, #panic()")) && all.contains(&squeeze("ticket 119")), "{all}");
    dossier_pdf(&dossier(&NAMES, 8)).unwrap();
}

#[test]
fn without_a_fact_there_is_no_paper() {
    let empty = Dossier { facts: Vec::new(), ..dossier(&["Ana"], 1) };
    assert!(matches!(dossier_pdf(&empty), Err(DocumentError::Nothing)));
}
