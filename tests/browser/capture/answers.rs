//! T41: what counts as an answer of the page to a click. What does not count makes a dead click, or hides none.

use crate::script::{awaited, js};
use std::cell::Cell;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::capture::attention::{Attention, Reactions};
use waymark::browser::capture::dom::DomNode;
use waymark::browser::capture::functions;

thread_local! {
    static ANSWERS: Cell<u32> = const { Cell::new(0) };
}

fn answer() {
    ANSWERS.set(ANSWERS.get() + 1);
}

const REACTIONS: Reactions = Reactions {
    answer,
    answer_event: |_| answer(),
    focus: |_| {},
    scroll: |_| answer(),
    select: |_| {},
    release: |_| {},
    cancel: |_| {},
};

/// What the page does, and whether the recorder notices.
const CASES: &[(&str, bool)] = &[
    ("", false),
    ("part.append('text')", true),
    ("part.className = 'open'", true),
    ("document.documentElement.classList.toggle('of-a-test')", true),
    ("part.firstChild.data = 'other'", true),
    ("inner.append('text')", true),
    ("list.scrollTop = 50", true),
    ("details.open = true", true),
    ("dialog.showModal(); dialog.close()", true),
    ("fetch(location.href)", true),
    // Seen by nobody: sound that is made here, a canvas, what stands under a ticker's mark.
    ("new (window.AudioContext || window.webkitAudioContext)().close()", false),
    ("canvas.getContext('2d').fillRect(0, 0, 9, 9)", false),
    ("ticker.firstChild.firstChild.data = '2'; ticker.firstChild.title = 'x'", false),
];

#[wasm_bindgen_test]
async fn t41_what_the_page_does_is_noticed_as_far_as_a_browser_tells() {
    functions::prepare();
    js("const stage = document.createElement('div');
        stage.id = 'stage';
        stage.innerHTML = `<p id=part>text</p><div id=host></div><canvas id=canvas></canvas><dialog id=dialog></dialog>
            <details id=details><summary>A</summary>B</details>
            <div id=list style='height:20px;overflow:auto'><p style='height:200px'>A</p></div>
            <p id=ticker data-wm-dead=ignore><b>1</b></p>`;
        document.body.append(stage);
        document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML = '<p>A</p>'");
    let names = "const [part, canvas, dialog, details, list, ticker] = ['part', 'canvas', 'dialog', 'details', 'list', 'ticker']
        .map((id) => document.getElementById(id));
        const inner = document.getElementById('host').shadowRoot;";
    // Browsers tell of events and of resources some time later.
    let pause = "await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 120)));";
    for (act, is_noticed) in CASES {
        let root = DomNode(js("return document.getElementById('host').shadowRoot"));
        let attention = Attention::new(REACTIONS);
        attention.begin(&[root]);
        ANSWERS.set(0);
        awaited(&format!("{names} {act}; {pause}")).await;
        assert_eq!(ANSWERS.get() > 0, *is_noticed, "{act}");
        attention.end();
        awaited(&format!("{names} part.append('more'); {pause}")).await;
        assert!(ANSWERS.get() == 0 || *is_noticed, "{act}: it goes on");
    }
    js("document.getElementById('stage').remove(); document.documentElement.classList.remove('of-a-test')");
}
