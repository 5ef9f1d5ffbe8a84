//! What stands on a payer's card statement: the account's prefix and the charge's suffix.

use super::errors::ApiError;
use super::params::PaymentIntentData;

/// The whole line of an account without suffixes, as set in its dashboard.
const STATIC: &str = "MAGUEY SANDBOX";
/// What stands before a suffix, as set there too.
const PREFIX: &str = "MAGUEY";
/// Characters of the whole line.
const LINE: usize = 22;

/// The line as the payer's bank prints it.
pub fn line(suffix: Option<&str>) -> String {
    suffix.map_or_else(|| STATIC.to_owned(), |suffix| format!("{PREFIX}* {suffix}"))
}

/// Stripe's rules for what a session wants on the statement.
pub fn check(wanted: &PaymentIntentData) -> Result<(), ApiError> {
    if wanted.statement_descriptor.is_some() {
        let message = "The statement_descriptor parameter is not supported for card charges. \
                       Use statement_descriptor_suffix instead.";
        return Err(ApiError::parameter("payment_intent_data[statement_descriptor]", None, message));
    }
    match &wanted.statement_descriptor_suffix {
        Some(suffix) => check_suffix(suffix),
        None => Ok(()),
    }
}

fn check_suffix(suffix: &str) -> Result<(), ApiError> {
    let refuse = |message: String| {
        let param = "payment_intent_data[statement_descriptor_suffix]";
        Err(ApiError::parameter(param, None, message))
    };
    if suffix.trim().is_empty() {
        return refuse("The statement descriptor suffix must not be empty.".to_owned());
    }
    if let Some(c) = suffix.chars().find(|c| matches!(c, '<' | '>' | '\\' | '\'' | '"' | '*')) {
        return refuse(format!("The statement descriptor suffix contains a forbidden character: {c}"));
    }
    // Latin: the first two blocks and their extensions, nothing that moves the cursor.
    if !suffix.chars().all(|c| !c.is_control() && u32::from(c) < 0x250) {
        return refuse("The statement descriptor suffix must contain only Latin characters.".to_owned());
    }
    if !suffix.chars().any(char::is_alphabetic) {
        return refuse("The statement descriptor suffix must contain at least one letter.".to_owned());
    }
    let length = line(Some(suffix)).chars().count();
    if length > LINE {
        return refuse(format!(
            "The statement descriptor with its prefix has {length} characters; it can have {LINE} at most."
        ));
    }
    Ok(())
}
