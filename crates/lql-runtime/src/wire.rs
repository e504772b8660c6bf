//! The envelope of everything that leaves a process, and the atoms of what is inside.
//!
//! ```text
//! "LQLF"  version u8  what u8  table hash u64 LE  payload …  xxh3-64 u64 LE of all before
//! ```
//!
//! Numbers are varints, signed ones in zigzag; a text is its length and its bytes. There is one way to write each value
//! and readers refuse every other, so that what decodes encodes to the same bytes again. Decoding never panics.

use std::fmt;

use lql_compiler::Time;
use xxhash_rust::xxh3::xxh3_64;

use crate::Stamp;

const MAGIC: [u8; 4] = *b"LQLF";
const VERSION: u8 = 1;
const HEADER: usize = MAGIC.len() + 2 + 8;
const CHECKSUM: usize = 8;

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum What {
    /// The contributions homed at one identity value.
    Fragment = 1,
    /// What one event does.
    Change = 2,
    /// Links of identity values.
    Links = 3,
    /// All that was learnt from changes.
    State = 4,
}

/// Why bytes cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// They do not start as an envelope does.
    NotOurs,
    /// Another version wrote them.
    Version(u8),
    /// They were changed on their way, or cut.
    Checksum,
    /// The envelope holds something else: this byte says what.
    What(u8),
    /// They end in the middle of a value.
    Short,
    /// There are more than the value needs.
    Long,
    /// A state has as many identity values as it can number and keep: four billion, or 4 GiB of text.
    Full,
    /// A value that is never written: out of range, or not in the one way to write it.
    Invalid(&'static str),
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs => f.write_str("not an encoding of this program"),
            Self::Version(version) => write!(f, "written by another version (format {version})"),
            Self::Checksum => f.write_str("damaged: the checksum does not fit"),
            Self::What(what) => write!(f, "holds something else (kind {what})"),
            Self::Short => f.write_str("damaged: ends too early"),
            Self::Long => f.write_str("damaged: goes on after its end"),
            Self::Full => f.write_str("too many identity values for one state"),
            Self::Invalid(what) => write!(f, "damaged: invalid {what}"),
        }
    }
}

impl std::error::Error for WireError {}

/// What [`open`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened<'a> {
    /// Hash of the tables that give the payload its meaning; 0 if it needs none.
    pub table_hash: u64,
    /// What [`seal`] was given.
    pub payload: &'a [u8],
}

/// Puts a payload into an envelope.
pub fn seal(what: What, table_hash: u64, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + payload.len() + CHECKSUM);
    bytes.extend(MAGIC);
    bytes.extend([VERSION, what as u8]);
    bytes.extend(table_hash.to_le_bytes());
    bytes.extend(payload);
    bytes.extend(xxh3_64(&bytes).to_le_bytes());
    bytes
}

/// Takes a payload out of its envelope, if it is whole and holds what is expected.
pub fn open(bytes: &[u8], what: What) -> Result<Opened<'_>, WireError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(WireError::NotOurs)?;
    match rest.first() {
        Some(&VERSION) => {}
        Some(version) => return Err(WireError::Version(*version)),
        None => return Err(WireError::Short),
    }
    let (before, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(WireError::Short)?;
    let (header, payload) = before.split_first_chunk::<HEADER>().ok_or(WireError::Short)?;
    if xxh3_64(before) != u64::from_le_bytes(*checksum) {
        return Err(WireError::Checksum);
    }
    let [_, _, _, _, _, found, table_hash @ ..] = *header;
    if found != what as u8 {
        return Err(WireError::What(found));
    }
    Ok(Opened { table_hash: u64::from_le_bytes(table_hash), payload })
}

/// Writes a number, seven bits a byte, the lowest first.
pub fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a signed number: 0, -1, 1, -2, 2 … count up.
pub fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_varint(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Writes bytes with their length.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend(bytes);
}

/// Writes a text with its length.
pub fn put_text(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

/// Writes an instant.
pub fn put_time(out: &mut Vec<u8>, time: Time) {
    put_signed(out, time.seconds());
    put_varint(out, u64::from(time.nanos()));
}

/// Writes a stamp. Ids are hashes, mostly: a varint would not make them shorter.
pub fn put_stamp(out: &mut Vec<u8>, stamp: Stamp) {
    put_time(out, stamp.time);
    out.extend(stamp.id.to_le_bytes());
}

/// Reads what the `put_` functions wrote, from the front.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes between this place and a later one of the same reader.
    pub fn passed(&self, later: &Self) -> &'a [u8] {
        self.rest.get(..self.rest.len().saturating_sub(later.rest.len())).unwrap_or_default()
    }

    /// Whether everything was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Must be called at the end: bytes that nobody read are an error.
    pub fn finish(self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(WireError::Long) }
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        let (first, rest) = self.rest.split_first().ok_or(WireError::Short)?;
        self.rest = rest;
        Ok(*first)
    }

    /// A fixed number of bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (first, rest) = self.rest.split_first_chunk::<N>().ok_or(WireError::Short)?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number, in the shortest of its forms.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, WireError> {
        // Most numbers are small.
        if let Some((first, rest)) = self.rest.split_first()
            && *first < 0x80
        {
            self.rest = rest;
            return Ok(u64::from(*first));
        }
        self.long_varint()
    }

    #[cold]
    fn long_varint(&mut self) -> Result<u64, WireError> {
        let mut number = 0;
        for shift in (0..).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift > 63 || (shift == 63 && bits > 1) || (byte == 0 && shift > 0) {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(WireError::Invalid("number"))
    }

    /// A number of a smaller type, which must be able to hold it.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, WireError> {
        T::try_from(self.varint()?).map_err(|_| WireError::Invalid("number"))
    }

    /// A signed number.
    pub fn signed(&mut self) -> Result<i64, WireError> {
        let zigzag = self.varint()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// How many values follow. Each takes at least a byte, so no damage can ask for more memory than it brings bytes.
    pub fn count(&mut self) -> Result<usize, WireError> {
        let count = self.small()?;
        if count > self.rest.len() { Err(WireError::Short) } else { Ok(count) }
    }

    /// Bytes with their length.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = self.varint()? as usize;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(WireError::Short)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A text with its length.
    pub fn text(&mut self) -> Result<&'a str, WireError> {
        simdutf8::basic::from_utf8(self.bytes()?).map_err(|_| WireError::Invalid("text"))
    }

    /// An instant.
    pub fn time(&mut self) -> Result<Time, WireError> {
        let (seconds, nanos) = (self.signed()?, self.small()?);
        Time::new(seconds, nanos).ok_or(WireError::Invalid("time"))
    }

    /// A stamp.
    pub fn stamp(&mut self) -> Result<Stamp, WireError> {
        Ok(Stamp { time: self.time()?, id: u64::from_le_bytes(self.array()?) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_envelope_looks_as_it_always_did() {
        let bytes = seal(What::Links, 0x0102_0304_0506_0708, b"hi");
        let mut expected = b"LQLF\x01\x03\x08\x07\x06\x05\x04\x03\x02\x01hi".to_vec();
        expected.extend([250, 17, 48, 65, 36, 138, 98, 145]);
        assert_eq!(bytes, expected);
        let opened = Opened { table_hash: 0x0102_0304_0506_0708, payload: b"hi" };
        assert_eq!(open(&bytes, What::Links), Ok(opened));
    }

    #[test]
    fn each_damage_has_its_name() {
        let bytes = seal(What::Fragment, 7, b"payload");
        assert_eq!(open(b"", What::Fragment), Err(WireError::NotOurs));
        assert_eq!(open(b"LQLP", What::Fragment), Err(WireError::NotOurs));
        assert_eq!(open(b"LQLF", What::Fragment), Err(WireError::Short));
        assert_eq!(open(&bytes[..20], What::Fragment), Err(WireError::Short));
        assert_eq!(open(&bytes[..24], What::Fragment), Err(WireError::Checksum));
        assert_eq!(open(&bytes, What::State), Err(WireError::What(1)));
        let mut newer = bytes;
        newer[4] = 2;
        assert_eq!(open(&newer, What::Fragment), Err(WireError::Version(2)));
    }

    #[test]
    fn only_the_shortest_form_of_a_number_is_read() {
        let read = |bytes: &[u8]| Reader::new(bytes).varint();
        assert_eq!(read(&[0]), Ok(0));
        assert_eq!(read(&[0x80, 1]), Ok(128));
        assert_eq!(read(&[0x80, 0]), Err(WireError::Invalid("number")));
        assert_eq!(read(&[0x80]), Err(WireError::Short));
        let mut largest = vec![0xff; 9];
        largest.push(1);
        assert_eq!(read(&largest), Ok(u64::MAX));
        largest[9] = 2;
        assert_eq!(read(&largest), Err(WireError::Invalid("number")));
        assert_eq!(read(&[0xff; 11]), Err(WireError::Invalid("number")));
    }

    #[test]
    fn a_count_is_never_larger_than_the_bytes_that_follow() {
        let mut bytes = Vec::new();
        put_varint(&mut bytes, 1 << 40);
        bytes.extend([0; 100]);
        assert_eq!(Reader::new(&bytes).count(), Err(WireError::Short));
        assert_eq!(Reader::new(&bytes).text(), Err(WireError::Short));
    }

    proptest! {
        #[test]
        fn values_come_back(
            number in any::<u64>().prop_flat_map(|n| (0..64u32).prop_map(move |shift| n >> shift)),
            text in ".*",
            seconds in -377_705_023_201i64..=253_402_207_200,
            nanos in 0u32..1_000_000_000,
            id in any::<u64>(),
        ) {
            let stamp = Stamp { time: Time::new(seconds, nanos).unwrap(), id };
            let mut bytes = Vec::new();
            put_varint(&mut bytes, number);
            put_signed(&mut bytes, number as i64);
            put_text(&mut bytes, &text);
            put_stamp(&mut bytes, stamp);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.varint(), Ok(number));
            prop_assert_eq!(reader.signed(), Ok(number as i64));
            prop_assert_eq!(reader.text(), Ok(text.as_str()));
            prop_assert_eq!(reader.stamp(), Ok(stamp));
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn what_reads_as_a_number_is_written_so_again(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(number) = reader.varint() {
                let mut again = Vec::new();
                put_varint(&mut again, number);
                prop_assert_eq!(&bytes[..bytes.len() - reader.rest.len()], again);
            }
        }

        #[test]
        fn no_single_change_of_an_envelope_goes_unnoticed(
            payload in prop::collection::vec(any::<u8>(), 0..40),
            at in any::<prop::sample::Index>(),
            bit in 0..8u32,
        ) {
            let bytes = seal(What::Change, 1, &payload);
            let at = at.index(bytes.len());
            prop_assert!(open(&bytes[..at], What::Change).is_err());
            let mut flipped = bytes;
            flipped[at] ^= 1 << bit;
            prop_assert!(open(&flipped, What::Change).is_err());
        }
    }
}
