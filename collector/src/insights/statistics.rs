//! Ratios and medians, which are absent where there is nothing to divide by.

use super::report::Cell;

/// `part / whole`; no data if there is no whole.
pub(super) fn ratio(part: usize, whole: usize) -> Cell {
    if whole == 0 { Cell::None } else { Cell::Real(part as f64 / whole as f64) }
}

/// The value in the middle. Of an even number of values it is the mean of the two in the middle.
pub(super) fn median(values: &mut [i64]) -> Cell {
    values.sort_unstable();
    let middle = values.len() / 2;
    match (values.len() % 2, middle.checked_sub(1).and_then(|before| values.get(before)), values.get(middle)) {
        (0, Some(&low), Some(&high)) => Cell::Real((low as f64 + high as f64) / 2.0),
        (1, _, Some(&middle)) => Cell::Real(middle as f64),
        _ => Cell::None,
    }
}

/// The smallest value that at least `percent` of the sorted values do not exceed.
pub(super) fn percentile(sorted: &[i64], percent: usize) -> Cell {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_divided_by_zero() {
        assert_eq!((ratio(0, 0), ratio(1, 2)), (Cell::None, Cell::Real(0.5)));
        assert_eq!((median(&mut []), percentile(&[], 95)), (Cell::None, Cell::None));
    }

    // I20
    #[test]
    fn the_median_of_two_is_their_mean() {
        assert_eq!(median(&mut [9, 2]), Cell::Real(5.5));
        assert_eq!(median(&mut [9, 2, 4]), Cell::Real(4.0));
        assert_eq!(percentile(&[1, 2, 3, 4], 50), Cell::Whole(2));
        assert_eq!(percentile(&(1..=100).collect::<Vec<_>>(), 95), Cell::Whole(95));
    }
}
