//! Ends the server when the editor that started it is gone, for some editors die without closing the pipe.

use super::wire::Life;
use std::sync::Arc;
#[cfg(unix)]
use std::time::Duration;

/// How often the editor is looked for.
#[cfg(unix)]
const INTERVAL: Duration = Duration::from_secs(2);

/// Watches a process.
#[cfg(unix)]
pub fn watch(process: u32, life: Arc<Life>) {
    let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else { return };
    let look = move || {
        // Not allowed to signal it means that it is there.
        while rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH) {
            std::thread::sleep(INTERVAL);
        }
        life.exit.notify_one();
    };
    // Without the thread the end of the pipe still ends the server.
    let _ = std::thread::Builder::new().name("lql-editor-watch".into()).spawn(look);
}

/// Elsewhere the end of the pipe must do.
#[cfg(not(unix))]
pub fn watch(_: u32, _: Arc<Life>) {}
