//! What a key of `lql.toml` or of a test file means.

use super::keys;
use crate::ide::hover::Hover;
use lql_authoring::toml_keys::Section;

/// What the key at an offset means; nothing for names of the project.
pub fn hover(root: &'static Section, text: &str, offset: u32) -> Option<Hover> {
    let key = keys(text).into_iter().find(|key| key.span.touches(offset))?;
    let (name, path) = key.path.split_last()?;
    let section = root.at(path.iter().map(String::as_str))?;
    let entry = section.key(name)?;
    let title = if section.title.starts_with('[') { &format!("`{}`", section.title) } else { section.title };
    let markdown = format!("**key** `{name}` of {title}\n\n{}\n", entry.about);
    Some(Hover { span: key.span, markdown })
}
