//! Why ClickHouse refuses: rows for what is in them, or this client. Its text begins with the number of the error, which
//! is the only thing that is read of it: the client keeps no more.

use crate::store::StoreError;

/// Errors that depend on what is in a row, by the numbers and names of ClickHouse. All others may end by themselves, or
/// when somebody mends the server or its tables: memory, space, too many parts, rights, a missing column.
const OF_ROWS: [(u32, &str); 25] = [
    (6, "CANNOT_PARSE_TEXT"),
    (19, "SIZE_OF_FIXED_STRING_DOESNT_MATCH"),
    (25, "CANNOT_PARSE_ESCAPE_SEQUENCE"),
    (26, "CANNOT_PARSE_QUOTED_STRING"),
    (27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED"),
    (38, "CANNOT_PARSE_DATE"),
    (41, "CANNOT_PARSE_DATETIME"),
    (69, "ARGUMENT_OUT_OF_BOUND"),
    (70, "CANNOT_CONVERT_TYPE"),
    (72, "CANNOT_PARSE_NUMBER"),
    (117, "INCORRECT_DATA"),
    (128, "TOO_LARGE_ARRAY_SIZE"),
    (131, "TOO_LARGE_STRING_SIZE"),
    (153, "ILLEGAL_DIVISION"),
    (321, "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE"),
    (349, "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN"),
    (376, "CANNOT_PARSE_UUID"),
    (395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
    (407, "DECIMAL_OVERFLOW"),
    (441, "CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING"),
    (467, "CANNOT_PARSE_BOOL"),
    (469, "VIOLATED_CONSTRAINT"),
    (675, "CANNOT_PARSE_IPV4"),
    (676, "CANNOT_PARSE_IPV6"),
    (691, "UNKNOWN_ELEMENT_OF_ENUM"),
];

/// Errors of user and password: UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED.
const OF_USER: [u32; 4] = [192, 193, 194, 516];

/// The error of the first question, with the keys that it depends on.
pub(super) fn of_start(error: StoreError) -> StoreError {
    match error {
        StoreError::ClickHouse(reason) if code(&reason).is_some_and(|code| OF_USER.contains(&code)) => {
            StoreError::ClickHouse(format!("{reason}; see clickhouse.user and clickhouse.password_file"))
        }
        error => error,
    }
}

/// The error of an insert, told apart.
pub(super) fn of_insert(error: StoreError) -> StoreError {
    match error {
        StoreError::ClickHouse(reason) => match code(&reason).filter(|code| is_of_rows(*code)) {
            Some(code) => StoreError::Refused { code, reason },
            None => StoreError::ClickHouse(reason),
        },
        error => error,
    }
}

/// The number that ClickHouse's text begins with, such as `Code: 469. DB::Exception: ...`.
fn code(reason: &str) -> Option<u32> {
    let digits = reason.strip_prefix("Code: ")?;
    digits.split(|next: char| !next.is_ascii_digit()).next()?.parse().ok()
}

fn is_of_rows(code: u32) -> bool {
    OF_ROWS.iter().any(|(number, _)| *number == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_rows_is_refused() {
        for (text, refused) in [
            ("Code: 469. DB::Exception: Constraint `mark` for table waymark.events is violated. (VIOLATED", Some(469)),
            ("Code: 41, e.displayText() = DB::Exception: Cannot parse datetime: Cannot parse", Some(41)),
            ("Code: 27", Some(27)),
            // Too many parts, no memory, read only, no such column, wrong password, another type of a column.
            ("Code: 252. DB::Exception: Too many parts", None),
            ("Code: 241. DB::Exception: Memory limit exceeded: Code: 469.", None),
            ("Code: 242. DB::Exception: Table is in readonly mode", None),
            ("Code: 16. DB::Exception: No such column", None),
            ("Code: 516. DB::Exception: Authentication failed", None),
            ("Code: 53. DB::Exception: Type mismatch", None),
            ("Code: 4690. DB::Exception", None),
            ("Code: . DB::Exception", None),
            ("502 Bad Gateway", None),
            ("no answer within 120 s", None),
        ] {
            let found = match of_insert(StoreError::ClickHouse(text.to_owned())) {
                StoreError::Refused { code, reason } => {
                    assert_eq!(reason, text);
                    Some(code)
                }
                StoreError::ClickHouse(reason) => {
                    assert_eq!(reason, text);
                    None
                }
                error => panic!("{error}"),
            };
            assert_eq!(found, refused, "{text}");
        }
    }
}
