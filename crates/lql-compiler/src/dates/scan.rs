//! A cursor over the bytes of a date text, and the words dates are written with.

/// What is left to read.
pub(super) struct Scan<'t> {
    pub(super) rest: &'t [u8],
}

impl<'t> Scan<'t> {
    pub(super) fn new(rest: &'t [u8]) -> Self {
        Self { rest }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes this byte if it comes next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes the next byte if it is one of these.
    pub(super) fn eat_any(&mut self, bytes: &[u8]) -> Option<u8> {
        let next = self.peek().filter(|b| bytes.contains(b))?;
        self.eat(next);
        Some(next)
    }

    /// Takes spaces; true if there was one.
    pub(super) fn spaces(&mut self) -> bool {
        let before = self.rest.len();
        while self.eat(b' ') {}
        self.rest.len() < before
    }

    /// Takes the run of bytes that satisfy a test.
    pub(super) fn run(&mut self, test: impl Fn(&u8) -> bool) -> &'t [u8] {
        let end = self.rest.iter().position(|b| !test(b)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    /// Takes a run of letters, maybe empty.
    pub(super) fn word(&mut self) -> &'t [u8] {
        self.run(u8::is_ascii_alphabetic)
    }

    /// Takes a whole run of digits if it is `lengths` long, and tells its length.
    pub(super) fn digits(&mut self, lengths: std::ops::RangeInclusive<usize>) -> Option<(u32, usize)> {
        let run = self.run(u8::is_ascii_digit);
        lengths.contains(&run.len()).then_some((number(run)?, run.len()))
    }

    /// Takes one or two digits, the run ending there.
    pub(super) fn short(&mut self) -> Option<u32> {
        self.digits(1..=2).map(|(value, _)| value)
    }

    /// Takes exactly `count` digits, whatever follows.
    pub(super) fn exactly(&mut self, count: usize) -> Option<u32> {
        let (run, rest) = self.rest.split_at_checked(count)?;
        let value = number(run)?;
        self.rest = rest;
        Some(value)
    }

    /// Takes one digit, and a second one if it follows.
    pub(super) fn one_or_two(&mut self) -> Option<u32> {
        self.exactly(2).or_else(|| self.exactly(1))
    }

    /// Takes a run of fraction digits (at least one) as nanoseconds; digits after the ninth are dropped.
    pub(super) fn fraction(&mut self) -> Option<u32> {
        let run = self.run(u8::is_ascii_digit);
        if run.is_empty() {
            return None;
        }
        let nine = run.iter().chain(std::iter::repeat(&b'0')).take(9);
        Some(nine.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
    }
}

/// A number of up to nine digits.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u32::from(digit - b'0')))
}

/// A two-digit year: 69 to 99 are of the 20th century.
pub(super) fn short_year(year: u32) -> i32 {
    let year = year as i32;
    if year < 69 { 2000 + year } else { 1900 + year }
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The number of a month's name: full, its first three letters, or `Sept`.
pub(super) fn month(word: &[u8]) -> Option<u32> {
    if word.eq_ignore_ascii_case(b"sept") {
        return Some(9);
    }
    let at = MONTHS.iter().position(|name| names(word, name))?;
    Some(at as u32 + 1)
}

/// Whether it is a weekday's name: full, its first three letters, or one of the usual longer forms.
pub(super) fn is_weekday(word: &[u8]) -> bool {
    const LONGER: [&[u8]; 3] = [b"tues", b"thur", b"thurs"];
    WEEKDAYS.iter().any(|name| names(word, name)) || LONGER.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn names(word: &[u8], name: &str) -> bool {
    let name = name.as_bytes();
    word.eq_ignore_ascii_case(name) || name.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short))
}

/// The offset of a zone's abbreviation, in seconds: UTC and the zones of RFC 2822. Others are ambiguous
/// (`IST` is India, Israel and Ireland) and unknown here.
pub(super) fn abbreviation(word: &[u8]) -> Option<i32> {
    const ZONES: [(&[u8], i32); 12] = [
        (b"UTC", 0),
        (b"GMT", 0),
        (b"UT", 0),
        (b"Z", 0),
        (b"EST", -5),
        (b"EDT", -4),
        (b"CST", -6),
        (b"CDT", -5),
        (b"MST", -7),
        (b"MDT", -6),
        (b"PST", -8),
        (b"PDT", -7),
    ];
    ZONES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, hours)| hours * 3600)
}
