//! Events folded by cookie.

use crate::{
    Task,
    dict::Dict,
    event::{Event, text},
    links::{self, Links},
};
use std::{collections::HashMap, hint::black_box};

/// So many texts of a profile are the newest or, the last of them, the oldest ones: the first in [`Event::texts`].
pub const STAMPED: usize = text::SOURCE + 1;
/// Texts that are mostly those of the event before: looking there first is worth it.
const RARELY_CHANGES: [bool; STAMPED] = [true, true, true, false, false, false, true, true, false];
/// So many kinds of events have a counter in the row.
pub const COUNTED: usize = 8;

/// All that is kept of a cookie. Row `i` is that of the cookie with number `i`.
#[derive(Clone, Copy)]
pub struct Row {
    pub first_ts: i64,
    pub last_ts: i64,
    pub min_score: i64,
    pub max_score: i64,
    /// NaN: nothing was paid.
    pub revenue: f64,
    /// A bit for each category with a small number.
    pub categories: u64,
    /// A bit for each day from [`Shard::first_day`] on.
    pub days: u64,
    /// When each of the texts was said; the extreme where it was not.
    pub at: [i64; STAMPED],
    pub texts: [u32; STAMPED],
    pub kinds: [u32; COUNTED],
    pub events: u32,
}

const EMPTY: Row = Row {
    first_ts: i64::MAX,
    last_ts: i64::MIN,
    min_score: i64::MAX,
    max_score: i64::MIN,
    revenue: f64::NAN,
    categories: 0,
    days: 0,
    at: [i64::MIN, i64::MIN, i64::MIN, i64::MIN, i64::MIN, i64::MIN, i64::MIN, i64::MIN, i64::MAX],
    texts: [0; STAMPED],
    kinds: [0; COUNTED],
    events: 0,
};

/// Elements that have no place in the row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spilt {
    Category(u32),
    Day(i32),
    Kind(u32),
}

/// The cookies of one thread, with all that was said of them.
pub struct Shard {
    pub cookies: Dict,
    rows: Vec<Box<[Row]>>,
    pub texts: [Dict; STAMPED],
    pub categories: Dict,
    pub kinds: Dict,
    /// Bit 0 of [`Row::days`].
    pub first_day: Option<i32>,
    spilt: HashMap<u32, Vec<(Spilt, u32)>>,
    /// Who met whom; only for M3.
    pub links: Option<Links>,
    /// Row numbers of the events at hand.
    batch: Vec<u32>,
}

/// Rows come in pieces that never move, so that a growing state is not copied.
const PIECE: usize = 1 << 10;

impl Shard {
    pub fn new(task: Task) -> Shard {
        Shard {
            cookies: Dict::default(),
            rows: Vec::new(),
            texts: Default::default(),
            categories: Dict::default(),
            kinds: Dict::default(),
            first_day: None,
            spilt: HashMap::new(),
            links: (task == Task::M3).then(Links::default),
            batch: Vec::new(),
        }
    }

    pub fn row(&self, row: u32) -> &Row {
        &self.rows[row as usize / PIECE][row as usize % PIECE]
    }

    pub fn spilt(&self, row: u32) -> &[(Spilt, u32)] {
        self.spilt.get(&row).map_or(&[], Vec::as_slice)
    }

    /// Folds some events whose texts lie in `block`.
    pub fn fold(&mut self, block: &[u8], events: &[Event]) {
        // Each step waits for memory, but not for the step before it: done for many events at once, they wait together.
        let mut batch = std::mem::take(&mut self.batch);
        batch.clear();
        for event in events {
            let row = self.cookies.id(block, event.texts[text::COOKIE]);
            if row as usize == self.rows.len() * PIECE {
                self.rows.push(vec![EMPTY; PIECE].into());
            }
            batch.push(row);
        }
        let warmed = batch.iter().fold(0, |sum: i64, row| {
            let row = self.row(*row);
            sum ^ row.first_ts ^ row.at[0] ^ row.at[STAMPED - 1] ^ i64::from(row.events)
        });
        black_box(warmed);
        for (row, event) in batch.iter().zip(events) {
            self.fold_one(block, *row, event);
        }
        self.batch = batch;
    }

    #[inline(always)]
    fn fold_one(&mut self, block: &[u8], number: u32, event: &Event) {
        let row = &mut self.rows[number as usize / PIECE][number as usize % PIECE];
        row.events += 1;
        row.first_ts = row.first_ts.min(event.ts);
        row.last_ts = row.last_ts.max(event.ts);
        if let Some(score) = event.score {
            row.min_score = row.min_score.min(score);
            row.max_score = row.max_score.max(score);
        }
        if let Some(amount) = event.amount {
            row.revenue = if row.revenue.is_nan() { amount } else { row.revenue + amount };
        }
        for (field, rarely_changes) in RARELY_CHANGES.into_iter().enumerate() {
            let said = event.texts[field];
            let newer =
                if field == text::SOURCE { event.ts < row.at[field] } else { event.ts > row.at[field] };
            if newer && !said.is_empty() {
                row.at[field] = event.ts;
                row.texts[field] = if rarely_changes {
                    self.texts[field].id_near(block, said, row.texts[field])
                } else {
                    self.texts[field].id(block, said)
                };
            }
        }
        let kind = self.kinds.id(block, event.texts[text::EVENT]);
        match row.kinds.get_mut(kind as usize) {
            Some(count) => *count += 1,
            None => spill(&mut self.spilt, number, Spilt::Kind(kind)),
        }
        let category = event.texts[text::CATEGORY];
        if !category.is_empty() {
            let category = self.categories.id(block, category);
            match 1_u64.checked_shl(category) {
                Some(bit) => row.categories |= bit,
                None => spill(&mut self.spilt, number, Spilt::Category(category)),
            }
        }
        // Some room for events that are late.
        let first_day = *self.first_day.get_or_insert(event.day - 8);
        match u32::try_from(event.day - first_day).ok().and_then(|bit| 1_u64.checked_shl(bit)) {
            Some(bit) => row.days |= bit,
            None => spill(&mut self.spilt, number, Spilt::Day(event.day)),
        }
        if let Some(links) = &mut self.links {
            for (field, known) in [(text::EMAIL, links::EMAIL), (text::USER, links::USER)] {
                let said = event.texts[field];
                if !said.is_empty() {
                    // Nearly always the one that was just kept.
                    let id = self.texts[field].id_near(block, said, row.texts[field]);
                    links.add(number, known, id);
                }
            }
        }
    }
}

#[cold]
fn spill(all: &mut HashMap<u32, Vec<(Spilt, u32)>>, row: u32, what: Spilt) {
    let of_row = all.entry(row).or_default();
    match of_row.iter_mut().find(|(known, _)| *known == what) {
        Some((_, count)) => *count += 1,
        None => of_row.push((what, 1)),
    }
}
