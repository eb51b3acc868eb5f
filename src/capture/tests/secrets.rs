use super::*;
use proptest::prelude::*;

/// What nobody may find in an event.
const SECRET: &str = "zebra";

/// Places of which nothing is recorded, each with the secret in it.
const PLACES: &[&str] = &[
    "<input id=x type=password value=zebra name=zebra title=zebra placeholder=zebra aria-label=zebra>",
    "<input id=x type=hidden value=zebra name=zebra>",
    "<input id=x type=file name=zebra title=zebra>",
    "<input id=x autocomplete=cc-number value=zebra title=zebra data-testid=zebra>",
    "<input id=x value=zebra placeholder=zebra style=zebra onfocus=zebra data-zebra=zebra list=zebra>",
    "<textarea id=x>zebra</textarea>",
    "<select id=x><option selected>zebra</option></select>",
    "<div id=x contenteditable>zebra <b>zebra</b></div>",
    "<button id=x value=zebra>A <span data-wm-privacy=mask>zebra</span></button>",
    "<button id=x>A <span class=sentry-mask>zebra</span><script>zebra</script><option>zebra</option></button>",
    "<button id=x>A <x-a><shadow><i class=wm-hide><slot></slot></i></shadow>zebra</x-a></button>",
    "<a id=x href='https://zebra:zebra@shop.example/?q=zebra#zebra'>A</a>",
    "<a id=x href='mailto:zebra@example.org'>A</a>",
    "<a id=x href='javascript:zebra()'>A</a>",
    "<p id=x>zebra</p>",
    "<div class=wm-hide><button id=x title=zebra name=zebra data-testid=zebra rel=zebra>zebra</button></div>",
    "<div data-wm-privacy=hide><button id=x>zebra</button></div>",
    "<div class=zone><a id=x href=/zebra title=zebra aria-label=zebra>zebra</a></div>",
    "<label for=x class=fs-mask>zebra</label><input id=x>",
    "<button id=x title='zebra@example.org' aria-label='mail zebra@example.org now'>zebra@example.org</button>",
    "<button id=x><svg><text aria-hidden=true>zebra</text></svg></button>",
];

/// Elements around such a place, and beside it.
fn any_page() -> impl Strategy<Value = String> {
    let around = prop::sample::select(vec![
        ("<div>zebra ", " zebra</div>"),
        ("<section data-title=zebra lang=zebra>", "</section>"),
        ("<x-a><shadow><p><slot></slot></p></shadow>", "</x-a>"),
        ("<form action='/a?t=zebra' method=post>", "</form>"),
        ("<ul data-x=zebra><li>zebra</li><li>", "</li></ul>"),
        ("<main data-wm-privacy=show>", "</main>"),
        ("<div class=a><input type=hidden value=zebra>", "</div>"),
    ]);
    (prop::sample::select(PLACES), prop::collection::vec(around, 0..6)).prop_map(|(place, around)| {
        around.into_iter().fold(place.to_owned(), |inside, (before, after)| [before, &inside, after].concat())
    })
}

proptest! {
    /// T54, as far as it is pure: the events of a page with a secret in every forbidden place do not have it.
    #[test]
    fn t54_a_secret_in_a_forbidden_place_is_in_no_event(html in any_page()) {
        let rules = Rules { selectors: vec![".zone".to_owned()], query: vec!["page".to_owned()], ..open_rules() };
        let mut scene = Scene::with(&html, rules);
        let mut events = Vec::new();
        for node in scene.body.all() {
            let now = scene.now;
            if node.kind() != super::super::node::NodeKind::Element {
                continue;
            }
            scene.capture.press(Pointer { innermost: node.clone(), at: now, by: By::Touch });
            let click = Click { innermost: node.clone(), ..scene.click_of("body") };
            events.extend(scene.capture.click(&click));
            scene.capture.focus(&node, now);
            scene.capture.input(&node);
            events.extend(scene.capture.change(&node, true, 1.0, now));
            events.extend(scene.capture.blur(&node, now));
            let (changes, submit) = scene.capture.submit(&node, Some(&node), None, now);
            events.extend(changes.into_iter().chain(submit.map(|submit| submit.event(None))));
            let explained = serde_json::to_string(&scene.capture.explain(&node)).unwrap();
            prop_assert!(!explained.contains(SECRET), "{} explains {} ", html, explained);
        }
        scene.now += 3_000;
        events.extend(scene.capture.settled(scene.now));
        events.extend(scene.capture.leave(scene.now));
        prop_assert!(!events.is_empty());
        for event in events {
            prop_assert!(!event.data.contains(SECRET), "{} records {}", html, event.data);
        }
    }
}
