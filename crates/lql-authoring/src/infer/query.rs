//! The query of each stream: its columns in groups, each with its reason.

use super::column::{ColumnDraft, Fate, Keep, fate, flags};
use super::identity::Identity;
use super::stream::{Candidate, Class, StreamDraft};
use super::words::{field_name, spelled, title};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Most columns of a query; more would be a wall that nobody reads.
const COLUMNS: usize = 80;

/// A query that is not yet written.
#[derive(Debug)]
pub struct QueryDraft {
    /// Its alias, which names its file.
    pub alias: String,
    /// The stream.
    pub stream: String,
    /// The fields of BY, best rank first.
    pub by: Vec<String>,
    /// Identities first.
    pub columns: Vec<ColumnDraft>,
    /// Keys that are not read, and why.
    pub left: Vec<(String, String)>,
    /// Lints that have to be allowed for the whole query.
    pub allow: Vec<&'static str>,
    /// What stands above the query.
    about: String,
}

/// The queries of all streams. Fields of one name keep the same everywhere; otherwise the name gets the stream's before it.
pub fn queries(drafts: &[StreamDraft<'_>], identities: &[Identity<'_>]) -> Vec<QueryDraft> {
    let mut fields: BTreeMap<String, Keep> = BTreeMap::new();
    for identity in identities {
        fields.insert(identity.field.clone(), Keep::Identity { many: identity.is_many() });
    }
    let mut aliases: BTreeSet<String> = BTreeSet::new();
    let mut queries = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let mut alias = field_name(&draft.stats.stream);
        while !aliases.insert(alias.clone()) {
            alias.push('2');
        }
        queries.push(query(at, draft, identities, alias, &mut fields));
    }
    queries
}

fn query(
    at: usize,
    draft: &StreamDraft<'_>,
    identities: &[Identity<'_>],
    alias: String,
    fields: &mut BTreeMap<String, Keep>,
) -> QueryDraft {
    let mut columns = Vec::new();
    let mut by = Vec::new();
    let mut used: Vec<&str> = draft.time.iter().chain(&draft.id).copied().collect();
    for identity in identities {
        let Some(candidate) = identity.of(at) else { continue };
        by.push(identity.field.clone());
        used.retain(|key| *key != candidate.key);
        if let Some(key) = draft.stats.keys.get_key_value(candidate.key) {
            used.push(key.0);
        }
        columns.push(identity_column(identity, candidate));
    }
    let mut mine: BTreeSet<String> = by.iter().cloned().collect();
    let mut place = Place { fields, mine: &mut mine, alias: &alias };
    for group in [when(draft), counted(draft, &alias)] {
        columns.extend(place.all(group));
    }
    let mut left = Vec::new();
    let flags = flags(draft, &used);
    for (_, _, column) in &flags {
        columns.extend(place.all(vec![column.clone()]));
    }
    for (key, known) in &draft.stats.keys {
        if used.contains(&key.as_str()) || flags.iter().any(|(_, keys, _)| keys.contains(key)) {
            continue;
        }
        match fate(draft, key, known) {
            Fate::Columns(new) if columns.len() + new.len() <= COLUMNS => columns.extend(place.all(new)),
            Fate::Columns(_) => left.push((key.clone(), format!("more than {COLUMNS} columns"))),
            Fate::Left(reason) => left.push((key.clone(), reason)),
        }
    }
    QueryDraft {
        stream: draft.stats.stream.clone(),
        by,
        columns,
        left,
        allow: Vec::new(),
        about: about(draft),
        alias,
    }
}

/// Gives fields their final names.
struct Place<'p> {
    /// Of all queries.
    fields: &'p mut BTreeMap<String, Keep>,
    /// Of this one.
    mine: &'p mut BTreeSet<String>,
    alias: &'p str,
}

impl Place<'_> {
    /// Columns of one key. Those of one field stay together.
    fn all(&mut self, columns: Vec<ColumnDraft>) -> Vec<ColumnDraft> {
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        let place = |column: ColumnDraft| {
            let field = renamed
                .entry(column.field.clone())
                .or_insert_with(|| self.name(&column.field, column.keep))
                .clone();
            ColumnDraft { field, ..column }
        };
        columns.into_iter().map(place).collect()
    }

    fn name(&mut self, wanted: &str, keep: Keep) -> String {
        let fits = |this: &Self, name: &str| {
            !this.mine.contains(name) && this.fields.get(name).is_none_or(|known| *known == keep)
        };
        let own = format!("{}_{wanted}", self.alias);
        let numbered = (2..).map(|number| format!("{own}_{number}"));
        let mut names = [wanted.to_owned(), own.clone()].into_iter().chain(numbered);
        let name = names.find(|name| fits(self, name)).unwrap_or(own);
        self.fields.insert(name.clone(), keep);
        self.mine.insert(name.clone());
        name
    }
}

fn identity_column(identity: &Identity<'_>, candidate: &Candidate<'_>) -> ColumnDraft {
    let name = spelled(candidate.key).unwrap_or_default();
    let values = candidate.stats.distinct.count();
    let (expr, why) = match candidate.class {
        Class::Number => {
            (name, format!("the number that the business gave a person; {values} different ones"))
        }
        Class::Email => (
            format!("email({name})"),
            format!("normalised: small letters, the bare address; {values} different ones"),
        ),
        Class::EmailHash => {
            (name, "the hash of an address; it is the same only if the address was normalised first".into())
        }
        Class::Phone => (
            format!("set(phone.e164({name}))"),
            "every spelling of a number becomes one; people have several, so it is a set".into(),
        ),
        Class::Cookie => (
            format!("set({name})"),
            format!("people have several: a set, bounded in lql.toml; {values} in all"),
        ),
        Class::Fallback => {
            (name, "no better key is in every event. Is it a person? If not, choose another".into())
        }
    };
    // A key that may hold lists, in an identity that is one value, gives its first.
    let desc = match candidate.class {
        Class::Email => "E-mail address".to_owned(),
        Class::Phone => "Telephone number, international form".to_owned(),
        _ => title(&identity.field),
    };
    let keep = Keep::Identity { many: identity.is_many() };
    ColumnDraft { why, expr, field: identity.field.clone(), guard: None, desc, keep, allow: Vec::new() }
}

/// First and last sight.
fn when(draft: &StreamDraft<'_>) -> Vec<ColumnDraft> {
    if draft.time.is_none() {
        return Vec::new();
    }
    let column = |expr: &str, field: &str, desc: &str, why: &str, keep| ColumnDraft {
        why: why.to_owned(),
        expr: expr.to_owned(),
        field: field.to_owned(),
        guard: None,
        desc: desc.to_owned(),
        keep,
        allow: Vec::new(),
    };
    let why = "the time that now() gives is that of the event, never that of the run";
    vec![
        column("min(now())", "first_seen", "First event", why, Keep::MinDate),
        column("max(now())", "last_seen", "Latest event", "", Keep::MaxDate),
    ]
}

/// How many events.
fn counted(draft: &StreamDraft<'_>, alias: &str) -> Vec<ColumnDraft> {
    let Some(id) = draft.id.and_then(spelled) else { return Vec::new() };
    let column = ColumnDraft {
        why: "a message that is delivered twice counts once, for it has an id".to_owned(),
        expr: format!("count({id})"),
        field: if alias.ends_with("events") { "event_count".to_owned() } else { format!("{alias}_events") },
        guard: None,
        desc: format!("Events of {}", draft.stats.stream),
        keep: Keep::Count,
        allow: Vec::new(),
    };
    vec![column]
}

fn about(draft: &StreamDraft<'_>) -> String {
    let stats = draft.stats;
    let mut text =
        format!("-- Made from {} events of `{}`: a beginning, to be edited.\n", stats.events, stats.stream);
    match draft.time {
        Some(key) => {
            let _ = writeln!(text, "-- lql.toml takes the event time from `{}`: every event has one that can be read.", line(key));
        }
        None => text.push_str(
            "-- No key has a time that can be read in every event, so all events happen when they are loaded, and\n\
             -- \"latest\" and \"oldest\" say little. If there is one, name it in lql.toml.\n",
        ),
    }
    match draft.id {
        Some(key) => {
            let _ = writeln!(
                text,
                "-- It takes the message id from `{}`, so a copy of an event changes nothing.",
                line(key)
            );
        }
        None => text.push_str(
            "-- No key is a message id, so nothing here counts: a copy of an event would count again.\n",
        ),
    }
    text
}

/// A text that stays on its line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl QueryDraft {
    /// The query, not yet laid out.
    pub fn text(&self, identities: &[Identity<'_>]) -> String {
        let mut text = self.about.clone();
        if !self.left.is_empty() {
            text.push_str("-- Not read:\n");
            for (key, reason) in &self.left {
                let _ = writeln!(text, "--   {}: {reason}", line(key));
            }
        }
        for rule in &self.allow {
            let _ = writeln!(text, "-- lint: allow {rule}: nothing better was found in these events");
        }
        text.push_str("SELECT\n");
        let mut is_identity = true;
        for (at, column) in self.columns.iter().enumerate() {
            let was_identity =
                std::mem::replace(&mut is_identity, identities.iter().any(|it| it.field == column.field));
            if at == 0 {
                text.push_str("    -- Who it is. The names in BY below are these columns.\n");
            } else if was_identity && !is_identity {
                text.push_str("\n    -- What is known.\n");
            }
            if !column.why.is_empty() {
                let _ = writeln!(text, "    -- {}.", super::words::capital(&column.why));
            }
            for rule in &column.allow {
                let _ = writeln!(text, "    -- lint: allow {rule}: no better key was found; see README.md");
            }
            let comma = if at + 1 == self.columns.len() { "" } else { "," };
            let field = spelled(&column.field).unwrap_or_default();
            let guard = column.guard.as_ref().map_or_else(String::new, |guard| format!(" IF {guard}"));
            let (expr, desc, clauses) =
                (&column.expr, super::words::quoted(&line(&column.desc)), column.keep.clauses());
            let _ = writeln!(text, "    {expr} AS {field}{guard} SHORTDESC {desc}{clauses}{comma}");
        }
        let stream = spelled(&self.stream).unwrap_or_default();
        let by: Vec<String> = self.by.iter().filter_map(|field| spelled(field)).collect();
        let alias = spelled(&self.alias).unwrap_or_default();
        let _ = write!(text, "FROM {stream}\nINTO user\nBY {}\nALIAS {alias};\n", by.join(" OR "));
        text
    }
}
