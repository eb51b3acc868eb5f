//! A collector that was built without Kafka refuses `[kafka]`.

use super::secret_text::SecretText;
use crate::config::findings::Findings;
use std::collections::BTreeMap;

pub(super) fn check_properties(_: &BTreeMap<String, SecretText>, findings: &mut Findings) {
    findings.add("kafka", "this collector was built without Kafka: build it with `--features kafka`");
}
