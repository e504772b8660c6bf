//! Functions of URLs. Their texts are slices of the argument wherever nothing changes.

use super::super::{Call, Env, PrepareError, Prepared, View};
use super::escape::{Plus, decode, encode, find, pairs};
use super::split::Url;
use crate::{Value, convert};

/// The lower-case form; the text itself if it is lower-case.
pub(super) fn lower<'a>(text: &'a str, env: &Env<'a>) -> &'a str {
    env.ascii_lower(text).unwrap_or_else(|| {
        let mut lower = bumpalo::collections::String::with_capacity_in(text.len(), env.arena);
        lower.extend(text.chars().flat_map(char::to_lowercase));
        lower.into_bump_str()
    })
}

/// Text that is not empty.
fn some_text(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Missing } else { Value::Text(text) }
}

/// The parts of the URL, as a list; null if it is none.
pub(super) const VIEW: View = |argument, env| {
    let url = convert::to_text(argument.first(), env.arena).and_then(Url::split);
    url.map_or(Value::Null, |url| {
        let parts = [Some(url.scheme), url.user, Some(url.host), Some(url.path), url.query, url.fragment];
        Value::List(env.arena.alloc(parts.map(|part| part.map_or(Value::Null, Value::Text))))
    })
};

fn url_arg<'a>(call: &Call<'_, 'a>) -> Option<Url<'a>> {
    match *call.view {
        Value::Missing => Url::split(call.text(0)?),
        Value::List(&[Value::Text(scheme), user, Value::Text(host), Value::Text(path), query, fragment]) => {
            let part = |part| if let Value::Text(part) = part { Some(part) } else { None };
            Some(Url { scheme, user: part(user), host, path, query: part(query), fragment: part(fragment) })
        }
        _ => None,
    }
}

/// One part of the URL, by its place in the view. That takes less than to put all of them together.
#[inline]
fn part<'a>(call: &Call<'_, 'a>, place: usize, of: fn(Url<'a>) -> Option<&'a str>) -> Option<&'a str> {
    match *call.view {
        Value::Missing => of(Url::split(call.text(0)?)?),
        Value::List(parts) => match parts.get(place) {
            Some(Value::Text(part)) => Some(part),
            _ => None,
        },
        _ => None,
    }
}

fn query<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    part(call, 4, |url| url.query)
}

pub(super) fn domain<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    url_arg(call).and_then(|url| domain_of(url, call.env))
}

pub(super) fn domains<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    each_url(call, domain_of)
}

fn domain_of<'a>(url: Url<'a>, env: &Env<'a>) -> Option<&'a str> {
    let host = lower(url.host_name(), env);
    let domain =
        psl::domain(host.as_bytes()).filter(|domain| 2 < host.len() && domain.suffix().is_known())?;
    std::str::from_utf8(domain.as_bytes()).ok()
}

pub(super) fn host<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    let host = part(call, 2, |url| Some(url.host))?;
    (!host.is_empty()).then(|| lower(host, call.env))
}

pub(super) fn hosts<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    each_url(call, host_of)
}

fn host_of<'a>(url: Url<'a>, env: &Env<'a>) -> Option<&'a str> {
    (!url.host.is_empty()).then(|| lower(url.host, env))
}

/// The results for every URL of every argument, in order.
fn each_url<'a>(call: &Call<'_, 'a>, one: impl Fn(Url<'a>, &Env<'a>) -> Option<&'a str> + Copy) -> Value<'a> {
    let texts = call.args.iter().flat_map(|arg| match arg {
        Value::List(items) => items,
        single => std::slice::from_ref(single),
    });
    let found =
        texts.filter_map(|value| one(Url::split(convert::to_text(*value, call.env.arena)?)?, call.env));
    call.env.list(found.map(Value::Text))
}

pub(super) fn path<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    let path = part(call, 3, |url| Some(url.path))?;
    let path = lower(decode(path, Plus::Kept, call.env).unwrap_or(path), call.env);
    (!path.is_empty()).then_some(path)
}

/// The path without escapes, unless they hide something that is no text.
fn decoded_path<'a>(url: Url<'a>, env: &Env<'a>) -> &'a str {
    decode(url.path, Plus::Kept, env).unwrap_or(url.path)
}

pub(super) fn url<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let is_whole = |url: Url<'_>| !url.scheme.is_empty() && !url.host.is_empty();
    if url_arg(call).is_some_and(is_whole) { call.text(0).map(Value::Text).into() } else { Value::Missing }
}

pub(super) fn urlmain<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    url_arg(call).map_or(Value::Missing, |url| some_text(main_of(url, call.env)))
}

fn main_of<'a>(url: Url<'a>, env: &Env<'a>) -> &'a str {
    join(&[url.host, decoded_path(url, env)], env)
}

pub(super) fn urlminusqs<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let (Some(url), Some(name)) = (url_arg(call), call.text(1)) else { return Value::Missing };
    let kept = pairs(url.query.unwrap_or_default(), call.env).filter(|pair| pair.0 != name);
    let query = encode(kept, call.env);
    let scheme = if url.scheme.is_empty() { "http" } else { url.scheme };
    let part =
        |mark: &'static str, text: Option<&'a str>| [text.map_or("", |_| mark), text.unwrap_or_default()];
    let ([user, at], [question, query], [hash, fragment]) = (
        [url.user.unwrap_or_default(), url.user.map_or("", |_| "@")],
        part("?", query),
        part("#", url.fragment),
    );
    let text =
        join(&[scheme, "://", user, at, url.host, url.path, question, query, hash, fragment], call.env);
    Value::Text(text)
}

pub(super) fn prepare_matchqs(literals: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let mut patterns = Vec::new();
    for (arg, literal) in literals.iter().enumerate().skip(1) {
        let Some(literal) = literal else {
            let help = "for example \"^utm_\"";
            return Err(PrepareError::new(arg, "the regular expression stands in the query itself", help));
        };
        patterns.push(regex::Regex::new(literal).map_err(|error| {
            let message = format!("\"{literal}\" is no regular expression");
            PrepareError::new(arg, message, error.to_string())
        })?);
    }
    Ok(Prepared::Regex(patterns))
}

pub(super) fn matchqs<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let (Some(url), Some(Prepared::Regex(patterns))) = (url_arg(call), call.prepared) else {
        return Value::Missing;
    };
    let main = main_of(url, call.env);
    let kept = pairs(url.query.unwrap_or_default(), call.env)
        .filter(|(name, _)| patterns.iter().any(|pattern| pattern.is_match(name)));
    match encode(kept, call.env) {
        Some(query) => Value::Text(join(&[main, "?", query], call.env)),
        None => some_text(main),
    }
}

pub(super) fn qs<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    // The URL is lower-cased before its escapes are decoded.
    parameter(call, query(call).map(|query| lower(query, call.env)))
}

pub(super) fn qs2<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    parameter(call, query(call))
}

/// The first value of the parameter that argument 1 names.
fn parameter<'a>(call: &Call<'_, 'a>, query: Option<&'a str>) -> Option<&'a str> {
    find(query?, call.text(1)?, call.env).filter(|value| !value.is_empty())
}

pub(super) fn urldecode<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let text = call.text(0).and_then(|text| decode(text, Plus::IsSpace, call.env));
    text.map_or(Value::Missing, some_text)
}

/// The texts one after the other; a single one that is not empty is not copied.
fn join<'a>(texts: &[&'a str], env: &Env<'a>) -> &'a str {
    let mut some = texts.iter().filter(|text| !text.is_empty());
    match (some.next(), some.next()) {
        (None, _) => "",
        (Some(only), None) => only,
        _ => {
            let mut joined = bumpalo::collections::String::new_in(env.arena);
            joined.extend(texts.iter().copied());
            joined.into_bump_str()
        }
    }
}
