//! Reads rows in ClickHouse's format `Native`: blocks, in which column comes after column. The crate `clickhouse` reads
//! it too, but value by value, and does not give the dictionary of a column of texts: that took most of a question's
//! time. Here a column of numbers is a copy, and a text of a block is read once, however many rows have it.

use clickhouse::error::{Error, Result};
use uuid::Uuid;

/// Keys of a dictionary are so wide, by the lowest byte of a column's flags.
const WIDTHS: [usize; 4] = [1, 2, 4, 8];

/// The other flags: a dictionary comes with each block, and there is no other one.
const OWN_DICTIONARY: u64 = 0x600;

/// The blocks of an answer, of which the bytes before are read.
pub(super) struct Answer<'b>(&'b [u8]);

/// A block of which columns are left.
pub(super) struct Block<'a, 'b> {
    bytes: &'a mut &'b [u8],
    rows: usize,
}

/// A column of texts.
pub(super) struct Texts<'b> {
    /// Each text of the block. The first one stands for none.
    pub(super) dictionary: Vec<Option<&'b str>>,
    /// The places of the rows' texts in the dictionary, little endian.
    keys: &'b [u8],
    width: usize,
}

impl<'b> Answer<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        Answer(bytes)
    }

    /// The next block. All its columns must be read before the one after it.
    pub(super) fn block(&mut self) -> Result<Option<Block<'_, 'b>>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        varint(&mut self.0)?;
        let rows = varint(&mut self.0)?;
        Ok(Some(Block { bytes: &mut self.0, rows }))
    }
}

impl<'b> Block<'_, 'b> {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn i64s(&mut self, name: &str) -> Result<impl Iterator<Item = i64> + use<'b>> {
        self.begin(name, "Int64")?;
        Ok(self.wide()?.map(i64::from_le_bytes))
    }

    pub(super) fn u32s(&mut self, name: &str) -> Result<impl Iterator<Item = u32> + use<'b>> {
        self.begin(name, "UInt32")?;
        Ok(self.wide()?.map(u32::from_le_bytes))
    }

    pub(super) fn bools(&mut self, name: &str) -> Result<&'b [u8]> {
        self.begin(name, "Bool")?;
        take(self.bytes, self.rows)
    }

    pub(super) fn optional_bools(&mut self, name: &str) -> Result<impl Iterator<Item = Option<bool>> + use<'b>> {
        self.begin(name, "Nullable(Bool)")?;
        let (nulls, bools) = (take(self.bytes, self.rows)?, take(self.bytes, self.rows)?);
        Ok(nulls.iter().zip(bools).map(|(null, bool)| (*null == 0).then_some(*bool != 0)))
    }

    pub(super) fn optional_i64s(&mut self, name: &str) -> Result<impl Iterator<Item = Option<i64>> + use<'b>> {
        self.begin(name, "Nullable(Int64)")?;
        let (nulls, numbers) = (take(self.bytes, self.rows)?, self.wide()?);
        Ok(nulls.iter().zip(numbers).map(|(null, number)| (*null == 0).then(|| i64::from_le_bytes(number))))
    }

    pub(super) fn uuids(&mut self, name: &str) -> Result<impl Iterator<Item = Uuid> + use<'b>> {
        self.begin(name, "UUID")?;
        // Two numbers: the first half of the ID, and the second one.
        Ok(self.wide::<16>()?.map(|id| {
            let half = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes).unwrap_or_default();
            let (first, second) = id.split_at(8);
            Uuid::from_u64_pair(half(first), half(second))
        }))
    }

    pub(super) fn strings(&mut self, name: &str) -> Result<Vec<&'b str>> {
        self.begin(name, "String")?;
        (0..self.rows).map(|_| string(self.bytes)).collect()
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Texts<'b>> {
        self.begin(name, "LowCardinality(Nullable(String))")?;
        if self.rows == 0 {
            return Ok(Texts { dictionary: Vec::new(), keys: &[], width: 1 });
        }
        let (version, flags) = (u64(self.bytes)?, u64(self.bytes)?);
        let width = usize::try_from(flags & 0xff).ok().and_then(|width| WIDTHS.get(width));
        let (1, OWN_DICTIONARY, Some(&width)) = (version, flags & !0xff, width) else {
            return Err(Error::SchemaMismatch(format!("ClickHouse sent {name} in another form: {version}, {flags:x}")));
        };
        let texts = u64(self.bytes)?;
        let mut dictionary = Vec::new();
        for place in 0..texts {
            let text = string(self.bytes)?;
            dictionary.push((place > 0).then_some(text));
        }
        let keys = u64(self.bytes)?;
        if keys != self.rows as u64 {
            return Err(Error::NotEnoughData);
        }
        Ok(Texts { dictionary, keys: take(self.bytes, self.rows.saturating_mul(width))?, width })
    }

    /// The name and the type of the next column.
    fn begin(&mut self, name: &str, kind: &str) -> Result<()> {
        let found = (string(self.bytes)?, string(self.bytes)?);
        if found == (name, kind) {
            return Ok(());
        }
        Err(Error::SchemaMismatch(format!("ClickHouse sent {} {}, and not {name} {kind}", found.0, found.1)))
    }

    /// The values of a column of so many bytes each.
    fn wide<const WIDTH: usize>(&mut self) -> Result<impl Iterator<Item = [u8; WIDTH]> + use<'b, WIDTH>> {
        Ok(chunks(take(self.bytes, self.rows.saturating_mul(WIDTH))?))
    }
}

impl Texts<'_> {
    /// Adds what `values`, which has one for each text of the dictionary, has for each row.
    pub(super) fn add_to<T: Copy + Default>(&self, rows: &mut Vec<T>, values: &[T]) {
        let value = |place: usize| values.get(place).copied().unwrap_or_default();
        match self.width {
            1 => rows.extend(self.keys.iter().map(|key| value(usize::from(*key)))),
            2 => rows.extend(chunks(self.keys).map(|key| value(usize::from(u16::from_le_bytes(key))))),
            4 => rows.extend(chunks(self.keys).map(|key| value(u32::from_le_bytes(key) as usize))),
            _ => rows.extend(chunks(self.keys).map(|key| value(u64::from_le_bytes(key) as usize))),
        }
    }
}

/// Values of so many bytes.
fn chunks<const WIDTH: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; WIDTH]> {
    bytes.as_chunks().0.iter().copied()
}

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or(Error::NotEnoughData)?;
    *bytes = rest;
    Ok(taken)
}

fn u64(bytes: &mut &[u8]) -> Result<u64> {
    take(bytes, 8)?.try_into().map(u64::from_le_bytes).map_err(|_| Error::NotEnoughData)
}

/// Seven bits in each byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Result<usize> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(Error::NotEnoughData)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return usize::try_from(number).map_err(|_| Error::NotEnoughData);
        }
    }
    Err(Error::NotEnoughData)
}

fn string<'b>(bytes: &mut &'b [u8]) -> Result<&'b str> {
    let length = varint(bytes)?;
    std::str::from_utf8(take(bytes, length)?).map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of three rows: a number, and a text that the second row does not have.
    fn block() -> Vec<u8> {
        let mut bytes = vec![2, 3];
        let text = |bytes: &mut Vec<u8>, text: &str| {
            bytes.push(text.len() as u8);
            bytes.extend(text.as_bytes());
        };
        text(&mut bytes, "seq");
        text(&mut bytes, "Int64");
        [7_i64, -1, i64::MAX].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        text(&mut bytes, "path");
        text(&mut bytes, "LowCardinality(Nullable(String))");
        [1, OWN_DICTIONARY | 1, 3].iter().for_each(|number: &u64| bytes.extend(number.to_le_bytes()));
        ["", "/a", ""].iter().for_each(|path| text(&mut bytes, path));
        bytes.extend(3_u64.to_le_bytes());
        [1_u16, 0, 2].iter().for_each(|key| bytes.extend(key.to_le_bytes()));
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<(i64, Option<&str>)>> {
        let (mut answer, mut rows) = (Answer::of(bytes), Vec::new());
        while let Some(mut block) = answer.block()? {
            let numbers: Vec<_> = block.i64s("seq")?.collect();
            let (texts, mut paths) = (block.texts("path")?, Vec::new());
            texts.add_to(&mut paths, &texts.dictionary);
            rows.extend(numbers.into_iter().zip(paths));
        }
        Ok(rows)
    }

    #[test]
    fn an_answer_of_clickhouse_is_read_block_by_block_and_one_that_is_cut_is_refused() {
        let rows = [(7, Some("/a")), (-1, None), (i64::MAX, Some(""))];
        assert_eq!(read(&[]).unwrap(), []);
        assert_eq!(read(&[block(), block()].concat()).unwrap(), [rows, rows].concat());
        for cut in 1..block().len() {
            assert!(read(&block()[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_column_of_clickhouse_of_another_name_or_form_is_refused() {
        let bytes = block();
        let mut answer = Answer::of(&bytes);
        let mut block = answer.block().unwrap().unwrap();
        let error = block.u32s("seq").err().unwrap().to_string();
        assert_eq!(error, "schema mismatch: ClickHouse sent seq Int64, and not seq UInt32");
    }
}
