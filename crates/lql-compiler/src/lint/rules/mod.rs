//! The rules, one file each. A new one is its file and a line here.
//!
//! 0601-0699 mistakes, 0701-0799 risks, 0801-0899 cost, 0901-0989 style, 0990-0999 suppressions. A code that was released is
//! never used again.

mod alias_case;
mod always_true;
mod bare_key_condition;
mod collection_without_limit;
mod contradiction;
mod counter_without_ids;
mod date_order;
mod default_overwrites;
mod duplicate_column;
mod empty_argument;
mod equal_branches;
mod equality_chain;
mod field_case;
mod hash_as_written;
mod identity_as_written;
mod identity_constant;
mod identity_shared;
mod identity_single;
mod like_for_contains;
mod like_without_wildcard;
mod match_everything;
mod minus_in_name;
mod minutes_for_months;
mod missing_description;
mod needless_regex;
mod not_equal_missing;
mod null_comparison;
mod order_function_on_dates;
mod out_of_range;
mod parameter_case;
mod pattern_language;
mod random_value;
mod repeated_condition;
mod repeated_function;
mod repeated_item;
mod repeated_parse;
mod self_comparison;
mod single_item_list;
mod star_at_slash;
mod stream_without_time;
mod sum_of_text;
mod suppressions;
mod text_case;
mod text_order;
mod truncated_sum;
mod two_date_orders;
mod unblocked_value;
mod unknown_feature;
mod unquoted_word;
mod unreachable_arm;
mod unread_field;
mod unused_query;
mod unwritten_entry;

pub(super) use suppressions::{ALLOW_UNKNOWN, ALLOW_UNUSED, ALLOW_WITHOUT_REASON};

use super::Rule;

/// Every rule, in order of code.
pub static RULES: &[&Rule] = &[
    &text_order::RULE,
    &order_function_on_dates::RULE,
    &like_without_wildcard::RULE,
    &star_at_slash::RULE,
    &minus_in_name::RULE,
    &bare_key_condition::RULE,
    &date_order::RULE,
    &two_date_orders::RULE,
    &not_equal_missing::RULE,
    &unreachable_arm::RULE,
    &contradiction::RULE,
    &always_true::RULE,
    &sum_of_text::RULE,
    &equal_branches::RULE,
    &self_comparison::RULE,
    &repeated_condition::RULE,
    &duplicate_column::RULE,
    &repeated_item::RULE,
    &minutes_for_months::RULE,
    &text_case::RULE,
    &parameter_case::RULE,
    &unquoted_word::RULE,
    &null_comparison::RULE,
    &empty_argument::RULE,
    &pattern_language::RULE,
    &truncated_sum::RULE,
    &out_of_range::RULE,
    &unknown_feature::RULE,
    &default_overwrites::RULE,
    &unwritten_entry::RULE,
    &identity_single::RULE,
    &identity_as_written::RULE,
    &hash_as_written::RULE,
    &identity_constant::RULE,
    &identity_shared::RULE,
    &unblocked_value::RULE,
    &counter_without_ids::RULE,
    &collection_without_limit::RULE,
    &random_value::RULE,
    &stream_without_time::RULE,
    &repeated_parse::RULE,
    &needless_regex::RULE,
    &match_everything::RULE,
    &like_for_contains::RULE,
    &unused_query::RULE,
    &unread_field::RULE,
    &missing_description::RULE,
    &field_case::RULE,
    &alias_case::RULE,
    &single_item_list::RULE,
    &repeated_function::RULE,
    &equality_chain::RULE,
    &ALLOW_WITHOUT_REASON,
    &ALLOW_UNKNOWN,
    &ALLOW_UNUSED,
];
