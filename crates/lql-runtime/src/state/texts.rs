//! Storage that grows by pieces: nothing is ever moved or copied, and at most one piece stands empty.

/// Byte strings, each found by where it begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pieces: Vec<Vec<u8>>,
}

/// Pieces of 256 KiB, so that a place of 32 bits reaches 4 GiB.
const PIECE_BITS: u32 = 18;

/// As many as a place can number.
const MOST_PIECES: usize = 1 << (32 - PIECE_BITS);

/// Where a text begins.
pub(super) type Place = u32;

impl Texts {
    /// Keeps a text of at most 64 KiB; identity values are far shorter. `None` if there is no place left.
    pub(super) fn keep(&mut self, text: &[u8]) -> Option<Place> {
        let room = |piece: &Vec<u8>| piece.capacity() - piece.len() >= text.len();
        if !self.pieces.last().is_some_and(room) {
            if self.pieces.len() >= MOST_PIECES {
                return None;
            }
            self.pieces.push(Vec::with_capacity(1 << PIECE_BITS));
        }
        let number = self.pieces.len() as u32 - 1;
        let piece = self.pieces.last_mut()?;
        let place = number << PIECE_BITS | piece.len() as u32;
        piece.extend_from_slice(text);
        Some(place)
    }

    pub(super) fn get(&self, place: Place, length: u16) -> &[u8] {
        let begin = (place & ((1 << PIECE_BITS) - 1)) as usize;
        let piece = self.pieces.get((place >> PIECE_BITS) as usize);
        piece.and_then(|piece| piece.get(begin..begin + usize::from(length))).unwrap_or_default()
    }

    /// Bytes of memory.
    pub(super) fn size(&self) -> usize {
        self.pieces.len() << PIECE_BITS
    }
}

/// A list that grows by pieces.
#[derive(Clone, Debug)]
pub(super) struct Pieces<T> {
    pieces: Vec<Vec<T>>,
}

const ITEMS: usize = 4096;

impl<T> Default for Pieces<T> {
    fn default() -> Self {
        Self { pieces: Vec::new() }
    }
}

impl<T> Pieces<T> {
    pub(super) fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1) * ITEMS + last.len())
    }

    pub(super) fn push(&mut self, item: T) {
        match self.pieces.last_mut().filter(|piece| piece.len() < ITEMS) {
            Some(piece) => piece.push(item),
            None => {
                let mut piece = Vec::with_capacity(ITEMS);
                piece.push(item);
                self.pieces.push(piece);
            }
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.pieces.get(at / ITEMS)?.get(at % ITEMS)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.pieces.get_mut(at / ITEMS)?.get_mut(at % ITEMS)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten()
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = T> {
        self.pieces.into_iter().flatten()
    }

    /// Bytes of memory, without what the items own.
    pub(super) fn size(&self) -> usize {
        self.pieces.len() * ITEMS * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_from_any_piece_and_none_is_kept_where_it_would_be_lost() {
        let mut texts = Texts::default();
        let written: Vec<String> = (0..5000).map(|at| format!("{at}{}", "x".repeat(200))).collect();
        let places: Vec<Place> = written.iter().map(|text| texts.keep(text.as_bytes()).unwrap()).collect();
        assert!(texts.pieces.len() > 2);
        for (text, place) in written.iter().zip(places) {
            assert_eq!(texts.get(place, text.len() as u16), text.as_bytes());
        }
        let mut full = Texts { pieces: vec![Vec::new(); MOST_PIECES] };
        assert_eq!(full.keep(b"one more"), None);
    }
}
