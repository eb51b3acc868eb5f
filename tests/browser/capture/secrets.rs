//! T54 in real browsers: pages at random with a secret in every place of which nothing is recorded.

use super::Stage;
use crate::script::js;
use js_sys::{Array, JSON};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::capture::Rules;

const SECRET: &str = "zebra";
const PAGES: usize = 150;

/// Makes a page of places with the secret, in up to five elements with the secret around each. Returns the elements,
/// those of shadow trees too.
const MAKE: &str = "
    let seed = Number(SEED);
    const random = (count) => (seed = (seed * 48271) % 2147483647) % count;
    const one = (list) => list[random(list.length)];
    const fields = ['<input type=password NAMES>', '<input type=hidden NAMES>', '<input type=file name=zebra title=zebra>',
        '<input autocomplete=cc-number NAMES>', '<input value=zebra placeholder=zebra style=\"--a: zebra\" list=zebra>',
        '<textarea>zebra</textarea>', '<select><option label=zebra selected>zebra</option></select>'];
    const places = [...fields, '<div contenteditable tabindex=0>zebra <b>zebra</b></div>',
        '<button value=zebra>A <span data-wm-privacy=mask>zebra</span></button>',
        '<button>A <i class=sentry-mask>zebra</i><script type=text/zebra>zebra</script></button>',
        '<a href=\"https://zebra:zebra@shop.example/?q=zebra#zebra\">A</a>', '<a href=\"mailto:zebra@example.org\">A</a>',
        '<a href=\"javascript:zebra()\">A</a>', '<p>zebra</p>', '<div class=wm-hide><button NAMES>zebra</button></div>',
        '<div data-wm-privacy=hide><button NAMES>zebra</button></div>', '<div class=zone><a href=/zebra NAMES>zebra</a></div>',
        '<svg><text aria-hidden=true>zebra</text></svg>', '<iframe srcdoc=zebra></iframe>'];
    const around = ['<div>zebra PLACE zebra</div>', '<section data-title=zebra lang=zebra>PLACE</section>',
        '<form action=\"/a?t=zebra\" method=post>PLACE</form>', '<ul data-x=zebra><li>zebra</li><li>PLACE</li></ul>',
        '<main data-wm-privacy=show>PLACE</main>', '<label class=fs-mask>zebra PLACE</label>', '<x-a>PLACE</x-a>'];
    const names = 'value=zebra name=zebra title=zebra placeholder=zebra aria-label=zebra data-testid=zebra rel=zebra';
    let html = Array.from({ length: 4 }, () => one(places)).join('').replaceAll('NAMES', names);
    for (let depth = random(6); depth > 0; depth--) html = one(around).replace('PLACE', () => html);
    const stage = document.getElementById('stage');
    stage.innerHTML = html;
    for (const host of stage.querySelectorAll('x-a'))
        host.attachShadow({ mode: 'open' }).innerHTML = '<p class=wm-hide><slot></slot></p><button title=t>A</button>';
    const elements = [];
    const walk = (root) => root.querySelectorAll('*').forEach((element) => {
        elements.push(element);
        if (/^(INPUT|TEXTAREA)$/.test(element.tagName) && element.type != 'file') element.value = 'zebra';
        if (element.shadowRoot) walk(element.shadowRoot);
    });
    walk(stage);
    for (const form of stage.querySelectorAll('form')) {
        form.addEventListener('submit', (event) => event.preventDefault());
        form.requestSubmit();
    }
    return elements;
";

#[wasm_bindgen_test]
async fn t54_a_secret_in_a_forbidden_place_is_in_nothing_that_is_recorded_or_explained() {
    let stage = Stage::with("", Rules { selectors: vec![".zone".to_owned()], ..Rules::default() }).await;
    let mut seen = 0;
    for seed in 1..=PAGES {
        let elements: Array = js(&MAKE.replace("SEED", &(seed * 7919).to_string())).unchecked_into();
        for at in 0..elements.length() {
            let explained = (stage.0.explain)(&elements.get(at)).expect("capture runs");
            let explained = String::from(JSON::stringify(&explained).unwrap());
            assert!(!explained.contains(SECRET), "page {seed}: {explained}");
            seen += 1;
        }
        for event in stage.events() {
            assert!(!event.to_string().contains(SECRET), "page {seed}: {event}");
        }
    }
    assert!(seen > PAGES * 4, "{seen}");
}
