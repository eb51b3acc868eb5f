//! What strangers sent is text. The page loads nothing from elsewhere, and runs nothing but its own files.

use super::*;
use crate::inspector::{HOSTILE, batch as hostile};

/// What is on the page that must not be.
const LOOK: &str = "
    const wrong = [];
    const ours = 'SECTION HEADER H2 H3 P DIV DL DT DD DETAILS SUMMARY TABLE THEAD TBODY TR TH TD SPAN BUTTON SELECT '
        .concat('OPTION PRE CODE').split(' ');
    const inside = [...document.querySelectorAll('#answer *, #notes *, #ranges *')]
        .filter((element) => !element.closest('svg, .uplot'));
    for (const element of inside) {
        if (!ours.includes(element.tagName)) wrong.push(element.outerHTML);
        for (const { name } of element.attributes) {
            if (name.startsWith('on') || ['style', 'href', 'src'].includes(name))
                wrong.push(`${element.tagName} ${name}`);
        }
    }
    for (const drawn of document.querySelectorAll('#answer svg *')) {
        if (drawn.tagName !== 'rect') wrong.push(drawn.outerHTML);
    }
    // The chart's library draws times and numbers, and sets sizes by script.
    for (const drawn of document.querySelectorAll('#answer .uplot *')) {
        if (!['DIV', 'CANVAS'].includes(drawn.tagName) || drawn.textContent) wrong.push(drawn.outerHTML);
    }
    const scripts = [...document.querySelectorAll('script')].map(({ src }) => new URL(src).pathname).sort();
    if (String(scripts) !== '/insights/demo.js,/insights/insights.js,/insights/uplot.js') wrong.push(`scripts ${scripts}`);
    if ([...document.querySelectorAll('style, base, iframe, [style]')].some((one) => !one.closest('.uplot'))) wrong.push('page');
    for (const { name } of performance.getEntriesByType('resource')) {
        if (new URL(name).origin !== location.origin && !name.startsWith('data:'))
            wrong.push(`from elsewhere: ${name}`);
    }
    if (window.hit !== undefined) wrong.push('it ran');
    return [...wrong, ...(window.violations ?? [])];
";

/// The views, by what their links say.
const TITLES: [&str; 12] = [
    "Content",
    "Funnel",
    "Goals",
    "Sessions",
    "Users",
    "Retention",
    "Pages",
    "Progress",
    "Auto-play",
    "Friction",
    "Collection",
    "Overview",
];

pub async fn what_others_send_is_text_in_every_view(browser: &Browser, world: &World) {
    let mut batch = hostile(1);
    for (event, text) in batch["events"].as_array_mut().unwrap().iter_mut().zip(HOSTILE) {
        event["data"]["oId"] = text.into();
        event["data"]["pId"] = text.into();
    }
    batch["sent"] = now().into();
    post(world, &batch).await;
    count(world).await;
    const RANGE: &str = "site=demo&from=2023-11-14&to=2023-11-16&tz=UTC";
    let text = "<img src=x onerror=window.hit=1>";
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    open(browser, world, RANGE).await;
    let watch = "window.violations = []; addEventListener('securitypolicyviolation', (violation) =>
        violations.push(`${violation.effectiveDirective} ${violation.blockedURI}`))";
    browser.run(watch, &[]).await;
    // All views of one page, so that what its policy refuses is seen.
    for title in TITLES {
        let press =
            "[...document.querySelectorAll('#views a')].find((link) => link.textContent === arguments[0]).click()";
        browser.run(press, &[title.into()]).await;
        browser.wait_for(&format!("document.querySelector('#title').textContent === '{title}'")).await;
        shown(browser).await;
        assert_eq!(browser.run(LOOK, &[]).await, json!([]), "{title}");
    }
    for view in ["steps&item=", "session&id=", "flow&page=", "user&user=", "contents&content=", "friction&path="] {
        open(browser, world, &format!("{RANGE}&view={view}{escaped}")).await;
        assert_eq!(browser.run(LOOK, &[]).await, json!([]), "{view}");
        let is_shown = format!("return document.body.textContent.includes('{text}')");
        assert_eq!(browser.run(&is_shown, &[]).await, true, "{view}");
    }
}
