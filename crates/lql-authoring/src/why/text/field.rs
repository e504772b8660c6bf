//! Why a field has its value, or none, as text.

use super::table::Table;
use crate::shown::{clip, count, shown_json};
use crate::why::{Contribution, EventPlace, FieldWhy, LinkPlace, Reason, Silent, SilentReason, Verdict};
use lql_runtime::merge::{FieldOp, Form};
use std::fmt::Write as _;

/// How many contributions are shown, of those that decide and of those that do not, unless all are asked for.
const SHOWN: [usize; 2] = [5, 3];

impl FieldWhy {
    /// The answer for people; with `all`, no contribution is left out.
    pub fn text(&self, all: bool) -> String {
        let mut out = String::new();
        let name = match &self.entry {
            Some(entry) => format!("{}.{entry}", self.field),
            None => self.field.clone(),
        };
        let _ = match &self.value {
            Some(value) => writeln!(out, "{name} of {} is {}", self.profile.short(), shown_json(value)),
            None => writeln!(out, "{name} of {} has no value", self.profile.short()),
        };
        let _ = writeln!(out, "  {}, {}: {}", self.kind, self.mergeop, rule(&self.operator));
        if !self.entries.is_empty() {
            let _ = writeln!(out, "\nThe map has other entries: {}", self.entries.join(", "));
        }
        let (deciding, losing): (Vec<_>, Vec<_>) =
            self.contributions.iter().partition(|given| given.verdict.decides());
        self.deciding(deciding, all, &mut out);
        if !losing.is_empty() {
            let _ = writeln!(out, "\n{} changed nothing:", count(losing.len(), "other value"));
            self.list(&losing, if all { usize::MAX } else { SHOWN[1] }, &mut out);
        }
        if !self.links.is_empty() {
            let _ = writeln!(out, "\nThe events name several identity values, joined by:");
            out.push_str(&links(&self.links));
        }
        self.apart(all, &mut out);
        for silent in &self.silent {
            silent.text(&mut out);
        }
        out
    }

    /// The events that are named for nothing but what they keep apart.
    fn apart(&self, all: bool, out: &mut String) {
        let is_told = |event: &&EventPlace| {
            self.links.iter().any(|link| link.first == **event)
                || self.contributions.iter().any(|it| it.verdict.decides() && it.event == **event)
        };
        let apart: Vec<&EventPlace> = self.enough.iter().filter(|event| !is_told(event)).collect();
        if apart.is_empty() {
            return;
        }
        let events = count(apart.len(), "event");
        let _ = writeln!(out, "\nOther profiles would join but for {events}:");
        let most = if all { usize::MAX } else { SHOWN[1] };
        for event in apart.iter().take(most) {
            let _ = writeln!(out, "  {}", event.text());
        }
        if apart.len() > most {
            let _ = writeln!(out, "  and {} more: --all shows them", apart.len() - most);
        }
    }

    fn deciding(&self, mut deciding: Vec<&Contribution>, all: bool, out: &mut String) {
        let lead = match (deciding.len(), self.operator.form) {
            (0, _) => return,
            (1, _) => "It comes from".to_owned(),
            (more, Form::IntSum | Form::NumberSum) => {
                // The largest show best where a sum comes from.
                deciding.sort_by(|a, b| {
                    let size = |given: &Contribution| given.value.as_f64().unwrap_or_default().abs();
                    size(b).total_cmp(&size(a))
                });
                format!("{} are added", count(more, "value"))
            }
            (more, Form::Count) => format!("{} are counted", count(more, "value")),
            (more, _) => format!("It comes from {}", count(more, "value")),
        };
        let _ = writeln!(out, "\n{lead}:");
        self.list(&deciding, if all { usize::MAX } else { SHOWN[0] }, out);
    }

    /// Contributions, those of one column below each other.
    fn list(&self, given: &[&Contribution], most: usize, out: &mut String) {
        let mut columns: Vec<_> = given.iter().map(|given| &given.column).collect();
        columns.sort();
        columns.dedup();
        for column in columns {
            let of_column: Vec<_> = given.iter().filter(|given| given.column == *column).collect();
            let _ = writeln!(out, "  {}  {}", place(&column.query, &column.at), clip(&column.expr, 90));
            let mut table = Table::default();
            for given in of_column.iter().take(most) {
                let time = given.event.time.clone().unwrap_or_default();
                let words = words(given.verdict, &self.operator);
                let value = clip(&shown_json(&given.value), 50);
                let mut cells = vec![value, given.event.at.clone(), time];
                if !self.links.is_empty() {
                    cells.push(format!("of {}", given.home));
                }
                cells.push(words.to_owned());
                table.row(cells);
                for part in &given.parts {
                    let words = self::words(part.verdict, &self.operator);
                    table.row([format!("  {}", shown_json(&part.part)), words.to_owned()]);
                }
            }
            out.push_str(&table.text("    "));
            if of_column.len() > most {
                let _ = writeln!(out, "    and {} more: --all shows them", of_column.len() - most);
            }
        }
    }
}

/// `web (web.lql:12)`
fn place(query: &str, at: &str) -> String {
    if query.is_empty() { at.to_owned() } else { format!("{query} ({at})") }
}

/// Links, a line each.
pub(super) fn links(links: &[LinkPlace]) -> String {
    let mut table = Table::default();
    for link in links {
        table.row([format!("{} – {}", link.a, link.b), link.first.text()]);
    }
    table.text("  ")
}

/// What an operator does, in words.
fn rule(op: &FieldOp) -> String {
    let what = match op.form {
        Form::Newest => "the value of the newest event stays",
        Form::Oldest => "the value of the oldest event stays",
        Form::Least => "the smallest value stays",
        Form::Greatest => "the largest value stays",
        Form::Count => "values are counted",
        Form::IntSum | Form::NumberSum => "all values are added",
        Form::Set | Form::StampedSet => "all different values stay",
        Form::NewestMap => "of each key, the newest value stays",
        Form::OldestMap => "of each key, the oldest value stays",
        Form::LeastMap => "of each key, the smallest value stays",
        Form::GreatestMap => "of each key, the largest value stays",
        Form::IntSumMap | Form::NumberSumMap => "of each key, all values are added",
        Form::Days => "values are counted by day",
    };
    let capacity = if op.capacity > 0 { format!(", the newest {}", op.capacity) } else { String::new() };
    let days = if op.keep_days > 0 { format!(", for {} days", op.keep_days) } else { String::new() };
    format!("{what}{capacity}{days}")
}

/// A verdict in words.
fn words(verdict: Verdict, op: &FieldOp) -> &'static str {
    match verdict {
        Verdict::Wins => match op.form {
            Form::Newest => "the newest",
            Form::Oldest => "the oldest",
            Form::Least => "the smallest",
            _ => "the largest",
        },
        Verdict::Counts | Verdict::Brings => "",
        Verdict::Renews => "keeps its key among the newest",
        Verdict::Same => "the same again",
        Verdict::Older => "older",
        Verdict::Newer => "newer",
        Verdict::SameTime => "the same time: the event id decides",
        Verdict::SameEvent => "the same time and event id: the value decides",
        Verdict::Smaller => "smaller",
        Verdict::Greater => "larger",
        Verdict::Evicted => "newer ones fill the capacity",
        Verdict::Expired => "too old to be kept",
        Verdict::Unfit => "not of the kind of the field",
    }
}

impl Silent {
    fn text(&self, out: &mut String) {
        let place = place(&self.column.query, &self.column.at);
        let _ = writeln!(out, "\n{place}  {}", clip(&self.column.expr, 90));
        for reason in &self.reasons {
            reason.text(&self.stream, out);
        }
    }
}

impl SilentReason {
    fn text(&self, stream: &str, out: &mut String) {
        let events = count(self.events, "event");
        let lead = match &self.why {
            Reason::NoEvent { recorded } => {
                let known = match recorded {
                    0 => "there is none at all".to_owned(),
                    known => format!("of {known}"),
                };
                let _ = writeln!(out, "  no event of stream {stream} is about this profile ({known})");
                return;
            }
            Reason::Where => "the WHERE of the query is not true".to_owned(),
            Reason::Guard => "its IF is not true".to_owned(),
            Reason::NoValue { part, cause } => format!("no value in {part}: {cause}"),
            Reason::Cast { value, kind } => format!("{value} cannot be kept as {kind}"),
            Reason::NoIdentity => "the query finds no identity value of its own".to_owned(),
            Reason::Unusable => "no identity value counts: they are blocked or too long".to_owned(),
            Reason::Elsewhere { home, profile } => {
                format!("it counts for another profile: {home} ({})", profile.get(..8).unwrap_or(profile))
            }
            Reason::Replay => "a repetition of an event that counts already".to_owned(),
            Reason::Rejected { because } => format!("rejected, whoever it is about: {because}"),
        };
        let example =
            self.example.as_ref().map_or_else(String::new, |event| format!(", as in {}", event.text()));
        let _ = writeln!(out, "  {events}: {lead}{example}");
        let tree = self.tree.as_ref().map(crate::why::Tree::text).unwrap_or_default();
        let says_more = matches!(self.why, Reason::Where | Reason::Guard) || tree.lines().count() > 1;
        if says_more {
            for line in tree.lines() {
                let _ = writeln!(out, "      {line}");
            }
        }
    }
}
