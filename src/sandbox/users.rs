//! The people of a pool: who they are, how they prove it, how they get in without their password.

use std::collections::BTreeMap;
use std::time::Duration;

use ring::digest::{SHA256, digest};

use super::random;
use super::settings::User;
use crate::clock::Timestamp;

const CONFIRMATION_CODE_LIFE: Duration = Duration::from_secs(24 * 3_600);
const RESET_CODE_LIFE: Duration = Duration::from_secs(3_600);
const TRIES_PER_CODE: u32 = 5;
/// Wrong passwords before the account is closed for a while.
const FREE_FAILURES: u32 = 5;
/// Accounts that may sign up before the pool is full.
const CAPACITY: usize = 10_000;

/// Everyone, by user name in lower case.
#[derive(Default)]
pub(super) struct Users(BTreeMap<String, Account>);

/// One person with what the pool knows of them beside their settings.
pub(super) struct Account {
    pub(super) user: User,
    /// The same for the same name in every sandbox, so that what a tester wrote down stays true.
    pub(super) sub: String,
    pub(super) confirmed: bool,
    code: Option<SentCode>,
    failures: u32,
    closed_until: Timestamp,
}

struct SentCode {
    text: String,
    dies_at: Timestamp,
    tries_left: u32,
}

/// What came of a name and a password.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SignIn {
    /// The person is this user.
    Welcome(String),
    /// The password is right, the address of this user was never confirmed.
    Unconfirmed(String),
    /// Name or password is wrong; which of them is nobody's business.
    Incorrect,
    /// Too many wrong passwords; the account opens again after a while.
    Closed,
}

/// Why a form was not accepted: the field, and words for the person.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) field: &'static str,
    pub(super) message: &'static str,
}

/// What a person fills in to sign up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Application<'a> {
    pub(super) username: &'a str,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
    pub(super) password: &'a str,
}

impl Users {
    /// Returns a pool of people whose addresses are confirmed.
    pub(super) fn of(users: &[User]) -> Users {
        let accounts = users.iter().map(|user| {
            let account = Account::new(user.clone(), true);
            (user.username.to_lowercase(), account)
        });
        Users(accounts.collect())
    }

    pub(super) fn find(&self, username: &str) -> Option<&Account> {
        self.0.get(&username.to_lowercase())
    }

    /// Judges a user name, or a confirmed e-mail address, and a password.
    pub(super) fn sign_in(&mut self, login: &str, password: &str, now: Timestamp) -> SignIn {
        let Some(account) = self.by_login(login) else {
            return SignIn::Incorrect;
        };
        if now < account.closed_until {
            return SignIn::Closed;
        }
        if account.user.password != password {
            account.fail(now);
            return SignIn::Incorrect;
        }
        account.failures = 0;
        let username = account.user.username.clone();
        if account.confirmed {
            SignIn::Welcome(username)
        } else {
            SignIn::Unconfirmed(username)
        }
    }

    /// Opens an account that waits for its confirmation code; returns the user name.
    pub(super) fn sign_up(&mut self, application: Application<'_>) -> Result<String, Refused> {
        let Application {
            username,
            email,
            name,
            password,
        } = application;
        let refused = |field, message| Err(Refused { field, message });
        if !User::accepts_name(username) {
            return refused(
                "username",
                "Use letters, digits and . _ - + @, without spaces.",
            );
        }
        if !User::accepts_email(email) {
            return refused("email", "Enter an e-mail address, like ada@example.com.");
        }
        check_password(password)?;
        if self.by_login(username).is_some() || self.0.len() >= CAPACITY {
            return refused(
                "username",
                "This user name is taken. Choose another one, or sign in.",
            );
        }
        if self.by_login(email).is_some() {
            return refused(
                "email",
                "There is an account with this address. Sign in instead.",
            );
        }
        let mut user = User::new(username, email, password);
        if !name.is_empty() {
            user.attributes
                .insert("name".to_owned(), name.chars().take(256).collect());
        }
        self.0
            .insert(username.to_lowercase(), Account::new(user, false));
        Ok(username.to_owned())
    }

    /// Makes a new confirmation code for an account that needs one; returns address and code.
    pub(super) fn confirmation_code(
        &mut self,
        username: &str,
        now: Timestamp,
    ) -> Option<(String, String)> {
        let account = self
            .0
            .get_mut(&username.to_lowercase())
            .filter(|account| !account.confirmed)?;
        Some(account.send(now.plus(CONFIRMATION_CODE_LIFE)))
    }

    /// Opens the account for good if the code is the one that was sent.
    pub(super) fn confirm(
        &mut self,
        username: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<String, Refused> {
        let account = self
            .0
            .get_mut(&username.to_lowercase())
            .filter(|account| !account.confirmed);
        let account = account.ok_or(WRONG_CODE)?;
        account.spend(code, now)?;
        account.confirmed = true;
        Ok(account.user.username.clone())
    }

    /// Makes a code for a new password; returns user name, address and code, or `None` for a stranger.
    pub(super) fn reset_code(
        &mut self,
        login: &str,
        now: Timestamp,
    ) -> Option<(String, String, String)> {
        let account = self.by_login(login).filter(|account| account.confirmed)?;
        let (to, code) = account.send(now.plus(RESET_CODE_LIFE));
        Some((account.user.username.clone(), to, code))
    }

    /// Sets a new password if the code is the one that was sent.
    pub(super) fn reset(
        &mut self,
        login: &str,
        code: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        check_password(password)?;
        let account = self
            .by_login(login)
            .filter(|account| account.confirmed)
            .ok_or(WRONG_CODE)?;
        account.spend(code, now)?;
        account.user.password = password.to_owned();
        account.failures = 0;
        account.closed_until = now;
        Ok(())
    }

    fn by_login(&mut self, login: &str) -> Option<&mut Account> {
        let by_name = login.to_lowercase();
        if self.0.contains_key(&by_name) {
            return self.0.get_mut(&by_name);
        }
        self.0
            .values_mut()
            .find(|account| account.user.email.eq_ignore_ascii_case(login))
    }
}

const WRONG_CODE: Refused = Refused {
    field: "code",
    message: "This code is wrong or too old. Check it, or ask for a new one.",
};

impl Account {
    fn new(user: User, confirmed: bool) -> Account {
        let hash = digest(
            &SHA256,
            format!("sandbox user {}", user.username).as_bytes(),
        );
        let mut first = [0; 16];
        first.copy_from_slice(&hash.as_ref()[..16]);
        Account {
            user,
            sub: random::uuid_from(first),
            confirmed,
            code: None,
            failures: 0,
            closed_until: Timestamp::from_epoch(i64::MIN),
        }
    }

    /// Counts a wrong password; from the fifth on the account closes for 1, 2, 4 … up to 900 seconds (`cognito.md` §8).
    fn fail(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FREE_FAILURES {
            let seconds = 1_u64 << (self.failures - FREE_FAILURES).min(10);
            self.closed_until = now.plus(Duration::from_secs(seconds.min(900)));
        }
    }

    fn send(&mut self, dies_at: Timestamp) -> (String, String) {
        let text = random::six_digits();
        self.code = Some(SentCode {
            text: text.clone(),
            dies_at,
            tries_left: TRIES_PER_CODE,
        });
        (self.user.email.clone(), text)
    }

    fn spend(&mut self, code: &str, now: Timestamp) -> Result<(), Refused> {
        let sent = self.code.as_mut().ok_or(WRONG_CODE)?;
        if sent.tries_left == 0 || now >= sent.dies_at {
            return Err(WRONG_CODE);
        }
        if sent.text != code {
            sent.tries_left -= 1;
            return Err(WRONG_CODE);
        }
        self.code = None;
        Ok(())
    }
}

/// Cognito's default password policy.
fn check_password(password: &str) -> Result<(), Refused> {
    let has = |kind: fn(&char) -> bool| password.chars().any(|c| kind(&c));
    let strong = password.chars().count() >= 8
        && password.len() <= 256
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_digit)
        && has(char::is_ascii_punctuation);
    if strong {
        return Ok(());
    }
    let message = "Use at least 8 characters, with an upper-case and a lower-case letter, a digit and a symbol.";
    Err(Refused {
        field: "password",
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_epoch(1_800_000_000);

    fn later(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    fn users() -> Users {
        Users::of(&[User::ada()])
    }

    fn grace() -> Application<'static> {
        Application {
            username: "Grace",
            email: "grace@example.com",
            name: "Grace Hopper",
            password: "Cobol-1959",
        }
    }

    #[test]
    fn a_person_signs_in_with_name_or_address_in_any_case() {
        let mut users = users();
        for login in ["ada", "ADA", "ada@example.com", "Ada@Example.com"] {
            assert_eq!(
                users.sign_in(login, "Engine-1843", NOW),
                SignIn::Welcome("ada".into()),
                "{login}"
            );
        }
        assert_eq!(users.sign_in("ada", "engine-1843", NOW), SignIn::Incorrect);
        assert_eq!(
            users.sign_in("nobody", "Engine-1843", NOW),
            SignIn::Incorrect
        );
    }

    #[test]
    fn five_wrong_passwords_close_the_account_for_a_growing_while() {
        let mut users = users();
        for _ in 0..5 {
            assert_eq!(users.sign_in("ada", "wrong", NOW), SignIn::Incorrect);
        }
        assert_eq!(users.sign_in("ada", "Engine-1843", NOW), SignIn::Closed);
        assert_eq!(users.sign_in("ada", "wrong", later(1)), SignIn::Incorrect);
        assert_eq!(
            users.sign_in("ada", "Engine-1843", later(2)),
            SignIn::Closed
        );
        assert_eq!(
            users.sign_in("ada", "Engine-1843", later(3)),
            SignIn::Welcome("ada".into())
        );
    }

    #[test]
    fn a_new_account_waits_for_the_code_that_was_sent() {
        let mut users = users();
        assert_eq!(users.sign_up(grace()), Ok("Grace".into()));
        assert_eq!(
            users.sign_in("grace", "Cobol-1959", NOW),
            SignIn::Unconfirmed("Grace".into())
        );
        let (to, code) = users.confirmation_code("grace", NOW).unwrap();
        assert_eq!(to, "grace@example.com");
        assert_eq!(users.confirm("grace", "not it", NOW), Err(WRONG_CODE));
        assert_eq!(users.confirm("grace", &code, NOW), Ok("Grace".into()));
        assert_eq!(users.confirm("grace", &code, NOW), Err(WRONG_CODE));
        assert_eq!(
            users.sign_in("grace", "Cobol-1959", NOW),
            SignIn::Welcome("Grace".into())
        );
    }

    #[test]
    fn a_code_dies_of_age_of_guesses_and_of_a_newer_one() {
        let mut users = users();
        users.sign_up(grace()).unwrap();
        let (_, old) = users.confirmation_code("grace", NOW).unwrap();
        assert!(users.confirm("grace", &old, later(24 * 3_600)).is_err());
        let (_, guessed) = users.confirmation_code("grace", NOW).unwrap();
        for _ in 0..TRIES_PER_CODE {
            assert!(users.confirm("grace", "000", NOW).is_err());
        }
        assert!(users.confirm("grace", &guessed, NOW).is_err());
    }

    #[test]
    fn sign_up_says_which_field_is_wrong() {
        let mut users = users();
        let mut field = |change: fn(&mut Application<'static>)| {
            let mut application = grace();
            change(&mut application);
            users.sign_up(application).unwrap_err().field
        };
        assert_eq!(field(|a| a.username = "a b"), "username");
        assert_eq!(field(|a| a.username = "ADA"), "username");
        assert_eq!(field(|a| a.username = "ada@example.com"), "username");
        assert_eq!(field(|a| a.email = "grace"), "email");
        assert_eq!(field(|a| a.email = "ADA@example.com"), "email");
        for weak in ["Ab-1234", "abcdef-1", "ABCDEF-1", "Abcdefg-", "Abcdefg1"] {
            let application = Application {
                password: weak,
                ..grace()
            };
            assert_eq!(
                users.sign_up(application).unwrap_err().field,
                "password",
                "{weak}"
            );
        }
    }

    #[test]
    fn a_reset_code_makes_a_new_password_and_opens_a_closed_account() {
        let mut users = users();
        for _ in 0..7 {
            users.sign_in("ada", "wrong", NOW);
        }
        assert!(users.reset_code("nobody", NOW).is_none());
        let (username, _, code) = users.reset_code("ada@example.com", NOW).unwrap();
        assert_eq!(username, "ada");
        assert_eq!(
            users.reset("ada", &code, "weak", NOW).unwrap_err().field,
            "password"
        );
        assert_eq!(users.reset("ada", &code, "Engine-1844", NOW), Ok(()));
        assert_eq!(
            users.sign_in("ada", "Engine-1844", NOW),
            SignIn::Welcome("ada".into())
        );
    }

    #[test]
    fn sub_is_a_uuid_that_stays() {
        assert_eq!(
            users().find("ada").unwrap().sub,
            users().find("Ada").unwrap().sub
        );
        assert_eq!(users().find("ada").unwrap().sub.len(), 36);
    }
}
