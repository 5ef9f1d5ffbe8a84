//! What a host carries through the night.

use documents::{RunSheet, RunSheetRow, run_sheet_pdf};
use domain::language::Language;
use domain::mode::Mode;

use crate::paper::{leave, squeeze, words};
use crate::{NAMES, at};

fn sheet(names: &[&str], rows: usize) -> RunSheet {
    let row = |n: usize| RunSheetRow {
        arrives: "00:30".to_owned(),
        table: format!("T{n}"),
        who: vec![names[n % names.len()].to_owned(), "8 people".to_owned()],
        wishes: vec!["Birthday".to_owned(), "Near the stage".to_owned()],
        bottles: vec!["2 × Mezcal".to_owned()],
        minimum: "1,000.00 €".to_owned(),
        deposit: "100.00 €".to_owned(),
        balance: "900.00 €".to_owned(),
        by: vec!["Host: Marta".to_owned()],
    };
    RunSheet {
        language: Language::En,
        mode: Mode::Live,
        club: "Maguey".to_owned(),
        title: "Tables: Noche de Mezcal".to_owned(),
        line: "Fri 27 Nov".to_owned(),
        sums: "3 parties".to_owned(),
        head: ["Arrives", "Table", "Who", "Wishes", "Bottles", "Minimum", "Deposit", "Owed", "Host", "Tab"]
            .map(str::to_owned),
        rows: (0..rows).map(row).collect(),
        empty: "Nobody has a table.".to_owned(),
        footer: "Made Fri 27 Nov, 18:00".to_owned(),
        made_at: at("2026-11-27T17:00:00Z"),
    }
}

#[test]
fn it_says_of_each_party_what_who_serves_it_has_to_know() {
    let pdf = run_sheet_pdf(&sheet(&["Ana Torres"], 3)).unwrap();
    leave(&pdf, "run-sheet.pdf");
    let pages = words(&pdf);
    assert_eq!(pages.len(), 1);
    for what in
        ["00:30", "T2", "Ana Torres", "Near the stage", "2 × Mezcal", "1,000.00", "Host: Marta", "Tab"]
    {
        assert!(pages[0].contains(&squeeze(what)), "{what} in {}", pages[0]);
    }
    assert!(!pages[0].contains(&squeeze("Nobody has")), "{}", pages[0]);
}

#[test]
fn many_parties_go_on_over_pages_each_with_its_headings_its_number_and_its_time() {
    let pages = words(&run_sheet_pdf(&sheet(&["#panic()", "*bold* _it_"], 60)).unwrap());
    assert!(pages.len() > 1, "{}", pages.len());
    for (n, page) in pages.iter().enumerate() {
        let number = format!("{}·{}", n + 1, pages.len());
        for what in ["Arrives", "Made Fri 27 Nov, 18:00", &number] {
            assert!(page.contains(&squeeze(what)), "{what} in {page}");
        }
    }
    let all = pages.concat();
    assert!(all.contains("#panic()") && all.contains("T59"), "{all}");
    run_sheet_pdf(&sheet(&NAMES, 8)).unwrap();
}

#[test]
fn a_night_without_tables_says_so_and_one_of_test_mode_that_it_is_not_real() {
    let none = words(&run_sheet_pdf(&sheet(&["Ana"], 0)).unwrap()).concat();
    assert!(none.contains(&squeeze("Nobody has a table.")) && !none.contains("TEST"), "{none}");
    let tried = RunSheet { mode: Mode::Test, ..sheet(&["Ana"], 60) };
    for page in words(&run_sheet_pdf(&tried).unwrap()) {
        assert!(page.contains("TEST"), "{page}");
    }
}
