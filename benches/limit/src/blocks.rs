//! Whole lines from a file, a block at a time.

use crate::find::PADDING;
use std::io::{self, Read};

/// Read at once. A block and what is made of it stay in the second cache.
const SIZE: u64 = 256 << 10;

pub struct Blocks<R> {
    source: R,
    /// The start of a line whose end was not read yet.
    rest: Vec<u8>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub fn new(source: R) -> Blocks<R> {
        Blocks { source, rest: Vec::new(), ended: false }
    }

    /// Takes the first line, without its end.
    pub fn header(&mut self) -> io::Result<Vec<u8>> {
        let mut header = Vec::new();
        self.next(&mut header)?;
        let end = memchr::memchr(b'\n', &header).unwrap_or(header.len());
        let mut lines = header.split_off((end + 1).min(header.len()));
        lines.append(&mut self.rest);
        self.rest = lines;
        header.truncate(end);
        Ok(header)
    }

    /// Puts the next lines into `block`; false at the end of the file.
    pub fn next(&mut self, block: &mut Vec<u8>) -> io::Result<bool> {
        block.clear();
        block.append(&mut self.rest);
        loop {
            if !self.ended {
                self.ended = self.source.by_ref().take(SIZE).read_to_end(block)? == 0;
            }
            if self.ended {
                if block.last().is_some_and(|last| *last != b'\n') {
                    block.push(b'\n');
                }
                return Ok(!block.is_empty());
            }
            if let Some(end) = memchr::memrchr(b'\n', block) {
                self.rest.extend_from_slice(&block[end + 1..]);
                block.truncate(end + 1);
                return Ok(true);
            }
        }
    }
}

/// Checks the text of a block and pads it for [`crate::find`]; the length of the text.
pub fn prepare(block: &mut Vec<u8>) -> io::Result<usize> {
    simdutf8::basic::from_utf8(block).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let length = block.len();
    block.resize(length + PADDING, 0);
    Ok(length)
}
