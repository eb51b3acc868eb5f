//! What a page of another origin may read: every answer to its events, and nothing else.

use crate::harness::running::*;

#[tokio::test]
async fn every_answer_to_a_page_can_be_read_by_it() {
    let collector = Home::in_memory().start().await;
    let unknown = BATCH.replace("\"site\":\"demo\"", "\"site\":\"nobody\"");
    let elsewhere = BATCH.replace("\"site\":\"demo\"", "\"site\":\"shop\"");
    let forget = |site| forget_body(site, "7302c5a9-9dbf-ef49-e898-8fce4d0add48");
    for (path, body, status) in [
        ("/v1/events", BATCH.to_owned(), 200),
        ("/v1/events", "{".to_owned(), 400),
        ("/v1/events", unknown, 401),
        ("/v1/events", elsewhere, 403),
        ("/v1/event", BATCH.to_owned(), 404),
        ("/healthz", BATCH.to_owned(), 405),
        ("/v1/events", " ".repeat(2 << 20), 413),
        ("/v1/forget", forget("demo"), 200),
        ("/v1/forget", "{".to_owned(), 400),
        ("/v1/forget", forget("nobody"), 401),
        ("/v1/forget", forget("shop"), 403),
        ("/v1/forget", " ".repeat(5_000), 413),
        ("/v1/state", "{".to_owned(), 400),
        ("/v1/state", r#"{"site":"demo","user":"a","signature":""}"#.to_owned(), 401),
    ] {
        let headers = [("origin", "https://page.example")];
        let answer = collector.ask(collector.request("POST", path, &headers, body.into())).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), "https://page.example");
        assert_eq!(answer.header("access-control-expose-headers"), "Retry-After");
        assert_eq!(answer.header("vary"), "Origin");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    assert_eq!(collector.post(BATCH).await.header("access-control-allow-origin"), "*");
}

/// What pages of other origins use, and by which method.
const PAGES: [(&str, &str); 8] = [
    ("/v1/events", "POST"),
    ("/v1/events?site=demo", "POST"),
    ("/v1/forget", "POST"),
    ("/v1/state", "POST"),
    ("/v1/sites/demo/settings", "GET"),
    ("/v1/sites/demo/overlay", "POST"),
    ("/waymark.js", "GET"),
    ("/v/0123456789abcdef/waymark.js", "GET"),
];

const ALWAYS: &str = "Content-Type, Content-Encoding";

/// The answer to the preflight of a page that wants to use this method and, where there is one, these lists of headers.
async fn preflight(collector: &Running, path: &str, method: &str, lists: &[&str]) -> Answer {
    let mut headers = vec![("origin", "https://page.example"), ("access-control-request-method", method)];
    headers.extend(lists.iter().map(|list| ("access-control-request-headers", *list)));
    collector.ask(collector.request("OPTIONS", path, &headers, Bytes::new())).await
}

/// Every value of a header, in one line.
fn all(answer: &Answer, name: &str) -> String {
    let values: Vec<_> = answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
    values.join(", ")
}

#[tokio::test]
async fn a_preflight_is_answered_for_two_hours() {
    let collector = Home::in_memory().start().await;
    for (path, method) in PAGES {
        let answer = preflight(&collector, path, method, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (204, ""), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "https://page.example");
        assert_eq!(answer.header("access-control-allow-methods"), method, "{path}");
        assert_eq!(answer.header("access-control-allow-headers"), ALWAYS);
        assert_eq!(answer.header("access-control-max-age"), "7200");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(all(&answer, "vary"), "Access-Control-Request-Headers, Origin", "{path}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn headers_that_a_page_s_libraries_add_are_allowed() {
    let collector = Home::in_memory().start().await;
    for (path, method) in PAGES {
        for (asked, allowed) in [
            (&["traceparent"][..], "traceparent"),
            (&["baggage"], "baggage"),
            (&["X-Requested-With"], "x-requested-with"),
            (&["authorization"], "authorization"),
            (
                &["baggage,traceparent,tracestate,x-requested-with"],
                "baggage, traceparent, tracestate, x-requested-with",
            ),
            (&["TRACEPARENT ,\tBaggage"], "traceparent, baggage"),
            (&["x-b3-spanid", "x-b3-traceid"], "x-b3-spanid, x-b3-traceid"),
            (&["content-type,Content-Encoding,sentry-trace,Sentry-Trace"], "sentry-trace"),
        ] {
            let answer = preflight(&collector, path, method, asked).await;
            assert_eq!(answer.status, 204);
            assert_eq!(
                answer.header("access-control-allow-headers"),
                format!("{ALWAYS}, {allowed}"),
                "{path} {asked:?}"
            );
            assert_eq!(all(&answer, "vary"), "Access-Control-Request-Headers, Origin");
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn an_absurd_list_of_headers_is_answered_within_bounds() {
    let collector = Home::in_memory().start().await;
    let (long, many) = ("x".repeat(101), (0..200).map(|n| format!("x-{n}")).collect::<Vec<_>>());
    for (asked, allowed) in [
        ("", String::new()),
        (", ,,", String::new()),
        ("a b, x-(y), \"quoted\", x:y, good", ", good".to_owned()),
        (long.as_str(), String::new()),
        (&long[1..], format!(", {}", &long[1..])),
        (&many.join(","), many[..64].iter().map(|name| format!(", {name}")).collect()),
    ] {
        let answer = preflight(&collector, "/v1/events", "POST", &[asked]).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-headers"), format!("{ALWAYS}{allowed}"));
    }
    // A byte that is no letter of any name.
    let mut request = collector.request("OPTIONS", "/v1/events", &[], Bytes::new());
    let strange = axum::http::HeaderValue::from_bytes(b"traceparent,\xff").unwrap();
    request.headers_mut().insert("access-control-request-headers", strange);
    assert_eq!(collector.ask(request).await.header("access-control-allow-headers"), ALWAYS);
    collector.stop().await;
}

#[tokio::test]
async fn what_a_preflight_allowed_arrives_and_can_be_read() {
    let collector = Home::in_memory().start().await;
    let added = [
        ("origin", "https://page.example"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("baggage", "userId=alice"),
        ("x-requested-with", "XMLHttpRequest"),
    ];
    let answer = collector.post_with(&added, BATCH).await;
    assert_eq!((answer.outcome(), answer.header("access-control-allow-origin")), (reply(2, 0), "https://page.example"));
    let forget = forget_body("demo", "7302c5a9-9dbf-ef49-e898-8fce4d0add48");
    assert_eq!(collector.post_forget(&added, forget).await.status, 200);
    let answer = collector.get_with("/v1/sites/demo/settings", &added).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "https://page.example"));
    collector.stop().await;
}

#[tokio::test]
async fn no_preflight_lets_a_page_use_what_shows_what_is_stored() {
    let collector = Home::in_memory().start().await;
    for path in ["/v1/audit", "/v1/users/adam", "/live", "/metrics", "/", "/healthz", "/readyz"] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = preflight(&collector, path, method, &["authorization"]).await;
            assert_eq!(answer.status, 405, "{path}");
            assert_eq!(answer.header("access-control-allow-headers"), "");
        }
    }
    for (path, method) in [("/v1/events", "GET"), ("/v1/state", "PUT"), ("/v1/state", "GET")] {
        let answer = preflight(&collector, path, method, &["authorization"]).await;
        assert_eq!(answer.header("access-control-allow-methods"), "POST", "{path}");
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("origin", "https://page.example"), ("authorization", bearer.as_str())];
        let answer = collector.get_with(path, &headers).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_page_with_a_wrong_address_can_read_what_is_wrong_with_it() {
    let collector = Home::in_memory().start().await;
    let answer = preflight(&collector, "/collect/v1/events", "POST", &["traceparent"]).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-headers"), format!("{ALWAYS}, traceparent"));
    let answer = collector.post_to("/collect/v1/events", "https://page.example", BATCH).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (404, "https://page.example"));
    collector.stop().await;
}

#[tokio::test]
async fn an_unknown_address_lists_what_there_is() {
    let collector = Home::in_memory().start().await;
    let answer = collector.get("/v2/events/x").await;
    let why = "nothing is at /v2/events/x; there are POST and GET /v1/events, POST /v1/forget, POST, PUT and GET \
               /v1/state, GET /v1/audit, GET and DELETE /v1/users/ID, GET /v1/users/ID/summary, GET /v1/insights, \
               GET /v1/insights/VIEW, GET /v1/saved, PUT and DELETE /v1/saved/NAME, GET and POST /v1/shares, \
               DELETE /v1/shares/ID, GET /v1/shared, POST /v1/overlays, \
               GET /v1/sites/KEY/settings, POST /v1/sites/KEY/overlay, GET /live, GET /metrics, / (the inspector), /insights, /NAME and /v/HASH/NAME (the recorder's files), /healthz and /readyz";
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (404, why));
}
