//! A month of made-up events: users with sessions of page views, in which some take a walk-thru and reach a goal.

use std::collections::VecDeque;
use uuid::Uuid;
use waymark_collector::store::{Day, IngestBatch, Losses, StoredEvent, UserIds};

pub const SITE: &str = "shop";
/// 1 October 2026.
pub const START: i64 = 1_790_812_800_000;
pub const DAYS: i64 = 30;
pub const BATCH: usize = 50;

/// From so many events on, bodies have only what facts read.
pub const LEAN: usize = 2_000_000;

/// Makes events, the same each time.
pub struct Month {
    random: u64,
    /// From the beginning of a session to that of the next, in ms.
    pace: i64,
    sessions: u64,
    events: u64,
    is_lean: bool,
    /// Events in batches so far.
    pub made: u64,
    /// Page views among them.
    pub views: u64,
    waiting: VecDeque<StoredEvent>,
}

const BROWSERS: [&str; 4] = ["Chrome", "Safari", "Firefox", "Edge"];
const SYSTEMS: [&str; 4] = ["Windows", "macOS", "Android", "Linux"];
const COUNTRIES: [&str; 5] = ["DE", "US", "FR", "SE", "JP"];

impl Month {
    /// So many events fill the month. Lean ones have no more in their bodies than facts read.
    pub fn of(events: usize, is_lean: bool) -> Self {
        // A session has seven events or more on average.
        let pace = (DAYS * 86_400_000 - 7_200_000) / (events as i64 / 7 + 1);
        Month {
            random: 0x9e37_79b9_7f4a_7c15,
            pace,
            sessions: 0,
            events: 0,
            is_lean,
            made: 0,
            views: 0,
            waiting: VecDeque::new(),
        }
    }

    /// The ID of a session: a GUID, or in lean events a short text.
    pub fn session(&self, number: u64) -> String {
        if self.is_lean {
            return format!("s{number:x}");
        }
        Uuid::from_u128(u128::from(number.wrapping_mul(0x2545_f491_4f6c_dd1d)) << 32 | u128::from(number)).to_string()
    }

    /// The next events.
    pub fn batch(&mut self) -> IngestBatch {
        while self.waiting.len() < BATCH {
            self.add_session();
        }
        let records: Vec<_> = self.waiting.drain(..BATCH).collect();
        self.made += BATCH as u64;
        self.views += records.iter().filter(|record| record.kind == "pageView").count() as u64;
        let tab = Uuid::from_u128(u128::from(self.events / 500));
        let seq = self.events;
        IngestBatch {
            site: SITE.to_owned(),
            tab,
            day: Day::of(START),
            seq,
            events: BATCH as u64,
            last: seq + BATCH as u64,
            lost: Losses::default(),
            records,
        }
    }

    fn add_session(&mut self) {
        let number = self.sessions;
        self.sessions += 1;
        // Three sessions a user on average.
        let user = self.below(self.sessions / 3 + 10);
        let mut time = START + number as i64 * self.pace;
        let views = 3 + self.below(6);
        for view in 0..views {
            let path = format!("/product/{}", self.below(40) * self.below(40) / 40);
            self.add(number, user, time, "pageView", &path, "{}");
            time += 1_000 + self.below(60_000) as i64;
            if view == 1 && self.below(3) == 0 {
                time = self.add_tour(number, user, time, &path);
            }
        }
        if self.below(6) == 0 {
            self.add(number, user, time, "goal", "/thanks", "{\"goal\":\"order\"}");
        }
    }

    fn add_tour(&mut self, number: u64, user: u64, mut time: i64, path: &str) -> i64 {
        let content = self.below(20);
        let play = format!("{time}-{content}-{}", self.session(number));
        let steps = 1 + self.below(6);
        for step in 0..=steps {
            let kind = match step {
                0 => "play",
                6 => "complete",
                _ => "step",
            };
            let data = format!(
                "{{\"type\":\"wt\",\"oId\":{content},\"oName\":\"Tour {content}\",\"pId\":\"{play}\",\"pInit\":{{\"type\":1}},\
                 \"oRequestedSubObject\":{step},\"oActualSubObject\":{step},\"pluginVer\":\"1.0.0\"}}"
            );
            self.add(number, user, time, kind, path, &data);
            time += 500 + self.below(20_000) as i64;
        }
        time
    }

    fn add(&mut self, number: u64, user: u64, time: i64, kind: &str, path: &str, data: &str) {
        let (session, of) = (self.session(number), user as usize);
        let id = self.session(user.wrapping_add(1 << 40));
        // As in the IDs of recorders: the second half, by which ClickHouse sorts, is a random number of the tab and the
        // event's number.
        let tab = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let second = tab.wrapping_add(self.events);
        let event = Uuid::from_u128(u128::from(time.unsigned_abs()) << 80 | u128::from(second));
        let (browser, os, country) = (BROWSERS[of % 4], SYSTEMS[of / 4 % 4], COUNTRIES[of / 16 % 5]);
        let seq = self.events;
        let lean = || {
            format!(
                "{{\"data\":{data},\"sId\":\"{session}\",\"env\":{{\"browser\":{{\"name\":\"{browser}\"}},\
                 \"os\":{{\"name\":\"{os}\"}}}},\"ctx\":{{\"location\":{{\"pathname\":\"{path}\"}}}},\
                 \"server\":{{\"seq\":{seq},\"place\":{{\"country\":\"{country}\"}}}}}}"
            )
        };
        let whole = || {
            format!(
                "{{\"id\":\"{event}\",\"time\":{time},\"type\":\"{kind}\",\"data\":{data},\"sId\":\"{session}\",\
             \"wm\":{{\"uId\":\"3210be7ad82f403298f7c4da065ec657\",\"euId\":\"{id}\",\"euIdSource\":\"Cache\",\"permId\":-1,\
             \"env\":0,\"interactionGuid\":\"{session}\",\"platform\":1}},\
             \"env\":{{\"browser\":{{\"name\":\"{browser}\",\"version\":\"128.0.0.0\",\"string\":\"{browser} 128.0.0.0\"}},\
             \"os\":{{\"name\":\"{os}\"}},\"mobile\":false,\"screen\":{{\"height\":561,\"width\":1249}},\"timezone\":-120}},\
             \"ctx\":{{\"location\":{{\"protocol\":\"https:\",\"hostname\":\"shop.example.com\",\"pathname\":\"{path}\"}},\
             \"isIframe\":false,\"visitId\":\"9ef11e58809fd93c55d22f12c3fd401c\",\"title\":\"Page {path} - Shop\"}},\
             \"visions\":{{\"sId\":\"{session}\"}},\"version\":{{\"lib\":\"0.1.0\",\"pe\":\"1.0.0\"}},\
             \"server\":{{\"site\":\"shop\",\"tab\":\"{session}\",\"seq\":{seq},\"sent\":{time},\"received\":{time},\
             \"ip\":\"192.0.2.0\",\"place\":{{\"country\":\"{country}\"}}}}}}"
            )
        };
        let body = if self.is_lean { lean() } else { whole() };
        self.events += 1;
        self.waiting.push_back(StoredEvent {
            id: event,
            site: SITE.to_owned(),
            kind: kind.to_owned(),
            time,
            received: time,
            who: UserIds { anonymous: Some(id), ..UserIds::default() },
            body: body.into(),
        });
    }

    /// A number from 0 to below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }
}
