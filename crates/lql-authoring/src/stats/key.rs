//! What is known about one key: everything is counted as events pass, in bounded memory.

use super::distinct::Distinct;
use super::shape::{self, DateForm, Shape};
use lql_compiler::{Time, Value, convert, dates};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// Values are shown and counted one by one up to so many characters.
const CLIP: usize = 80;
/// So many first different values are kept.
const SAMPLES: usize = 5;
/// Values are counted one by one while there are no more different ones.
pub const COUNTED: usize = 100;

/// What is known about a key.
#[derive(Clone, Debug, Default)]
pub struct KeyStats {
    /// Events that have a value under the key.
    pub events: u64,
    /// Events that have only the empty text, which is no value.
    pub empty: u64,
    /// Values; an event whose key holds a list has several.
    pub values: u64,
    /// Events where the key holds a list.
    pub lists: u64,
    /// Elements of the longest list.
    pub longest: usize,
    /// Of `items[*].sku`: one more than the largest index seen.
    pub elements: usize,
    /// What the values look like.
    pub shapes: BTreeMap<Shape, u64>,
    /// The different values.
    pub distinct: Distinct,
    /// How often each value came, while there are at most [`COUNTED`].
    pub counted: Option<BTreeMap<String, u64>>,
    /// The first different values.
    pub samples: Vec<String>,
    /// Smallest and largest number.
    pub numbers: Option<(f64, f64)>,
    /// Oldest and newest date.
    pub dates: Option<(Time, Time)>,
    /// First and last text in the order of the alphabet.
    pub texts: Option<(String, String)>,
    /// Values that `todate()` reads, where it need not guess.
    pub timed: u64,
    /// Values that are a time since 1970 by their size.
    pub unix: u64,
    /// Values with a parameter such as `utm_source`.
    pub campaigns: u64,
    /// Values with a capital letter or blanks around them: as an identity they need a normal form.
    pub uneven: u64,
    /// Values that are none: `unknown`, `n/a`, `test@example.com`.
    pub placeholders: BTreeMap<String, u64>,
    /// The last event that was counted.
    last: u64,
}

impl KeyStats {
    /// Takes what event number `event` (from 1) has under the key. A key may come several times in an event, as the elements of
    /// an array do.
    pub(super) fn add(&mut self, value: Value<'_>, event: u64) {
        let items = match &value {
            Value::List(items) => items,
            one => std::slice::from_ref(one),
        };
        let real = items.iter().filter(|item| !matches!(item, Value::Text("")) && !item.is_absent());
        let count = real.clone().count();
        if count == 0 {
            self.empty += 1;
            return;
        }
        if self.last != event {
            self.last = event;
            self.events += 1;
        }
        if let Value::List(items) = value {
            self.lists += 1;
            self.longest = self.longest.max(items.len());
        }
        real.for_each(|item| self.add_one(*item));
    }

    fn add_one(&mut self, value: Value<'_>) {
        let arena = bumpalo::Bump::new();
        let Some(text) = convert::to_text(value, &arena) else { return };
        let shape = shape::shape_of(value);
        self.values += 1;
        *self.shapes.entry(shape).or_default() += 1;
        self.ranges(value, text, shape);
        self.unix += u64::from(shape.is_int() && shape::is_unix_time(value));
        self.campaigns += u64::from(shape == Shape::Url && text.contains("utm_"));
        self.uneven += u64::from(text.trim() != text || text.contains(char::is_uppercase));
        if shape::is_placeholder(text) && self.placeholders.len() < COUNTED {
            *self.placeholders.entry(text.to_owned()).or_default() += 1;
        }
        let new = self.distinct.add(xxh3_64(text.as_bytes()));
        let counted = self.counted.get_or_insert_default();
        if self.distinct.count() as usize <= COUNTED {
            *counted.entry(clip(text)).or_default() += 1;
        } else {
            counted.clear();
        }
        if new && self.samples.len() < SAMPLES {
            self.samples.push(clip(text));
        }
    }

    fn ranges(&mut self, value: Value<'_>, text: &str, shape: Shape) {
        let time = match shape {
            Shape::Date(DateForm::DayFirst(layout)) => shape::day_first(layout, text),
            Shape::Date(_) => dates::parse(text, Time::default()),
            _ => None,
        };
        self.timed += u64::from(matches!(shape, Shape::Date(DateForm::Plain | DateForm::MonthFirst)));
        if let Some(time) = time {
            let (oldest, newest) = self.dates.unwrap_or((time, time));
            self.dates = Some((oldest.min(time), newest.max(time)));
        } else if shape.is_number() {
            let Some(number) = convert::to_number(value) else { return };
            let (least, most) = self.numbers.unwrap_or((number, number));
            self.numbers = Some((least.min(number), most.max(number)));
        } else {
            match &mut self.texts {
                Some((first, last)) => {
                    if text < first.as_str() {
                        *first = clip(text);
                    } else if text > last.as_str() {
                        *last = clip(text);
                    }
                }
                none => *none = Some((clip(text), clip(text))),
            }
        }
    }

    /// How many values have a shape that fits.
    pub fn shaped(&self, fits: impl Fn(Shape) -> bool) -> u64 {
        self.shapes.iter().filter(|(shape, _)| fits(**shape)).map(|(_, count)| count).sum()
    }

    /// Whether all values have a shape that fits.
    pub fn all(&self, fits: impl Fn(Shape) -> bool) -> bool {
        self.values > 0 && self.shaped(fits) == self.values
    }

    /// The shape that most values have.
    pub fn main_shape(&self) -> Shape {
        self.shapes.iter().max_by_key(|(_, count)| **count).map_or(Shape::Text, |(shape, _)| *shape)
    }

    /// The layout that reads all day-first dates, and those that could be either; if there are any of the former.
    pub fn day_first_layout(&self) -> Option<&'static str> {
        self.shapes.keys().find_map(|shape| match shape {
            Shape::Date(DateForm::DayFirst(layout)) => Some(*layout),
            _ => None,
        })
    }

    /// Whether all values are words that `tobool()` takes: booleans, `"true"`, or only the numbers 1 and 0, both of them.
    pub fn is_bool(&self) -> bool {
        let only_bits =
            self.numbers == Some((0.0, 1.0)) && self.distinct.count() == 2 && self.all(Shape::is_int);
        self.all(|shape| matches!(shape, Shape::Bool | Shape::BoolText)) || only_bits
    }

    /// How often each value came, if there were few different ones.
    pub fn few(&self) -> Option<&BTreeMap<String, u64>> {
        self.counted.as_ref().filter(|counted| !counted.is_empty())
    }
}

/// The beginning of a text, with a mark that it goes on.
fn clip(text: &str) -> String {
    match text.char_indices().nth(CLIP) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text)),
        None => text.to_owned(),
    }
}
