//! Colour in an answer: what is good, what is not, what stands out and what steps back.

/// Paints words where colour is welcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paint {
    is_welcome: bool,
}

impl Paint {
    /// Returns one that paints, or leaves everything as it is.
    pub(super) fn new(is_welcome: bool) -> Paint {
        Paint { is_welcome }
    }

    /// Says that all is well.
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// Says that something is over or missing.
    pub fn spent(self, text: &str) -> String {
        self.with("33", text)
    }

    /// Says that something is wrong.
    pub fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// Makes a heading stand out.
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Lets the name of a value step back behind it.
    pub fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self.is_welcome {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}
