//! The inspector shows what strangers sent: as text, in every place of an event.

use serde_json::{Value, json};
use support::browser::Browser;
use support::http;
use support::world::World;
use waymark_wire::limits;

/// What would run, load or break out if any of it were taken for markup, an address, a style or code. Each that runs
/// sets `window.hit`.
pub const HOSTILE: [&str; 44] = [
    "<script>window.hit=1</script>",
    "<script src=data:text/javascript,window.hit=1></script>",
    "</script><script>window.hit=1</script>",
    "<ScRiPt>window.hit=1</sCrIpT>",
    "<scr<script>ipt>window.hit=1</scr</script>ipt>",
    "<img src=x onerror=window.hit=1>",
    "<img src=x onerror=\"window.hit=1\"",
    "<img/src=x/onerror=window.hit=1//",
    "\"><img src=x onerror=window.hit=1>",
    "'><img src=x onerror=window.hit=1>",
    "\" onmouseover=\"window.hit=1\" autofocus onfocus=\"window.hit=1",
    "' onfocus='window.hit=1' autofocus='",
    "` onfocus=window.hit=1 autofocus `",
    "<svg onload=window.hit=1>",
    "<svg><script>window.hit=1</script></svg>",
    "<svg><animate onbegin=window.hit=1 attributeName=x dur=1s>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=window.hit=1></svg>#x\">",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.hit=1>",
    "<body onload=window.hit=1>",
    "<input autofocus onfocus=window.hit=1>",
    "<details open ontoggle=window.hit=1>",
    "<video><source onerror=window.hit=1>",
    "<audio src=x onerror=window.hit=1>",
    "<marquee onstart=window.hit=1>",
    "<iframe src=\"javascript:parent.hit=1\"></iframe>",
    "<iframe srcdoc=\"<script>parent.hit=1</script>\"></iframe>",
    "<object data=\"javascript:window.hit=1\"></object>",
    "<embed src=\"javascript:window.hit=1\">",
    "<a href=\"javascript:window.hit=1\">here</a>",
    "<form action=\"javascript:window.hit=1\"><button>go</button></form>",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:window.hit=1\">",
    "<link rel=stylesheet href=\"data:text/css,*{display:none}\">",
    "<style>*{display:none}</style>",
    "red;background:url(javascript:window.hit=1)",
    "<template><script>window.hit=1</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=window.hit=1>\">",
    "<!--><img src=x onerror=window.hit=1>-->",
    "javascript:window.hit=1",
    "data:text/html,<script>opener.hit=1</script>",
    "&lt;img src=x onerror=window.hit=1&gt;&#60;script&#62;",
    "{{constructor.constructor('window.hit=1')()}}${window.hit=1}",
    "\u{202e}\u{2028}\u{2029}\u{feff}\u{0}\u{7f}\u{1f595}<b>",
    "\r\ndata: {\"id\":\"x\"}\r\n\r\nevent: lagged\r\ndata: <img src=x onerror=window.hit=1>",
];

/// Types that every object of JavaScript has as names. Other events have a hostile text for a type.
const TYPES: [&str; 4] = ["__proto__", "constructor", "toString", "hasOwnProperty"];

/// A batch with an event for each text, which stands in every place where an event has text.
pub fn batch(tab: u32) -> Value {
    let context = |text: &str| {
        json!({
            "sId": text, "interactionGuid": text,
            "wm": {"euId": text, "euIdSource": "Identifier", "permId": -1, "env": 0, "platform": 1},
            "env": {
                "browser": {"name": text, "version": text, "string": text}, "os": {"name": text, "version": text},
                "mobile": false, "screen": {"height": 1, "width": 1}, "timezone": 0,
            },
            "ctx": {
                "location": {"protocol": text, "hostname": text, "pathname": text, "search": text, "hash": text},
                "isIframe": false, "visitId": text, "title": text,
            },
            "visions": {"sId": text}, "version": {"lib": text, "pe": text},
        })
    };
    let event = |(n, text): (usize, &&str)| {
        let data = json!({"oName": text, "name": text, *text: [text, {*text: text}]});
        let kind = match TYPES.get(n % 8) {
            Some(kind) => kind,
            None if n % 8 > TYPES.len() && limits::is_type(text) => text,
            None => "pageView",
        };
        json!({"time": 1_700_000_000_000_i64 + n as i64, "type": kind, "in": n, "data": data})
    };
    json!({
        "v": 1, "site": "demo", "tab": format!("9ef11e58-809f-4d93-855d-22f1{tab:08x}"), "seq": 0,
        "last": HOSTILE.len() - 1, "sent": 1_700_000_001_000_i64, "attempt": 1,
        "request": "c56a4180-65aa-42ec-a945-5fd21dec0538", "lost": {"<img src=x onerror=window.hit=1>": 1},
        "contexts": HOSTILE.iter().map(|text| context(text)).collect::<Vec<_>>(), "events": HOSTILE.iter().enumerate().map(event).collect::<Vec<_>>(),
    })
}

pub async fn bots_can_be_left_out_of_the_inspector(browser: &Browser, world: &World) {
    browser.goto(&format!("{}/", world.collector())).await;
    browser.wait_for("document.querySelector('#link').dataset.state === 'live'").await;
    let mut batch = batch(2);
    batch["contexts"][1]["webdriver"] = json!(true);
    http::post(&format!("{}/v1/events", world.collector()), batch.to_string()).await.unwrap();
    let shown = "[...document.querySelectorAll('#rows li')].filter((row) => !row.hidden).length";
    browser.wait_for(&format!("{shown} === {}", HOSTILE.len())).await;
    let choose = |who: &str| {
        format!(
            "[...document.querySelectorAll('#chips .who')].find((chip) => chip.textContent.startsWith('{who}')).click()"
        )
    };
    browser.run(&choose("people"), &[]).await;
    browser.wait_for(&format!("{shown} === {}", HOSTILE.len() - 1)).await;
    browser.run(&choose("people"), &[]).await;
    browser.run(&choose("bots"), &[]).await;
    browser.wait_for(&format!("{shown} === 1")).await;
    browser.run("document.querySelector('#rows li:not([hidden]) button').click()", &[]).await;
    browser.wait_for("document.querySelector('#detail dl').textContent.includes('webdriver')").await;
}

/// Shows every event, whole. Gives what is there that must not be.
const LOOK: &str = "
    const wrong = [];
    const rows = [...document.querySelectorAll('#rows button')];
    const events = new Map();
    for (const row of rows) {
        row.click();
        const json = document.querySelector('#detail pre');
        const event = JSON.parse(json.textContent);
        events.set(event.id, event);
        const title = document.querySelector('#detail h2').textContent;
        if (title !== (event.type === 'pageView' ? Object.values(event.ctx.location).slice(2).join('') : event.data.oName)) wrong.push(title);
    }
    const ours = 'LI BUTTON SPAN B TIME I SMALL HEADER H2 H3 DL DT DD PRE DIV'.split(' ');
    for (const element of document.querySelectorAll('#rows *, #detail *, #chips *')) {
        if (!ours.includes(element.tagName)) wrong.push(element.outerHTML);
        for (const { name } of element.attributes) {
            if (!['class', 'type', 'title', 'style', 'aria-pressed', 'tabindex', 'hidden'].includes(name)) wrong.push(name);
        }
    }
    if (document.querySelectorAll('script').length !== 1 || document.querySelectorAll('style, base, iframe').length) wrong.push('page');
    if (window.hit !== undefined) wrong.push('it ran');
    return { wrong, shown: rows.length, events: [...events.values()] };
";

pub async fn what_others_send_is_shown_as_text(browser: &Browser, world: &World) {
    let inspector = format!("{}/", world.collector());
    browser.goto(&inspector).await;
    browser.wait_for("document.querySelector('#link').dataset.state === 'live'").await;
    let watch = "window.violations = []; addEventListener('securitypolicyviolation', (violation) =>
        violations.push(`${violation.effectiveDirective} ${violation.blockedURI}`))";
    browser.run(watch, &[]).await;
    // As they arrive, and as the page finds them.
    for _ in ["live", "stored"] {
        let answer = http::post(&format!("{}/v1/events", world.collector()), batch(1).to_string()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let count = format!("document.querySelectorAll('#rows button').length === {}", HOSTILE.len());
        browser.wait_for(&count).await;
        let mut looked = browser.run(LOOK, &[]).await;
        assert_eq!(looked["wrong"], json!([]));
        assert_eq!(looked["shown"], HOSTILE.len());
        // Every text is there as it was sent.
        let mut shown = looked["events"].take().as_array().unwrap().clone();
        let mut stored = world.events().await;
        for events in [&mut shown, &mut stored] {
            events.sort_by_key(|event| event["time"].as_i64());
        }
        assert_eq!(shown, stored);
        assert_eq!(browser.run("return window.violations ?? []", &[]).await, json!([]));
        browser.goto(&inspector).await;
    }
}

/// What a person sees of an event, in its row and beside it.
const SEEN: &str = "
    const isOne = (row) => row.querySelector('.badge').textContent === arguments[0];
    const row = [...document.querySelectorAll('#rows button')].find(isOne);
    if (row.getAttribute('aria-pressed') === 'false') row.click();
    const text = (element) => element?.textContent ?? null;
    const fact = (term) => `${text(term)}: ${text(term.nextSibling)}`;
    const facts = [...document.querySelectorAll('#detail .element dt')].map(fact);
    return {
        row: [text(row.querySelector('.what b')), row.className.replace(' fresh', '')],
        marks: [...row.querySelectorAll('.what small')].map(text),
        happened: text(document.querySelector('#detail .element b')),
        path: [...document.querySelectorAll('#detail .trail > *')].map(text),
        facts,
        private: text(document.querySelector('#detail .private')),
    };
";

pub async fn events_of_elements_are_shown_in_words(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    browser.goto(&format!("{}/", world.collector())).await;
    browser.wait_for("document.querySelector('#link').dataset.state === 'live'").await;
    let button = json!({ "tag": "button", "id": "pay", "classes": ["button", "large"], "type": "button",
        "path": "main.shop>x-card#card >> p.inside>button#pay", "attrs": { "aria-expanded": "true" } });
    let data = [
        // Strangers send what they like.
        (
            "formSubmit",
            json!({ "el": { "tag": {}, "id": 7, "classes": "x", "path": [], "attrs": [null] }, "text": {},
            "by": "constructor", "prevented": "toString", "x": "1", "form": 3 }),
        ),
        ("rageClick", json!({ "el": button, "text": "Pay", "by": "mouse", "count": 5, "ms": 900, "x": 3, "y": 4 })),
        ("deadClick", json!({ "el": button, "label": "Pay", "by": "touch", "why": "disabled" })),
        ("elementClick", json!({ "el": { "tag": "input", "path": "input.code" }, "censored": true, "by": "key" })),
        ("elementChange", json!({ "el": button, "name": "pay", "by": "autofill", "count": 2, "in": "guidance" })),
        (
            "formSubmit",
            json!({ "form": { "tag": "form", "id": "order" }, "by": "enter", "method": "post", "fields": 1,
            "prevented": true }),
        ),
    ];
    let mut batch = batch(3);
    batch["events"] = data
        .iter()
        .zip(0..)
        .map(|((kind, data), n)| json!({ "time": 1_700_000_000_000_i64 + n, "type": kind, "in": 0, "data": data }))
        .collect();
    batch["last"] = json!(data.len() - 1);
    batch["contexts"] = json!([batch["contexts"][0]]);
    let answer = http::post(&format!("{}/v1/events", world.collector()), batch.to_string()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    browser.wait_for(&format!("document.querySelectorAll('#rows button').length === {}", data.len())).await;
    let seen = async |kind: &str| browser.run(SEEN, &[json!(kind)]).await;

    let rage = seen("rageClick").await;
    assert_eq!(rage["row"], json!(["Pay", "row rage"]));
    assert_eq!(rage["happened"], "clicked again and again, 5 times within 900 ms, by mouse, at 3, 4");
    assert_eq!(rage["path"], json!(["main.shop", "x-card#card", "shadow tree", "p.inside", "button#pay"]));
    assert_eq!(
        rage["facts"],
        json!(["Element: button", "Classes: button large", "Text: Pay", "Attributes: aria-expanded=true"])
    );
    let dead = seen("deadClick").await;
    assert_eq!(dead["row"], json!(["Pay", "row dead"]));
    assert_eq!(dead["happened"], "clicked, and nothing happened, by touch, the control is switched off");
    let click = seen("elementClick").await;
    assert_eq!((&click["row"], &click["marks"]), (&json!(["input", "row"]), &json!(["censored"])));
    assert_eq!(click["facts"], json!(["Element: input"]));
    assert!(click["private"].as_str().unwrap().contains("were not recorded"), "{click}");
    // Where there is little room a long name is cut, and the mark beside it is not.
    let mark = "document.querySelector('.list').style.maxWidth = '390px';
        const cell = document.querySelector('#rows .mark-censored').parentNode;
        cell.firstChild.textContent = 'a-long-name-'.repeat(20);
        const [mark, around] = [cell.querySelector('.mark-censored'), cell].map((part) => part.getBoundingClientRect());
        return mark.width > 40 && mark.right <= around.right && around.right < 390";
    assert_eq!(browser.run(mark, &[]).await, true);
    let change = seen("elementChange").await;
    assert_eq!((&change["row"][0], &change["marks"]), (&json!("pay"), &json!(["guidance"])));
    assert_eq!(change["happened"], "changed, 2 times, filled in by the browser");
    let odd = "[...document.querySelectorAll('#rows button')].at(-1).click();
        return [document.querySelector('#detail h2').textContent, document.querySelector('#detail .element b').textContent]";
    assert_eq!(browser.run(odd, &[]).await, json!(["element", "submitted"]));
    let submit = seen("formSubmit").await;
    assert_eq!(submit["row"][0], "form#order");
    assert_eq!(submit["facts"][1], "Form: form#order · POST · 1 field · handled by the page");
}

pub async fn nothing_moves_when_it_is_known_what_arrived(browser: &Browser, world: &World) {
    let inspector = format!("{}/", world.collector());
    let served = http::get(&inspector).await.unwrap().body;
    let (_, line) = served.split_once("<span class=\"tally\">").unwrap();
    let (line, _) = line.split_once('<').unwrap();
    browser.goto(&world.demo("")).await;
    crate::flush(browser).await;
    browser.goto(&inspector).await;
    browser.wait_for("document.querySelector('#rows button') && document.querySelector('#audit .equation')").await;
    let place = "return document.querySelector('main').getBoundingClientRect().y";
    let known = browser.run(place, &[]).await;
    // Back to the line that the page is served with.
    browser.run("document.querySelector('#audit .tally').textContent = arguments[0]", &[line.into()]).await;
    assert_eq!(browser.run(place, &[]).await, known, "{line}");
}
