//! The ID of an event: a version 7 UUID computed from the batch's tab, event number and time, so that an event needs no
//! 36 bytes for an ID and a retry cannot change the ID.

use uuid::{Builder, Uuid};

/// The ID of event number `seq` of the tab `tab`, which happened at `time` (epoch ms).
///
/// The first 48 bits are the time, as in every version 7 UUID, so that IDs grow with time and the store's unique index
/// stays cheap. The rest is the low 12 bits of `seq` and 62 bits of `tab` + `seq`. Two events of one tab therefore
/// never share an ID, even if the clock jumps. Two tabs share an ID only if 62 random bits agree in the same
/// millisecond.
///
/// ```
/// let tab = uuid::uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401");
/// let id = waymark_wire::event_id(tab, 1, 1_553_433_890_150);
/// assert_eq!(id.to_string(), "0169afe0-0d66-7001-855d-22f12c3fd402");
/// ```
pub fn event_id(tab: Uuid, seq: u64, time: i64) -> Uuid {
    let mut rest = [0; 10];
    let (_, low) = tab.as_u64_pair();
    rest[..2].copy_from_slice(&(seq as u16 & 0xfff).to_be_bytes());
    rest[2..].copy_from_slice(&low.wrapping_add(seq).to_be_bytes());
    Builder::from_unix_timestamp_millis(time.max(0) as u64, &rest).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn two_events_of_a_tab_never_share_an_id(tab: u128, a: u32, b: u32, then: u32, now: u32) {
            prop_assume!(a != b);
            let tab = Uuid::from_u128(tab);
            prop_assert_ne!(event_id(tab, a.into(), then.into()), event_id(tab, b.into(), now.into()));
        }

        #[test]
        fn ids_grow_with_time(tab: u128, seq: u32, earlier in 0i64..1 << 47, by in 1i64..1 << 40) {
            let tab = Uuid::from_u128(tab);
            let (first, second) = (event_id(tab, seq.into(), earlier), event_id(tab, 0, earlier + by));
            prop_assert!(first < second);
            prop_assert_eq!(first.get_version_num(), 7);
        }
    }
}
