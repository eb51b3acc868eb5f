//! What a load balancer is told.

use crate::harness::running::*;

over_both_stores! {
    a_collector_that_can_store_is_alive_and_ready
}

async fn a_collector_that_can_store_is_alive_and_ready(home: Home) {
    let collector = home.start().await;
    assert_eq!(collector.get_with("/healthz", &[]).await.text(), r#"{"status":"alive"}"#);
    assert_eq!(collector.get_with("/readyz", &[]).await.text(), r#"{"status":"ready"}"#);
    collector.stop().await;
}
