//! Reads Parquet files.

use axum::body::Bytes;
use parquet::file::reader::SerializedFileReader;
use parquet::record::Field;
use parquet::record::reader::RowIter;
use serde_json::Value;

/// The rows of a file, with all numbers as reals.
pub fn parquet_rows(file: Bytes) -> Vec<Value> {
    let rows = RowIter::from_file_into(Box::new(SerializedFileReader::new(file).unwrap()));
    let value = |field: &Field| match field {
        Field::Null => Value::Null,
        Field::Long(number) | Field::TimestampMillis(number) => (*number as f64).into(),
        Field::Double(number) => (*number).into(),
        Field::Str(text) => text.as_str().into(),
        other => panic!("{other:?}"),
    };
    rows.map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()).collect()
}

/// The object with all numbers as reals.
pub fn only_reals(object: Value) -> Value {
    let Value::Object(mut object) = object else { return object };
    for value in object.values_mut() {
        if let Some(number) = value.as_f64() {
            *value = number.into();
        }
    }
    Value::Object(object)
}
