//! Prometheus' text format, version 0.0.4: <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::fmt::Write;

pub(crate) const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text: each metric's name and meaning, then its samples.
#[derive(Default)]
pub(crate) struct Text {
    out: String,
    name: &'static str,
}

impl Text {
    pub(crate) fn counter(&mut self, name: &'static str, help: &str) {
        self.metric(name, "counter", help);
    }

    pub(crate) fn gauge(&mut self, name: &'static str, help: &str) {
        self.metric(name, "gauge", help);
    }

    pub(crate) fn histogram(&mut self, name: &'static str, help: &str) {
        self.metric(name, "histogram", help);
    }

    fn metric(&mut self, name: &'static str, kind: &str, help: &str) {
        self.name = name;
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of the last metric.
    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        self.part("", labels, value);
    }

    /// A sample of a part of a histogram.
    pub(crate) fn part(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) {
        self.out.push_str(self.name);
        self.out.push_str(suffix);
        for (at, (label, value)) in labels.iter().enumerate() {
            let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            let _ = write!(self.out, "{}{label}=\"{value}\"", if at == 0 { "{" } else { "," });
        }
        let _ = writeln!(self.out, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_end_its_line() {
        let mut text = Text::default();
        text.gauge("a_metric", "What it is.");
        text.sample(&[("site", "a\"b\\c\nd"), ("x", "")], 1.5);
        text.sample(&[], 3.0);
        let lines = "# HELP a_metric What it is.\n# TYPE a_metric gauge\na_metric{site=\"a\\\"b\\\\c\\nd\",x=\"\"} 1.5\na_metric 3\n";
        assert_eq!(text.finish(), lines);
    }
}
