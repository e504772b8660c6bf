//! Projects of many queries, for what depends on the size of a project.

use std::fmt::Write as _;

/// Text functions, dates, addresses, sets, maps and counters; `#` is the number of the key.
const COLUMNS: [&str; 12] = [
    "email(mail_#)",
    "count(*)",
    "hash.md5(email(mail_#))",
    "domain(url_#)",
    "tolower(name_#)",
    "todate(at_#)",
    "oneof(first_#, second_#)",
    "host(url_#)",
    "map(key_#, value_#)",
    "qs2(url_#, \"utm_source\")",
    "toint(number_#)",
    "set(tag_#)",
];

/// A project without findings: so many queries of 13 columns, each in its own file, over 20 streams and 481 fields.
pub fn queries(count: usize) -> Vec<String> {
    (0..count).map(query).collect()
}

fn query(number: usize) -> String {
    let mut text = "SELECT\n    email(mail) AS email".to_owned();
    for (key, column) in COLUMNS.iter().enumerate() {
        let expression = column.replace('#', &key.to_string());
        let group = number % 40;
        let _ = write!(text, ",\n    {expression} AS field_{group}_{key} IF exists(mail_{key})");
    }
    let _ = write!(text, "\nFROM stream_{}\nINTO user\nBY email\nALIAS query_{number}\n", number % 20);
    text
}
