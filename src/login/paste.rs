//! Lines that a person pastes into the terminal.

use std::io::{BufRead, Read};
use std::thread;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::platform::signals;

/// No answer of a login page is longer.
const LINE_LIMIT_BYTES: usize = 64 * 1024;

/// A line that is longer than any answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Reads lines in a thread of its own, which nobody waits for: a read from a terminal cannot be called off.
///
/// Blank lines are left out, and what is not UTF-8 is replaced. The channel ends when the input does, which is no reason to
/// stop waiting for the browser.
pub(super) fn lines(input: Option<Box<dyn BufRead + Send>>) -> Receiver<Result<String, TooLong>> {
    let (sender, lines) = channel(4);
    if let Some(input) = input {
        // Without the thread there is no paste; the browser still works.
        let _ = thread::Builder::new().name("paste".into()).spawn(move || {
            signals::fail_background_reads();
            read(input, &sender);
        });
    }
    lines
}

fn read(mut input: Box<dyn BufRead + Send>, lines: &Sender<Result<String, TooLong>>) {
    while let Some(line) = next(&mut input) {
        if line.as_ref().is_ok_and(|line| line.is_empty()) {
            continue;
        }
        if lines.blocking_send(line).is_err() {
            return;
        }
    }
}

fn next(input: &mut dyn BufRead) -> Option<Result<String, TooLong>> {
    let mut line = Vec::new();
    let mut limited = input.take(LINE_LIMIT_BYTES as u64 + 1);
    while limited.read_until(b'\n', &mut line).is_err() {
        // It fails in the background; without a terminal it is no different the next time.
        if !signals::wait_for_the_foreground() {
            return None;
        }
    }
    match line.last()? {
        b'\n' => (),
        _ if line.len() > LINE_LIMIT_BYTES => {
            input.skip_until(b'\n').ok()?;
            return Some(Err(TooLong));
        }
        _ => (),
    }
    Some(Ok(String::from_utf8_lossy(&line).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    async fn all(text: impl Into<Vec<u8>>) -> Vec<Result<String, TooLong>> {
        let mut lines = lines(Some(Box::new(Cursor::new(text.into()))));
        let mut all = Vec::new();
        while let Some(line) = lines.recv().await {
            all.push(line);
        }
        all
    }

    #[tokio::test]
    async fn lines_come_trimmed_and_blank_ones_not_at_all() {
        let expected = ["code=a", "b \u{fffd}", "last"].map(|line| Ok(line.to_owned()));
        assert_eq!(
            all(b"\r\n  code=a \r\n\n\t\nb \xff\nlast".as_slice()).await,
            expected
        );
    }

    #[tokio::test]
    async fn an_endless_line_is_refused_whole_and_the_next_one_read() {
        let longest = "x".repeat(LINE_LIMIT_BYTES);
        assert_eq!(
            all(format!("{longest}\n{longest}y\nnext\n")).await,
            [Ok(longest), Err(TooLong), Ok("next".into())]
        );
    }

    #[tokio::test]
    async fn without_an_input_there_are_no_lines() {
        assert_eq!(lines(None).recv().await, None);
    }
}
