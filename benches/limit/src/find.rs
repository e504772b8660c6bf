//! Places in a block, and finding bytes there sixteen at a time.

/// So many bytes must follow the text that is searched.
pub const PADDING: usize = 64;

/// A text in a block. An empty one is an absent one, as the language has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn of(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start as usize..self.end as usize]
    }

    pub fn of_mut(self, bytes: &mut [u8]) -> &mut [u8] {
        &mut bytes[self.start as usize..self.end as usize]
    }
}

/// The first place of `a` or `b` from `at` on; one of them must come.
#[inline(always)]
pub fn find2(bytes: &[u8], mut at: usize, a: u8, b: u8) -> usize {
    loop {
        let chunk: &[u8; 16] = bytes[at..].first_chunk().expect("the block is padded");
        let found = matches(chunk, a, b);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
}

/// A bit for each of the sixteen bytes.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[expect(unsafe_code, reason = "the calls cost a third of the time of finding a byte without them")]
pub fn matches(chunk: &[u8; 16], a: u8, b: u8) -> u32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    // SAFETY: SSE2 is part of every x86-64, and the load reads the sixteen bytes of `chunk`, aligned or not.
    unsafe {
        let all = _mm_loadu_si128(chunk.as_ptr().cast());
        let (a, b) = (_mm_set1_epi8(a as i8), _mm_set1_epi8(b as i8));
        _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(all, a), _mm_cmpeq_epi8(all, b))) as u32
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub fn matches(chunk: &[u8; 16], a: u8, b: u8) -> u32 {
    (0..).zip(chunk).fold(0, |found, (place, byte)| found | u32::from(*byte == a || *byte == b) << place)
}
