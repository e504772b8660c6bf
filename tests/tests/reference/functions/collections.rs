//! Reference 9.6: maps, sets, arrays.

use lql_tests::{Lab, NV, columns_give};

fn lab() -> Lab {
    Lab::lql().event(
        r#"{"k": "Key", "n": 5, "empty": "", "m": {"a": "1", "b": "2", "ab": "1"}, "l": ["c", "a", "b", "a", ""], "ev_open": 3, "ev_close": 4,
            "ev_": 9, "other": 1, "ev_ev_x": 6, "t": "2026-03-04", "EV_up": 7}"#,
    )
}

#[test]
fn map_is_one_entry_with_a_text_key() {
    lab().gives(&[
        ("map(k, n)", r#"{"Key":5}"#),
        ("map(n, k)", r#"{"5":"Key"}"#),
        ("map(missing, n)", NV),
        ("map(k, missing)", NV),
        ("map(empty, n)", NV),
        ("map(k, empty)", NV),
        ("map(k, 0)", r#"{"Key":0}"#),
    ]);
}

#[test]
fn maptime_has_a_lower_case_key_and_the_event_s_time_unless_given() {
    lab().gives(&[
        ("maptime(k)", r#"{"key":"2026-03-04T05:06:07Z"}"#),
        ("maptime(k, t)", r#"{"key":"2026-03-04T00:00:00Z"}"#),
        ("maptime(missing)", NV),
        ("maptime(k, missing)", NV),
    ]);
}

#[test]
fn match_gathers_keys_by_prefix_and_removes_it_once() {
    lab().gives(&[
        (r#"match("ev_")"#, r#"{"open":3,"close":4,"ev_x":6}"#),
        (r#"match("ev_", "oth")"#, r#"{"open":3,"close":4,"ev_x":6,"er":1}"#),
        (r#"match("nothing_")"#, NV),
        (r#"match("ev_*")"#, NV),
        (r#"match("other")"#, NV),
    ]);
}

#[test]
fn keys_and_values_of_a_map_are_unique() {
    lab().gives(&[
        ("mapkeys(m)", r#"["a","ab","b"]"#),
        ("mapvalues(m)", r#"["1","2"]"#),
        (r#"mapkeys(m, match("ev_"))"#, r#"["a","ab","b","close","ev_x","open"]"#),
        (r#"mapvalues(match("ev_"))"#, r#"["3","4","6"]"#),
        ("mapkeys(missing)", NV),
        ("mapvalues(missing)", NV),
    ]);
}

#[test]
fn mapinvert_swaps_keys_and_values_and_the_last_key_wins() {
    lab().gives(&[
        ("mapinvert(m)", r#"{"1":"ab","2":"b"}"#),
        ("mapinvert(missing)", NV),
        (r#"mapinvert(match("ev_o"))"#, r#"{"3":"pen"}"#),
    ]);
}

#[test]
fn filter_removes_what_matches_a_glob_or_starts_with_a_prefix() {
    lab().gives(&[
        (r#"filter(l, "a")"#, r#"["c","b",""]"#),
        (r#"filter(l, "")"#, r#"["c","a","b","a"]"#),
        (r#"filter(l, "a", "b")"#, r#"["c",""]"#),
        (r#"filter(l, "*")"#, NV),
        (r#"filter(m, "a*")"#, r#"{"b":"2"}"#),
        (r#"filter(m, "a")"#, r#"{"b":"2"}"#),
        (r#"filter(m, "*b")"#, r#"{"a":"1"}"#),
        (r#"filter(m, "%b")"#, r#"{"a":"1"}"#),
        (r#"filter(m, "*")"#, NV),
        (r#"filter("pear", "p*")"#, NV),
        (r#"filter("pear", "q*")"#, r#""pear""#),
        (r#"filter("pear", "pe")"#, NV),
        (r#"filter(missing, "p")"#, NV),
        // The rules of LIKE: one star stops at a slash.
        (r#"filter(split("/a/b,/a", ","), "/*")"#, r#"["/a/b"]"#),
    ]);
}

#[test]
fn filtermatch_keeps_what_filter_removes() {
    lab().gives(&[
        (r#"filtermatch(l, "a")"#, r#"["a","a"]"#),
        (r#"filtermatch(m, "a*")"#, r#"{"a":"1","ab":"1"}"#),
        (r#"filtermatch(m, "z")"#, NV),
        (r#"filtermatch(l, "c", "b")"#, r#"["c","b"]"#),
    ]);
}

#[test]
fn array_functions_count_from_either_end_in_the_list_s_own_order() {
    lab().gives(&[
        (r#"array.index(split("c,a,b", ","), 0)"#, r#""c""#),
        (r#"array.index(split("c,a,b", ","), 2)"#, r#""b""#),
        (r#"array.index(split("c,a,b", ","), -1)"#, r#""b""#),
        (r#"array.index(split("c,a,b", ","), -3)"#, r#""c""#),
        (r#"array.index(split("c,a,b", ","), 3)"#, NV),
        (r#"array.index(split("c,a,b", ","), -4)"#, NV),
        (r#"array.slice(split("c,a,b", ","), 0, 2)"#, r#"["c","a"]"#),
        (r#"array.slice(split("c,a,b", ","), 1)"#, r#"["a","b"]"#),
        (r#"array.slice(split("c,a,b", ","), -2)"#, r#"["a","b"]"#),
        (r#"array.slice(split("c,a,b", ","), 0, -1)"#, r#"["c","a"]"#),
        (r#"array.slice(split("c,a,b", ","), 1, 9)"#, NV),
        (r#"array.slice(split("c,a,b", ","), 5)"#, NV),
        ("array.index(missing, 0)", NV),
    ]);
}

#[test]
fn lists_keep_their_order_until_they_are_stored() {
    lab().gives(&[
        (r#"strip(split("b ,a", ","))"#, r#"["b","a"]"#),
        (r#"filter(split("b,a,x", ","), "x")"#, r#"["b","a"]"#),
    ]);
    columns_give("{}", &[(r#"split("b,a", ",") AS f"#, r#"["a","b"]"#)]);
}
