//! Columns as bytes. Numbers that grow, such as times, are differences; other columns are a dictionary and codes of one,
//! two or four bytes. A column with one value has no codes.

use super::column::Column;
use crate::store::StoreError;
use crate::store::StoreError::Damaged;
use crate::store::TextId;
use std::hash::Hash;

/// A value of a dictionary.
pub(super) trait Value: Copy + Eq + Hash {
    fn number(self) -> i64;
    fn of(number: i64) -> Option<Self>;
}

impl Value for i64 {
    fn number(self) -> i64 {
        self
    }

    fn of(number: i64) -> Option<Self> {
        Some(number)
    }
}

impl Value for TextId {
    fn number(self) -> i64 {
        TextId::number(self).into()
    }

    fn of(number: i64) -> Option<Self> {
        TextId::of(number)
    }
}

/// The first number, then the difference of each to the one before.
pub(super) fn of_numbers(numbers: &[i64]) -> Vec<u8> {
    let (mut bytes, mut last) = (Vec::with_capacity(numbers.len() * 2), 0_i64);
    for number in numbers {
        write(&mut bytes, zigzag(number.wrapping_sub(last)));
        last = *number;
    }
    bytes
}

/// Reads numbers into a column, whose memory is used again.
pub(super) fn numbers(mut from: &[u8], rows: usize, numbers: &mut Vec<i64>) -> Result<(), StoreError> {
    let mut last = 0_i64;
    numbers.clear();
    for _ in 0..rows {
        last = last.wrapping_add(unzigzag(read(&mut from)?));
        numbers.push(last);
    }
    if from.is_empty() { Ok(()) } else { Err(Damaged) }
}

/// How many values there are, whether one of them is none, each value, and the codes of the rows.
pub(super) fn of_column<T: Value>(column: &Column<T>) -> Vec<u8> {
    let (values, codes) = (column.values(), column.codes());
    let mut bytes = Vec::with_capacity(values.len() * 4 + codes.len() * 2);
    write(&mut bytes, values.len() as u64);
    let none = values.iter().position(Option::is_none);
    // The place of the one that is none, from 1; 0 if there is no such.
    write(&mut bytes, none.map_or(0, |place| place as u64 + 1));
    for value in values.iter().flatten() {
        write(&mut bytes, zigzag(value.number()));
    }
    match values.len() {
        0 | 1 => {}
        2..=0x100 => bytes.extend(codes.iter().flat_map(|code| code.to_le_bytes().into_iter().take(1))),
        0x101..=0x1_0000 => bytes.extend(codes.iter().flat_map(|code| code.to_le_bytes().into_iter().take(2))),
        _ => bytes.extend(codes.iter().flat_map(|code| code.to_le_bytes())),
    }
    bytes
}

/// Reads a column, whose memory is used again.
pub(super) fn column<T: Value>(mut from: &[u8], rows: usize, column: &mut Column<T>) -> Result<(), StoreError> {
    let (values, codes) = column.start();
    let count = usize::try_from(read(&mut from)?).map_err(|_| Damaged)?;
    let none = usize::try_from(read(&mut from)?).map_err(|_| Damaged)?.checked_sub(1);
    for place in 0..count {
        let value = match none {
            Some(none) if none == place => None,
            _ => Some(T::of(unzigzag(read(&mut from)?)).ok_or(Damaged)?),
        };
        values.push(value);
    }
    match count {
        0 | 1 => codes.resize(rows, 0),
        2..=0x100 => codes.extend(from.iter().map(|code| u32::from(*code))),
        0x101..=0x1_0000 => codes.extend(from.as_chunks().0.iter().map(|code| u32::from(u16::from_le_bytes(*code)))),
        _ => codes.extend(from.as_chunks().0.iter().map(|code| u32::from_le_bytes(*code))),
    }
    let is_sound = codes.len() == rows && codes.iter().all(|code| (*code as usize) < count);
    if is_sound { Ok(()) } else { Err(Damaged) }
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(from: &mut &[u8]) -> Result<u64, StoreError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first().ok_or(Damaged)?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Damaged)
}

/// Small negative numbers are small too.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::super::{Part, RowGroup};
    use super::*;
    use crate::store::facts::{Fact, Texts};
    use proptest::prelude::*;

    fn fact(numbers: &[i64]) -> Fact<TextId> {
        let &[time, position, seq, started_by, mobile, session, kind] = numbers else { unreachable!() };
        let text = |place: usize| match Texts::<()>::NAMES[place] {
            "session" => Ok::<_, ()>(TextId::of(session % 70_000)),
            "kind" => Ok(TextId::of(kind % 3 + 1)),
            _ => Ok(None),
        };
        let mut group = RowGroup::new(0);
        let fact = Fact {
            time,
            position,
            seq,
            received: time,
            env: 0,
            identified: kind % 2 == 0,
            bot: false,
            mobile: [None, Some(true), Some(false)][mobile.rem_euclid(3) as usize],
            started_by: Some(started_by),
            texts: Texts::read(text).unwrap(),
        };
        group.push(&fact);
        assert_eq!(group.fact(0), fact);
        fact
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec(any::<i64>(), 7), 0..600)) {
            let mut group = RowGroup::new(0);
            let facts: Vec<_> = rows.iter().map(|numbers| fact(numbers)).collect();
            facts.iter().for_each(|fact| group.push(fact));
            let mut again = RowGroup::new(0);
            for part in Part::all() {
                let bytes = group.bytes(part);
                again.read(part, facts.len(), &bytes).unwrap();
                let mut cut = RowGroup::new(0);
                // Missing bytes are noticed, at each place.
                if !bytes.is_empty() && !facts.is_empty() {
                    prop_assert!(cut.read(part, facts.len(), &bytes[..bytes.len() - 1]).is_err());
                }
            }
            prop_assert_eq!(again.rows().map(|row| again.fact(row)).collect::<Vec<_>>(), facts);
        }
    }

    #[test]
    fn a_column_of_one_value_has_no_codes_and_one_of_many_has_wider_ones() {
        let bytes_of = |different: i64| {
            let mut column = Column::default();
            (0..70_000).for_each(|row| column.push(Some(row % different)));
            let bytes = of_column(&column);
            let mut again = Column::<i64>::default();
            super::column(&bytes, 70_000, &mut again).unwrap();
            assert!((0..70_000).all(|row| again.get(row) == Some(row as i64 % different)));
            bytes.len()
        };
        assert_eq!(bytes_of(1), 3);
        assert!((70_000..71_000).contains(&bytes_of(256)));
        assert!((140_000..141_000).contains(&bytes_of(257)));
        assert!(bytes_of(70_000) > 280_000);
    }
}
