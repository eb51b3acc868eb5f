//! A fact, and the IDs of its texts.

use std::num::NonZeroU32;

/// The ID of a text in the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextId(pub(in crate::store) NonZeroU32);

impl TextId {
    /// The ID as a number, from 1.
    pub(crate) fn number(self) -> u32 {
        self.0.get()
    }

    pub(crate) fn of(number: i64) -> Option<Self> {
        u32::try_from(number).ok().and_then(NonZeroU32::new).map(TextId)
    }
}

/// A stored event as insights read it. `T` is a text: itself, or its ID in the dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact<T> {
    /// The event's place in commit order.
    pub position: i64,
    /// When it happened, epoch ms: by the client's clock, or by the collector's if the client's was off
    /// (`server.corrected`).
    pub time: i64,
    /// When it arrived, epoch ms.
    pub received: i64,
    /// The site's environment; 0 is production.
    pub env: u32,
    /// Its number among the events of its tab.
    pub seq: i64,
    /// Whether the user is identified.
    pub identified: bool,
    /// Whether the collector took the sender for a bot.
    pub bot: bool,
    /// Whether the browser is a phone's.
    pub mobile: Option<bool>,
    /// Who started the play: 1 the user, 2 a rule, 3 the page's code.
    pub started_by: Option<i64>,
    /// The texts.
    pub texts: Texts<T>,
}

macro_rules! texts {
    ($($(#[$about:meta])* $name:ident),+ $(,)?) => {
        /// The texts of a fact.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Texts<T> {
            $($(#[$about])* pub $name: Option<T>,)+
        }

        impl Texts<()> {
            /// Each text.
            pub(in crate::store) const ALL: Self = Texts { $($name: Some(()),)+ };
        }

        impl<T> Texts<T> {
            /// The names of the texts, which are the names of the columns too.
            pub(in crate::store) const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// All texts, in the order of `NAMES`.
            pub(in crate::store) fn all(&self) -> [Option<&T>; Texts::<()>::NAMES.len()] {
                [$(self.$name.as_ref()),+]
            }

            /// The same with other texts.
            pub(in crate::store) fn try_map<U, E>(
                &self,
                mut with: impl FnMut(&T) -> Result<U, E>,
            ) -> Result<Texts<U>, E> {
                Ok(Texts { $($name: self.$name.as_ref().map(&mut with).transpose()?,)+ })
            }

            /// Sets the text at a place in `NAMES`.
            pub(in crate::store) fn set(&mut self, place: usize, text: Option<T>) {
                let mut next = 0..;
                $(if next.next() == Some(place) {
                    self.$name = text;
                    return;
                })+
            }

            /// What `read` gives for each place in `NAMES`.
            pub(in crate::store) fn read<E>(
                mut read: impl FnMut(usize) -> Result<Option<T>, E>,
            ) -> Result<Self, E> {
                let mut place = 0..;
                Ok(Texts { $($name: read(place.next().unwrap_or_default())?,)+ })
            }
        }
    };
}

texts! {
    /// The event's type.
    kind,
    /// The session's GUID.
    session,
    /// The user's ID as in the event.
    user,
    /// The page's path.
    path,
    /// The number of the guidance content.
    content,
    /// The play of the content.
    play,
    /// The step that was shown.
    step,
    /// The tab.
    tab,
    /// The step that was asked for.
    requested,
    /// The content's kind code, such as `wt`.
    content_type,
    /// The content's name.
    name,
    /// The version of the content, or of what plays it.
    content_version,
    /// The document's title.
    title,
    /// The country's code.
    country,
    /// The city.
    city,
    /// The browser's name.
    browser,
    /// The operating system's name.
    os,
    /// The recorder's build.
    recorder,
    /// The anonymous ID that an `identify` event names.
    linked,
}

impl<T> Fact<T> {
    /// The same fact with other texts.
    pub(in crate::store) fn try_map<U, E>(&self, with: impl FnMut(&T) -> Result<U, E>) -> Result<Fact<U>, E> {
        let Fact { position, time, received, env, seq, identified, bot, mobile, started_by, ref texts } = *self;
        let texts = texts.try_map(with)?;
        Ok(Fact { position, time, received, env, seq, identified, bot, mobile, started_by, texts })
    }
}
