//! What a shared link shows of an answer: counts in steps of five, nothing of fewer than five users, and no user,
//! session or event.
//!
//! In: the answer that the owner sees. Out: numbers and tables whose rows have a count of users. A row of fewer than
//! five users is left out. A count below five, 0 included, is `< 5`: otherwise a range with and without one user would
//! show what that user did. Shares are computed from the rounded counts, for the same reason. Means, sums of time and
//! exact shares are left out.

use super::definitions::{self, Unit};
use super::question::{Unit as Of, View};
use super::report::{Cell, Number, Report, Table};

/// Smallest number of users that a shared number tells of, and the step of shared counts.
const USERS: i64 = 5;

/// What stands in place of a smaller count.
const FEWER: &str = "< 5";

/// What readers of a link are told.
pub const NOTE: &str = "Counts are rounded to steps of 5. Rows of fewer than 5 users are left out, and a count below 5 \
                        is shown as < 5. Today is left out.";

/// The tables that can be shared, with the column that counts the users of a row.
const TABLES: [(&str, &str, &str); 15] = [
    ("overview", "trend", "users"),
    ("overview", "top_contents", "users"),
    ("overview", "top_pages", "users"),
    ("overview", "countries", "users"),
    ("overview", "browsers", "users"),
    ("overview", "systems", "users"),
    ("contents", "contents", "users"),
    ("steps", "steps", "users"),
    ("funnel", "funnel", "reached"),
    ("sessions", "trend", "users"),
    ("retention", "cohorts", "new_users"),
    ("pages", "pages", "users"),
    ("progress", "tasks", "users"),
    ("progress", "courses", "users"),
    ("autoplay", "autoplay", "users"),
];

/// The numbers that count the users of a view.
const PEOPLE: [&str; 3] = ["users", "new_users", "entered"];

/// Why a view cannot be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShared {
    /// It shows users, sessions or events, or counts no users.
    #[error(
        "overview, contents, steps, funnel, sessions, retention, pages, progress or autoplay: the others show users or \
         events"
    )]
    View,
    /// The funnel counts something else than users.
    #[error("user: a shared funnel counts users")]
    Unit,
}

/// Checks that a view can be shared.
///
/// # Errors
/// [`NotShared`].
pub fn check(view: &View) -> Result<(), NotShared> {
    match view {
        View::Funnel(funnel) if funnel.unit != Of::User => Err(NotShared::Unit),
        view if TABLES.iter().any(|(of, _, _)| *of == view.name()) => Ok(()),
        _ => Err(NotShared::View),
    }
}

/// What a link shows of a view's answer.
pub fn shared(view: &View, report: &Report) -> Report {
    let view = view.name();
    let users = most_users(view, report);
    let mut shared = Report::default();
    if users >= USERS {
        shared.numbers = report.numbers.iter().filter_map(|number| self::number(view, report, number)).collect();
    }
    let tables = report.tables.iter().filter_map(|table| Some((table, users_of(view, table.name)?)));
    shared.tables = tables.map(|(table, users)| self::table(view, table, users)).collect();
    shared
}

fn users_of(view: &str, table: &str) -> Option<&'static str> {
    TABLES.iter().find(|(of, name, _)| *of == view && *name == table).map(|(_, _, users)| *users)
}

/// At least so many users are behind the numbers of the view.
fn most_users(view: &str, report: &Report) -> i64 {
    let numbers = PEOPLE.iter().filter_map(|name| report.value(name)).map(whole);
    let rows = report.tables.iter().filter_map(|table| Some((table, place(table, users_of(view, table.name)?)?)));
    let rows = rows.flat_map(|(table, place)| table.rows.iter().filter_map(move |row| row.get(place)).map(whole));
    numbers.chain(rows).max().unwrap_or_default()
}

fn number(view: &str, report: &Report, number: &Number) -> Option<Number> {
    let before_of = |name: &str| report.numbers.iter().find(|number| number.name == name)?.before.as_ref();
    let of = |name: &str| report.value(name).map(whole);
    let value = publish(view, number.name, &number.value, of)?;
    let enough = before_of("users").is_some_and(|users| whole(users) >= USERS);
    let before = number.before.as_ref().map(|before| match enough {
        true => publish(view, number.name, before, |name| before_of(name).map(whole)).unwrap_or(Cell::None),
        false => FEWER.into(),
    });
    Some(Number { name: number.name, value, before })
}

fn table(view: &str, table: &Table, users: &str) -> Table {
    let Some(users) = place(table, users) else { return Table { rows: Vec::new(), ..table.clone() } };
    // Of a row without a single value it is known which columns are shared.
    let is_shared = |name: &&&'static str| publish(view, name, &Cell::None, |_| None).is_some();
    let columns: Vec<_> = table.columns.iter().filter(is_shared).copied().collect();
    let enough = table.rows.iter().filter(|row| row.get(users).map_or(0, whole) >= USERS);
    let row = |row: &Vec<Cell>| {
        let of = |name: &str| row.get(place(table, name)?).map(whole);
        let cells = table.columns.iter().zip(row);
        cells.filter_map(|(name, cell)| publish(view, name, cell, of)).collect()
    };
    let rows: Vec<_> = enough.map(row).collect();
    Table { name: table.name, columns, total: rows.len(), rows }
}

/// The shared form of a value; `None` if it is not shared. `of` gives the exact counts beside it.
fn publish(view: &str, name: &str, cell: &Cell, of: impl Fn(&str) -> Option<i64>) -> Option<Cell> {
    let unit = definitions::find(view, name)?.unit;
    match (view, name, unit) {
        // Counts of now would show a single user come and go.
        (_, "users_now", _) => None,
        ("funnel", "place", _) | (_, _, Unit::Text | Unit::Time) => Some(cell.clone()),
        (_, _, Unit::Count) => Some(rounded(whole(cell)).map_or_else(|| FEWER.into(), Cell::Whole)),
        ("steps", "completion_rate", _) => Some(share(of("completed_sessions"), of("sessions"))),
        (_, "completion_rate", _) => Some(share(of("completed_plays"), of("plays"))),
        ("progress", "completed_share", _) => Some(share(of("completed_users"), of("users"))),
        ("autoplay", "close_rate", _) => Some(share(of("closed"), of("plays"))),
        ("funnel", "conversion", _) => Some(share(of("finished"), of("entered"))),
        ("retention", week, Unit::Share) if week.starts_with("week_") => Some(match cell {
            Cell::Real(part) => {
                let users = of("new_users").unwrap_or_default();
                share(Some((part * users as f64).round() as i64), Some(users))
            }
            _ => Cell::None,
        }),
        ("contents" | "progress", "median_time", _) => Some(duration(cell, of("completed_users"))),
        ("funnel", "median_time", _) => Some(duration(cell, of("reached"))),
        ("sessions", "median_duration", _) => Some(duration(cell, of("users"))),
        _ => None,
    }
}

/// The nearest multiple of five; `None` below five.
fn rounded(count: i64) -> Option<i64> {
    (count >= USERS).then(|| (count + USERS / 2) / USERS * USERS)
}

/// The share of rounded counts.
fn share(part: Option<i64>, whole: Option<i64>) -> Cell {
    match (part.and_then(rounded), whole.and_then(rounded)) {
        (Some(part), Some(whole)) => Cell::Real((part as f64 / whole as f64).min(1.0)),
        _ => FEWER.into(),
    }
}

/// A median of at least five users, to two digits.
fn duration(cell: &Cell, users: Option<i64>) -> Cell {
    let ms = match cell {
        Cell::Whole(ms) => *ms,
        Cell::Real(ms) => *ms as i64,
        Cell::None | Cell::Text(_) => return Cell::None,
    };
    if users.unwrap_or_default() < USERS {
        return FEWER.into();
    }
    let step = 10_i64.saturating_pow(ms.max(1).ilog10().saturating_sub(1));
    Cell::Whole(ms.saturating_add(step / 2) / step * step)
}

fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| *column == name)
}

/// A count. No data counts as none: the difference would show whether anybody was there.
fn whole(cell: &Cell) -> i64 {
    match cell {
        Cell::Whole(count) => *count,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trend(users: i64) -> Report {
        let mut table = Table::new("trend", &["time", "users", "sessions"]);
        table.add(vec![Cell::Whole(1_795_564_800_000), users.into(), (users * 2).into()]);
        let mut report = Report { tables: vec![table], ..Report::default() };
        report.number("users", users);
        report.number("users_now", 9_i64);
        report
    }

    #[test]
    fn five_users_are_shown_and_four_are_not() {
        assert_eq!(shared(&View::Overview, &trend(4)).numbers, []);
        assert_eq!(shared(&View::Overview, &trend(4)).tables[0].rows, Vec::<Vec<Cell>>::new());
        let five = shared(&View::Overview, &trend(5));
        assert_eq!(five.numbers, [Number { name: "users", value: Cell::Whole(5), before: None }]);
        let row = vec![Cell::Whole(1_795_564_800_000), Cell::Whole(5), Cell::Whole(10)];
        assert_eq!((&five.tables[0].rows, five.tables[0].total), (&vec![row], 1));
    }

    #[test]
    fn a_time_has_two_digits_and_a_share_is_that_of_rounded_counts() {
        for (ms, shown) in [(0, 0), (7, 7), (94, 94), (137_499, 140_000), (1_250, 1_300)] {
            assert_eq!(duration(&Cell::Whole(ms), Some(5)), Cell::Whole(shown), "{ms}");
        }
        assert_eq!(duration(&Cell::Whole(9), Some(4)), FEWER.into());
        assert_eq!((share(Some(6), Some(11)), share(Some(4), Some(11))), (Cell::Real(0.5), FEWER.into()));
    }

    /// Of the course, 10 of 21 users completed it: 10 of 20. The four below 25 % are `< 5`. The course of four users
    /// is left out.
    #[test]
    fn a_shared_course_has_rounded_quarters_and_no_part_of_all_users() {
        let columns = ["content", "users", "below_25", "completed_users", "completed_share", "of_users", "median_time"];
        let mut courses = Table::new("courses", &columns);
        let row = |content: &str, users: i64, completed: i64| {
            let share = completed as f64 / users as f64;
            vec![
                content.into(),
                users.into(),
                Cell::Whole(4),
                completed.into(),
                share.into(),
                0.1.into(),
                Cell::Whole(61_234),
            ]
        };
        courses.add(row("3", 21, 10));
        courses.add(row("4", 4, 1));
        let mut report = Report { tables: vec![courses], ..Report::default() };
        report.number("users", 100_i64);
        report.number("courses_completed", 11_i64);
        let shared = shared(&View::Progress, &report);
        assert_eq!(
            shared.tables[0].columns,
            ["content", "users", "below_25", "completed_users", "completed_share", "median_time"]
        );
        let row: Vec<Cell> =
            vec!["3".into(), Cell::Whole(20), FEWER.into(), Cell::Whole(10), 0.5.into(), Cell::Whole(61_000)];
        assert_eq!(shared.tables[0].rows, [row]);
        let numbers: Vec<_> = shared.numbers.iter().map(|number| (number.name, number.value.clone())).collect();
        assert_eq!(numbers, [("users", Cell::Whole(100)), ("courses_completed", Cell::Whole(10))]);
    }

    /// Of 20 plays by a rule 8 were closed: 10 of 20. How often a single user saw it stays out.
    #[test]
    fn shared_auto_play_has_counts_and_the_shares_of_rounded_ones() {
        let columns = ["content", "plays", "users", "per_user", "closed", "close_rate", "median_close", "other_rate"];
        let mut autoplay = Table::new("autoplay", &columns);
        let row: Vec<Cell> = vec![
            "7".into(),
            Cell::Whole(20),
            Cell::Whole(6),
            3.3.into(),
            Cell::Whole(8),
            0.4.into(),
            Cell::Whole(900),
            0.2.into(),
        ];
        autoplay.add(row);
        let shared = shared(&View::Autoplay, &Report { tables: vec![autoplay], ..Report::default() });
        assert_eq!(shared.tables[0].columns, ["content", "plays", "users", "closed", "close_rate"]);
        let row: Vec<Cell> = vec!["7".into(), Cell::Whole(20), Cell::Whole(5), Cell::Whole(10), 0.5.into()];
        assert_eq!(shared.tables[0].rows, [row]);
    }

    proptest! {
        // I15
        #[test]
        fn a_shared_count_is_never_that_of_one_number_of_users(count in 0..10_000_i64) {
            let shown = |count: i64| publish("overview", "plays", &Cell::Whole(count), |_| None).unwrap();
            let same = (count - 4..=count + 4).filter(|other| *other >= 0 && shown(*other) == shown(count)).count();
            // 5, 6 and 7 are shown as 5; every other text stands for five counts.
            prop_assert!(same >= if (5..8).contains(&count) { 3 } else { 5 }, "{count}");
        }

        #[test]
        fn no_data_and_none_and_few_look_the_same(count in 0..USERS) {
            let shown = |cell: Cell| publish("overview", "plays", &cell, |_| None);
            prop_assert_eq!(shown(Cell::Whole(count)), shown(Cell::None));
        }
    }
}
