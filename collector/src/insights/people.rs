//! Who is behind a user's ID.

use super::ids::IdMap;
use crate::store::TextId;

/// The identified user of each anonymous ID that belongs to one only.
pub(super) struct People(IdMap<TextId, TextId>);

impl People {
    /// In: the pairs of anonymous and identified user. A browser that two people used is neither's.
    pub(super) fn of(links: Vec<(TextId, TextId)>) -> Self {
        let mut people = IdMap::<TextId, Option<TextId>>::default();
        for (anonymous, known) in links {
            people.entry(anonymous).and_modify(|of| *of = of.filter(|of| *of == known)).or_insert(Some(known));
        }
        People(people.into_iter().filter_map(|(anonymous, known)| known.map(|known| (anonymous, known))).collect())
    }

    /// The user to whom an anonymous ID belongs.
    pub(super) fn owner(&self, user: TextId) -> TextId {
        self.0.get(&user).copied().unwrap_or(user)
    }

    pub(super) fn is_linked(&self, user: TextId) -> bool {
        self.0.contains_key(&user)
    }
}
