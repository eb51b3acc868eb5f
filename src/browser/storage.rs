//! What is kept for later pages: localStorage, or this page's memory where the browser refuses it.

/// A small store of texts by key.
#[derive(Default)]
pub struct Storage {
    memory: Vec<(String, String)>,
}

impl Storage {
    /// What was kept under the key.
    pub fn load(&self, key: &str) -> Option<String> {
        let kept = local().and_then(|local| local.get_item(key).ok().flatten());
        kept.or_else(|| self.memory.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone()))
    }

    /// Keeps the value under the key.
    pub fn save(&mut self, key: &str, value: &str) {
        if local().is_some_and(|local| local.set_item(key, value).is_ok()) {
            return;
        }
        self.memory.retain(|(known, _)| known != key);
        self.memory.push((key.to_owned(), value.to_owned()));
    }
}

/// The mere asking throws where the user or a sandbox forbids it.
fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
