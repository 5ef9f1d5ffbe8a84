//! A browser in words: "Safari on an iPhone".

use domain::language::Language;
use woothee::parser::Parser;

/// What no table knows.
const UNKNOWN: &str = "UNKNOWN";

/// The browser and what it runs on; words for "unknown" where it says neither.
pub fn words(lang: Language, agent: &str) -> String {
    let Some(found) = Parser::new().parse(agent) else {
        return ui::text(lang, "account-device-unknown", &[]);
    };
    let browser = if found.name == UNKNOWN { "" } else { found.name };
    let system = system(found.os);
    match (browser.is_empty(), system.is_empty()) {
        (true, true) => ui::text(lang, "account-device-unknown", &[]),
        (false, true) => browser.to_owned(),
        (true, false) => system.to_owned(),
        (false, false) => ui::text(lang, "account-device", &[("browser", &browser), ("system", &system)]),
    }
}

/// As people call it.
fn system(os: &str) -> &str {
    match os {
        UNKNOWN => "",
        "Mac OSX" => "Mac",
        os if os.starts_with("Windows Phone") => "Windows Phone",
        os if os.starts_with("Windows") => "Windows",
        os => os,
    }
}

#[cfg(test)]
mod tests {
    use super::words;
    use domain::language::Language;

    #[test]
    fn phones_and_desks_are_called_by_their_names() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
        assert_eq!(words(Language::En, iphone), "Safari, iPhone");
        let desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(words(Language::Es, desk), "Firefox, Windows");
        assert_eq!(words(Language::En, ""), "A device that did not say what it is");
    }
}
