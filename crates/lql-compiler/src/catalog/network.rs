//! Network addresses, telephone numbers, and the two functions of filters over places and days (reference 9.8, 11.6).

use super::{
    Call, Example, Function, Param, ParamKind, PrepareError, Prepared, Presence, Purity, ResultKind, Scope,
};
use crate::{Kind, Time, Value, convert};
use ipnet::IpNet;
use std::net::IpAddr;

/// The entries; their fields that are alike are in [`BASE`].
#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "ipfilter",
        summary: "Whether an IP address lies within a range.",
        details: "Addresses and ranges are of version 4 or 6; a version 4 address may be written as `::ffff:192.0.2.1`. \
            What is no address, or no range, gives no value.",
        params: &[
            Param { name: "ip", kind: ParamKind::Text, presence: Presence::Required, doc: "the address" },
            Param { name: "cidr", kind: ParamKind::Text, presence: Presence::Required, doc: "the range in CIDR notation, such as `192.0.2.0/24`" },
        ],
        result: ResultKind::Is(Kind::Bool),
        prepare: Some(prepare_ipfilter),
        examples: &[
            Example { expr: "ipfilter(ip, \"192.0.2.0/24\")", event: r#"{"ip": "192.0.2.77"}"#, result: Some("true") },
            Example { expr: "ipfilter(ip, \"2001:db8::/32\")", event: r#"{"ip": "2001:db9::1"}"#, result: Some("false") },
            Example { expr: "ipfilter(ip, \"192.0.2.0/24\")", event: r#"{"ip": "192.0.2"}"#, result: None },
        ],
        eval: ipfilter,
        ..BASE
    },
    Function {
        name: "phone.e164",
        summary: "A telephone number in the international form, such as `+14155550100`.",
        details: "A number without `+` is read as one of the country, by default the United States. A number that cannot be assigned in its \
            country gives no value. An extension is left out.",
        params: &[
            Param { name: "number", kind: ParamKind::Text, presence: Presence::Required, doc: "the number, in any usual spelling" },
            Param { name: "country", kind: ParamKind::Text, presence: Presence::Optional, doc: "the country's two letters; `US` if absent" },
        ],
        result: ResultKind::Is(Kind::Text),
        prepare: Some(prepare_phone),
        examples: &[
            Example { expr: "phone.e164(n)", event: r#"{"n": "(415) 555-2671"}"#, result: Some("\"+14155552671\"") },
            Example { expr: "phone.e164(n, \"DE\")", event: r#"{"n": "030 123456"}"#, result: Some("\"+4930123456\"") },
            Example { expr: "phone.e164(n)", event: r#"{"n": "call me"}"#, result: None },
        ],
        eval: phone_e164,
        ..BASE
    },
    Function {
        name: "geodistance",
        summary: "Whether a location lies within a distance of a place.",
        details: "The distance is that of the great circle, on a sphere of 6,371.0088 km.",
        params: &[
            Param { name: "field", kind: ParamKind::Any, presence: Presence::Required, doc: "a field of kind `geolocation`" },
            Param { name: "place", kind: ParamKind::LiteralText, presence: Presence::Required, doc: "the place, as \"latitude,longitude\"" },
            Param { name: "km", kind: ParamKind::LiteralNumber, presence: Presence::Required, doc: "the distance in kilometres" },
        ],
        result: ResultKind::Is(Kind::Bool),
        scope: Scope::Filter,
        prepare: Some(prepare_geodistance),
        examples: &[
            Example { expr: "geodistance(home, \"52.52,13.405\", 300)", event: r#"{"home": "53.5511,9.9937"}"#, result: Some("true") },
            Example { expr: "geodistance(home, \"52.52,13.405\", 200)", event: r#"{"home": "53.5511,9.9937"}"#, result: Some("false") },
            Example { expr: "geodistance(home, \"52.52,13.405\", 300)", event: r#"{"home": "Hamburg"}"#, result: None },
        ],
        eval: geodistance,
        ..BASE
    },
    Function {
        name: "timewindow",
        summary: "Whether at least so many events fell on the last days.",
        details: "The field is of kind `[]timebucket`, filled by `timebucket`. Days are UTC days, and today is the last of them.",
        params: &[
            Param { name: "field", kind: ParamKind::Any, presence: Presence::Required, doc: "a field of kind `[]timebucket`" },
            Param { name: "count", kind: ParamKind::LiteralNumber, presence: Presence::Required, doc: "how many events: 1, 5, 10, 25, 50 or 100" },
            Param { name: "days", kind: ParamKind::LiteralNumber, presence: Presence::Required, doc: "how many days: 7 or 30" },
        ],
        result: ResultKind::Is(Kind::Bool),
        purity: Purity::EventTime,
        scope: Scope::Filter,
        prepare: Some(prepare_timewindow),
        examples: &[
            Example { expr: "timewindow(visits, 5, 7)", event: r#"{"visits": {"2026-03-03": 4, "2026-03-04": 2}}"#, result: Some("true") },
            Example { expr: "timewindow(visits, 5, 7)", event: r#"{"visits": {"2026-02-01": 4, "2026-03-04": 2}}"#, result: Some("false") },
            Example { expr: "timewindow(visits, 5, 7)", event: "", result: None },
        ],
        eval: timewindow,
        ..BASE
    },
];

const BASE: Function = Function { result: ResultKind::Is(Kind::Dynamic), ..Function::PLAIN };

fn prepare_ipfilter(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    match literals.get(1) {
        Some(Some(range)) => range.parse().map(Prepared::Network).map_err(|_| {
            let help = match range.parse::<IpAddr>() {
                Ok(IpAddr::V4(_)) => format!("a single address is \"{range}/32\""),
                Ok(IpAddr::V6(_)) => format!("a single address is \"{range}/128\""),
                Err(_) => "for example \"192.0.2.0/24\" or \"2001:db8::/32\"".to_owned(),
            };
            PrepareError::new(1, format!("\"{range}\" is no range of addresses"), help)
        }),
        _ => Ok(Prepared::Nothing),
    }
}

fn ipfilter<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let range = match call.prepared {
        Some(Prepared::Network(range)) => Some(*range),
        _ => call.text(1).and_then(|range| range.trim().parse::<IpNet>().ok()),
    };
    let address = call.text(0).and_then(|address| address.trim().parse::<IpAddr>().ok());
    match address.zip(range) {
        Some((address, range)) => Value::Bool(range.contains(&address.to_canonical())),
        None => Value::Missing,
    }
}

const DEFAULT_COUNTRY: phonenumber::country::Id = phonenumber::country::Id::US;

fn prepare_phone(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    match literals.get(1) {
        Some(Some(name)) if country(name).is_none() => {
            let help = "countries are named by two letters, for example \"US\" or \"DE\"";
            Err(PrepareError::new(1, format!("there is no country \"{name}\""), help))
        }
        _ => Ok(Prepared::Nothing),
    }
}

fn country(name: &str) -> Option<phonenumber::country::Id> {
    name.trim().to_ascii_uppercase().parse().ok()
}

fn phone_e164<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let country = if call.has(1) { call.text(1).and_then(country) } else { Some(DEFAULT_COUNTRY) };
    let (Some(country), Some(text)) = (country, call.text(0)) else { return Value::Missing };
    // The parser looks for numbers inside texts; a telephone number holds little besides.
    if !text.bytes().any(|b| b.is_ascii_digit()) || 64 < text.len() {
        return Value::Missing;
    }
    match phonenumber::parse(Some(country), text) {
        Ok(number) if number.is_valid() => {
            let code = number.code().value();
            let national = number.national();
            let mut e164 = bumpalo::collections::String::new_in(call.env.arena);
            let zeros = usize::from(national.zeros());
            let written =
                std::fmt::write(&mut e164, format_args!("+{code}{:0>zeros$}{}", "", national.value()));
            if written.is_ok() { Value::Text(e164.into_bump_str()) } else { Value::Missing }
        }
        _ => Value::Missing,
    }
}

fn prepare_geodistance(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    if let Some(Some(text)) = literals.get(1)
        && place(text).is_none()
    {
        let help =
            "a place is latitude (−90 to 90) and longitude (−180 to 180), for example \"52.52,13.405\"";
        return Err(PrepareError::new(1, format!("\"{text}\" is no place"), help));
    }
    if let Some(Some(text)) = literals.get(2)
        && !text.parse().is_ok_and(|km: f64| 0.0 <= km && km.is_finite())
    {
        return Err(PrepareError::new(
            2,
            format!("{text} is no distance"),
            "a distance is a number of kilometres",
        ));
    }
    Ok(Prepared::Nothing)
}

fn geodistance<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let here = match call.scalar(0) {
        Value::Text(text) => place(text),
        _ => None,
    };
    let (there, km) = (call.text(1).and_then(place), convert::to_number(call.scalar(2)));
    match (here, there, km) {
        (Some(here), Some(there), Some(km)) => Value::Bool(distance(here, there) <= km),
        _ => Value::Missing,
    }
}

/// Latitude and longitude, in degrees.
fn place(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = text.split_once(',')?;
    let (lat, lon) = (lat.trim().parse::<f64>().ok()?, lon.trim().parse::<f64>().ok()?);
    (lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lat, lon))
}

/// The great-circle distance in kilometres (haversine, exact enough also for near places).
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    const MEAN_RADIUS: f64 = 6371.0088;
    let half_sine = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let across =
        half_sine(b.0 - a.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half_sine(b.1 - a.1);
    2.0 * MEAN_RADIUS * across.sqrt().min(1.0).asin()
}

fn prepare_timewindow(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let check = |arg: usize, allowed: &[&str], words: &str| match literals.get(arg) {
        Some(Some(number)) if !allowed.contains(number) => {
            let allowed = allowed.join(", ");
            Err(PrepareError::new(
                arg,
                format!("{words} cannot be {number}"),
                format!("it is one of {allowed}"),
            ))
        }
        _ => Ok(()),
    };
    check(1, &["1", "5", "10", "25", "50", "100"], "the number of events")?;
    check(2, &["7", "30"], "the number of days")?;
    Ok(Prepared::Nothing)
}

fn timewindow<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let count = convert::to_int(call.scalar(1));
    let days = convert::to_int(call.scalar(2)).and_then(|days| i32::try_from(days).ok());
    let (Some((count, days)), today) = (count.zip(days), day(call.env.clock)) else {
        return Value::Missing;
    };
    let span = jiff::Span::new().try_days(days);
    let Ok(before) = span.and_then(|span| today.checked_sub(span)) else { return Value::Missing };
    let total: i64 = match call.arg(0) {
        // Days are written YYYY-MM-DD, whose alphabetical order is that of time.
        Value::Map(buckets) => {
            let window = (before.to_string(), today.to_string());
            let within =
                buckets.iter().filter(|(day, _)| window.0.as_str() < *day && *day <= window.1.as_str());
            within.filter_map(|(_, count)| convert::to_int(*count)).fold(0, i64::saturating_add)
        }
        Value::List(times) => {
            let days = times.iter().filter_map(|time| convert::to_time(*time, call.env.clock)).map(day);
            days.filter(|day| before < *day && *day <= today).count() as i64
        }
        _ => return Value::Missing,
    };
    Value::Bool(count <= total)
}

/// The UTC day of an instant.
fn day(time: Time) -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(time.to_jiff()).date()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{give, give_unchecked, refuse, run_examples};

    #[test]
    fn examples() {
        run_examples(super::FUNCTIONS);
    }

    #[test]
    fn ipfilter() {
        give("ipfilter", r#"["192.0.2.77", "192.0.2.0/24"]"#, "true");
        give("ipfilter", r#"["192.0.3.77", "192.0.2.0/24"]"#, "false");
        give("ipfilter", r#"[" 192.0.2.77 ", "192.0.2.5/24"]"#, "true");
        give("ipfilter", r#"["192.0.2.77", "192.0.2.77/32"]"#, "true");
        give("ipfilter", r#"["2001:db8::1", "2001:db8::/32"]"#, "true");
        give("ipfilter", r#"["2001:db9::1", "2001:db8::/32"]"#, "false");
        give("ipfilter", r#"["::ffff:192.0.2.1", "192.0.2.0/24"]"#, "true");
        give("ipfilter", r#"["192.0.2.1", "2001:db8::/32"]"#, "false");
        give("ipfilter", r#"[["192.0.2.1", "x"], "192.0.2.0/24"]"#, "true");
        give("ipfilter", r#"["192.0.2", "192.0.2.0/24"]"#, "");
        give("ipfilter", r#"["", "192.0.2.0/24"]"#, "");
        give("ipfilter", r#"[null, "192.0.2.0/24"]"#, "");
        give("ipfilter", r#"["192.0.2.1", null]"#, "");
        give_unchecked("ipfilter", r#"["192.0.2.1", "192.0.2.0/33"]"#, "");
        refuse("ipfilter", r#"["192.0.2.1", "192.0.2.0/33"]"#, "argument 2: \"192.0.2.0/33\" is no range");
        refuse("ipfilter", r#"["192.0.2.1", "192.0.2.1"]"#, "\"192.0.2.1/32\"");
        refuse("ipfilter", r#"["192.0.2.1", "::1"]"#, "\"::1/128\"");
    }

    #[test]
    fn phone() {
        give("phone.e164", r#"["(415) 555-2671"]"#, r#""+14155552671""#);
        give("phone.e164", r#"["+1 415 555 2671"]"#, r#""+14155552671""#);
        give("phone.e164", "[4155552671]", r#""+14155552671""#);
        give("phone.e164", r#"["030 123456", "DE"]"#, r#""+4930123456""#);
        give("phone.e164", r#"["030 123456", "de"]"#, r#""+4930123456""#);
        give("phone.e164", r#"["+44 20 7946 0018", "DE"]"#, r#""+442079460018""#);
        give("phone.e164", r#"["+39 06 6982", "US"]"#, r#""+39066982""#);
        give("phone.e164", r#"["555"]"#, "");
        give("phone.e164", r#"["000 000 0000"]"#, "");
        give("phone.e164", r#"["word"]"#, "");
        give("phone.e164", r#"[""]"#, "");
        give("phone.e164", "[null]", "");
        give("phone.e164", r#"["(415) 555-2671", null]"#, "");
        give_unchecked("phone.e164", r#"["(415) 555-2671", "XX"]"#, "");
        refuse("phone.e164", r#"["(415) 555-2671", "Germany"]"#, "there is no country \"Germany\"");
    }

    #[test]
    fn geodistance() {
        give("geodistance", r#"["53.5511,9.9937", "52.52,13.405", 300]"#, "true");
        give("geodistance", r#"["53.5511, 9.9937", "52.52, 13.405", 255]"#, "false");
        give("geodistance", r#"["0,0", "0,180", 20016]"#, "true");
        give("geodistance", r#"["0,0", "0,180", 20015]"#, "false");
        give("geodistance", r#"["0,179.9", "0,-179.9", 22.3]"#, "true");
        give("geodistance", r#"["1,2", "1,2", 0]"#, "true");
        give("geodistance", r#"["91,2", "1,2", 10]"#, "");
        give("geodistance", r#"["here", "1,2", 10]"#, "");
        give("geodistance", r#"[null, "1,2", 10]"#, "");
        refuse("geodistance", r#"["1,2", "Oslo", 10]"#, "argument 2: \"Oslo\" is no place");
        refuse("geodistance", r#"["1,2", "1,200", 10]"#, "no place");
        refuse("geodistance", r#"["1,2", "1,2", -1]"#, "argument 3: -1 is no distance");
    }

    #[test]
    fn timewindow() {
        // The clock shows 2026-03-04; the last 7 days begin with 2026-02-26.
        give("timewindow", r#"[{"2026-02-26": 5}, 5, 7]"#, "true");
        give("timewindow", r#"[{"2026-02-25": 5}, 5, 7]"#, "false");
        give("timewindow", r#"[{"2026-03-04": 5}, 5, 7]"#, "true");
        give("timewindow", r#"[{"2026-03-05": 5}, 5, 7]"#, "false");
        give("timewindow", r#"[{"2026-03-03": 4, "2026-03-04": 1}, 5, 7]"#, "true");
        give("timewindow", r#"[{"2026-03-03": 4}, 5, 7]"#, "false");
        give("timewindow", r#"[{"2026-02-03": 100}, 100, 30]"#, "true");
        give("timewindow", r#"[{"2026-02-02": 100}, 100, 30]"#, "false");
        give("timewindow", r#"[["@2026-03-04T00:00:00Z"], 1, 7]"#, "true");
        give("timewindow", "[null, 5, 7]", "");
        give("timewindow", r#"["x", 5, 7]"#, "");
        give_unchecked("timewindow", "[{}, 5, 2000000000]", "");
        refuse("timewindow", "[null, 3, 7]", "it is one of 1, 5, 10, 25, 50, 100");
        refuse("timewindow", "[null, 5, 14]", "argument 3: the number of days cannot be 14");
    }
}
