//! A table as an Apache Parquet file: a row group of columns that may be null, not compressed. The type of a column
//! comes from its definition and not from its values, so that the files of two ranges have one schema.

use super::super::definitions::{Unit, find};
use super::super::report::{Cell, Table};
use ::parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Values that are copied at a time.
const BATCH: usize = 1_024;

/// The type of a column.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Real,
    /// Epoch ms in UTC.
    Time,
}

impl Kind {
    fn of(view: &str, table: &str, column: &str) -> Self {
        match find(view, column).map(|definition| definition.unit) {
            // The values of the table of numbers have different units.
            _ if table == "numbers" => {
                if column == "number" {
                    Kind::Text
                } else {
                    Kind::Real
                }
            }
            Some(Unit::Time) => Kind::Time,
            Some(Unit::Count) => Kind::Whole,
            // A median can lie between two milliseconds.
            Some(Unit::Duration | Unit::Ratio | Unit::Share) => Kind::Real,
            Some(Unit::Text) | None => Kind::Text,
        }
    }

    fn field(self, name: &str) -> Result<TypePtr, ParquetError> {
        let (physical, logical) = match self {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Whole => (Physical::INT64, None),
            Kind::Real => (Physical::DOUBLE, None),
            Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        };
        let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        builder.with_logical_type(logical).build().map(Arc::new)
    }
}

/// The table as a Parquet file. Times are timestamps in UTC, durations ms. No data is null, and so is the text that
/// stands for a small number in a shared answer.
///
/// # Errors
/// The writer's, of which none is known for a table of a [`super::super::Report`].
pub fn parquet(view: &str, table: &Table) -> Result<Vec<u8>, ParquetError> {
    let kinds: Vec<_> = table.columns.iter().map(|column| Kind::of(view, table.name, column)).collect();
    let fields = kinds.iter().zip(&table.columns).map(|(kind, name)| kind.field(name)).collect::<Result<_, _>>()?;
    let schema = Arc::new(Type::group_type_builder(table.name).with_fields(fields).build()?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::default()))?;
    let mut group = writer.next_row_group()?;
    for (place, kind) in kinds.iter().enumerate() {
        let Some(mut column) = group.next_column()? else { break };
        for rows in table.rows.chunks(BATCH) {
            let cells = rows.iter().map(|row| row.get(place).unwrap_or(&Cell::None));
            match kind {
                Kind::Text => write::<ByteArrayType>(&mut column, cells.map(text))?,
                Kind::Whole | Kind::Time => write::<Int64Type>(&mut column, cells.map(whole))?,
                Kind::Real => write::<DoubleType>(&mut column, cells.map(real))?,
            }
        }
        column.close()?;
    }
    group.close()?;
    writer.into_inner()
}

fn write<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}

fn text(cell: &Cell) -> Option<ByteArray> {
    match cell {
        Cell::None => None,
        Cell::Whole(number) => Some(number.to_string().as_str().into()),
        Cell::Real(number) => Some(number.to_string().as_str().into()),
        Cell::Text(text) => Some(text.as_str().into()),
    }
}

fn whole(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Whole(number) => Some(*number),
        Cell::None | Cell::Real(_) | Cell::Text(_) => None,
    }
}

fn real(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Whole(number) => Some(*number as f64),
        Cell::Real(number) => Some(*number),
        Cell::None | Cell::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::export::ndjson;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use ::parquet::record::reader::RowIter;
    use axum::body::Bytes;
    use serde_json::{Value, json};

    /// The columns' types and the rows of a file.
    fn read(file: Vec<u8>) -> (Vec<String>, Vec<Value>) {
        let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let types = schema.columns().iter().map(|column| {
            assert_eq!(column.self_type().get_basic_info().repetition(), Repetition::OPTIONAL);
            format!("{} {:?} {:?}", column.name(), column.physical_type(), column.logical_type_ref())
        });
        let rows = RowIter::from_file_into(Box::new(reader)).map(|row| {
            let row = row.unwrap();
            let cells = row.get_column_iter().map(|(name, field)| (name.clone(), value(field)));
            Value::Object(cells.collect())
        });
        (types.collect(), rows.collect())
    }

    fn value(field: &Field) -> Value {
        match field {
            Field::Null => Value::Null,
            Field::Long(number) | Field::TimestampMillis(number) => (*number).into(),
            Field::Double(number) => (*number).into(),
            Field::Str(text) => text.as_str().into(),
            other => panic!("{other:?}"),
        }
    }

    fn lines(table: &Table) -> Vec<Value> {
        ndjson(table).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Sessions with hostile paths; the second row has no data but its number of events.
    fn sessions() -> Table {
        let mut table = Table::new("sessions", &["path", "start", "duration", "events"]);
        let real = Cell::Real;
        table.add(vec!["=1+1,\"\r\n\0<b>'--".into(), 1_795_564_800_001_i64.into(), real(1_500.5), 3_i64.into()]);
        table.add(vec![Cell::None, Cell::None, Cell::None, 0_i64.into()]);
        table.add(vec!["".into(), (-1_i64).into(), real(0.0), Cell::None]);
        table.add(vec!["🖕\u{202e}".into(), 0_i64.into(), real(f64::MAX), i64::MAX.into()]);
        table
    }

    #[test]
    fn a_file_has_the_values_of_the_json_lines_and_the_types_of_the_definitions() {
        let table = sessions();
        let (types, rows) = read(parquet("sessions", &table).unwrap());
        let time = "start INT64 Some(Timestamp(TimestampType { is_adjusted_to_u_t_c: true, unit: MILLIS }))";
        assert_eq!(types, ["path BYTE_ARRAY Some(String)", time, "duration DOUBLE None", "events INT64 None"]);
        assert_eq!(rows, lines(&table));
    }

    #[test]
    fn the_schema_does_not_depend_on_the_rows() {
        let full = sessions();
        let empty = Table { rows: Vec::new(), ..full.clone() };
        let (types, rows) = read(parquet("sessions", &empty).unwrap());
        assert_eq!((types, rows), (read(parquet("sessions", &full).unwrap()).0, Vec::new()));
    }

    #[test]
    fn a_table_of_many_rows_is_written_in_their_order() {
        let mut table = Table::new("pages", &["path", "users"]);
        for row in 0..3 * BATCH + 1 {
            let path = (row % 3 > 0).then(|| format!("/{row}"));
            table.add(vec![path.into(), row.into()]);
        }
        assert_eq!(read(parquet("pages", &table).unwrap()).1, lines(&table));
    }

    #[test]
    fn a_small_number_of_a_shared_answer_is_null() {
        let mut table = Table::new("numbers", &["number", "value", "before"]);
        table.add(vec!["users".into(), 5_i64.into(), "< 5".into()]);
        let (types, rows) = read(parquet("overview", &table).unwrap());
        assert_eq!(types, ["number BYTE_ARRAY Some(String)", "value DOUBLE None", "before DOUBLE None"]);
        assert_eq!(rows, [json!({"number": "users", "value": 5.0, "before": null})]);
    }
}
