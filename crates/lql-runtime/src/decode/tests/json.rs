use super::*;

fn decode(keys: &[&str], captures: &[&str], record: impl AsRef<[u8]>) -> Result<String, DecodeError> {
    let projection = projection(keys, captures);
    let arena = Bump::new();
    let mut slots = vec![Value::Null; projection.slots()];
    Decoder::new(&projection, &Layout::Lines).json(record.as_ref(), &arena, &mut slots)?;
    Ok(show_all(&slots))
}

fn json(keys: &[&str], record: &str, want: &str) {
    assert_eq!(decode(keys, &[], record).as_deref(), Ok(want), "{record}");
}

fn gathered(captures: &[&str], record: &str, want: &str) {
    assert_eq!(decode(&[], captures, record).as_deref(), Ok(want), "{record}");
}

/// The same with the damaged part projected and skipped.
fn damaged(record: impl AsRef<[u8]>, at: usize, fault: &Fault) {
    for keys in [&["a"][..], &["other"], &["a.b", "a[0].b"]] {
        let want = Err(DecodeError { at, fault: fault.clone() });
        assert_eq!(decode(keys, &[], &record), want, "{}", String::from_utf8_lossy(record.as_ref()));
    }
}

#[test]
fn scalars_keep_their_type() {
    json(&["a"], r#"{"a":1}"#, "1");
    json(&["a"], r#"{"a":1.0}"#, "1.0");
    json(&["a"], r#"{"a":-12.5e1}"#, "-125.0");
    json(&["a"], r#"{"a":true}"#, "true");
    json(&["a"], r#"{"a":"x"}"#, r#""x""#);
    json(&["a"], r#"{"a":""}"#, r#""""#);
    json(&["a"], r#"{"a":null}"#, "-");
    json(&["a"], r"{}", "-");
    json(&["a"], r#" { "a" : 1 , "b" : 2 } "#, "1");
}

#[test]
fn numbers_that_do_not_fit_keep_their_digits_as_text() {
    json(&["a"], r#"{"a":9223372036854775807}"#, "9223372036854775807");
    json(&["a"], r#"{"a":-9223372036854775808}"#, "-9223372036854775808");
    json(&["a"], r#"{"a":9223372036854775808}"#, r#""9223372036854775808""#);
    json(&["a"], r#"{"a":123456789012345678901234567890}"#, r#""123456789012345678901234567890""#);
    json(&["a"], r#"{"a":1e999}"#, r#""1e999""#);
}

#[test]
fn nesting_flattens_with_dots() {
    json(&["a.b"], r#"{"a":{"b":1}}"#, "1");
    json(&["a.b"], r#"{"a.b":1}"#, "1");
    json(&["a.b.c"], r#"{"a.b":{"c":1}}"#, "1");
    json(&["a.b.c"], r#"{"a":{"b.c":1}}"#, "1");
    json(&["a.b", "a"], r#"{"a":{"c":2}}"#, "- -");
    json(&["a", "a.b"], r#"{"a":3,"x":{"a":{"b":4}}}"#, "3 -");
    json(&[".b"], r#"{"":{"b":1}}"#, "1");
}

#[test]
fn arrays_of_scalars_are_lists() {
    json(&["a"], r#"{"a":[1,"x",null,2.5,true]}"#, r#"[1 "x" 2.5 true]"#);
    json(&["a"], r#"{"a":[1]}"#, "[1]");
    json(&["a"], r#"{"a":[]}"#, "-");
    json(&["a"], r#"{"a":[null]}"#, "-");
    json(&["a[0]"], r#"{"a":[1,2]}"#, "-");
}

#[test]
fn arrays_with_containers_flatten_with_indexes() {
    json(&["items[1].sku", "items"], r#"{"items":[{"sku":"a"},{"sku":"b"}]}"#, r#""b" -"#);
    json(&["a[0]", "a[2].b"], r#"{"a":[7,null,{"b":8}]}"#, "7 8");
    json(
        &["nested.a[0].b.c[0][0].d", "nested.a[0].b.c[1][0]"],
        r#"{"nested":{"a":[{"b":{"c":[[{"d":1}],[2]]}}]}}"#,
        "1 -",
    );
    json(&["a[0]", "a[1]"], r#"{"a":[[1,2],[3]]}"#, "[1 2] [3]");
    json(&["a[0].b"], r#"{"a[0]":{"b":1}}"#, "1");
    json(&["a[01]"], r#"{"a":[1,{}],"a[01]":2}"#, "2");
}

#[test]
fn repeated_keys_append() {
    json(&["a"], r#"{"a":1,"a":[2,3],"a":null,"a":"x"}"#, r#"[1 2 3 "x"]"#);
    json(&["a.b", "c"], r#"{"a":{"b":1},"c":0,"a.b":2}"#, "[1 2] 0");
}

#[test]
fn many_repeated_keys_cost_no_more_than_their_values() {
    let members = vec![r#""a":1"#; 200_000].join(",");
    assert!(decode(&["a"], &["a"], format!("{{{members}}}")).unwrap().len() > 400_000);
}

#[test]
fn a_key_may_be_projected_twice() {
    json(&["a", "a"], r#"{"a":1}"#, "1 1");
}

#[test]
fn escapes_are_replaced_in_values_and_names() {
    json(
        &["a"],
        r#"{"\u0061":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00!"}"#,
        &format!("{:?}", "\"\\/\u{8}\u{c}\n\r\té😀!"),
    );
}

#[test]
fn captures_gather_by_flattened_prefix() {
    gathered(&["attr_"], r#"{"attr_a":1,"attr_":2,"b":3,"attr_b":"x"}"#, r#"{a:1 b:"x"}"#);
    gathered(&["user."], r#"{"user":{"b":1,"a":{"c":2}},"userx":3}"#, "{a.c:2 b:1}");
    gathered(&["user.at"], r#"{"user":{"attr":{"b":1},"x":{"attr":1},"at":4}}"#, "{tr.b:1}");
    gathered(&["a"], r#"{"ab":[1,2],"a":[{"x":1},[5]]}"#, "{[0].x:1 [1]:[5] b:[1 2]}");
    gathered(&["a", "ab", "z"], r#"{"abc":1,"abc":2}"#, "{bc:[1 2]} {c:[1 2]} -");
}

#[test]
fn damage_is_found_wherever_it_stands() {
    damaged(r#"{"a":"\x"}"#, 6, &Fault::BadEscape);
    damaged(r#"{"a":"\u12"}"#, 6, &Fault::BadEscape);
    damaged(r#"{"a":"\u12"", "b":1}"#, 6, &Fault::BadEscape);
    damaged(r#"{"a":"\ud83d"}"#, 6, &Fault::LoneSurrogate);
    damaged(r#"{"a":"\ud83d\u0041"}"#, 6, &Fault::LoneSurrogate);
    damaged("{\"a\":\"x\ny\"}", 7, &Fault::ControlCharacter(b'\n'));
    damaged(r#"{"a":01}"#, 7, &Fault::BadNumber);
    damaged(r#"{"a":1.}"#, 7, &Fault::BadNumber);
    damaged(r#"{"a":1e}"#, 7, &Fault::BadNumber);
    damaged(r#"{"a":-}"#, 6, &Fault::BadNumber);
    damaged(r#"{"a":1}x"#, 7, &Fault::TrailingBytes);
    damaged(r#"{"a":1}{}"#, 7, &Fault::TrailingBytes);
    damaged(r#"{"a":1,}"#, 7, &Fault::Expected("a member name in double quotes"));
    damaged(r#"{"a" 1}"#, 5, &Fault::Expected("`:` after the member name"));
    damaged(r#"{"a":1 "b":2}"#, 7, &Fault::Expected("`,` or `}` after a member"));
    damaged(r#"{"a":[1 2]}"#, 8, &Fault::Expected("`,` or `]` after an element"));
    damaged(r#"{"a":[1}"#, 7, &Fault::Expected("`,` or `]` after an element"));
    for value in ["nul", "truE", "NaN", "", "[1,]", "'x'", "+1", ".5"] {
        assert!(decode(&["a"], &[], format!(r#"{{"a":{value}}}"#)).is_err(), "{value}");
        assert!(decode(&["b"], &[], format!(r#"{{"a":{value}}}"#)).is_err(), "{value}");
    }
}

#[test]
fn every_cut_of_a_record_is_rejected() {
    let record = r#"{"a":{"b":[1,-2.5e3,"x\n\u00e9\ud83d\ude00",true,null,{}]},"c":[{"d":[[]]}]}"#;
    for keys in [&["a.b"][..], &["c[0].d"], &["z"]] {
        assert!(decode(keys, &[], record).is_ok());
        for len in 0..record.len() {
            let error = decode(keys, &[], &record[..len]).unwrap_err();
            assert!(
                error.fault == Fault::EndsEarly
                    || matches!(error.fault, Fault::BadEscape | Fault::LoneSurrogate),
                "{len} {error}"
            );
        }
    }
}

/// A decoder that has seen members with and without commas before them must not take one for the other.
#[test]
fn a_foretold_member_is_checked_as_strictly_as_any() {
    let projection = projection(&["a", "b"], &[]);
    let mut decoder = Decoder::new(&projection, &Layout::Lines);
    let mut decode = |record: &str| {
        let arena = Bump::new();
        let record = format!("{record}{}", " ".repeat(64));
        let mut slots = vec![Value::Missing; 2];
        let record = arena.alloc_str(&record).as_bytes();
        decoder.json(record, &arena, &mut slots).map(|()| show_all(&slots)).map_err(|error| error.at)
    };
    for _ in 0..3 {
        assert_eq!(decode(r#"{"a":1,"b":2}"#), Ok("1 2".into()));
        assert_eq!(decode(r#"{"b":1,"a":2}"#), Ok("2 1".into()));
        assert_eq!(decode(r#"{ "a" : 1 , "b" : 2 }"#), Ok("1 2".into()));
        assert_eq!(decode(r#"{"c":1,"b":"2","a":{"b":3}}"#), Ok(r#"- "2""#.into()));
        assert_eq!(decode(r#"{,"a":1}"#), Err(1));
        assert_eq!(decode(r#"{"a":1"b":2}"#), Err(6));
        assert_eq!(decode(r#"{"a":1 "b" : 2}"#), Err(7));
        assert_eq!(decode(r#"{"a":1,"b" 2}"#), Err(11));
        assert_eq!(decode(r#"{"a":1,"b":}"#), Err(11));
        assert_eq!(decode(r#"{"a":1,}"#), Err(7));
    }
}

#[test]
fn texts_of_every_length_end_where_they_end() {
    for len in 0..200 {
        let text = "x".repeat(len);
        for tail in ["", "é", r"\n", r#"\""#] {
            let want =
                format!("{:?} 1", format!("{text}{}", tail.replace("\\n", "\n").replace("\\\"", "\"")));
            json(&["a", "b"], &format!(r#"{{"a":"{text}{tail}","b":1}}"#), &want);
            json(&["b"], &format!(r#"{{"a":["{text}{tail}",{{"{text}":2}}],"b":1}}"#), "1");
        }
        damaged(format!("{{\"a\":\"{text}\x1f\"}}"), 6 + len, &Fault::ControlCharacter(0x1f));
        damaged(format!("{{\"a\":\"{text}"), 6 + len, &Fault::EndsEarly);
    }
}

#[test]
fn only_an_object_is_a_record() {
    for text in ["[]", "1", "null", "\"a\""] {
        assert_eq!(decode(&["a"], &[], text).unwrap_err().fault, Fault::NotAnObject, "{text}");
    }
    assert_eq!(decode(&["a"], &[], " ").unwrap_err().fault, Fault::EndsEarly);
}

#[test]
fn invalid_utf8_is_rejected_at_its_place() {
    damaged(b"{\"a\":\"x\xff\"}", 7, &Fault::NotUtf8);
    damaged(b"{\"a\":\"\xed\xa0\x80\"}", 6, &Fault::NotUtf8);
}

#[test]
fn deep_nesting_is_rejected_and_128_levels_are_taken() {
    let nested = |levels: usize, open: &str, close: &str| {
        format!(r#"{{"a":{}1{}}}"#, open.repeat(levels), close.repeat(levels))
    };
    for (open, close) in [("[", "]"), (r#"{"b":"#, "}"), (r#"[{"b":"#, "}]")] {
        let levels = open.matches(['[', '{']).count();
        for (keys, captures) in [(&["a"][..], &[][..]), (&["x"], &[]), (&["a.b", "a[0].b"], &["a"])] {
            for total in [127 / levels, 5_000] {
                let decoded = decode(keys, captures, nested(total, open, close));
                match decoded {
                    Ok(_) => assert!(total * levels < MAX_DEPTH),
                    Err(error) => {
                        assert!(total == 5_000);
                        assert_eq!(error.fault, Fault::TooDeep);
                    }
                }
            }
        }
    }
    damaged(nested(128, "[", "]"), 132, &Fault::TooDeep);
}

#[test]
fn a_value_of_ten_megabytes_is_taken() {
    let long = "x".repeat(10 << 20);
    assert_eq!(decode(&["a"], &[], format!(r#"{{"a":"{long}"}}"#)).unwrap().len(), long.len() + 2);
    assert_eq!(decode(&["a"], &[], format!(r#"{{"a":"{long}\/"}}"#)).unwrap().len(), long.len() + 3);
    assert_eq!(decode(&["b"], &[], format!(r#"{{"a":"{long}\/"}}"#)).unwrap(), "-");
}

fn flat(keys: &[&str], captures: &[&str], record: &str, want: &str) {
    let projection = projection(keys, captures);
    let arena = Bump::new();
    let value: serde_json::Value = serde_json::from_str(record).unwrap();
    let mut slots = vec![Value::Null; projection.slots()];
    projection.fill_from_json_value(&value, &arena, &mut slots).unwrap();
    assert_eq!(show_all(&slots), want, "{record}");
}

#[test]
fn flat_fill_does_not_flatten() {
    flat(
        &["a", "b", "c"],
        &[],
        r#"{"a":{"y":1,"x":[2,null]},"b":[],"c":[{"z":null},1]}"#,
        "{x:[2] y:1} - [1]",
    );
    flat(&["a.b", "a.c.d"], &[], r#"{"a":{"b":1,"c.d":2}}"#, "1 2");
    flat(&["a.b"], &[], r#"{"a":{"b":1},"a.b":2}"#, "2");
    flat(&["a", "b"], &[], r#"{"a":18446744073709551615,"b":1.5}"#, r#""18446744073709551615" 1.5"#);
    flat(&[], &["x_"], r#"{"x_b":1,"x_":2,"x_a":{"k":1}}"#, "{a:{k:1} b:1}");
}
