//! What a store hands back, byte for byte: for the fuzzers of `tests/fuzz`, and for their short run below.

use std::cell::RefCell;
use std::collections::BTreeMap;

use anyhow::Result;
use zeroize::Zeroizing;

use super::chunks::{self, Cells, Found};
use super::key::SessionKey;
use super::record::Session;
use crate::secret::Secret;

/// The text of a session: what can be read can be written, and is then the same.
pub fn record(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let key = SessionKey {
        profile: "default".to_owned(),
        issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123".to_owned(),
        client_id: "1example23456789".to_owned(),
    };
    if let Ok(session) = Session::from_record(&Secret::new(text), &key) {
        let again = session.to_record().unwrap();
        let once_more = Session::from_record(&again, &key).unwrap();
        assert_eq!(once_more.to_record().unwrap(), again);
        let _ = session.id_claims();
    }
}

/// A keyring with small cells and anything in them: reading is safe, and what is written comes back whole.
pub fn cells(bytes: &[u8]) {
    let names = ["x", "x#a1", "x#a2", "x#b1", "x#b2"];
    let contents = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec);
    let small = Small(RefCell::new(
        names.map(str::to_owned).into_iter().zip(contents).collect(),
    ));
    let _ = chunks::load(&small, "x").map(|found| found.condition());
    chunks::save(&small, "x", bytes).unwrap();
    match chunks::load(&small, "x").unwrap() {
        Found::Whole(whole) => assert_eq!(whole.as_slice(), bytes),
        other => panic!("{:?}", other.condition()),
    }
    chunks::remove(&small, "x").unwrap();
    assert!(matches!(chunks::load(&small, "x").unwrap(), Found::Nothing));
}

struct Small(RefCell<BTreeMap<String, Vec<u8>>>);

impl Cells for Small {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.0.borrow().get(name).cloned().map(Zeroizing::new))
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<()> {
        assert!(content.len() <= 256);
        self.0
            .borrow_mut()
            .insert(name.to_owned(), content.to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<bool> {
        Ok(self.0.borrow_mut().remove(name).is_some())
    }

    fn limit(&self) -> Option<usize> {
        Some(256)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EXPIRES, session};
    use crate::mutations;

    #[test]
    fn no_broken_record_stops_the_program_or_changes_by_being_kept() {
        let record = session("a", "r", EXPIRES).to_record().unwrap();
        mutations::run(&[record.expose().as_bytes(), br#"{"v":1}"#], super::record);
    }

    #[test]
    fn whatever_is_in_the_cells_the_next_text_comes_back_whole() {
        let header = format!("cognito-login-parts:1:1:2:{}\nhello\nworld", "0".repeat(64));
        mutations::run(
            &[
                header.as_bytes(),
                b"cognito-login-parts:1:\nx\ny\nz",
                &[b'x'; 900],
            ],
            super::cells,
        );
    }
}
