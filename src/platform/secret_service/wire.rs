//! The D-Bus wire format, as far as the Secret Service needs it (D-Bus specification, "Marshaling").

type Result<T> = std::result::Result<T, Malformed>;

/// What is wrong with bytes that are not D-Bus, or not what was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// How deep variants and containers may nest before a message counts as hostile; the specification allows 64.
const DEEPEST: u8 = 64;

/// Overwrites what held a secret.
pub(super) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    // Keeps the compiler from seeing that nobody reads the zeros. `zeroize` clears byte by byte: 40 000 instructions
    // for one read, a tenth of what a whole `token` may cost.
    std::hint::black_box(bytes);
}

/// Builds the body of a message, little-endian.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn align(&mut self, to: usize) {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
    }

    pub(super) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.align(4);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn bool(&mut self, value: bool) {
        self.u32(value.into());
    }

    /// Writes a string or an object path: they look the same.
    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
        self.byte(0);
    }

    pub(super) fn signature(&mut self, signature: &str) {
        debug_assert!(signature.len() < 256);
        self.byte(signature.len() as u8);
        self.0.extend_from_slice(signature.as_bytes());
        self.byte(0);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Writes an array of what `elements` writes; an element begins at a multiple of `alignment`.
    pub(super) fn array(&mut self, alignment: usize, elements: impl FnOnce(&mut Writer)) {
        self.u32(0);
        let length_at = self.0.len() - 4;
        self.align(alignment);
        let start = self.0.len();
        elements(self);
        let length = (self.0.len() - start) as u32;
        self.0[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    }

    /// Writes a dictionary of strings, `a{ss}`.
    pub(super) fn dictionary(&mut self, pairs: &[(String, String)]) {
        self.array(8, |w| {
            for (key, value) in pairs {
                w.align(8);
                w.text(key);
                w.text(value);
            }
        });
    }

    // A length beyond 32 bits would need a message beyond `connection::LARGEST_MESSAGE`, which is refused before it is sent.
    fn length(&mut self, length: usize) {
        self.u32(length as u32);
    }
}

/// Reads the body of a message; never beyond its end, never more than is there.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    big_endian: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], big_endian: bool) -> Reader<'a> {
        Reader {
            bytes,
            at: 0,
            big_endian,
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn align(&mut self, to: usize) -> Result<()> {
        self.take(self.at.next_multiple_of(to) - self.at).map(drop)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.align(4)?;
        let bytes = *self.take(4)?.first_chunk().ok_or(TRUNCATED)?;
        Ok(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.align(8)?;
        let bytes = *self.take(8)?.first_chunk().ok_or(TRUNCATED)?;
        Ok(if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }

    pub(super) fn bool(&mut self) -> Result<bool> {
        Ok(self.u32()? != 0)
    }

    /// Reads a string.
    pub(super) fn text(&mut self) -> Result<&'a str> {
        let length = self.u32()? as usize;
        self.terminated(length)
    }

    /// Reads an object path. What is sent back to the bus must be one, or the bus hangs up.
    pub(super) fn path(&mut self) -> Result<&'a str> {
        let path = self.text()?;
        let fits = path.starts_with('/')
            && path
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/_".contains(&b));
        if fits {
            Ok(path)
        } else {
            Err(Malformed("an object path that is none"))
        }
    }

    pub(super) fn signature(&mut self) -> Result<&'a str> {
        let length = self.byte()?.into();
        self.terminated(length)
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    /// Reads the frame of an array and returns a reader of its elements, which begin at multiples of `alignment`.
    pub(super) fn array(&mut self, alignment: usize) -> Result<Reader<'a>> {
        let length = self.u32()? as usize;
        self.align(alignment)?;
        let start = self.at;
        self.take(length)?;
        // From the same beginning, so that alignment inside counts as it does outside.
        Ok(Reader {
            bytes: &self.bytes[..self.at],
            at: start,
            big_endian: self.big_endian,
        })
    }

    /// Reads an array of object paths, `ao`.
    pub(super) fn paths(&mut self) -> Result<Vec<String>> {
        let mut elements = self.array(4)?;
        let mut paths = Vec::new();
        while !elements.is_at_end() {
            paths.push(elements.path()?.to_owned());
        }
        Ok(paths)
    }

    /// Reads a dictionary of strings, `a{ss}`.
    pub(super) fn dictionary(&mut self) -> Result<Vec<(String, String)>> {
        let mut elements = self.array(8)?;
        let mut pairs = Vec::new();
        while !elements.is_at_end() {
            elements.align(8)?;
            pairs.push((elements.text()?.to_owned(), elements.text()?.to_owned()));
        }
        Ok(pairs)
    }

    /// Reads the frame of a variant, which must hold the type `signature`.
    pub(super) fn variant(&mut self, signature: &str) -> Result<()> {
        match self.signature()? == signature {
            true => Ok(()),
            false => Err(Malformed("a property of another type than specified")),
        }
    }

    /// Passes over a variant of any type.
    pub(super) fn skip_variant(&mut self) -> Result<()> {
        self.skip(b"v", 0).map(drop)
    }

    /// Passes over one value of the first complete type in `types`, and returns the types after it.
    fn skip<'s>(&mut self, types: &'s [u8], depth: u8) -> Result<&'s [u8]> {
        if depth > DEEPEST {
            return Err(Malformed("values nested too deep"));
        }
        let (&kind, mut rest) = types.split_first().ok_or(BAD_SIGNATURE)?;
        match kind {
            b'y' => drop(self.byte()?),
            b'n' | b'q' => {
                self.align(2)?;
                self.take(2)?;
            }
            b'b' | b'i' | b'u' | b'h' => drop(self.u32()?),
            b'x' | b't' | b'd' => drop(self.u64()?),
            b's' | b'o' => drop(self.text()?),
            b'g' => drop(self.signature()?),
            b'v' => {
                let inner = self.signature()?;
                if !self.skip(inner.as_bytes(), depth + 1)?.is_empty() {
                    return Err(BAD_SIGNATURE);
                }
            }
            b'a' => {
                self.array(alignment_of(rest)?)?;
                rest = after_type(rest, depth + 1)?;
            }
            b'(' | b'{' => {
                self.align(8)?;
                while !matches!(rest.first(), Some(b')' | b'}')) {
                    rest = self.skip(rest, depth + 1)?;
                }
                rest = &rest[1..];
            }
            _ => return Err(BAD_SIGNATURE),
        }
        Ok(rest)
    }

    fn terminated(&mut self, length: usize) -> Result<&'a str> {
        let text = self.take(length)?;
        if self.byte()? != 0 {
            return Err(Malformed("a text without its end"));
        }
        std::str::from_utf8(text).map_err(|_| Malformed("a text that is not UTF-8"))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length).ok_or(TRUNCATED)?;
        let taken = self.bytes.get(self.at..end).ok_or(TRUNCATED)?;
        self.at = end;
        Ok(taken)
    }
}

const TRUNCATED: Malformed = Malformed("a message that ends too early");
const BAD_SIGNATURE: Malformed = Malformed("a signature that is none");

fn alignment_of(types: &[u8]) -> Result<usize> {
    match types.first() {
        Some(b'y' | b'g' | b'v') => Ok(1),
        Some(b'n' | b'q') => Ok(2),
        Some(b'b' | b'i' | b'u' | b'h' | b's' | b'o' | b'a') => Ok(4),
        Some(b'x' | b't' | b'd' | b'(' | b'{') => Ok(8),
        _ => Err(BAD_SIGNATURE),
    }
}

/// Returns what follows the first complete type in `types`.
fn after_type(types: &[u8], depth: u8) -> Result<&[u8]> {
    let (&kind, mut rest) = types
        .split_first()
        .filter(|_| depth <= DEEPEST)
        .ok_or(BAD_SIGNATURE)?;
    match kind {
        b'a' => after_type(rest, depth + 1),
        b'(' | b'{' => {
            while !matches!(rest.first(), Some(b')' | b'}')) {
                rest = after_type(rest, depth + 1)?;
            }
            Ok(&rest[1..])
        }
        _ => alignment_of(types).map(|_| rest),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::default();
        write(&mut writer);
        writer.into_bytes()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn what_was_written_can_be_read() {
        let bytes = written(|w| {
            w.byte(7);
            w.text("å");
            w.bool(true);
            w.bytes(b"\0\xff");
            w.dictionary(&pairs(&[("a", "b"), ("longer", "")]));
            w.array(8, |_| {});
            w.array(4, |w| w.text("/a/b_1"));
        });
        let mut reader = Reader::new(&bytes, false);
        assert_eq!(reader.byte().unwrap(), 7);
        assert_eq!(reader.text().unwrap(), "å");
        assert!(reader.bool().unwrap());
        assert_eq!(reader.bytes().unwrap(), b"\0\xff");
        assert_eq!(
            reader.dictionary().unwrap(),
            pairs(&[("a", "b"), ("longer", "")])
        );
        assert_eq!(reader.dictionary().unwrap(), []);
        assert_eq!(reader.paths().unwrap(), ["/a/b_1"]);
        assert!(reader.is_at_end());
    }

    #[test]
    fn big_endian_is_read_too() {
        let bytes = b"\0\0\0\x02hi\0\0\0\0\0\x06\0\0\0\x01/\0";
        let mut reader = Reader::new(bytes, true);
        assert_eq!(reader.text().unwrap(), "hi");
        assert_eq!(reader.paths().unwrap(), ["/"]);
        assert_eq!(Reader::new(b"\0\0\0\0\0\0\0\x09", true).u64().unwrap(), 9);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = written(|w| {
            w.dictionary(&pairs(&[("service", "s"), ("username", "u")]));
            w.array(4, |w| w.text("/a"));
        });
        for end in 0..bytes.len() {
            let mut reader = Reader::new(&bytes[..end], false);
            assert!(
                reader.dictionary().and_then(|_| reader.paths()).is_err(),
                "{end}"
            );
        }
    }

    #[test]
    fn lengths_beyond_the_message_are_errors_and_reserve_nothing() {
        for length in [1, 5, u32::MAX - 4, u32::MAX] {
            let bytes = length.to_le_bytes();
            assert!(Reader::new(&bytes, false).text().is_err());
            assert!(Reader::new(&bytes, false).bytes().is_err());
            assert!(Reader::new(&bytes, false).paths().is_err());
            assert!(Reader::new(&bytes, false).dictionary().is_err());
        }
    }

    #[test]
    fn texts_without_end_of_another_encoding_and_odd_paths_are_errors() {
        assert!(Reader::new(b"\x01\0\0\0aa", false).text().is_err());
        assert!(Reader::new(b"\x01\0\0\0\xff\0", false).text().is_err());
        for path in ["", "a", "/a b", "/a\n", "/å"] {
            assert!(
                Reader::new(&written(|w| w.text(path)), false)
                    .path()
                    .is_err(),
                "{path:?}"
            );
        }
    }

    #[test]
    fn any_variant_can_be_passed_over() {
        let bytes = written(|w| {
            w.signature("a{s(ivai)}");
            w.array(8, |w| {
                w.align(8);
                w.text("key");
                w.align(8);
                w.u32(1);
                w.signature("s");
                w.text("value");
                w.array(4, |w| w.u32(2));
            });
            w.signature("(yt)");
            w.align(8);
            w.byte(1);
            w.align(8);
            w.u32(1);
            w.u32(2);
            w.text("after");
        });
        let mut reader = Reader::new(&bytes, false);
        reader.skip_variant().unwrap();
        reader.skip_variant().unwrap();
        assert_eq!(reader.text().unwrap(), "after");
    }

    #[test]
    fn hostile_variants_end_in_an_error() {
        for signature in ["", "ss", "(", "(s", "a", "a{", "a(", ")", "}", "z", "((((s"] {
            let bytes = written(|w| {
                w.signature(signature);
                w.array(1, |w| w.bytes(&[0; 64]));
            });
            assert!(
                Reader::new(&bytes, false).skip_variant().is_err(),
                "{signature}"
            );
        }
        let deep = written(|w| (0..100_000).for_each(|_| w.signature("v")));
        assert!(Reader::new(&deep, false).skip_variant().is_err());
        let nested = "(".repeat(200);
        assert!(
            Reader::new(&written(|w| w.signature(&nested)), false)
                .skip_variant()
                .is_err()
        );
        let arrays = "a".repeat(200);
        assert!(
            Reader::new(&written(|w| w.signature(&arrays)), false)
                .skip_variant()
                .is_err()
        );
    }
}
