//! The conversation of `configure`: one question after the other, each answer checked against the pool as it comes.

use std::io::{self, Write};

use anyhow::Result;

use crate::failure::{Exit, Failure, printable};
use crate::oidc::{Issuer, RedirectUri};
use crate::profile::{DEFAULT_REDIRECT_URI, Given, Key, Settings, read_pasted};
use crate::secret::Secret;

/// What has been answered so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The settings to write.
    pub(super) settings: Settings,
    /// The app client's secret, to be kept in the store.
    pub(super) client_secret: Option<Secret>,
}

/// What to ask the pool about the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// Whether it is there.
    Pool,
    /// Whether it knows the app client, and takes the secret.
    Client,
    /// Whether its login pages open for the redirect URIs.
    Redirect,
}

/// What the pool said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It agrees; what to tell the person.
    Good(String),
    /// It could not be asked, and why.
    Unsure(String),
    /// It wants a secret from this app client, or does not know it.
    WantsSecret,
    /// It does not agree.
    Bad(Failure),
}

/// A person at a terminal, and the pool at hand.
pub(super) struct Conversation<'a> {
    /// Reads a line as the person types it, with its end; empty when there is no more.
    pub(super) line: &'a mut dyn FnMut() -> io::Result<String>,
    /// Asks a question and reads the line that answers it, which nobody sees.
    pub(super) hidden: &'a mut dyn FnMut(&mut dyn Write, &str) -> io::Result<Secret>,
    /// Where questions go.
    pub(super) out: &'a mut dyn Write,
    /// Asks the pool.
    pub(super) ask: &'a mut dyn FnMut(Check, &Answers) -> Finding,
}

impl Conversation<'_> {
    /// Completes what was `given`, which is not asked for again; `known` is offered as the answer to what is missing.
    ///
    /// # Errors
    /// Fails with exit 6 when the person leaves.
    pub(super) fn complete(mut self, given: Answers, known: &Settings) -> Result<Answers> {
        let mut answers = given;
        self.pool(&mut answers, known)?;
        self.client(&mut answers, known)?;
        let is_machine = answers.text(Key::Grant) == Some("client_credentials");
        if !is_machine {
            self.redirect(&mut answers, known)?;
        }
        Ok(answers)
    }

    /// Asks a question that is answered with yes or no.
    ///
    /// # Errors
    /// Fails when the terminal does; an end of the input means no.
    pub(super) fn agrees(&mut self, question: &str, by_default: bool) -> Result<bool> {
        let choices = if by_default { "Y/n" } else { "y/N" };
        write!(self.out, "{question} [{choices}] ")?;
        self.out.flush()?;
        let answer = (self.line)()?;
        Ok(match answer.trim().to_ascii_lowercase().as_str() {
            "" if answer.is_empty() => {
                writeln!(self.out)?;
                false
            }
            "" => by_default,
            answer => matches!(answer, "y" | "yes"),
        })
    }

    fn pool(&mut self, answers: &mut Answers, known: &Settings) -> Result<()> {
        let mut asked = answers.names_a_pool();
        loop {
            if !asked {
                self.ask_for_the_pool(answers, known)?;
            }
            asked = false;
            let finding = (self.ask)(Check::Pool, answers);
            if self.accepts(finding)? {
                return Ok(());
            }
            answers.settings.remove(Key::UserPoolId);
            answers.settings.remove(Key::Issuer);
        }
    }

    fn ask_for_the_pool(&mut self, answers: &mut Answers, known: &Settings) -> Result<()> {
        let offered = [Key::UserPoolId, Key::Issuer].map(|key| text(known, key));
        let offered = offered.into_iter().flatten().next();
        while !answers.names_a_pool() {
            let answer = self.answer(
                "User pool: its id, its ARN, or the address of one of its pages",
                offered,
            )?;
            let mut named = read_pasted(&answer);
            let nothing = named.iter().next().is_none();
            if nothing && Issuer::parse(&answer).is_ok() {
                named.set(Key::Issuer, Given::Text(answer));
            }
            // A page may name the app client and more beside the pool.
            for (key, given) in named.iter() {
                answers.settings.set(key, given.clone());
            }
            if !answers.names_a_pool() {
                self.tell(match nothing {
                    true => "  That is no user pool: an id looks like us-east-1_AbCdEf123.",
                    false => "  Noted; the pool itself is still to be named, by an id such as us-east-1_AbCdEf123.",
                })?;
            }
        }
        Ok(())
    }

    fn client(&mut self, answers: &mut Answers, known: &Settings) -> Result<()> {
        loop {
            if answers.text(Key::ClientId).is_none() {
                self.ask_for_the_client(answers, known)?;
            }
            let finding = (self.ask)(Check::Client, answers);
            let accepted = match finding {
                Finding::WantsSecret => {
                    self.tell(
                        "  The pool wants a secret from this app client, or does not know it.",
                    )?;
                    self.secret(
                        answers,
                        "Client secret (not shown; empty for another app client)",
                    )? && self.accepts_secret(answers)?
                }
                Finding::Unsure(why) if answers.client_secret.is_none() => {
                    self.accepts(Finding::Unsure(why))?;
                    self.secret(
                        answers,
                        "Client secret, if the app client has one (not shown)",
                    )?;
                    true
                }
                finding => self.accepts(finding)?,
            };
            if accepted {
                return Ok(());
            }
            answers.settings.remove(Key::ClientId);
            answers.client_secret = None;
        }
    }

    fn ask_for_the_client(&mut self, answers: &mut Answers, known: &Settings) -> Result<()> {
        let offered = text(known, Key::ClientId);
        while answers.text(Key::ClientId).is_none() {
            let answer = self.answer("App client: its id", offered)?;
            let pasted = read_pasted(&answer);
            let id = text(&pasted, Key::ClientId).unwrap_or(&answer);
            // `ClientIdType`, with room for emulators.
            if id.len() <= 128
                && id
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
            {
                answers
                    .settings
                    .set(Key::ClientId, Given::Text(id.to_owned()));
            } else {
                self.tell(
                    "  That is no app client id: it has letters and digits only, 26 as a rule.",
                )?;
            }
        }
        Ok(())
    }

    /// Reads the secret; returns whether there is one.
    fn secret(&mut self, answers: &mut Answers, question: &str) -> Result<bool> {
        let secret = (self.hidden)(self.out, &format!("{question}: "));
        writeln!(self.out)?;
        let secret = secret.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => left().into(),
            io::ErrorKind::Interrupted => {
                let message = "interrupted; nothing was written";
                Failure::new(Exit::Interrupted, "interrupted", message).into()
            }
            _ => anyhow::Error::from(error),
        })?;
        answers.client_secret = (secret != Secret::new("")).then_some(secret);
        Ok(answers.client_secret.is_some())
    }

    /// Has the secret checked, and asks again for one that is wrong; `false` when the person gives up.
    fn accepts_secret(&mut self, answers: &mut Answers) -> Result<bool> {
        loop {
            match (self.ask)(Check::Client, answers) {
                Finding::Bad(failure) => self.tell(&format!("  No: {}.", failure.message))?,
                Finding::WantsSecret => {}
                finding => return self.accepts(finding),
            }
            if !self.secret(
                answers,
                "Client secret (not shown; empty for another app client)",
            )? {
                return Ok(false);
            }
        }
    }

    fn redirect(&mut self, answers: &mut Answers, known: &Settings) -> Result<()> {
        let mut asked = answers.settings.get(Key::RedirectUris).is_some();
        loop {
            if !asked {
                self.ask_for_the_redirect(answers, known)?;
            }
            asked = false;
            let finding = (self.ask)(Check::Redirect, answers);
            if self.accepts(finding)? {
                return Ok(());
            }
        }
    }

    fn ask_for_the_redirect(&mut self, answers: &mut Answers, known: &Settings) -> Result<()> {
        let offered = match known.get(Key::RedirectUris) {
            Some(Given::List(uris)) => uris.join(" "),
            _ => DEFAULT_REDIRECT_URI.to_owned(),
        };
        loop {
            let answer = self.answer(
                "Redirect URI: a callback URL of the app client on this machine, exactly as registered",
                Some(&offered),
            )?;
            let uris: Vec<_> = answer
                .split([' ', ','])
                .filter(|uri| !uri.is_empty())
                .map(str::to_owned)
                .collect();
            match uris
                .iter()
                .try_for_each(|uri| RedirectUri::parse(uri).map(drop))
            {
                Ok(()) => {
                    answers.settings.set(Key::RedirectUris, Given::List(uris));
                    return Ok(());
                }
                Err(failure) => self.tell(&format!("  No: {}.", failure.message))?,
            }
        }
    }

    /// Tells what the pool said; what it does not agree to, the person may still insist on.
    fn accepts(&mut self, finding: Finding) -> Result<bool> {
        match finding {
            Finding::Good(what) => self.tell(&format!("  Good: {what}."))?,
            Finding::Unsure(why) => self.tell(&format!("  Not checked: {why}."))?,
            Finding::WantsSecret => {}
            Finding::Bad(failure) => {
                self.tell(&format!("  No: {}.", failure.message))?;
                if let Some(hint) = &failure.hint {
                    self.tell(&format!("  Hint: {}", hint.replace('\n', "\n  ")))?;
                }
                return self.agrees("  Keep this answer all the same?", false);
            }
        }
        Ok(true)
    }

    /// Asks until there is an answer; an empty one takes what is offered.
    fn answer(&mut self, question: &str, offered: Option<&str>) -> Result<String> {
        loop {
            match offered {
                Some(offered) => writeln!(self.out, "\n{question} [{}]", printable(offered, 300))?,
                None => writeln!(self.out, "\n{question}")?,
            }
            write!(self.out, "> ")?;
            self.out.flush()?;
            let line = (self.line)()?;
            if line.is_empty() {
                writeln!(self.out)?;
                return Err(left().into());
            }
            match (line.trim(), offered) {
                ("", Some(offered)) => return Ok(offered.to_owned()),
                ("", None) => {}
                (answer, _) => return Ok(answer.to_owned()),
            }
        }
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }
}

impl Answers {
    fn names_a_pool(&self) -> bool {
        self.text(Key::UserPoolId)
            .or(self.text(Key::Issuer))
            .is_some()
    }

    fn text(&self, key: Key) -> Option<&str> {
        text(&self.settings, key)
    }
}

fn text(settings: &Settings, key: Key) -> Option<&str> {
    match settings.get(key) {
        Some(Given::Text(text)) => Some(text),
        _ => None,
    }
}

fn left() -> Failure {
    Failure::new(
        Exit::NotCompleted,
        "configure_left",
        "left before the end; nothing was written",
    )
    .hint("cognito-login configure")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a person who types `lines` and `secrets`, with a pool that answers by `ask`; returns the answers and the screen.
    fn held(
        lines: &str,
        secrets: &[&str],
        known: &Settings,
        mut ask: impl FnMut(Check, &Answers) -> Finding,
    ) -> (Result<Answers>, String) {
        let mut lines = lines.split_inclusive('\n');
        let mut secrets = secrets.iter();
        let mut screen = Vec::new();
        let conversation = Conversation {
            line: &mut || Ok(lines.next().unwrap_or_default().to_owned()),
            hidden: &mut |screen, question| {
                write!(screen, "{question}")?;
                match secrets.next() {
                    Some(&"^C") => Err(io::ErrorKind::Interrupted.into()),
                    Some(secret) => Ok(Secret::new(*secret)),
                    None => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            },
            out: &mut screen,
            ask: &mut ask,
        };
        let outcome = conversation.complete(Answers::default(), known);
        (outcome, String::from_utf8(screen).expect("it is text"))
    }

    fn good(_: Check, _: &Answers) -> Finding {
        Finding::Good("fine".into())
    }

    fn bad(message: &str) -> Finding {
        Finding::Bad(Failure::new(Exit::Settings, "bad", message).hint("do better"))
    }

    fn client_and_pool() -> Settings {
        Settings::default()
            .text(Key::UserPoolId, Some("us-east-1_AbCdEf123"))
            .text(Key::ClientId, Some("abc"))
    }

    fn whole() -> Settings {
        client_and_pool().list(Key::RedirectUris, vec![DEFAULT_REDIRECT_URI.to_owned()])
    }

    #[test]
    fn three_answers_are_enough() {
        let (outcome, screen) = held(
            "us-east-1_AbCdEf123\nabc\n\n",
            &[],
            &Settings::default(),
            good,
        );
        let answers = outcome.expect("everything was answered");
        assert_eq!(answers.settings, whole());
        assert_eq!(answers.client_secret, None);
        assert_eq!(
            screen,
            "\nUser pool: its id, its ARN, or the address of one of its pages\n>   Good: fine.\n\
             \nApp client: its id\n>   Good: fine.\n\
             \nRedirect URI: a callback URL of the app client on this machine, exactly as registered [http://localhost:3000]\n>   Good: fine.\n"
        );
    }

    #[test]
    fn what_is_known_is_offered_and_kept_with_the_enter_key() {
        let known = client_and_pool().list(
            Key::RedirectUris,
            vec!["http://localhost:1".into(), "http://localhost:2".into()],
        );
        let (outcome, _) = held("\n\n\n", &[], &known, good);
        assert_eq!(outcome.expect("everything was kept").settings, known);
    }

    #[test]
    fn one_paste_may_answer_several_questions() {
        let url = "https://my-app.auth.us-east-1.amazoncognito.com/login?client_id=abc&redirect_uri=http://localhost:3000&response_type=code";
        let (outcome, screen) = held(
            &format!("{url}\nus-east-1_AbCdEf123\n"),
            &[],
            &Settings::default(),
            good,
        );
        let expected = whole().text(Key::Domain, Some("my-app.auth.us-east-1.amazoncognito.com"));
        assert_eq!(outcome.expect("everything was answered").settings, expected);
        assert!(
            screen.contains("the pool itself is still to be named"),
            "{screen}"
        );
    }

    #[test]
    fn what_makes_no_sense_is_asked_again() {
        let lines = "\nhello\nus-east-1_AbCdEf123\nno id\nabc\nhttps://example.com/\nhttp://localhost:3000\n";
        let (outcome, screen) = held(lines, &[], &Settings::default(), good);
        assert_eq!(outcome.expect("in the end").settings, whole());
        for said in [
            "That is no user pool",
            "That is no app client id",
            "No: redirect URI `https://example.com/` is not",
        ] {
            assert!(screen.contains(said), "{said}: {screen}");
        }
    }

    #[test]
    fn what_the_pool_does_not_agree_to_is_asked_again_unless_the_person_insists() {
        let mut asked = Vec::new();
        let ask = |check, answers: &Answers| {
            asked.push(check);
            match (check, answers.text(Key::UserPoolId)) {
                (Check::Pool, Some("us-east-1_Wrong")) => bad("there is no such pool"),
                (Check::Redirect, _) => bad("it is not registered"),
                _ => Finding::Good("fine".into()),
            }
        };
        let lines = "us-east-1_Wrong\nn\nus-east-1_AbCdEf123\nabc\n\n\n\nYES\n";
        let (outcome, screen) = held(lines, &[], &Settings::default(), ask);
        assert_eq!(outcome.expect("the person insisted").settings, whole());
        use Check::{Client, Pool, Redirect};
        assert_eq!(asked, [Pool, Pool, Client, Redirect, Redirect]);
        assert!(screen.contains("  No: there is no such pool.\n  Hint: do better\n  Keep this answer all the same? [y/N] "), "{screen}");
    }

    #[test]
    fn a_secret_is_asked_for_only_where_the_pool_wants_one_and_until_it_is_right() {
        let ask = |check, answers: &Answers| match (check, &answers.client_secret) {
            (Check::Client, None) => Finding::WantsSecret,
            (Check::Client, Some(secret)) if *secret != Secret::new("right") => {
                bad("the secret is wrong")
            }
            _ => Finding::Good("fine".into()),
        };
        let (outcome, screen) = held(
            "us-east-1_AbCdEf123\nabc\n\n",
            &["wrong", "right"],
            &Settings::default(),
            ask,
        );
        let answers = outcome.expect("the second was right");
        assert_eq!(answers.client_secret, Some(Secret::new("right")));
        assert_eq!(answers.settings, whole());
        assert!(
            !screen.contains("wrong\n") && !screen.contains("right"),
            "{screen}"
        );
    }

    #[test]
    fn an_empty_secret_leads_back_to_the_app_client() {
        let ask = |check, answers: &Answers| match (check, answers.text(Key::ClientId)) {
            (Check::Client, Some("mistyped")) => Finding::WantsSecret,
            _ => Finding::Good("fine".into()),
        };
        let (outcome, _) = held(
            "us-east-1_AbCdEf123\nmistyped\nabc\n\n",
            &[""],
            &Settings::default(),
            ask,
        );
        assert_eq!(outcome.expect("the second is known").settings, whole());
    }

    #[test]
    fn without_a_network_the_answers_are_taken_unchecked() {
        let ask = |_, _: &Answers| Finding::Unsure("no connection".into());
        let (outcome, screen) = held(
            "us-east-1_AbCdEf123\nabc\n\n",
            &[""],
            &Settings::default(),
            ask,
        );
        assert_eq!(outcome.expect("nothing spoke against it").settings, whole());
        assert_eq!(screen.matches("Not checked: no connection.").count(), 3);
    }

    #[test]
    fn leaving_anywhere_is_a_failure_of_its_own() {
        for lines in ["", "us-east-1_AbCdEf123\n", "us-east-1_AbCdEf123\nabc\n"] {
            let (outcome, _) = held(lines, &[], &Settings::default(), good);
            let error = outcome.expect_err("the person left");
            assert_eq!(
                Failure::of(&error).map(|failure| failure.kind),
                Some("configure_left")
            );
        }
        let wants = |check, _: &Answers| {
            if check == Check::Client {
                Finding::WantsSecret
            } else {
                Finding::Good("fine".into())
            }
        };
        for (secrets, exit) in [(&["^C"][..], Exit::Interrupted), (&[], Exit::NotCompleted)] {
            let (outcome, _) = held(
                "us-east-1_AbCdEf123\nabc\n",
                secrets,
                &Settings::default(),
                wants,
            );
            let error = outcome.expect_err("the person left");
            assert_eq!(Failure::of(&error).map(|failure| failure.exit), Some(exit));
        }
    }
}
