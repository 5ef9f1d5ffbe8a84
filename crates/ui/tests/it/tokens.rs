//! The palette can be read: WCAG 2.2 contrast of every pair that stands on each other.

use std::collections::HashMap;

fn tokens(selector: &str) -> HashMap<String, String> {
    let css = std::fs::read_to_string(crate::here().join("assets/tokens.css")).unwrap();
    let mut found: HashMap<String, String> = HashMap::new();
    // Every theme starts from the dark one and replaces some of it.
    for start in [":root {", selector] {
        let block = css.split(start).nth(1).unwrap().split('}').next().unwrap();
        for line in block.lines().filter_map(|line| line.trim().strip_prefix("--")) {
            let (name, value) = line.split_once(':').unwrap();
            found.insert(name.to_owned(), value.trim().trim_end_matches(';').to_owned());
        }
    }
    found
}

fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(first: &str, second: &str) -> f64 {
    let (first, second) = (luminance(first), luminance(second));
    (first.max(second) + 0.05) / (first.min(second) + 0.05)
}

const THEMES: [&str; 3] = [":root {", ":root[data-theme=\"desk\"] {", ":root:root {"];

#[test]
fn texts_stand_out_from_every_surface() {
    for theme in THEMES {
        let tokens = tokens(theme);
        for text in ["text", "text-quiet", "good", "attention", "refusal"] {
            for surface in ["ground", "raised", "raised-2"] {
                let ratio = contrast(&tokens[text], &tokens[surface]);
                assert!(ratio >= 4.5, "{theme} {text} on {surface}: {ratio:.2}");
            }
        }
        for (text, surface) in [
            ("on-action", "action"),
            ("on-action", "action-hover"),
            ("on-refusal", "refusal"),
            ("on-attention", "attention"),
        ] {
            let ratio = contrast(&tokens[text], &tokens[surface]);
            assert!(ratio >= 4.5, "{theme} {text} on {surface}: {ratio:.2}");
        }
    }
}

#[test]
fn edges_of_fields_can_be_seen() {
    for theme in THEMES {
        let tokens = tokens(theme);
        for surface in ["ground", "raised"] {
            let ratio = contrast(&tokens["line-strong"], &tokens[surface]);
            assert!(ratio >= 3.0, "{theme} line-strong on {surface}: {ratio:.2}");
        }
    }
}

#[test]
fn the_dark_theme_is_the_brand() {
    let tokens = tokens(":root {");
    let brand = [
        ("ground", "#0c0f0d"),
        ("action", "#9be564"),
        ("attention", "#ffb454"),
        ("refusal", "#ff5c7a"),
        ("text", "#f4efe6"),
        ("text-quiet", "#a9b3ab"),
    ];
    for (name, colour) in brand {
        assert_eq!(tokens[name], colour, "{name}");
    }
}
