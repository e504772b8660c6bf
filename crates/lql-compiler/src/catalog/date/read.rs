//! From values to instants: `todate`, `todatein`, `totimeset`.

use super::{Call, PrepareError, Prepared, Value, convert, date_arg};
use crate::dates::{self, Layout};
use jiff::tz::TimeZone;

pub(super) fn prepare_todate(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    match literals {
        [Some(layout), _] => Layout::new(layout).map(Prepared::Layout).map_err(|help| {
            PrepareError::new(0, format!("the layout \"{layout}\" has no element of a date"), help)
        }),
        _ => Ok(Prepared::Nothing),
    }
}

pub(super) fn todate<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let time = match (call.has(1), call.scalar(1), call.prepared) {
        (false, _, _) => date_arg(call, 0),
        (true, Value::Time(time), _) => Some(time),
        (true, _, Some(Prepared::Layout(layout))) => call.text(1).and_then(|text| layout.parse(text)),
        (true, _, _) => call.text(0).zip(call.text(1)).and_then(|(layout, text)| {
            let layout = Layout::new(layout).ok()?;
            layout.parse(text)
        }),
    };
    time.map(Value::Time).into()
}

pub(super) fn prepare_zone(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let Some(Some(name)) = literals.get(1) else {
        return Err(PrepareError::new(
            1,
            "the time zone stands in the query itself",
            "for example \"Europe/Paris\"",
        ));
    };
    TimeZone::get(name).map(Prepared::Zone).map_err(|_| {
        let help = match nearest_zone(name) {
            Some(zone) => format!("did you mean \"{zone}\"?"),
            None => "zones are named by area and city, for example \"Europe/Paris\"".to_owned(),
        };
        PrepareError::new(1, format!("there is no time zone \"{name}\""), help)
    })
}

/// The zone whose name, or whose city, is most like this one.
fn nearest_zone(name: &str) -> Option<String> {
    const ALIKE: f64 = 0.85;
    let wanted = name.to_ascii_lowercase().replace(' ', "_");
    let likeness = |zone: &str| {
        let zone = zone.to_ascii_lowercase();
        let city = zone.rsplit('/').next().unwrap_or(&zone);
        strsim::jaro_winkler(&zone, &wanted).max(strsim::jaro_winkler(city, &wanted))
    };
    jiff::tz::db()
        .available()
        .map(|zone| (likeness(zone.as_str()), zone.to_string()))
        .filter(|(likeness, _)| ALIKE < *likeness)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, zone)| zone)
}

pub(super) fn todatein<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let time = match (call.scalar(0), call.prepared) {
        (Value::Text(text), Some(Prepared::Zone(zone))) => dates::parse_in(text, zone, call.env.event_time),
        (_, Some(Prepared::Zone(_))) => date_arg(call, 0),
        _ => None,
    };
    time.map(Value::Time).into()
}

pub(super) fn totimeset<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let one = [call.arg(0)];
    let items = if let Value::List(items) = call.arg(0) { items } else { &one };
    let times = items.iter().filter_map(|item| convert::to_time(*item, call.env.event_time));
    let mut times = bumpalo::collections::Vec::from_iter_in(times, call.env.arena);
    times.sort_unstable();
    times.dedup();
    call.env.list(times.into_iter().map(Value::Time))
}
