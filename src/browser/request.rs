//! Requests to the collector: no cookies, no referrer, and nothing that would need a preflight.

use super::bindings::{FetchResponse, KeepaliveInit, encode_uri_component, fetch};
use super::signal::Reply;
use js_sys::{Object, Promise};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ReferrerPolicy, RequestCache, RequestCredentials};

/// Where a site's collector is.
struct Address {
    collector: String,
    site: String,
    /// `https://collect.example.com/v1/`
    base: String,
    encoded_site: String,
}

thread_local! {
    static ADDRESS: RefCell<Option<Address>> = const { RefCell::new(None) };
}

/// Requests go to this collector, for this site, from here on. Whether that is news.
pub fn set_address(collector: &str, site: &str) -> bool {
    ADDRESS.with_borrow_mut(|address| {
        let is_new = address.as_ref().is_none_or(|before| before.collector != collector || before.site != site);
        if is_new {
            *address = Some(Address {
                base: String::from(collector.trim_end_matches('/')) + "/v1/",
                // Where a page has replaced the encoder: site keys need none.
                encoded_site: encode_uri_component(site).unwrap_or_else(|_| site.to_owned()),
                collector: collector.to_owned(),
                site: site.to_owned(),
            });
        }
        is_new
    })
}

fn address(of: impl FnOnce(&Address) -> String) -> Option<String> {
    ADDRESS.with_borrow(|address| address.as_ref().map(of))
}

/// The address of `/v1/<path>` for the site. The collector can say no before it has read the body.
pub fn address_of(path: &str) -> Option<String> {
    address(|at| at.base.clone() + path + "?site=" + &at.encoded_site)
}

/// The address of the site's settings.
pub fn settings_address() -> Option<String> {
    address(|at| at.base.clone() + "sites/" + &at.encoded_site + "/settings")
}

fn quiet() -> KeepaliveInit {
    let options = Object::new().unchecked_into::<KeepaliveInit>();
    options.set_credentials(RequestCredentials::Omit);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options
}

/// The options of a request that posts `body`: a text, or bytes.
pub fn posting(body: &JsValue) -> KeepaliveInit {
    let options = quiet();
    options.set_method("POST");
    options.set_body(body);
    options
}

/// Posts `body`, even if the page ends. The request has begun when this returns.
///
/// # Errors
/// What a page's own `fetch` throws; that there is no address yet.
pub fn post(path: &str, body: &JsValue) -> Result<Promise, JsValue> {
    let options = posting(body);
    options.set_keepalive(true);
    begin(&address_of(path).ok_or(JsValue::UNDEFINED)?, &options)
}

/// Asks for the site's settings; `anew` past the browser's cache.
///
/// # Errors
/// As [`post`].
pub fn get_settings(anew: bool) -> Result<Promise, JsValue> {
    let options = quiet();
    options.set_cache(if anew { RequestCache::NoCache } else { RequestCache::Default });
    begin(&settings_address().ok_or(JsValue::UNDEFINED)?, &options)
}

/// A page's own `fetch` may give anything: it becomes a promise.
fn begin(address: &str, options: &KeepaliveInit) -> Result<Promise, JsValue> {
    Ok(Promise::resolve(&fetch(address, options)?))
}

/// Reads the answer to its end: until then Chromium counts the request against what a page may have on its way with
/// keepalive. No answer: status 0.
pub async fn reply(request: Result<Promise, JsValue>) -> Reply {
    read(request).await.unwrap_or_default()
}

async fn read(request: Result<Promise, JsValue>) -> Result<Reply, JsValue> {
    let response: FetchResponse = request?.await?.unchecked_into();
    let body = Promise::resolve(&response.text()?).await?;
    let retry_after = response.headers().and_then(|headers| headers.get("retry-after")).ok().flatten();
    Ok(Reply {
        status: response.status()?,
        retry_after_s: retry_after.and_then(|seconds| seconds.parse().ok()).unwrap_or_default(),
        body: body.as_string().ok_or(JsValue::UNDEFINED)?,
    })
}
