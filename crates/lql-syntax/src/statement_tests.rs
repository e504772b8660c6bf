//! Statements: snapshots of what is read and of what is said, with the text they come from.

use crate::ast::Dialect;
use crate::testing::report;

macro_rules! snapshots {
    ($dialect:expr, $($name:ident $text:literal)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(report($text, $dialect));
        })*
    };
}

mod lql {
    use super::*;

    snapshots! { Dialect::Lql,
        the_full_example_of_the_reference
"-- Orders feed: one row per order line
SELECT
    email(buyer_mail)           AS email        SHORTDESC \"E-mail\"
  , customer_no                 AS customer_id  SHORTDESC \"Shop customer number\"
  , sum(tonumber(amount))       AS spend_total  SHORTDESC \"Lifetime spend\"  KIND number
  , count(order_no)             AS order_ct
  , set(sku)                    AS skus_bought
  , min(todate(placed_at))      AS first_order  KIND date
  , channel                     AS first_channel  MERGEOP oldest
  , valuect(yymm(placed_at))    AS orders_by_month  IF exists(placed_at)
  , match(\"attr_\")              AS attributes   KIND map[string]string
FROM shop_orders
INTO user
BY email OR customer_id
WHERE NOT exists(test_order)
ALIAS shop_orders;"

        clauses_stand_in_any_order_after_the_columns
    "select a as b alias q where x = 1 by b into USER from s with k = -1, kind = 'x'"

        column_clauses_stand_in_any_order_after_as
    "SELECT a AS b MERGEOP latest KIND ts[]string LONGDESC 'l' SHORTDESC \"s\" IF c == 1 FROM s INTO user BY b ALIAS q"

        kinds_lose_their_blanks
    "SELECT a KIND map [string] int, b KIND []string, c KIND INT FROM s INTO user BY a ALIAS q"

        a_value_with_else_and_a_guard_without
    "SELECT \"vip\" IF spend > 9 ELSE \"std\" AS tier IF exists(spend), a IF b ELSE c IF d, e IF f FROM s INTO user BY tier ALIAS q"

        settings_as_an_object
    "SELECT a FROM s INTO user BY a WITH {\"x\": 1, \"y\": \"two\", \"z\": null} ALIAS q"

        a_comma_after_the_last_column
    "SELECT a, b, FROM s INTO user BY a ALIAS q"

        several_statements_and_what_describes_them
"-- not this

-- first
-- lines
SELECT a FROM s INTO user BY a ALIAS q; -- behind
SELECT a FROM t INTO user BY a ALIAS r; # second
/* a block
 * of lines */
SELECT a FROM u INTO user BY a ALIAS s;"

        names_like_functions_and_kinds_are_names
    "SELECT name, user, date, count, filter, `from` AS `in order` FROM default INTO user BY name ALIAS orders_import.lql"

        empty_text ""

        only_a_comment "-- nothing yet"

        several_broken_columns_cost_only_themselves
"SELECT
    email(mail AS email,
    a == AS b,
    good AS c,
    007 AS d,
    \"open AS e,
    f(x,,y) AS f,
    also_good AS g
FROM s INTO user BY email ALIAS q"

        an_unclosed_bracket_ends_before_the_next_clause
"SELECT a AS b, count(x
FROM s INTO user BY b WHERE AND (a == 1, b == 2
ALIAS q"

        an_unclosed_bracket_in_one_line
    "SELECT email(x AS e, count(y) AS c FROM s INTO user BY e ALIAS q"

        a_statement_without_semicolon_before_the_next
"SELECT f(a FROM s INTO user BY a ALIAS q
SELECT b FROM s INTO user BY b ALIAS r"

        brackets_that_close_nothing
    "SELECT a) AS b, [1)] AS d FROM s INTO user BY b ALIAS q"

        an_unclosed_comment_hides_the_rest
    "SELECT a AS b /* FROM s INTO user BY b ALIAS q"

        an_unclosed_name
"SELECT `a AS b,
 c FROM s INTO user BY c ALIAS q"

        misspelt_keywords
    "SELCT a AS b SHORDESC \"x\" FORM s ITNO user BY b WHRE x == 1 ALAIS q"

        missing_clauses "SELECT a AS b"

        names_that_begin_with_a_digit
    "SELECT a AS 1st_order, b AS 2026 FROM 3f9a-12 INTO user BY 1st_order OR 2x ALIAS 14d"

        a_choice_like_in_other_languages
    "SELECT if(a, b, c) AS d FROM s INTO user BY d ALIAS q"

        clauses_twice
    "SELECT a AS b AS c IF d IF e FROM s INTO user BY b ALIAS q FROM t"

        stray_commas
    "SELECT , a,, b FROM s INTO user BY a ALIAS q"

        missing_commas_between_columns
"SELECT email(a) AS b
  c AS d
  e AS f g AS h
FROM s INTO user BY b ALIAS q"

        select_star "SELECT * FROM s INTO user BY a ALIAS q"

        no_columns "SELECT FROM s INTO user BY a ALIAS q"

        select_not_first "FROM s INTO user SELECT a BY a ALIAS q"

        no_select_at_all "UPDATE users SET x = 1"

        identities_joined_by_others
    "SELECT a, b, c FROM s INTO user BY a AND b, c ALIAS q"

        several_streams "SELECT a FROM s, t INTO user BY a ALIAS q"

        clauses_of_other_languages
    "SELECT count(a) AS n CAPACITY 5 IF b, c TTL 3 FROM s INTO user BY n GROUP BY c ORDER BY d ALIAS q LIMIT 5"

        keywords_as_names
    "SELECT from AS f, kind AS k, a AS kind, b AS with IF by == 1 FROM alias INTO user BY f ALIAS q"

        things_that_are_no_names
    "SELECT a AS 5, b AS \"c d\", c AS FROM 'orders' INTO 7 BY \"a\" ALIAS \"q\""

        things_that_are_no_descriptions
    "SELECT a SHORTDESC Mail address, b LONGDESC 5, c SHORTDESC FROM s INTO user BY a ALIAS q"

        things_that_are_no_kinds
    "SELECT a KIND, b KIND \"int\", c KIND map[string] FROM s INTO user BY a ALIAS q"

        things_that_are_no_settings
"SELECT a FROM s INTO user BY a WITH x, y = z, = 1, w = , k == 1 ALIAS q;
SELECT a FROM s INTO user BY a WITH {x: 1, \"y\": [1]} ALIAS r;
SELECT a FROM s INTO user BY a WITH ALIAS r"

        a_filter_in_lql
    "FILTER a > 1 FROM user; SELECT a FROM s INTO user BY a FILTER b ALIAS q"

        words_behind_complete_clauses
    "SELECT a AS b \"x\", c KIND int 5 FROM s extra INTO user BY b c ALIAS q r"

        as_behind_other_clauses
    "SELECT a KIND int AS b FROM s INTO user BY b ALIAS q"

        a_top_level_comma_in_a_condition
    "SELECT a FROM s INTO user BY a WHERE b == 1, c == 2 ALIAS q"
    }
}

mod filterql {
    use super::*;

    snapshots! { Dialect::FilterQl,
        the_example_of_the_reference
"FILTER AND (
    EXISTS email                    -- newline ends the item
    plan IN (\"pro\", \"team\")
    OR ( orders_by_month.`2601` > 0, spend_total >= 250 ),
    NOT INCLUDE staff_accounts,
)
FROM user ALIAS paying_customers"

        all_clauses
"-- People who pay
FILTER a > 1 AND (b < 2 OR c = \"x\") FROM content LIMIT 100
WITH name = \"n\", public = true, kind = \"aspect\" ALIAS `Paying people`;"

        everybody "FILTER *; FILTER match_all FROM user; FILTER MATCH_ALL; FILTER `match_all`"

        the_projecting_form
"SELECT a, *, email(b) AS c IF d > 1 FROM user FILTER AND (x, y) LIMIT 3 WITH {\"k\": 1} ALIAS q;
SELECT * FROM user WHERE a == 1"

        clauses_out_of_order "FILTER * ALIAS a FROM user; SELECT a FILTER b FROM user"

        a_top_level_comma "FILTER a > 1, b < 2"

        a_line_that_goes_on
"FILTER a > 1
  AND b < 2
FROM user"

        a_second_condition_on_its_own_line
"FILTER a > 1
b < 2
FROM user"

        an_alias_in_quotes "FILTER * ALIAS \"my alias\"; FILTER * ALIAS 'other'"

        clauses_of_lql "FILTER a INTO user BY b; SELECT a KIND int FROM user FILTER b"

        not_a_statement "a > 1 FROM user"

        misspelt_keywords "FLITER a > 1 FORM user LIMT 5 ALAIS q"

        a_bad_limit "FILTER * LIMIT -5; FILTER * LIMIT 5.5; FILTER * LIMIT"

        a_select_without_filter "SELECT a FROM user"

        a_where_in_a_filter "FILTER a WHERE b"

        an_unclosed_list
"FILTER AND (
  a > 1
  b IN (1, 2
FROM user ALIAS q"

        a_name_with_a_space "FILTER OR ( topics.Iced Tea > 0.5 )"

        a_string_in_single_quotes "FILTER name = 'Ada' WITH name = 'x'"
    }
}

#[test]
fn what_is_said_to_the_linter_is_no_description() {
    let text =
        "-- Orders.\n-- lint: allow text-order: padded with zeros\nSELECT a FROM s INTO user BY a ALIAS q";
    let parsed = crate::parse(text, crate::ast::Dialect::Lql);
    let [crate::ast::Statement::Query(query)] = parsed.statements.as_slice() else { panic!("one query") };
    assert_eq!(query.description.as_deref(), Some("Orders."));
}
