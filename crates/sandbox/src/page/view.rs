//! The payment page's templates and what they show.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::house::House;
use crate::html;
use crate::stripe::cards::{HINTS, Hint};
use crate::stripe::model::{Session, SessionStatus};

struct LineShown {
    name: String,
    description: Option<String>,
    quantity: i64,
    total: String,
}

#[derive(Template)]
#[template(path = "pay.html")]
struct PaymentPage<'a> {
    id: &'a str,
    lines: Vec<LineShown>,
    total: String,
    free: bool,
    email: Option<&'a str>,
    back: Option<&'a str>,
    declined: Option<String>,
    hints: &'static [Hint],
    minutes_left: i64,
}

#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage<'a> {
    id: &'a str,
    total: String,
    last4: String,
}

#[derive(Template)]
#[template(path = "over.html")]
struct OverPage<'a> {
    title: &'a str,
    text: &'a str,
    link: Option<(String, &'a str)>,
}

/// The page, or what became of it.
pub fn payment(house: &House, session: &Session, declined: Option<String>) -> HttpResponse {
    match session.status {
        SessionStatus::Open => {}
        SessionStatus::Complete => {
            return over(
                StatusCode::OK,
                "This payment is complete",
                "It was paid once. Nothing more will be charged.",
                Some((session.return_url(), "Back to the shop")),
            );
        }
        SessionStatus::Expired => {
            return over(
                StatusCode::OK,
                "This payment page has expired",
                "Nothing was charged. Start again from the shop.",
                session.cancel_url.clone().map(|url| (url, "Back to the shop")),
            );
        }
    }
    let money = |minor| money(minor, &session.currency);
    let lines = session.lines.iter().map(|line| LineShown {
        name: line.name.clone(),
        description: line.description.clone(),
        quantity: line.quantity,
        total: money(line.total()),
    });
    html::page(
        StatusCode::OK,
        &PaymentPage {
            id: &session.id,
            lines: lines.collect(),
            total: money(session.total()),
            free: session.total() == 0,
            email: session.customer_email.as_deref(),
            back: session.cancel_url.as_deref(),
            declined,
            hints: &HINTS,
            minutes_left: (session.expires_at - house.clock.now()).max(0) / 60,
        },
    )
}

/// The bank's question.
pub fn challenge(session: &Session) -> HttpResponse {
    let card = crate::stripe::cards::shown(session.challenged.as_deref().unwrap_or_default(), false);
    let total = money(session.total(), &session.currency);
    html::page(StatusCode::OK, &ChallengePage { id: &session.id, total, last4: card.last4 })
}

/// No such session.
pub fn unknown() -> HttpResponse {
    let text = "The link is incomplete, or the sandbox was reset since. Nothing was charged.";
    over(StatusCode::NOT_FOUND, "There is no such payment page", text, None)
}

/// A scripted failure of the page itself.
pub fn broken(status: u16) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    over(status, "The payment page is out of order", "As scripted in the sandbox. Nothing was charged.", None)
}

fn over(status: StatusCode, title: &str, text: &str, link: Option<(String, &str)>) -> HttpResponse {
    html::page(status, &OverPage { title, text, link })
}

/// `23.50 EUR`; currencies without minor units have no point.
fn money(minor: i64, currency: &str) -> String {
    let code = currency.to_uppercase();
    match currency {
        "jpy" | "krw" | "clp" | "vnd" => format!("{minor} {code}"),
        _ => format!("{}.{:02} {code}", minor / 100, minor % 100),
    }
}

#[cfg(test)]
mod tests {
    use super::money;

    #[test]
    fn money_has_its_currency() {
        assert_eq!(money(2350, "eur"), "23.50 EUR");
        assert_eq!(money(5, "usd"), "0.05 USD");
        assert_eq!(money(500, "jpy"), "500 JPY");
    }
}
