//! The numbers, and what is no number.

use super::*;

/// Every view, with what it is asked about.
const VIEWS: [&str; 16] = [
    "overview",
    "contents",
    "steps&item=7",
    "funnel&step=pageView&step=play+content%3D7&step=complete",
    "goals&goal=complete&goal=pageView+path%3D/shop&item=7",
    "goals&goal=pageView",
    "sessions",
    "session&id=s1",
    "users",
    "retention",
    "pages",
    "flow&page=/",
    "progress",
    "autoplay",
    "friction",
    "health",
];

/// What alice does in her first session at level 2: clicks that lead nowhere, a form that is sent, one that is not.
fn annoyed() -> Value {
    let mut batch = batch(
        5,
        "alice",
        "s1",
        START + 10 * HOUR + HOUR / 2,
        "/",
        &["rageClick", "deadClick", "elementChange", "formSubmit", "elementChange"],
    );
    for (event, data) in batch["events"].as_array_mut().unwrap().iter_mut().zip([
        json!({"el": {"path": "#pay"}}),
        json!({"el": {"path": "#pay"}}),
        json!({"el": {"path": "#name"}}),
        json!({"form": {"path": "#order"}}),
        json!({"el": {"path": "#phone"}}),
    ]) {
        event["data"] = data;
    }
    batch
}

/// Compares all numbers and cells on the page with an answer, and gives the differences. Durations and shares are
/// written for people; all other values stand there as they are.
const COMPARE: &str = "
    const answer = arguments[0];
    const wrong = [];
    const same = (shown, value, name, where) => {
        const unit = answer.definitions[name]?.unit ?? 'text';
        const differ = () => wrong.push(`${where} ${name}: ${shown}, not ${value}`);
        if (['time', 'duration', 'share', 'ratio'].includes(unit)) {
            if ((value === null) !== ['–', '(none)'].includes(shown)) differ();
            return;
        }
        const expected = value === null ? ['–', '(none)'] : [String(value)];
        if (!expected.includes(unit === 'count' ? shown.replaceAll(',', '') : shown)) differ();
    };
    const cards = [...document.querySelectorAll('.card .value')];
    if (cards.length !== answer.numbers.length) wrong.push(`${cards.length} cards`);
    answer.numbers.forEach(({ name, value }, place) => same(cards[place].textContent, value, name, 'card'));
    for (const { name, columns, rows } of answer.tables) {
        const shown = [...document.querySelectorAll(`table[aria-labelledby=table-${name}] tbody tr`)];
        if (shown.length !== rows.length) wrong.push(`${name}: ${shown.length} rows, not ${rows.length}`);
        shown.forEach((row, place) => columns.forEach((column, at) =>
            same(row.children[at].textContent, rows[place][at], column, name)));
    }
    for (const chart of document.querySelectorAll('.plot')) {
        const points = Number(chart.dataset.points);
        if (chart.closest('section').querySelectorAll('tbody tr').length !== points) wrong.push('a chart without its table');
    }
    return wrong;
";

pub async fn the_page_shows_the_numbers_of_the_api(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    fill(world).await;
    post(world, &annoyed()).await;
    count(world).await;
    for view in VIEWS {
        let (name, more) = view.split_once('&').unwrap_or((view, ""));
        open(browser, world, &format!("{RANGE}&tz=UTC&view={view}")).await;
        let answer = ask(world, name, &format!("{RANGE}&tz=UTC&{more}")).await;
        assert!(!answer["numbers"].as_array().unwrap().is_empty() || name == "flow", "{view}");
        assert_eq!(browser.run(COMPARE, &[answer]).await, json!([]), "{view}");
    }
    open(browser, world, &format!("{RANGE}&tz=UTC&view=funnel&step=pageView&step=play+content%3D7")).await;
    let funnel = cells(browser, "funnel").await;
    assert_eq!((&funnel[0][2], &funnel[1][2]), (&json!("3"), &json!("1")), "{funnel}");
    open(browser, world, &format!("{RANGE}&tz=UTC&view=friction")).await;
    let elements = cells(browser, "elements").await;
    assert_eq!((&elements[0][1], &elements[0][2]), (&json!("#pay"), &json!("1")), "{elements}");
    assert_eq!(cells(browser, "unsent").await[0][1], "#phone");
}

pub async fn goals_are_written_one_a_line(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC&view=goals")).await;
    assert_eq!(browser.run("return document.querySelector('#state').textContent", &[]).await, "Write the goals");
    let write = "document.querySelector('#goal').value = 'complete content=7\\npageView path=/shop'";
    browser.run(write, &[]).await;
    browser.type_into("#item", "7").await;
    browser.click("#goals .primary").await;
    browser.wait_for("document.querySelector('#table-goals')").await;
    let goals = cells(browser, "goals").await;
    assert_eq!(goals[0].as_array().unwrap()[..4], ["complete content=7", "1", "50.0 %", "1"]);
    assert_eq!(goals[1].as_array().unwrap()[..4], ["pageView path=/shop", "1", "50.0 %", "0"]);
    assert!(browser.url().await.contains("goal=complete+content%3D7&goal=pageView+path%3D%2Fshop&item=7"));
    // Eight are the most, which the page tells.
    browser.run("document.querySelector('#goal').value = 'goal\\n'.repeat(9)", &[]).await;
    browser.click("#goals .primary").await;
    browser.wait_for("document.querySelector('#notes [data-kind=bad]')").await;
}

pub async fn days_are_those_of_the_time_zone(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    // Bob's view at 23:30 in London is one of the next day in Berlin.
    assert_eq!(by_day(browser).await, json!(["2", "–", "1"]));
    browser.run("document.querySelector('#tz').value = 'Europe/Berlin'", &[]).await;
    browser.click("#ask-for .primary").await;
    browser.wait_for("document.querySelector('.legend')?.textContent.includes('Europe/Berlin')").await;
    assert!(browser.url().await.contains("tz=Europe%2FBerlin"), "{}", browser.url().await);
    assert_eq!(by_day(browser).await, json!(["1", "1", "1"]));
    // A zone that there is not is told, and so is what is allowed.
    browser.run("document.querySelector('#tz').value = 'Mars/Olympus'", &[]).await;
    browser.click("#ask-for .primary").await;
    browser
        .wait_for("document.querySelector('#notes').textContent.includes('a time zone such as Europe/Berlin')")
        .await;
}

/// The users of each day.
async fn by_day(browser: &Browser) -> Value {
    let rows = cells(browser, "trend").await;
    rows.as_array().unwrap().iter().map(|row| row[1].clone()).collect()
}

pub async fn no_data_is_not_zero_and_a_hole_is_not_a_beginning(browser: &Browser, world: &World) {
    open(browser, world, "site=demo&tz=UTC").await;
    let hatched = "return Number(document.querySelector('.plot')?.dataset.holes ?? 0)";
    let chart = "document.querySelector('#table-trend').closest('section').querySelector('.chart').textContent";
    assert_eq!(browser.run(&format!("return {chart}"), &[]).await, "Nothing was collected in this range.");
    assert_eq!(browser.run(hatched, &[]).await, 0);
    assert_eq!(card(browser, "Users").await, json!(["0", "0 before"]));

    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    // On the 11th nothing was collected; on the 12th nothing was played.
    let rows = cells(browser, "trend").await;
    let plays = |day: usize| rows[day].as_array().unwrap().iter().skip(1).filter(|cell| **cell == "–").count();
    assert_eq!((plays(0), plays(2)), (0, 0), "{rows}");
    assert!(plays(1) > 3 && rows[2].as_array().unwrap().contains(&json!("0")), "{rows}");
    assert_eq!(browser.run(hatched, &[]).await, 1);
    // What is before the first event of all is no hole.
    open(browser, world, "site=demo&tz=UTC&from=2026-01-05&to=2026-01-13").await;
    assert_eq!(browser.run(hatched, &[]).await, 1);
}

pub async fn numbers_are_compared_with_the_period_before(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    assert_eq!(card(browser, "Users").await, json!(["2", "+100 % from 1"]));
    assert_eq!(card(browser, "Sessions").await, json!(["3", "+200 % from 1"]));
    // Of nothing there is no share.
    assert_eq!(card(browser, "Plays").await, json!(["1", "0 before"]));
}
