//! The stage of the whole-system tests: real browsers ([`browser`]) on a real collector and real pages ([`world`]).
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod browser;
pub mod driver;
pub mod engine;
pub mod http;
pub mod shape;
pub mod world;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

/// The one runtime: a browser session that tests share lives longer than each of them.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap())
}

/// The project's folder.
pub fn project() -> &'static Path {
    const HERE: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(HERE).ancestors().nth(2).unwrap()
}

/// A folder for what a test leaves: its data, its browsers' profiles, pictures of failures.
pub fn scratch() -> PathBuf {
    project().join("target/tmp")
}

/// Asks again and again until there is an answer; none when `patience` is over.
pub async fn until<T, F: Future<Output = Option<T>>>(patience: Duration, mut ask: impl FnMut() -> F) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if Instant::now() >= end {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// One `#[test]` per engine for each of these functions, as `chromium::name`, `firefox::name`, `webkit::name`. They
/// need browsers, so plain `cargo test` leaves them out and says so.
#[macro_export]
macro_rules! in_every_engine {
    ($($test:ident),* $(,)?) => {
        $crate::in_every_engine!(@ chromium Chromium $($test)*);
        $crate::in_every_engine!(@ firefox Firefox $($test)*);
        $crate::in_every_engine!(@ webkit Webkit $($test)*);
    };
    (@ $module:ident $engine:ident $($test:ident)*) => {
        mod $module {
            $(
                #[test]
                #[ignore = "needs a browser: cargo xtask test pages"]
                fn $test() {
                    $crate::browser::on_stage($crate::engine::Engine::$engine, async |browser, world| {
                        super::$test(browser, world).await;
                    });
                }
            )*
        }
    };
}

/// The same in Chromium only, as `chromium::name` of the module that says it: for what does not depend on the engine, or
/// needs Chromium's own protocol.
#[macro_export]
macro_rules! in_chromium {
    ($($test:ident),* $(,)?) => {
        $crate::in_every_engine!(@ chromium Chromium $($test)*);
    };
}
