//! A D-Bus message (D-Bus specification, "Message Protocol").

use super::wire::{Malformed, Reader, Writer, wipe};

type Result<T> = std::result::Result<T, Malformed>;

/// The bytes of a message from which its length can be told.
pub(super) const HEAD: usize = 16;

const NO_AUTO_START: u8 = 2;

/// What a message is; kinds the specification adds later are to be ignored, as signals nobody asked for are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Call = 1,
    Return = 2,
    Error = 3,
    Signal = 4,
    Unknown = 0,
}

/// One message, read or to be sent. Its body may hold a secret and is wiped in the end.
#[derive(Default)]
pub(super) struct Message {
    pub(super) kind: Kind,
    pub(super) serial: u32,
    pub(super) reply_to: Option<u32>,
    pub(super) path: Option<String>,
    pub(super) interface: Option<String>,
    pub(super) member: Option<String>,
    pub(super) error: Option<String>,
    pub(super) destination: Option<String>,
    pub(super) sender: Option<String>,
    /// Whether the bus is to answer with an error instead of starting who is not there.
    pub(super) starts_nothing: bool,
    signature: String,
    body: Vec<u8>,
    big_endian: bool,
}

impl Message {
    /// Returns a call of `interface.member` on the object `path` of `destination`.
    pub(super) fn call(destination: &str, path: &str, interface: &str, member: &str) -> Message {
        let mut message = Message::default();
        message.destination = Some(destination.to_owned());
        message.path = Some(path.to_owned());
        message.interface = Some(interface.to_owned());
        message.member = Some(member.to_owned());
        message
    }

    /// Gives the message its body, of the types `signature`.
    #[must_use]
    pub(super) fn with(mut self, signature: &str, write: impl FnOnce(&mut Writer)) -> Message {
        let mut writer = Writer::default();
        write(&mut writer);
        self.signature = signature.to_owned();
        self.body = writer.into_bytes();
        self
    }

    /// Returns a reader of the body.
    ///
    /// # Errors
    /// Fails when the body is not of the types `signature`.
    pub(super) fn body(&self, signature: &str) -> Result<Reader<'_>> {
        match self.signature == signature {
            true => Ok(Reader::new(&self.body, self.big_endian)),
            false => Err(Malformed("an answer of other types than specified")),
        }
    }

    /// Returns the text of an error reply, by convention its first argument.
    pub(super) fn text(&self) -> &str {
        let text = self
            .signature
            .starts_with('s')
            .then(|| Reader::new(&self.body, self.big_endian).text());
        text.and_then(Result::ok).unwrap_or_default()
    }

    /// Returns the message as it goes over the socket.
    pub(super) fn encoded(&self) -> Vec<u8> {
        let mut head = Writer::default();
        let flags = if self.starts_nothing {
            NO_AUTO_START
        } else {
            0
        };
        for byte in [b'l', self.kind as u8, flags, 1] {
            head.byte(byte);
        }
        head.u32(self.body.len() as u32);
        head.u32(self.serial);
        head.array(8, |w| self.encode_fields(w));
        head.align(8);
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn encode_fields(&self, w: &mut Writer) {
        let field = |w: &mut Writer, code, kind| {
            w.align(8);
            w.byte(code);
            w.signature(kind);
        };
        let texts = [
            (1, "o", &self.path),
            (2, "s", &self.interface),
            (3, "s", &self.member),
            (4, "s", &self.error),
            (6, "s", &self.destination),
            (7, "s", &self.sender),
        ];
        for (code, kind, text) in texts {
            if let Some(text) = text {
                field(w, code, kind);
                w.text(text);
            }
        }
        if let Some(serial) = self.reply_to {
            field(w, 5, "u");
            w.u32(serial);
        }
        if !self.signature.is_empty() {
            field(w, 8, "g");
            w.signature(&self.signature);
        }
    }

    /// Returns how long the message is that begins with `head`.
    pub(super) fn length(head: &[u8; HEAD]) -> Result<u64> {
        let mut reader = Reader::new(head, is_big_endian(head[0])?);
        if head[3] != 1 {
            return Err(Malformed("a message of an unknown version"));
        }
        reader.u32()?;
        let body = reader.u32()?;
        reader.u32()?;
        let fields = reader.u32()?;
        Ok(HEAD as u64 + u64::from(fields).next_multiple_of(8) + u64::from(body))
    }

    /// Reads a complete message, as long as [`Message::length`] says.
    pub(super) fn parse(bytes: &[u8]) -> Result<Message> {
        let mut reader = Reader::new(bytes, is_big_endian(*bytes.first().unwrap_or(&0))?);
        let mut message = Message::default();
        message.big_endian = bytes[0] == b'B';
        reader.byte()?;
        message.kind = match reader.byte()? {
            1 => Kind::Call,
            2 => Kind::Return,
            3 => Kind::Error,
            4 => Kind::Signal,
            _ => Kind::Unknown,
        };
        message.starts_nothing = reader.byte()? & NO_AUTO_START != 0;
        let body = reader.u32()? as usize;
        message.serial = reader.u32()?;
        let mut fields = reader.array(8)?;
        while !fields.is_at_end() {
            message.parse_field(&mut fields)?;
        }
        reader.align(8)?;
        message.body = bytes
            .get(bytes.len() - body.min(bytes.len())..)
            .unwrap_or_default()
            .to_owned();
        Ok(message)
    }

    fn parse_field(&mut self, fields: &mut Reader<'_>) -> Result<()> {
        fields.align(8)?;
        let code = fields.byte()?;
        let mut value = fields.clone();
        fields.skip_variant()?;
        let text = match (code, value.signature()?) {
            (1, "o") => &mut self.path,
            (2, "s") => &mut self.interface,
            (3, "s") => &mut self.member,
            (4, "s") => &mut self.error,
            (6, "s") => &mut self.destination,
            (7, "s") => &mut self.sender,
            (5, "u") => {
                self.reply_to = Some(value.u32()?);
                return Ok(());
            }
            (8, "g") => {
                self.signature = value.signature()?.to_owned();
                return Ok(());
            }
            (1..=8, _) => {
                return Err(Malformed("a header field of another type than specified"));
            }
            _ => return Ok(()),
        };
        *text = Some(value.text()?.to_owned());
        Ok(())
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        wipe(&mut self.body);
    }
}

fn is_big_endian(mark: u8) -> Result<bool> {
    match mark {
        b'l' => Ok(false),
        b'B' => Ok(true),
        _ => Err(Malformed("neither little-endian nor big-endian")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_can_be_parsed() {
        let mut call = Message::call("a.b", "/c", "d.e", "F").with("s", |w| w.text("body"));
        (call.serial, call.reply_to, call.sender) = (7, Some(9), Some(":1.2".to_owned()));
        let bytes = call.encoded();
        assert_eq!(
            Message::length(bytes.first_chunk().unwrap()).unwrap(),
            bytes.len() as u64
        );
        let parsed = Message::parse(&bytes).unwrap();
        assert_eq!(parsed.encoded(), bytes);
        assert_eq!(
            (parsed.serial, parsed.reply_to, parsed.text()),
            (7, Some(9), "body")
        );
    }

    #[test]
    fn a_big_endian_reply_with_an_unknown_field_is_read() {
        let bytes = b"B\x02\x01\x01\0\0\0\x07\0\0\0\x05\0\0\0\x1f\
            \x63\x01s\0\0\0\0\x01?\0\0\0\0\0\0\0\
            \x05\x01u\0\0\0\0\x03\x08\x01g\0\x01s\0\0\
            \0\0\0\x02hi\0";
        assert_eq!(
            Message::length(bytes.first_chunk().unwrap()).unwrap(),
            bytes.len() as u64
        );
        let message = Message::parse(bytes).unwrap();
        assert_eq!(
            (message.kind, message.serial, message.reply_to),
            (Kind::Return, 5, Some(3))
        );
        assert_eq!(message.body("s").unwrap().text().unwrap(), "hi");
        assert!(message.body("o").is_err());
    }

    #[test]
    fn no_cut_and_no_changed_byte_panics() {
        let bytes = Message::call("a.b", "/c", "d.e", "F")
            .with("a{ss}", |w| w.dictionary(&[]))
            .encoded();
        for end in 0..bytes.len() {
            let _ = Message::parse(&bytes[..end]);
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                let _ = Message::parse(&changed);
            }
        }
    }
}
