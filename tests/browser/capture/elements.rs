use super::Stage;
use crate::script::{Replaced, THROWS, js};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::capture::Rules;

const X: &str = "document.querySelector('#x')";

#[wasm_bindgen_test]
async fn t03_controls_that_bear_the_names_of_properties_hide_nothing_of_their_form() {
    let names = "name id action method submit attributes nodeType parentNode getAttribute matches localName elements
        firstChild nextSibling isConnected getRootNode classList className tagName baseURI";
    let controls: String = names.split_ascii_whitespace().map(|name| format!("<input name={name}>")).collect();
    let html = format!("<form id=order action=/go class='a b'>{controls}<button name=nodeName>Go</button></form>");
    let stage = Stage::new(&html).await;
    let explained = stage.explain("document.querySelector('#order button')");
    assert_eq!((&explained["data"]["text"], &explained["data"]["name"]), (&json!("Go"), &json!("nodeName")));
    assert_eq!(explained["data"]["el"]["path"], "form#order>button");
    js("const form = document.querySelector('#order');
        EventTarget.prototype.addEventListener.call(form, 'submit', (event) => event.preventDefault());
        HTMLFormElement.prototype.requestSubmit.call(form)");
    let events = stage.events();
    let form = &events[0]["form"];
    assert_eq!((events.len(), &form["id"], &form["classes"]), (1, &json!("order"), &json!(["a", "b"])));
    assert!(form["href"].as_str().is_some_and(|href| href.ends_with("/go")), "{form}");
}

#[wasm_bindgen_test]
async fn t04_elements_that_shadow_members_of_the_document_change_nothing() {
    let stage = Stage::new(
        "<img name=body><img name=activeElement><img name=getElementById><form name=getSelection></form>
         <form name=documentElement></form><form name=querySelector></form><form name=nodeType></form>
         <label for=x>Post</label><input id=x aria-labelledby=l><span id=l>E-mail</span>",
    )
    .await;
    let shadowed = js("return document.body.tagName");
    let explained = stage.explain("document.getElementsByTagName('input')[0]");
    js("document.getElementsByTagName('input')[0].focus()");
    let events = stage.events();
    // The test's runner needs the members.
    drop(stage);
    assert_eq!(shadowed, "IMG", "the page shadows its members");
    assert_eq!((&explained["data"]["label"], events.len()), (&json!("E-mail"), 0));
}

#[wasm_bindgen_test]
async fn t05_functions_that_the_page_replaces_later_change_nothing() {
    let stage = Stage::with(
        "<p class=zone><button id=y title=t>B</button></p><button id=x class='a b' title=t><b>A</b></button>",
        Rules { selectors: vec![".zone".to_owned()], ..Rules::default() },
    )
    .await;
    let before = [X, "document.getElementById('y')"].map(|element| stage.explain(element));
    let (x, y) = (js(&format!("return window.x1 = {X}")), js("return window.y1 = document.getElementById('y')"));
    assert!(x.is_object() && y.is_object());
    for (owner, member, value) in [
        ("Array", "from", THROWS),
        ("Element.prototype", "matches", "() => true"),
        ("Element.prototype", "matches", THROWS),
        ("Element.prototype", "getAttribute", "() => 'secret'"),
        ("Element.prototype", "closest", THROWS),
        ("Document.prototype", "getElementById", THROWS),
    ] {
        let _replaced = Replaced::new(owner, member, value);
        let after = ["window.x1", "window.y1"].map(|element| stage.explain(element));
        assert_eq!(after, before, "{owner}.{member}");
    }
}

#[wasm_bindgen_test]
async fn t20_open_trees_are_read_and_closed_ones_count_as_their_host() {
    let stage = Stage::new("<x-a id=a></x-a><x-c id=c>Slotted</x-c>").await;
    js("const inside = (host, mode, html) => { const root = host.attachShadow({ mode }); root.innerHTML = html; return root };
        const [a, c] = ['a', 'c'].map((id) => document.getElementById(id));
        const first = inside(a, 'open', '<x-b></x-b>');
        const second = inside(first.firstChild, 'open', '<x-b class=deep></x-b>');
        const third = inside(second.firstChild, 'open', '<p class=wm-hide><slot></slot></p><button title=t>Deep</button>');
        const slotted = document.createElement('button');
        slotted.append('Ann');
        second.firstChild.append(slotted);
        const closed = inside(c, 'closed', '<button>Closed</button>');
        const gone = inside(document.createElement('x-d'), 'open', '<button title=t>Gone</button>');
        window.nodes = [third.querySelector('button'), slotted, c, closed.firstChild, gone.firstChild]");
    let deep = stage.explain("nodes[0]");
    assert_eq!((&deep["privacy"], &deep["data"]["text"]), (&json!("open"), &json!("Deep")));
    assert_eq!(deep["data"]["el"]["path"], "x-a#a >> x-b >> x-b.deep >> button");
    let slotted = stage.explain("nodes[1]");
    assert_eq!((&slotted["privacy"], &slotted["rule"]), (&json!("censored"), &json!("wm-hide")));
    assert_eq!(stage.explain("nodes[2]")["data"]["el"]["path"], "x-c#c");
    // A tree that stands nowhere is read as far as it goes.
    assert_eq!(stage.explain("nodes[4]")["data"]["el"]["path"], "x-d >> button");
    js("delete window.nodes");
}

#[wasm_bindgen_test]
async fn t20_a_declarative_tree_is_a_tree() {
    let html = "<x-a id=a><template shadowrootmode=open><p data-wm-privacy=mask><slot></slot></p></template>
        <button id=x>Ann</button></x-a>";
    let stage = Stage::new("").await;
    let made = js(&format!(
        "const stage = document.getElementById('stage');
         if (!stage.setHTMLUnsafe) return false;
         stage.setHTMLUnsafe(`{html}`);
         return document.getElementById('a').shadowRoot !== null"
    ));
    if made.is_truthy() {
        assert_eq!(stage.explain(X)["rule"], "data-wm-privacy");
    }
}

#[wasm_bindgen_test]
async fn t22_an_element_of_another_document_is_read_like_one_of_its_own() {
    let stage = Stage::new("<p id=p class=wm-hide></p><section id=s></section>").await;
    js("const frame = document.createElement('iframe');
        document.getElementById('stage').append(frame);
        const foreign = frame.contentDocument;
        const button = (id) => {
            const button = foreign.createElement('button');
            button.id = id;
            button.title = 'a title';
            button.append('Adopted');
            return button;
        };
        document.getElementById('s').append(button('x'));
        document.getElementById('p').append(button('y'));
        window.left = button('z');
        foreign.body.append(left);
        frame.remove()");
    for (element, privacy) in [(X, "open"), ("document.getElementById('y')", "censored"), ("left", "open")] {
        assert_eq!(stage.explain(element)["privacy"], privacy, "{element}");
    }
    let data = &stage.explain(X)["data"];
    assert_eq!((&data["text"], &data["title"]), (&json!("Adopted"), &json!("a title")));
    js("delete window.left");
}

#[wasm_bindgen_test]
async fn t39_t40_pages_without_measure_are_read_within_bounds() {
    let stage = Stage::new("<div id=top></div><button id=many>A</button><p id=flat></p>").await;
    js("let at = document.getElementById('top');
        for (let depth = 0; depth < 5000; depth++) at = at.appendChild(document.createElement('i'));
        window.deepest = at;
        const many = document.getElementById('many');
        for (let n = 0; n < 10000; n++) many.setAttribute('data-' + n, 'x');
        many.title = 'x'.repeat(1e6);
        const flat = document.getElementById('flat');
        flat.className = Array.from({ length: 2000 }, (_, n) => 'class-' + n).join(' ');
        for (let n = 0; n < 2000; n++) flat.append(document.createElement('b'))");
    assert_eq!(stage.explain("deepest")["rule"], "too deep");
    let many = stage.explain("document.getElementById('many')");
    assert_eq!((&many["data"]["text"], many["data"].get("title")), (&json!("A"), None));
    assert_eq!(stage.explain("document.getElementById('flat').lastChild")["rule"], "too many classes");
    js("delete window.deepest");
}
