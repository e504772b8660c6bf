//! What is asked: `PROFILE`, `PROFILE.FIELD`, `PROFILE in SEGMENT`.

use super::place::ProfileName;
use crate::Refusal;
use crate::evidence::{Evidence, TableEvidence};
use crate::shown::count;
use lql_compiler::schema::FieldId;
use lql_compiler::suggest::nearest;
use lql_runtime::identity::Unusable;
use std::collections::BTreeSet;

/// A profile, and what is asked about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The place of the table in [`Evidence::tables`].
    pub table: usize,
    /// The profile's place there.
    pub profile: usize,
    /// What is asked.
    pub about: About,
}

/// What is asked about a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// All of it, in short.
    Profile,
    /// A field, or an entry of a map field.
    Field(FieldId, Option<String>),
    /// A segment, by its slug.
    Segment(String),
}

/// Candidates that are listed.
const LISTED: usize = 10;

/// Digits of an id that are enough to mean an id.
const ID_DIGITS: usize = 4;

/// Reads a question. A profile is its id, the first digits of it, or an identity value, alone or as `field=value`.
pub fn question(evidence: &Evidence<'_>, text: &str) -> Result<Question, Refusal> {
    if let Some((profile, slug)) = text.rsplit_once(" in ") {
        let (table, profile) = one(evidence, profile.trim())?;
        let slug = segment(evidence, slug.trim())?;
        return Ok(Question { table, profile, about: About::Segment(slug) });
    }
    if !candidates(evidence, text).is_empty() {
        let (table, profile) = one(evidence, text)?;
        return Ok(Question { table, profile, about: About::Profile });
    }
    // E-mail addresses hold dots too: the longest part that is a profile counts.
    let mut unknown_field = None;
    for (dot, _) in text.rmatch_indices('.') {
        let (reference, field) =
            (text.get(..dot).unwrap_or_default(), text.get(dot + 1..).unwrap_or_default());
        if candidates(evidence, reference).is_empty() {
            continue;
        }
        let (table, profile) = one(evidence, reference)?;
        match find_field(evidence, table, field) {
            Some(about) => return Ok(Question { table, profile, about }),
            None => unknown_field = unknown_field.or(Some((table, field))),
        }
    }
    match unknown_field {
        Some((table, field)) => Err(no_such_field(evidence, table, field)),
        None => Err(no_such_profile(evidence, text)),
    }
}

/// The slug of a segment, in any letter case.
pub fn segment(evidence: &Evidence<'_>, text: &str) -> Result<String, Refusal> {
    let slugs = || {
        evidence.checked.segments.iter().map(|segment| segment.slug.as_str()).filter(|slug| !slug.is_empty())
    };
    let slug = text.to_lowercase();
    if slugs().any(|known| known == slug) {
        return Ok(slug);
    }
    let hint = match nearest(&slug, slugs()).as_slice() {
        [near, ..] => format!("did you mean `{near}`?"),
        [] => format!("the segments are {}", slugs().collect::<Vec<_>>().join(", ")),
    };
    Err(Refusal(format!("no segment `{text}`: {hint}")))
}

/// The one profile that a text names.
fn one(evidence: &Evidence<'_>, text: &str) -> Result<(usize, usize), Refusal> {
    let found = candidates(evidence, text);
    match found.iter().collect::<Vec<_>>().as_slice() {
        [] => Err(no_such_profile(evidence, text)),
        [one] => Ok(**one),
        many => {
            let lines = many.iter().take(LISTED).filter_map(|(table, profile)| {
                let name = ProfileName::of(evidence, evidence.tables.get(*table)?, *profile);
                let values: Vec<String> =
                    name.identities.iter().take(4).map(|it| format!("{}={}", it.field, it.value)).collect();
                Some(format!("\n  {}  {} {}", name.id, name.table, values.join(" ")))
            });
            let lines: String = lines.collect();
            let more = if many.len() > LISTED { "\n  …" } else { "" };
            Err(Refusal(format!(
                "`{text}` is {}; say which by id or as field=value:{lines}{more}",
                count(many.len(), "profile")
            )))
        }
    }
}

/// The profiles that a text may mean: by identity value if any has it, else by id, else by identity value in another
/// letter case.
fn candidates(evidence: &Evidence<'_>, text: &str) -> BTreeSet<(usize, usize)> {
    let (field, value) = match text.split_once('=') {
        Some((field, value)) if is_identity(evidence, field) => (Some(field), value),
        _ => (None, text),
    };
    let with = |matches: &dyn Fn(&str) -> bool| -> BTreeSet<(usize, usize)> {
        let tables = evidence.tables.iter().enumerate();
        tables
            .flat_map(|(at, table)| {
                let named = table.identities().filter(|(_, id, known)| {
                    matches(known) && field.is_none_or(|field| name_of(evidence, *id) == field)
                });
                named.filter_map(move |(id, ..)| Some((at, table.profile_of(id)?))).collect::<Vec<_>>()
            })
            .collect()
    };
    let exact = with(&|known| known == value);
    if !exact.is_empty() {
        return exact;
    }
    let is_id =
        field.is_none() && value.len() >= ID_DIGITS && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id {
        let prefix = value.to_lowercase();
        let of_table = |(at, table): (usize, &TableEvidence)| {
            let profiles = table.profiles.iter().enumerate();
            let named = profiles.filter(|(_, profile)| format!("{:032x}", profile.id).starts_with(&prefix));
            named.map(|(profile, _)| (at, profile)).collect::<Vec<_>>()
        };
        let found: BTreeSet<_> = evidence.tables.iter().enumerate().flat_map(of_table).collect();
        if !found.is_empty() {
            return found;
        }
    }
    let lower = value.to_lowercase();
    with(&|known| known.to_lowercase() == lower)
}

fn name_of<'e>(evidence: &'e Evidence<'_>, field: FieldId) -> &'e str {
    evidence.schema().field(field).map_or("", |field| field.name.as_str())
}

fn is_identity(evidence: &Evidence<'_>, name: &str) -> bool {
    evidence.schema().fields.iter().any(|field| field.identity && field.name == name)
}

/// A field, or the entry of a map field after a dot.
fn find_field(evidence: &Evidence<'_>, table: usize, name: &str) -> Option<About> {
    let table = evidence.tables.get(table)?.table;
    let schema = evidence.schema();
    if let Some(id) = schema.find_field(table, name) {
        return Some(About::Field(id, None));
    }
    let (field, entry) = name.split_once('.')?;
    let id = schema.find_field(table, field)?;
    let is_map = schema.field(id).is_some_and(|field| field.kind.entry_kind().is_some());
    is_map.then(|| About::Field(id, Some(entry.to_owned())))
}

fn no_such_field(evidence: &Evidence<'_>, table: usize, name: &str) -> Refusal {
    let table = evidence.tables.get(table).map(|table| table.table);
    let fields = || evidence.schema().fields.iter().filter(|field| Some(field.table) == table);
    let name = name.split('.').next().unwrap_or_default();
    let hint = match nearest(name, fields().map(|field| field.name.as_str())).as_slice() {
        [near, ..] => format!("did you mean `{near}`?"),
        [] => {
            let names: Vec<&str> = fields().map(|field| field.name.as_str()).collect();
            format!("the fields are {}", names.join(", "))
        }
    };
    Refusal(format!("no query writes a field `{name}`: {hint}"))
}

fn no_such_profile(evidence: &Evidence<'_>, text: &str) -> Refusal {
    let value = text.split_once('=').map_or(text, |(_, value)| value);
    let ignored = evidence.tables.iter().flat_map(|table| &table.placed).flat_map(|placed| &placed.unusable);
    for (field, known, why) in ignored {
        if known == value {
            let field = name_of(evidence, *field);
            let why = match why {
                Unusable::Blocked => "is blocked in lql.toml",
                Unusable::TooLong => "is too long",
            };
            return Refusal(format!("{field} {value} {why}: it belongs to no profile"));
        }
    }
    let known = evidence.tables.iter().flat_map(|table| table.identities().map(|(_, _, value)| value));
    let near = nearest(value, known);
    let hint = match near.as_slice() {
        [] => "give an id or an identity value, such as ann@example.com or email=ann@example.com".to_owned(),
        near => format!(
            "did you mean {}?",
            near.iter().map(|near| format!("`{near}`")).collect::<Vec<_>>().join(" or ")
        ),
    };
    Refusal(format!("no profile `{text}` in these events: {hint}"))
}
