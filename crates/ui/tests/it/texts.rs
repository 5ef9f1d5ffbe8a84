//! Both languages say the same things with the same arguments.

use std::collections::{BTreeMap, BTreeSet};

use domain::language::Language;
use fluent_templates::fluent_bundle::FluentResource;

use crate::{files_below, here, page_templates};

/// Message (or `message.attribute`) → the arguments it names.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn messages(lang: &str, file: &str) -> Messages {
    let source = std::fs::read_to_string(here().join("locales").join(lang).join(file)).unwrap_or_default();
    if let Err((_, faults)) = FluentResource::try_new(source.clone()) {
        panic!("{lang}/{file}: {faults:?}");
    }
    let mut messages = Messages::new();
    let (mut message, mut current) = (String::new(), String::new());
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let name = |text: &str| text.split_once(" =").map(|(name, _)| name.trim().to_owned());
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            message = name(line).unwrap_or_default();
            current.clone_from(&message);
        } else if let Some(attribute) = line.trim_start().strip_prefix('.') {
            current = format!("{message}.{}", name(attribute).unwrap_or_default());
        }
        let arguments = messages.entry(current.clone()).or_default();
        arguments.extend(line.split('$').skip(1).map(|rest| {
            rest.chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
                .collect()
        }));
    }
    messages.remove("");
    messages
}

fn rooms() -> BTreeSet<String> {
    let files = files_below(&here().join("locales"));
    files.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    for room in rooms() {
        assert_eq!(
            messages("en", &room),
            messages("es", &room),
            "{room} differs between English and Spanish"
        );
    }
}

#[test]
fn keys_begin_with_the_name_of_their_room() {
    for room in rooms() {
        let prefix = format!("{}-", room.trim_end_matches(".ftl"));
        for key in messages("en", &room).keys() {
            assert!(key.starts_with(&prefix), "{key} in {room} must begin with {prefix}");
        }
    }
}

#[test]
fn every_error_has_its_three_parts() {
    let shared = messages("en", "shared.ftl");
    let errors = shared.keys().filter(|key| key.starts_with("shared-error-") && !key.contains('.'));
    for key in errors.filter(|key| *key != "shared-error-reference") {
        for part in ["meaning", "next"] {
            assert!(shared.contains_key(&format!("{key}.{part}")), "{key} lacks .{part}");
        }
    }
}

#[test]
fn no_text_shouts_or_blames() {
    for room in rooms() {
        for lang in ["en", "es"] {
            let source = std::fs::read_to_string(here().join("locales").join(lang).join(&room)).unwrap();
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                let said = line.split_once(" = ").map_or(line, |(_, said)| said).to_lowercase();
                for word in ["!", "oops", "invalid ", "inválid"] {
                    assert!(!said.contains(word), "{lang}/{room}: {word:?} in {line:?}");
                }
            }
        }
    }
}

#[test]
fn every_text_a_template_names_exists() {
    let known: Vec<String> = rooms().iter().flat_map(|room| messages("en", room).into_keys()).collect();
    let mut missing = Vec::new();
    for (path, template) in page_templates() {
        for call in ["shell.t(\"", "shell.t1(\"", "shell.t2(\""] {
            for rest in template.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                if !known.iter().any(|name| name == key) {
                    missing.push(format!("{}: {key}", path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "texts that no file has: {missing:#?}");
}

#[test]
fn plural_forms_follow_the_number() {
    assert_eq!(ui::text(Language::En, "shared-tickets", &[("count", &1)]), "1 ticket");
    assert_eq!(ui::text(Language::Es, "shared-tickets", &[("count", &3)]), "3 entradas");
}

#[test]
fn an_unknown_key_is_shown_as_itself() {
    assert_eq!(ui::text(Language::Es, "shared-no-such-text", &[]), "shared-no-such-text");
}
