//! Who may do what: tokens, kept as hashes in a file of the data folder.
//!
//! As long as there is none, everybody who reaches the host may do everything; so a host without tokens listens on its own
//! machine only. Tokens can be made while the host runs.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use uuid::Uuid;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Sending events.
    Ingest,
    /// Reading profiles, segments and figures.
    Read,
    /// Everything.
    Admin,
}

impl Scope {
    /// Whether a token of this scope may do what needs that one.
    pub fn allows(self, needed: Self) -> bool {
        self == needed || self == Self::Admin
    }
}

/// A token as it is kept. The token itself is not: it has 244 bits of chance, so a plain hash gives nothing away.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    id: String,
    scope: Scope,
    /// SHA-256 of the secret, in hex.
    hash: String,
}

/// The time and the length of a file: another version has another.
type Version = (SystemTime, u64);

/// The tokens of a data folder.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    /// What was read last, and of which version of the file.
    read: Mutex<(Option<Version>, Vec<Kept>)>,
}

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// There are no tokens.
    Open,
    /// The token is good for this.
    Granted(Scope),
    /// There is no such token.
    Unknown,
}

impl Tokens {
    /// Those of a data folder.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join("tokens.json"), read: Mutex::new((None, Vec::new())) }
    }

    /// Makes a token and gives it: nobody can find it out again.
    pub fn create(&self, scope: Scope) -> io::Result<String> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        // Who makes another at the same time waits: else one of the two would be lost.
        let lock = fs::File::create(self.path.with_extension("lock"))?;
        lock.lock()?;
        let mut tokens = self.load()?;
        let id = Uuid::new_v4().simple().to_string();
        let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        tokens.push(Kept { id: id.clone(), scope, hash: hash(&secret) });
        let text = serde_json::to_string_pretty(&tokens)?;
        // Whoever reads meanwhile sees all of the old file or all of the new one.
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, text)?;
        fs::File::open(&fresh)?.sync_all()?;
        fs::rename(&fresh, &self.path)?;
        Ok(format!("at.{id}.{secret}"))
    }

    /// What who shows this token may do.
    pub fn access(&self, token: Option<&str>) -> io::Result<Access> {
        let modified = match fs::metadata(&self.path) {
            Ok(file) => Some((file.modified()?, file.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Access::Open),
            Err(error) => return Err(error),
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.0 != modified {
            *read = (modified, self.load()?);
        }
        let parts = token.and_then(|token| token.strip_prefix("at.")).and_then(|rest| rest.split_once('.'));
        let known = parts.and_then(|(id, secret)| {
            let hash = hash(secret);
            read.1.iter().find(|known| known.id == id && known.hash == hash)
        });
        Ok(known.map_or(Access::Unknown, |known| Access::Granted(known.scope)))
    }

    fn load(&self) -> io::Result<Vec<Kept>> {
        match fs::read(&self.path) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
