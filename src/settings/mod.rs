//! The settings in force: the settings that the site's owner made at the collector, restricted by the page's settings.
//! In: the page's object and the collector's answer, as JSON. Out: typed settings, problems of the page's settings, and
//! the reason if the collector refuses this page.

pub mod batch_limits;
pub mod remote;

use self::batch_limits::BatchLimits;
use crate::call_error::CallError;
use crate::facts::AddressFilter;
use crate::scope::Scope;
use waymark_wire::level::{Allowed, Level, StorageArea};
use waymark_wire::settings::{
    PageSettings, PageSettingsError, PathMode, Percent, Problem, Providers, Rule, Settings, SiteSettings, StateArea,
    Value,
};

/// A site's settings.
#[derive(Debug, Default)]
pub struct ActiveSettings {
    page: PageSettings,
    problems: Vec<Problem>,
    /// The settings of the site's owner; `None` until they are known.
    site: Option<SiteSettings>,
    in_force: Settings,
    scope: Scope,
    limits: BatchLimits,
    address_filter: AddressFilter,
    /// The collector's answer that is not cached yet.
    uncached: Option<String>,
    /// When the collector was first asked, epoch ms; `None` once it has answered.
    asked_at: Option<i64>,
    is_wrong_collector: bool,
    refusal: Option<CallError>,
}

impl ActiveSettings {
    /// Reads the page's settings, a JSON object, in place of earlier settings. A wrong setting is noted in
    /// [`ActiveSettings::problems`]; the others hold.
    ///
    /// # Errors
    /// The settings are not an object, or the site's key or the collector's address is missing or invalid.
    pub fn read(&mut self, settings: &str) -> Result<(), CallError> {
        (self.site, self.problems) = (None, Vec::new());
        let settings: Value = serde_json::from_str(settings).unwrap_or(Value::Nothing);
        self.page = PageSettings::read(&settings, &mut self.problems).map_err(|error| match error {
            PageSettingsError::NoObject => CallError::SettingsNotObject,
            PageSettingsError::Site => CallError::SiteInvalid,
            PageSettingsError::Collector => CallError::CollectorInvalid,
        })?;
        self.scope = Scope::of(&self.page.site, &self.page.collector);
        self.combine();
        Ok(())
    }

    /// Reads the settings of the site's owner from the collector's answer. Returns `false` if `answer` is not a
    /// collector's.
    pub fn take_site(&mut self, answer: &str) -> bool {
        let read = serde_json::from_str(answer).ok().and_then(|answer| SiteSettings::read(&answer));
        let is_answer = read.is_some();
        if is_answer {
            self.site = read;
            self.combine();
        }
        is_answer
    }

    fn combine(&mut self) {
        let owner = self.site.as_ref().map(|site| site.settings.clone()).unwrap_or_default();
        self.in_force = owner.restricted(self.page.settings.clone());
        self.limits = BatchLimits::from(&self.in_force.batch);
        self.address_filter = AddressFilter::from(&self.in_force.collect);
    }

    /// Whether the page itself asks for level 0. The collector's answer is then not needed.
    fn is_off_by_page(&mut self) -> bool {
        let is_off = self.page.settings.level == Some(Level::Off);
        if is_off {
            self.site.get_or_insert_default();
        }
        is_off
    }

    /// Whether page and site name the same data centre, or one of them names none.
    fn is_in_one_region(&self) -> bool {
        let site = self.site.as_ref().and_then(|site| site.region);
        site.is_none() || self.page.region.is_none() || site == self.page.region
    }

    /// One message for each page setting that the site's settings overrule.
    fn overruled(&self) -> Vec<String> {
        let mut names = self.page.settings.overruled(&self.in_force);
        if self.page.sampling.is_some_and(|asked| asked != self.sampling()) {
            names.push("sampling");
        }
        names.iter().map(|name| [*name, " is as the site's settings at the collector say"].concat()).collect()
    }

    /// Whether the settings of the site's owner are known.
    pub fn is_known(&self) -> bool {
        self.site.is_some()
    }

    /// The reason why the collector refuses this page, according to its last answer.
    pub fn refusal(&self) -> Option<CallError> {
        self.refusal
    }

    /// Sets the reason why the collector refuses this page; `None`: it accepts the page.
    pub fn set_refusal(&mut self, refusal: Option<CallError>) {
        self.refusal = refusal;
    }

    /// The reason why no settings are known.
    pub fn unknown_reason(&self) -> CallError {
        self.refusal.unwrap_or(CallError::SettingsUnavailable)
    }

    /// Whether the site's data belongs to another collector. Nothing may be sent to this collector then.
    pub fn is_wrong_collector(&self) -> bool {
        self.is_wrong_collector
    }

    /// The problems of the page's settings.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The settings in force.
    pub fn in_force(&self) -> &Settings {
        &self.in_force
    }

    /// The site and its collector.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The limits of a batch.
    pub fn limits(&self) -> &BatchLimits {
        &self.limits
    }

    /// The optional parts of the page's address that are collected.
    pub fn address_filter(&self) -> &AddressFilter {
        &self.address_filter
    }

    /// How long a page view waits for its title, in ms. A title that is not collected is not waited for.
    pub fn title_wait_ms(&self) -> i64 {
        let collect = &self.in_force.collect;
        let has_title = collect.title.unwrap_or_default().0;
        if has_title { collect.title_wait_ms.unwrap_or_default().0.into() } else { 0 }
    }

    /// Whether a replaced path counts as a page view.
    pub fn counts_replaced_paths(&self) -> bool {
        self.in_force.collect.replace_state.unwrap_or_default().0
    }

    /// Whether e-mail addresses, tokens and UUIDs in addresses and titles are collected.
    pub fn paths(&self) -> PathMode {
        self.in_force.collect.paths.unwrap_or_default()
    }

    /// The site's key.
    pub fn site(&self) -> &str {
        &self.page.site
    }

    /// The collector's address.
    pub fn collector(&self) -> &str {
        &self.page.collector
    }

    /// The percentage of browsers that are recorded.
    pub fn sampling(&self) -> Percent {
        Percent::restricted(self.site.as_ref().map(|site| site.sampling), self.page.sampling).unwrap_or_default()
    }

    /// How long the anonymous ID and the consent are stored, in days.
    pub fn days(&self) -> u32 {
        self.in_force.identity.days.unwrap_or_default().0.into()
    }

    /// The storage area of the user's state.
    pub fn state_area(&self) -> StorageArea {
        match self.in_force.state.unwrap_or_default() {
            StateArea::Cookie => StorageArea::Cookie,
            StateArea::LocalStorage => StorageArea::Local,
        }
    }

    /// Whether the settings name a provider of the user's ID.
    pub fn names_provider(&self) -> bool {
        self.in_force.user.as_ref().is_some_and(Providers::reads_providers)
    }

    /// The fields and events that the site's level and switches allow.
    pub fn allowed(&self) -> Allowed {
        self.in_force.allowed()
    }
}

#[cfg(test)]
impl ActiveSettings {
    /// The settings in force if the page asks for `settings` (TOML) and the site's owner allows all of them.
    pub(crate) fn of(settings: &str) -> Self {
        let settings: Value = toml::from_str(settings).unwrap();
        let mut active = ActiveSettings { scope: crate::testing::scope(), ..ActiveSettings::default() };
        active.page.settings = Settings::read(&settings, &mut active.problems);
        active.site = Some(SiteSettings { settings: active.page.settings.clone(), ..SiteSettings::default() });
        active.combine();
        active
    }
}

#[cfg(test)]
mod tests;
