//! Places in a text that lead out of it: a stream to its recorded events, an included segment to its file, addresses.

use super::Snapshot;
use super::symbols::{Role, Symbol};
use lql_syntax::Span;
use std::path::PathBuf;

/// A place that leads elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub span: Span,
    /// Where it leads.
    pub to: LinkTarget,
    /// What is there.
    pub tooltip: String,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A file of events.
    Events(PathBuf),
    /// A file of the project, by its number.
    Source(u32),
    /// An address.
    Url(String),
}

/// The links of a file, in order.
pub fn document_links(snapshot: &Snapshot, file: u32) -> Vec<Link> {
    let mut links = Vec::new();
    for it in snapshot.index().of_file(file) {
        let to =
            match it.symbol() {
                Symbol::Stream(name) => snapshot.samples.files_of(name).next().map(|path| {
                    (LinkTarget::Events(path.clone()), format!("recorded events of stream {name}"))
                }),
                Symbol::Segment(slug) if it.role == Role::Uses => {
                    let mut definitions =
                        snapshot.index().of_symbol(it.symbol()).filter(|it| it.role == Role::Defines);
                    let target = definitions.next().map(|it| it.range.file).filter(|target| *target != file);
                    target.map(|target| (LinkTarget::Source(target), format!("segment {slug}")))
                }
                _ => None,
            };
        links.extend(to.map(|(to, tooltip)| Link { span: it.range.span, to, tooltip }));
    }
    let (Some(parsed), Some(text)) = (snapshot.parsed(file), snapshot.text(file)) else { return links };
    for token in &parsed.tokens {
        // Strings hold addresses too, but as data: only comments and descriptions are for readers.
        if token.kind.is_comment() {
            addresses(token.span, text, &mut links);
        }
    }
    for column in parsed.statements.iter().flat_map(super::tree::columns) {
        column.longdesc.iter().for_each(|text_of| addresses(text_of.span, text, &mut links));
    }
    links.sort_by_key(|link| link.span);
    links
}

/// The addresses in a part of a text.
fn addresses(span: Span, text: &str, links: &mut Vec<Link>) {
    let part = span.of(text);
    let mut from = 0;
    while let Some(at) = part.get(from..).and_then(|rest| rest.find("http")).map(|at| from + at) {
        let rest = part.get(at..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || "\"'<>`)]}".contains(c)).unwrap_or(rest.len());
        let url = rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ';', ':', '*', '/']);
        let is_address =
            ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
        if is_address {
            let start = span.start + at as u32;
            let span = Span::new(start, start + url.len() as u32);
            links.push(Link { span, to: LinkTarget::Url(url.to_owned()), tooltip: String::new() });
        }
        from = at + end.max("http".len());
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    #[test]
    fn streams_segments_and_addresses_lead_out() {
        let fixture = Fixture::shop(
            "-- See https://example.org/a, and (http://b.example).\nSELECT email(m) AS email LONGDESC \"https://c.example/x\", m = \"https://no.example\" AS n FROM web INTO user BY email ALIAS web",
        );
        let file =
            fixture.snapshot.project.sources.iter().position(|it| it.name == "web.lql").unwrap() as u32;
        let text = fixture.snapshot.text(file).unwrap();
        let told: Vec<String> = document_links(&fixture.snapshot, file)
            .into_iter()
            .map(|link| match link.to {
                LinkTarget::Events(path) => format!("{} -> {}", link.span.of(text), fixture.plain(&path)),
                LinkTarget::Source(file) => format!("{} -> {file}", link.span.of(text)),
                LinkTarget::Url(url) => url,
            })
            .collect();
        let wanted =
            ["https://example.org/a", "http://b.example", "https://c.example/x", "web -> events/web.ndjson"];
        assert_eq!(told, wanted);
        let loyal = fixture.snapshot.project.sources.iter().position(|it| it.name.contains("loyal")).unwrap();
        let [link] = &document_links(&fixture.snapshot, loyal as u32)[..] else { panic!() };
        assert!(matches!(link.to, LinkTarget::Source(_)), "{link:?}");
    }
}
