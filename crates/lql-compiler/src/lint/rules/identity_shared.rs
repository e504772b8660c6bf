use super::super::names::{says, words};
use super::super::project::{Project, call, field};
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "identity-shared",
    entry: CodeEntry {
        code: Code(705),
        title: "identity that many people share",
        explanation: "A whole office has one IP address, millions have one user agent, a company has one mail domain. As an identity it joins \
            strangers until the limits of lql.toml stop it. Keep it as a field that is no identity.",
        wrong: "SELECT email(m) AS email, ip AS ip FROM web INTO user BY email OR ip ALIAS a",
        right: "SELECT email(m) AS email, ip AS ip FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (site, expr) in project.identities() {
        let of_function = call(expr).is_some_and(|(function, _)| {
            matches!(function, "useragent" | "emaildomain" | "domain" | "host" | "path" | "emailname")
        });
        let by_name = is_shared(&site.column.field) || field(expr).is_some_and(|key| is_shared(&key.text));
        if of_function || by_name {
            let title = format!("many people share one `{}`", site.column.field);
            found.push(
                RULE.at(site.query.file, site.column.name_span, title)
                    .label("joins strangers")
                    .note("leave it out of BY"),
            );
        }
    }
}

fn is_shared(name: &str) -> bool {
    let words = words(name);
    let agent = words.windows(2).any(|pair| pair == ["user", "agent"]) || says(name, &["ua", "useragent"]);
    let last = words.last().map(String::as_str);
    let address = says(name, &["ip", "ipaddress", "ipv4", "ipv6"]) && !says(name, &["hash"]);
    agent
        || address
        || matches!(last, Some("country" | "city" | "zip" | "postcode" | "language" | "gender" | "company"))
}
