//! Bytes in pieces that fit vector registers, and masks of those that matter.

use wide::u8x16;

/// A mask of the bytes among the `N` from `at` on that `matches` marks with all bits; the first byte is the lowest bit.
/// What lies behind the end reads as zeros. `N` is at most 64 and a multiple of 16.
#[inline]
pub(super) fn find<const N: usize>(bytes: &[u8], at: usize, matches: impl Fn(u8x16) -> u8x16) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    let last;
    let piece: &[u8; N] = match rest.first_chunk() {
        Some(piece) => piece,
        None => {
            last = padded(rest);
            &last
        }
    };
    let (parts, _) = piece.as_chunks::<16>();
    let masks = parts.iter().map(|part| u64::from(matches(u8x16::new(*part)).to_bitmask()));
    masks.enumerate().fold(0, |all, (at, mask)| all | mask << (16 * at))
}

#[cold]
fn padded<const N: usize>(rest: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    padded.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
    padded
}
