//! The demo: two listeners on this machine, on any free ports.

use crate::harness::running::*;
use std::net::SocketAddr;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use waymark_collector::ServeError;
use waymark_collector::cli::demo::{self, Demo};

fn demo(listen: SocketAddr, pages: &TempDir) -> Demo {
    Demo { listen, pages_listen: listen, assets: None, pages: vec![pages.path().to_owned()], store: None }
}

#[tokio::test]
async fn a_taken_port_is_replaced_by_a_free_one_and_told() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pages = TempDir::new().unwrap();
    std::fs::create_dir(pages.path().join("demo")).unwrap();
    std::fs::write(pages.path().join("demo/index.html"), "hello").unwrap();
    let (started, says) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let running = demo::run(
        demo(taken.local_addr().unwrap(), &pages),
        |at| started.send((at.collector, at.pages, at.to_string())).unwrap(),
        async move {
            let _ = ended.await;
        },
    );
    let using = async {
        let (collector, pages, text) = says.await.unwrap();
        assert!(collector != taken.local_addr().unwrap() && pages != collector);
        assert_eq!(
            text,
            format!(
                "
  Waymark demo

    Demo site   http://{pages}/demo/?collector=http://{collector}
    Inspector   http://{collector}/
    Insights    http://{collector}/insights

    Open both side by side: what happens on the site arrives in the inspector.
    The site key is `demo`. Events are kept in memory. Ctrl+C ends it.

    OPEN TO EVERYONE ON THIS MACHINE: no token, any origin. Not for real data.
"
            )
        );
        end.send(()).unwrap();
    };
    let (ran, ()) = in_time(async { tokio::join!(running, using) }).await;
    ran.unwrap();
}

#[tokio::test]
async fn a_directory_of_pages_that_is_not_there_is_told() {
    let pages = TempDir::new().unwrap();
    let missing = pages.path().join("nothing");
    let demo = Demo { pages: vec![missing.clone()], ..demo("127.0.0.1:0".parse().unwrap(), &pages) };
    let result = demo::run(demo, |_| panic!("it started"), async {}).await;
    let why = format!("no directory with the site's pages is at {}; name another by --pages", missing.display());
    assert_eq!(result.unwrap_err().to_string(), why);
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused() {
    let pages = TempDir::new().unwrap();
    let result = demo::run(demo("0.0.0.0:0".parse().unwrap(), &pages), |_| panic!("it started"), async {}).await;
    let why = "0.0.0.0:0 can be reached from other machines, and the demo needs no token: use 127.0.0.1";
    assert_eq!(result.unwrap_err().to_string(), why);

    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let result = waymark_collector::serve(waymark_collector::Config::demo(), listener, async {}).await;
    assert!(matches!(result, Err(ServeError::NotLoopback(_))));
}
