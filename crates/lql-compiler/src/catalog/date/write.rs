//! From instants to text, and durations.

use super::{Call, Format, PrepareError, Prepared, Value, date_arg};

pub(super) fn prepare_extract(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let Some(Some(format)) = literals.get(1) else {
        return Err(PrepareError::new(
            1,
            "the format stands in the query itself",
            "for example \"%Y-%m-%d\"",
        ));
    };
    Format::new(format).map(Prepared::Strftime).map_err(|error| {
        let help =
            "directives are those of strftime, for example \"%Y-%m-%d %H:%M\"; a percent sign is \"%%\"";
        PrepareError::new(1, format!("the format \"{format}\" is wrong: {error}"), help)
    })
}

pub(super) fn extract<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    let Some(Prepared::Strftime(format)) = call.prepared else { return None };
    format.write(date_arg(call, 0)?, call.env.arena)
}

pub(super) fn seconds<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let seconds = match call.scalar(0) {
        Value::Int(int) => Some(int as f64),
        Value::Number(number) => Some(number),
        Value::Text(text) => minutes_and_seconds(text)
            .or_else(|| text.parse().ok())
            .or_else(|| date_arg(call, 0).map(|time| time.seconds() as f64)),
        Value::Time(time) => Some(time.seconds() as f64),
        _ => None,
    };
    seconds.filter(|seconds| seconds.is_finite() && *seconds != 0.0).map(Value::Number).into()
}

/// `10:30`, `M2:05`
fn minutes_and_seconds(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.strip_prefix('M').unwrap_or(text).split_once(':')?;
    let number = |digits: &str| {
        let is_number = digits.bytes().all(|b| b.is_ascii_digit());
        if is_number { digits.parse::<u32>().ok() } else { None }
    };
    let (minutes, seconds) = (number(minutes)?, number(seconds).filter(|seconds| *seconds < 60)?);
    Some(f64::from(minutes) * 60.0 + f64::from(seconds))
}

/// How much of an instant `unixtrunc` writes.
enum Precision {
    Seconds,
    Millis,
    SecondsWithMillis,
    SecondsWithMicros,
}

fn precision(name: &str) -> Option<Precision> {
    match name {
        "s" | "seconds" => Some(Precision::SecondsWithMillis),
        "ms" => Some(Precision::Millis),
        "sm" | "secondsmicro" => Some(Precision::SecondsWithMicros),
        _ => None,
    }
}

pub(super) fn prepare_unixtrunc(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    match literals.get(1) {
        Some(Some(name)) if precision(name).is_none() => {
            let help = "precisions are \"s\", \"ms\" and \"sm\"";
            Err(PrepareError::new(1, format!("there is no precision \"{name}\""), help))
        }
        _ => Ok(Prepared::Nothing),
    }
}

pub(super) fn unixtrunc<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let precision = if call.has(1) { call.text(1).and_then(precision) } else { Some(Precision::Seconds) };
    let Some((precision, time)) = precision.zip(date_arg(call, 0)) else { return Value::Missing };
    let (seconds, micros, arena) = (time.seconds(), time.nanos() / 1000, call.env.arena);
    let text = match precision {
        Precision::Seconds => bumpalo::format!(in arena, "{}", seconds),
        Precision::Millis => bumpalo::format!(in arena, "{}", time.millis()),
        Precision::SecondsWithMillis => bumpalo::format!(in arena, "{}.{:03}", seconds, micros / 1000),
        Precision::SecondsWithMicros => bumpalo::format!(in arena, "{}.{:06}", seconds, micros),
    };
    Value::Text(text.into_bump_str())
}
