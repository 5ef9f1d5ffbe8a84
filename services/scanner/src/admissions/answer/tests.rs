use super::*;

fn entry(reason: Reason) -> Decided {
    Decided { scan: Uuid::nil(), direction: Direction::Entry, reason }
}

#[test]
fn every_reason_has_a_sentence_and_a_title_in_both_languages() {
    for language in Language::ALL {
        for reason in Reason::ALL.iter().copied() {
            let type_name = Some("Standing".to_owned());
            let said = answer(language, entry(reason), Facts { type_name, ..Facts::default() }).sentence;
            assert!(!said.is_empty() && !said.starts_with("scanner-"), "{} {said}", language.code());
            let title = format!("scanner-title-{}", reason.code().replace('_', "-"));
            assert!(ui::try_text(language, &title, &[]).is_some(), "{} {title}", language.code());
        }
    }
}

#[test]
fn the_times_are_the_venues() {
    let at = "2026-11-20T22:58:00Z".parse().unwrap();
    let first_scan = FirstScanView { at, gate: Uuid::nil(), gate_name: "Main door".into() };
    let facts = Facts { time_zone: "Europe/Madrid".into(), first_scan: Some(first_scan), ..Facts::default() };
    let said = answer(Language::En, entry(Reason::AlreadyInside), facts).sentence;
    assert!(said.contains("23:58") && said.contains("Main door"), "{said}");
    let past_one = "2026-11-21T00:20:00Z".parse().unwrap();
    let facts = Facts { time_zone: "Europe/Madrid".into(), entry_until: past_one, ..Facts::default() };
    let said = answer(Language::Es, entry(Reason::TooLate), facts).sentence;
    assert!(said.contains("a la 01:20."), "{said}");
}

#[test]
fn a_ticket_s_own_cut_off_is_told_before_the_doors() {
    let at = |hour: &str| format!("2026-11-20T{hour}:30:00Z").parse::<DateTime<Utc>>().unwrap();
    let facts = Facts {
        time_zone: "Europe/Madrid".into(),
        entry_from: at("20"),
        entry_until: at("23"),
        admit_until: Some(at("22")),
        ..Facts::default()
    };
    let late = answer(Language::En, entry(Reason::TooLate), facts.clone());
    assert_eq!(late.sentence, "This ticket let in until 23:30 only.");
    assert_eq!(late.entry, Some(EntryTimes { from: at("20"), until: at("22") }));
    assert!(answer(Language::En, entry(Reason::Ok), facts.clone()).entry.is_none());
    let own = Facts { admit_from: Some(at("21")), ..facts.clone() };
    let early = answer(Language::En, entry(Reason::TooEarly), own);
    assert_eq!(early.sentence, "This ticket lets in from 22:30 on.");
    assert_eq!(early.entry, Some(EntryTimes { from: at("21"), until: at("22") }));
    let with_the_doors = Facts { admit_from: Some(at("19")), ..facts.clone() };
    assert_eq!(
        answer(Language::En, entry(Reason::TooEarly), with_the_doors).sentence,
        "Doors open at 21:30."
    );
    let beyond = Facts { admit_until: Some(at("23")), ..facts };
    assert_eq!(answer(Language::En, entry(Reason::TooLate), beyond).sentence, "Entry ended at 00:30.");
}

#[test]
fn going_out_and_being_let_in_all_the_same_have_words_of_their_own() {
    let facts = || Facts { type_name: Some("Standing".into()), ..Facts::default() };
    let out = Decided { direction: Direction::Exit, ..entry(Reason::Ok) };
    let said = answer(Language::En, out, facts());
    assert_eq!((said.sentence.as_str(), said.direction), ("Out: Standing.", "exit"));
    let overridden = Facts { overridden: Some("full".into()), ..facts() };
    let said = answer(Language::Es, entry(Reason::Ok), overridden);
    assert!(said.sentence.contains("encargado") && said.overridden.is_some(), "{said:?}");
}
