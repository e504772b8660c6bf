//! Numbers of an instant: epochs, calendar fields, weekdays.

use super::{Call, Time, Value, date_arg, date_or_event_time};

const SECONDS_PER_HOUR: i64 = 3600;
const SECONDS_PER_DAY: i64 = 86_400;
const HOURS_PER_WEEK: i64 = 168;

pub(super) fn now<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    Value::Time(call.env.event_time)
}

pub(super) fn epochms<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    Value::Int(call.env.event_time.millis())
}

pub(super) fn totimestamp<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_arg(call, 0).map(|time| Value::Int(time.seconds())).into()
}

pub(super) fn timebucket<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_arg(call, 0).and_then(day_start).map(Value::Time).into()
}

fn day_start(time: Time) -> Option<Time> {
    Time::from_seconds(time.seconds() - time.seconds().rem_euclid(SECONDS_PER_DAY))
}

pub(super) fn yy<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_or_event_time(call).map(|time| Value::Int(year_and_month(time).0)).into()
}

pub(super) fn yymm<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let text = |time| {
        let (year, month) = year_and_month(time);
        Value::Text(bumpalo::format!(in call.env.arena, "{:02}{:02}", year, month).into_bump_str())
    };
    date_or_event_time(call).map(text).into()
}

pub(super) fn mm<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_or_event_time(call).map(|time| Value::Int(year_and_month(time).1)).into()
}

/// The year without its century, and the month.
fn year_and_month(time: Time) -> (i64, i64) {
    let date = jiff::tz::Offset::UTC.to_datetime(time.to_jiff()).date();
    (i64::from(date.year()).rem_euclid(100), i64::from(date.month()))
}

pub(super) fn dayofweek<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_or_event_time(call).map(|time| Value::Int(hour_of_week(time) / 24)).into()
}

pub(super) fn hourofday<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_or_event_time(call).map(|time| Value::Int(hour_of_week(time) % 24)).into()
}

pub(super) fn hourofweek<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    date_or_event_time(call).map(|time| Value::Int(hour_of_week(time))).into()
}

/// Hours since Sunday 00:00. The epoch was a Thursday.
fn hour_of_week(time: Time) -> i64 {
    const THURSDAY: i64 = 4 * 24;
    (time.seconds().div_euclid(SECONDS_PER_HOUR) + THURSDAY).rem_euclid(HOURS_PER_WEEK)
}
