//! Texts in cells that are too small for them: split into parts, with a header that is written last.
//!
//! A text that fits lies in the cell of its own name. A longer one lies in numbered parts, `NAME#a1`, `NAME#a2`, …, and
//! the cell of its name holds a header: how many parts, of which generation, and the SHA-256 of the whole. Generations
//! take turns between the parts `a` and `b`, so that the parts of the present text are never written over: until the new
//! header stands, a reader sees the old text, and from then on the new one. Parts are written upwards and swept downwards,
//! so they have no gaps and every one of them is found again.

use anyhow::Result;
use zeroize::Zeroizing;

use super::key::sha256_hex;
use super::store::Condition;

/// Begins a header. A text that begins so, which no record of ours does, is kept in parts whatever its length.
const MAGIC: &str = "cognito-login-parts:1:";

/// How often a reader starts again because a writer was faster.
const READS: usize = 5;

/// Named cells of bytes, each written at once.
pub(super) trait Cells {
    /// Returns the content; `None` if there is no such cell.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>>;
    /// Writes the content, making the cell if need be.
    fn put(&self, name: &str, content: &[u8]) -> Result<()>;
    /// Removes the cell; `false` if there was none.
    fn delete(&self, name: &str) -> Result<bool>;
    /// The most bytes of a cell; `None` where there is no limit that matters, and nothing is ever split.
    fn limit(&self) -> Option<usize>;
}

/// What was found under a name.
pub(super) enum Found {
    Nothing,
    Whole(Zeroizing<Vec<u8>>),
    /// A header without all of its parts.
    Partial,
}

impl Found {
    pub(super) fn condition(&self) -> Condition {
        match self {
            Found::Nothing => Condition::Nothing,
            Found::Whole(_) => Condition::Whole,
            Found::Partial => Condition::Partial,
        }
    }
}

/// Reads a text: one cell if it lies in one.
pub(super) fn load(cells: &impl Cells, name: &str) -> Result<Found> {
    let mut seen = None;
    for _ in 0..READS {
        let Some(content) = cells.get(name)? else {
            return Ok(Found::Nothing);
        };
        let header = cells.limit().and_then(|_| Header::parse(&content));
        let Some(header) = header else {
            return Ok(Found::Whole(content));
        };
        if let Some(whole) = header.join(cells, name)? {
            return Ok(Found::Whole(whole));
        }
        // A part that is missing under the same header is missing; under a new one, a writer swept it meanwhile.
        if seen.as_ref() == Some(&header) {
            break;
        }
        seen = Some(header);
    }
    Ok(Found::Partial)
}

/// Writes a text. One writer at a time: the lock of the session sees to that.
pub(super) fn save(cells: &impl Cells, name: &str, text: &[u8]) -> Result<()> {
    let Some(limit) = cells.limit() else {
        return cells.put(name, text);
    };
    let before = cells.get(name)?.and_then(|content| Header::parse(&content));
    if text.len() <= limit && !text.starts_with(MAGIC.as_bytes()) {
        cells.put(name, text)?;
        sweep(cells, name, 'a', 0)?;
        return sweep(cells, name, 'b', 0);
    }
    let generation = before.map_or(1, |header| header.generation.wrapping_add(1));
    let header = Header {
        generation,
        parts: text.len().div_ceil(limit),
        sha256: sha256_hex(text),
    };
    for (number, part) in (1..).zip(text.chunks(limit)) {
        cells.put(&part_name(name, header.side(), number), part)?;
    }
    cells.put(name, header.to_string().as_bytes())?;
    sweep(cells, name, header.side(), header.parts)?;
    sweep(cells, name, header.other_side(), 0)
}

/// Removes a text and all parts, whether or not there is a header; the header goes first.
pub(super) fn remove(cells: &impl Cells, name: &str) -> Result<bool> {
    let removed = cells.delete(name)?;
    if cells.limit().is_some() {
        sweep(cells, name, 'a', 0)?;
        sweep(cells, name, 'b', 0)?;
    }
    Ok(removed)
}

/// Removes the parts of a side above the first `keep`, the last one first.
fn sweep(cells: &impl Cells, name: &str, side: char, keep: usize) -> Result<()> {
    let mut end = keep;
    while cells.get(&part_name(name, side, end + 1))?.is_some() {
        end += 1;
    }
    for number in (keep + 1..=end).rev() {
        cells.delete(&part_name(name, side, number))?;
    }
    Ok(())
}

fn part_name(name: &str, side: char, number: usize) -> String {
    format!("{name}#{side}{number}")
}

/// What lies in the cell of the name when the text lies in parts.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    generation: u32,
    parts: usize,
    sha256: String,
}

impl Header {
    fn parse(content: &[u8]) -> Option<Header> {
        let mut fields = std::str::from_utf8(content)
            .ok()?
            .strip_prefix(MAGIC)?
            .split(':');
        let header = Header {
            generation: fields.next()?.parse().ok()?,
            parts: fields.next()?.parse().ok()?,
            sha256: fields.next()?.to_owned(),
        };
        fields.next().is_none().then_some(header)
    }

    fn side(&self) -> char {
        if self.generation.is_multiple_of(2) {
            'b'
        } else {
            'a'
        }
    }

    fn other_side(&self) -> char {
        if self.side() == 'a' { 'b' } else { 'a' }
    }

    /// Joins the parts; `None` unless every one is there and of this generation, which the hash tells.
    fn join(&self, cells: &impl Cells, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let room = self
            .parts
            .min(1024)
            .saturating_mul(cells.limit().unwrap_or(0));
        let mut whole = Zeroizing::new(Vec::with_capacity(room));
        for number in 1..=self.parts {
            match cells.get(&part_name(name, self.side(), number))? {
                Some(part) => whole.extend_from_slice(&part),
                None => return Ok(None),
            }
        }
        Ok((sha256_hex(&whole) == self.sha256).then_some(whole))
    }
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{MAGIC}{}:{}:{}",
            self.generation, self.parts, self.sha256
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use anyhow::bail;

    use super::*;

    /// Cells of the Windows limit whose power fails after a number of writes, and that can be watched by a reader.
    struct Windows {
        cells: RefCell<BTreeMap<String, Vec<u8>>>,
        writes_left: Cell<usize>,
    }

    impl Windows {
        fn holding(cells: BTreeMap<String, Vec<u8>>, writes_left: usize) -> Windows {
            Windows {
                cells: RefCell::new(cells),
                writes_left: Cell::new(writes_left),
            }
        }

        fn new() -> Windows {
            Windows::holding(BTreeMap::new(), usize::MAX)
        }

        fn write(&self) -> Result<()> {
            match self.writes_left.get() {
                0 => bail!("the power is out"),
                left => self.writes_left.set(left - 1),
            }
            Ok(())
        }

        fn names(&self) -> Vec<String> {
            self.cells.borrow().keys().cloned().collect()
        }
    }

    impl Cells for Windows {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
            Ok(self.cells.borrow().get(name).cloned().map(Zeroizing::new))
        }
        fn put(&self, name: &str, content: &[u8]) -> Result<()> {
            self.write()?;
            assert!(content.len() <= 2560, "Windows refuses it");
            self.cells
                .borrow_mut()
                .insert(name.to_owned(), content.to_vec());
            Ok(())
        }
        fn delete(&self, name: &str) -> Result<bool> {
            self.write()?;
            Ok(self.cells.borrow_mut().remove(name).is_some())
        }
        fn limit(&self) -> Option<usize> {
            Some(2560)
        }
    }

    fn text(length: usize, seed: u8) -> Vec<u8> {
        (0..length)
            .map(|i| b'A' + ((i * 7 + i / 2560 + usize::from(seed)) % 26) as u8)
            .collect()
    }

    fn read(cells: &Windows) -> Option<Vec<u8>> {
        match load(cells, "s").unwrap() {
            Found::Whole(whole) => Some(whole.to_vec()),
            Found::Partial | Found::Nothing => None,
        }
    }

    const LENGTHS: [usize; 12] = [
        0, 1, 2559, 2560, 2561, 5119, 5120, 5121, 7680, 12_345, 20_480, 65_536,
    ];

    #[test]
    fn texts_of_any_length_come_back_and_leave_nothing_behind() {
        let cells = Windows::new();
        for (seed, length) in (0..).zip(LENGTHS.iter().chain(LENGTHS.iter().rev())) {
            save(&cells, "s", &text(*length, seed)).unwrap();
            assert_eq!(read(&cells), Some(text(*length, seed)), "{length}");
            let parts = if *length > 2560 {
                length.div_ceil(2560)
            } else {
                0
            };
            assert_eq!(
                cells.names().len(),
                1 + parts,
                "stale parts are swept: {:?}",
                cells.names()
            );
        }
        assert!(remove(&cells, "s").unwrap());
        assert!(!remove(&cells, "s").unwrap());
        assert_eq!(cells.names(), [""; 0]);
    }

    #[test]
    fn a_save_that_stops_anywhere_leaves_the_old_text_or_the_new_one() {
        const LENGTHS: [usize; 5] = [0, 2560, 2561, 7680, 20_480];
        for old_length in LENGTHS {
            for new_length in LENGTHS {
                let start = Windows::new();
                // Two saves before, so that both sides have been in use.
                save(&start, "s", &text(9000, 1)).unwrap();
                save(&start, "s", &text(old_length, 2)).unwrap();
                for writes in 0.. {
                    let cells = Windows::holding(start.cells.borrow().clone(), writes);
                    let saved = save(&cells, "s", &text(new_length, 3)).is_ok();
                    cells.writes_left.set(usize::MAX);
                    let kept = read(&cells).unwrap();
                    assert!(
                        kept == text(old_length, 2) || kept == text(new_length, 3),
                        "{old_length} {new_length} {writes}"
                    );
                    // And whatever was left lying is found again.
                    save(&cells, "s", &text(3000, 4)).unwrap();
                    assert_eq!(cells.names().len(), 3);
                    assert_eq!(read(&cells), Some(text(3000, 4)));
                    if saved {
                        assert_eq!(kept, text(new_length, 3));
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn a_first_save_that_stops_reads_as_nothing() {
        for writes in 0..8 {
            let cells = Windows::holding(BTreeMap::new(), writes);
            assert!(save(&cells, "s", &text(20_480, 1)).is_err());
            assert_eq!(load(&cells, "s").unwrap().condition(), Condition::Nothing);
        }
    }

    #[test]
    fn a_removal_that_stops_anywhere_reads_as_nothing_and_can_be_finished() {
        let start = Windows::new();
        save(&start, "s", &text(20_480, 1)).unwrap();
        for writes in 1..9 {
            let cells = Windows::holding(start.cells.borrow().clone(), writes);
            assert!(remove(&cells, "s").is_err());
            assert_eq!(read(&cells), None);
            cells.writes_left.set(usize::MAX);
            remove(&cells, "s").unwrap();
            assert_eq!(cells.names(), [""; 0], "{writes}");
        }
    }

    #[test]
    fn a_part_that_is_missing_or_of_another_generation_makes_the_whole_partial() {
        let start = Windows::new();
        save(&start, "s", &text(20_480, 1)).unwrap();
        for number in 1..=8 {
            let name = part_name("s", 'a', number);
            for other in [
                None,
                Some(text(2560, 9)),
                Some(text(10, 1)),
                Some(Vec::new()),
            ] {
                let mut cells = start.cells.borrow().clone();
                cells.remove(&name);
                cells.extend(other.map(|content| (name.clone(), content)));
                let cells = Windows::holding(cells, usize::MAX);
                assert_eq!(load(&cells, "s").unwrap().condition(), Condition::Partial);
            }
        }
    }

    #[test]
    fn a_reader_that_a_writer_overtakes_starts_again() {
        /// Saves a new text when the first part is asked for the first time.
        struct Overtaken<'a>(&'a Windows, Cell<bool>);
        impl Cells for Overtaken<'_> {
            fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
                if name.contains('#') && !self.1.replace(true) {
                    save(self.0, "s", &text(20_480, 2))?;
                }
                self.0.get(name)
            }
            fn put(&self, _: &str, _: &[u8]) -> Result<()> {
                bail!("a reader does not write")
            }
            fn delete(&self, _: &str) -> Result<bool> {
                bail!("a reader does not delete")
            }
            fn limit(&self) -> Option<usize> {
                self.0.limit()
            }
        }
        let cells = Windows::new();
        save(&cells, "s", &text(20_480, 1)).unwrap();
        match load(&Overtaken(&cells, Cell::new(false)), "s").unwrap() {
            Found::Whole(whole) => assert_eq!(*whole, text(20_480, 2)),
            other => panic!("{:?}", other.condition()),
        }
    }

    #[test]
    fn a_text_that_looks_like_a_header_is_kept_in_parts() {
        let cells = Windows::new();
        let text = format!("{MAGIC}1:1:abc");
        save(&cells, "s", text.as_bytes()).unwrap();
        assert_eq!(read(&cells), Some(text.into_bytes()));
    }

    #[test]
    fn a_header_of_absurd_numbers_allocates_nothing_absurd() {
        let cells = Windows::new();
        cells
            .put("s", format!("{MAGIC}1:18446744073709551615:abc").as_bytes())
            .unwrap();
        assert_eq!(load(&cells, "s").unwrap().condition(), Condition::Partial);
    }
}
