//! Functions of the groups that read foreign texts never panic.

use super::{Call, Env, find};
use crate::{Time, Value};
use proptest::prelude::*;

const READERS: &[&str] = &[
    "email",
    "emailname",
    "emaildomain",
    "domain",
    "host",
    "path",
    "url",
    "urlmain",
    "urlminusqs",
    "qs",
    "qs2",
    "urldecode",
    "useragent.map",
    "phone.e164",
    "ipfilter",
    "seconds",
    "todate",
    "totimeset",
    "unixtrunc",
];

fn read_all(text: &str) {
    let arena = bumpalo::Bump::new();
    let env = Env { arena: &arena, event_time: Time::default(), clock: Time::default() };
    let text = Value::Text(arena.alloc_str(text));
    for name in READERS {
        let function = find(name).unwrap();
        for args in [&[text][..], &[text, text]] {
            let _ = function.call(&Call { args, prepared: None, view: &Value::Missing, env: &env });
        }
    }
}

proptest! {
    #![proptest_config(lql_cases::cases(256))]

    #[test]
    fn no_text_panics(text in "\\PC{0,80}") {
        read_all(&text);
    }

    #[test]
    fn no_text_made_of_marks_panics(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "http", "://", "//", "/", "?", "#", "@", ":", "[", "]", "a", "B.org", "%", "41", "é", "&", "=", "+", "<", ">",
                "(", ")", "\"", "\\", " ", ";", "Mozilla/5.0", "Windows", "bot", "+1", "415", "555", "2671", "ext", ".", ",",
            ]),
            0..16,
        )
    ) {
        read_all(&pieces.concat());
    }
}
