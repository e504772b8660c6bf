//! One key that is no identity, as columns: what to keep of it, and why.

use super::stream::StreamDraft;
use super::words::{any, ends, field_name, quoted, spelled, title, words};
use crate::stats::{DateForm, KeyStats, Shape};

/// A column that a query may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDraft {
    /// Why it is as it is; a comment above it.
    pub why: String,
    /// The expression.
    pub expr: String,
    /// The field.
    pub field: String,
    /// `IF …`
    pub guard: Option<String>,
    /// `SHORTDESC`
    pub desc: String,
    /// What is kept. Two columns of one field must keep the same.
    pub keep: Keep,
    /// Lints that have to be allowed.
    pub allow: Vec<&'static str>,
}

/// What a column keeps, as clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// An identity; a set of them.
    Identity {
        many: bool,
    },
    /// The latest text.
    Text,
    /// The first text.
    FirstText,
    /// The latest integer, number, boolean.
    Int,
    Number,
    Bool,
    /// The latest or first date.
    Date,
    FirstDate,
    /// Smallest and largest date.
    MinDate,
    MaxDate,
    /// Added.
    Sum,
    /// Events counted.
    Count,
    /// The largest.
    MaxNumber,
    /// All values, up to a capacity.
    Set,
    /// How often each value came.
    Counts,
    /// The latest boolean of each of several keys.
    Bools,
}

impl Keep {
    /// The clauses after the description.
    pub fn clauses(self) -> &'static str {
        match self {
            Keep::FirstText => " MERGEOP oldest",
            Keep::Int => " KIND int",
            Keep::Number => " KIND number",
            Keep::Bool => " KIND bool",
            Keep::Date | Keep::MinDate | Keep::MaxDate => " KIND date",
            Keep::FirstDate => " KIND date MERGEOP oldest",
            Keep::Bools => " KIND map[string]bool",
            Keep::Identity { .. }
            | Keep::Text
            | Keep::Sum
            | Keep::Count
            | Keep::MaxNumber
            | Keep::Set
            | Keep::Counts => "",
        }
    }

    /// Whether the field needs a capacity.
    pub fn is_many(self) -> bool {
        matches!(self, Keep::Identity { many: true } | Keep::Set)
    }
}

impl ColumnDraft {
    /// The same column for a field of its own name.
    fn named(self, field: impl Into<String>, desc: impl Into<String>) -> Self {
        Self { field: field.into(), desc: desc.into(), ..self }
    }
}

/// What becomes of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is read.
    Columns(Vec<ColumnDraft>),
    /// It is not, for a reason.
    Left(String),
}

/// Elements of an array that are read.
const ELEMENTS: usize = 3;
/// A key with no more different values than these is a word from a list.
const FEW: u64 = 50;

/// What becomes of a key of a stream.
pub fn fate(draft: &StreamDraft<'_>, key: &str, known: &KeyStats) -> Fate {
    let Some(name) = spelled(key) else {
        return Fate::Left("a name with a backquote or a line break cannot be written in a query".into());
    };
    let of = Key { draft, known, words: words(key), flat: key, name, field: field_name(key) };
    if known.events == 0 {
        return Fate::Left("always empty".into());
    }
    if let Some(reason) = of.left() {
        return Fate::Left(reason);
    }
    Fate::Columns(of.columns())
}

/// A key that is being looked at.
struct Key<'k> {
    draft: &'k StreamDraft<'k>,
    known: &'k KeyStats,
    words: Vec<String>,
    flat: &'k str,
    /// As it is written in a query.
    name: String,
    field: String,
}

impl Key<'_> {
    fn left(&self) -> Option<String> {
        let mostly = |shape| self.known.shaped(|it| it == shape) * 2 > self.known.values;
        let many = self.known.distinct.count() * 10 >= self.known.values * 9 && self.known.values > 5;
        if mostly(Shape::Ip) || any(&self.words, &["ip"]) {
            return Some("an address of the network is no person, and is personal data".into());
        }
        if any(&self.words, &["session", "sessionid"]) {
            return Some("a visit, not a person".into());
        }
        if mostly(Shape::Json) {
            return Some("JSON inside a text: `json.jmespath` reads parts of it".into());
        }
        if (mostly(Shape::Uuid) || mostly(Shape::Hash)) && many {
            return Some("nearly every event has its own: it names the record".into());
        }
        (self.flat.matches("[*]").count() > 1).then(|| "an array inside an array".into())
    }

    fn columns(&self) -> Vec<ColumnDraft> {
        if self.flat.contains("[*]") {
            return self.elements();
        }
        if self.known.lists > 0 {
            return vec![self.set("several values in one event: all of them are kept, each once")];
        }
        if self.known.is_bool() {
            let is_json = self.known.all(|shape| shape == Shape::Bool);
            let expr = if is_json { self.name.clone() } else { format!("tobool({})", self.name) };
            let why = if is_json { "" } else { "true and false as text" };
            return vec![self.column(expr, Keep::Bool, why)];
        }
        let known = self.known;
        let most = |fits: fn(Shape) -> bool| known.shaped(fits) * 20 >= known.values * 19;
        if most(|shape| shape == Shape::UserAgent) {
            return self.user_agent();
        }
        if most(|shape| shape == Shape::Url) {
            return self.url();
        }
        if let Some(columns) = self.dates() {
            return columns;
        }
        if self.is_code() {
            return vec![self.code()];
        }
        if most(Shape::is_number) {
            return vec![self.number()];
        }
        vec![self.text()]
    }

    fn column(&self, expr: String, keep: Keep, why: &str) -> ColumnDraft {
        ColumnDraft {
            why: why.to_owned(),
            expr,
            field: self.field.clone(),
            guard: None,
            desc: title(self.flat),
            keep,
            allow: Vec::new(),
        }
    }

    fn set(&self, why: &str) -> ColumnDraft {
        self.column(format!("set({})", self.name), Keep::Set, why)
    }

    /// The first elements of an array, each a key of its own, into one field.
    fn elements(&self) -> Vec<ColumnDraft> {
        let elements = self.known.elements.clamp(1, ELEMENTS);
        let read: Vec<String> = (0..elements)
            .filter_map(|index| spelled(&self.flat.replace("[*]", &format!("[{index}]"))))
            .collect();
        let more = if self.known.elements > ELEMENTS {
            format!("up to {} elements; the first {ELEMENTS} are read", self.known.elements)
        } else {
            "the elements of an array are keys of their own, and go into one field".to_owned()
        };
        if self.known.all(Shape::is_number) && self.is_amount() && self.draft.id.is_some() {
            let parts: Vec<String> = read.iter().map(|name| format!("tonumber({name})")).collect();
            let column = self.column(format!("sum({})", parts.join(", ")), Keep::Sum, &more);
            return vec![
                column.named(format!("{}_total", self.field), format!("{}, added up", title(self.flat))),
            ];
        }
        let column = |(at, name): (usize, &String)| {
            let why = if at == 0 { more.as_str() } else { "" };
            self.column(format!("set({name})"), Keep::Set, why)
        };
        read.iter().enumerate().map(column).collect()
    }

    fn user_agent(&self) -> Vec<ColumnDraft> {
        let part = |feature: &str, desc: &str, why: &str| {
            let column =
                self.column(format!("useragent({}, {})", self.name, quoted(feature)), Keep::Text, why);
            column.named(feature.to_owned(), desc.to_owned())
        };
        vec![
            part("browser", "Latest browser", "of what a browser says of itself, only what can be used"),
            part("os", "Latest operating system", ""),
        ]
    }

    fn url(&self) -> Vec<ColumnDraft> {
        if any(&self.words, &["referrer", "referer", "ref"]) {
            let column =
                self.column(format!("set(host({}))", self.name), Keep::Set, "where people come from");
            return vec![column.named("referrers", "Sites that people came from")];
        }
        let last = self.column(
            format!("urlmain({})", self.name),
            Keep::Text,
            "without parameters, so that pages compare",
        );
        let first = self.column(format!("urlmain({})", self.name), Keep::FirstText, "");
        let mut columns = vec![
            last.named(format!("last_{}", self.field), format!("{}, the latest", title(self.flat))),
            first.named(format!("first_{}", self.field), format!("{}, the first", title(self.flat))),
        ];
        if self.known.campaigns > 0 {
            for (parameter, desc) in [("utm_source", "First source"), ("utm_campaign", "First campaign")] {
                let expr = format!("qs({}, {})", self.name, quoted(parameter));
                let why = "the first touch stays, whatever order events arrive in";
                let column =
                    self.column(expr, Keep::FirstText, if parameter == "utm_source" { why } else { "" });
                columns.push(column.named(format!("first_{parameter}"), desc.to_owned()));
            }
        }
        columns
    }

    fn dates(&self) -> Option<Vec<ColumnDraft>> {
        let known = self.known;
        let is_named = any(
            &self.words,
            &["date", "day", "time", "timestamp", "ts", "at", "on", "since", "birthday", "dob"],
        );
        let is_unix = known.unix == known.values && is_named;
        let is_compact = is_named
            && known.all(Shape::is_int)
            && known.numbers.is_some_and(|(least, most)| {
                (19_000_101.0..21_000_000.0).contains(&least) && (19_000_101.0..21_000_000.0).contains(&most)
            });
        let is_date = known.shaped(Shape::is_date) * 20 >= known.values * 19;
        if !(is_date || is_unix || is_compact) {
            return None;
        }
        let first =
            any(&self.words, &["created", "registered", "signup", "joined", "since", "first", "born"]);
        let keep = if first { Keep::FirstDate } else { Keep::Date };
        let name = &self.name;
        let plain = format!("todate({name})");
        let Some(layout) = known.day_first_layout() else {
            let why = match (is_unix, known.shapes.contains_key(&Shape::Date(DateForm::Unclear))) {
                (true, _) => "seconds or milliseconds since 1970, told apart by their length",
                (false, true) => {
                    "the month is read first; if the day stands first, give the layout \"2/1/2006\""
                }
                (false, false) => "",
            };
            return Some(vec![self.column(plain, keep, why)]);
        };
        let with_layout = format!("todate({}, {name})", quoted(layout));
        if known.timed == 0 {
            return Some(vec![self.column(with_layout, keep, "the day stands first")]);
        }
        // Dates of two habits in one key: the separator tells which.
        let separator = layout.chars().find(|c| !c.is_ascii_digit()).unwrap_or('/').to_string();
        let plain_has_it = separator == "-";
        if plain_has_it || known.shapes.contains_key(&Shape::Date(DateForm::MonthFirst)) {
            return Some(vec![self.column(
                plain,
                keep,
                "dates are written in several ways here; some are not read",
            )]);
        }
        let test = format!("contains({name}, {})", quoted(&separator));
        let day_first =
            self.column(with_layout, keep, "two ways to write a date; each has its column, into one field");
        let other = self.column(plain, keep, "");
        Some(vec![
            ColumnDraft { guard: Some(test.clone()), ..day_first },
            ColumnDraft { guard: Some(format!("NOT {test}")), ..other },
        ])
    }

    /// Numbers that name something: nobody adds them up.
    fn is_code(&self) -> bool {
        ends(
            &self.words,
            &[
                "id", "ids", "no", "nr", "number", "code", "sku", "ref", "zip", "postcode", "plz", "key",
                "phone",
            ],
        )
    }

    fn code(&self) -> ColumnDraft {
        let of_place =
            any(&self.words, &["zip", "postcode", "plz", "phone", "country", "currency", "language"]);
        if of_place || self.draft.is_of_people() {
            return self.column(self.name.clone(), Keep::Text, "");
        }
        self.set("names something that people have several of")
    }

    fn is_amount(&self) -> bool {
        let amounts = [
            "amount", "total", "subtotal", "revenue", "sales", "spend", "value", "qty", "quantity", "price",
            "cost", "tax", "shipping", "paid", "points",
        ];
        any(&self.words, &amounts)
    }

    fn number(&self) -> ColumnDraft {
        let known = self.known;
        let is_int = known.all(Shape::is_int);
        let is_json = known.all(|shape| matches!(shape, Shape::Int | Shape::Number));
        let as_number = if is_json { self.name.clone() } else { format!("tonumber({})", self.name) };
        let is_price = any(&self.words, &["price"]);
        if self.is_amount() && !is_price && !self.draft.is_of_people() {
            return if self.draft.id.is_some() {
                let why = "added up; the message id keeps a copy of an event from counting twice";
                let column = self.column(format!("sum({as_number})"), Keep::Sum, why);
                column.named(format!("{}_total", self.field), format!("{}, added up", title(self.flat)))
            } else {
                let why =
                    "not added up: without a message id, an event that is delivered twice would count twice";
                let column = self.column(format!("max({as_number})"), Keep::MaxNumber, why);
                column.named(format!("largest_{}", self.field), format!("{}, the largest", title(self.flat)))
            };
        }
        let why = match (is_json, known.shapes.contains_key(&Shape::Amount)) {
            (true, _) => "",
            (false, true) => "currency signs and thousands separators are removed",
            (false, false) => "numbers as text",
        };
        match (is_int, is_json) {
            (true, true) => self.column(self.name.clone(), Keep::Int, why),
            (true, false) => self.column(format!("toint({})", self.name), Keep::Int, why),
            (false, _) => self.column(as_number, Keep::Number, why),
        }
    }

    fn text(&self) -> ColumnDraft {
        let few = self.known.distinct.count() <= FEW && self.known.distinct.count() * 2 <= self.known.values;
        let happened = any(&self.words, &["event", "action", "activity", "interaction", "verb"]);
        let of_list =
            any(&self.words, &["category", "channel", "tag", "topic", "method", "mode", "interest", "type"]);
        if few && (happened || of_list) && !self.draft.is_of_people() {
            if self.draft.id.is_none() {
                return self.set("a word from a short list; counting needs a message id");
            }
            let why = "a word from a short list: how often each came";
            let column = self.column(format!("valuect({})", self.name), Keep::Counts, why);
            return column
                .named(format!("{}_counts", self.field), format!("{}, how often each", title(self.flat)));
        }
        let keep = if self.words.first().is_some_and(|word| word == "first") && !ends(&self.words, &["name"])
        {
            Keep::FirstText
        } else {
            Keep::Text
        };
        self.column(self.name.clone(), keep, "")
    }
}

/// Several keys of one beginning that all hold true and false: one map.
pub fn flags(draft: &StreamDraft<'_>, used: &[&str]) -> Vec<(String, Vec<String>, ColumnDraft)> {
    let mut groups: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for (key, known) in draft.keys() {
        let begin = key.find(['_', '.']).and_then(|at| key.get(..=at));
        if let Some(prefix) =
            begin.filter(|prefix| known.is_bool() && prefix.len() > 2 && !used.contains(&key))
        {
            groups.entry(prefix).or_default().push(key);
        }
    }
    // A prefix that other keys share would gather them too.
    let whole = |(prefix, keys): &(&str, Vec<&str>)| {
        keys.len() > 1 && draft.stats.keys.keys().filter(|key| key.starts_with(*prefix)).count() == keys.len()
    };
    groups
        .into_iter()
        .filter(whole)
        .map(|(prefix, keys)| {
            let name = prefix.trim_end_matches(['_', '.']);
            let column = ColumnDraft {
                why: format!("every key that begins with {prefix}, without that beginning"),
                expr: format!("match({})", quoted(prefix)),
                field: field_name(name),
                guard: None,
                desc: title(name),
                keep: Keep::Bools,
                allow: Vec::new(),
            };
            (prefix.to_owned(), keys.into_iter().map(str::to_owned).collect(), column)
        })
        .collect()
}
