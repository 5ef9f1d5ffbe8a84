//! Writes the components as static pages, to be looked at: `cargo run -p ui --example gallery -- <folder>`.

use std::path::{Path, PathBuf};

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Madrid;
use domain::language::Language;
use domain::money::{Currency, Money};
use ui::poster::{self, Shape};
use ui::{ErrorPage, Links, Person, Shell, Site, format};
use uuid::Uuid;

struct Night {
    title: &'static str,
    poster: String,
    label: String,
    short: String,
    date: (String, String, String),
    price: String,
}

#[derive(Template)]
#[template(path = "gallery_guest.html")]
struct Guest {
    shell: Shell,
    nights: Vec<Night>,
}

#[derive(Template)]
#[template(path = "gallery_night.html")]
struct NightPage {
    shell: Shell,
    night: Night,
    email_error: String,
}

#[derive(Template)]
#[template(path = "gallery_order.html")]
struct Order {
    shell: Shell,
    night: Night,
    banner: String,
    qr: String,
    code: &'static str,
}

#[derive(Template)]
#[template(path = "gallery_desk.html")]
struct Desk {
    shell: Shell,
    nights: Vec<Night>,
}

const TITLES: [&str; 6] = [
    "Noche de Agave",
    "Low Light",
    "Salón Hibisco: all night long",
    "Mezcal & Machines",
    "After Midnight",
    "Sábado Largo",
];
const CODE: &str = "NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK3L6L9.FR4TT5NL-AHYKNR6IOOK3L6L9.FR4TTNCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK3L6L9";

fn seed(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_5000_0000_7000_8000_0000_0000_0000 + number)
}

fn nights(lang: Language, first: DateTime<Utc>) -> Vec<Night> {
    TITLES.iter().zip(0_u8..).map(|(title, number)| night(lang, title, number, first)).collect()
}

fn night(lang: Language, title: &'static str, number: u8, first: DateTime<Utc>) -> Night {
    let starts =
        first + TimeDelta::days(i64::from(number)) + TimeDelta::minutes(if number == 4 { 150 } else { 0 });
    let ends = first + TimeDelta::days(i64::from(number)) + TimeDelta::hours(8);
    let short = format::date_time(lang, starts, Madrid);
    Night {
        title,
        poster: poster::svg(seed(u128::from(number)), title, &short, Shape::Portrait),
        label: format::night(lang, starts, ends, Madrid),
        short,
        date: format::night_date(lang, starts, Madrid),
        price: format::money(lang, Money::new(1250 + 600 * i64::from(number), Currency::Eur)),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    std::fs::create_dir_all(folder.join("assets"))?;
    for (name, url) in ui::assets::own().urls() {
        let bytes = ui::assets::own().bytes(name).unwrap_or_default();
        std::fs::write(folder.join(url.trim_start_matches('/')), bytes)?;
    }
    let links = Links::new(
        "http://maguey.localhost",
        "http://tickets.maguey.localhost",
        "http://scanner.maguey.localhost",
    );
    for lang in [Language::En, Language::Es] {
        write_pages(&folder, lang, &links)?;
    }
    Ok(())
}

fn write_pages(folder: &Path, lang: Language, links: &Links) -> Result<(), Box<dyn std::error::Error>> {
    let first = "2026-11-20T21:00:00Z".parse::<DateTime<Utc>>()?;
    let shell = |site, title: &str| Shell::new(site, lang, title, links).at("/e/noche?key=1");
    let write =
        |name: &str, html: String| std::fs::write(folder.join(format!("{name}.{}.html", lang.code())), html);
    write("guest", Guest { shell: shell(Site::Marketing, "Nights"), nights: nights(lang, first) }.render()?)?;
    write(
        "night",
        NightPage {
            shell: shell(Site::Tickets, TITLES[2]),
            night: night(lang, TITLES[2], 2, first),
            email_error: String::new(),
        }
        .render()?,
    )?;
    let banner = poster::svg(seed(0), TITLES[0], "Fri 20 Nov · 22:00", Shape::Banner);
    let qr = ui::qr::svg(CODE)?;
    let order = Order {
        shell: shell(Site::Tickets, "Your tickets"),
        night: night(lang, TITLES[0], 0, first),
        banner,
        qr,
        code: CODE,
    };
    write("order", order.render()?)?;
    let person = Person {
        name: "Inés Robledo".into(),
        role: "Owner".into(),
        sign_out: "/admin/sign-out".into(),
        csrf: "x".into(),
    };
    let desk = shell(Site::Admin, "Tonight")
        .with_person(person)
        .with_nav("Tonight", "#", true)
        .with_nav("Nights", "#", false)
        .with_nav("Emails", "#", false)
        .with_nav("Staff", "#", false);
    write("desk", Desk { shell: desk, nights: nights(lang, first) }.render()?)?;
    write(
        "error",
        ui::error_page(&ErrorPage {
            lang,
            site: Site::Tickets,
            links,
            path: "/",
            repeatable: true,
            status: 409,
            code: "sold_out",
            message: None,
            args: &[],
            request_id: "0193-5b6e",
        }),
    )?;
    write(
        "share",
        format!(
            "<!doctype html><title>share</title>{}",
            poster::svg(seed(3), TITLES[3], "Mon 23 Nov · 22:00", Shape::Wide)
        ),
    )?;
    Ok(())
}
