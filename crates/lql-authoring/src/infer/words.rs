//! Names of keys, as words: what they seem to mean, and the names and titles that are made of them.

use lql_syntax::ast::{Dialect, Expr, ExprKind, FieldRef, Path};
use lql_syntax::{Span, print_expr};

/// The words of a key in lower case: `user.customerNo` is `user`, `customer`, `no`; `E-Mail` is `email`.
pub fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in key.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    // One word that people write as two.
    if let Some(at) =
        words.windows(2).position(|pair| matches!(pair, [e, mail] if e == "e" && mail == "mail"))
    {
        words.splice(at..at + 2, ["email".to_owned()]);
    }
    words
}

/// Whether any of the words is among some.
pub fn any(words: &[String], known: &[&str]) -> bool {
    words.iter().any(|word| known.contains(&word.as_str()))
}

/// Whether the last word is among some.
pub fn ends(words: &[String], known: &[&str]) -> bool {
    words.last().is_some_and(|word| known.contains(&word.as_str()))
}

/// A name for a field: `user_customer_no`. It begins with a letter and is never empty.
pub fn field_name(key: &str) -> String {
    let name = words(key).join("_");
    match name.chars().next() {
        None => "value".to_owned(),
        Some(first) if first.is_alphabetic() => name,
        Some(_) => format!("n_{name}"),
    }
}

/// Words for people: `User customer no`.
pub fn title(key: &str) -> String {
    let spoken = |word: &String| match word.as_str() {
        "id" | "url" | "sku" | "ip" | "os" | "utm" | "crm" => word.to_uppercase(),
        "no" | "nr" => "number".to_owned(),
        "qty" => "quantity".to_owned(),
        "email" => "e-mail".to_owned(),
        _ => word.clone(),
    };
    let text = words(key).iter().map(spoken).collect::<Vec<_>>().join(" ");
    capital(if text.is_empty() { key } else { &text })
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A key or field as a query must write it; `None` if it cannot: the quotes of names have no escape.
pub fn spelled(name: &str) -> Option<String> {
    if name.is_empty() || name.contains(['`', '\r', '\n']) {
        return None;
    }
    let is_plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if !name.split('.').all(is_plain) {
        return Some(format!("`{name}`"));
    }
    // A dot is looked up as part of the key first, so the bare spelling means the same.
    let path = name.find('.').map_or(Path::Whole, |at| Path::Entry { at: at as u32 });
    let field = ExprKind::Field(FieldRef { text: name.to_owned(), path });
    Some(print_expr(&Expr::new(field, Span::default()), Dialect::Lql))
}

/// A text as a query writes it.
pub fn quoted(text: &str) -> String {
    let literal = ExprKind::Literal(lql_syntax::ast::Literal::Text(text.to_owned()));
    print_expr(&Expr::new(literal, Span::default()), Dialect::Lql)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_all_habits_come_apart_into_words() {
        assert_eq!(words("user.customerNo").join(" "), "user customer no");
        assert_eq!(words("E-Mail Address").join(" "), "email address");
        assert_eq!(words("ORDER_ID").join(" "), "order id");
        assert_eq!(words("items[*].sku2X").join(" "), "items sku2 x");
        assert_eq!(field_name("Sub-Category"), "sub_category");
        assert_eq!(field_name("2fa"), "n_2fa");
        assert_eq!(field_name("$$"), "value");
        assert_eq!(title("user.customer_no"), "User customer number");
    }

    #[test]
    fn names_are_spelled_so_that_they_are_read_back() {
        assert_eq!(spelled("cart.total").as_deref(), Some("cart.total"));
        assert_eq!(spelled("Order ID").as_deref(), Some("`Order ID`"));
        assert_eq!(spelled("total-tax").as_deref(), Some("`total-tax`"));
        assert_eq!(spelled("kind").as_deref(), Some("`kind`"));
        assert_eq!(spelled("a`b"), None);
        assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
    }
}
