//! How well a name fits what was typed.

/// How well `label` fits `typed`; `None` if it does not.
pub fn fit(typed: &str, label: &str) -> Option<i32> {
    if typed.is_empty() {
        return Some(0);
    }
    if label.starts_with(typed) {
        return Some(if label.len() == typed.len() { 1000 } else { 800 });
    }
    let (typed, label) = (typed.to_lowercase(), label.to_lowercase());
    if label.starts_with(&typed) {
        return Some(if label.len() == typed.len() { 950 } else { 700 });
    }
    match label.match_indices(&typed).map(|(at, _)| starts_word(&label, at)).max() {
        Some(true) => return Some(500),
        Some(false) if typed.len() > 1 => return Some(300),
        _ => {}
    }
    is_subsequence(&typed, &label).then_some(120)
}

/// Whether a word of the name begins at a byte: `url` in `page.url`.
fn starts_word(label: &str, at: usize) -> bool {
    let before = label.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|c| !c.is_alphanumeric())
}

/// Whether the characters of `typed` come in this order, the first of them at the beginning.
fn is_subsequence(typed: &str, label: &str) -> bool {
    let mut rest = label.chars();
    typed.chars().next() == label.chars().next() && typed.chars().all(|c| rest.any(|it| it == c))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn beginnings_come_before_words_and_these_before_the_rest() {
        let fits = ["url", "url_path", "URLs", "page.url", "curl", "umbral"].map(|label| fit("url", label));
        assert!(fits.is_sorted_by(|a, b| a > b), "{fits:?}");
        assert_eq!(fit("url", "path"), None);
        assert_eq!(fit("", "path"), Some(0));
        assert!(fit("skb", "skus_bought").is_some());
    }
}
