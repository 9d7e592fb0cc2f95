//! A settings file and files of other tools, byte for byte: for the fuzzers of `tests/fuzz`, and for its short run below.

use std::path::Path;

use super::excerpt;
use super::file::ProfileFile;
use super::import::{Import, read_pasted};

/// A settings file: an error names what is wrong, in words that are safe on a terminal, and the part that one profile needs
/// says of it what the whole does.
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
        match file.settings(&profile) {
            Ok(whole) => {
                if let Some(part) = excerpt::of(text, &profile) {
                    let part = ProfileFile::parse(Path::new("config.toml"), part.text).unwrap();
                    let part = part.settings(&profile).unwrap();
                    assert_eq!(format!("{part:?}"), format!("{whole:?}"), "{profile}");
                }
            }
            Err(failure) => safe(&failure.to_string()),
        }
    }
}

/// A file of another tool, or a text that was pasted.
pub fn import(bytes: &[u8]) {
    match Import::read(bytes, "file") {
        Ok(import) => import
            .left_out
            .iter()
            .for_each(|left_out| safe(&left_out.to_string())),
        Err(error) => safe(&format!("{error:#}")),
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = read_pasted(text);
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

    #[test]
    fn no_file_of_another_tool_stops_the_program() {
        mutations::run(
            &[
                b"# pool\nexport COGNITO_USER_POOL_ID='us-east-1_AbCdEf123'\nVITE_CLIENT_ID=\"1example23456789\"\n",
                br#"{"version":"1","auth":{"user_pool_id":"us-east-1_AbCdEf123","user_pool_client_id":"1example23456789",
                    "oauth":{"domain":"app.auth.us-east-1.amazoncognito.com","scopes":["openid"],"redirect_sign_in_uri":["http://localhost:3000/"]}}}"#,
                b"const awsmobile = { 'aws_user_pools_id': 'us-east-1_AbCdEf123', /* x */ oauth: { domain: \"app\", }, };\nexport default awsmobile;",
                b"https://app.auth.us-east-1.amazoncognito.com/login?client_id=1example23456789&redirect_uri=http%3A%2F%2Flocalhost",
            ],
            super::import,
        );
    }
}
