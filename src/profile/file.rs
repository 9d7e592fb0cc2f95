//! The TOML file of profiles, as a person wrote it.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml_edit::{Document, Item, TableLike, Value};

use super::excerpt::{self, Excerpt, Gap};
use super::settings::{Form, Given, Key, Settings};
use crate::failure::{Exit, Failure, printable};

/// The profile in use where nothing names one.
pub const DEFAULT_PROFILE: &str = "default";

/// Thousands of profiles fit in; a device that never ends does not.
const LIMIT_BYTES: u64 = 4 << 20;

/// The file of profiles; one that does not exist is an empty one.
#[derive(Debug)]
pub struct ProfileFile {
    path: PathBuf,
    document: Document<String>,
    /// What of the file is not in `document`.
    gap: Gap,
}

impl ProfileFile {
    /// Reads the file.
    ///
    /// # Errors
    /// Fails when it exists and cannot be read, is longer than 4 MiB, or is not TOML; the message names file and line.
    pub fn read(path: &Path) -> Result<ProfileFile> {
        let text = read(path)?;
        Ok(ProfileFile::parse(path, text)?)
    }

    /// Reads what one profile needs: the top level and its own table. It is the `named` one, else the file's default.
    ///
    /// The file is read whole where it is not plain which part that is, or there is no such profile.
    ///
    /// # Errors
    /// As [`ProfileFile::read`]; what is wrong in other profiles is not noticed.
    pub fn read_for(path: &Path, named: Option<&str>) -> Result<ProfileFile> {
        let text = read(path)?;
        let name = match named {
            Some(name) => name.to_owned(),
            None => {
                let top = excerpt::top_level(&text).to_owned();
                let top = ProfileFile::parse(path, top)?;
                top.default_profile()?
                    .unwrap_or_else(|| DEFAULT_PROFILE.to_owned())
            }
        };
        let Excerpt { text, gap } = excerpt::of(&text, &name).unwrap_or(Excerpt {
            text,
            gap: Gap::default(),
        });
        Ok(ProfileFile::parse_part(path, text, gap)?)
    }

    /// Reads a text as the file at `path`.
    ///
    /// # Errors
    /// Fails when it is not TOML; the message names file and line.
    pub fn parse(path: &Path, text: String) -> Result<ProfileFile, Failure> {
        ProfileFile::parse_part(path, text, Gap::default())
    }

    fn parse_part(path: &Path, text: String, gap: Gap) -> Result<ProfileFile, Failure> {
        match Document::parse(text.clone()) {
            Ok(document) => Ok(ProfileFile {
                path: path.to_owned(),
                document,
                gap,
            }),
            Err(error) => {
                let reason = printable(error.message(), 200);
                let message = format!("this is not TOML: {reason}");
                Err(wrong(path, &text, gap, error.span(), &message))
            }
        }
    }

    /// Returns a file with nothing in it, for a profile that comes from elsewhere.
    pub fn none() -> ProfileFile {
        let document = Document::parse(String::new()).expect("an empty text is TOML");
        ProfileFile {
            path: PathBuf::new(),
            document,
            gap: Gap::default(),
        }
    }

    /// Returns where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the text, to the byte.
    pub fn text(&self) -> &str {
        self.document.raw()
    }

    /// Returns the parsed text; every item knows its place in it.
    pub(super) fn document(&self) -> &Document<String> {
        &self.document
    }

    /// Returns the profile that `default_profile` names.
    ///
    /// # Errors
    /// Fails when the top level holds a key that is none, or a value of another type.
    pub fn default_profile(&self) -> Result<Option<String>, Failure> {
        for (name, item) in self.document.iter() {
            match name {
                "default_profile" if item.is_str() => {}
                "profiles" if item.is_table_like() => {}
                "default_profile" => {
                    return Err(self.wrong(item.span(), "`default_profile` must be a text"));
                }
                "profiles" => {
                    return Err(self.wrong(
                        item.span(),
                        "`profiles` must be tables such as [profiles.work]",
                    ));
                }
                other => {
                    let span = self
                        .document
                        .as_table()
                        .key(other)
                        .and_then(|key| key.span());
                    let message = format!(
                        "`{}` is no key here; the top level takes default_profile and [profiles.NAME]",
                        printable(other, 60)
                    );
                    return Err(self.wrong(span, &message));
                }
            }
        }
        Ok(self
            .document
            .get("default_profile")
            .and_then(Item::as_str)
            .map(str::to_owned))
    }

    /// Returns the names of the profiles, in the order of the file.
    pub fn profiles(&self) -> Vec<String> {
        let profiles = self.document.get("profiles").and_then(Item::as_table_like);
        profiles
            .map(|table| table.iter().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default()
    }

    /// Returns the settings of one profile, or `None` if the file has no such profile.
    ///
    /// # Errors
    /// Fails on an unknown key or a value of another type; the message names file, line, key and the accepted form.
    pub fn settings(&self, profile: &str) -> Result<Option<Settings>, Failure> {
        let profiles = self.document.get("profiles").and_then(Item::as_table_like);
        let Some(item) = profiles.and_then(|table| table.get(profile)) else {
            return Ok(None);
        };
        let Some(table) = item.as_table_like() else {
            return Err(self.wrong(
                item.span(),
                &format!("profile `{}` must be a table", printable(profile, 60)),
            ));
        };
        let mut settings = Settings::default();
        for (name, item) in table.iter() {
            let Some(key) = Key::of_file(name) else {
                return Err(self.unknown(table, name));
            };
            settings.set(key, self.given(key, item)?);
        }
        Ok(Some(settings))
    }

    fn given(&self, key: Key, item: &Item) -> Result<Given, Failure> {
        let names = key.names();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let given = match names.form {
            Form::Text => item.as_str().map(|text| Given::Text(text.to_owned())),
            Form::Switch => item.as_bool().map(Given::Switch),
            Form::List => item
                .as_array()
                .and_then(|array| array.iter().map(text).collect::<Option<_>>())
                .map(Given::List),
        };
        given.ok_or_else(|| {
            let form = match names.form {
                Form::Text => "a text in quotes",
                Form::Switch => "true or false",
                Form::List => "a list of texts such as [\"…\", \"…\"]",
            };
            self.wrong(item.span(), &format!("`{}` must be {form}", names.file))
        })
    }

    fn unknown(&self, table: &dyn TableLike, name: &str) -> Failure {
        let span = table.key(name).and_then(|key| key.span());
        let shown = printable(name, 60);
        if matches!(name, "client_secret" | "client-secret" | "secret") {
            return self
                .wrong(span, &format!("`{shown}` does not belong in a file"))
                .hint("remove it; give the secret with COGNITO_CLIENT_SECRET or --client-secret-stdin");
        }
        let known: Vec<_> = Key::ALL.iter().map(|key| key.names().file).collect();
        self.wrong(
            span,
            &format!(
                "`{shown}` is no key of a profile; the keys are {}",
                known.join(", ")
            ),
        )
    }

    /// Returns where a profile sets a key, as `FILE:LINE`.
    pub(super) fn place(&self, profile: &str, key: Key) -> String {
        let profiles = self.document.get("profiles").and_then(Item::as_table_like);
        let table = profiles.and_then(|table| table.get(profile)?.as_table_like());
        let span = table.and_then(|table| table.get(key.names().file)?.span());
        place(&self.path, self.document.raw(), self.gap, span)
    }

    fn wrong(&self, span: Option<Range<usize>>, message: &str) -> Failure {
        wrong(&self.path, self.document.raw(), self.gap, span, message)
    }
}

fn read(path: &Path) -> Result<String> {
    let unreadable = || {
        let message = format!("cannot read `{}`", path.display());
        Failure::new(Exit::Settings, "profile_file_unreadable", message)
            .hint("check the file's owner and mode, or name another with --config FILE")
    };
    // What most files fit in; a larger one costs a few more reads.
    let mut text = String::with_capacity(8_192);
    let read = File::open(path)
        .and_then(|file| file.take(LIMIT_BYTES + 1).read_to_string(&mut text))
        .and_then(|length| match length as u64 {
            0..=LIMIT_BYTES => Ok(()),
            _ => Err(io::Error::other("it is too long for a file of profiles")),
        });
    match read {
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        outcome => outcome.map(|()| text).with_context(unreadable),
    }
}

/// Says what is wrong at which line of the file.
fn wrong(path: &Path, text: &str, gap: Gap, span: Option<Range<usize>>, message: &str) -> Failure {
    let place = place(path, text, gap, span);
    Failure::new(
        Exit::Settings,
        "profile_file_invalid",
        format!("`{place}`: {message}"),
    )
    .hint("correct the file, or write the profile anew with cognito-login configure")
}

/// Returns `FILE:LINE`, or `FILE` where the line is not known.
fn place(path: &Path, text: &str, gap: Gap, span: Option<Range<usize>>) -> String {
    match span.and_then(|span| text.get(..span.start)) {
        Some(before) => {
            let missing = if before.len() < gap.at { 0 } else { gap.lines };
            let line = before.matches('\n').count() + missing + 1;
            format!("{}:{line}", path.display())
        }
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<ProfileFile> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text)?;
        let mut file = ProfileFile::read(&path)?;
        file.path = "config.toml".into();
        Ok(file)
    }

    fn file_for(text: &str, named: Option<&str>) -> Result<ProfileFile> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text)?;
        let mut file = ProfileFile::read_for(&path, named)?;
        file.path = "config.toml".into();
        Ok(file)
    }

    fn message(outcome: Result<Option<Settings>, Failure>) -> String {
        outcome.expect_err("the file is wrong").message
    }

    #[test]
    fn a_profile_is_read_in_the_forms_of_the_table() {
        let file = file("default_profile = 'work'\n[profiles.work]\nclient_id = 'x'\nscopes = ['a', 'b']\npreflight = false\n")
            .expect("this is a good file");
        let mut expected = Settings::default()
            .text(Key::ClientId, Some("x"))
            .list(Key::Scopes, vec!["a".into(), "b".into()]);
        expected.set(Key::Preflight, Given::Switch(false));
        assert_eq!(file.settings("work"), Ok(Some(expected)));
        assert_eq!(file.settings("home"), Ok(None));
        assert_eq!(file.default_profile(), Ok(Some("work".into())));
        assert_eq!(file.profiles(), ["work"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let unknown = file("# mine\n[profiles.work]\n\nclientid = 'x'\n").expect("it is TOML");
        assert!(message(unknown.settings("work")).starts_with(
            "`config.toml:4`: `clientid` is no key of a profile; the keys are user_pool_id, "
        ));
        let wrong_type = file("[profiles.work]\nscopes = 'openid'\n").expect("it is TOML");
        assert_eq!(
            message(wrong_type.settings("work")),
            "`config.toml:2`: `scopes` must be a list of texts such as [\"…\", \"…\"]"
        );
        let top = file("profile = 'x'\n").expect("it is TOML");
        assert_eq!(
            top.default_profile().expect_err("no such key").message,
            "`config.toml:1`: `profile` is no key here; the top level takes default_profile and [profiles.NAME]"
        );
        let broken = file("a = 1\nb = \n").expect_err("it is no TOML");
        assert!(
            broken
                .to_string()
                .contains("config.toml:2`: this is not TOML"),
            "{broken}"
        );
    }

    #[test]
    fn one_profile_is_read_without_the_others_and_errors_keep_their_lines() {
        let text = "default_profile = 'b'\n[profiles.a]\nnonsense\n\n[profiles.b]\nclient_id = 'x'\nclientid = 'x'\n";
        for named in [None, Some("b")] {
            let file = file_for(text, named).expect("the other profile is not looked at");
            assert!(message(file.settings("b")).starts_with("`config.toml:7`: `clientid`"));
            assert_eq!(file.default_profile(), Ok(Some("b".into())));
        }
        for named in ["a", "c"] {
            let broken = file_for(text, Some(named)).expect_err("it is no TOML");
            assert!(
                broken
                    .to_string()
                    .contains("config.toml:3`: this is not TOML"),
                "{broken}"
            );
        }
        let quoted = "[profiles]\nb.client_id = 'x'\n";
        let read_whole = file_for(quoted, Some("b")).expect("it is TOML");
        assert!(read_whole.settings("b").expect("it is good").is_some());
    }

    #[test]
    fn a_secret_in_the_file_is_refused_with_the_better_place() {
        let file = file("[profiles.work]\nclient_secret = 'hunter2'\n").expect("it is TOML");
        let failure = file
            .settings("work")
            .expect_err("secrets do not belong there");
        assert_eq!(
            failure.message,
            "`config.toml:2`: `client_secret` does not belong in a file"
        );
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
}
