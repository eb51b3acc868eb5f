//! The program `waymark-collector`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    waymark_collector::cli::main().await
}
