//! What the pages say, in the reader's language: Mozilla Fluent files under `locales/{en,es}`, embedded.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::language::Language;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static TEXTS = {
        locales: "locales",
        fallback_language: "en",
        // No invisible isolation marks: both languages run left to right, and tests and copied texts stay clean.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ENGLISH: LanguageIdentifier = langid!("en");
const SPANISH: LanguageIdentifier = langid!("es");

/// A value as Fluent takes it: a text or a number.
pub type Value<'a> = FluentValue<'a>;

/// Anything a text can be given as an argument: strings and whole numbers, by value or by reference.
pub trait Argument {
    /// The value for Fluent. Numbers stay numbers, so that plural forms work.
    fn value(&self) -> Value<'_>;
}

impl Argument for str {
    fn value(&self) -> Value<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> Value<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Argument for Cow<'_, str> {
    fn value(&self) -> Value<'_> {
        FluentValue::from(self.as_ref())
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl Argument for $number {
            fn value(&self) -> Value<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}
whole_numbers!(u8, u16, u32, u64, usize, i32, i64);

/// An argument that was written down as text on its way here. A whole number counts as one again, so that plural forms work.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a>(pub &'a str);

impl Argument for Told<'_> {
    fn value(&self) -> Value<'_> {
        // Only as it would be written: `007` is no number but a name.
        let number = self.0.parse::<i64>().ok().filter(|number| number.to_string() == self.0);
        number.map_or_else(|| FluentValue::from(self.0), FluentValue::from)
    }
}

/// The text for `key`, with its arguments: `text(lang, "shared-tickets", &[("count", &3)])`.
///
/// A key that no file knows comes back as the key itself: visible to a tester, harmless to a guest.
pub fn text(lang: Language, key: &str, args: &[(&'static str, &dyn Argument)]) -> String {
    try_text(lang, key, args).unwrap_or_else(|| key.to_owned())
}

/// Like [`text()`], but `None` when no file knows the key.
pub fn try_text(lang: Language, key: &str, args: &[(&'static str, &dyn Argument)]) -> Option<String> {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.value())).collect();
    TEXTS.try_lookup_complete(&identifier(lang), key, Some(&args))
}

const fn identifier(lang: Language) -> LanguageIdentifier {
    match lang {
        Language::En => ENGLISH,
        Language::Es => SPANISH,
    }
}
