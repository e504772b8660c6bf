//! Reference 9.9 and 11.4: the date parser, date math, and the functions of dates. The event's time is 2026-03-04T05:06:07Z.

use lql_compiler::codes::{BAD_LITERAL, LITERAL_NEEDED};
use lql_tests::{Lab, NV};

/// Texts that `todate` reads as this instant.
#[track_caller]
fn reads(instant: &str, texts: &[&str]) {
    let expected = format!("\"{instant}\"");
    for text in texts {
        let event = serde_json::json!({ "x": text }).to_string();
        Lab::lql().event(&event).gives(&[("todate(x)", &expected)]);
    }
}

#[test]
fn plain_dates_are_read() {
    reads(
        "2026-03-04T00:00:00Z",
        &[
            "2026-03-04",
            "2026/03/04",
            "2026.03.04",
            "20260304",
            "03/04/2026",
            "3/4/2026",
            "03.04.2026",
            "3/4/26",
        ],
    );
    reads("2026-01-01T00:00:00Z", &["2026"]);
    reads("2026-03-01T00:00:00Z", &["2026-03"]);
    reads("2026-03-04T10:11:12Z", &["20260304101112"]);
}

#[test]
fn dates_with_a_time_are_read() {
    reads("2026-03-04T17:06:00Z", &["03/04/2026 5:06 PM", "3/4/2026 5:06 PM"]);
    reads(
        "2026-03-04T05:06:07Z",
        &[
            "2026-03-04T05:06:07",
            "2026-03-04T05:06:07Z",
            "2026-03-04 05:06:07",
            "2026-03-04 05:06:07Z",
            "2026-03-04 05:06:07 UTC",
            "2026-03-04T07:06:07+02:00",
            "2026-03-03T22:06:07-0700",
            "2026-03-04 07:06:07+02:00",
        ],
    );
    reads("2026-03-04T05:06:00Z", &["2026-03-04T05:06", "2026-03-04 05:06", "2026-03-04T05:06Z"]);
    reads(
        "2026-03-04T05:06:07.25Z",
        &["2026-03-04T05:06:07.25", "2026-03-04T05:06:07.250Z", "2026-03-04 05:06:07.25"],
    );
}

#[test]
fn dates_with_a_month_s_name_are_read() {
    reads("2026-03-04T00:00:00Z", &["Mar 4, 2026", "March 4, 2026", "4 Mar 2026", "4-Mar-2026"]);
    reads("2026-03-04T17:06:00Z", &["March 4, 2026 5:06pm"]);
}

#[test]
fn dates_of_protocols_are_read() {
    reads(
        "2026-03-04T05:06:07Z",
        &["Wed, 04 Mar 2026 05:06:07 GMT", "Wed Mar  4 05:06:07 2026", "04/Mar/2026:05:06:07 +0000"],
    );
}

#[test]
fn digits_alone_are_an_epoch_by_their_number() {
    reads(
        "2026-03-04T05:06:07Z",
        &["1772600767", "1772600767000", "1772600767000000", "1772600767000000000"],
    );
    reads("2026-03-04T05:06:07.123Z", &["1772600767123"]);
    reads("2026-03-04T05:06:07.123456Z", &["1772600767123456"]);
    reads("2026-03-04T05:06:07.123456789Z", &["1772600767123456789"]);
}

#[test]
fn everything_else_is_rejected() {
    for text in [
        "13/04/2026",
        "03-04-2026",
        "202603",
        "05:06:07",
        "12",
        "123456789",
        "",
        "words",
        "2026-13-01",
        "2026-02-30",
        " ",
    ] {
        let event = serde_json::json!({ "x": text }).to_string();
        Lab::lql().event(&event).gives(&[("todate(x)", NV)]);
    }
}

#[test]
fn layouts_are_go_s_reference_time() {
    Lab::lql().gives(&[
        (r#"todate("02/01/2006", "13/04/2026")"#, r#""2026-04-13T00:00:00Z""#),
        (r#"todate("02/01/2006 15:04:05", "13/04/2026 17:06:07")"#, r#""2026-04-13T17:06:07Z""#),
        (r#"todate("02.01.2006 03:04 PM", "13.04.2026 05:06 PM")"#, r#""2026-04-13T17:06:00Z""#),
        (r#"todate("2006-01-02 15:04 -0700", "2026-04-13 17:06 +0200")"#, r#""2026-04-13T15:06:00Z""#),
        (r#"todate("2006-01-02 15:04 MST", "2026-04-13 17:06 UTC")"#, r#""2026-04-13T17:06:00Z""#),
        (r#"todate("Jan 2, 2006", "Apr 13, 2026")"#, r#""2026-04-13T00:00:00Z""#),
        (r#"todate("02/01/2006", "2026-04-13")"#, NV),
        (r#"todate("02/01/2006", "31/02/2026")"#, NV),
        (r#"todate("02/01/2006", missing)"#, NV),
    ]);
}

#[test]
fn todatein_applies_its_zone_only_where_none_is_written() {
    Lab::lql()
        .event(r#"{"x": "2026-07-01 09:00:00", "z": "2026-07-01T09:00:00Z", "w": "2026-01-01 09:00"}"#)
        .gives(&[
            (r#"todatein(x, "Europe/Paris")"#, r#""2026-07-01T07:00:00Z""#),
            (r#"todatein(z, "Europe/Paris")"#, r#""2026-07-01T09:00:00Z""#),
            (r#"todatein(w, "Europe/Paris")"#, r#""2026-01-01T08:00:00Z""#),
            (r#"todatein(w, "America/New_York")"#, r#""2026-01-01T14:00:00Z""#),
            (r#"todatein(missing, "Europe/Paris")"#, NV),
        ]);
    Lab::lql().refuses_with(&[
        (r#"todatein(x, "Europe/Atlantis")"#, BAD_LITERAL),
        ("todatein(x, zone)", LITERAL_NEEDED),
    ]);
}

#[test]
fn date_math_steps_from_the_event_s_time() {
    Lab::lql().gives(&[
        (r#"todate("now")"#, r#""2026-03-04T05:06:07Z""#),
        (r#"todate("now-1s")"#, r#""2026-03-04T05:06:06Z""#),
        (r#"todate("now+5m")"#, r#""2026-03-04T05:11:07Z""#),
        (r#"todate("now-3h")"#, r#""2026-03-04T02:06:07Z""#),
        (r#"todate("now-3d")"#, r#""2026-03-01T05:06:07Z""#),
        (r#"todate("now+1w")"#, r#""2026-03-11T05:06:07Z""#),
        (r#"todate("now-3M")"#, r#""2025-12-04T05:06:07Z""#),
        (r#"todate("now+2y")"#, r#""2028-03-04T05:06:07Z""#),
        (r#"todate("NOW-3d")"#, r#""2026-03-01T05:06:07Z""#),
        (r#"todate("now3d")"#, NV),
        (r#"todate("now-3d-1h")"#, NV),
        (r#"todate("now-3d/d")"#, NV),
        (r#"todate("now-3x")"#, NV),
        (r#"todate("now-d")"#, NV),
    ]);
}

#[test]
fn months_overflow_as_in_go() {
    Lab::lql().at("2026-01-31T00:00:00Z").gives(&[(r#"todate("now+1M")"#, r#""2026-03-03T00:00:00Z""#)]);
    Lab::lql().at("2028-01-31T00:00:00Z").gives(&[(r#"todate("now+1M")"#, r#""2028-03-02T00:00:00Z""#)]);
    Lab::lql().at("2028-02-29T00:00:00Z").gives(&[(r#"todate("now+1y")"#, r#""2029-03-01T00:00:00Z""#)]);
}

#[test]
fn date_math_in_a_comparison_steps_from_the_clock() {
    let lab = Lab::filterql().event(r#"{"d": "2026-03-01"}"#).kind("d", lql_compiler::Kind::Date);
    lab.clone().clock("2026-03-04T00:00:00Z").gives(&[
        (r#"d > "now-4d""#, "true"),
        (r#"d > "now-2d""#, "false"),
        (r#"d < "now""#, "true"),
        (r#"d < "NOW-2d""#, "true"),
        (r#"d BETWEEN "now-4d" AND "now-2d""#, "true"),
        ("d > now-4d", "false"),
    ]);
    lab.clock("2026-02-01T00:00:00Z").gives(&[(r#"d < "now""#, "false"), (r#"d > "now""#, "true")]);
}

#[test]
fn now_and_epochms_are_the_event_s_time() {
    Lab::lql()
        .clock("2030-01-01T00:00:00Z")
        .gives(&[("now()", r#""2026-03-04T05:06:07Z""#), ("epochms()", "1772600767000")]);
}

#[test]
fn parts_of_dates_are_those_of_utc_and_of_the_event_without_argument() {
    Lab::lql().gives(&[
        ("yy()", "26"),
        ("yymm()", r#""2603""#),
        ("mm()", "3"),
        ("monthofyear()", "3"),
        ("dayofweek()", "3"),
        ("hourofday()", "5"),
        ("hourofweek()", "77"),
        (r#"yy("1999-05-05")"#, "99"),
        (r#"yy("2005-05-05")"#, "5"),
        (r#"yy("2026-05-05")"#, "26"),
        (r#"yymm("2031-01-05")"#, r#""3101""#),
        (r#"mm("2026-01-31")"#, "1"),
        (r#"mm("2031-12-01")"#, "12"),
        (r#"monthofyear("2026-06-30")"#, "6"),
        (r#"dayofweek("2026-03-01")"#, "0"),
        (r#"dayofweek("2026-03-07")"#, "6"),
        (r#"hourofday("2026-03-04T23:59:59Z")"#, "23"),
        (r#"hourofday("2026-03-04T00:30:00+02:00")"#, "22"),
        (r#"hourofweek("2026-03-01T00:10:00Z")"#, "0"),
        (r#"hourofweek("2026-03-06T00:10:00Z")"#, "120"),
        (r#"hourofweek("2026-03-07T23:00:00Z")"#, "167"),
        (r#"yy("words")"#, NV),
        ("mm(missing)", NV),
    ]);
}

#[test]
fn totimestamp_is_seconds() {
    Lab::lql()
        .gives(&[(r#"totimestamp("2026-03-04T05:06:07.9Z")"#, "1772600767"), (r#"totimestamp("x")"#, NV)]);
}

#[test]
fn totimeset_reads_one_text_or_several() {
    Lab::lql().event(r#"{"l": ["2026-03-04", "2026-01-01"]}"#).gives(&[
        (r#"totimeset("2026-03-04")"#, r#"["2026-03-04T00:00:00Z"]"#),
        (r#"totimeset("words")"#, NV),
        ("totimeset(missing)", NV),
    ]);
    lql_tests::columns_give(
        r#"{"l": ["2026-03-04", "2026-01-01"]}"#,
        &[("totimeset(l) AS f", r#"["2026-01-01T00:00:00Z","2026-03-04T00:00:00Z"]"#)],
    );
}

#[test]
fn extract_takes_strftime_directives() {
    Lab::lql().event(r#"{"d": "2026-03-04T15:06:07Z"}"#).gives(&[
        (r#"extract(d, "%Y-%m-%d")"#, r#""2026-03-04""#),
        (r#"strftime(d, "%Y-%m-%d")"#, r#""2026-03-04""#),
        (r#"extract(d, "%A %a %B %b")"#, r#""Wednesday Wed March Mar""#),
        (r#"extract(d, "%H %I %M %S %p")"#, r#""15 03 06 07 PM""#),
        (r#"extract(d, "%j %w %y %U")"#, r#""063 3 26 09""#),
        (r#"extract("words", "%Y")"#, NV),
        (r#"extract(missing, "%Y")"#, NV),
    ]);
}

#[test]
fn seconds_reads_durations_numbers_and_dates() {
    Lab::lql().event(r#"{"n": 45}"#).gives(&[
        (r#"seconds("10:30")"#, "630.0"),
        (r#"seconds("M2:05")"#, "125.0"),
        (r#"seconds("90:00")"#, "5400.0"),
        (r#"seconds("90")"#, "90.0"),
        ("seconds(n)", "45.0"),
        (r#"seconds("2026-03-04T05:06:07Z")"#, "1772600767.0"),
        (r#"seconds("00:00")"#, NV),
        (r#"seconds("words")"#, NV),
        ("seconds(missing)", NV),
    ]);
}

#[test]
fn unixtrunc_is_text_of_a_precision() {
    Lab::lql().event(r#"{"d": "2026-03-04T05:06:07.25Z"}"#).gives(&[
        ("unixtrunc(d)", r#""1772600767""#),
        (r#"unixtrunc(d, "ms")"#, r#""1772600767250""#),
        (r#"unixtrunc(d, "s")"#, r#""1772600767.250""#),
        (r#"unixtrunc(d, "seconds")"#, r#""1772600767.250""#),
        ("unixtrunc(missing)", NV),
    ]);
}
