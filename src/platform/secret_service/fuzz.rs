//! What the bus sends, byte for byte: for the fuzzers of `tests/fuzz`, and for their short run below.

use super::message::Message;
use super::wire::Reader;

/// A message, and every value that could be read from it.
pub fn message(bytes: &[u8]) {
    if let Some(head) = bytes.first_chunk() {
        let _ = Message::length(head);
    }
    if let Ok(message) = Message::parse(bytes) {
        let _ = message.text();
    }
    for big_endian in [false, true] {
        let reader = || Reader::new(bytes, big_endian);
        let _ = reader().paths();
        let _ = reader().dictionary();
        let _ = reader().skip_variant();
        let _ = reader().variant("o");
        let _ = reader().bytes().map(<[u8]>::len);
        let _ = reader().path().map(str::len);
        let _ = reader().signature().map(str::len);
        let mut all = reader();
        while !all.is_at_end() && all.text().is_ok() && all.align(8).is_ok() {}
    }
}

#[cfg(test)]
mod tests {
    use super::Message;
    use crate::mutations;

    #[test]
    fn no_broken_message_stops_the_program() {
        let call = |signature: &str| {
            Message::call("org.freedesktop.secrets", "/org/x", "org.x", "Get")
                .with(signature, |writer| writer.text("text"))
                .encoded()
        };
        let (one, two) = (call("s"), call("a{sv}"));
        mutations::run(&[&one, &two, b"\x02\0\0\0\x01\0\0\0ab\0"], super::message);
    }
}
