//! Why.

use web::Fault;

/// The longest reason, in characters; the table says the same.
pub(crate) const LONGEST: usize = 500;

/// A reason that an act demands, without the space around it; else 422 `validation_failed`.
pub fn reason(text: &str) -> Result<&str, Fault> {
    let text = text.trim();
    let code = match text.chars().count() {
        0 => "required",
        1..=LONGEST => return Ok(text),
        _ => "too_long",
    };
    Err(Fault::invalid("validation_failed").field("reason", code))
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_reason_says_something_and_fits_its_row() {
        assert_eq!(reason(" lost phone\n").ok(), Some("lost phone"));
        assert_eq!(reason(&"ñ".repeat(500)).map(str::len).ok(), Some(1000));
        for (text, code) in [("  ".to_owned(), "required"), ("x".repeat(501), "too_long")] {
            assert_eq!(reason(&text).expect_err("refused").fields()[0].code, code);
        }
    }
}
