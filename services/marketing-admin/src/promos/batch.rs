//! Codes that are good once each.

use domain::promo::PromoCode;

use super::input::BatchInput;

/// As many different codes as the batch asks for. A second draw of one code is one in some hundred million million, and
/// is drawn again.
pub fn draw(batch: &BatchInput) -> Vec<PromoCode> {
    let mut codes = std::collections::BTreeSet::new();
    while codes.len() < batch.count as usize {
        // The plan has made sure that the prefix is a code's beginning.
        let Ok(code) = PromoCode::from_random(batch.prefix.trim(), *uuid::Uuid::new_v4().as_bytes()) else {
            break;
        };
        codes.insert(code);
    }
    codes.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::promos::input::BatchInput;

    #[test]
    fn a_batch_is_as_many_different_codes_as_asked_for() {
        let codes = draw(&BatchInput { prefix: "DJ-".into(), count: 500 });
        assert_eq!(codes.len(), 500);
        assert!(codes.iter().all(|code| code.as_str().starts_with("DJ-")));
    }
}
