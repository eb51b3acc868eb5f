//! The environment variables that override the file.

use super::findings::Findings;
use super::{ADDRESS, Admin, Config, Region, SecretText, Token};
use waymark_wire::settings::Rule;

impl Config {
    /// Takes what `variable` (the environment) says in place of what the file says.
    pub(super) fn override_by(&mut self, variable: impl Fn(&str) -> Option<String>, findings: &mut Findings) {
        let mut said = |key, name| variable(name).inspect(|_| findings.set_variable(key, name));
        let listen = said("listen", "WAYMARK_LISTEN");
        let region = said("region", "WAYMARK_REGION");
        if let Some(store) = said("store", "WAYMARK_STORE") {
            self.store = store.into();
        }
        if let Some(servers) = said("kafka.bootstrap_servers", "WAYMARK_KAFKA_BOOTSTRAP_SERVERS") {
            self.kafka.get_or_insert_default().bootstrap_servers = servers;
        }
        let password = said("kafka.sasl.password_file", "WAYMARK_KAFKA_SASL_PASSWORD");
        if let (Some(password), Some(sasl)) = (password, self.kafka.as_mut().and_then(|kafka| kafka.sasl.as_mut())) {
            sasl.password = Some(SecretText::from(password));
        }
        if let Some(url) = said("clickhouse.url", "WAYMARK_CLICKHOUSE_URL") {
            self.clickhouse.get_or_insert_default().url = url;
        }
        let password = said("clickhouse.password_file", "WAYMARK_CLICKHOUSE_PASSWORD");
        if let (Some(password), Some(clickhouse)) = (password, &mut self.clickhouse) {
            clickhouse.password = Some(SecretText::from(password));
        }
        if let Some(assets) = said("assets", "WAYMARK_ASSETS") {
            self.assets = Some(assets.into());
        }
        if let Some(token) = said("admin_token", "WAYMARK_ADMIN_TOKEN") {
            self.admin = Admin::Token(Token::from(token));
        }
        if let Some(listen) = listen {
            match listen.parse() {
                Ok(address) => self.listen = address,
                Err(_) => findings.add("listen", format!("{ADDRESS}, and is `{listen}`")),
            }
        }
        if let Some(region) = region {
            self.region = [Region::Us, Region::Eu].into_iter().find(|known| known.as_str() == region);
            if self.region.is_none() {
                findings.add("region", format!("{}, and is `{region}`", Region::MUST_BE));
            }
        }
    }
}
