//! Tickets on paper.

use documents::{DocumentError, PrintedTicket, TicketsDocument, tickets_pdf};
use domain::language::Language;
use domain::mode::Mode;

use crate::paper::{draw, leave, squeeze, words};
use crate::{CODE, NAMES, at, eur, night, poster, reference};

const BLANK: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 30 10'></svg>";
const BLACK: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 30 10'><path d='M0 0h30v10H0z'/></svg>";

fn ticket(holder: &str) -> PrintedTicket {
    PrintedTicket {
        ticket_type: "General admission".to_owned(),
        holder: Some(holder.to_owned()),
        price: Some(eur(2450)),
        fee: Some(eur(200)),
        with_tax: true,
        code: CODE.to_owned(),
        moving: None,
        admit_from: None,
        admit_until: None,
    }
}

fn document(language: Language, tickets: Vec<PrintedTicket>) -> TicketsDocument {
    TicketsDocument {
        language,
        mode: Mode::Live,
        club: "Maguey".to_owned(),
        night: night(),
        poster: Some(poster()),
        order: reference(),
        entry_notes: vec![
            "From 18 years, with an identity card.".to_owned(),
            "Last entry at 04:00.".to_owned(),
        ],
        tickets,
        made_at: at("2026-11-20T10:00:00Z"),
    }
}

fn assert_says(page: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(page.contains(&squeeze(sentence)), "{sentence:?} is missing in {page}");
    }
}

#[test]
fn a_page_says_everything_a_guest_needs() {
    let pdf = tickets_pdf(&document(Language::En, vec![ticket("Ana Torres")])).unwrap();
    let pages = words(&pdf);
    assert_eq!(pages.len(), 1);
    assert_says(
        &pages[0],
        &[
            "MAGUEY",
            "Noche de Mezcal",
            "Friday 27 November 2026",
            "Friday night, doors 22:00, until Saturday 06:00",
            "Calle del Agave 12, 28004 Madrid",
            "Madrid time",
            "General admission",
            "Ana Torres",
            "24.50 €",
            "incl. 2.00 € fee and VAT",
            "K7M2QX9P",
            "Ticket 1 of 1",
            "From 18 years, with an identity card.",
            "Last entry at 04:00.",
        ],
    );
    leave(&pdf, "ticket-en.pdf");
}

#[test]
fn a_ticket_of_test_mode_says_so_and_a_scanner_still_reads_it() {
    let test = TicketsDocument { mode: Mode::Test, ..document(Language::En, vec![ticket("Ana Torres")]) };
    let pdf = tickets_pdf(&test).unwrap();
    leave(&pdf, "tickets-test.pdf");
    assert_says(&words(&pdf)[0], &["TEST · Lets nobody in", "Ana Torres"]);
    assert_eq!(words(&pdf).len(), 1);
    assert_eq!(draw(&pdf, 3.0)[0].codes(), [CODE]);
    let real = tickets_pdf(&document(Language::En, vec![ticket("Ana Torres")])).unwrap();
    assert!(!words(&real)[0].contains("TEST"));
}

#[test]
fn spanish_is_spanish() {
    let mut document = document(Language::Es, vec![ticket("Ana Torres")]);
    document.night.starts = at("2026-11-27T23:30:00Z");
    let pdf = tickets_pdf(&document).unwrap();
    let page = &words(&pdf)[0];
    assert_says(
        page,
        &[
            "Viernes 27 de noviembre de 2026",
            "Noche del viernes, puertas a las 00:30 (ya sábado), hasta las 06:00",
            "hora de Madrid",
            "24,50 €",
            "incl. 2,00 € de gestión e IVA",
            "Entrada 1 de 1",
        ],
    );
    leave(&pdf, "ticket-es.pdf");
}

#[test]
fn every_page_carries_its_own_code_and_a_scanner_reads_it() {
    let code = |number: usize| format!("{number}{}", &CODE[1..]);
    let tickets = (0..4).map(|number| PrintedTicket { code: code(number), ..ticket("Ana Torres") });
    let mut document = document(Language::En, tickets.collect());
    let pdf = tickets_pdf(&document).unwrap();
    assert!(pdf.len() < 150_000, "four tickets weigh {} bytes", pdf.len());
    leave(&pdf, "tickets-four.pdf");
    document.poster = None; // a test's build draws it slowly, and no scanner looks at it
    let pages = draw(&tickets_pdf(&document).unwrap(), 1.25);
    assert_eq!(pages.len(), 4);
    for (number, page) in pages.iter().enumerate() {
        assert_eq!(page.codes(), [code(number)]);
    }
}

#[test]
fn what_people_write_stays_what_they_wrote() {
    let tickets =
        NAMES.iter().map(|name| PrintedTicket { ticket_type: format!("Type {name}"), ..ticket(name) });
    let pdf = tickets_pdf(&document(Language::En, tickets.collect())).unwrap();
    let pages = words(&pdf);
    leave(&pdf, "tickets-names.pdf");
    assert_eq!(pages.len(), NAMES.len());
    // The first four are written from left to right in the house's face: the words come out of the file as they went in.
    for (page, name) in pages.iter().zip(&NAMES[..4]) {
        assert_says(page, &[name, &format!("Type {name}")]);
    }
    // The others need another face, or run the other way: each letter is in the file, none is a box.
    for (page, name) in pages.iter().zip(NAMES).skip(4) {
        for letter in squeeze(name).chars() {
            assert!(page.contains(letter), "{letter:?} of {name:?} is missing in {page}");
        }
    }
}

#[test]
fn however_long_the_words_a_ticket_is_one_page_with_a_readable_code() {
    let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(6)[..200].to_owned();
    let spaced = "María del Carmen de los Ángeles ".repeat(7);
    let mut document = document(Language::Es, vec![ticket(&long), ticket(&spaced)]);
    document.tickets[1].ticket_type = long.clone();
    document.night.title = "NOCHE INTERMINABLE DE TODOS LOS AGAVES Y MEZCALES DEL MUNDO CON DJ TAL Y CUAL, SEGUNDA PARTE, VUELTA AL AMANECER HASTA 9".to_owned();
    document.night.venue.clone_from(&long);
    document.night.address.clone_from(&spaced);
    document.entry_notes = vec![spaced.repeat(3), long, "Una nota breve.".to_owned()];
    let pdf = tickets_pdf(&document).unwrap();
    leave(&pdf, "tickets-long.pdf");
    assert_eq!(words(&pdf).len(), 2);
    document.poster = Some(BLACK.to_owned());
    let pages = draw(&tickets_pdf(&document).unwrap(), 1.25);
    assert!(pages.iter().all(|page| page.codes() == [CODE]));
}

#[test]
fn a_picture_that_cannot_be_read_never_costs_the_ticket() {
    let mut document = document(Language::En, vec![ticket("Ana Torres")]);
    for poster in [None, Some("<svg".to_owned()), Some(String::new())] {
        document.poster = poster;
        let pdf = tickets_pdf(&document).unwrap();
        assert_says(&words(&pdf)[0], &["Noche de Mezcal", "Ana Torres"]);
        assert_eq!(draw(&pdf, 1.25)[0].codes(), [CODE]);
    }
}

#[test]
fn a_poster_reads_no_file_of_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.svg");
    std::fs::write(&secret, BLACK).unwrap();
    let blackness = |poster: String| {
        let mut document = document(Language::En, vec![ticket("Ana Torres")]);
        document.poster = Some(poster);
        let page = &draw(&tickets_pdf(&document).unwrap(), 1.0)[0];
        // The middle of the poster's place.
        let band = &page.pixels[page.width * 110..page.width * 200];
        band.iter().filter(|pixel| **pixel < 40).count() * 100 / band.len()
    };
    assert!(blackness(BLACK.to_owned()) > 50, "a black poster is black");
    for address in [secret.display().to_string(), format!("file://{}", secret.display())] {
        let image = format!("<image href='{address}' width='30' height='10'/></svg>");
        // Left out, with the title in its place.
        assert!(blackness(BLANK.replace("</svg>", &image)) < 10, "{address} was drawn");
    }
}

#[test]
fn no_ticket_no_paper_and_a_code_has_to_fit() {
    assert!(matches!(tickets_pdf(&document(Language::En, Vec::new())), Err(DocumentError::Nothing)));
    let huge = PrintedTicket { code: "A".repeat(5000), ..ticket("Ana") };
    assert!(matches!(tickets_pdf(&document(Language::En, vec![huge])), Err(DocumentError::Code(_))));
}

#[test]
fn a_ticket_whose_code_moves_has_none_on_paper_and_says_where_it_is() {
    let page = "https://tickets.maguey.example/tickets/0198c0de?key=abc";
    // Drawn, this one would be refused.
    let moving =
        PrintedTicket { code: "A".repeat(5000), moving: Some(page.to_owned()), ..ticket("Ana Torres") };
    let pdf = tickets_pdf(&document(Language::En, vec![moving, ticket("Bea Ruiz")])).unwrap();
    let pages = words(&pdf);
    assert_says(&pages[0], &["Open your ticket page at the door: the code moves."]);
    assert!(!pages[0].contains(&squeeze("Show this code")), "{pages:?}");
    assert_says(&pages[1], &["Show this code, printed or on your phone."]);
    assert!(!pages[1].contains(&squeeze("the code moves")), "{pages:?}");
}

#[test]
fn the_same_tickets_are_the_same_bytes() {
    let document = document(Language::En, vec![ticket("Ana Torres")]);
    assert_eq!(tickets_pdf(&document).unwrap(), tickets_pdf(&document).unwrap());
}

#[test]
fn a_ticket_of_the_guest_list_says_until_when_it_lets_in() {
    let late = PrintedTicket { admit_until: Some(at("2026-11-20T23:30:00Z")), ..ticket("Ana Torres") };
    for (language, said) in [
        (Language::En, ["Arrive before", "Sat 21 Nov, 00:30"]),
        (Language::Es, ["Llegada antes de", "sáb 21 nov, 00:30"]),
    ] {
        let page = &words(&tickets_pdf(&document(language, vec![late.clone()])).unwrap())[0];
        assert_says(page, &said);
    }
    let page = &words(&tickets_pdf(&document(Language::En, vec![ticket("Ana")])).unwrap())[0];
    assert!(!page.contains(&squeeze("Arrive before")), "{page}");
}

#[test]
fn a_free_ticket_says_free_and_nothing_of_fees() {
    let free = PrintedTicket { price: Some(eur(0)), fee: Some(eur(0)), holder: None, ..ticket("") };
    let page = &words(&tickets_pdf(&document(Language::En, vec![free])).unwrap())[0];
    assert_says(page, &["Free"]);
    assert!(!page.contains("incl.") && !page.contains("0.00"), "{page}");
}
