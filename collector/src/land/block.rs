//! Messages become blocks: what is inserted at once. A block ends at a fixed offset, so that after a crash the same
//! block comes again; or once it has waited long enough, or is large.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Bytes of a block: it is in memory a few times.
const BYTES: usize = 16 << 20;

/// What a topic holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Events,
    Deliveries,
    Erasures,
}

/// A message as it was read.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) offset: i64,
    pub(super) key: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

/// Messages of a partition that follow each other. There is at least one.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) topic: Topic,
    pub(super) partition: i32,
    pub(super) messages: Vec<Message>,
    bytes: usize,
    opened: Instant,
}

/// The blocks that are being filled, and those that are ready, in order.
pub(super) struct Blocks {
    rows: i64,
    wait: Duration,
    open: BTreeMap<(Topic, i32), Block>,
    ready: VecDeque<Block>,
}

impl Blocks {
    /// Blocks of at most `rows` messages that wait for more at most `wait`.
    pub(super) fn new(rows: usize, wait: Duration) -> Self {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX).max(1);
        Blocks { rows, wait, open: BTreeMap::new(), ready: VecDeque::new() }
    }

    /// Adds the next message of a partition.
    pub(super) fn add(&mut self, topic: Topic, partition: i32, message: Message, now: Instant) {
        let is_last = (message.offset + 1) % self.rows == 0;
        let block = self.open.entry((topic, partition)).or_insert_with(|| Block {
            topic,
            partition,
            messages: Vec::new(),
            bytes: 0,
            opened: now,
        });
        block.bytes += message.payload.len();
        block.messages.push(message);
        if is_last || block.bytes >= BYTES {
            self.ready.extend(self.open.remove(&(topic, partition)));
        }
    }

    /// When the next block has waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.values().map(|block| block.opened + self.wait).min()
    }

    /// The next block that is ready, or has waited long enough.
    pub(super) fn next(&mut self, now: Instant) -> Option<Block> {
        self.ready.pop_front().or_else(|| {
            let key = self.open.iter().find(|(_, block)| block.opened + self.wait <= now).map(|(key, _)| *key)?;
            self.open.remove(&key)
        })
    }

    /// The next block, ready or not.
    pub(super) fn take(&mut self) -> Option<Block> {
        self.ready.pop_front().or_else(|| self.open.pop_first().map(|(_, block)| block))
    }

    /// Drops all: others read the partitions now.
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.ready.clear();
    }
}

impl Block {
    /// Offset of the first message.
    pub(super) fn first(&self) -> i64 {
        self.messages.first().map_or(0, |message| message.offset)
    }

    /// Offset of the last message.
    pub(super) fn last(&self) -> i64 {
        self.messages.last().map_or(0, |message| message.offset)
    }

    /// Both halves, in order; or the block itself, if it is a single message. The same block has the same halves.
    pub(super) fn halves(mut self) -> Result<[Block; 2], Block> {
        let second = self.messages.split_off(self.messages.len().div_ceil(2));
        if second.is_empty() {
            return Err(self);
        }
        let second = Block { messages: second, ..self };
        Ok([Block { messages: self.messages, ..second }, second])
    }

    /// Stands for exactly these messages of the topic `name`.
    pub(super) fn token(&self, name: &str) -> String {
        format!("{name}/{}/{}-{}", self.partition, self.first(), self.last())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(offset: i64) -> Message {
        Message { offset, key: Vec::new(), payload: vec![0; 10] }
    }

    #[test]
    fn blocks_end_at_fixed_offsets_wherever_they_begin() {
        let now = Instant::now();
        let mut blocks = Blocks::new(100, Duration::from_secs(1));
        (30..250).for_each(|offset| blocks.add(Topic::Events, 2, message(offset), now));
        let ready: Vec<_> = std::iter::from_fn(|| blocks.next(now)).map(|block| block.token("e")).collect();
        assert_eq!(ready, ["e/2/30-99", "e/2/100-199"]);
        assert_eq!(blocks.due(), Some(now + Duration::from_secs(1)));
        assert_eq!(blocks.next(now + Duration::from_secs(1)).unwrap().token("e"), "e/2/200-249");
        assert_eq!(blocks.due(), None);
    }

    #[test]
    fn partitions_and_topics_have_blocks_of_their_own() {
        let now = Instant::now();
        let mut blocks = Blocks::new(10, Duration::from_secs(1));
        for (topic, partition) in [(Topic::Events, 0), (Topic::Events, 1), (Topic::Deliveries, 0)] {
            (0..5).for_each(|offset| blocks.add(topic, partition, message(offset), now));
        }
        assert!(blocks.next(now).is_none());
        assert_eq!(std::iter::from_fn(|| blocks.take()).map(|block| block.messages.len()).collect::<Vec<_>>(), [5; 3]);
    }

    #[test]
    fn a_large_block_ends_early() {
        let now = Instant::now();
        let mut blocks = Blocks::new(1_000, Duration::from_secs(1));
        let large = |offset| Message { payload: vec![0; BYTES / 2], ..message(offset) };
        (0..3).for_each(|offset| blocks.add(Topic::Events, 0, large(offset), now));
        assert_eq!(blocks.next(now).unwrap().token("e"), "e/0/0-1");
        assert!(blocks.next(now).is_none());
    }
}
