//! Ratios and medians, which are absent where there is nothing to divide by.

use super::report::Cell;

/// `part / whole`; no data if there is no whole.
pub(super) fn ratio(part: usize, whole: usize) -> Cell {
    if whole == 0 { Cell::None } else { Cell::Real(part as f64 / whole as f64) }
}

/// The value in the middle. Of an even number of values it is the mean of the two in the middle. Changes their order.
pub(super) fn median(values: &mut [i64]) -> Cell {
    let (middle, is_even) = (values.len() / 2, values.len().is_multiple_of(2));
    if values.is_empty() {
        return Cell::None;
    }
    let (below, high, _) = values.select_nth_unstable(middle);
    match below.iter().max() {
        Some(low) if is_even => Cell::Real((*low as f64 + *high as f64) / 2.0),
        _ => Cell::Real(*high as f64),
    }
}

/// The smallest value that at least `percent` of the values do not exceed. Each value comes with its number, sorted.
pub(super) fn percentile(sorted: &[(i64, usize)], percent: usize) -> Cell {
    let count: usize = sorted.iter().map(|(_, count)| count).sum();
    let mut left = (count * percent).div_ceil(100);
    let found = sorted.iter().find(|(_, count)| {
        let is_here = *count >= left;
        left = left.saturating_sub(*count);
        is_here
    });
    found.map(|(value, _)| *value).into()
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
        assert_eq!(percentile(&[(1, 1), (2, 2), (4, 1)], 50), Cell::Whole(2));
        assert_eq!(percentile(&(1..=100).map(|value| (value, 1)).collect::<Vec<_>>(), 95), Cell::Whole(95));
    }
}
