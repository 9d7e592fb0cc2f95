//! A settings file, byte for byte: for the fuzzers of `tests/fuzz`, and for its short run below.

use std::path::Path;

use super::file::ProfileFile;

/// A settings file: an error names what is wrong, in words that are safe on a terminal.
pub fn file(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let file = match ProfileFile::parse(Path::new("config.toml"), text.to_owned()) {
        Ok(file) => file,
        Err(error) => return safe(&format!("{error:#}")),
    };
    if let Err(failure) = file.default_profile() {
        safe(&failure.to_string());
    }
    for profile in file.profiles() {
        if let Err(failure) = file.settings(&profile) {
            safe(&failure.to_string());
        }
    }
}

fn safe(text: &str) {
    let alive = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(alive), "{text:?}");
}

#[cfg(test)]
mod tests {
    use crate::mutations;

    #[test]
    fn no_broken_settings_file_stops_the_program() {
        mutations::run(
            &[
                b"default_profile = \"work\"\n\n[profiles.work]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1example\"\n\
                  redirect_uris = [\"http://localhost:3000\"]\n",
                b"[profiles]\nwork = { timeout = \"5m\", scopes = [\"openid\"], store = \"file\", preflight = false }\n",
                b"[profiles.\"\\u001b[2J\"]\nunknown = 1979-05-27T07:32:00Z\n",
            ],
            super::file,
        );
    }
}
