//! `clickhouse-door [FOLDER]`: ClickHouse's HTTP interface, as far as the collector uses it, over the data in a folder,
//! or in one that is removed at the end. It prints its address, and ends when its standard input does: with the test
//! that started it.
//!
//! `CHDB_LIBRARY` is the path of `libchdb.so`. With `CLICKHOUSE_DOOR_PASSWORD` it takes no other password, and
//! `CLICKHOUSE_DOOR_LISTEN` is its address, of any free port by default. A library has no users, TLS, compression or
//! replicas: none of that is tested behind this door.

mod chdb;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chdb::Chdb;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What answers requests.
struct Door {
    chdb: Chdb,
    /// Where the bodies of inserts lie while they are read.
    folder: PathBuf,
    next: AtomicU64,
    password: Option<String>,
}

/// A request: what ClickHouse reads from the address.
#[derive(Default)]
struct Asked {
    query: String,
    database: Option<String>,
    format: Option<String>,
    settings: Vec<(String, String)>,
}

/// A status, ClickHouse's number of the error, and its text.
type Refusal = (StatusCode, String, String);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clickhouse-door: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let kept = std::env::args_os().nth(1).map(PathBuf::from);
    let is_kept = kept.is_some();
    let folder = kept.unwrap_or_else(|| std::env::temp_dir().join(format!("clickhouse-door-{}", std::process::id())));
    let library = std::env::var_os("CHDB_LIBRARY").ok_or("CHDB_LIBRARY must be the path of libchdb.so")?;
    let password = std::env::var("CLICKHOUSE_DOOR_PASSWORD").ok();
    let listen = std::env::var("CLICKHOUSE_DOOR_LISTEN").ok();
    let inserts = folder.join("inserts");
    std::fs::create_dir_all(&inserts).map_err(|error| error.to_string())?;
    let chdb = Chdb::open(Path::new(&library), &folder.join("data"))?;
    let door = Arc::new(Door { chdb, folder: inserts, next: AtomicU64::new(0), password });
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        if !is_kept {
            let _ = std::fs::remove_dir_all(&folder);
        }
        chdb::leave();
    });
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let serve = async {
        let listener = tokio::net::TcpListener::bind(listen.as_deref().unwrap_or("127.0.0.1:0")).await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, Router::new().fallback(answer).with_state(door)).await
    };
    runtime.block_on(serve).map_err(|error| error.to_string())
}

async fn answer(State(door): State<Arc<Door>>, request: Request<Body>) -> Response {
    let given = request.headers().get("x-clickhouse-key").and_then(|key| key.to_str().ok());
    if door.password.as_deref().is_some_and(|password| given != Some(password)) {
        return refused((
            StatusCode::FORBIDDEN,
            "516".to_owned(),
            "Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)"
                .to_owned(),
        ));
    }
    if request.uri().path() == "/ping" {
        return "Ok.\n".into_response();
    }
    let asked = Asked::of(request.uri().query().unwrap_or_default());
    let Ok(body) = to_bytes(request.into_body(), usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let done = tokio::task::spawn_blocking(move || door.ask(asked, &body)).await;
    match done {
        Ok(Ok(bytes)) => bytes.into_response(),
        Ok(Err(refusal)) => refused(refusal),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused((status, code, text): Refusal) -> Response {
    (status, [("x-clickhouse-exception-code", code)], text).into_response()
}

impl Asked {
    fn of(query: &str) -> Self {
        let mut asked = Asked::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "query" => asked.query = value.into_owned(),
                "database" => asked.database = Some(value.into_owned()),
                "default_format" => asked.format = Some(value.into_owned()),
                _ => asked.settings.push((name.into_owned(), value.into_owned())),
            }
        }
        asked
    }
}

impl Door {
    fn ask(&self, Asked { query, database, format, settings }: Asked, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        // Settings are those of the connection: each is put back.
        let text = |value: &str| format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"));
        let mut before: Vec<_> = settings.iter().map(|(name, value)| format!("SET {name} = {}", text(value))).collect();
        let after: Vec<_> = settings.iter().map(|(name, _)| format!("SET {name} = DEFAULT")).collect();
        before.extend(database.map(|database| format!("USE `{}`", database.replace('`', ""))));
        let format = format.unwrap_or_else(|| "TabSeparated".to_owned());
        // An insert brings its rows in the body. Behind the query's text they would end at bytes that look like SQL.
        let done = match query.rsplit_once(" FORMAT ") {
            Some((insert, rows)) if query.trim_start().starts_with("INSERT") => {
                let file = self.folder.join(format!("{}.rows", self.next.fetch_add(1, Ordering::Relaxed)));
                std::fs::write(&file, body).map_err(|error| failed(error.to_string()))?;
                let insert = format!("{insert} FROM INFILE {} FORMAT {rows}", text(&file.to_string_lossy()));
                let done = self.chdb.run(&before, &insert, &format, &after);
                let _ = std::fs::remove_file(&file);
                done
            }
            _ => self.chdb.run(&before, &(query + &String::from_utf8_lossy(body)), &format, &after),
        };
        done.map_err(failed)
    }
}

/// ClickHouse's number of an error is in its text: `Code: 60. DB::Exception: ...`.
fn failed(text: String) -> Refusal {
    let digits = text.split_once("Code: ").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
    (StatusCode::INTERNAL_SERVER_ERROR, digits.unwrap_or_else(|| "1002".to_owned()), text)
}
