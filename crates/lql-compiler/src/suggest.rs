//! "Did you mean": the nearest names, or silence.

/// Names near `wrong`, best first. The distance allowed grows with the name (1 up to three characters, then a third
/// of the length), so that nothing far-fetched is offered.
///
/// ```
/// # use lql_compiler::suggest::nearest;
/// assert_eq!(nearest("emial", ["email", "emaildomain", "host"]), ["email"]);
/// assert!(nearest("xyz", ["email"]).is_empty());
/// ```
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let lower = wrong.to_lowercase();
    let length = lower.chars().count();
    let limit = if length <= 3 { 1 } else { length / 3 };
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().map(|(_, name)| name).take(3).collect()
}

/// [`question`] where several names are near; a single one is offered as a fix instead.
pub(crate) fn choice(near: &[&str]) -> Option<String> {
    if near.len() > 1 { question(near) } else { None }
}

/// "did you mean `a` or `b`?", or nothing.
pub(crate) fn question(near: &[&str]) -> Option<String> {
    match near {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(|name| format!("`{name}`")).collect();
            Some(format!("did you mean {} or `{last}`?", rest.join(", ")))
        }
    }
}
