//! Fills a column of values that have small numbers already, so that none is hashed.

use super::column::Column;
use std::hash::Hash;

/// No code.
const NONE: u32 = u32::MAX;

/// The codes of the values of a column, by their numbers. Its memory is used again for the next column.
#[derive(Default)]
pub(in crate::store) struct Coder {
    codes: Vec<u32>,
    /// The numbers that have a code.
    seen: Vec<u32>,
}

impl Coder {
    /// Fills a column anew: `numbers` are those of its rows, and `value` is asked for each different one, in the order of
    /// the rows.
    pub(in crate::store) fn fill<T: Copy + Eq + Hash>(
        &mut self,
        column: &mut Column<T>,
        numbers: impl Iterator<Item = u32>,
        mut value: impl FnMut(u32) -> Option<T>,
    ) {
        let (values, codes) = column.start();
        for number in numbers {
            let place = number as usize;
            if place >= self.codes.len() {
                self.codes.resize(place + 1, NONE);
            }
            let mut code = self.codes[place];
            if code == NONE {
                code = u32::try_from(values.len()).unwrap_or(NONE);
                self.codes[place] = code;
                self.seen.push(number);
                values.push(value(number));
            }
            codes.push(code);
        }
        for number in self.seen.drain(..) {
            self.codes[number as usize] = NONE;
        }
    }
}
