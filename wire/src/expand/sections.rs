//! The contexts of a received batch: removes what is not allowed, and completes later contexts from the first.

use crate::{Allowed, Context, Ctx, Env, Field, Version, Visions, Wm};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The sections of a context, shared by all its events.
#[derive(Clone)]
pub(super) struct Sections {
    pub(super) s_id: Arc<str>,
    pub(super) wm: Arc<Wm>,
    pub(super) env: Arc<Env>,
    pub(super) ctx: Arc<Ctx>,
    pub(super) visions: Arc<Visions>,
    pub(super) version: Arc<Version>,
    pub(super) is_automated: bool,
}

impl Sections {
    pub(super) fn first(delta: Context, account: &str) -> Result<Self, String> {
        fn whole(delta: Context, account: &str) -> Option<Sections> {
            let base = Wm { u_id: account.to_owned(), interaction_guid: delta.interaction_guid?, ..Wm::default() };
            Some(Sections {
                s_id: delta.s_id?.into(),
                wm: Arc::new(base.of(delta.wm?)),
                env: Arc::new(delta.env.unwrap_or_default()),
                ctx: Arc::new(delta.ctx.unwrap_or_default()),
                visions: Arc::new(delta.visions?),
                version: Arc::new(delta.version?),
                is_automated: delta.webdriver.unwrap_or_default(),
            })
        }
        let required = "must have sId, interactionGuid, wm, visions and version";
        whole(delta, account).ok_or_else(|| required.to_owned())
    }

    pub(super) fn changed_by(&self, delta: Context) -> Self {
        fn either<T>(new: Option<T>, old: &Arc<T>) -> Arc<T> {
            new.map_or_else(|| Arc::clone(old), Arc::new)
        }
        let mut wm = Arc::clone(&self.wm);
        if let Some(guid) = delta.interaction_guid {
            Arc::make_mut(&mut wm).interaction_guid = guid;
        }
        if let Some(user) = delta.wm {
            wm = Arc::new(Wm::clone(&wm).of(user));
        }
        Sections {
            s_id: delta.s_id.map_or_else(|| Arc::clone(&self.s_id), Into::into),
            wm,
            env: either(delta.env, &self.env),
            ctx: either(delta.ctx, &self.ctx),
            visions: either(delta.visions, &self.visions),
            version: either(delta.version, &self.version),
            is_automated: delta.webdriver.unwrap_or(self.is_automated),
        }
    }
}

/// Removes from a context the members that the level table does not name or `allowed` does not allow. Returns their
/// number. `path` is the path of `members`, and is unchanged afterwards.
pub(super) fn strip(members: &mut Map<String, Value>, path: &mut String, allowed: &Allowed) -> u64 {
    let (mut stripped, outside) = (0, path.len());
    members.retain(|key, value| {
        path.truncate(outside);
        if outside > 0 {
            path.push('.');
        }
        path.push_str(key);
        let field = Field::at(path);
        if field.is_none()
            && let Value::Object(inside) = value
        {
            let here = strip(inside, path, allowed);
            stripped += here;
            return here == 0 || !inside.is_empty();
        }
        // The reader of the context, which runs next, refuses a section that is not an object. But it accepts a list as
        // a section, member by member, and the members of a list have no names to be stripped by. So lists are removed.
        let keeps = match field {
            Some(field) => allowed.field(field),
            None => is_section(path) && !value.is_array(),
        };
        stripped += u64::from(!keeps);
        keeps
    });
    path.truncate(outside);
    stripped
}

fn is_section(path: &str) -> bool {
    Field::ALL.iter().any(|field| field.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}
