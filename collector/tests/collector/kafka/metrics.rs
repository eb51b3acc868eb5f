//! The metrics of sinks and landers are those that dashboard and documentation name.

use super::marked::{cluster, with_kafka};
use crate::harness::dashboard::{charted, exposed, names};
use crate::harness::process::ask;
use crate::harness::running::*;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use waymark_collector::land::{Lander, MemoryLanding, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_metric_of_sinks_and_landers_is_on_the_dashboard_and_in_the_documentation() {
    let ((_cluster, servers), home) = (cluster().await, Home::in_sqlite());
    let config = with_kafka(home.config(), &servers, &[]);
    let collector = Running::start(config.clone()).await;
    let of_collector = collector.get("/metrics").await.text().to_owned();
    collector.stop().await;

    let (end, ending) = watch::channel(false);
    let listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let lander = Lander { rows: 100, wait: Duration::from_millis(50), listen };
    let (started, starts) = oneshot::channel();
    let landing = Arc::new(MemoryLanding::default());
    let running = tokio::spawn(async move {
        run(&config, lander, landing, Arc::default(), ending, |address| started.send(address).unwrap()).await
    });
    let address = in_time(starts).await.unwrap().unwrap();
    let of_lander = tokio::task::spawn_blocking(move || ask(address, "GET", "/metrics", "").unwrap().body);
    let of_lander = of_lander.await.unwrap();
    end.send_replace(true);
    in_time(running).await.unwrap().unwrap();

    let of_kafka = |name: &String| ["waymark_sink_", "waymark_land_"].iter().any(|part| name.starts_with(part));
    let there: BTreeSet<_> = [of_collector, of_lander].iter().flat_map(|text| exposed(text)).filter(of_kafka).collect();
    let metric = |name: &String| match ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)) {
        Some(histogram) if there.contains(histogram) => histogram.to_owned(),
        _ => name.clone(),
    };
    let all: BTreeSet<_> = there.iter().map(metric).collect();
    assert_eq!(all.len(), 15, "{all:?}");
    let charted: BTreeSet<_> = charted().iter().filter(|name| of_kafka(name)).map(metric).collect();
    assert_eq!(charted, all);
    let pages = [include_str!("../../../../docs/kafka.md"), include_str!("../../../../docs/operate.md")].concat();
    // A family is written by what its names begin with.
    let described: BTreeSet<_> =
        names(&pages).into_iter().filter(|name| of_kafka(name) && !name.ends_with('_')).collect();
    assert_eq!(described, all);
}
