//! Sampling: decides whether this browser is recorded.

use crate::host::Host;
use crate::scope::Scope;
use crate::stored;
use waymark_wire::level::Key;

const DAYS: u32 = 365;

/// The browser's sample number, from 0 to 99. A browser is recorded if its number is below the percentage. The number
/// is drawn once, so that a higher percentage adds browsers and removes none.
pub(super) fn draw(scope: &Scope, host: &mut impl Host) -> u8 {
    let name = scope.name(Key::SAMPLE);
    stored::load(&name, Key::SAMPLE.area, DAYS, host).unwrap_or_else(|| {
        let (_, random) = host.new_uuid().as_u64_pair();
        let drawn = (random % 100) as u8;
        stored::save(&name, &drawn, Key::SAMPLE.area, DAYS, host);
        drawn
    })
}
