//! OpenID Connect ID tokens: reads a claim of a token that has not expired. The signature is not checked, and the
//! collector does not trust the ID more because of it.

use super::bindings::WINDOW;
use super::members::member;
use js_sys::JSON;
use wasm_bindgen::JsValue;

/// The claim of a token; `undefined` if the token has expired. `found` is the token's text, or JSON or an object with a
/// member `id_token`.
///
/// # Errors
/// `found` is not a token.
pub fn claim(found: &JsValue, claim: &str, now_s: f64) -> Result<JsValue, JsValue> {
    let token = text(found)?.ok_or(JsValue::UNDEFINED)?;
    let payload = token.split('.').nth(1).ok_or(JsValue::UNDEFINED)?;
    let claims = JSON::parse(&decoded(payload)?)?;
    let is_expired = member(&claims, "exp")?.as_f64().is_some_and(|expires_s| expires_s <= now_s);
    if is_expired { Ok(JsValue::UNDEFINED) } else { member(&claims, claim) }
}

fn text(found: &JsValue) -> Result<Option<String>, JsValue> {
    if let Some(token) = member(found, "id_token")?.as_string() {
        return Ok(Some(token));
    }
    let Some(text) = found.as_string() else { return Ok(None) };
    let inside = JSON::parse(&text).and_then(|json| member(&json, "id_token"));
    Ok(inside.ok().and_then(|token| token.as_string()).or(Some(text)))
}

/// Decodes base64url to UTF-8 text.
fn decoded(payload: &str) -> Result<String, JsValue> {
    let base64: String = payload
        .chars()
        .map(|digit| match digit {
            '-' => '+',
            '_' => '/',
            digit => digit,
        })
        .collect();
    let binary = WINDOW.with(|window| window.atob(&base64))?;
    // Each character is one byte.
    String::from_utf8(binary.chars().map(|byte| byte as u8).collect()).map_err(|_| JsValue::UNDEFINED)
}
