//! The program `waymark-collector`.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A request allocates some hundred times, and the writer's thread frees what another allocated: the system's allocator
/// takes a fifth more CPU for each event (docs/operate.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    waymark_collector::cli::main().await
}
