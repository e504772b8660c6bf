//! `LIKE` patterns (reference 5.3) and the patterns of `filter` (reference 9.6).
//!
//! | in a pattern | matches |
//! |---|---|
//! | `*`, `%` | any run of characters except `/` |
//! | `**`, `%%` | any run of characters |
//! | `?` | one character except `/` |
//! | `[abc]`, `[a-z]` | one of these characters |
//! | `[^a]`, `[!a]` | one character that is neither listed nor `/` |
//! | `\x` | `x` itself |
//!
//! A pattern must match the whole text, letter case included. `%` becomes `*` before anything else is read, so a
//! `\%` is a literal `*`; a `%` itself is matched by `?`.

use regex::Regex;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// A compiled pattern.
///
/// ```
/// # use lql_compiler::pattern::Pattern;
/// let pattern = Pattern::new("/shop/*").unwrap();
/// assert!(pattern.matches("/shop/fruit"));
/// assert!(!pattern.matches("/shop/fruit/pear"));
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    /// No wildcard: `"/shop/"`
    Equal(String),
    /// `"/shop/**"`
    Prefix(String),
    /// Everything else. Linear in the text, whatever the pattern.
    Regex(Regex),
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// `""`
    Empty,
    /// `"[a"`
    UnclosedClass,
    /// `"[]"`, `"[^]"`
    EmptyClass,
    /// `"[z-a]"`
    ReversedRange(char, char),
    /// `"a\"`
    LoneEscape,
    /// More than the matcher takes, some megabytes.
    TooLarge,
}

impl Pattern {
    /// Compiles a pattern.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        let matcher = match parse(text)?.as_slice() {
            [] => Matcher::Equal(String::new()),
            [Piece::Text(text)] => Matcher::Equal(text.clone()),
            [Piece::Text(text), Piece::AnyRun] => Matcher::Prefix(text.clone()),
            pieces => {
                let mut source = String::from(r"(?s)\A");
                for piece in pieces {
                    piece.write_regex(&mut source);
                }
                source.push_str(r"\z");
                Matcher::Regex(Regex::new(&source).map_err(|_| PatternError::TooLarge)?)
            }
        };
        Ok(Self { matcher })
    }

    /// Whether the pattern matches the whole text.
    pub fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Equal(whole) => whole == text,
            Matcher::Prefix(prefix) => text.starts_with(prefix),
            Matcher::Regex(regex) => regex.is_match(text),
        }
    }

    /// Whether it has no wildcard, so that it matches one text only.
    pub fn is_plain(&self) -> bool {
        matches!(self.matcher, Matcher::Equal(_))
    }
}

/// A pattern of `filter` and `filtermatch`: a glob if it holds `*` or `%`, else a prefix; `""` is the empty text.
///
/// ```
/// # use lql_compiler::pattern::FilterPattern;
/// assert!(FilterPattern::new("utm_").unwrap().matches("utm_source"));
/// assert!(!FilterPattern::new("").unwrap().matches("utm_source"));
/// ```
#[derive(Clone, Debug)]
pub enum FilterPattern {
    /// `""`
    Empty,
    /// `"utm_"`
    Prefix(String),
    /// `"*_id"`
    Glob(Pattern),
}

impl FilterPattern {
    /// Compiles a pattern.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.is_empty() {
            Ok(Self::Empty)
        } else if text.contains(['*', '%']) {
            Pattern::new(text).map(Self::Glob)
        } else {
            Ok(Self::Prefix(text.to_owned()))
        }
    }

    /// Whether it matches the text.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Empty => text.is_empty(),
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::Glob(pattern) => pattern.matches(text),
        }
    }
}

enum Piece {
    /// `shop`
    Text(String),
    /// `*`
    Run,
    /// `**`
    AnyRun,
    /// `?`
    One,
    /// `[a-z]`; a single character is a range of one.
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Piece {
    fn write_regex(&self, source: &mut String) {
        match self {
            Piece::Text(text) => source.push_str(&regex::escape(text)),
            Piece::Run => source.push_str("[^/]*"),
            Piece::AnyRun => source.push_str(".*"),
            Piece::One => source.push_str("[^/]"),
            Piece::Class { negated, ranges } => {
                source.push_str(if *negated { "[^/" } else { "[" });
                for (first, last) in ranges {
                    source.push_str(&regex::escape(first.encode_utf8(&mut [0; 4])));
                    source.push('-');
                    source.push_str(&regex::escape(last.encode_utf8(&mut [0; 4])));
                }
                source.push(']');
            }
        }
    }
}

fn parse(text: &str) -> Result<Vec<Piece>, PatternError> {
    let mut pieces = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' | '%' => {
                let mut stars = 1;
                while chars.next_if(|c| matches!(c, '*' | '%')).is_some() {
                    stars += 1;
                }
                pieces.push(if stars == 1 { Piece::Run } else { Piece::AnyRun });
            }
            '?' => pieces.push(Piece::One),
            '[' => pieces.push(class(&mut chars)?),
            c => {
                let c = if c == '\\' { escaped(&mut chars)? } else { c };
                match pieces.last_mut() {
                    Some(Piece::Text(text)) => text.push(c),
                    _ => pieces.push(Piece::Text(c.into())),
                }
            }
        }
    }
    Ok(pieces)
}

/// The rest of a class, after `[`.
fn class(chars: &mut Peekable<Chars<'_>>) -> Result<Piece, PatternError> {
    let negated = chars.next_if(|c| matches!(c, '^' | '!')).is_some();
    let mut ranges = Vec::new();
    loop {
        let first = match chars.next().ok_or(PatternError::UnclosedClass)? {
            ']' if ranges.is_empty() => return Err(PatternError::EmptyClass),
            ']' => return Ok(Piece::Class { negated, ranges }),
            '\\' => escaped(chars)?,
            c => star(c),
        };
        let mut last = first;
        // A `-` before the closing bracket is itself: `[a-]`.
        let mut ahead = chars.clone();
        if ahead.next() == Some('-') && ahead.peek() != Some(&']') {
            *chars = ahead;
            last = match chars.next().ok_or(PatternError::UnclosedClass)? {
                '\\' => escaped(chars)?,
                c => star(c),
            };
        }
        if last < first {
            return Err(PatternError::ReversedRange(first, last));
        }
        ranges.push((first, last));
    }
}

/// The character after `\`.
fn escaped(chars: &mut Peekable<Chars<'_>>) -> Result<char, PatternError> {
    chars.next().map(star).ok_or(PatternError::LoneEscape)
}

/// `%` is `*` wherever it stands.
fn star(c: char) -> char {
    if c == '%' { '*' } else { c }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a pattern needs at least one character"),
            Self::UnclosedClass => f.write_str("the `[` has no `]`"),
            Self::EmptyClass => f.write_str("the brackets `[]` hold no character"),
            Self::ReversedRange(first, last) => write!(f, "the range `{first}-{last}` runs backwards"),
            Self::LoneEscape => f.write_str("the `\\` at the end escapes nothing"),
            Self::TooLarge => f.write_str("the pattern is too large"),
        }
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn matching() {
        let yes = |pattern, text| assert!(like(pattern, text), "{pattern:?} matches {text:?}");
        let no = |pattern, text| assert!(!like(pattern, text), "{pattern:?} does not match {text:?}");
        yes("/shop/*", "/shop/fruit");
        yes("/shop/*", "/shop/");
        no("/shop/*", "/shop/fruit/pear");
        yes("/shop/**", "/shop/fruit/pear");
        yes("/shop/***", "/shop/fruit/pear");
        no("/shop/**", "/a/shop/");
        yes("/**/pear", "/shop/fruit/pear");
        yes("/*/*/pear", "/shop/fruit/pear");
        yes("**", "");
        yes("%rose%", "a rose bush");
        yes("%%", "a/b");
        no("%", "a/b");
        no("*rose", "Rose");
        no("rose*", "a rose");
        yes("r?se", "rése");
        no("r?se", "r/se");
        no("r?se", "rse");
        yes("[abc]x", "bx");
        no("[abc]x", "dx");
        yes("[a-cx-z]*", "y1");
        yes("[^a-c]", "d");
        yes("[!a-c]", "d");
        no("[^a-c]", "b");
        no("[^a]", "/");
        yes("[/]", "/");
        yes("[a-]", "-");
        yes(r"[\]\-]", "]");
        yes("[&&^~]", "&");
        yes(r"\*", "*");
        no(r"\*", "a");
        yes(r"a\[b*", "a[bc");
        yes(r"\%", "*");
        yes("a.b*", "a.bc");
        no("a.b*", "axbc");
        yes("*", "two\nlines");
        yes("/shop/", "/shop/");
        no("/shop/", "/shop/a");
    }

    #[test]
    fn plain_patterns_have_no_wildcard() {
        assert!(Pattern::new(r"a\*b").unwrap().is_plain());
        assert!(!Pattern::new("a?").unwrap().is_plain());
        assert!(!Pattern::new("a**").unwrap().is_plain());
    }

    #[test]
    fn malformed_patterns_are_refused() {
        let refuse = |pattern, want| assert_eq!(Pattern::new(pattern).unwrap_err(), want, "{pattern:?}");
        refuse("", PatternError::Empty);
        refuse("[a", PatternError::UnclosedClass);
        refuse("[a-", PatternError::UnclosedClass);
        refuse("[", PatternError::UnclosedClass);
        refuse("[]", PatternError::EmptyClass);
        refuse("[^]", PatternError::EmptyClass);
        refuse("[z-a]", PatternError::ReversedRange('z', 'a'));
        refuse("a\\", PatternError::LoneEscape);
    }

    #[test]
    fn many_stars_stay_linear() {
        let pattern = Pattern::new(&"*a".repeat(50)).unwrap();
        assert!(!pattern.matches(&"a".repeat(5_000).replace("aa", "ab")));
    }

    #[test]
    fn filters_without_star_are_prefixes() {
        let filter = |pattern, text| FilterPattern::new(pattern).unwrap().matches(text);
        assert!(filter("utm_", "utm_source"));
        assert!(!filter("utm_", "an utm_"));
        assert!(filter("[a", "[abc"));
        assert!(filter("*_id", "user_id"));
        assert!(filter("%_id", "user_id"));
        assert!(!filter("*_id", "user_id_2"));
        assert!(filter("", ""));
        assert!(!filter("", "a"));
        assert!(FilterPattern::new("[a*").is_err());
    }
}
