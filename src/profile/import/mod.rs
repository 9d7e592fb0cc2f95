//! What other tools' files and pasted texts say about a user pool and an app client, as settings of a profile.

mod env_file;
mod literal;
mod meaning;
mod pasted;

use std::fmt;
use std::io::Read;

use anyhow::{Context, Result};

pub use pasted::read_pasted;

use self::literal::{Literal, Placed};
use self::meaning::{Meaning, Sureness, meaning};
use super::settings::{Form, Given, Key, Settings};
use crate::failure::{Exit, Failure, printable};
use crate::oidc::{Domain, Issuer, RedirectUri, UserPoolId};
use crate::secret::Secret;

/// Files of this kind have a few kilobytes.
const SIZE_LIMIT_BYTES: u64 = 1 << 20;

/// What a file says.
#[derive(Debug, Default)]
pub struct Import {
    /// The settings it names.
    pub settings: Settings,
    /// The app client's secret, if it holds one.
    pub client_secret: Option<Secret>,
    /// What it says and cannot be taken, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A value of the file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    place: Place,
    why: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` (line {}): {}",
            self.place.name, self.place.line, self.why
        )
    }
}

impl Import {
    /// Reads a file: `NAME=value` lines as in `.env.local`, or an object as in `amplify_outputs.json`, `aws-exports.js`
    /// and a stack's outputs. Which of them it is, its content tells. `file` names it in messages.
    ///
    /// # Errors
    /// Fails when it cannot be read, is longer than 1 MiB, holds a value that is impossible, two that contradict each
    /// other, or nothing of use; the message names the line.
    pub fn read(from: impl Read, file: &str) -> Result<Import> {
        let text = text_of(from, file)?;
        let said = match env_file::is_one(&text) {
            true => said_in_lines(&text, file)?,
            false => said_in_object(&text, file)?,
        };
        Ok(Reader { file }.read(said)?)
    }
}

/// One value of a file, with the name it stands under.
#[derive(Clone, Debug)]
struct Said {
    place: Place,
    meaning: Option<(Meaning, Sureness)>,
    values: Vec<String>,
    /// Whether it names other variables, which nobody resolves here.
    refers: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    name: String,
    line: usize,
}

fn text_of(from: impl Read, file: &str) -> Result<String> {
    let mut bytes = Vec::new();
    from.take(SIZE_LIMIT_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| wrong("import_unreadable", format!("cannot read `{file}`")))?;
    if bytes.len() as u64 > SIZE_LIMIT_BYTES {
        let message = format!("`{file}` is longer than 1 MiB");
        return Err(wrong("import_unreadable", message).into());
    }
    let text = match bytes.as_slice() {
        // PowerShell's `>` writes UTF-16.
        [0xff, 0xfe, utf16 @ ..] => {
            let units: Vec<u16> = utf16
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16(&units).ok()
        }
        [0xef, 0xbb, 0xbf, utf8 @ ..] | utf8 => std::str::from_utf8(utf8).ok().map(str::to_owned),
    };
    text.ok_or_else(|| wrong("import_unreadable", format!("`{file}` is not text")).into())
}

fn said_in_lines(text: &str, file: &str) -> Result<Vec<Said>, Failure> {
    let variables = env_file::read(text).map_err(|line| {
        let message = format!("`{file}:{line}`: a quote is opened and not closed");
        wrong("import_unreadable", message)
    })?;
    let said = variables.into_iter().map(|variable| Said {
        refers: variable.refers,
        ..Said::new(variable.name, &[], variable.line, vec![variable.value])
    });
    Ok(said.collect())
}

fn said_in_object(text: &str, file: &str) -> Result<Vec<Said>, Failure> {
    let whole = literal::read(text).map_err(|unreadable| {
        let message = format!("`{file}:{}`: {}", unreadable.line, unreadable.why);
        wrong("import_unreadable", message).hint(
            "--import reads .env files, amplify_outputs.json, aws-exports.js and the JSON of a stack's outputs",
        )
    })?;
    let mut said = Vec::new();
    let is_amplify_outputs = whole.value.member("version").is_some();
    match whole.value.member("auth") {
        // The other blocks of amplify_outputs.json are about other services.
        Some(auth) if is_amplify_outputs => collect(&auth.value, &["auth".to_owned()], &mut said),
        _ => collect(&whole.value, &[], &mut said),
    }
    Ok(said)
}

/// Gathers every text and list of texts of an object, however deep; a stack's outputs by their keys.
fn collect(literal: &Literal, path: &[String], said: &mut Vec<Said>) {
    match literal {
        Literal::Object(members) => {
            if let Some(output) = stack_output(literal) {
                said.push(output);
                return;
            }
            for (name, member) in members {
                let values = texts(&member.value);
                if values.is_empty() {
                    let path = [path, std::slice::from_ref(name)].concat();
                    collect(&member.value, &path, said);
                    continue;
                }
                said.push(Said::new(name.clone(), path, member.line, values));
            }
        }
        Literal::List(items) => items
            .iter()
            .for_each(|item| collect(&item.value, path, said)),
        Literal::Text(_) | Literal::Other => {}
    }
}

/// Reads `{"OutputKey": …, "OutputValue": …}`, as `aws cloudformation describe-stacks` prints it.
fn stack_output(literal: &Literal) -> Option<Said> {
    let text = |name| match literal.member(name) {
        Some(Placed {
            line,
            value: Literal::Text(text),
        }) => Some((*line, text.clone())),
        _ => None,
    };
    let (line, name) = text("OutputKey")?;
    let (_, value) = text("OutputValue")?;
    Some(Said::new(name, &[], line, vec![value]))
}

fn texts(literal: &Literal) -> Vec<String> {
    match literal {
        Literal::Text(text) => vec![text.clone()],
        Literal::List(items) => items
            .iter()
            .filter_map(|item| match &item.value {
                Literal::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Turns what a file says into settings; every failure names file and line.
struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn read(&self, said: Vec<Said>) -> Result<Import, Failure> {
        let mut import = Import::default();
        let pool = match self.chosen(&said, Meaning::Setting(Key::UserPoolId), &mut import)? {
            Some(pool) => Some(pool),
            None => self.unnamed_pool(&said)?,
        };
        let region = self.take_pool(pool, &said, &mut import)?;
        self.take_domain(&said, region.as_deref(), &mut import)?;
        for key in [Key::ClientId, Key::IdentityPoolId] {
            if let Some(said) = self.chosen(&said, Meaning::Setting(key), &mut import)? {
                self.check_word(said)?;
                import
                    .settings
                    .set(key, Given::Text(said.only().to_owned()));
            }
        }
        for key in [Key::RedirectUris, Key::LogoutUri, Key::Scopes] {
            self.take_list(key, &said, &mut import)?;
        }
        if let Some(said) = self.chosen(&said, Meaning::ClientSecret, &mut import)? {
            self.check_word(said)?;
            import.client_secret = Some(Secret::new(said.only()));
        }
        if import.settings.iter().next().is_none() && import.client_secret.is_none() {
            let message = format!("`{}` names no user pool and no app client", self.file);
            return Err(wrong("import_empty", message).hint(
                "it should hold names such as COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID, or `user_pool_id` and `user_pool_client_id`",
            ));
        }
        Ok(import)
    }

    /// Takes the issuer if it says more than the pool's id does, else the id; returns the pool's Region.
    fn take_pool(
        &self,
        pool: Option<&Said>,
        said: &[Said],
        import: &mut Import,
    ) -> Result<Option<String>, Failure> {
        let issuer_said = self.chosen(said, Meaning::Setting(Key::Issuer), import)?;
        let mut region = None;
        for (key, said) in [(Key::Issuer, issuer_said), (Key::UserPoolId, pool)] {
            let Some(said) = said else { continue };
            let read = read_pasted(said.only());
            let (issuer, id) = (read.get(Key::Issuer), read.get(Key::UserPoolId));
            match (issuer, id) {
                (_, Some(Given::Text(id))) => {
                    let pool =
                        UserPoolId::parse(id).map_err(|failure| self.placed(said, failure))?;
                    region = Some(pool.region().to_owned());
                    let given = Given::Text(id.clone());
                    let known = import.settings.get(Key::UserPoolId);
                    if let (Some(issuer), true) =
                        (issuer_said, known.is_some_and(|known| *known != given))
                    {
                        return Err(self.contradiction(issuer, said));
                    }
                    import.settings.set(Key::UserPoolId, given);
                }
                (Some(Given::Text(text)), _) => {
                    let issuer =
                        Issuer::parse(text).map_err(|failure| self.placed(said, failure))?;
                    region = region.or_else(|| issuer.region().map(str::to_owned));
                    import.settings.set(Key::Issuer, Given::Text(text.clone()));
                }
                // Some other provider's issuer is none of ours to judge, unless nothing else names the pool.
                _ if key == Key::Issuer && pool.is_some() => {
                    import.leave_out(said, "this is no issuer of a user pool");
                }
                _ if key == Key::Issuer => {
                    Issuer::parse(said.only()).map_err(|failure| self.placed(said, failure))?;
                    import
                        .settings
                        .set(key, Given::Text(said.only().to_owned()));
                }
                _ => {
                    UserPoolId::parse(said.only()).map_err(|failure| self.placed(said, failure))?;
                }
            }
        }
        Ok(region)
    }

    /// Finds a pool under a name nobody could foresee, such as a stack's own output key.
    fn unnamed_pool<'s>(&self, said: &'s [Said]) -> Result<Option<&'s Said>, Failure> {
        let is_pool = |said: &&Said| {
            !said.refers
                && said.values.len() == 1
                && pasted::pool_id_in(said.only()).as_deref() == Some(said.only())
        };
        let pools: Vec<_> = said.iter().filter(is_pool).collect();
        self.only_one(&pools)
    }

    fn take_domain(
        &self,
        said: &[Said],
        region: Option<&str>,
        import: &mut Import,
    ) -> Result<(), Failure> {
        let Some(said) = self.chosen(said, Meaning::Setting(Key::Domain), import)? else {
            return Ok(());
        };
        // A prefix has no dots, and the hosts of websites and databases have.
        let cognito = said.only().contains(".amazoncognito.com") || !said.only().contains('.');
        if said.sureness() == Sureness::Perhaps && !cognito {
            import.leave_out(
                said,
                "this may be another domain; give the pool's with --domain",
            );
            return Ok(());
        }
        // The address of a login page says the domain too.
        let domain = match read_pasted(said.only()).get(Key::Domain) {
            Some(Given::Text(domain)) => domain.clone(),
            _ => said.only().to_owned(),
        };
        // Whether a prefix has its Region is seen when the profile is checked as a whole.
        Domain::parse(&domain, region.or(Some("us-east-1")))
            .map_err(|failure| self.placed(said, failure))?;
        import.settings.set(Key::Domain, Given::Text(domain));
        Ok(())
    }

    fn take_list(&self, key: Key, said: &[Said], import: &mut Import) -> Result<(), Failure> {
        let Some(said) = self.chosen(said, Meaning::Setting(key), import)? else {
            return Ok(());
        };
        let mut values: Vec<String> = Vec::new();
        for value in said.list() {
            if key == Key::RedirectUris && RedirectUri::parse(value).is_err() {
                let shown = printable(value, 200);
                import.leave_out(
                    said,
                    &format!("`{shown}` is not on this machine, so nothing here could answer it"),
                );
            } else if !values.iter().any(|known| known == value) {
                values.push(value.to_owned());
            }
        }
        if key.names().form == Form::List {
            if !values.is_empty() {
                import.settings.set(key, Given::List(values));
            }
            return Ok(());
        }
        let here = values
            .iter()
            .position(|value| RedirectUri::parse(value).is_ok())
            .unwrap_or(0);
        for (at, value) in values.into_iter().enumerate() {
            if at == here {
                import.settings.set(key, Given::Text(value));
            } else {
                let shown = printable(&value, 200);
                import.leave_out(
                    said,
                    &format!("there is room for one, `{shown}` is another"),
                );
            }
        }
        Ok(())
    }

    /// Returns what the file says of a meaning, by the surest names; one without a value counts as not said.
    fn chosen<'s>(
        &self,
        said: &'s [Said],
        wanted: Meaning,
        import: &mut Import,
    ) -> Result<Option<&'s Said>, Failure> {
        let (mut perhaps, mut sure) = (Vec::new(), Vec::new());
        for said in said {
            let Some((meaning, sureness)) = said.meaning else {
                continue;
            };
            if meaning != wanted || said.values.iter().all(|value| value.trim().is_empty()) {
                continue;
            }
            if said.refers {
                import.leave_out(
                    said,
                    "it is made from other variables, which are not read here",
                );
                continue;
            }
            match sureness {
                Sureness::Perhaps => perhaps.push(said),
                Sureness::Sure => sure.push(said),
            }
        }
        self.only_one(if sure.is_empty() { &perhaps } else { &sure })
    }

    /// Refuses two that differ: which of them is meant, only a person can say.
    fn only_one<'s>(&self, said: &[&'s Said]) -> Result<Option<&'s Said>, Failure> {
        let Some(first) = said.first() else {
            return Ok(None);
        };
        match said.iter().find(|other| other.values != first.values) {
            None => Ok(Some(first)),
            Some(other) => Err(self.contradiction(first, other)),
        }
    }

    fn contradiction(&self, one: &Said, other: &Said) -> Failure {
        let named = |said: &Said| {
            format!(
                "`{}` in line {}",
                printable(&said.place.name, 100),
                said.place.line
            )
        };
        let message = format!(
            "`{}` says two things: {} and {} differ",
            self.file,
            named(one),
            named(other)
        );
        wrong("import_contradicts_itself", message)
            .hint("give the one you mean as a flag, and import a file that holds only one of them")
    }

    fn check_word(&self, said: &Said) -> Result<(), Failure> {
        let one_word = !said.only().is_empty()
            && said.only().len() <= 4_096
            && said.only().chars().all(|c| c.is_ascii_graphic());
        if said.values.len() == 1 && one_word {
            return Ok(());
        }
        Err(self.placed(said, wrong("setting_invalid", "this is not one word")))
    }

    fn placed(&self, said: &Said, failure: Failure) -> Failure {
        let Place { name, line } = &said.place;
        Failure {
            message: format!(
                "`{}:{line}`: `{}`: {}",
                self.file,
                printable(name, 100),
                failure.message
            ),
            ..failure
        }
    }
}

impl Import {
    fn leave_out(&mut self, said: &Said, why: &str) {
        let left_out = LeftOut {
            place: Place {
                name: printable(&said.place.name, 100),
                line: said.place.line,
            },
            why: why.to_owned(),
        };
        if !self.left_out.contains(&left_out) {
            self.left_out.push(left_out);
        }
    }
}

impl Said {
    fn new(name: String, path: &[String], line: usize, values: Vec<String>) -> Said {
        Said {
            meaning: meaning(path, &name),
            place: Place { name, line },
            values,
            refers: false,
        }
    }

    fn sureness(&self) -> Sureness {
        self.meaning
            .map_or(Sureness::Perhaps, |(_, sureness)| sureness)
    }

    fn only(&self) -> &str {
        self.values.first().map_or("", |value| value.trim())
    }

    /// The values, also those written into one text: `http://localhost:3000/,https://example.com/`.
    fn list(&self) -> impl Iterator<Item = &str> {
        self.values
            .iter()
            .flat_map(|value| value.split([',', ' ', '\t', '\n']))
            .filter(|value| !value.is_empty())
    }
}

fn wrong(kind: &'static str, message: impl Into<String>) -> Failure {
    Failure::new(Exit::Settings, kind, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(text: &str) -> Result<Import> {
        Import::read(text.as_bytes(), "FILE")
    }

    fn reads(text: &str) -> Import {
        import(text).expect("it can be imported")
    }

    fn message(text: &str) -> String {
        let error = import(text).expect_err("it cannot be imported");
        Failure::of(&error).map_or_else(String::new, |failure| failure.message.clone())
    }

    fn left_out(import: &Import) -> Vec<String> {
        import.left_out.iter().map(ToString::to_string).collect()
    }

    fn client_and_pool() -> Settings {
        Settings::default()
            .text(Key::UserPoolId, Some("us-east-1_AbCdEf123"))
            .text(Key::ClientId, Some("1example23456789"))
    }

    #[test]
    fn the_tutorial_s_env_file_is_read() {
        let text = "# Cognito\nNEXT_PUBLIC_COGNITO_CLIENT_ID=1example23456789\nNEXT_PUBLIC_COGNITO_USER_POOL_ID=\"us-east-1_AbCdEf123\"\n\
            NEXT_PUBLIC_COGNITO_DOMAIN=https://my-app.auth.us-east-1.amazoncognito.com\nNEXT_PUBLIC_REDIRECT_URI=http://localhost:3000/\n\
            NEXT_PUBLIC_LOGOUT_URI=http://localhost:3000/bye\nNEXT_PUBLIC_COGNITO_SCOPE='openid email'\nNEXT_PUBLIC_AWS_REGION=us-east-1\n\
            GOOGLE_CLIENT_ID=other\nDATABASE_URL=postgres://\n";
        let import = reads(text);
        let expected = client_and_pool()
            .text(Key::Domain, Some("my-app.auth.us-east-1.amazoncognito.com"))
            .list(Key::RedirectUris, vec!["http://localhost:3000/".into()])
            .text(Key::LogoutUri, Some("http://localhost:3000/bye"))
            .list(Key::Scopes, vec!["openid".into(), "email".into()]);
        assert_eq!(import.settings, expected);
        assert_eq!(import.left_out, []);
    }

    #[test]
    fn every_prefix_of_the_frameworks_means_the_same() {
        for prefix in ["", "NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_"] {
            for (pool, client) in [
                ("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID"),
                ("USER_POOL_ID", "USER_POOL_CLIENT_ID"),
                ("AWS_COGNITO_POOL_ID", "CLIENT_ID"),
            ] {
                let text = format!(
                    "{prefix}{pool}=us-east-1_AbCdEf123\r\nexport {prefix}{client}=1example23456789\r\n"
                );
                assert_eq!(reads(&text).settings, client_and_pool(), "{text}");
            }
        }
    }

    #[test]
    fn amplify_outputs_are_read() {
        let text = r#"{
          "auth": {
            "user_pool_id": "us-east-1_AbCdEf123",
            "aws_region": "us-east-1",
            "user_pool_client_id": "1example23456789",
            "identity_pool_id": "us-east-1:0123abcd-0123-4567-89ab-0123456789ab",
            "mfa_methods": [], "standard_required_attributes": ["email"],
            "oauth": {
              "identity_providers": ["GOOGLE"], "response_type": "code",
              "redirect_sign_in_uri": ["http://localhost:3000/", "https://app.example.com/"],
              "redirect_sign_out_uri": ["https://app.example.com/", "http://localhost:3000/"],
              "scopes": ["openid", "email"], "domain": "my-app.auth.us-east-1.amazoncognito.com"
            }
          },
          "data": {"url": "https://example.com/graphql", "domain": "example.com"},
          "version": "1.3"
        }"#;
        let import = reads(text);
        let expected = client_and_pool()
            .text(Key::Domain, Some("my-app.auth.us-east-1.amazoncognito.com"))
            .list(Key::RedirectUris, vec!["http://localhost:3000/".into()])
            .text(Key::LogoutUri, Some("http://localhost:3000/"))
            .list(Key::Scopes, vec!["openid".into(), "email".into()])
            .text(
                Key::IdentityPoolId,
                Some("us-east-1:0123abcd-0123-4567-89ab-0123456789ab"),
            );
        assert_eq!(import.settings, expected);
        assert_eq!(
            left_out(&import),
            [
                "`redirect_sign_in_uri` (line 10): `https://app.example.com/` is not on this machine, so nothing here could answer it",
                "`redirect_sign_out_uri` (line 11): there is room for one, `https://app.example.com/` is another",
            ]
        );
    }

    #[test]
    fn aws_exports_are_read() {
        let text = "/* eslint-disable */\n// WARNING: DO NOT EDIT.\n\nconst awsmobile = {\n    \"aws_project_region\": \"us-east-1\",\n    \
            'aws_user_pools_id': 'us-east-1_AbCdEf123',\n    aws_user_pools_web_client_id: \"1example23456789\",\n    \"oauth\": {\n        \
            \"domain\": \"my-app.auth.us-east-1.amazoncognito.com\",\n        \"scope\": [\"openid\"],\n        \
            \"redirectSignIn\": \"http://localhost:3000/,https://app.example.com/\",\n        \"redirectSignOut\": \"http://localhost:3000/\",\n    },\n};\n\n\
            export default awsmobile;\n";
        let import = reads(text);
        let expected = client_and_pool()
            .text(Key::Domain, Some("my-app.auth.us-east-1.amazoncognito.com"))
            .list(Key::RedirectUris, vec!["http://localhost:3000/".into()])
            .text(Key::LogoutUri, Some("http://localhost:3000/"))
            .list(Key::Scopes, vec!["openid".into()]);
        assert_eq!(import.settings, expected);
        assert_eq!(import.left_out.len(), 1);
    }

    #[test]
    fn a_stack_s_outputs_are_read_alone_and_in_the_whole_answer() {
        let outputs = r#"[{"OutputKey": "UserPoolId", "OutputValue": "us-east-1_AbCdEf123"},
            {"OutputKey": "ClientId", "OutputValue": "1example23456789", "Description": "x"},
            {"OutputKey": "Domain", "OutputValue": "login-0123456789ab"},
            {"OutputKey": "Configure", "OutputValue": "cognito-login configure"}]"#;
        let whole = format!(
            r#"{{"Stacks": [{{"StackName": "s", "Parameters": [{{"ParameterKey": "ClientId", "ParameterValue": "no"}}], "Outputs": {outputs}}}]}}"#
        );
        let expected = client_and_pool().text(Key::Domain, Some("login-0123456789ab"));
        assert_eq!(reads(outputs).settings, expected);
        assert_eq!(reads(&whole).settings, expected);
    }

    #[test]
    fn a_pool_is_recognised_under_any_name() {
        let text = r#"{"Stack": {"ExportsOutputRefPool1A2B": "us-east-1_AbCdEf123", "AppClientId": "1example23456789"}}"#;
        assert_eq!(reads(text).settings, client_and_pool());
        let issuer = "AUTH_COGNITO_ISSUER=https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123\nAUTH_COGNITO_ID=1example23456789";
        assert_eq!(reads(issuer).settings, client_and_pool());
    }

    #[test]
    fn a_secret_is_kept_apart_and_hidden() {
        let import = reads(
            "COGNITO_CLIENT_ID=abc\nCOGNITO_CLIENT_SECRET=hunter2\nSTRIPE_CLIENT_SECRET=other\n",
        );
        assert_eq!(import.client_secret, Some(Secret::new("hunter2")));
        assert!(!format!("{import:?}").contains("hunter2"));
        let differing =
            message("COGNITO_CLIENT_SECRET=hunter2\nVITE_COGNITO_CLIENT_SECRET=hunter3\n");
        assert!(!differing.contains("hunter"), "{differing}");
        let two_words = message("COGNITO_CLIENT_SECRET='hunter 2'\n");
        assert_eq!(
            two_words,
            "`FILE:1`: `COGNITO_CLIENT_SECRET`: this is not one word"
        );
    }

    #[test]
    fn what_cannot_be_taken_is_listed_with_its_line() {
        let import = reads(
            "COGNITO_CLIENT_ID=abc\n\nNEXT_PUBLIC_DOMAIN=example.com\nREDIRECT_URI=${HOST}/callback\nCALLBACK_URL=myapp://x\n",
        );
        assert_eq!(
            left_out(&import),
            [
                "`NEXT_PUBLIC_DOMAIN` (line 3): this may be another domain; give the pool's with --domain",
                "`REDIRECT_URI` (line 4): it is made from other variables, which are not read here",
                "`CALLBACK_URL` (line 5): `myapp://x` is not on this machine, so nothing here could answer it",
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, expected) in [
            (
                "A=b\nCOGNITO_USER_POOL_ID=<your pool>\n",
                "`FILE:2`: `COGNITO_USER_POOL_ID`: `<your pool>` is not a user pool id",
            ),
            (
                "COGNITO_DOMAIN=https://cognito-idp.us-east-1.amazonaws.com\n",
                "`FILE:1`: `COGNITO_DOMAIN`: domain `https://cognito-idp.us-east-1.amazonaws.com` is the host of the issuer, which has no login pages",
            ),
            (
                "COGNITO_CLIENT_ID=abc\nVITE_COGNITO_CLIENT_ID=abd\n",
                "`FILE` says two things: `COGNITO_CLIENT_ID` in line 1 and `VITE_COGNITO_CLIENT_ID` in line 2 differ",
            ),
            (
                "{\n \"auth\": {\n",
                "`FILE:3`: a name or `}` is missing at the end",
            ),
            ("A=\"b\n", "`FILE:1`: a quote is opened and not closed"),
            ("A=b\n", "`FILE` names no user pool and no app client"),
            ("{}", "`FILE` names no user pool and no app client"),
            ("", "`FILE:1`: there is no `{` here"),
            ("\0\u{1}", "`FILE:1`: there is no `{` here"),
        ] {
            assert_eq!(message(text), expected);
        }
    }

    #[test]
    fn long_and_binary_files_are_refused_and_utf_16_is_read() {
        let long = "#".repeat(SIZE_LIMIT_BYTES as usize + 1);
        assert_eq!(message(&long), "`FILE` is longer than 1 MiB");
        let endless = Import::read(std::io::repeat(b'A'), "FILE");
        assert!(endless.is_err());
        let binary = Import::read([0x89_u8, b'P', 0xff].as_slice(), "FILE");
        let binary = binary.expect_err("it is no text");
        assert_eq!(binary.to_string(), "`FILE` is not text");
        let text = "\u{feff}COGNITO_USER_POOL_ID=us-east-1_AbCdEf123\nCOGNITO_CLIENT_ID=1example23456789\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let import = Import::read(utf16.as_slice(), "FILE").expect("PowerShell wrote it");
        assert_eq!(import.settings, client_and_pool());
        assert_eq!(reads(text).settings, client_and_pool());
    }
}
