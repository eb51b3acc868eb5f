//! What asks for an erasure: only a whole GUID is taken, and what is taken can be asked again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_wire::Forget;

fuzz_target!(|bytes: &[u8]| {
    let Ok(forget) = serde_json::from_slice::<Forget>(bytes) else { return };
    assert_eq!(forget.eu_id.len(), 36);
    assert!(forget.eu_id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()));
    let again: Forget = serde_json::from_str(&serde_json::to_string(&forget).unwrap()).unwrap();
    assert_eq!(again, forget);
});
