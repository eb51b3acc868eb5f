//! Any batch from a stranger: each event of it is told, nothing is kept that the site does not collect,
//! and what is kept is one line of JSON that can be read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waymark_wire::{Allowed, Batch, Event, Expanded, Field, Level};

fuzz_target!(|body: &[u8]| {
    let Ok(batch) = Batch::read(body) else { return };
    for level in Level::ALL {
        let allowed = Allowed::at(level);
        let Expanded { events, .. } = batch.expand("3210be7ad82f403298f7c4da065ec657", &allowed);
        assert_eq!(events.len(), batch.len());
        for event in events.into_iter().flatten() {
            let (seq, event) = event;
            assert!(level != Level::Off && seq >= batch.seq && allowed.kind(&event.kind));
            let line = serde_json::to_string(&event).unwrap();
            assert!(!line.contains(['\n', '\r']), "{line}");
            let again: Event = serde_json::from_str(&line).unwrap();
            assert_eq!(serde_json::to_string(&again).unwrap(), line);
            let value: Value = serde_json::from_str(&line).unwrap();
            for field in Field::ALL.iter().filter(|&&field| !allowed.field(field)) {
                let pointer = format!("/{}", field.path().replace('.', "/"));
                assert_eq!(value.pointer(&pointer), None, "{pointer} at level {}", level as u8);
            }
        }
    }
});
