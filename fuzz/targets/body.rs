//! Any body that says it is gzip: no more than the limit comes out of it, and what was packed is what is
//! unpacked. The first two bytes are the limit.

#![no_main]

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use std::io::Write;
use waymark_collector::unpack;

fuzz_target!(|input: (u16, &[u8])| {
    let (most, raw) = (usize::from(input.0), input.1);
    if let Ok(Some(whole)) = unpack(raw, most) {
        assert!(whole.len() <= most);
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(raw).unwrap();
    let whole = unpack(&packed.finish().unwrap(), most).unwrap();
    assert_eq!(whole.as_deref(), (raw.len() <= most).then_some(raw));
});
