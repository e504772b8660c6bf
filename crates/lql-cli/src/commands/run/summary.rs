//! The closing words of a run.

use super::ingest::Done;
use super::write::Written;
use indicatif::HumanBytes;
use lql_compiler::Time;
use lql_runtime::Mapper;
use std::fmt::Write as _;
use std::time::Duration;

/// What was read, what became of it, and how long it took. `clock` is the newest event's time where it was the clock.
pub fn text(
    done: &Done,
    mappers: &[Mapper<'_>],
    written: &[Written],
    clock: Option<Time>,
    took: Duration,
) -> String {
    let mut out = String::new();
    columns(done, mappers, &mut out);
    let counts = done.counts;
    let _ = write!(out, "events    {} read", grouped(counts.read));
    let _ = write!(out, ", {} rejected", grouped(counts.rejected));
    if let Some(path) = &done.rejects {
        let _ = write!(out, " (see {})", path.display());
    }
    let without = counts.without_identity + done.merged.no_identity;
    let _ = write!(out, ", {} without identity", grouped(without));
    if done.merged.replays > 0 {
        let _ = write!(out, ", {} replayed", grouped(done.merged.replays));
    }
    out.push('\n');
    for ignored in [(done.merged.blocked, "blocked"), (done.merged.too_long, "longer than 256 bytes")] {
        if ignored.0 > 0 {
            let _ = writeln!(out, "          {} identity values ignored: {}", grouped(ignored.0), ignored.1);
        }
    }
    for table in written {
        let [conflict, neighbours, identities] = table.refused;
        let _ = write!(out, "profiles  {} in table {}", grouped(table.profiles as u64), table.table);
        let _ = write!(out, ", {} links refused", grouped(conflict + neighbours + identities));
        let reasons =
            [(conflict, "conflict"), (neighbours, "neighbour limit"), (identities, "identity limit")];
        let reasons: Vec<String> =
            reasons.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{} {why}", grouped(*n))).collect();
        if !reasons.is_empty() {
            let _ = write!(out, " ({})", reasons.join(", "));
        }
        out.push('\n');
    }
    if let Some(spill) = &done.spill {
        let [bytes, identities, limit] =
            [spill.bytes, spill.identities as u64, spill.limit as u64].map(HumanBytes);
        let _ = write!(out, "memory    {bytes} written to disk in {} runs, identities ", grouped(spill.runs));
        let _ = if spill.identities > spill.limit {
            writeln!(out, "alone take {identities}: more than the {limit} of --memory")
        } else {
            writeln!(out, "take {identities} of {limit}")
        };
    }
    if let Some(clock) = clock {
        let _ = writeln!(out, "clock     {} (the newest event; --now sets it)", clock.to_rfc3339());
    }
    let rate = counts.read as f64 / took.as_secs_f64().max(1e-9);
    let _ = writeln!(out, "time      {:.2} s, {} events/s", took.as_secs_f64(), grouped(rate as u64));
    out
}

/// A line a column: how many events gave it a value, and how many did not.
fn columns(done: &Done, mappers: &[Mapper<'_>], out: &mut String) {
    let mut rows: Vec<[String; 4]> = vec![["query", "column", "values", "no value"].map(str::to_owned)];
    for ((mapper, values), events) in mappers.iter().zip(&done.values).zip(&done.events) {
        if *events == 0 {
            continue;
        }
        for (column, count) in mapper.program().columns.iter().zip(values) {
            let query = mapper.program().queries.get(usize::from(column.query));
            let field = mapper.schema().field(column.field);
            rows.push([
                query.map_or(String::new(), |query| query.alias.clone()),
                field.map_or(String::new(), |field| field.name.clone()),
                grouped(*count),
                grouped(events - count),
            ]);
        }
    }
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    for [query, column, values, none] in &rows {
        let [a, b, c, d] = widths;
        let _ = writeln!(out, "{query:<a$}  {column:<b$}  {values:>c$}  {none:>d$}");
    }
    out.push('\n');
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
