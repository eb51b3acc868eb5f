//! Requests to the collector: without cookies, without a referrer, and without anything that needs a preflight.

use super::bindings::{FetchResponse, KeepaliveInit, fetch};
use super::members::bare;
use super::signal::Response;
use crate::address::encoded;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ReferrerPolicy, RequestCache, RequestCredentials};

/// The addresses of a site's collector.
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

/// Sets the collector and the site of all requests from now on. Returns whether they differ from the previous ones.
pub fn set_address(collector: &str, site: &str) -> bool {
    ADDRESS.with_borrow_mut(|address| {
        let is_new = address.as_ref().is_none_or(|before| before.collector != collector || before.site != site);
        if is_new {
            *address = Some(Address {
                base: String::from(collector.trim_end_matches('/')) + "/v1/",
                encoded_site: encoded(site),
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

/// The address of `/v1/<path>` with the site as a parameter, so that the collector can refuse a request before it reads
/// the body.
pub fn address_of(path: &str) -> Option<String> {
    address(|at| at.base.clone() + path + "?site=" + &at.encoded_site)
}

/// The address of the site's settings.
pub fn settings_address() -> Option<String> {
    address(|at| at.base.clone() + "sites/" + &at.encoded_site + "/settings")
}

/// Whether the recorder makes requests to this address.
pub fn is_own(address: &str) -> bool {
    ADDRESS.with_borrow(|own| own.as_ref().is_some_and(|own| address.starts_with(&own.base)))
}

fn base_options() -> KeepaliveInit {
    let options = bare().unchecked_into::<KeepaliveInit>();
    options.set_credentials(RequestCredentials::Omit);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options
}

/// The options of a request that posts `body`: a text, or bytes.
pub fn post_options(body: &JsValue) -> KeepaliveInit {
    let options = base_options();
    options.set_method("POST");
    options.set_body(body);
    options
}

/// Posts `body`, even if the page ends. The request has begun when the function returns.
///
/// # Errors
/// The page's own `fetch` throws, or the address is not set.
pub fn post(path: &str, body: &JsValue) -> Result<Promise, JsValue> {
    let options = post_options(body);
    options.set_keepalive(true);
    begin(&address_of(path).ok_or(JsValue::UNDEFINED)?, &options)
}

/// Requests the site's settings. `bypass_cache`: not from the browser's cache.
///
/// # Errors
/// As [`post`].
pub fn get_settings(bypass_cache: bool) -> Result<Promise, JsValue> {
    let options = base_options();
    options.set_cache(if bypass_cache { RequestCache::NoCache } else { RequestCache::Default });
    begin(&settings_address().ok_or(JsValue::UNDEFINED)?, &options)
}

/// The content of the file at `path` of the collector, from the first slash, as an `ArrayBuffer`. `integrity` is its
/// hash.
///
/// # Errors
/// The collector does not have this very file, or cannot be reached.
pub async fn get_file(path: &str, integrity: &str) -> Result<JsValue, JsValue> {
    let options = base_options();
    options.set_integrity(integrity);
    let address = address(|at| at.collector.trim_end_matches('/').to_owned() + path).ok_or(JsValue::UNDEFINED)?;
    let response: FetchResponse = begin(&address, &options)?.await?.unchecked_into();
    if response.status()? != 200 {
        return Err(JsValue::UNDEFINED);
    }
    Promise::resolve(&response.array_buffer()?).await
}

/// The page's own `fetch` may return anything, so the result is converted to a promise.
fn begin(address: &str, options: &KeepaliveInit) -> Result<Promise, JsValue> {
    Ok(Promise::resolve(&fetch(address, options)?))
}

/// Reads the response to its end, because until then Chromium counts the request against the page's limit for keepalive
/// requests. Without a response the status is 0.
pub async fn response(request: Result<Promise, JsValue>) -> Response {
    read(request).await.unwrap_or_default()
}

async fn read(request: Result<Promise, JsValue>) -> Result<Response, JsValue> {
    let response: FetchResponse = request?.await?.unchecked_into();
    let body = Promise::resolve(&response.text()?).await?;
    let retry_after = response.headers().and_then(|headers| headers.get("retry-after")).ok().flatten();
    Ok(Response {
        status: response.status()?,
        retry_after_s: retry_after.and_then(|seconds| seconds.parse().ok()).unwrap_or_default(),
        body: body.as_string().ok_or(JsValue::UNDEFINED)?,
    })
}
