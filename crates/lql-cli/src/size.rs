//! Sizes on the command line, such as `512M`.

/// Reads a size in bytes: a whole number of KiB, MiB, GiB or TiB, written `K`, `M`, `G` or `T`.
pub fn parse(text: &str) -> Result<usize, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.strip_suffix(unit).unwrap_or_default();
    let shift = match unit.to_ascii_uppercase().as_str() {
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        "" if digits.bytes().any(|digit| digit != b'0') => {
            return Err(format!("of what? write {text}M or {text}G"));
        }
        _ => return Err("expected a size such as 512M or 2G".to_owned()),
    };
    if digits.is_empty() {
        return Err("expected a size such as 512M or 2G".to_owned());
    }
    let size = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(1 << shift));
    size.ok_or_else(|| "more than this machine can address".to_owned()).and_then(|size| match size {
        0 => Err("expected more than nothing, such as 512M or 2G".to_owned()),
        size => Ok(size),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        assert_eq!(parse("512M"), Ok(512 << 20));
        assert_eq!(parse("2g"), Ok(2 << 30));
        assert_eq!(parse("64KiB"), Ok(64 << 10));
        assert_eq!(parse("1TB"), Ok(1 << 40));
    }

    #[test]
    fn what_is_no_size_is_refused_with_a_reason() {
        assert_eq!(parse("512"), Err("of what? write 512M or 512G".into()));
        for text in ["", "M", "-1M", "1.5G", "1 G", "12x", "1M2"] {
            assert_eq!(parse(text), Err("expected a size such as 512M or 2G".into()), "{text}");
        }
        assert_eq!(parse("0M"), Err("expected more than nothing, such as 512M or 2G".into()));
        assert_eq!(parse("0"), Err("expected a size such as 512M or 2G".into()));
        for text in ["99999999999T", "99999999999999999999999K"] {
            assert_eq!(parse(text), Err("more than this machine can address".into()), "{text}");
        }
    }
}
