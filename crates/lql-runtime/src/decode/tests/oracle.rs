//! Decoding against an obvious, slow flattening of the tree that `serde_json` reads.

use super::*;
use proptest::prelude::*;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Every flattened key with its values in order; whether it is multi-valued by an array.
fn flatten(path: &str, value: &Json, out: &mut Vec<(String, Json)>) {
    match value {
        Json::Null => {}
        Json::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, member, out);
            }
        }
        Json::Array(elements) => {
            if elements.iter().any(|element| element.is_object() || element.is_array()) {
                for (index, element) in elements.iter().enumerate() {
                    flatten(&format!("{path}[{index}]"), element, out);
                }
            } else {
                let items: Vec<Json> =
                    elements.iter().filter(|element| !element.is_null()).cloned().collect();
                if !items.is_empty() {
                    out.push((path.to_owned(), Json::Array(items)));
                }
            }
        }
        scalar => out.push((path.to_owned(), scalar.clone())),
    }
}

fn show_json(value: &Json) -> String {
    match value {
        Json::Array(items) => format!("[{}]", items.iter().map(show_json).collect::<Vec<_>>().join(" ")),
        Json::String(text) => format!("{text:?}"),
        Json::Number(number) if number.as_i64().is_none() && number.is_u64() => {
            format!("{:?}", number.to_string())
        }
        Json::Number(number) if number.is_f64() => format!("{:?}", number.as_f64().unwrap()),
        other => other.to_string(),
    }
}

fn join(values: &[Json]) -> String {
    match values {
        [] => "-".into(),
        [one] => show_json(one),
        many => {
            let all = many.iter().flat_map(|value| value.as_array().cloned().unwrap_or(vec![value.clone()]));
            show_json(&Json::Array(all.collect()))
        }
    }
}

fn expected(record: &Json, keys: &[String], captures: &[String]) -> String {
    let mut flat = Vec::new();
    flatten("", record, &mut flat);
    let mut by_key = BTreeMap::<String, Vec<Json>>::new();
    for (key, value) in flat {
        by_key.entry(key).or_default().push(value);
    }
    let keys = keys.iter().map(|key| join(by_key.get(key).map_or(&[], Vec::as_slice)));
    let captures = captures.iter().map(|prefix| {
        let rest = |key: &String| {
            Some(key.strip_prefix(prefix.as_str())?.to_owned()).filter(|rest| !rest.is_empty())
        };
        let entries: Vec<_> = by_key
            .iter()
            .filter_map(|(key, values)| Some(format!("{}:{}", rest(key)?, join(values))))
            .collect();
        if entries.is_empty() { "-".into() } else { format!("{{{}}}", entries.join(" ")) }
    });
    keys.chain(captures).collect::<Vec<_>>().join(" ")
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[ab]", 2 => "[ab][.][ab]", 1 => "[ab]\\[[01]\\]", 1 => "[a-c\"\\\\é\n]{1,3}", 1 => "[a-z_]{4,24}"]
}

fn tree() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        1 => Just(Json::Null),
        1 => any::<bool>().prop_map(Json::from),
        2 => any::<i64>().prop_map(Json::from),
        1 => any::<u64>().prop_map(Json::from),
        1 => (-1e9..1e9).prop_map(Json::from),
        3 => ".{0,20}".prop_map(Json::from),
        1 => "[\"\\\\/\u{0}-\u{1f}é😀x]{0,12}".prop_map(Json::from),
    ];
    scalar.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name(), inner), 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn record() -> impl Strategy<Value = Json> {
    prop::collection::vec((name(), tree()), 0..6)
        .prop_map(|members| Json::Object(members.into_iter().collect()))
}

/// Keys of the record, and keys beside them.
fn wanted(record: &Json, picks: &[prop::sample::Index], other: &[String]) -> Vec<String> {
    let mut flat = Vec::new();
    flatten("", record, &mut flat);
    let mut keys: Vec<String> =
        if flat.is_empty() { vec![] } else { picks.iter().map(|pick| pick.get(&flat).0.clone()).collect() };
    keys.extend(other.iter().cloned());
    keys
}

fn decode(keys: &[String], captures: &[String], text: &[u8]) -> Result<String, DecodeError> {
    let key = |text: &String| Key { text: text.clone(), entry_at: None };
    let program =
        Program { keys: keys.iter().map(key).collect(), captures: captures.to_vec(), ..Program::default() };
    let projection = Projection::new(&program, &[]);
    let arena = Bump::new();
    let mut slots = vec![Value::Missing; projection.slots()];
    Decoder::new(&projection, &Layout::Lines).json(text, &arena, &mut slots)?;
    Ok(show_all(&slots))
}

proptest! {
    #![proptest_config(lql_cases::cases(1500))]

    #[test]
    fn slots_hold_what_flattening_the_tree_gives(
        record in record(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        other in prop::collection::vec("[ab]([.][ab]|\\[[01]\\]){0,3}", 0..4),
        prefixes in prop::collection::vec("([ab]([.][ab]?|\\[0\\]?){0,2})?", 0..3),
        pretty in any::<bool>(),
    ) {
        let keys = wanted(&record, &picks, &other);
        let text = if pretty { serde_json::to_string_pretty(&record) } else { serde_json::to_string(&record) };
        let text = text.unwrap();
        prop_assert_eq!(decode(&keys, &prefixes, text.as_bytes()), Ok(expected(&record, &keys, &prefixes)), "{}", text);
    }

    /// Damaged texts are taken if the strict reader takes them, whatever is projected.
    #[test]
    fn what_is_accepted_does_not_depend_on_the_projection(
        record in record(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"{}[]\",:\\u0-.e1tn d\x01\xff".to_vec()), any::<bool>()), 1..3),
    ) {
        let mut text = serde_json::to_vec(&record).unwrap();
        for (at, byte, insert) in damage {
            let at = at.index(text.len());
            if insert { text.insert(at, byte) } else { text[at] = byte }
        }
        // The strict reader rejects numbers beyond an f64, which we keep as text.
        let strict = serde_json::from_slice::<serde_json::Map<String, Json>>(&text);
        if strict.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")) {
            return Ok(());
        }
        let all = vec!["a".to_owned(), "b".to_owned(), "a.b".to_owned(), "a[0].b".to_owned()];
        for (keys, captures) in [(&[][..], &[][..]), (&all, &[]), (&[], &[String::new()])] {
            let ours = decode(keys, captures, &text);
            prop_assert_eq!(ours.is_ok(), strict.is_ok(), "{:?} {:?} {:?}", String::from_utf8_lossy(&text), ours, strict.as_ref().err());
        }
    }

    /// Neither the records that a decoder has seen nor what stands beside a record in its chunk shows in a result.
    #[test]
    fn what_a_record_gives_depends_on_nothing_but_the_record(
        shapes in prop::collection::vec(record(), 1..4),
        picks in prop::collection::vec((any::<prop::sample::Index>(), prop::option::weighted(0.3, (any::<prop::sample::Index>(), prop::sample::select(b"{}[]\",:\\u0-.e1tn d\x01\xff".to_vec()), any::<bool>()))), 1..12),
        captures in prop::collection::vec("[ab]?", 0..2),
        spaced in any::<bool>(),
    ) {
        let keys = ["a", "b", "a.b", "b.a", "a[0].b", "a.a.a"].map(str::to_owned);
        let mut lines = Vec::new();
        for (shape, damage) in picks {
            let mut text = serde_json::to_vec(shape.get(&shapes)).unwrap();
            if spaced {
                text = String::from_utf8(text).unwrap().replace("\":", "\" : ").replace(",\"", " , \"").into_bytes();
            }
            if let Some((at, byte, insert)) = damage {
                let at = at.index(text.len());
                if insert { text.insert(at, byte) } else { text[at] = byte }
            }
            if !text.trim_ascii().is_empty() {
                lines.push(text);
            }
        }
        let key = |text: &String| Key { text: text.clone(), entry_at: None };
        let program = Program { keys: keys.iter().map(key).collect(), captures: captures.clone(), ..Program::default() };
        let projection = Projection::new(&program, &[]);
        let input = lines.join(&b'\n');
        let options = Options { format: Some(Format::Ndjson), ..Options::default() };
        let mut chunker = Chunker::open(&input[..], options).unwrap();
        let mut decoder = Decoder::new(&projection, &Layout::Lines);
        let mut together = Vec::new();
        while let Some(chunk) = chunker.next_chunk().unwrap() {
            for record in chunk.records() {
                let arena = Bump::new();
                let mut slots = vec![Value::Null; projection.slots()];
                let decoded = decoder.decode(&record.unwrap(), &arena, &mut slots);
                together.push(decoded.map(|()| show_all(&slots)));
            }
        }
        let alone: Vec<_> = lines.iter().map(|line| decode(&keys, &captures, line)).collect();
        prop_assert_eq!(together, alone, "{}", String::from_utf8_lossy(&input));
    }
}
