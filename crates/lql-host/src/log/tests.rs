//! What a log promises, on disks that fail.

use super::*;
use proptest::prelude::*;
use std::fs;
use std::sync::mpsc;
use tempfile::TempDir;

fn open(folder: &Path) -> Log {
    open_on(folder, Arc::new(OsDisk), Settings::default()).expect("opens")
}

fn open_on(folder: &Path, disk: Arc<dyn Disk>, settings: Settings) -> Result<Log, LogError> {
    Log::open(folder, disk, settings, Bell::default())
}

/// Appends and waits for the answer.
fn append(log: &Log, entry: &[u8]) -> io::Result<u64> {
    let (send, receive) = mpsc::channel();
    log.append(vec![entry.to_vec()], move |done| send.send(done).expect("somebody waits")).expect("room");
    receive.recv().expect("an answer")
}

fn read(log: &Log, from: u64) -> Vec<(u64, Vec<u8>)> {
    let mut reader = log.read_from(from);
    let mut all = Vec::new();
    while let Some((position, entry)) = reader.next_entry().expect("sound") {
        all.push((position, entry.to_vec()));
    }
    all
}

fn only_segment(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let first = files.next().expect("a segment");
    assert_eq!(files.next(), None, "one segment");
    first
}

#[test]
fn entries_are_there_again_in_order() {
    let folder = TempDir::new().expect("a folder");
    let log = open(folder.path());
    assert_eq!(append(&log, b"one").expect("written"), 0);
    assert_eq!(append(&log, b"").expect("written"), 1);
    let mut reader = log.read_from(1);
    assert_eq!(reader.next_entry().expect("sound"), Some((1, &b""[..])));
    assert_eq!(reader.next_entry().expect("sound"), None);
    assert_eq!(append(&log, b"three").expect("written"), 2);
    assert_eq!(reader.next_entry().expect("sound"), Some((2, &b"three"[..])));
    drop(log);
    let log = open(folder.path());
    assert_eq!(log.end(), 3);
    assert_eq!(read(&log, 0), [(0, b"one".to_vec()), (1, Vec::new()), (2, b"three".to_vec())]);
    assert_eq!(append(&log, b"four").expect("written"), 3);
    assert_eq!(read(&log, 3), [(3, b"four".to_vec())]);
}

#[test]
fn entries_that_come_together_stay_together() {
    let folder = TempDir::new().expect("a folder");
    let log = open(folder.path());
    let (send, receive) = mpsc::channel();
    let entries = [b"a", b"b", b"c"].map(|entry| entry.to_vec());
    append(&log, b"before").expect("written");
    log.append(entries.to_vec(), move |done| send.send(done.expect("written")).expect("somebody waits"))
        .expect("room");
    assert_eq!(receive.recv(), Ok(1));
    drop(log);
    // Without its last byte the group is none.
    let path = only_segment(folder.path());
    let bytes = fs::read(&path).expect("bytes");
    fs::write(&path, &bytes[..bytes.len() - 1]).expect("written");
    assert_eq!(read(&open(folder.path()), 0), [(0, b"before".to_vec())]);
}

#[test]
fn segments_follow_each_other() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings { segment_bytes: 100, ..Settings::default() };
    let entry = |at: u64| format!("entry number {at}").into_bytes();
    for round in 0..3 {
        let log = open_on(folder.path(), Arc::new(OsDisk), settings).expect("opens");
        for at in round * 10..round * 10 + 10 {
            assert_eq!(append(&log, &entry(at)).expect("written"), at);
        }
    }
    assert!(fs::read_dir(folder.path()).expect("a folder").count() > 5);
    let log = open(folder.path());
    for from in 0..30 {
        let expected: Vec<_> = (from..30).map(|at| (at, entry(at))).collect();
        assert_eq!(read(&log, from), expected, "from {from}");
    }
}

#[test]
fn what_waits_is_limited_and_what_is_refused_is_not_written() {
    let folder = TempDir::new().expect("a folder");
    let disk = Arc::new(Faulty::default());
    let settings = Settings { waiting_bytes: 10, ..Settings::default() };
    let log = open_on(folder.path(), disk.clone(), settings).expect("opens");
    let held = disk.hold();
    let (send, receive) = mpsc::channel();
    let entry = |text: &str, send: &mpsc::Sender<u64>| {
        let send = send.clone();
        log.append(vec![text.into()], move |done| send.send(done.expect("written")).expect("somebody waits"))
    };
    assert_eq!(entry("longer than all that may wait", &send), Ok(()), "taken where nothing else waits");
    assert_eq!(entry("more", &send), Err(Full));
    drop(held);
    assert_eq!(receive.recv(), Ok(0));
    while log.waiting() > 0 {
        std::thread::yield_now();
    }
    assert_eq!(entry("again", &send), Ok(()));
    assert_eq!(receive.recv(), Ok(1));
    assert_eq!(read(&log, 1), [(1, b"again".to_vec())]);
}

#[test]
fn a_full_disk_takes_nothing_and_harms_nothing() {
    let folder = TempDir::new().expect("a folder");
    let disk = Arc::new(Faulty::default());
    let log = open_on(folder.path(), disk.clone(), Settings::default()).expect("opens");
    append(&log, b"before").expect("written");
    for room in [0, 1, 23, 24, 30] {
        disk.set(Fault::Full { room });
        let error = append(&log, b"too much").expect_err("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
    disk.set(Fault::None);
    assert_eq!(append(&log, b"after").expect("there is room again"), 1);
    drop(log);
    assert_eq!(read(&open(folder.path()), 0), [(0, b"before".to_vec()), (1, b"after".to_vec())]);
}

#[test]
fn after_a_failed_sync_nothing_is_promised_any_more() {
    let folder = TempDir::new().expect("a folder");
    let disk = Arc::new(Faulty::default());
    let log = open_on(folder.path(), disk.clone(), Settings::default()).expect("opens");
    append(&log, b"before").expect("written");
    disk.set(Fault::Sync);
    append(&log, b"lost").expect_err("not on disk");
    disk.set(Fault::None);
    let error = append(&log, b"also").expect_err("still broken");
    assert!(error.to_string().contains("started again"), "{error}");
    assert_eq!(log.end(), 1);
    drop(log);
    let log = open(folder.path());
    assert_eq!(read(&log, 0), [(0, b"before".to_vec())]);
    assert_eq!(append(&log, b"now").expect("written"), 1);
}

#[test]
fn damage_among_what_was_acknowledged_is_an_error() {
    let folder = TempDir::new().expect("a folder");
    let log = open(folder.path());
    for entry in ["one", "two", "three"] {
        append(&log, entry.as_bytes()).expect("written");
    }
    drop(log);
    let path = only_segment(folder.path());
    let sound = fs::read(&path).expect("bytes");
    let last = sound.len() - (24 + 4 + 5);
    for at in 0..last {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x20;
        fs::write(&path, bytes).expect("written");
        match open_on(folder.path(), Arc::new(OsDisk), Settings::default()) {
            Err(LogError::Damaged { path: found, .. }) => assert_eq!(found, path),
            Err(error) => panic!("byte {at}: {error}"),
            Ok(_) => panic!("byte {at} was not missed"),
        }
    }
}

#[test]
fn a_group_within_an_entry_is_none() {
    let folder = TempDir::new().expect("a folder");
    let log = open(folder.path());
    append(&log, b"one").expect("written");
    let mut forged = group::Group::new(7);
    forged.push(b"forged");
    append(&log, forged.finish(0)).expect("written");
    drop(log);
    let path = only_segment(folder.path());
    let bytes = fs::read(&path).expect("bytes");
    // Torn at its beginning: the forged group after that is whole.
    let mut torn = bytes.clone();
    torn[24 + 24 + 7 + 9] ^= 1;
    fs::write(&path, torn).expect("written");
    assert_eq!(read(&open(folder.path()), 0), [(0, b"one".to_vec())]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a power cut leaves of the last group, all that was acknowledged is there and nothing else.
    #[test]
    fn a_torn_end_is_cut_off(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..6),
        kept in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let folder = TempDir::new().expect("a folder");
        let log = open(folder.path());
        let (last, before) = entries.split_last().expect("one at least");
        for entry in before {
            append(&log, entry).expect("written");
        }
        let whole = log.size() as usize;
        append(&log, last).expect("written");
        drop(log);
        let path = only_segment(folder.path());
        let bytes = fs::read(&path).expect("bytes");
        let mut torn = bytes[..whole + kept.index(bytes.len() - whole)].to_vec();
        torn.extend_from_slice(&noise);
        prop_assume!(torn != bytes);
        fs::write(&path, torn).expect("written");
        let log = open(folder.path());
        let expected: Vec<_> = before.iter().cloned().zip(0..).map(|(entry, at)| (at, entry)).collect();
        prop_assert_eq!(read(&log, 0), expected);
        prop_assert_eq!(append(&log, b"next").expect("written"), before.len() as u64);
    }
}

/// A disk with a fault, on top of the real one.
#[derive(Debug, Default)]
struct Faulty {
    fault: Arc<Mutex<Fault>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Fault {
    #[default]
    None,
    /// Room for so many bytes of each write.
    Full {
        room: usize,
    },
    Sync,
}

impl Faulty {
    fn set(&self, fault: Fault) {
        *self.fault.lock().expect("not poisoned") = fault;
    }

    /// Nothing is written while this is held.
    fn hold(&self) -> MutexGuard<'_, Fault> {
        self.fault.lock().expect("not poisoned")
    }
}

impl Disk for Faulty {
    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(FaultyFile { file: OsDisk.open(path)?, fault: Arc::clone(&self.fault) }))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        OsDisk.sync_folder(path)
    }
}

#[derive(Debug)]
struct FaultyFile {
    file: Box<dyn File>,
    fault: Arc<Mutex<Fault>>,
}

impl FaultyFile {
    fn fault(&self) -> Fault {
        *self.fault.lock().expect("not poisoned")
    }
}

impl File for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.fault() {
            Fault::Full { room } => {
                self.file.append(&bytes[..room.min(bytes.len())])?;
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => self.file.append(bytes),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.fault() {
            Fault::Sync => Err(io::Error::other("the disk is gone")),
            _ => self.file.sync(),
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.cut(length)
    }
}
