//! The real binary, started as a user starts it.

use std::{
    ffi::OsStr,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

/// What a run of `lql` left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit code.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// The same output, if the run ended with `status`; panics with all that was said otherwise.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use, reason = "often the exit code is all that is asked")]
    pub fn expect(self, status: i32) -> Output {
        assert!(
            self.status == status,
            "exit code {}, not {status}\n{}{}",
            self.status,
            self.stdout,
            self.stderr
        );
        self
    }

    /// The lines of standard output as JSON.
    pub fn json(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs `lql` in the folder of the repository, so that `examples/shop` is a path.
pub fn lql<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    lql_in(repository(), arguments)
}

/// Runs `lql` in a folder.
pub fn lql_in<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Output {
    run(command(binary(), folder).args(arguments), |_| ()).0
}

/// Runs `lql` in a folder, and also tells the most memory it held, in KiB. Not zero on Linux only.
pub fn lql_measured<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> (Output, u64) {
    run(command(binary(), folder).args(arguments), peak_memory)
}

/// Runs a line of a shell in a folder; `lql` is on the path.
pub fn shell(folder: &Path, line: &str) -> Output {
    let beside = binary().parent().unwrap();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([beside.to_owned()].into_iter().chain(std::env::split_paths(&inherited)));
    run(command("sh", folder).args(["-c", line]).env("PATH", path.unwrap()), |_| ()).0
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The `lql` binary, built from the sources as they are, in the profile of the tests.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        // Tests lie in `target/PROFILE/deps`, tools in `target/PROFILE`.
        let program = std::env::current_exe().unwrap();
        let beside = program.parent().unwrap();
        let folder = if beside.ends_with("deps") { beside.parent().unwrap() } else { beside };
        let profile = match folder.file_name().and_then(OsStr::to_str).unwrap() {
            "debug" => "dev",
            other => other,
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
        let mut build = command(&cargo, repository());
        build.args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "lql-cli",
            "--profile",
            profile,
            "--target-dir",
        ]);
        run(build.arg(folder.parent().unwrap()), |_| ()).0.expect(0);
        folder.join(if cfg!(windows) { "lql.exe" } else { "lql" })
    })
}

/// A run of `lql` in the folder of the repository that goes on by itself.
pub fn spawn<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Child {
    let mut command = command(binary(), repository());
    command.args(arguments).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// A command that the terminal and the colours of whoever runs the tests do not reach.
fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs to the end while `watch` looks on.
fn run<T>(command: &mut Command, watch: impl FnOnce(&Child) -> T) -> (Output, T) {
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (stdout, stderr) = (thread::spawn(|| read(stdout)), thread::spawn(|| read(stderr)));
    let watched = watch(&child);
    let status = child.wait().unwrap().code().unwrap_or(-1);
    let output = Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() };
    (output, watched)
}

fn read(mut source: impl Read) -> String {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).expect("output is UTF-8")
}

/// The kernel's high-water mark of a process, asked for until it has ended.
fn peak_memory(child: &Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // A process that has ended but was not waited for has a status without this line.
    while let Some(now) = std::fs::read_to_string(&status).ok().as_deref().and_then(high_water_mark) {
        peak = peak.max(now);
        thread::sleep(Duration::from_millis(1));
    }
    peak
}

pub(crate) fn high_water_mark(status: &str) -> Option<u64> {
    memory_of(status, "VmHWM:")
}

/// A line of a process's status, in KiB.
pub(crate) fn memory_of(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
