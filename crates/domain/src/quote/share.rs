//! Splitting a whole into parts that add to it.

/// Splits `whole` in proportion to `weights` by largest remainder; the parts add to the whole.
/// Zero weights get nothing; with no weight at all there is nothing to split.
pub fn share(whole: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |w: i64| i128::from(whole) * i128::from(w);
    let mut parts: Vec<i64> = weights.iter().map(|w| (exact(*w) / sum) as i64).collect();
    let mut left = whole - parts.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(exact(weights[*i]) % sum));
    for index in by_remainder {
        if left == 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    parts
}
