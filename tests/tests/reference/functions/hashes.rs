//! Reference 9.5: hashes and encodings.

use lql_tests::{Lab, NV};

#[test]
fn the_vectors_of_the_table() {
    Lab::lql().gives(&[
        (r#"hash.sip("ana@example.org")"#, "-6570817484087043616"),
        (r#"hash("ana@example.org")"#, "-6570817484087043616"),
        (r#"hash.md5("ana@example.org")"#, r#""ee63465620787644e046e9465740f293""#),
        (r#"hash.sha1("ana@example.org")"#, r#""754b8d658cda743bf57cae986f071aa7aded7cd1""#),
        (
            r#"hash.sha256("ana@example.org")"#,
            r#""86b9260a115ceac89a9738af23696ce3a5d70449de8d95ef28bd754bb80196b9""#,
        ),
        (r#"encoding.b64encode("tulip & rose")"#, r#""dHVsaXAgJiByb3Nl""#),
        (r#"encoding.b64decode("dHVsaXAgJiByb3Nl")"#, r#""tulip & rose""#),
    ]);
}

#[test]
fn sha512_is_lower_case_hexadecimal() {
    // The published test vector of the algorithm for "abc".
    let expected = "\"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f\"";
    Lab::lql().gives(&[(r#"hash.sha512("abc")"#, expected)]);
}

#[test]
fn nothing_has_no_hash_and_numbers_hash_as_text_except_by_sip() {
    Lab::lql().event(r#"{"empty": "", "n": 12}"#).gives(&[
        ("hash.sip(empty)", NV),
        ("hash.sip(missing)", NV),
        ("hash.sip(n)", NV),
        ("hash.md5(empty)", NV),
        ("hash.sha1(missing)", NV),
        ("hash.sha256(empty)", NV),
        ("hash.sha512(missing)", NV),
        ("hash.md5(n)", r#""c20ad4d76fe97759aa27a0c99bff6710""#),
        (r#"hash.md5("12")"#, r#""c20ad4d76fe97759aa27a0c99bff6710""#),
    ]);
}

#[test]
fn hashes_neither_trim_nor_lower_case() {
    Lab::lql().event(r#"{"mail": " Ana <ANA@example.org>"}"#).gives(&[
        (r#"hash.md5("A") == hash.md5("a")"#, "false"),
        (r#"hash.md5(" a") == hash.md5("a")"#, "false"),
        ("hash.sha256(email(mail))", r#""86b9260a115ceac89a9738af23696ce3a5d70449de8d95ef28bd754bb80196b9""#),
    ]);
}

#[test]
fn base64_is_standard_with_padding() {
    Lab::lql().gives(&[
        (r#"encoding.b64encode("a")"#, r#""YQ==""#),
        (r#"encoding.b64encode("??>")"#, r#""Pz8+""#),
        (r#"encoding.b64decode("YQ==")"#, r#""a""#),
        (r#"encoding.b64decode("***")"#, NV),
        (r#"encoding.b64decode("Pz8-")"#, NV),
        ("encoding.b64encode(missing)", NV),
    ]);
}
