//! How names are written, with the quotes they need.

use lql_syntax::ast::{Dialect, Expr, ExprKind, FieldRef, Name, Path};
use lql_syntax::{Span, print_expr};

/// A key or a field in an expression: `page.url`, `` `ship to` ``.
pub fn key(name: &str) -> String {
    let path = match name.find('.') {
        Some(at) if at > 0 && at + 1 < name.len() => Path::Entry { at: at as u32 },
        _ => Path::Whole,
    };
    field(name.to_owned(), path)
}

/// An entry of a map: ``countries.`United Kingdom` ``.
pub fn entry(map: &str, entry: &str) -> String {
    field(format!("{map}.{entry}"), Path::Entry { at: map.len() as u32 })
}

/// A name in a clause: a field after `AS` and `BY`, a stream, a table, an alias.
pub fn name(name: &str) -> String {
    // A dot has no meaning in names, so it needs no quotes.
    key(name)
}

/// The name of a map before the dot of an entry: a dot in it would be taken for that one.
pub fn map(name: &str) -> String {
    let plain = key(name);
    if plain == name && !name.contains('.') { plain } else { format!("`{name}`") }
}

/// A key of TOML.
pub fn toml_key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { format!("{name:?}") }
}

/// A segment after `INCLUDE`.
pub fn segment(slug: &str) -> String {
    let name = Name { text: slug.to_owned(), span: Span::default() };
    let printed = print_expr(&Expr::new(ExprKind::Include(name), Span::default()), Dialect::FilterQl);
    printed.strip_prefix("INCLUDE ").unwrap_or(&printed).to_owned()
}

fn field(text: String, path: Path) -> String {
    let expr = Expr::new(ExprKind::Field(FieldRef { text, path }), Span::default());
    print_expr(&expr, Dialect::Lql)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_get_the_quotes_they_need() {
        assert_eq!(super::key("page.url"), "page.url");
        assert_eq!(super::key("ship to"), "`ship to`");
        assert_eq!(super::key("from"), "`from`");
        assert_eq!(super::entry("countries", "United Kingdom"), "countries.`United Kingdom`");
        assert_eq!(super::name("a.b"), "a.b");
        assert_eq!(super::segment("vip-3"), "vip-3");
        assert_eq!(super::segment("big spender"), "`big spender`");
    }
}
