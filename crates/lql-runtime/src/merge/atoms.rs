//! Instants and stamps as bytes that sort as they do, and integers of 128 bits.

use lql_compiler::Time;

use crate::Stamp;
use crate::wire::{Reader, WireError};

/// A stamp, comparable byte by byte.
pub(crate) type StampBytes = [u8; 20];

/// An instant: seconds with the sign turned, then nanoseconds, most significant byte first.
pub(crate) fn ordered_time(time: Time) -> [u8; 12] {
    let mut bytes = [0; 12];
    if let Some((seconds, nanos)) = bytes.split_first_chunk_mut::<8>() {
        *seconds = (time.seconds() ^ i64::MIN).to_be_bytes();
        nanos.copy_from_slice(&time.nanos().to_be_bytes());
    }
    bytes
}

pub(crate) fn put_ordered_time(out: &mut Vec<u8>, time: Time) {
    out.extend_from_slice(&ordered_time(time));
}

/// `None` if it is no instant.
pub(crate) fn get_time(bytes: &[u8; 12]) -> Option<Time> {
    let (seconds, nanos) = bytes.split_first_chunk::<8>()?;
    let nanos = nanos.first_chunk::<4>()?;
    Time::new(i64::from_be_bytes(*seconds) ^ i64::MIN, u32::from_be_bytes(*nanos))
}

pub(crate) fn stamp_bytes(stamp: Stamp) -> StampBytes {
    let mut bytes = [0; 20];
    if let Some((time, id)) = bytes.split_first_chunk_mut::<12>() {
        *time = ordered_time(stamp.time);
        id.copy_from_slice(&stamp.id.to_be_bytes());
    }
    bytes
}

pub(crate) fn get_stamp(bytes: &StampBytes) -> Option<Stamp> {
    let (time, id) = bytes.split_first_chunk::<12>()?;
    Some(Stamp { time: get_time(time)?, id: u64::from_be_bytes(*id.first_chunk()?) })
}

/// The same order as that of the bytes, without a call.
pub(crate) fn stamp_order(bytes: &StampBytes) -> (u128, u32) {
    let (high, low) = bytes.split_at(16);
    let high = high.first_chunk().map_or(0, |high| u128::from_be_bytes(*high));
    (high, low.first_chunk().map_or(0, |low| u32::from_be_bytes(*low)))
}

pub(crate) fn check_stamp(reader: &mut Reader<'_>) -> Result<StampBytes, WireError> {
    let bytes = reader.array()?;
    get_stamp(&bytes).map(|_| bytes).ok_or(WireError::Invalid("stamp"))
}

/// Zigzag, seven bits a byte, the lowest first.
pub(crate) fn put_wide(out: &mut Vec<u8>, number: i128) {
    let mut zigzag = ((number << 1) ^ (number >> 127)) as u128;
    while zigzag >= 0x80 {
        out.push(zigzag as u8 | 0x80);
        zigzag >>= 7;
    }
    out.push(zigzag as u8);
}

pub(crate) fn get_wide(reader: &mut Reader<'_>) -> Result<i128, WireError> {
    let mut zigzag = 0u128;
    for shift in (0..128).step_by(7) {
        let byte = reader.byte()?;
        let bits = u128::from(byte & 0x7f);
        if (shift == 126 && bits > 3) || (byte == 0 && shift > 0) {
            break;
        }
        zigzag |= bits << shift;
        if byte < 0x80 {
            return Ok((zigzag >> 1) as i128 ^ -((zigzag & 1) as i128));
        }
    }
    Err(WireError::Invalid("number"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stamps_sort_as_their_bytes(
            a in (-377_705_023_201i64..=253_402_207_200, 0u32..3, any::<u64>()),
            b in (-2i64..2, 0u32..3, 0u64..3),
            c in (-2i64..2, 0u32..3, 0u64..3),
        ) {
            let stamp = |(s, n, id)| Stamp { time: Time::new(s, n).unwrap(), id };
            for (x, y) in [(stamp(a), stamp(b)), (stamp(b), stamp(c))] {
                let (bx, by) = (stamp_bytes(x), stamp_bytes(y));
                prop_assert_eq!(bx.cmp(&by), x.cmp(&y));
                prop_assert_eq!(stamp_order(&bx).cmp(&stamp_order(&by)), x.cmp(&y));
                prop_assert_eq!(get_stamp(&bx), Some(x));
            }
        }

        #[test]
        fn wide_integers_come_back(number in any::<i128>().prop_flat_map(|n| (0..127u32).prop_map(move |s| n >> s))) {
            let mut bytes = Vec::new();
            put_wide(&mut bytes, number);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(get_wide(&mut reader), Ok(number));
            prop_assert_eq!(reader.finish(), Ok(()));
        }
    }
}
