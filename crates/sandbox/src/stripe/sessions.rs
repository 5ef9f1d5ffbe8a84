//! Checkout Sessions: made by the shop, paid by the guest, expired by time or by the shop.

use serde_json::{Value, json};

use super::errors::ApiError;
use super::events;
use super::model::{Line, PaymentStatus, Session, SessionStatus};
use super::params::{CreateSession, LineItem, check_metadata};
use super::{statement, view};
use crate::books::Books;
use crate::house::House;
use crate::ids;
use crate::moment::Moment;

const SHORTEST: i64 = 30 * 60;
const LONGEST: i64 = 24 * 60 * 60;

/// `POST /v1/checkout/sessions`.
pub fn create(
    house: &House,
    books: &mut Books,
    moment: &Moment,
    asked: CreateSession,
) -> Result<Value, ApiError> {
    check_mode(&asked)?;
    check_texts(&asked)?;
    statement::check(&asked.payment_intent_data)?;
    let (currency, lines) = lines(&asked.line_items)?;
    let expires_at = expiry(asked.expires_at, moment.now)?;
    let session = Session {
        id: ids::random("cs_test_", 58),
        created: moment.now,
        expires_at,
        status: SessionStatus::Open,
        currency,
        lines,
        client_reference_id: asked.client_reference_id,
        metadata: asked.metadata,
        customer_email: asked.customer_email,
        locale: asked.locale,
        success_url: asked.success_url.ok_or_else(|| ApiError::missing("success_url"))?,
        cancel_url: asked.cancel_url,
        payment_intent: None,
        payment_metadata: asked.payment_intent_data.metadata,
        payment_description: asked.payment_intent_data.description,
        receipt_email: asked.payment_intent_data.receipt_email,
        statement_suffix: asked.payment_intent_data.statement_descriptor_suffix,
        challenged: None,
        methods: asked.allowed_payment_method_types,
        unpaid: false,
    };
    check_total(&session)?;
    let shown = view::session(&session, &house.public_url);
    books.deadlines.insert((session.expires_at, session.id.clone()));
    books.sessions.add(session);
    Ok(shown)
}

fn check_mode(asked: &CreateSession) -> Result<(), ApiError> {
    match asked.mode.as_deref() {
        Some("payment") => {}
        None => return Err(ApiError::missing("mode")),
        Some(other) => {
            let message = format!("The sandbox plays mode 'payment' alone, not '{other}'.");
            return Err(ApiError::parameter("mode", None, message));
        }
    }
    match asked.ui_mode.as_deref() {
        None | Some("hosted" | "hosted_page") => Ok(()),
        Some(other) => {
            let message = format!("The sandbox plays ui_mode 'hosted_page' alone, not '{other}'.");
            Err(ApiError::parameter("ui_mode", None, message))
        }
    }
}

fn check_texts(asked: &CreateSession) -> Result<(), ApiError> {
    check_metadata(&asked.metadata)?;
    check_metadata(&asked.payment_intent_data.metadata)?;
    if asked.client_reference_id.as_ref().is_some_and(|text| text.chars().count() > 200) {
        let message = "Invalid string: must be at most 200 characters";
        return Err(ApiError::parameter("client_reference_id", None, message));
    }
    for (name, url) in [("success_url", &asked.success_url), ("cancel_url", &asked.cancel_url)] {
        let fine = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if !url.as_ref().is_none_or(fine) {
            return Err(ApiError::parameter(name, Some("url_invalid"), "Not a valid URL"));
        }
    }
    let receipt = &asked.payment_intent_data.receipt_email;
    for (name, email) in
        [("customer_email", &asked.customer_email), ("payment_intent_data[receipt_email]", receipt)]
    {
        if let Some(email) = email.as_ref().filter(|email| !is_email(email)) {
            let message = format!("Invalid email address: {email}");
            return Err(ApiError::parameter(name, Some("email_invalid"), message));
        }
    }
    Ok(())
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean && !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
}

fn lines(items: &[LineItem]) -> Result<(String, Vec<Line>), ApiError> {
    if items.is_empty() {
        return Err(ApiError::missing("line_items"));
    }
    if items.len() > 100 {
        return Err(ApiError::parameter("line_items", None, "Sessions can have up to 100 line items."));
    }
    let mut currency: Option<String> = None;
    let mut lines = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let (line, of) = line(at, item)?;
        if currency.get_or_insert_with(|| of.clone()) != &of {
            let message = "All line items of a Checkout Session must use the same currency.";
            return Err(ApiError::parameter("line_items", None, message));
        }
        lines.push(line);
    }
    Ok((currency.unwrap_or_default(), lines))
}

fn line(at: usize, item: &LineItem) -> Result<(Line, String), ApiError> {
    let named = |field: &str| format!("line_items[{at}]{field}");
    if let Some(price) = &item.price {
        return Err(ApiError::no_such("price", &named("[price]"), price));
    }
    let price = item.price_data.as_ref().ok_or_else(|| ApiError::missing(&named("[price_data]")))?;
    let product =
        price.product_data.as_ref().ok_or_else(|| ApiError::missing(&named("[price_data][product_data]")))?;
    let quantity = item.quantity.ok_or_else(|| ApiError::missing(&named("[quantity]")))?;
    let unit_amount =
        price.unit_amount.ok_or_else(|| ApiError::missing(&named("[price_data][unit_amount]")))?;
    at_least(quantity, 1, &named("[quantity]"))?;
    at_least(unit_amount, 0, &named("[price_data][unit_amount]"))?;
    if product.name.trim().is_empty() {
        let param = named("[price_data][product_data][name]");
        let message = format!("You passed an empty string for '{param}'.");
        return Err(ApiError::parameter(&param, Some("parameter_invalid_empty"), message));
    }
    let currency = price.currency.to_lowercase();
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        let message = format!("Invalid currency: {currency}.");
        return Err(ApiError::parameter(&named("[price_data][currency]"), None, message));
    }
    let line = Line {
        id: ids::random("li_1", 23),
        price: ids::random("price_1", 23),
        product: ids::random("prod_", 14),
        name: product.name.clone(),
        description: product.description.clone(),
        unit_amount,
        quantity,
    };
    Ok((line, currency))
}

fn at_least(value: i64, least: i64, param: &str) -> Result<(), ApiError> {
    if value >= least {
        return Ok(());
    }
    let message = format!("This value must be greater than or equal to {least}.");
    Err(ApiError::parameter(param, Some("parameter_invalid_integer"), message))
}

fn expiry(asked: Option<i64>, now: i64) -> Result<i64, ApiError> {
    let refuse = |message: &str| Err(ApiError::parameter("expires_at", None, message));
    match asked {
        None => Ok(now + LONGEST),
        Some(at) if at < now + SHORTEST => {
            refuse("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.")
        }
        Some(at) if at > now + LONGEST => {
            refuse("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.")
        }
        Some(at) => Ok(at),
    }
}

/// Stripe's smallest and largest charges.
fn check_total(session: &Session) -> Result<(), ApiError> {
    let least = match session.currency.as_str() {
        "gbp" => 30,
        "mxn" => 1000,
        _ => 50,
    };
    let total = session.total();
    if total > 0 && total < least {
        let message = format!("The Checkout Session's total amount must convert to at least {least} cents.");
        return Err(ApiError::parameter("line_items", Some("amount_too_small"), message));
    }
    if total > 99_999_999 {
        let message = "The Checkout Session's total amount must be no more than 999,999.99.";
        return Err(ApiError::parameter("line_items", Some("amount_too_large"), message));
    }
    Ok(())
}

/// `GET /v1/checkout/sessions/{id}`.
pub fn retrieve(house: &House, books: &Books, id: &str) -> Result<Value, ApiError> {
    find(books, id).map(|session| view::session(session, &house.public_url))
}

/// `GET /v1/checkout/sessions/{id}/line_items`.
pub fn line_items(books: &Books, id: &str) -> Result<Value, ApiError> {
    let session = find(books, id)?;
    let lines = session.lines.iter().map(|line| view::line(line, session)).collect();
    Ok(view::list(&format!("/v1/checkout/sessions/{id}/line_items"), lines, false))
}

/// `POST /v1/checkout/sessions/{id}/expire`.
pub fn expire(house: &House, books: &mut Books, moment: &Moment, id: &str) -> Result<Value, ApiError> {
    let session = find(books, id)?;
    if !session.is_open() {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. \
             This Checkout Session has a status of `{}`.",
            session.status.code()
        );
        return Err(ApiError::illegal(None, message));
    }
    close(house.public_url.as_str(), books, moment, id);
    retrieve(house, books, id)
}

/// Expires every session whose time is over.
pub fn expire_overdue(public_url: &str, books: &mut Books, moment: &Moment) {
    while let Some((at, id)) = books.deadlines.first().cloned() {
        if at > moment.now {
            return;
        }
        close(public_url, books, moment, &id);
    }
}

/// Ends an open session without payment.
fn close(public_url: &str, books: &mut Books, moment: &Moment, id: &str) {
    let Some(session) = books.sessions.get_mut(id) else { return };
    books.deadlines.remove(&(session.expires_at, id.to_owned()));
    if !session.is_open() {
        return;
    }
    session.status = SessionStatus::Expired;
    session.challenged = None;
    let shown = view::session(session, public_url);
    if let Some(payment) = session.payment_intent.as_deref().and_then(|id| books.payments.get_mut(id)) {
        payment.status = PaymentStatus::Canceled;
    }
    events::raise(books, moment, "checkout.session.expired", shown, None);
}

/// The session, or Stripe's 404.
pub fn find<'a>(books: &'a Books, id: &str) -> Result<&'a Session, ApiError> {
    books.sessions.get(id).ok_or_else(|| ApiError::no_such("checkout.session", "session", id))
}

/// A short form for the control API.
pub fn summary(session: &Session) -> Value {
    json!({
        "id": session.id, "status": session.status.code(), "payment_status": session.payment_status(),
        "amount": session.total(), "currency": session.currency, "created": session.created,
        "expires_at": session.expires_at, "client_reference_id": session.client_reference_id,
        "metadata": session.metadata, "payment_intent": session.payment_intent,
        "locale": session.locale, "customer_email": session.customer_email,
        "payment_method_types": session.methods,
        "lines": session.lines.iter()
            .map(|line| json!({"name": line.name, "unit_amount": line.unit_amount, "quantity": line.quantity}))
            .collect::<Vec<_>>(),
        "receipt_email": session.receipt_email, "statement_descriptor_suffix": session.statement_suffix,
    })
}
