//! What a name is likely to hold, judged by its words: `buyerMail` is an address, `order_no` a number of an order.

/// A name with its words in lower case and `_` between them: `cart.orderTotal_EUR` is `cart_order_total_eur`.
pub(super) fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len() + 4);
    let (mut lower, mut ended) = (false, false);
    for c in name.chars() {
        ended |= !c.is_alphanumeric() || (lower && c.is_uppercase());
        lower = c.is_lowercase();
        if c.is_alphanumeric() {
            if ended && !plain.is_empty() {
                plain.push('_');
            }
            plain.extend(c.to_lowercase());
            ended = false;
        }
    }
    plain
}

/// The words of a name, lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    plain(name).split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether one of the words of a name is one of these, or its plural.
pub(super) fn says(name: &str, meant: &[&str]) -> bool {
    plain(name).split('_').any(|word| {
        let single = word.strip_suffix('s').unwrap_or(word);
        meant.contains(&word) || meant.contains(&single)
    })
}

/// Words of e-mail addresses.
pub(super) const MAIL: &[&str] = &["email", "mail", "emailaddress", "useremail"];

/// Words of telephone numbers.
pub(super) const PHONE: &[&str] = &["phone", "mobile", "telephone", "msisdn", "tel"];

/// Words that say that a name holds something made of another: `email_sha256`, `mail_domain`, `email_optin`.
const DERIVED: &[&str] = &[
    "hash", "md5", "sha1", "sha256", "sha512", "sha", "hashed", "domain", "name", "count", "ct", "optin",
    "opt", "consent", "status", "type", "date", "time", "at", "sent", "opened", "clicked", "open", "click",
    "subject", "campaign", "id", "template", "verified", "valid", "number", "event", "sum", "total",
];

/// Whether a name is that of an e-mail address itself.
pub(super) fn is_mail(name: &str) -> bool {
    says(name, MAIL) && !says(name, DERIVED)
}

/// Whether a name is that of a telephone number itself.
pub(super) fn is_phone(name: &str) -> bool {
    says(name, PHONE)
        && !says(
            name,
            &["hash", "type", "model", "os", "brand", "app", "country", "carrier", "optin", "verified"],
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_signs_and_capitals() {
        assert_eq!(plain("cart.orderTotal_EUR"), "cart_order_total_eur");
        assert_eq!(plain("_E-Mail"), "e_mail");
        assert!(is_mail("buyerMail") && is_mail("emails") && !is_mail("email_sha256") && !is_mail("female"));
    }
}
