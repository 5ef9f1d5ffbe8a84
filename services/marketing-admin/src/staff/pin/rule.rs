//! What a PIN may be.

use web::Fault;

const SHORTEST: usize = 4;
const LONGEST: usize = 8;
/// What many people type first, besides rows and repetitions: the pad's middle column, and the corners.
const FAVOURITES: [&str; 4] = ["2580", "0852", "1379", "1397"];

/// 422 `pin_malformed` or `pin_too_simple`.
pub fn check(pin: &str) -> Result<(), Fault> {
    if !is_well_formed(pin) {
        return Err(Fault::invalid("pin_malformed").field("pin", "out_of_range"));
    }
    if is_simple(pin.as_bytes()) {
        return Err(Fault::invalid("pin_too_simple").field("pin", "too_simple"));
    }
    Ok(())
}

/// Four to eight digits.
pub fn is_well_formed(pin: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit())
}

/// 0000, 1212, 123123, 1122, 1234, 9876, 7890: what is tried first by who picks up a phone.
fn is_simple(digits: &[u8]) -> bool {
    let repeats = (1..=digits.len() / 2).any(|size| {
        digits.len().is_multiple_of(size) && digits.chunks(size).all(|chunk| chunk == &digits[..size])
    });
    let step = |by: u8| digits.windows(2).all(|pair| (pair[0] - b'0' + by) % 10 == pair[1] - b'0');
    let pairs = digits.len().is_multiple_of(2) && digits.chunks(2).all(|pair| pair[0] == pair[1]);
    repeats || step(1) || step(9) || pairs || FAVOURITES.iter().any(|known| known.as_bytes() == digits)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_is_tried_first_is_no_pin() {
        for simple in ["0000", "1234", "4321", "7890", "1212", "123123", "1122", "112233", "2580", "98765432"]
        {
            assert_eq!(check(simple).expect_err(simple).code(), "pin_too_simple", "{simple}");
        }
        for malformed in ["", "123", "123456789", "12a4", "١٢٣٤", "12 4"] {
            assert_eq!(check(malformed).expect_err(malformed).code(), "pin_malformed", "{malformed}");
        }
        for good in ["4071", "2468", "19283", "50617382"] {
            assert!(check(good).is_ok(), "{good}");
        }
    }
}
