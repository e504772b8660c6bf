//! Packages as bytes: what `lql build` writes and `lql run` or a host loads.
//!
//! Layout: the magic `LQLP`, a format version (u16, little endian), the length of the body (u64), the xxh3-64 of the
//! body (u64), the body. A package of another format version is refused with a clear error, never guessed at.

use super::Package;

/// First bytes of every package.
pub const MAGIC: [u8; 4] = *b"LQLP";

/// The format of this version. Raised with every change of [`Package`] or of the meaning of an instruction.
pub const VERSION: u16 = 2;

const HEADER: usize = 4 + 2 + 8 + 8;

/// Why bytes are no package of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They do not start with the magic.
    Foreign,
    /// They were written in another format version.
    Version(u16),
    /// There are fewer or more bytes than the header says.
    Length {
        /// Bytes that the header promises.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The checksum does not match.
    Damaged,
    /// The checksum matches but the body does not decode: it was written by a broken program.
    Body,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DecodeError::Foreign => f.write_str("this is no compiled LQL package"),
            DecodeError::Version(found) => write!(
                f,
                "the package has format {found} and this version reads format {VERSION}: build it again from its sources"
            ),
            DecodeError::Length { expected, found } => {
                write!(f, "the package is damaged: it should hold {expected} bytes and holds {found}")
            }
            DecodeError::Damaged => f.write_str("the package is damaged: its checksum does not match"),
            DecodeError::Body => f.write_str("the package is damaged: it cannot be read"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl Package {
    /// The package as bytes. Equal packages give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising plain data into memory cannot fail; an empty body would be refused on reading.
        let body = postcard::to_stdvec(self).unwrap_or_default();
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&xxhash_rust::xxh3::xxh3_64(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Reads a package back.
    ///
    /// ```
    /// # use lql_compiler::program::{DecodeError, Package};
    /// let package = Package::default();
    /// assert_eq!(Package::from_bytes(&package.to_bytes()), Ok(package));
    /// assert_eq!(Package::from_bytes(b"PK\x03\x04"), Err(DecodeError::Foreign));
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(DecodeError::Foreign)?;
        let (version, rest) = rest.split_first_chunk().ok_or(DecodeError::Body)?;
        let version = u16::from_le_bytes(*version);
        if version != VERSION {
            return Err(DecodeError::Version(version));
        }
        let (length, rest) = rest.split_first_chunk().ok_or(DecodeError::Body)?;
        let (checksum, body) = rest.split_first_chunk().ok_or(DecodeError::Body)?;
        let (expected, found) = (u64::from_le_bytes(*length), body.len() as u64);
        if expected != found {
            return Err(DecodeError::Length { expected, found });
        }
        if u64::from_le_bytes(*checksum) != xxhash_rust::xxh3::xxh3_64(body) {
            return Err(DecodeError::Damaged);
        }
        postcard::from_bytes(body).map_err(|_| DecodeError::Body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, Source, check};

    fn sample() -> Package {
        let text = "SELECT email(m) AS email, sum(x * 2.5) AS spend, match(\"a_\") AS attributes IF y IN (\"p\", 3) FROM web INTO user BY email ALIAS a";
        check(&[Source::lql("a.lql", text)], &Settings::default()).package().unwrap()
    }

    #[test]
    fn a_package_survives_the_way_through_bytes() {
        let package = sample();
        assert_eq!(Package::from_bytes(&package.to_bytes()), Ok(package));
    }

    #[test]
    fn every_damaged_byte_is_noticed() {
        let bytes = sample().to_bytes();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Package::from_bytes(&damaged).is_err(), "byte {at}");
            assert!(Package::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn another_format_is_refused_by_name() {
        let mut bytes = sample().to_bytes();
        bytes[4] = 9;
        assert_eq!(Package::from_bytes(&bytes), Err(DecodeError::Version(9)));
        let message = DecodeError::Version(9).to_string();
        assert!(message.contains("format 9") && message.contains("build it again"));
    }
}
