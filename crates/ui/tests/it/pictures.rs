//! Posters grow the same from the same seed; QR codes carry what they were given.

use proptest::prelude::*;
use ui::poster::{self, Shape};
use ui::qr;
use uuid::Uuid;

const SHAPES: [Shape; 3] = [Shape::Portrait, Shape::Wide, Shape::Banner];

#[test]
fn a_poster_is_the_same_every_time_and_another_for_another_night() {
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for shape in SHAPES {
        assert_eq!(poster::svg(one, "Low Light", "Fri", shape), poster::svg(one, "Low Light", "Fri", shape));
        assert_ne!(poster::svg(one, "Low Light", "Fri", shape), poster::svg(two, "Low Light", "Fri", shape));
    }
}

#[test]
fn neighbouring_ids_do_not_all_look_alike() {
    let colours: std::collections::BTreeSet<_> =
        (0..24).map(|n| poster::colours(Uuid::from_u128(n))).collect();
    assert!(colours.len() >= 6, "{colours:?}");
}

#[test]
fn a_poster_is_small_enough_to_stand_six_times_on_a_page() {
    let svg = poster::svg(
        Uuid::from_u128(3),
        "Salón Hibisco: all night long",
        "Sun 22 Nov, 22:00",
        Shape::Portrait,
    );
    assert!(svg.len() < 24 * 1024, "{} bytes", svg.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_title_makes_a_sound_picture(seed: u128, title in "\\PC{0,120}") {
        for shape in SHAPES {
            let svg = poster::svg(Uuid::from_u128(seed), &title, &title, shape);
            prop_assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
            // Whatever the title says, it stays text.
            prop_assert!(!svg.contains("<script"));
            prop_assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
        }
    }
}

#[test]
fn a_hostile_title_stays_text() {
    let svg = poster::svg(Uuid::nil(), "\"><script>alert(1)</script>Я", "<b>", Shape::Wide);
    assert!(!svg.contains("<script") && !svg.to_lowercase().contains("<b>"), "{svg}");
}

#[test]
fn svg_and_png_show_the_same_modules() {
    let text = "NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH";
    let modules = qr::modules(text).unwrap();
    let bytes = qr::png(text).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.width as usize, (modules.side + 8) * 8);
    for (index, dark) in modules.dark.iter().enumerate() {
        let (x, y) = ((index % modules.side + 4) * 8 + 4, (index / modules.side + 4) * 8 + 4);
        let white = pixels[y * frame.line_size + x / 8] >> (7 - x % 8) & 1 == 1;
        assert_eq!(white, !dark, "module {index}");
    }
    let squares: usize = modules.dark.iter().filter(|dark| **dark).count();
    let svg = qr::svg(text).unwrap();
    let drawn: usize =
        svg.split('h').skip(1).filter_map(|run| run.split('v').next()?.parse::<usize>().ok()).sum();
    // The white ground is the one other run, as wide as the whole picture.
    assert_eq!(drawn, squares + modules.side + 8);
}

#[test]
fn base45_travels_in_the_smaller_alphanumeric_mode() {
    let letters = "NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH".repeat(5);
    assert!(qr::modules(&letters).unwrap().side < qr::modules(&letters.to_lowercase()).unwrap().side);
}

#[test]
fn too_much_text_is_said_so() {
    assert_eq!(qr::svg(&"A".repeat(5000)), Err(qr::TooLong));
    assert_eq!(qr::png(&"A".repeat(5000)), Err(qr::TooLong));
}
