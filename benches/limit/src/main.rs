//! `limit m1|m2|m3 FILE [--csv] [--threads N] > out.ndjson`

use limit::{Options, Task, run};
use std::{env, fs::File, io, process::ExitCode};

const USAGE: &str = "usage: limit m1|m2|m3 FILE [--csv] [--threads N]";

fn main() -> ExitCode {
    let Some((options, file)) = arguments(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // Without the line buffer of `Stdout`: what arrives there is whole blocks.
    let outcome = File::open(&file).and_then(|source| run(source, options, unbuffered()?));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn unbuffered() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

fn arguments(mut given: impl Iterator<Item = String>) -> Option<(Options, String)> {
    let task = match given.next()?.as_str() {
        "m1" => Task::M1,
        "m2" => Task::M2,
        "m3" => Task::M3,
        _ => return None,
    };
    let file = given.next()?;
    let mut options = Options { task, csv: false, threads: 1 };
    while let Some(flag) = given.next() {
        match flag.as_str() {
            "--csv" => options.csv = true,
            "--threads" => options.threads = given.next()?.parse().ok().filter(|count| *count > 0)?,
            _ => return None,
        }
    }
    Some((options, file))
}
