//! What a page of another origin may read: every answer to its events, and nothing else.

use crate::running::*;

#[tokio::test]
async fn every_answer_to_a_page_can_be_read_by_it() {
    let collector = Home::in_memory().start().await;
    let unknown = BATCH.replace("\"site\":\"demo\"", "\"site\":\"nobody\"");
    let elsewhere = BATCH.replace("\"site\":\"demo\"", "\"site\":\"shop\"");
    let forget = |site| waymark_wire::forget::body(site, "7302c5a9-9dbf-ef49-e898-8fce4d0add48");
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

#[tokio::test]
async fn a_preflight_is_answered_for_two_hours() {
    let collector = Home::in_memory().start().await;
    let headers = [("origin", "https://page.example"), ("access-control-request-method", "POST")];
    let answer = collector.ask(collector.request("OPTIONS", "/v1/events", &headers, Bytes::new())).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "https://page.example");
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(answer.header("access-control-allow-headers"), "Content-Type, Content-Encoding");
    assert_eq!(answer.header("access-control-max-age"), "7200");
}

#[tokio::test]
async fn an_unknown_address_lists_what_there_is() {
    let collector = Home::in_memory().start().await;
    let answer = collector.get("/v2/events/x").await;
    let why = "nothing is at /v2/events/x; there are POST and GET /v1/events, POST /v1/forget, POST, PUT and GET \
               /v1/state, GET /v1/audit, GET and DELETE /v1/users/ID, GET /v1/sites/KEY/settings, GET /live, GET /metrics, / (the inspector), \
               /NAME and /v/HASH/NAME (the recorder's files), /healthz and /readyz";
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (404, why));
}
