//! The inspector's page as a browser gets it.

use crate::harness::running::*;
use waymark_collector::Config;

#[tokio::test]
async fn the_page_may_run_its_own_script_and_nothing_else() {
    let collector = Running::start(Config::demo()).await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/inspector/inspector.css", "text/css; charset=utf-8"),
        ("/inspector/inspector.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = collector.get_with(path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'"
        );
    }
}

#[tokio::test]
async fn what_strangers_sent_is_never_markup() {
    let collector = Running::start(Config::demo()).await;
    for part in ["inspector.js", "audit.js", "stream.js", "filter.js", "row.js", "detail.js", "onpage.js", "pulse.js"] {
        let script = collector.get_with(&format!("/inspector/{part}"), &[]).await;
        assert_eq!(script.status, 200);
        for way_in in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!script.text().contains(way_in), "{part}: {way_in}");
        }
    }
    let page = collector.get_with("/", &[]).await;
    assert!(!page.text().contains(" style=") && !page.text().contains(" onclick="));
}

#[tokio::test]
async fn no_answer_can_be_framed_or_taken_for_a_page() {
    let collector = Running::start(Config::demo()).await;
    for path in ["/", "/inspector/row.js", "/v1/events", "/v1/audit", "/metrics", "/healthz", "/nothing", "/a/b/c"] {
        let answer = collector.get_with(path, &[]).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
    collector.stop().await;
}
