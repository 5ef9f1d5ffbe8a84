//! What can stand as somebody's name: on a ticket, at the door, in a mail. Names are as people are called, so little is asked of
//! them; but whoever may write what the club prints and mails must not write other people a link, or letters that nobody sees.

/// Longest name, in characters.
pub const LONGEST: usize = 100;

/// Whether it can stand on a ticket. Spaces around it are not part of it.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST && is_legible(text) && !has_link(text)
}

/// Whether it reads as it is written: no character that steers a terminal or breaks a line, that turns the letters around it
/// (Unicode's explicit directions), or that takes no room. Joiners stand where scripts need them: after a letter of a script
/// that joins.
pub fn is_legible(text: &str) -> bool {
    let mut before = None;
    text.chars().all(|letter| {
        let joiner = matches!(letter, '\u{200C}' | '\u{200D}');
        let legible = if joiner { before.is_some_and(joins) } else { !is_hidden(letter) };
        before = Some(letter);
        legible
    })
}

/// Controls, directions, line ends, and what has no width of its own. The selectors that tell kanji apart are none of these.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}')
}

/// Letters and signs of scripts in which a joiner changes what is read: Arabic and its neighbours, and those of India and beyond.
fn joins(letter: char) -> bool {
    matches!(letter,
        '\u{0620}'..='\u{08FF}' | '\u{0900}'..='\u{0DFF}' | '\u{0F40}'..='\u{0FBC}' | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17D3}' | '\u{1820}'..='\u{18AA}' | '\u{1B00}'..='\u{1B7F}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}')
}

/// Ends of host names that are nobody's name, however they are written.
const ENDS: [&str; 8] = ["com", "net", "org", "info", "biz", "xyz", "edu", "gov"];
/// Ends of host names that also end somebody's name: *Ma.Co*, *J.Page*, *Ana.Link*.
const ENDS_IN_SMALL_LETTERS: [&str; 29] = [
    "app", "cc", "click", "club", "co", "dev", "es", "eu", "gg", "icu", "io", "link", "live", "ly", "me",
    "mx", "online", "page", "pro", "ru", "shop", "site", "store", "tk", "top", "tv", "uk", "vip", "website",
];

/// Whether a mail program, or a person, would take a part of it for a link: `http://…`, `www.…`, `club.example/…`, `evil.com`. A
/// full stop alone is none: St. John, St.John, J.R.R., Jr.
fn has_link(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '.' && letter != '-');
    if words.any(is_host) {
        return true;
    }
    let text = text.to_lowercase();
    text.contains("://")
        || text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '.')
            .any(|word| word.strip_prefix("www.").is_some_and(|rest| rest.starts_with(char::is_alphanumeric)))
        || text.match_indices('/').any(|(slash, _)| ends_as_host(&text[..slash]))
}

/// Whether a word is a host's name without more: labels and full stops, and an end that hosts have. Names have capitals and short
/// beginnings: what ends as a name could is a host only in small letters, behind a label longer than an initial or *Ma.*
fn is_host(word: &str) -> bool {
    let mut labels = word.trim_matches(['.', '-']).split('.');
    let mut before = labels.next().unwrap_or_default();
    for label in labels {
        let small = before.chars().count() > 2
            && !before.chars().any(char::is_uppercase)
            && ENDS_IN_SMALL_LETTERS.contains(&label);
        if !before.is_empty() && (small || ENDS.contains(&label.to_lowercase().as_str())) {
            return true;
        }
        before = label;
    }
    false
}

/// Whether it ends with two labels and a full stop between them, and maybe a port: `club.example`, `club.example:80`.
fn ends_as_host(text: &str) -> bool {
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let host = match text.rsplit_once(':') {
        Some((host, port)) if digits(port) => host,
        _ => text,
    };
    let word = host.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '.' && letter != '-').next();
    word.and_then(|word| word.rsplit_once('.')).is_some_and(|(label, end)| {
        let whole = end.starts_with(char::is_alphanumeric) && end.ends_with(char::is_alphanumeric);
        whole && label.ends_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, is_legible, is_name};
    use proptest::prelude::*;

    #[test]
    fn people_are_called_all_kinds_of_things() {
        for name in [
            "O'Neill",
            "José",
            "王",
            "Sammy Davis Jr.",
            "St. John",
            "St.John Smythe",
            "st.john",
            "Ma.Teresa",
            "ma.co",
            "Ma.Co",
            "J.Page",
            "j.page",
            "María.Link",
            "J.R. Smith",
            "J.R.Smith",
            "Ana. Com",
            "Ana.. B",
            "Ma.de los Ángeles",
            "Ana .com",
            "Com Net",
            "J.R.R. Tolkien",
            "Núria Puig i Cadafalch-Söderström",
            "Ana & Bea",
            "Ana/Bea",
            "DJ 50%",
            "Иван Ильич",
            "Nguyễn Văn A",
            "שרה",
            "عبد الله",
            "می\u{200C}خواهم",
            "ක්\u{200D}රිෂාන්",
            "邉\u{E0101}",
            "<script>hit(1)</script>",
            "www",
            "Ms. www Smith",
        ] {
            assert!(is_name(name), "{name}");
        }
        assert!(is_name(&"ñ".repeat(LONGEST)) && !is_name(&"ñ".repeat(LONGEST + 1)));
    }

    #[test]
    fn what_steers_turns_or_hides_is_no_name() {
        for name in [
            "",
            "  ",
            "Ana\0",
            "Ana\nBcc: x@example.com",
            "Ana\u{1B}[31m",
            "Ana\u{202E}gpj.exe",
            "Ana\u{2066}x\u{2069}",
            "A\u{200B}na",
            "A\u{200D}na",
            "\u{200C}Ana",
            "Ana\u{FEFF}",
            "\u{3164}",
            "x\u{2028}y",
            "Ana\u{E0041}",
        ] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn a_link_is_no_name() {
        for name in [
            "http://evil.example",
            "Win: HTTPS://EVIL.EXAMPLE/x",
            "ftp://x",
            "Ana www.evil.example",
            "(WWW.evil.example)",
            "evil.example/win",
            "Hi, evil.example:8080/win",
            "bit.ly/2x",
            "xn--evl-1ma.example/",
            "evil.com",
            "Win at Evil.Com now",
            "EVIL.COM.",
            "x.com",
            "evil-site.com.au",
            "ana@evil.org",
            "évil.net",
            "evil.co.uk",
            "bit.ly",
            "free tickets: evil.io!",
            "my.evil.club",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn letters_with_what_stands_between_names_are_one(
            name in "[a-zA-ZÀ-ÖØ-öø-ɏ一-龯]{1,12}(( |'|-|\\. )[a-zA-ZÀ-ÖØ-öø-ɏ一-龯]{1,12}){0,3}"
        ) {
            prop_assert!(is_name(&name));
        }

        /// Wherever it stands, and whatever the rest is.
        #[test]
        fn one_hidden_letter_is_too_many(
            before in "[a-zé王 ]{0,20}", after in "[a-zé王 ]{0,20}",
            hidden in prop_oneof![
                prop::char::range('\0', '\u{1F}'),
                prop::char::range('\u{7F}', '\u{9F}'),
                prop::char::range('\u{200E}', '\u{200F}'),
                prop::char::range('\u{202A}', '\u{202E}'),
                prop::char::range('\u{2060}', '\u{206F}'),
                prop::char::range('\u{E0000}', '\u{E007F}'),
                prop::sample::select(vec!['\u{AD}', '\u{61C}', '\u{200B}', '\u{2028}', '\u{3164}', '\u{FEFF}']),
            ],
        ) {
            let text = format!("{before}{hidden}{after}");
            prop_assert!(!is_legible(&text), "{}", text);
        }

        #[test]
        fn a_link_is_found_wherever_it_stands(
            before in "([a-zé王]{1,9} ){0,3}", after in "( [a-zé王]{1,9}){0,3}",
            link in "(https?://[a-z]{1,9}|www\\.[a-z]{1,9}\\.com|[a-z0-9]{1,9}\\.[a-z]{2,5}/[a-z]{0,5}|[a-z0-9]{1,9}\\.(com|NET|Org)|[a-z0-9]{3,9}\\.(io|club|me))",
        ) {
            let name = format!("{before}{link}{after}");
            prop_assert!(!is_name(&name), "{}", name);
        }

        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = is_name(&text);
        }
    }
}
