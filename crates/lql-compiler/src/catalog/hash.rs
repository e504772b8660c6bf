//! Hashes and encodings (reference 9.5). None of them trims or changes letter case: that is the query's to do.

use super::{Call, Example, Function, Group, Param, ParamKind, ResultKind};
use crate::{Kind, Value};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use siphasher::sip::SipHasher24;
use std::hash::Hasher;

const HASH: Function = Function { group: Group::Hash, ..Function::PLAIN };

const TEXT: &[Param] = &[Param::required("x", ParamKind::Text, "the text")];

const NORMALISE: &str =
    "Text is hashed as it stands; to hash an e-mail address, write `hash.sha256(email(x))`.";

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "hash.sip",
        aliases: &["hash"],
        summary: "The SipHash-2-4 of a text as a signed integer.",
        details: "The key is k0 = 0, k1 = 1. The empty text, and anything but text, gives no value.",
        params: TEXT,
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example::gives(r#"hash.sip("ana@example.org")"#, "", "-6570817484087043616"),
            Example::gives("hash(mail)", r#"{"mail": "ana@example.org"}"#, "-6570817484087043616"),
            Example::none("hash.sip(mail)", ""),
        ],
        eval: sip,
        ..HASH
    },
    Function {
        name: "hash.md5",
        summary: "The MD5 of a text in lower-case hexadecimal.",
        details: NORMALISE,
        params: TEXT,
        examples: &[
            Example::gives(r#"hash.md5("ana@example.org")"#, "", r#""ee63465620787644e046e9465740f293""#),
            Example::none("hash.md5(mail)", ""),
        ],
        eval_text: Some(digest::<Md5>),
        ..HASH
    },
    Function {
        name: "hash.sha1",
        summary: "The SHA-1 of a text in lower-case hexadecimal.",
        details: NORMALISE,
        params: TEXT,
        examples: &[
            Example::gives(
                r#"hash.sha1("ana@example.org")"#,
                "",
                r#""754b8d658cda743bf57cae986f071aa7aded7cd1""#,
            ),
            Example::none("hash.sha1(mail)", ""),
        ],
        eval_text: Some(digest::<Sha1>),
        ..HASH
    },
    Function {
        name: "hash.sha256",
        summary: "The SHA-256 of a text in lower-case hexadecimal.",
        details: NORMALISE,
        params: TEXT,
        examples: &[
            Example::gives(
                r#"hash.sha256("ana@example.org")"#,
                "",
                r#""86b9260a115ceac89a9738af23696ce3a5d70449de8d95ef28bd754bb80196b9""#,
            ),
            Example::none("hash.sha256(mail)", r#"{"mail": ""}"#),
        ],
        eval_text: Some(digest::<Sha256>),
        ..HASH
    },
    Function {
        name: "hash.sha512",
        summary: "The SHA-512 of a text in lower-case hexadecimal.",
        details: NORMALISE,
        params: TEXT,
        examples: &[
            Example::gives(r#"len(hash.sha512("ana@example.org"))"#, "", "128"),
            Example::none("hash.sha512(mail)", ""),
        ],
        eval_text: Some(digest::<Sha512>),
        ..HASH
    },
    Function {
        name: "encoding.b64encode",
        summary: "Encodes a text in Base64.",
        details: "The standard alphabet, with padding.",
        params: TEXT,
        examples: &[
            Example::gives(r#"encoding.b64encode("tulip & rose")"#, "", r#""dHVsaXAgJiByb3Nl""#),
            Example::none("encoding.b64encode(x)", ""),
        ],
        eval: encode,
        ..HASH
    },
    Function {
        name: "encoding.b64decode",
        summary: "Decodes Base64 into text.",
        details: "The standard alphabet, with padding. Bad input, and bytes that are no UTF-8, give no value.",
        params: &[Param::required("x", ParamKind::Text, "the encoded text")],
        examples: &[
            Example::gives(r#"encoding.b64decode("dHVsaXAgJiByb3Nl")"#, "", r#""tulip & rose""#),
            Example::none(r#"encoding.b64decode("tulip!")"#, ""),
        ],
        eval: decode,
        ..HASH
    },
];

/// The text of the only argument, unless it is empty.
fn some_text<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    call.text(0).filter(|text| !text.is_empty())
}

fn sip<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let Value::Text(text) = call.scalar(0) else { return Value::Missing };
    if text.is_empty() {
        return Value::Missing;
    }
    let mut hasher = SipHasher24::new_with_keys(0, 1);
    hasher.write(text.as_bytes());
    Value::Int(hasher.finish().cast_signed())
}

/// Room for the digits of any digest. From such a place on, UTF-8 is checked by words rather than bytes.
#[repr(align(16))]
struct Hex([u8; 128]);

fn digest<'a, D: Digest>(call: &Call<'_, 'a>) -> Option<&'a str> {
    let text = some_text(call)?;
    let digest = D::digest(text);
    // By hand: `write!` takes five times as long as the digest of a short text.
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let hex = call.env.arena.alloc(Hex([0; 128])).0.get_mut(..2 * digest.len())?;
    for (to, byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(&digest) {
        *to = [digit(byte >> 4), digit(byte & 15)];
    }
    std::str::from_utf8(hex).ok()
}

fn encode<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    some_text(call).map(|text| call.env.keep(&BASE64_STANDARD.encode(text))).into()
}

fn decode<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let bytes = some_text(call).and_then(|text| BASE64_STANDARD.decode(text).ok());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| call.env.keep(&text)).into()
}
