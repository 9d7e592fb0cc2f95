//! Changing a profile in a file that a person wrote: what was not asked for stays as it is, to the byte.

use anyhow::{Context, Result};
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value, value};

use super::file::ProfileFile;
use super::settings::{Given, Key, Settings};
use crate::failure::{Exit, Failure, printable};
use crate::platform::files;

impl ProfileFile {
    /// Returns the file with one profile changed: the values of `settings` set, the keys of `obsolete` removed. A profile
    /// that is new comes at the end. Nothing is written yet.
    ///
    /// # Errors
    /// Fails when something else than a table stands where the profile belongs.
    pub fn with(
        &self,
        profile: &str,
        settings: &Settings,
        obsolete: &[Key],
    ) -> Result<ProfileFile, Failure> {
        let mut text = self.text().to_owned();
        for key in obsolete {
            text = ProfileFile::parse(self.path(), text)?.without(profile, *key);
        }
        let crlf = text.contains("\r\n");
        let mut document = ProfileFile::parse(self.path(), text)?
            .document()
            .clone()
            .into_mut();
        let table = table_of(&mut document, profile).ok_or_else(|| {
            let shown = printable(profile, 60);
            let place = self.path().display();
            let message = format!("`{place}`: `profiles` and `profiles.{shown}` must be tables");
            Failure::new(Exit::Settings, "profile_file_invalid", message)
                .hint("correct the file in an editor")
        })?;
        for (key, given) in settings.iter() {
            set(table, key.names().file, given);
        }
        let text = document.to_string();
        let text = match crlf {
            true => text.replace("\r\n", "\n").replace('\n', "\r\n"),
            false => text,
        };
        ProfileFile::parse(self.path(), text)
    }

    /// Writes the file. A reader sees the old one or this one; its mode stays, a link is followed, directories are made.
    ///
    /// # Errors
    /// Fails when it cannot be written; the old file is then still there.
    pub fn write(&self) -> Result<()> {
        files::replace_own(self.path(), self.text().as_bytes()).with_context(|| {
            let message = format!("cannot write `{}`", self.path().display());
            Failure::new(Exit::Failed, "file_not_writable", message)
                .hint("check the file's owner and mode, or name another with --config FILE")
        })
    }

    /// Returns the text without one key of a profile. Comments above and beside it stay: they may say why.
    fn without(&self, profile: &str, key: Key) -> String {
        let name = key.names().file;
        let (text, table) = (self.text(), self.table(profile));
        let entry =
            table.and_then(|table| Some((table.key(name)?.span()?, table.get(name)?.span()?)));
        let Some((key, value)) = entry else {
            return text.to_owned();
        };
        let (before, after) = (&text[..key.start], &text[value.end..]);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = after.split('\n').next().unwrap_or_default().trim();
        if !before[line_start..].trim().is_empty() || !(rest.is_empty() || rest.starts_with('#')) {
            return self.without_inline(profile, name);
        }
        let after = match rest {
            "" => after.split_once('\n').map_or("", |(_, after)| after),
            _ => after.trim_start(),
        };
        format!("{}{after}", &before[..line_start])
    }

    /// The same in a table on one line, `work = { issuer = "…" }`, where no comment can stand.
    fn without_inline(&self, profile: &str, name: &str) -> String {
        let mut document = self.document().clone().into_mut();
        if let Some(table) = table_of(&mut document, profile) {
            table.remove(name);
        }
        document.to_string()
    }

    fn table(&self, profile: &str) -> Option<&dyn TableLike> {
        let profiles = self.document().get("profiles")?.as_table_like()?;
        profiles.get(profile)?.as_table_like()
    }
}

/// Returns the table of a profile, a new one at the end if need be; `None` if there is something else.
fn table_of<'d>(document: &'d mut DocumentMut, profile: &str) -> Option<&'d mut dyn TableLike> {
    let profiles = document.entry("profiles").or_insert_with(|| {
        let mut table = Table::new();
        // Only `[profiles.NAME]` is written, no `[profiles]` above it.
        table.set_implicit(true);
        Item::Table(table)
    });
    if profiles.as_table_like()?.get(profile).is_none() {
        add_table(document, profile);
    }
    let profiles = document.get_mut("profiles")?.as_table_like_mut()?;
    profiles.get_mut(profile)?.as_table_like_mut()
}

fn add_table(document: &mut DocumentMut, profile: &str) {
    let mut table = Table::new();
    let end = document.trailing().as_str().unwrap_or_default().trim_end();
    if !end.is_empty() {
        // What stands at the end of the file stays above what is new.
        table.decor_mut().set_prefix(format!("{end}\n\n"));
        document.set_trailing("");
    }
    if let Some(profiles) = document
        .get_mut("profiles")
        .and_then(Item::as_table_like_mut)
    {
        profiles.insert(profile, Item::Table(table));
    }
}

/// Sets a key in its place and keeps the comments around it; one that says the same already is not touched.
fn set(table: &mut dyn TableLike, name: &str, given: &Given) {
    let Some(old) = table.get_mut(name).and_then(Item::as_value_mut) else {
        table.insert(name, value(toml(given)));
        return;
    };
    match (old, given) {
        (Value::Array(old), Given::List(texts)) => set_list(old, texts),
        (old, given) if says_the_same(old, given) => {}
        (old, given) => {
            let decor = old.decor().clone();
            *old = toml(given);
            *old.decor_mut() = decor;
        }
    }
}

/// Fills a list anew; the values that stay keep their line and comment.
fn set_list(list: &mut Array, texts: &[String]) {
    if list
        .iter()
        .map(Value::as_str)
        .eq(texts.iter().map(|text| Some(text.as_str())))
    {
        return;
    }
    let before: Vec<Value> = list.iter().cloned().collect();
    list.clear();
    for text in texts {
        let same = before.iter().find(|value| value.as_str() == Some(text));
        let new = || {
            // On a line of its own, if the others are.
            let prefix = before
                .last()
                .and_then(|last| last.decor().prefix()?.as_str());
            let own_line = prefix.and_then(|prefix| prefix.rfind('\n').map(|at| &prefix[at..]));
            let beside = if list.is_empty() { "" } else { " " };
            Value::from(text.as_str()).decorated(own_line.unwrap_or(beside), "")
        };
        let value = same.cloned().unwrap_or_else(new);
        list.push_formatted(value);
    }
}

fn toml(given: &Given) -> Value {
    match given {
        Given::Text(text) => text.as_str().into(),
        Given::List(texts) => Array::from_iter(texts).into(),
        Given::Switch(on) => (*on).into(),
    }
}

fn says_the_same(value: &Value, given: &Given) -> bool {
    match given {
        Given::Text(text) => value.as_str() == Some(text),
        Given::Switch(on) => value.as_bool() == Some(*on),
        Given::List(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn edited(text: &str, settings: &Settings, obsolete: &[Key]) -> String {
        let file =
            ProfileFile::parse(Path::new("config.toml"), text.to_owned()).expect("it is TOML");
        let file = file
            .with("work", settings, obsolete)
            .expect("it can be changed");
        file.text().to_owned()
    }

    fn pool(id: &str) -> Settings {
        Settings::default().text(Key::UserPoolId, Some(id))
    }

    const WRITTEN: &str = "# mine, all mine\ndefault_profile = 'work'\n\n[profiles.home]   # at home\nclient_id = 'h'\n\n\
        # about work\n[profiles.work]\n# why this client\nclient_id = 'abc'   # the third\n\n  user_pool_id = 'us-east-1_a' # pool\n\n\
        # in between\n[profiles.later]\nclient_id='l'\n# the end\n";

    #[test]
    fn what_a_person_wrote_stays_to_the_byte() {
        assert_eq!(edited(WRITTEN, &pool("us-east-1_a"), &[]), WRITTEN);
        assert_eq!(
            edited(WRITTEN, &pool("us-east-1_b"), &[]),
            WRITTEN.replace("'us-east-1_a'", "\"us-east-1_b\"")
        );
        let added = pool("us-east-1_a").text(Key::Store, Some("file"));
        assert_eq!(
            edited(WRITTEN, &added, &[]),
            WRITTEN.replace("# pool\n", "# pool\nstore = \"file\"\n")
        );
    }

    #[test]
    fn a_new_profile_comes_at_the_end_below_what_stands_there() {
        let settings = pool("us-east-1_a").list(Key::Scopes, vec!["a".into(), "b\"c".into()]);
        let table = "[profiles.work]\nuser_pool_id = \"us-east-1_a\"\nscopes = [\"a\", 'b\"c']\n";
        assert_eq!(edited("", &settings, &[]), table);
        for (before, between) in [
            ("[profiles.a]\nclient_id = 'x'\n", "\n"),
            ("[profiles.a]\nclient_id = 'x'", "\n\n"),
            ("[profiles.a]\nclient_id = 'x'\n\n# the end\n", "\n"),
            ("# only a comment\n", "\n"),
            ("default_profile = 'work'\n", "\n"),
            ("[profiles]\n", "\n"),
        ] {
            assert_eq!(
                edited(before, &settings, &[]),
                format!("{before}{between}{table}")
            );
        }
    }

    #[test]
    fn other_ways_to_write_tables_are_kept() {
        assert_eq!(
            edited(
                "profiles = { work = { client_id = 'x' } }\n",
                &pool("us-east-1_a"),
                &[]
            ),
            "profiles = { work = { client_id = 'x' , user_pool_id = \"us-east-1_a\" } }\n"
        );
        assert_eq!(
            edited("profiles.work.client_id = 'x'\n", &pool("us-east-1_a"), &[]),
            "profiles.work.client_id = 'x'\nprofiles.work.user_pool_id = \"us-east-1_a\"\n"
        );
        assert_eq!(
            edited("profiles.a.client_id = 'x'\n", &pool("us-east-1_a"), &[]),
            "profiles.a.client_id = 'x'\n\n[profiles.work]\nuser_pool_id = \"us-east-1_a\"\n"
        );
        let file = ProfileFile::parse(Path::new("c"), "profiles = 1\n".into()).expect("it is TOML");
        let failure = file
            .with("work", &pool("us-east-1_a"), &[])
            .expect_err("no table");
        assert_eq!(
            failure.message,
            "`c`: `profiles` and `profiles.work` must be tables"
        );
    }

    #[test]
    fn a_list_keeps_the_lines_and_comments_of_what_stays() {
        let text = "[profiles.work]\nredirect_uris = [\n  # first\n  'http://localhost:1', # one\n  'http://localhost:2',\n]\n";
        let list = |uris: &[&str]| {
            let uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
            Settings::default().list(Key::RedirectUris, uris)
        };
        let same = list(&["http://localhost:1", "http://localhost:2"]);
        assert_eq!(edited(text, &same, &[]), text);
        let more = list(&[
            "http://localhost:1",
            "http://localhost:2",
            "http://localhost:3",
        ]);
        assert_eq!(
            edited(text, &more, &[]),
            text.replace(":2',\n", ":2',\n  \"http://localhost:3\",\n")
        );
        let fewer = list(&["http://localhost:1"]);
        assert_eq!(
            edited(text, &fewer, &[]),
            "[profiles.work]\nredirect_uris = [\n  # first\n  'http://localhost:1',\n]\n"
        );
    }

    #[test]
    fn a_key_is_removed_and_its_comments_stay() {
        let text = "[profiles.work]\n# the old pool\nissuer = 'https://a' # since May\nclient_id = 'x'\ndomain = 'd'\n";
        assert_eq!(
            edited(
                text,
                &Settings::default(),
                &[Key::Issuer, Key::Domain, Key::Store]
            ),
            "[profiles.work]\n# the old pool\n# since May\nclient_id = 'x'\n"
        );
        let inline = "profiles = { work = { issuer = 'https://a', client_id = 'x' } }\n";
        assert_eq!(
            edited(inline, &Settings::default(), &[Key::Issuer]),
            "profiles = { work = { client_id = 'x' } }\n"
        );
    }

    #[test]
    fn line_ends_of_windows_stay() {
        let text = "# a\r\n[profiles.work]\r\nclient_id = 'x' # b\r\n";
        assert_eq!(
            edited(text, &pool("us-east-1_a"), &[]),
            "# a\r\n[profiles.work]\r\nclient_id = 'x' # b\r\nuser_pool_id = \"us-east-1_a\"\r\n"
        );
        assert_eq!(edited(text, &Settings::default(), &[]), text);
    }

    #[test]
    fn names_that_need_quotes_get_them() {
        let file = ProfileFile::parse(Path::new("c"), String::new()).expect("it is TOML");
        let file = file
            .with("my pool.1", &pool("us-east-1_a"), &[])
            .expect("it is new");
        assert_eq!(file.profiles(), ["my pool.1"]);
    }
}
