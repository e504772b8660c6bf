//! Expressions: one line per point of the grammar, good ones as trees, bad ones as findings.

use crate::ast::Dialect;
use crate::testing::read;

#[track_caller]
fn lql(text: &str, expect: &str) {
    assert_eq!(read(text, Dialect::Lql), expect, "{text}");
}

#[track_caller]
fn filterql(text: &str, expect: &str) {
    assert_eq!(read(text, Dialect::FilterQl), expect, "{text}");
}

/// The text is refused, with these codes.
#[track_caller]
fn refused(text: &str, codes: &str) {
    refused_in(Dialect::Lql, text, codes);
}

#[track_caller]
fn refused_in(dialect: Dialect, text: &str, codes: &str) {
    let (expr, diagnostics) = crate::parse_expression(text, dialect);
    assert!(matches!(expr.kind, crate::ast::ExprKind::Broken), "{text}");
    let found: Vec<String> = diagnostics.iter().map(|it| it.code.0.to_string()).collect();
    assert_eq!(found.join(" "), codes, "{text}: {diagnostics:#?}");
}

#[test]
fn names_hold_dots_dashes_and_slashes() {
    lql("total-tax", "total-tax");
    lql("total - tax", "(- total tax)");
    lql("a/b", "a/b");
    lql("a / b", "(/ a b)");
    lql("_uid", "_uid");
    lql(".5", ".5");
    lql("@@session", "@@session");
    lql("straße", "straße");
}

#[test]
fn comments_begin_inside_of_expressions() {
    lql("a --b", "a");
    lql("a//b", "a");
    lql("a # b", "a");
    lql("a /* + b */ + c", "(+ a c)");
    lql("\"http://x -- y # z /* w */\"", "\"http://x -- y # z /* w */\"");
}

#[test]
fn a_dotted_name_splits_at_its_first_dot() {
    lql("cart.total", "cart:total");
    lql("hits.example.org", "hits:example.org");
    lql("`cart.total`", "cart.total");
    lql("cart.`grand total`", "cart:grand total");
    lql("`cart`.`grand total`", "cart:grand total");
    lql("flags.`has.dot`", "flags:has.dot");
    lql("`a.b`.c", "a.b:c");
    lql("[any text]", "any text");
    lql("a.", "a.");
}

#[test]
fn strings_resolve_quotes_only() {
    lql(r#""say ""hi""""#, r#""say \"hi\"""#);
    lql(r#""say \"hi\"""#, r#""say \"hi\"""#);
    lql(r#""a\nb""#, r#""a\\nb""#);
    lql("'it''s'", "\"it's\"");
    lql("''", "\"\"");
}

#[test]
fn numbers_are_literals_with_their_sign() {
    lql("-5", "-5");
    lql("0", "0");
    lql("0x1A", "26");
    lql("-9223372036854775808", "-9223372036854775808");
    lql("1.5", "1.5");
    lql("5.0", "5.0");
    lql("6.02e23", "6.02e23");
    lql("-3e-3", "-0.003");
    refused("9223372036854775808", "7");
    refused("-9223372036854775809", "7");
    refused("007", "5");
    refused("00.5", "5");
    refused("1.5.2", "6");
    refused("5.", "6");
    refused("6E2", "6");
    refused("1e999", "6");
    refused("0x1a", "6");
    refused("14d", "8");
    refused("3f9a == 1", "9");
}

#[test]
fn minus_is_subtraction_after_a_value_and_a_sign_before_one() {
    lql("10 -4", "(- 10 4)");
    lql("10 - 4", "(- 10 4)");
    lql("10-4", "(- 10 4)");
    lql("0-7", "(- 0 7)");
    lql("x -1", "(- x 1)");
    lql("x - -1", "(- x -1)");
    lql("-x + 2", "(+ (neg x) 2)");
    lql("-(x)", "(neg x)");
    lql("- 5", "(neg 5)");
    lql("AND (x -1)", "(- x 1)");
    lql("[1, -2]", "([] 1 -2)");
}

#[test]
fn constants_are_words_without_quotes() {
    lql("TRUE == false", "(== true false)");
    lql("`true`", "true");
    lql("null == x", "(== null x)");
}

#[test]
fn operators_of_one_level_group_to_the_left() {
    lql("10 - 4 - 3", "(- (- 10 4) 3)");
    lql("a == b == c", "(== (== a b) c)");
    lql("a OR b OR c", "(or (or a b) c)");
    lql("a / b * c % d", "(% (* (/ a b) c) d)");
}

#[test]
fn levels_from_weak_to_strong() {
    lql("a OR b AND c", "(or a (and b c))");
    lql("a AND b == c", "(and a (== b c))");
    lql("a == b + c", "(== a (+ b c))");
    lql("a + b * c", "(+ a (* b c))");
    lql("(a + b) * c", "(* (+ a b) c)");
    lql("a && b || c", "(or (and a b) c)");
    lql("a <> b = c", "(== (!= a b) c)");
}

#[test]
fn not_takes_a_whole_comparison() {
    lql("NOT a == b", "(not (== a b))");
    lql("!a == b", "(not (== a b))");
    lql("NOT a == b AND c", "(and (not (== a b)) c)");
    lql("a == NOT b == c", "(== a (not (== b c)))");
    lql("NOT NOT a", "(not (not a))");
    lql("NOT x IN (1)", "(not (in x (set 1)))");
}

#[test]
fn a_negated_operator_negates_the_whole() {
    lql("x NOT IN (1)", "(not (in x (set 1)))");
    lql("x NOT LIKE \"a*\"", "(not (like x \"a*\"))");
    lql("x NOT CONTAINS \"a\"", "(not (contains x \"a\"))");
    lql("x NOT INTERSECTS (\"a\")", "(not (intersects x (set \"a\")))");
    lql("x NOT BETWEEN 1 AND 5", "(not (between x 1 5))");
}

#[test]
fn between_owns_its_and() {
    lql("x BETWEEN 1 AND 5 AND y", "(and (between x 1 5) y)");
    lql("x BETWEEN (1 AND 2) AND 5", "(between x (and 1 2) 5)");
    lql("AND (x BETWEEN 1 AND (2), y)", "(AND (between x 1 2) y)");
    lql(
        "AND (x BETWEEN 1 AND 2 AND (y), z)\n",
        "(AND (between x 1 2) y z)\nLQL0070 at 22..23 ` `: two items of a list are separated by nothing but spaces",
    );
    refused("x BETWEEN 1", "69");
    refused("x BETWEEN 1, 5", "67");
    refused("f(x BETWEEN 1)", "69");
}

#[test]
fn presence() {
    lql("x IS NULL", "(not (exists x))");
    lql("x IS NOT NULL", "(exists x)");
    lql("a + b IS NULL", "(not (exists (+ a b)))");
    lql("EXISTS x", "(exists x)");
    lql("EXISTS (x)", "(exists x)");
    lql("! EXISTS x", "(not (exists x))");
    lql("NOT EXISTS m.k", "(not (exists m:k))");
    lql("EXISTS x == true", "(== (exists x) true)");
    refused("x IS 5", "61");
    refused("x IS NOT 5", "61");
    refused("EXISTS", "51");
}

#[test]
fn words_directly_before_a_bracket_are_functions() {
    lql("not(x)", "(not() x)");
    lql("NOT (x)", "(not x)");
    lql("exists(x)", "(exists() x)");
    lql("!exists(x)", "(not (exists() x))");
    lql("contains(a, b)", "(contains() a b)");
    lql("a CONTAINS \"b\"", "(contains a \"b\")");
    lql("date(user)", "(date() user)");
    lql("filter(x, \"a*\")", "(filter() x \"a*\")");
    lql("now()", "(now())");
    lql("count(*)", "(count() *)");
    lql("hash.md5(x)", "(hash.md5() x)");
    refused("contains (a, b)", "58");
    refused("email (x)", "58");
}

#[test]
fn arguments_have_one_comma_between_them() {
    lql("f(a, g(b), 1 + 2)", "(f() a (g() b) (+ 1 2))");
    refused("f(a,,b)", "57");
    refused("f(,a)", "57");
    refused("f(a,)", "57");
    refused("f(a b)", "50");
    refused("f(*, a)", "50");
}

#[test]
fn casts_and_conditional_values() {
    lql("cast(x AS int)", "(cast x int)");
    lql("CAST(a + b AS map[string]int)", "(cast (+ a b) map[string]int)");
    lql("cast(x, \"int\")", "(cast() x \"int\")");
    lql("\"vip\" IF spend > 9 ELSE \"std\"", "(if (> spend 9) \"vip\" \"std\")");
    lql("a IF b ELSE c IF d ELSE e", "(if b a (if d c e))");
    lql("f(a IF b ELSE c)", "(f() (if b a c))");
    lql("ifcase(\"a\" IF x, \"b\" IF y > 1, \"c\")", "(ifcase() (arm \"a\" x) (arm \"b\" (> y 1)) \"c\")");
    refused("f(x IF y)", "64");
    refused("f(x AS int)", "65");
    refused("cast(x AS)", "120");
    refused("(a IF b)", "71");
    refused("a IF b", "71");
}

#[test]
fn sets_stand_right_of_their_operators() {
    lql("x IN (\"a\", 5,)", "(in x (set \"a\" 5))");
    lql("x IN ()", "(in x (set))");
    lql("x IN [\"a\"]", "(in x ([] \"a\"))");
    lql("x IN []", "(in x ([]))");
    lql("x IN y", "(in x y)");
    lql("x IN f(y)", "(in x (f() y))");
    lql("x IN \"one\"", "(in x \"one\")");
    lql("x IN (y, z + 1)", "(in x (set y (+ z 1)))");
    lql("x INTERSECTS (\"a\")", "(intersects x (set \"a\"))");
    lql("x CONTAINS (\"a\", \"b\")", "(contains x (set \"a\" \"b\"))");
    lql("x CONTAINS y + 1", "(contains x (+ y 1))");
    lql("x LIKE [\"a\", \"b\"]", "(like x ([] \"a\" \"b\"))");
    lql("x LIKE (\"a\")", "(like x \"a\")");
    refused("x IN 5", "59");
    refused("x IN NULL", "59");
    refused("x LIKE (\"a\", \"b\")", "60");
    refused("[a, b]", "63");
    refused("x IN (1,,2)", "57");
}

#[test]
fn prefix_lists() {
    lql("AND (a, b)", "(AND a b)");
    lql("or(a, b,)", "(OR a b)");
    lql("AND ()", "(AND)");
    lql("OR ()", "(OR)");
    lql("AND (a == 1)", "(== a 1)");
    lql("NOT AND (a, OR (b, c))", "(not (AND a (OR b c)))");
    lql("AND (a > 1 AND b < 2)", "(and (> a 1) (< b 2))");
    lql("AND (a, b) AND (c)", "(and (AND a b) c)");
    lql("OR (a, b) OR OR (c, d)", "(or (OR a b) (OR c d))");
    lql("AND (a, -- first\n b /* second */)", "(AND a b)");
    refused("(a, b)", "62");
    refused("AND (a,,b)", "57");
    refused("AND (,a)", "57");
    refused("()", "68");
    refused("a, b", "67");
}

#[test]
fn after_an_item_or_is_infix_and_and_begins_the_next_item() {
    lql("AND (a == 1 OR (b == 2))", "(or (== a 1) (== b 2))");
    refused("AND (EXISTS a OR ( b, c ))", "62");
    lql(
        "OR ( x == 1 AND ( y == 2, z ) )",
        "(OR (== x 1) (AND (== y 2) z))\nLQL0070 at 11..12 ` `: two items of a list are separated by nothing but spaces",
    );
    lql("OR ((x AND (y)))", "(and x y)");
}

#[test]
fn the_end_of_an_item_and_the_beginning_of_the_next_separate() {
    lql("AND (a\nb)", "(AND a b)");
    lql("AND (EXISTS a\nNOT b)", "(AND (exists a) (not b))");
    lql("AND (a == 1\nOR (b == 2))", "(or (== a 1) (== b 2))");
    lql("AND (a == 1\nOR b == 2)", "(or (== a 1) (== b 2))");
    lql("AND (a\n== 1)", "(== a 1)");
}

#[test]
fn include_takes_names_and_ids() {
    lql("INCLUDE seg", "(include seg)");
    lql("NOT INCLUDE `my seg`", "(not (include my seg))");
    lql("INCLUDE 3f9a", "(include 3f9a)");
    lql("INCLUDE 550e8400-e29b-41d4-a716-446655440000", "(include 550e8400-e29b-41d4-a716-446655440000)");
    lql("INCLUDE 14d AND a", "(and (include 14d) a)");
    lql("INCLUDE user", "(include user)");
    refused("INCLUDE 5", "66");
    refused("INCLUDE", "66");
    refused("INCLUDE AND a", "66");
    refused("INCLUDE \"seg\"", "66");
}

#[test]
fn single_quotes_are_names_in_filterql_and_strings_in_lql() {
    lql("name = 'Ada'", "(== name \"Ada\")");
    filterql("name = 'Ada'", "(== name Ada)\nLQL0154 at 7..12 `'Ada'`: 'Ada' is a field here, not a string");
}

#[test]
fn a_line_break_ends_an_item_in_filterql() {
    filterql("AND (a == 1\nOR (b == 2))", "(AND (== a 1) (== b 2))");
    filterql("AND (a == 1\nAND (b, c))", "(AND (== a 1) (AND b c))");
    filterql("AND (\na\nb IN (1)\nOR (c, d),\n)", "(AND a (in b (set 1)) (OR c d))");
    filterql("AND (\na\nNOT b\n)", "(AND a (not b))");
    refused_in(Dialect::FilterQl, "x\n == 1", "153");
    refused_in(Dialect::FilterQl, "a == 1\nOR (b == 2)", "153");
    refused_in(Dialect::FilterQl, "AND (a == 1\nOR b == 2)", "153");
    refused_in(Dialect::FilterQl, "AND (a\nNOT IN (1))", "153");
    refused_in(Dialect::FilterQl, "(a > 1\n AND b < 2)", "153");
    refused_in(Dialect::FilterQl, "a\nb", "67");
}

#[test]
fn a_line_break_is_harmless_where_nothing_is_complete() {
    filterql("AND\n(a, b)", "(AND a b)");
    filterql("AND (\n\na,\nb\n)", "(AND a b)");
    filterql("AND (a\n,\nb)", "(AND a b)");
    filterql("x IN (\n1\n,2\n)", "(in x (set 1 2))");
    filterql("x IN (y\n + 1)", "(in x (set (+ y 1)))");
    filterql("f(a\n,b\n+ 1)", "(f() a (+ b 1))");
    filterql("x ==\n1", "(== x 1)");
    filterql("a AND\nb", "(and a b)");
    filterql("NOT\nx", "(not x)");
    filterql("(a\n)", "a");
    filterql("\na", "a");
}

#[test]
fn nothing_but_spaces_between_items_is_a_warning() {
    filterql(
        "OR ( topics.Iced Tea > 0.5 )",
        "(OR topics:Iced (> Tea 0.5))\nLQL0070 at 16..17 ` `: two items of a list are separated by nothing but spaces",
    );
    filterql("OR ( a, b\nc )", "(OR a b c)");
}

#[test]
fn what_is_missing_is_said() {
    refused("", "51");
    refused("a ==", "51");
    refused("== 1", "51");
    refused("a AND", "51");
    refused("NOT", "51");
    refused("a b", "50");
    refused("f(a", "52");
    refused("f(a]", "52 53");
    refused("a)", "53");
    refused("from == 1", "54");
    refused("x == \"abc", "1");
    refused("f(\"abc)", "1");
    refused("`abc", "2");
    refused("x == “a”", "4 4");
    refused("x & y", "4");
}
