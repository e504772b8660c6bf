//! A URL split into its parts, as RFC 3986 writes them.
//!
//! A WHATWG parser would not do: it drops `:80`, resolves `..`, turns `\` into `/`, encodes the path and rewrites
//! the host, whereas the functions of this group promise the parts as they were written.

use memchr::{memchr, memchr2, memrchr};

/// The parts of a URL; slices of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Url<'t> {
    /// `https`; empty if the text has none.
    pub scheme: &'t str,
    /// `user:password`
    pub user: Option<&'t str>,
    /// `e.org:8080`; may be empty.
    pub host: &'t str,
    /// `/a/b`; empty or with a leading `/`.
    pub path: &'t str,
    /// What follows `?`.
    pub query: Option<&'t str>,
    /// What follows `#`.
    pub fragment: Option<&'t str>,
}

impl<'t> Url<'t> {
    /// Splits a text. One that begins with no `scheme://` is taken as if `http://` stood in front of it.
    /// `None` if a part has characters that it cannot have.
    pub(super) fn split(text: &'t str) -> Option<Self> {
        // Without an early exit the test runs over many bytes at a time.
        if text.is_empty() || text.bytes().fold(false, |found, b| found | b.is_ascii_control()) {
            return None;
        }
        let (scheme, rest) = split_scheme(text);
        // Nearly all authorities are plain names; only others are looked at more closely.
        let name_end = rest.bytes().position(|b| !is_plain(b)).unwrap_or(rest.len());
        let is_name = matches!(rest.as_bytes().get(name_end), None | Some(b'/' | b'?' | b'#'));
        let end = if is_name { name_end } else { rest.find(['/', '?', '#']).unwrap_or(rest.len()) };
        let (authority, rest) = rest.split_at_checked(end)?;
        let (user, host) = match memrchr(b'@', authority.as_bytes()) {
            Some(at) if !is_name => (authority.get(..at), authority.get(at + 1..)?),
            _ => (None, authority),
        };
        if !is_name && !is_host(host) {
            return None;
        }
        let (path, mark, rest) = match memchr2(b'?', b'#', rest.as_bytes()) {
            Some(at) => (rest.get(..at)?, rest.as_bytes().get(at).copied(), rest.get(at + 1..)?),
            None => (rest, None, ""),
        };
        let (query, fragment) = match mark {
            Some(b'?') => {
                let (query, fragment) = cut(rest, b'#');
                (Some(query), fragment)
            }
            mark => (None, mark.map(|_| rest)),
        };
        has_good_escapes(path).then_some(Self { scheme, user, host, path, query, fragment })
    }

    /// The host without its port.
    pub(super) fn host_name(self) -> &'t str {
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => self.host,
        }
    }
}

/// The scheme and what follows `//`. A text such as `//e.org` has an empty scheme.
fn split_scheme(text: &str) -> (&str, &str) {
    if let Some(rest) = text.strip_prefix("https://") {
        return ("https", rest);
    }
    let split = memchr(b':', text.as_bytes()).and_then(|at| text.split_at_checked(at));
    if let Some((scheme, rest)) = split
        && let Some(rest) = rest.strip_prefix("://")
        && is_scheme(scheme)
    {
        return (scheme, rest);
    }
    ("", text.strip_prefix("//").unwrap_or(text))
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// What stands before an ASCII mark, and what after it.
pub(super) fn cut(text: &str, mark: u8) -> (&str, Option<&str>) {
    match memchr(mark, text.as_bytes()) {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..)),
        None => (text, None),
    }
}

/// `e.org`, `e.org:80`, `[::1]:80`, and nothing at all.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("", port),
            _ => return false,
        },
        None => host.split_at_checked(host.find(':').unwrap_or(host.len())).unwrap_or((host, "")),
    };
    let is_port = port.strip_prefix(':').is_none_or(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let is_bare = port.is_empty() || port.starts_with(':');
    is_port && is_bare && name.bytes().all(in_host)
}

/// Whether a byte may stand in the name of a host.
const fn in_host(byte: u8) -> bool {
    !matches!(
        byte,
        b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'[' | b']' | b'%' | b'@'
    )
}

/// Whether a byte means nothing but itself in an authority. Found in a table: hosts are looked at byte by byte.
fn is_plain(byte: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "the table is made by the compiler")]
    static PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            plain[byte] = in_host(byte as u8) && !matches!(byte as u8, b':' | b'/' | b'?' | b'#');
            byte += 1;
        }
        plain
    };
    PLAIN.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Whether every `%` begins an escape.
fn has_good_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'%', bytes)
        .all(|at| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn the_parts_are_kept_as_written() {
        let url = Url::split("HTTP://u:p@E.org:80/a/../B%20c?x=1?y#f?#").unwrap();
        assert_eq!((url.scheme, url.user, url.host), ("HTTP", Some("u:p"), "E.org:80"));
        assert_eq!((url.path, url.query, url.fragment), ("/a/../B%20c", Some("x=1?y"), Some("f?#")));
        assert_eq!(url.host_name(), "E.org");
    }

    #[test]
    fn a_host_may_end_with_any_mark() {
        let parts = |text| Url::split(text).map(|url| (url.host, url.path, url.query, url.fragment));
        assert_eq!(parts("e.org?q#f"), Some(("e.org", "", Some("q"), Some("f"))));
        assert_eq!(parts("u@e.org:80#f?q"), Some(("e.org:80", "", None, Some("f?q"))));
        assert_eq!(parts("https://e.org/a@b?"), Some(("e.org", "/a@b", Some(""), None)));
        assert_eq!(parts("https://?q"), Some(("", "", Some("q"), None)));
    }

    #[test]
    fn a_scheme_may_lack() {
        let host = |text| Url::split(text).map(|url| (url.scheme, url.host));
        assert_eq!(host("e.org/r?u=http://x.org"), Some(("", "e.org")));
        assert_eq!(host("//e.org/a"), Some(("", "e.org")));
        assert_eq!(host("localhost:80"), Some(("", "localhost:80")));
        assert_eq!(host("/a/b"), Some(("", "")));
        assert_eq!(host("ftp://e.org"), Some(("ftp", "e.org")));
    }

    #[test]
    fn impossible_texts_are_refused() {
        for text in [
            "",
            "two words",
            "http://a b/",
            "http://e.org/%zz",
            "http://e.org/%4",
            "http://e.org:8x/",
            "http://[::1",
            "http://[e.org]/",
            "http://a:1:2/",
            "http://e.org/\n",
            "a\\b",
            "http://%41.org",
        ] {
            assert_eq!(Url::split(text), None, "{text:?}");
        }
    }
}
