//! The order in which the members of one object came so far: a guess at the next one.
//!
//! The events of a stream have their members in nearly the same order. So the name of the next member is compared with
//! the few that should follow, as written and in one go, before it is scanned and looked up. A wrong guess costs time only.

use super::switch::Child;
use wide::u8x16;

/// Members of one object in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    members: Vec<Member>,
    objects: u64,
    misses: u64,
}

/// A member's name as written, with its quotes and its colon.
#[derive(Clone, Debug)]
struct Member {
    written: [u8x16; 2],
    /// One bit for each byte of it.
    mask: u32,
    /// How many bytes it has.
    len: u32,
    /// What is wanted of its value.
    child: Child,
}

/// The longest name with its quotes and colon that is remembered.
const LEN: usize = 32;
/// How many members of one object are remembered.
const MEMBERS: usize = 64;
/// How many members, optional ones that are absent, a guess steps over.
const STEPS: usize = 8;
/// Wrong guesses that say nothing about the stream: so many at first, and so many more in each object.
const PATIENCE: (u64, u64) = (256, 4);

impl Order {
    /// An object begins.
    #[inline]
    pub fn begin(&mut self) {
        self.objects += 1;
    }

    /// The member at `at`, if it is one of those that should follow: where its name ends, and what is wanted of its value.
    /// `next` is the place where members are expected, 0 for the first of an object.
    #[inline]
    pub fn guess(&self, bytes: &[u8], at: usize, next: &mut usize) -> Option<(usize, Child)> {
        let piece: &[u8; LEN] = bytes.get(at..)?.first_chunk()?;
        let [low, high] = halves(piece);
        for (step, member) in self.members.get(*next..)?.iter().enumerate().take(STEPS) {
            let [first, second] = member.written;
            let same = low.simd_eq(first).to_bitmask() | high.simd_eq(second).to_bitmask() << 16;
            if same & member.mask == member.mask {
                *next += step + 1;
                return Some((at + member.len as usize, member.child));
            }
        }
        None
    }

    /// After a wrong guess: remembers the member that came at `next`.
    #[inline(never)]
    pub fn learn(&mut self, written: &[u8], child: Child, next: &mut usize) {
        if written.len() > LEN {
            return;
        }
        self.misses += 1;
        if self.misses > PATIENCE.0 + PATIENCE.1 * self.objects {
            self.members.clear();
            return;
        }
        let mut padded = [0; LEN];
        padded.iter_mut().zip(written).for_each(|(to, byte)| *to = *byte);
        let halves = halves(&padded);
        if let Some(known) = self.members.iter().position(|member| member.written == halves) {
            *next = known + 1;
        } else if self.members.len() < MEMBERS && *next <= self.members.len() {
            let mask = u32::MAX >> (LEN - written.len());
            let len = written.len() as u32;
            self.members.insert(*next, Member { written: halves, mask, len, child });
            *next += 1;
        }
    }
}

#[inline]
fn halves(piece: &[u8; LEN]) -> [u8x16; 2] {
    // The length is two times sixteen, so neither is missing.
    let half = |at: usize| piece.get(at..).and_then(|half| half.first_chunk()).copied().unwrap_or_default();
    [u8x16::new(half(0)), u8x16::new(half(16))]
}
