//! What a value looks like: its JSON type, and of a text what it holds.

use lql_compiler::dates::{self, Layout};
use lql_compiler::{Time, Value, convert};
use std::net::IpAddr;
use std::sync::LazyLock;

/// What one value looks like. Texts are told apart by what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// A JSON number without a point that fits 64 bits.
    Int,
    /// Any other JSON number.
    Number,
    /// JSON `true` or `false`.
    Bool,
    /// `"42"`
    IntText,
    /// `"4.2"`
    NumberText,
    /// `"$1,234.50"`: a number with signs that `tonumber()` removes.
    Amount,
    /// `"true"`, `"FALSE"`
    BoolText,
    /// `"2024-01-14T09:58:20Z"`, `"1/14/2024"`
    Date(DateForm),
    /// `"Ana <ana@example.org>"`
    Email,
    /// `"https://shop.example.org/a"`
    Url,
    /// `"0d1f0a0e-5c0e-4f8a-9c55-3a9a7c0e8a11"`
    Uuid,
    /// `"198.51.100.7"`, `"2001:db8::1"`
    Ip,
    /// `"+44 20 7946 0958"`, `"(514) 721-4711"`
    Phone,
    /// Hexadecimal digits as many as a hash of MD5 or SHA has.
    Hash,
    /// What a browser says of itself.
    UserAgent,
    /// `"[1, 2]"`, `"{...}"`: JSON inside a text.
    Json,
    /// Any text without blanks.
    Word,
    /// Any other text.
    Text,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateForm {
    /// Year first, or with the month's name: `todate(x)` reads it in one way only.
    Plain,
    /// `1/14/2024`: the month first, which `todate(x)` takes for granted.
    MonthFirst,
    /// `03/04/2024`: `todate(x)` reads March 4; it could also be April 3.
    Unclear,
    /// `14/1/2024`: needs `todate("2/1/2006", x)` with this layout.
    DayFirst(&'static str),
}

impl Shape {
    /// Every way to say it in a table or a file.
    pub fn name(self) -> String {
        let name = match self {
            Shape::Int => "int",
            Shape::Number => "number",
            Shape::Bool => "bool",
            Shape::IntText => "text: int",
            Shape::NumberText => "text: number",
            Shape::Amount => "text: amount",
            Shape::BoolText => "text: bool",
            Shape::Date(DateForm::Plain) => "text: date",
            Shape::Date(DateForm::MonthFirst) => "text: date, month first",
            Shape::Date(DateForm::Unclear) => "text: date, day or month first",
            Shape::Date(DateForm::DayFirst(layout)) => return format!("text: date {layout}"),
            Shape::Email => "text: e-mail",
            Shape::Url => "text: URL",
            Shape::Uuid => "text: UUID",
            Shape::Ip => "text: IP address",
            Shape::Phone => "text: phone",
            Shape::Hash => "text: hash",
            Shape::UserAgent => "text: user agent",
            Shape::Json => "text: JSON",
            Shape::Word | Shape::Text => "text",
        };
        name.to_owned()
    }

    /// Whether `tonumber()` makes a number of it.
    pub fn is_number(self) -> bool {
        matches!(self, Shape::Int | Shape::Number | Shape::IntText | Shape::NumberText | Shape::Amount)
    }

    /// Whether it is an integer.
    pub fn is_int(self) -> bool {
        matches!(self, Shape::Int | Shape::IntText)
    }

    /// Whether it is a date, in whatever form.
    pub fn is_date(self) -> bool {
        matches!(self, Shape::Date(_))
    }
}

/// What a value looks like. Lists and maps have no shape of their own: ask for their elements.
pub fn shape_of(value: Value<'_>) -> Shape {
    match value {
        Value::Int(_) => Shape::Int,
        Value::Number(_) => Shape::Number,
        Value::Bool(_) => Shape::Bool,
        Value::Text(text) => shape_of_text(text),
        _ => Shape::Text,
    }
}

fn shape_of_text(text: &str) -> Shape {
    let first = text.bytes().next().unwrap_or_default();
    if let Some(shape) = number(text, first) {
        return shape;
    }
    if convert::parse_bool(text).is_some() && text.len() > 1 {
        return Shape::BoolText;
    }
    if text.parse::<IpAddr>().is_ok() {
        return Shape::Ip;
    }
    if first == b'{' || first == b'[' {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        return if is_json { Shape::Json } else { plain(text) };
    }
    if is_uuid(text) {
        return Shape::Uuid;
    }
    if matches!(text.len(), 32 | 40 | 64 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Shape::Hash;
    }
    if is_url(text) {
        return Shape::Url;
    }
    if is_email(text) {
        return Shape::Email;
    }
    if text.len() <= 40 && text.bytes().any(|byte| byte.is_ascii_digit()) {
        if let Some(form) = date_form(text) {
            return Shape::Date(form);
        }
        if is_phone(text) {
            return Shape::Phone;
        }
    }
    if text.starts_with("Mozilla/") { Shape::UserAgent } else { plain(text) }
}

fn plain(text: &str) -> Shape {
    if text.contains(char::is_whitespace) { Shape::Text } else { Shape::Word }
}

/// Numbers in text. `0171` is a code, for as a number it would lose its zero; eight digits may be a date, but are a
/// number as long as nothing else says so.
fn number(text: &str, first: u8) -> Option<Shape> {
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b'$' | 0xc2 | 0xe2)) {
        return None;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if is_code || first == b'+' {
        return None;
    }
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(if text.parse::<i64>().is_ok() { Shape::IntText } else { Shape::Word });
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'))
        && digits.parse::<f64>().is_ok_and(f64::is_finite)
    {
        return Some(Shape::NumberText);
    }
    let is_amount = text.contains(['$', '£', '€']) || is_grouped(digits);
    (is_amount && convert::parse_number(text).is_some()).then_some(Shape::Amount)
}

/// `1,234` and `12,345,678.9`: groups of three digits, not a list of numbers.
fn is_grouped(digits: &str) -> bool {
    let whole = digits.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let head = groups.next().unwrap_or_default();
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut any = false;
    let rest = groups.all(|group| {
        any = true;
        group.len() == 3 && is_digits(group)
    });
    any && rest && (1..=3).contains(&head.len()) && is_digits(head)
}

fn is_uuid(text: &str) -> bool {
    let groups: [usize; 5] = [8, 4, 4, 4, 12];
    text.len() == 36
        && text.split('-').map(str::len).eq(groups)
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !text.contains(char::is_whitespace))
}

/// One address, bare or in angle brackets after a name. A text that merely holds an `@` is none.
fn is_email(text: &str) -> bool {
    let address = text.trim();
    let address = match address.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((_, address)) => address,
        None => address,
    };
    address.split_once('@').is_some_and(|(local, domain)| {
        let is_part =
            |part: &str| !part.is_empty() && !part.contains([' ', '@', ',', ';', '<', '>', '/', ':']);
        is_part(local) && is_part(domain)
    })
}

/// International, or with the signs that people write between groups of digits.
fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let signs = text.bytes().all(|byte| byte.is_ascii_digit() || b"+()-./ ".contains(&byte));
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).count();
    let begins = text.starts_with(['+', '(', '0']) || groups >= 3;
    signs && (7..=15).contains(&digits) && begins && (text.starts_with('+') || groups > 1)
}

/// Layouts with the day first, with every separator and precision that is usual.
static DAY_FIRST: LazyLock<Vec<(&'static str, Layout)>> = LazyLock::new(|| {
    const LAYOUTS: [&str; 12] = [
        "2/1/2006",
        "2.1.2006",
        "2-1-2006",
        "2/1/2006 15:04",
        "2.1.2006 15:04",
        "2-1-2006 15:04",
        "2/1/2006 15:04:05",
        "2.1.2006 15:04:05",
        "2-1-2006 15:04:05",
        "2/1/06",
        "2.1.06",
        "2/1/2006 3:04 PM",
    ];
    LAYOUTS.iter().filter_map(|text| Some((*text, Layout::new(text).ok()?))).collect()
});

fn date_form(text: &str) -> Option<DateForm> {
    let day_first =
        || DAY_FIRST.iter().find(|(_, layout)| layout.parse(text).is_some()).map(|(text, _)| *text);
    let begins_with_now = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("now"));
    // Digits alone are a code or a number before they are a year.
    if begins_with_now || text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match dates::parse(text, Time::default()) {
        Some(_) if is_numeric_order(text) => {
            Some(if day_first().is_some() { DateForm::Unclear } else { DateForm::MonthFirst })
        }
        Some(_) => Some(DateForm::Plain),
        None => day_first().map(DateForm::DayFirst),
    }
}

/// `3/4/2026`: one or two digits, a separator, then digits: nothing says which of them is the month.
fn is_numeric_order(text: &str) -> bool {
    let head = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text.bytes().skip(head);
    (1..=2).contains(&head)
        && rest.next().is_some_and(|byte| b"/.-".contains(&byte))
        && rest.next().is_some_and(|byte| byte.is_ascii_digit())
}

/// The layouts that read a day-first date, for a text whose month and day cannot be told apart.
pub fn reads_day_first(layout: &str, text: &str) -> bool {
    DAY_FIRST.iter().any(|(known, compiled)| *known == layout && compiled.parse(text).is_some())
}

/// The instant of a day-first date.
pub fn day_first(layout: &str, text: &str) -> Option<Time> {
    DAY_FIRST.iter().find(|(known, _)| *known == layout)?.1.parse(text)
}

/// Whether a number is a time since 1970: ten digits of seconds or thirteen of milliseconds, after 2001 and before 2100.
pub fn is_unix_time(value: Value<'_>) -> bool {
    const SECONDS: std::ops::Range<i64> = 1_000_000_000..4_102_444_800;
    let number = match value {
        Value::Int(number) => number,
        Value::Text(text) if matches!(text.len(), 10 | 13) => text.parse().unwrap_or_default(),
        _ => 0,
    };
    SECONDS.contains(&number) || SECONDS.contains(&(number / 1000))
}

/// Words that forms and trackers write where they know nothing. They look like values and are none.
pub fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 26] = [
        "unknown",
        "none",
        "null",
        "nil",
        "n/a",
        "na",
        "-",
        "--",
        "?",
        "0",
        "-1",
        "undefined",
        "nan",
        "anonymous",
        "anon",
        "guest",
        "test",
        "tbd",
        "(not set)",
        "not set",
        "not_set",
        "empty",
        "missing",
        "default",
        "xxx",
        "00000000-0000-0000-0000-000000000000",
    ];
    const MAILBOXES: [&str; 9] =
        ["test", "noreply", "no-reply", "nobody", "none", "unknown", "anonymous", "null", "noemail"];
    if text.len() > 64 {
        return false;
    }
    let lower = text.trim().to_lowercase();
    let mailbox = lower.split_once('@').map(|(mailbox, _)| mailbox);
    WORDS.contains(&lower.as_str()) || mailbox.is_some_and(|mailbox| MAILBOXES.contains(&mailbox))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_what_they_hold() {
        let texts = [
            "42",
            "-7",
            "0171",
            "4.5",
            "1e3",
            "$1,234.50",
            "1,234",
            "1,2",
            "12345678901234567890",
            "true",
            "f",
            "2024-01-14T09:58:20Z",
            "2024-01-14 09:58",
            "20240114",
            "1/14/2024",
            "3/4/2024",
            "14/1/2024",
            "14.1.2024 10:30",
            "Mar 4, 2026",
            "now-3d",
            "ana@example.org",
            "Luís <luisg@embraer.com.br>",
            "a@b, c@d",
            "@handle",
            "https://shop.example.org/a?b=c",
            "http://",
            "0d1f0a0e-5c0e-4f8a-9c55-3a9a7c0e8a11",
            "ee63465620787644e046e9465740f293",
            "4617710f6f8e0df4",
            "198.51.100.7",
            "2001:db8::1",
            "+44 20 7946 0958",
            "(514) 721-4711",
            "079 123 45 67",
            "12227-000",
            "{\"a\": 1}",
            "{a}",
            "[1]",
            "Mozilla/5.0 (X11)",
            "pear",
            "two words",
            "+49 0711 2842222",
        ];
        let page = texts.map(|text| format!("{text:<42} {:?}", shape_of(Value::Text(text))));
        insta::assert_snapshot!(page.join(
            "
"
        ));
    }

    #[test]
    fn times_since_1970_have_ten_or_thirteen_digits() {
        assert!(is_unix_time(Value::Int(1_705_226_300)));
        assert!(is_unix_time(Value::Int(1_705_226_300_123)));
        assert!(is_unix_time(Value::Text("1705226300")));
        assert!(!is_unix_time(Value::Int(20_240_114)));
        assert!(!is_unix_time(Value::Text("17052263001")));
        assert!(!is_unix_time(Value::Number(1.7e9)));
    }

    #[test]
    fn placeholders_are_words_and_mailboxes() {
        for text in ["unknown", " N/A ", "test@example.com", "No-Reply@shop.example", "(not set)"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["Unknown Street 5", "tester@example.com", "10", "Anna"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
