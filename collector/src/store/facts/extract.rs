//! Makes the fact of a stored event. What the event's JSON does not have, or has in another form, is absent.

use super::Fact;
use super::row::Texts;
use crate::store::{CommittedEvent, StoredEvent};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Longest text in bytes. Events hold the whole of it.
const TEXT_BYTES: usize = 1_000;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body<'b> {
    #[serde(borrow)]
    data: Option<&'b RawValue>,
    #[serde(borrow)]
    s_id: Text<'b>,
    wm: Wm,
    #[serde(borrow)]
    env: Env<'b>,
    #[serde(borrow)]
    ctx: Ctx<'b>,
    #[serde(borrow)]
    version: Version<'b>,
    #[serde(borrow)]
    server: Server<'b>,
}

type Text<'b> = Option<Cow<'b, str>>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wm {
    env: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Env<'b> {
    #[serde(borrow)]
    browser: Named<'b>,
    #[serde(borrow)]
    os: Named<'b>,
    mobile: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'b> {
    #[serde(borrow)]
    name: Text<'b>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ctx<'b> {
    #[serde(borrow)]
    location: Location<'b>,
    #[serde(borrow)]
    title: Text<'b>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location<'b> {
    #[serde(borrow)]
    pathname: Text<'b>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version<'b> {
    #[serde(borrow)]
    lib: Text<'b>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Server<'b> {
    #[serde(borrow)]
    tab: Text<'b>,
    seq: u64,
    corrected: Option<i64>,
    #[serde(borrow)]
    place: Place<'b>,
    #[serde(borrow)]
    bot: Option<&'b RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place<'b> {
    #[serde(borrow)]
    country: Text<'b>,
    #[serde(borrow)]
    city: Text<'b>,
}

/// What guidance content says of itself. A page may write anything into data, so each value is read for itself.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Data<'b> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'b RawValue>,
    #[serde(borrow)]
    o_id: Option<&'b RawValue>,
    #[serde(borrow)]
    o_name: Option<&'b RawValue>,
    #[serde(borrow)]
    p_id: Option<&'b RawValue>,
    #[serde(borrow)]
    p_init: Option<&'b RawValue>,
    #[serde(borrow)]
    o_requested_sub_object: Option<&'b RawValue>,
    #[serde(borrow)]
    o_actual_sub_object: Option<&'b RawValue>,
    #[serde(borrow)]
    content_ver: Option<&'b RawValue>,
    #[serde(borrow)]
    plugin_ver: Option<&'b RawValue>,
}

#[derive(Deserialize)]
struct Init {
    #[serde(rename = "type")]
    kind: i64,
}

impl Fact<String> {
    /// The fact of a stored event.
    pub(in crate::store) fn of(CommittedEvent { position, event }: &CommittedEvent) -> Self {
        let StoredEvent { kind, time, received, who, body, .. } = event;
        let Body { data, s_id, wm, env, ctx, version, server } = serde_json::from_str(body).unwrap_or_default();
        let data: Data<'_> = data.and_then(|data| serde_json::from_str(data.get()).ok()).unwrap_or_default();
        let texts = Texts {
            kind: Some(kind.clone()),
            session: s_id.filter(|id| !id.is_empty()).map(cut),
            user: who.known.clone().or_else(|| who.anonymous.clone()),
            path: ctx.location.pathname.map(cut),
            content: data.o_id.and_then(scalar),
            play: data.p_id.and_then(scalar),
            step: data.o_actual_sub_object.and_then(scalar),
            tab: server.tab.map(cut),
            requested: data.o_requested_sub_object.and_then(scalar),
            content_type: data.kind.and_then(scalar),
            name: data.o_name.and_then(scalar),
            content_version: data.content_ver.or(data.plugin_ver).and_then(scalar),
            title: ctx.title.map(cut),
            country: server.place.country.map(cut),
            city: server.place.city.map(cut),
            browser: env.browser.name.map(cut),
            os: env.os.name.map(cut),
            recorder: version.lib.map(cut),
            linked: who.linked.clone(),
        };
        Fact {
            position: position.0,
            time: server.corrected.unwrap_or(*time),
            received: *received,
            env: wm.env,
            seq: i64::try_from(server.seq).unwrap_or(i64::MAX),
            identified: who.known.is_some(),
            bot: server.bot.is_some_and(|sign| !matches!(sign.get(), "false" | "null")),
            mobile: env.mobile,
            started_by: data.p_init.and_then(|init| serde_json::from_str(init.get()).ok()).map(|init: Init| init.kind),
            texts,
        }
    }
}

/// The `data` of a stored event.
pub(in crate::store) fn data_of(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Body<'b> {
        #[serde(borrow)]
        data: &'b RawValue,
    }
    serde_json::from_str(body).ok().map(|Body { data }| data.get().to_owned())
}

/// A text or a number, as text.
fn scalar(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => serde_json::from_str(raw.get()).ok().map(|text: Cow<'_, str>| cut(text)),
        b'0'..=b'9' | b'-' => Some(cut(raw.get().into())),
        _ => None,
    }
}

fn cut(text: Cow<'_, str>) -> String {
    match text.len() {
        0..=TEXT_BYTES => text.into_owned(),
        _ => text.get(..text.floor_char_boundary(TEXT_BYTES)).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Position, UserIds};
    use uuid::Uuid;

    fn fact(body: &str) -> Fact<String> {
        let who = UserIds { anonymous: Some("a".to_owned()), ..UserIds::default() };
        let (site, kind) = ("demo".to_owned(), "play".to_owned());
        let event = StoredEvent { id: Uuid::nil(), site, kind, time: 7, received: 9, who, body: body.into() };
        Fact::of(&CommittedEvent { position: Position(3), event })
    }

    #[test]
    fn a_fact_has_what_the_example_says() {
        let Fact { position, time, env, mobile, started_by, texts, .. } =
            fact(include_str!("../../../../wire/fixtures/example-event.json"));
        assert_eq!((position, time, env, mobile, started_by), (3, 7, 0, Some(false), Some(1)));
        let expected = [
            (texts.content, "124909"),
            (texts.content_type, "wt"),
            (texts.name, "Log in"),
            (texts.play, "1553433890148-124909-889838df-c7da-f212-e553-08b4142a6894"),
            (texts.step, "1394694"),
            (texts.session, "b34cd63b-b54f-3637-f48b-9ec7fb8247f6"),
            (texts.path, "/product/pink-alligator/"),
            (texts.browser, "Chrome"),
            (texts.os, "Windows"),
            (texts.content_version, "x.x"),
        ];
        for (text, expected) in expected {
            assert_eq!(text.as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_missing_or_of_another_form_is_absent() {
        let odd =
            fact(r#"{"data":{"oId":{"a":1},"oName":["x"],"pInit":3,"type":true,"pId":-5},"server":{"corrected":8}}"#);
        let Texts { content, name, content_type, play, session, .. } = odd.texts.clone();
        assert_eq!((content, name, content_type, session, play.as_deref()), (None, None, None, None, Some("-5")));
        assert_eq!((odd.time, odd.started_by), (8, None));
        assert_eq!(fact("no JSON").texts.kind.as_deref(), Some("play"));
        let long = fact(&format!(r#"{{"ctx":{{"title":"{}"}}}}"#, "é".repeat(600)));
        assert_eq!(long.texts.title.map(|title| title.len()), Some(1_000));
    }
}
