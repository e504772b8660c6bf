use super::super::testing::{give, give_unchecked, refuse, run_examples};

#[test]
fn examples() {
    run_examples(super::FUNCTIONS);
}

#[test]
fn without_argument_the_event_counts() {
    give("now", "[]", r#""2026-03-04T12:30:15.25Z""#);
    give("epochms", "[]", "1772627415250");
    give("yy", "[]", "26");
    give("yymm", "[]", r#""2603""#);
    give("mm", "[]", "3");
    give("monthofyear", "[]", "3");
    give("dayofweek", "[]", "3");
    give("hourofday", "[]", "12");
    give("hourofweek", "[]", "84");
}

#[test]
fn an_argument_without_a_date_gives_no_value() {
    for name in [
        "todate",
        "totimestamp",
        "totimeset",
        "timebucket",
        "yy",
        "yymm",
        "mm",
        "dayofweek",
        "hourofday",
        "hourofweek",
        "seconds",
        "unixtrunc",
    ] {
        give(name, r#"["soon"]"#, "");
        give(name, r#"[""]"#, "");
        give(name, "[null]", "");
        give(name, "[true]", "");
        give(name, "[{}]", "");
        give(name, "[[]]", "");
    }
}

#[test]
fn todate() {
    give("todate", r#"["2026-03-04"]"#, r#""2026-03-04T00:00:00Z""#);
    give("todate", r#"["@2026-03-04"]"#, r#""2026-03-04T00:00:00Z""#);
    give("todate", r#"[["2026-03-04", "2026-03-05"]]"#, r#""2026-03-04T00:00:00Z""#);
    give("todate", "[1772584496]", r#""2026-03-04T00:34:56Z""#);
    give("todate", "[1772584496250]", r#""2026-03-04T00:34:56.25Z""#);
    give("todate", "[1772584496.0]", r#""2026-03-04T00:34:56Z""#);
    give("todate", "[20260304]", r#""2026-03-04T00:00:00Z""#);
    give("todate", "[2026]", r#""2026-01-01T00:00:00Z""#);
    give("todate", "[1799]", "");
    give("todate", "[1800]", r#""1800-01-01T00:00:00Z""#);
    give("todate", "[2120]", r#""2120-01-01T00:00:00Z""#);
    give("todate", "[2121]", "");
    give("todate", "[5]", "");
    give("todate", r#"["now"]"#, r#""2026-03-04T12:30:15.25Z""#);
    give("todate", r#"["now-3m"]"#, r#""2026-03-04T12:27:15.25Z""#);
    give("todate", r#"["now3m"]"#, "");
}

#[test]
fn todate_with_a_layout() {
    give("todate", r#"["02/01/2006", "13/04/2026"]"#, r#""2026-04-13T00:00:00Z""#);
    give("todate", r#"["02/01/2006 15:04:05", "13/04/2026 05:06:07"]"#, r#""2026-04-13T05:06:07Z""#);
    give("todate", r#"["02/01/2006", "2026-04-13"]"#, "");
    give("todate", r#"["02/01/2006", "now-3d"]"#, "");
    give("todate", r#"["20060102", 20260304]"#, r#""2026-03-04T00:00:00Z""#);
    give("todate", r#"["02/01/2006", "@2026-03-04"]"#, r#""2026-03-04T00:00:00Z""#);
    give("todate", r#"["02/01/2006", ["13/04/2026", "x"]]"#, r#""2026-04-13T00:00:00Z""#);
    give("todate", r#"["02/01/2006", null]"#, "");
    give_unchecked("todate", r#"["yyyy", "2026"]"#, "");
    refuse("todate", r#"["yyyy-MM-dd", "2026-03-04"]"#, "argument 1: the layout \"yyyy-MM-dd\"");
    refuse("todate", r#"["%Y", "2026-03-04"]"#, "2 January 2006");
}

#[test]
fn todatein() {
    give("todatein", r#"["2026-07-01 09:00:00", "Europe/Paris"]"#, r#""2026-07-01T07:00:00Z""#);
    give("todatein", r#"["2026-07-01T09:00:00Z", "Europe/Paris"]"#, r#""2026-07-01T09:00:00Z""#);
    give("todatein", r#"["3/4/2026 5:06 PM", "America/Denver"]"#, r#""2026-03-05T00:06:00Z""#);
    give("todatein", r#"["2026-07-01 09:00:00", "europe/paris"]"#, r#""2026-07-01T07:00:00Z""#);
    give("todatein", r#"["2026-07-01 09:00:00", "UTC"]"#, r#""2026-07-01T09:00:00Z""#);
    give("todatein", r#"["@2026-07-01", "Europe/Paris"]"#, r#""2026-07-01T00:00:00Z""#);
    give("todatein", r#"[1772584496, "Europe/Paris"]"#, r#""2026-03-04T00:34:56Z""#);
    give("todatein", r#"["now-1h", "Europe/Paris"]"#, r#""2026-03-04T11:30:15.25Z""#);
    give("todatein", r#"["soon", "Europe/Paris"]"#, "");
    refuse("todatein", r#"["2026-07-01", "Europe/Pariss"]"#, "did you mean \"Europe/Paris\"?");
    refuse("todatein", r#"["2026-07-01", "Berlin"]"#, "did you mean \"Europe/Berlin\"?");
    refuse("todatein", r#"["2026-07-01", "qqq"]"#, "argument 2: there is no time zone");
    refuse("todatein", r#"["2026-07-01", null]"#, "in the query itself");
}

#[test]
fn sets_and_buckets() {
    give("totimeset", r#"["2026-03-04"]"#, r#"["2026-03-04T00:00:00Z"]"#);
    give(
        "totimeset",
        r#"[["2026-03-05", "2026-03-04", "2026-03-05", "x"]]"#,
        r#"["2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"]"#,
    );
    give("totimeset", r#"[["x"]]"#, "");
    give("timebucket", r#"["2026-03-04T23:59:59.9Z"]"#, r#""2026-03-04T00:00:00Z""#);
    give("timebucket", r#"["2026-03-04T01:00:00+02:00"]"#, r#""2026-03-03T00:00:00Z""#);
    give("timebucket", r#"["1969-12-31T23:00:00Z"]"#, r#""1969-12-31T00:00:00Z""#);
    give("totimestamp", r#"["2026-03-04T00:34:56.9Z"]"#, "1772584496");
    give("totimestamp", r#"["1969-12-31T23:59:59.9Z"]"#, "-1");
}

#[test]
fn calendar_fields() {
    give("yy", r#"["2026-05-01"]"#, "26");
    give("yy", r#"["1999-05-01"]"#, "99");
    give("yy", r#"["2005-05-01"]"#, "5");
    give("yymm", r#"["2031-01-01"]"#, r#""3101""#);
    give("yymm", r#"["2005-11-01"]"#, r#""0511""#);
    give("mm", r#"["2031-12-01"]"#, "12");
    give("mm", r#"["2031-01-31"]"#, "1");
    give("monthofyear", r#"["2031-05-31"]"#, "5");
    give("dayofweek", r#"["2026-03-01"]"#, "0");
    give("dayofweek", r#"["2026-03-07"]"#, "6");
    give("dayofweek", r#"["1969-12-31"]"#, "3");
    give("hourofday", r#"["2026-03-04T00:59:00Z"]"#, "0");
    give("hourofday", r#"["2026-03-04T23:00:00-01:00"]"#, "0");
    give("hourofweek", r#"["2026-03-01T00:30:00Z"]"#, "0");
    give("hourofweek", r#"["2026-03-06T00:30:00Z"]"#, "120");
    give("hourofweek", r#"["2026-03-07T23:00:00Z"]"#, "167");
    give("hourofweek", r#"["now-1h"]"#, "83");
}

#[test]
fn extract() {
    let date = "2026-03-04T17:06:07Z";
    for (format, expected) in [
        ("%A", "Wednesday"),
        ("%a", "Wed"),
        ("%B", "March"),
        ("%b", "Mar"),
        ("%d", "04"),
        ("%H", "17"),
        ("%I", "05"),
        ("%j", "063"),
        ("%M", "06"),
        ("%m", "03"),
        ("%p", "PM"),
        ("%S", "07"),
        ("%U", "09"),
        ("%w", "3"),
        ("%Y", "2026"),
        ("%y", "26"),
        ("%Z", "UTC"),
        ("%%", "%"),
        ("%F %T", "2026-03-04 17:06:07"),
        ("day", "day"),
    ] {
        give("extract", &format!(r#"["{date}", "{format}"]"#), &format!("\"{expected}\""));
    }
    give("strftime", r#"["2026-03-04", "%Y"]"#, r#""2026""#);
    give("extract", r#"["soon", "%Y"]"#, "");
    refuse("extract", r#"["2026-03-04", "%"]"#, "strftime");
    refuse("extract", r#"["2026-03-04", "%J"]"#, "argument 2: the format \"%J\" is wrong");
    refuse("extract", r#"["2026-03-04", null]"#, "in the query itself");
}

#[test]
fn seconds() {
    give("seconds", r#"["10:30"]"#, "630");
    give("seconds", r#"["M10:30"]"#, "630");
    give("seconds", r#"["M2:05"]"#, "125");
    give("seconds", r#"["100:30"]"#, "6030");
    give("seconds", r#"["00:00"]"#, "");
    give("seconds", r#"["10:60"]"#, "");
    give("seconds", r#"["10:"]"#, "");
    give("seconds", r#"["1:02:03"]"#, "");
    give("seconds", r#"["90"]"#, "90");
    give("seconds", r#"["1.5"]"#, "1.5");
    give("seconds", "[90]", "90");
    give("seconds", "[0]", "");
    give("seconds", r#"["inf"]"#, "");
    give("seconds", r#"["2026-03-04T00:34:56Z"]"#, "1772584496");
    give("seconds", r#"["@2026-03-04T00:34:56Z"]"#, "1772584496");
}

#[test]
fn unixtrunc() {
    give("unixtrunc", r#"["1772584496250"]"#, r#""1772584496""#);
    give("unixtrunc", r#"["1772584496250", "s"]"#, r#""1772584496.250""#);
    give("unixtrunc", r#"["1772584496005", "seconds"]"#, r#""1772584496.005""#);
    give("unixtrunc", r#"["1772584496250", "ms"]"#, r#""1772584496250""#);
    give("unixtrunc", r#"["1772584496250001", "sm"]"#, r#""1772584496.250001""#);
    give("unixtrunc", r#"["1772584496250001", "secondsmicro"]"#, r#""1772584496.250001""#);
    give("unixtrunc", r#"["1772584496", null]"#, "");
    refuse("unixtrunc", r#"["1772584496", "days"]"#, "there is no precision \"days\"");
    give_unchecked("unixtrunc", r#"["1772584496", "days"]"#, "");
}
