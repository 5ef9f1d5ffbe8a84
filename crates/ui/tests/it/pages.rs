//! Frames and error pages: sound HTML, safe, and fit for a strict Content-Security-Policy.

use askama::Template;
use domain::language::Language;
use domain::mode::Mode;
use ui::{ErrorPage, Links, Person, Shell, Site};

const SITES: [Site; 4] = [Site::Marketing, Site::Tickets, Site::Scanner, Site::Admin];
const LANGUAGES: [Language; 2] = [Language::En, Language::Es];
const CODES: [&str; 17] = [
    "not_found",
    "sold_out",
    "not_on_sale",
    "sale_not_open",
    "sale_closed",
    "invalid_quantity",
    "limit_exceeded",
    "unknown_ticket_type",
    "promo_invalid",
    "csrf_rejected",
    "forbidden",
    "payload_too_large",
    "unavailable",
    "payment_unavailable",
    "internal",
    "method_not_allowed",
    "rate_limited",
];

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "base.html" %}{% import "components.html" as c %}{% block main %}
{% call c::field(id="email", label="Email", value=value, error=error, hint=hint) %}{% endcall %}
{% call c::area(id="about", label="About", value=value, error=error) %}{% endcall %}
{% call c::stepper(name="q", label="Standard", value="1", max="6", less="Less", more="More") %}{% endcall %}
{% call c::badge(tone="good", icon_name="check", word="Paid") %}{% endcall %}
{% call c::notice(tone="refusal", icon_name="cross", title="Title") %}<p>Body</p>{% endcall %}
{% call c::empty(title="Nothing", line="Line") %}<a href="/">On</a>{% endcall %}
{% call c::table(columns=[("Guest", ""), ("Total", "number")]) %}{% for each in ["Ana", "Bo"] %}<tr><th scope="row">{{ each }} {{ value }}</th><td class="number">{% call c::badge(tone="good", icon_name="check", word=hint) %}{% endcall %}</td></tr>{% endfor %}{% endcall %}
{% call c::figure(id="sold", label="Sold", value="3") %}{% endcall %}
{% call c::buy_bar(label="Total", total="3 €", note="incl.") %}{% call c::submit(label="Buy", busy_label="Wait") %}{% endcall %}{% endcall %}
{% endblock %}"#
)]
struct Everything {
    shell: Shell,
    value: String,
    error: String,
    hint: &'static str,
}

fn links() -> Links {
    Links::new("http://club.test/", "http://tickets.club.test", "http://scanner.club.test")
}

fn everything(site: Site, lang: Language, error: &str) -> String {
    let person = Person {
        name: "Inés <b>".into(),
        role: "Owner".into(),
        sign_out: "/out".into(),
        csrf: "token".into(),
    };
    let shell = Shell::new(site, lang, "Title", &links())
        .at("/e/low-light?key=k1&lang=es")
        .described("A night")
        .with_share_image("http://club.test/x.png")
        .with_nav("Nights", "/", true)
        .with_person(person);
    Everything { shell, value: "\"><script>".into(), error: error.into(), hint: "Hint" }.render().unwrap()
}

fn assert_sound(html: &str) {
    assert!(html.contains("<html lang=\""), "a page names its language");
    assert!(
        html.contains("<main id=\"main\"") && html.contains("href=\"#main\""),
        "the skip link has a place to go"
    );
    assert!(html.matches("<h1").count() <= 1, "one main heading at most");
    for forbidden in
        [" style=", "<style", " onclick=", " onload=", " onsubmit=", "javascript:", "Inés <b>", "\"><script>"]
    {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    for script in html.split("<script").skip(1) {
        assert!(script.contains("src=") && script.contains("></script>"), "inline script: {script:.80}");
    }
    assert!(!html.contains("shared-"), "a text is missing: {html}");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "an id is used twice: {ids:?}");
}

#[test]
fn a_page_of_test_mode_says_so_above_everything() {
    for (site, words) in [
        (Site::Tickets, "These tickets are a test."),
        (Site::Admin, "Test data"),
        (Site::Scanner, "only test tickets are let in"),
    ] {
        let shown = |mode| {
            let shell = Shell::new(site, Language::En, "Title", &links().in_mode(mode));
            let page = Everything { shell, value: String::new(), error: String::new(), hint: "Hint" };
            page.render().unwrap()
        };
        let (real, test) = (shown(Mode::Live), shown(Mode::Test));
        assert_sound(&test);
        let band = test.find("class=\"test-band\"").expect("a band");
        assert!(band < test.find("<main").unwrap() && test.contains(words), "{test}");
        assert!(!real.contains("test-band") && !real.contains(words));
    }
}

#[test]
fn every_component_renders_on_every_site_in_both_languages() {
    for site in SITES {
        for lang in LANGUAGES {
            for error in ["", "Check this"] {
                let html = everything(site, lang, error);
                assert_sound(&html);
                assert_eq!(html.contains("aria-invalid"), !error.is_empty());
                assert!(
                    html.contains(
                        "<th scope=\"col\">Guest</th><th scope=\"col\" class=\"number\">Total</th>"
                    )
                );
            }
        }
    }
}

#[test]
fn every_code_has_its_page_and_every_status_a_fallback() {
    let links = links();
    let unknown =
        [400, 401, 403, 404, 405, 409, 413, 418, 429, 500, 503].map(|status| (status, "nobody_knows"));
    for (status, code) in CODES.map(|code| (409, code)).into_iter().chain(unknown) {
        for (site, lang) in SITES.into_iter().flat_map(|site| LANGUAGES.map(|lang| (site, lang))) {
            let error = ErrorPage {
                lang,
                site,
                links: &links,
                path: "/",
                repeatable: false,
                status,
                code,
                message: None,
                args: &[],
                request_id: "r-42",
            };
            let html = ui::error_page(&error);
            assert_sound(&html);
            assert!(
                html.contains("r-42") && html.contains("class=\"lead\"") && html.contains("class=\"button\""),
                "{html}"
            );
        }
    }
}

#[test]
fn a_services_own_message_comes_before_the_codes() {
    let links = links();
    let mut error = ErrorPage {
        lang: Language::En,
        site: Site::Tickets,
        links: &links,
        path: "/",
        repeatable: true,
        status: 404,
        code: "not_found",
        message: Some("shared-error-sold-out"),
        args: &[],
        request_id: "",
    };
    assert!(ui::error_page(&error).contains("have just gone"));
    error.message = Some("no-such-message");
    assert!(ui::error_page(&error).contains("not here"));
}

#[test]
fn staff_are_told_nothing_about_a_guests_money() {
    let links = links();
    for (site, lang) in SITES.into_iter().flat_map(|site| LANGUAGES.map(|lang| (site, lang))) {
        let staff = matches!(site, Site::Admin | Site::Scanner);
        for status in [400, 404, 405, 429, 500, 503] {
            let html = ui::error_page(&ErrorPage {
                lang,
                site,
                links: &links,
                path: "/",
                repeatable: true,
                status,
                code: "nobody_knows",
                message: None,
                args: &[],
                request_id: "r-42",
            });
            let guests = ["charged", "paying", "bought", "cobra", "pagando", "compraste"]
                .iter()
                .any(|word| html.contains(word));
            assert!(!(staff && guests), "{status} on {}: {html}", site.code());
        }
    }
}

#[test]
fn what_may_work_a_moment_later_offers_the_same_page_again() {
    let links = links();
    let page = |status, repeatable| {
        ui::error_page(&ErrorPage {
            lang: Language::En,
            site: Site::Tickets,
            links: &links,
            path: "/orders/ABC?key=k1",
            repeatable,
            status,
            code: "nobody_knows",
            message: None,
            args: &[],
            request_id: "",
        })
    };
    let again = "href=\"/orders/ABC?key=k1\">Try again";
    for status in [429, 500, 503] {
        assert!(page(status, true).contains(again), "{status}");
        assert!(page(status, false).contains("See the nights"), "a form can't be sent again by a link");
    }
    assert!(!page(404, true).contains(again), "it would be missing again");
}

#[test]
fn the_language_switch_keeps_the_order_key_and_stays_on_the_site() {
    let shell = |path: &str| Shell::new(Site::Tickets, Language::En, "", &links()).at(path);
    assert_eq!(shell("/orders/ABC?key=k1&lang=en").other_language_url(), "/orders/ABC?key=k1&lang=es");
    assert_eq!(shell("/").other_language_url(), "/?lang=es");
    assert_eq!(shell("//evil.test/x").other_language_url(), "/evil.test/x?lang=es");
}

#[test]
fn no_page_template_needs_inline_script_or_style() {
    for (path, template) in crate::page_templates() {
        // Mail clients know no style sheets: mails are exempt.
        if path.components().any(|part| part.as_os_str().to_string_lossy().contains("mail")) {
            continue;
        }
        for forbidden in
            [" style=\"", "<style", " onclick=", " onchange=", " onsubmit=", " onload=", "<script>"]
        {
            assert!(!template.contains(forbidden), "{}: {forbidden}", path.display());
        }
    }
}
