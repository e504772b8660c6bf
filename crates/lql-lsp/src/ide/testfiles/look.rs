//! What stands in a test file: its outline, its links, and what a place of it is about.

use super::Test;
use super::names::names;
use crate::ide::about::Topic;
use crate::ide::completion::Completions;
use crate::ide::hover::Hover;
use crate::ide::links::{Link, LinkTarget};
use crate::ide::outline::{Entry, EntryKind};
use crate::ide::symbols::{Role, Symbol};
use crate::ide::{Range, toml};
use lql_authoring::shown::count;
use lql_authoring::testing::format::{Case, Placed, ProfileCase};
use lql_authoring::toml_keys::TEST;
use lql_syntax::{Diagnostic, Span};

impl Test<'_> {
    /// The cases, and the profiles that they expect.
    pub fn outline(&self) -> Vec<Entry> {
        self.file.cases.iter().filter(|case| !case.name.is_empty()).map(|case| self.of_case(case)).collect()
    }

    fn of_case(&self, case: &Case) -> Entry {
        let whole = case.region.of(&self.file.text).trim_end().len() as u32;
        let region = Span::new(case.region.start, case.region.start + whole);
        // In an inline list the name may stand anywhere; an entry holds its selection.
        let span = Span::new(region.start.min(case.place.start), region.end.max(case.place.end));
        Entry {
            name: case.name.clone(),
            detail: count(case.profiles.len(), "profile"),
            kind: EntryKind::Case,
            span,
            selection: case.place,
            children: case.profiles.iter().map(of_profile).collect(),
        }
    }

    /// The folder of the project and the files of events.
    pub fn links(&self) -> Vec<Link> {
        let beside = self.file.path.parent().unwrap_or(&self.file.path);
        let link = |path: &Placed<String>, tooltip: &str| Link {
            span: inside(path.span),
            to: LinkTarget::Events(beside.join(&path.value)),
            tooltip: tooltip.to_owned(),
        };
        let files = self.file.cases.iter().flat_map(|case| &case.files);
        files.map(|file| link(&file.path, "recorded events")).collect()
    }

    /// What could be written at an offset.
    pub fn completion(&self, offset: u32) -> Completions {
        toml::complete::complete(self.snapshot, &TEST, &self.file.text, offset)
    }

    /// What stands at an offset.
    pub fn hover(&self, offset: u32) -> Option<Hover> {
        let named = self.name_at(offset).zip(self.snapshot).map(|((symbol, span), snapshot)| {
            let markdown = Topic::Symbol(symbol).about(snapshot);
            Hover { span, markdown }
        });
        named.or_else(|| toml::hover::hover(&TEST, &self.file.text, offset))
    }

    /// Where what is named at an offset is defined, in files of the project.
    pub fn definition(&self, offset: u32) -> Vec<Range> {
        let Some(((symbol, _), snapshot)) = self.name_at(offset).zip(self.snapshot) else {
            return Vec::new();
        };
        let places = snapshot.index().of_symbol(&symbol);
        places.filter(|it| it.role == Role::Defines).map(|it| it.range).collect()
    }

    /// The findings that touch a span and can be mended.
    pub fn mendable(&self, span: Span) -> impl Iterator<Item = &Diagnostic> {
        let touches = move |it: &Span| it.start <= span.end && span.start <= it.end;
        self.mistakes.iter().filter(move |it| !it.fixes.is_empty() && touches(&it.primary.span))
    }

    fn name_at(&self, offset: u32) -> Option<(Symbol, Span)> {
        let all = names(self.snapshot?, &self.file);
        all.into_iter().find(|(_, span, _)| span.touches(offset)).map(|(symbol, span, _)| (symbol, span))
    }
}

fn of_profile(profile: &ProfileCase) -> Entry {
    let identities = profile.is.value.iter().map(|(field, value)| format!("{} = {value}", field.value));
    Entry {
        name: identities.collect::<Vec<_>>().join(", "),
        detail: count(profile.fields.len(), "field"),
        kind: EntryKind::Identity,
        span: profile.is.span,
        selection: profile.is.span,
        children: Vec::new(),
    }
}

/// A text without its quotes.
fn inside(span: Span) -> Span {
    if span.end > span.start + 2 { Span::new(span.start + 1, span.end - 1) } else { span }
}
