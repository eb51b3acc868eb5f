//! A visit: the pages that a visitor sees, the tours on the way, and the order at the end of some.

use super::random::Random;
use super::shop::{
    ACCOUNT, CART, Device, HOME, HOW_TO_ORDER, Home, LOG_IN, LOOK_AROUND, ORDERED, PRIVACY, PRODUCTS, Page, SHELF,
    SIGN_IN, Tour, YOUR_ACCOUNT, YOUR_BASKET,
};
use super::visitor::Visitor;
use serde_json::json;
use serde_json::value::to_raw_value;
use uuid::Uuid;
use waymark_wire::{
    BatchBuilder, Browser, Context, Ctx, Env, IdSource, Location, Os, SCHEMA, Screen, User, Version, Visions,
};

/// The version that made-up events carry in place of a recorder's.
const LIB: &str = "made-up";

/// Who starts a tour.
#[derive(Clone, Copy)]
enum StartedBy {
    User = 1,
    Rule = 2,
}

/// A visit that is being made.
pub(super) struct Visit<'a> {
    random: &'a mut Random,
    visitor: Visitor,
    context: Context,
    events: BatchBuilder,
    time: i64,
    is_known: bool,
}

impl<'a> Visit<'a> {
    /// Makes a visit that begins at `time`. Returns its events and the time of the last one.
    pub(super) fn make(visitor: Visitor, time: i64, random: &'a mut Random) -> (BatchBuilder, i64) {
        let context = context(&visitor, random);
        let is_known = visitor.known.is_some() && !visitor.is_new;
        let mut visit = Visit { random, visitor, context, events: BatchBuilder::default(), time, is_known };
        visit.name_user();
        visit.walk();
        (visit.events, visit.time)
    }

    fn walk(&mut self) {
        let is_new = self.visitor.is_new;
        match self.random.below(100) {
            0..58 => {
                self.view(HOME);
                if is_new {
                    self.tour(&LOOK_AROUND, StartedBy::Rule);
                }
                if self.random.chance(24) {
                    return;
                }
                self.view(SHELF);
            }
            58..74 => self.view(SHELF),
            _ => {}
        }
        let mut basket = 0;
        for _ in 0..1 + self.random.below(4) {
            let page = self.random.pick(&PRODUCTS).copied().unwrap_or(SHELF);
            self.view(page);
            self.stumble();
            if self.random.chance(if is_new { 16 } else { 5 }) {
                self.menu();
                self.tour(&HOW_TO_ORDER, StartedBy::User);
                basket += i64::from(self.random.chance(62));
            }
            basket += i64::from(self.random.chance(21));
            if self.random.chance(14) {
                return;
            }
            if self.random.chance(38) {
                self.view(SHELF);
            }
        }
        if self.random.chance(3) {
            self.view(PRIVACY);
        }
        if basket > 0 {
            self.view(CART);
            if is_new {
                self.tour(&YOUR_BASKET, StartedBy::Rule);
            }
            if self.random.chance(12) {
                self.click("elementChange", "main > form#checkout > textarea#gift-note", json!({ "count": 1 }));
            }
            if self.random.chance(34) {
                return;
            }
        }
        self.account();
        if basket > 0 && self.random.chance(68) {
            self.view(CART);
            let form = json!({ "tag": "form", "id": "checkout", "path": "main > form#checkout" });
            self.record("formSubmit", json!({ "form": form, "by": "button", "fields": 3, "prevented": true }));
            self.page(ORDERED);
            self.record("goal", json!({ "name": "Order placed", "pieces": basket }));
        }
    }

    /// Signs in, for those who have an account.
    fn account(&mut self) {
        if self.visitor.known.is_none() || self.random.chance(35) {
            return;
        }
        if !self.is_known {
            self.view(SIGN_IN);
            if self.random.chance(40) {
                self.tour(&LOG_IN, StartedBy::User);
            }
            self.is_known = true;
            self.name_user();
            self.view(ACCOUNT);
            self.record("identify", json!({ "anonymousId": self.visitor.anonymous }));
        } else {
            self.view(ACCOUNT);
        }
        if self.random.chance(20) {
            self.tour(&YOUR_ACCOUNT, StartedBy::User);
        }
    }

    /// Some click what looks like a button and is none, and some click again and again.
    fn stumble(&mut self) {
        if self.random.chance(6) {
            self.click("deadClick", "main > dl.facts", json!({ "by": "mouse", "why": "nothing", "plain": true }));
        }
        if self.random.chance(3) {
            self.click(
                "rageClick",
                "main > form > button#add-to-basket",
                json!({ "by": "mouse", "count": 5, "ms": 1_400 }),
            );
        }
    }

    /// An event of level 2 about the element with this path.
    fn click(&mut self, kind: &str, path: &str, mut data: serde_json::Value) {
        self.wait(2, 9);
        let last = path.rsplit(' ').next().unwrap_or_default();
        let tag = last.split(['#', '.']).next().unwrap_or_default();
        data["el"] = json!({ "tag": tag, "path": path });
        self.record(kind, data);
    }

    /// The help menu, from which visitors start tours.
    fn menu(&mut self) {
        self.wait(2, 8);
        let play = self.play(124_900);
        self.record(
            "open",
            json!({ "type": "menu", "oId": 124_900, "oName": "Help", "pInit": { "type": 1 }, "pId": play,
                "pluginVer": "1.0.0" }),
        );
        self.wait(1, 5);
    }

    fn tour(&mut self, tour: &Tour, by: StartedBy) {
        self.wait(1, 4);
        let play = self.play(tour.id);
        // Now and then an element is missing: the tour does not start, or goes on to the next step.
        let trouble = self.random.below(100);
        let event = |requested: usize, shown: usize| {
            json!({ "type": "wt", "oId": tour.id, "oName": tour.name, "pId": play, "pInit": { "type": by as u8 },
                "oRequestedSubObject": requested, "oActualSubObject": shown, "pluginVer": "1.0.0" })
        };
        if trouble < 2 {
            return self.record("playFailed", event(1, 1));
        }
        self.record("play", event(1, 1));
        let last = tour.stay.len();
        for (place, stay) in tour.stay.iter().enumerate() {
            let step = place + 1;
            let requested = if trouble == 2 && step == 2 { 1 } else { step };
            self.record("step", event(requested, step));
            self.wait(2, 14);
            if !self.random.chance(*stay) {
                // Some close it, some leave the page.
                if self.random.chance(70) {
                    self.record("close", event(step, step));
                }
                return;
            }
        }
        self.record("complete", event(last, last));
    }

    fn play(&mut self, content: u32) -> String {
        format!("{}-{content}-{}", self.time, self.random.guid())
    }

    fn view(&mut self, page: Page) {
        self.wait(6, 75);
        self.page(page);
        self.record("pageView", json!({}));
    }

    fn page(&mut self, Page(path, title): Page) {
        self.context.interaction_guid = Some(self.random.guid().to_string());
        self.context.ctx = Some(Ctx {
            location: Location {
                protocol: Some("https:".to_owned()),
                hostname: Some("saltmarsh.example".to_owned()),
                pathname: Some(path.to_owned()),
                ..Location::default()
            },
            is_iframe: Some(false),
            visit_id: Some(self.random.guid().simple().to_string()),
            title: Some(title.to_owned()),
        });
        self.events.set_context(&self.context);
    }

    fn name_user(&mut self) {
        let known = self.visitor.known.clone().filter(|_| self.is_known);
        let source = if known.is_some() { IdSource::Identifier } else { IdSource::Cache };
        let id = known.unwrap_or_else(|| self.visitor.anonymous.to_string());
        let user = User { eu_id: Some(id), eu_id_source: Some(source), perm_id: -1, env: 0, platform: 1 };
        self.context.wm = Some(user);
    }

    fn wait(&mut self, least: i64, most: i64) {
        self.time += (least + self.random.below(most - least)) * 1_000 + self.random.below(1_000);
    }

    fn record(&mut self, kind: &str, data: serde_json::Value) {
        self.events.push(self.time, kind, to_raw_value(&data).unwrap_or_default());
    }
}

fn context(visitor: &Visitor, random: &mut Random) -> Context {
    let session = random.guid().to_string();
    let Device(browser, version, os, mobile, (width, height)) =
        visitor.device.unwrap_or(&Device("Chrome", "142.0.0.0", "Windows", false, (1_280, 720)));
    let Home(.., timezone) = visitor.home.unwrap_or(&Home("GB", "London", 0));
    Context {
        s_id: Some(session.clone()),
        interaction_guid: Some(Uuid::nil().to_string()),
        env: Some(Env {
            browser: Browser {
                name: Some((*browser).to_owned()),
                version: Some((*version).to_owned()),
                string: Some(format!("{browser} {version}")),
            },
            os: Os { name: Some((*os).to_owned()), version: None },
            mobile: Some(*mobile),
            screen: Screen { height: Some(*height), width: Some(*width) },
            timezone: Some(*timezone),
        }),
        visions: Some(Visions { s_id: session }),
        version: Some(Version { lib: LIB.to_owned(), pe: SCHEMA.to_owned() }),
        ..Context::default()
    }
}
