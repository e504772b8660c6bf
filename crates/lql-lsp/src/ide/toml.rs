//! `lql.toml` and test files at a cursor, broken ones too: which table it is in, and whether a key or a value stands there.

pub mod complete;
pub mod hover;
mod known;

use lql_syntax::Span;
use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};

/// Tables and lists are read so deep into each other.
const DEPTH: u32 = 100;

/// What may stand at a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A name between `[` and `]`.
    Header,
    /// A key, on a line of its own.
    Key,
    /// A key between `{` and `}`.
    InlineKey,
    /// A value, or an element of a list.
    Value,
}

/// A cursor in TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The keys that lead there: those of the table, and of a value also its own.
    pub path: Vec<String>,
    /// What may stand there.
    pub slot: Slot,
    /// The word at the cursor, quotes included.
    pub word: Span,
}

/// A key somewhere in TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The keys that lead to it, and itself.
    pub path: Vec<String>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A header `[a.b]` or `[[a.b]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its text.
    pub title: String,
    /// Where it stands.
    pub span: Span,
    /// From its beginning to the next header.
    pub region: Span,
}

/// The cursor at an offset; nothing in comments and behind values.
pub fn cursor(text: &str, offset: u32) -> Option<Cursor> {
    let mut walk = Walk::new(text);
    for event in events(text) {
        let span = span(event);
        let touches = span.start <= offset && offset <= span.end;
        match event.kind() {
            EventKind::Comment if span.start < offset && offset <= span.end => return None,
            EventKind::SimpleKey if touches && !span.is_empty() => {
                return Some(Cursor { path: walk.parents(), slot: walk.key_slot(), word: span });
            }
            EventKind::Scalar if touches && !span.is_empty() => {
                return Some(Cursor { path: walk.parents(), slot: Slot::Value, word: span });
            }
            _ if span.start >= offset => break,
            _ => walk.step(event),
        }
    }
    let slot = match walk.state {
        State::Key => walk.key_slot(),
        State::Value => Slot::Value,
        State::Done => return None,
    };
    Some(Cursor { path: walk.parents(), slot, word: Span::at(offset) })
}

/// All keys, those of headers too, in order.
pub fn keys(text: &str) -> Vec<Key> {
    let mut walk = Walk::new(text);
    let mut keys = Vec::new();
    for event in events(text) {
        walk.step(event);
        if event.kind() == EventKind::SimpleKey && !event.span().is_empty() {
            keys.push(Key { path: walk.parents(), span: span(event) });
        }
    }
    keys
}

/// All headers, in order.
pub fn headers(text: &str) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    let mut start = None;
    for event in events(text) {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => start = Some(span(event).start),
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                let Some(start) = start.take() else { continue };
                if let Some(before) = headers.last_mut() {
                    before.region.end = start;
                }
                let header = Span::new(start, span(event).end);
                let region = Span::new(start, text.len() as u32);
                headers.push(Header { title: header.of(text).to_owned(), span: header, region });
            }
            _ => {}
        }
    }
    for header in &mut headers {
        header.region.end = header.region.start + header.region.of(text).trim_end().len() as u32;
    }
    headers
}

fn events(text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let tokens = Source::new(text).lex().into_vec();
    parse_document(&tokens, &mut RecursionGuard::new(&mut events, DEPTH), &mut ());
    events
}

fn span(event: Event) -> Span {
    Span::new(event.span().start() as u32, event.span().end() as u32)
}

/// A walk from event to event.
struct Walk<'t> {
    source: Source<'t>,
    in_header: bool,
    /// The table of the last header, then what is open inside it.
    frames: Vec<Frame>,
    /// The key that was read last.
    key: Vec<String>,
    state: State,
}

struct Frame {
    path: Vec<String>,
    is_list: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A key comes, or is being read.
    Key,
    /// A value comes.
    Value,
    /// The value has come.
    Done,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        let root = Frame { path: Vec::new(), is_list: false };
        Self {
            source: Source::new(text),
            in_header: false,
            frames: vec![root],
            key: Vec::new(),
            state: State::Key,
        }
    }

    fn step(&mut self, event: Event) {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.frames.clear();
                self.key.clear();
                (self.in_header, self.state) = (true, State::Key);
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.frames = vec![Frame { path: std::mem::take(&mut self.key), is_list: false }];
                (self.in_header, self.state) = (false, State::Done);
            }
            EventKind::SimpleKey => {
                let mut name = std::borrow::Cow::Borrowed("");
                if let Some(raw) = self.source.get(event) {
                    raw.decode_key(&mut name, &mut ());
                }
                self.key.push(name.into_owned());
            }
            EventKind::KeyValSep if !event.span().is_empty() => self.state = State::Value,
            EventKind::InlineTableOpen => self.open(false, State::Key),
            EventKind::ArrayOpen => self.open(true, State::Value),
            // The parser closes what is open at the end of a broken text, with no bracket there.
            EventKind::InlineTableClose | EventKind::ArrayClose if !event.span().is_empty() => {
                self.frames.pop();
                self.state = State::Done;
            }
            EventKind::Scalar if !event.span().is_empty() => self.state = State::Done,
            EventKind::ValueSep => self.next(),
            EventKind::Newline if self.frames.len() <= 1 => {
                self.in_header = false;
                self.next();
            }
            _ => {}
        }
    }

    fn open(&mut self, is_list: bool, state: State) {
        let path = self.parents();
        self.frames.push(Frame { path, is_list });
        self.key.clear();
        self.state = state;
    }

    fn next(&mut self) {
        self.key.clear();
        let is_list = self.frames.last().is_some_and(|frame| frame.is_list);
        self.state = if is_list { State::Value } else { State::Key };
    }

    /// The keys that lead here.
    fn parents(&self) -> Vec<String> {
        let table = self.frames.last().map_or(&[][..], |frame| &frame.path);
        table.iter().chain(&self.key).cloned().collect()
    }

    fn key_slot(&self) -> Slot {
        match self.frames.len() {
            _ if self.in_header => Slot::Header,
            0 | 1 => Slot::Key,
            _ => Slot::InlineKey,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(marked: &str) -> String {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        match cursor(&text, offset as u32) {
            Some(it) => format!("{:?} {} [{}]", it.slot, it.path.join("."), it.word.of(&text)),
            None => "nothing".into(),
        }
    }

    #[test]
    fn every_place_is_known_in_broken_text_too() {
        let told = [
            ("|", "Key  []"),
            ("no|", "Key  [no]"),
            ("now = |", "Value now []"),
            ("now = 5 |", "nothing"),
            ("# no|w", "nothing"),
            ("[|", "Header  []"),
            ("[str|", "Header  [str]"),
            ("[streams.|]", "Header streams []"),
            ("[streams.\"é 😀\"]\n|", "Key streams.é 😀 []"),
            ("[streams.web]\nti|", "Key streams.web [ti]"),
            ("[streams.web]\nid = \"m|", "Value streams.web.id [\"m]"),
            ("[[case]]\nevents = [{ |", "InlineKey case.events []"),
            ("[[case]]\nevents = [\n  { stream = \"web\", ev|", "InlineKey case.events [ev]"),
            (
                "[[case]]\nevents = [{ event = { m = 1 }, |\n[[case]]\nname = \"a\"",
                "InlineKey case.events []",
            ),
            ("[[case]]\nin = [\"a\", |]", "Value case.in []"),
            ("[[case]]\nin = [\"a|\"]", "Value case.in [\"a\"]"),
            ("[a]\nb.c = 1\nb.|", "Key a.b []"),
            ("a = 1\n[[case.profile]]\nis = { e = \"x\" }\nv = { ma|", "InlineKey case.profile.v [ma]"),
        ];
        for (marked, expected) in told {
            assert_eq!(at(marked), expected, "{marked}");
        }
    }

    #[test]
    fn headers_reach_up_to_the_next() {
        let text = "now = 1\n[a.b] # 😀\nc = 1\n\n[[d]]\n";
        let found = headers(text);
        let told: Vec<_> = found.iter().map(|it| (it.title.as_str(), it.region.of(text))).collect();
        assert_eq!(told, [("[a.b]", "[a.b] # 😀\nc = 1"), ("[[d]]", "[[d]]")]);
    }

    #[test]
    fn keys_know_their_tables() {
        let text = "[tables.user]\nblocked = [{ field = \"a\" }]\n";
        let told: Vec<String> = keys(text).iter().map(|key| key.path.join(".")).collect();
        assert_eq!(told, ["tables", "tables.user", "tables.user.blocked", "tables.user.blocked.field"]);
    }
}
