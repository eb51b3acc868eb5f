//! Types that stable web-sys lacks, and bindings for what a page can interfere with: members that it may have replaced
//! by functions that throw (`catch`), and elements whose names shadow members of `document` (`final`).

use js_sys::{Function, Object};
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, EventTarget, Headers, Location, RequestInit, Window};

#[wasm_bindgen]
extern "C" {
    /// `window`, which no page can replace. `web_sys::window` asks the global `Window`, which a page can.
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    pub static WINDOW: Window;
    /// `document`, which no page can replace.
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    pub static DOCUMENT: PageDocument;
    /// `location`, which no page can replace.
    #[wasm_bindgen(thread_local_v2, js_name = location)]
    pub static LOCATION: Location;
    /// `navigator`.
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    pub static NAVIGATOR: PageNavigator;

    /// `performance.now()`.
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    pub fn performance_now() -> Result<f64, JsValue>;
    /// `Date.now()`.
    #[wasm_bindgen(catch, js_namespace = Date, js_name = now)]
    pub fn date_now() -> Result<f64, JsValue>;
    /// `console.warn(message)`.
    #[wasm_bindgen(catch, js_namespace = console, js_name = warn)]
    pub fn console_warn(message: &str) -> Result<(), JsValue>;
    /// `String(value)`.
    #[wasm_bindgen(catch, js_name = String)]
    pub fn text_of(value: &JsValue) -> Result<String, JsValue>;
    /// `Array.isArray(value)`.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    pub fn is_array(value: &JsValue) -> Result<bool, JsValue>;
    /// `Object.keys(value)`.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    pub fn keys_of(value: &JsValue) -> Result<JsValue, JsValue>;
    /// `JSON.stringify(value, replace)`: `replace` is called with each key and its value. Each getter is read once.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    pub fn stringify(value: &JsValue, replace: &mut dyn FnMut(JsValue, JsValue) -> JsValue)
    -> Result<JsValue, JsValue>;
    /// `Reflect.deleteProperty(value, key)`.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = deleteProperty)]
    pub fn delete_member(value: &JsValue, key: &str) -> Result<bool, JsValue>;
    /// `Object.getOwnPropertyDescriptor(value, key)`.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = getOwnPropertyDescriptor)]
    pub fn descriptor_of(value: &JsValue, key: &str) -> Result<JsValue, JsValue>;
    /// `fetch(address, options)`. The page's own `fetch` may return anything, or throw.
    #[wasm_bindgen(catch)]
    pub fn fetch(address: &str, options: &RequestInit) -> Result<JsValue, JsValue>;

    /// A function of a prototype of the page's nodes.
    #[wasm_bindgen(extends = Function)]
    pub type NodeFunction;
    /// Calls it. `null` and `undefined` are `None`.
    #[wasm_bindgen(method, catch, js_name = call)]
    pub fn value_of(this: &NodeFunction, node: &JsValue, argument: &JsValue) -> Result<Option<JsValue>, JsValue>;
    /// Calls one that gives a text.
    #[wasm_bindgen(method, catch, js_name = call)]
    pub fn text_of(this: &NodeFunction, node: &JsValue) -> Result<String, JsValue>;
    /// Calls one that gives a number.
    #[wasm_bindgen(method, catch, js_name = call)]
    pub fn number_of(this: &NodeFunction, node: &JsValue) -> Result<f64, JsValue>;
    /// Calls one that gives `true` or `false`.
    #[wasm_bindgen(method, catch, js_name = call)]
    pub fn truth_of(this: &NodeFunction, node: &JsValue, argument: &JsValue) -> Result<Option<bool>, JsValue>;

    /// The outcome of a call.
    #[wasm_bindgen(extends = Object)]
    #[derive(Debug)]
    pub type CallOutcome;
    /// Whether the call was carried out.
    #[wasm_bindgen(method, setter)]
    pub fn set_ok(this: &CallOutcome, is_ok: bool);
    /// The result.
    #[wasm_bindgen(method, setter)]
    pub fn set_value(this: &CallOutcome, value: &JsValue);
    /// The note on what was carried out in another way than asked for.
    #[wasm_bindgen(method, setter)]
    pub fn set_note(this: &CallOutcome, note: &str);
    /// The reason why the call was not carried out.
    #[wasm_bindgen(method, setter)]
    pub fn set_error(this: &CallOutcome, error: &str);

    /// The form of a function in settings as JSON ([`waymark_wire::settings::Value::FUNCTION`]).
    #[wasm_bindgen(extends = Object)]
    pub type FunctionMark;
    /// The function's index.
    #[wasm_bindgen(method, setter, js_name = "$function")]
    pub fn set_function(this: &FunctionMark, index: u32);

    /// The result of `inspect`.
    #[wasm_bindgen(extends = Object)]
    pub type Inspection;
    /// The stored entries.
    #[wasm_bindgen(method, setter)]
    pub fn set_stored(this: &Inspection, stored: &JsValue);
    /// The last batches.
    #[wasm_bindgen(method, setter)]
    pub fn set_batches(this: &Inspection, batches: &JsValue);

    /// A `Date`.
    #[wasm_bindgen(js_name = Date)]
    pub type PageDate;
    /// The current time.
    #[wasm_bindgen(constructor, catch, js_class = "Date")]
    pub fn new() -> Result<PageDate, JsValue>;
    /// Minutes from local time to UTC.
    #[wasm_bindgen(method, catch, js_class = "Date", js_name = getTimezoneOffset)]
    pub fn timezone_offset(this: &PageDate) -> Result<f64, JsValue>;

    /// `document`. Elements whose names shadow its members are ignored.
    pub type PageDocument;
    /// All cookies that scripts can read.
    #[wasm_bindgen(method, final, getter, catch, js_class = "Document")]
    pub fn cookie(this: &PageDocument) -> Result<String, JsValue>;
    /// Sets one cookie.
    #[wasm_bindgen(method, final, setter, catch, js_class = "Document")]
    pub fn set_cookie(this: &PageDocument, text: &str) -> Result<(), JsValue>;
    /// `visible` or `hidden`.
    #[wasm_bindgen(method, final, getter, catch, js_class = "Document", js_name = visibilityState)]
    pub fn visibility_state(this: &PageDocument) -> Result<String, JsValue>;
    /// The selection.
    #[wasm_bindgen(method, final, catch, js_class = "Document", js_name = getSelection)]
    pub fn selection(this: &PageDocument) -> Result<JsValue, JsValue>;
    /// The first element that matches the selector.
    #[wasm_bindgen(method, final, catch, js_class = "Document", js_name = querySelector)]
    pub fn query_selector(this: &PageDocument, selector: &str) -> Result<Option<PageElement>, JsValue>;

    /// An element. The controls of a form shadow the form's members.
    #[wasm_bindgen(extends = Object)]
    pub type PageElement;
    /// An attribute's value.
    #[wasm_bindgen(method, final, catch, js_class = "Element", js_name = getAttribute)]
    pub fn attribute(this: &PageElement, name: &str) -> Result<Option<String>, JsValue>;
    /// The element's text.
    #[wasm_bindgen(method, final, getter, catch, js_class = "Node", js_name = textContent)]
    pub fn text_content(this: &PageElement) -> Result<Option<String>, JsValue>;

    /// A target of events. Elements whose names shadow its methods are ignored.
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone)]
    pub type ListenerTarget;
    /// `addEventListener` with options.
    #[wasm_bindgen(method, final, catch, js_class = "EventTarget", js_name = addEventListener)]
    pub fn add_with(
        this: &ListenerTarget,
        name: &str,
        listener: &Function,
        options: &AddEventListenerOptions,
    ) -> Result<(), JsValue>;
    /// `addEventListener`.
    #[wasm_bindgen(method, final, catch, js_class = "EventTarget", js_name = addEventListener)]
    pub fn add(this: &ListenerTarget, name: &str, listener: &Function, capture: bool) -> Result<(), JsValue>;
    /// `removeEventListener`.
    #[wasm_bindgen(method, final, catch, js_class = "EventTarget", js_name = removeEventListener)]
    pub fn remove(this: &ListenerTarget, name: &str, listener: &Function, capture: bool) -> Result<(), JsValue>;

    /// `navigator`.
    pub type PageNavigator;
    /// The user-agent string.
    #[wasm_bindgen(method, getter, catch, js_name = userAgent)]
    pub fn user_agent(this: &PageNavigator) -> Result<String, JsValue>;
    /// Client hints; only in Chromium.
    #[wasm_bindgen(method, getter, catch, js_name = userAgentData)]
    pub fn user_agent_data(this: &PageNavigator) -> Result<Option<UserAgentData>, JsValue>;
    /// Web Locks; `None` on insecure pages.
    #[wasm_bindgen(method, getter, catch)]
    pub fn locks(this: &PageNavigator) -> Result<Option<LockManager>, JsValue>;

    /// Client hints.
    pub type UserAgentData;
    /// The operating system's name.
    #[wasm_bindgen(method, getter, catch)]
    pub fn platform(this: &UserAgentData) -> Result<Option<String>, JsValue>;
    /// Whether it is a mobile device.
    #[wasm_bindgen(method, getter, catch)]
    pub fn mobile(this: &UserAgentData) -> Result<Option<bool>, JsValue>;
    /// The brands, `[{brand, version}]`.
    #[wasm_bindgen(method, getter, catch)]
    pub fn brands(this: &UserAgentData) -> Result<JsValue, JsValue>;

    /// Web Locks.
    pub type LockManager;
    /// Runs `held` when the lock is acquired, and holds the lock until the promise settles that `held` returns.
    #[wasm_bindgen(method, catch, js_name = request)]
    pub fn request(this: &LockManager, name: &str, options: &LockOptions, held: &Function) -> Result<JsValue, JsValue>;

    /// The options of a lock.
    #[wasm_bindgen(extends = Object)]
    pub type LockOptions;
    /// The signal that aborts the request.
    #[wasm_bindgen(method, setter)]
    pub fn set_signal(this: &LockOptions, signal: &JsValue);

    /// `AbortController`.
    #[wasm_bindgen(js_name = AbortController)]
    pub type Abort;
    /// A new controller.
    #[wasm_bindgen(constructor, catch, js_class = "AbortController")]
    pub fn new() -> Result<Abort, JsValue>;
    /// The controller's signal.
    #[wasm_bindgen(method, getter, catch, js_class = "AbortController")]
    pub fn signal(this: &Abort) -> Result<JsValue, JsValue>;
    /// Aborts the requests with the signal.
    #[wasm_bindgen(method, catch, js_class = "AbortController")]
    pub fn abort(this: &Abort) -> Result<(), JsValue>;

    /// The options of a request, with `keepalive`.
    #[wasm_bindgen(extends = RequestInit, extends = Object)]
    pub type KeepaliveInit;
    /// Whether the request outlives the page.
    #[wasm_bindgen(method, setter)]
    pub fn set_keepalive(this: &KeepaliveInit, on: bool);

    /// The result of `fetch`: a `Response`, or the result of a page's own `fetch`.
    #[wasm_bindgen(js_name = Response)]
    pub type FetchResponse;
    /// A response with this body.
    #[wasm_bindgen(constructor, catch, js_class = "Response")]
    pub fn new(body: &JsValue) -> Result<FetchResponse, JsValue>;
    /// The HTTP status.
    #[wasm_bindgen(method, getter, catch, js_class = "Response")]
    pub fn status(this: &FetchResponse) -> Result<u16, JsValue>;
    /// The headers.
    #[wasm_bindgen(method, getter, catch, js_class = "Response")]
    pub fn headers(this: &FetchResponse) -> Result<Headers, JsValue>;
    /// The body as a stream.
    #[wasm_bindgen(method, getter, catch, js_class = "Response")]
    pub fn body(this: &FetchResponse) -> Result<ByteStream, JsValue>;
    /// The body as text: a promise.
    #[wasm_bindgen(method, catch, js_class = "Response")]
    pub fn text(this: &FetchResponse) -> Result<JsValue, JsValue>;
    /// The body as bytes: a promise.
    #[wasm_bindgen(method, catch, js_class = "Response", js_name = arrayBuffer)]
    pub fn array_buffer(this: &FetchResponse) -> Result<JsValue, JsValue>;

    /// A `ReadableStream` of bytes.
    pub type ByteStream;
    /// The stream, compressed.
    #[wasm_bindgen(method, catch, js_name = pipeThrough)]
    pub fn pipe_through(this: &ByteStream, compression: &CompressionStream) -> Result<JsValue, JsValue>;

    /// `CompressionStream`.
    pub type CompressionStream;
    /// Compresses to `format`.
    #[wasm_bindgen(constructor, catch)]
    pub fn new(format: &str) -> Result<CompressionStream, JsValue>;

    /// `URL`.
    #[wasm_bindgen(js_name = URL)]
    pub type PageUrl;
    /// Reads an address that is relative to another one.
    #[wasm_bindgen(constructor, catch, js_class = "URL")]
    pub fn new(address: &str, base: &str) -> Result<PageUrl, JsValue>;
}
