//! The people of a pool: who they are, how they prove it, how they get in without their password.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::lockout::Lockout;
use super::policy::{Attribute, PasswordPolicy};
use super::random::{self, Chance};
use super::settings::{Mfa, User};
use super::totp::Authenticator;
use crate::clock::Timestamp;

const CONFIRMATION_CODE_LIFE: Duration = Duration::from_secs(24 * 3_600);
const RESET_CODE_LIFE: Duration = Duration::from_secs(3_600);
const TRIES_PER_CODE: u32 = 5;
/// Accounts that may be added by sign-up and federation.
const CAPACITY: usize = 10_000;

/// Everyone, with what a sign-up has to give.
pub(super) struct Users {
    /// By user name in lower case.
    accounts: BTreeMap<String, Account>,
    /// From e-mail address to user name, both in lower case: a pool of thousands answers as fast as one of one.
    by_email: HashMap<String, String>,
    added: usize,
    lockout: Lockout,
    policy: PasswordPolicy,
    required: Vec<&'static Attribute>,
    chance: Chance,
}

/// One person with what the pool knows of them beside their settings.
pub(super) struct Account {
    pub(super) user: User,
    /// The same for the same name in every sandbox, so that what a tester wrote down stays true.
    pub(super) sub: String,
    pub(super) confirmed: bool,
    /// Where the person comes from if it is another provider.
    pub(super) identity: Option<Identity>,
    pub(super) last_sign_in: Option<Timestamp>,
    authenticator: Option<Authenticator>,
    /// Shown on the set-up page and not proved yet.
    offered: Option<Authenticator>,
    code: Option<SentCode>,
}

/// Who somebody is at the provider they signed in with.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) provider: String,
    pub(super) subject: String,
    pub(super) since: Timestamp,
}

struct SentCode {
    text: String,
    dies_at: Timestamp,
    tries_left: u32,
}

/// What came of a name and a password, or of a name and an app's code.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SignIn {
    /// The person is this user.
    Welcome(String),
    /// Something is wrong; what it is is nobody's business.
    Incorrect,
    /// Too many wrong guesses; the name opens again after a while.
    Closed,
}

/// What stands between a person with the right password and the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The address has to be confirmed.
    Confirm,
    /// The password was chosen by somebody else.
    ChangePassword,
    /// The authenticator app has to be asked.
    Challenge,
    /// An authenticator app has to be set up.
    SetUp,
    /// An authenticator app may be set up.
    OfferSetUp,
    /// Nothing.
    Done,
}

/// Why a form was not accepted: the field, and words for the person.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) field: &'static str,
    pub(super) message: &'static str,
}

/// What a person fills in to sign up.
#[derive(Clone, Debug)]
pub(super) struct Application<'a> {
    pub(super) username: &'a str,
    pub(super) email: &'a str,
    pub(super) password: &'a str,
    pub(super) attributes: Vec<(&'static Attribute, &'a str)>,
}

impl Users {
    /// Returns a pool of people whose addresses are confirmed.
    pub(super) fn of(
        users: &[User],
        policy: PasswordPolicy,
        required: Vec<&'static Attribute>,
        chance: Chance,
    ) -> Users {
        let mut all = Users {
            accounts: BTreeMap::new(),
            by_email: HashMap::new(),
            added: 0,
            lockout: Lockout::default(),
            policy,
            required,
            chance,
        };
        for user in users {
            all.insert(Account::new(user.clone(), true));
        }
        all
    }

    pub(super) fn find(&self, username: &str) -> Option<&Account> {
        self.accounts.get(&username.to_lowercase())
    }

    pub(super) fn signed_in(&mut self, username: &str, now: Timestamp) {
        if let Some(account) = self.account(username) {
            account.last_sign_in = Some(now);
        }
    }

    /// Returns everyone, by name.
    pub(super) fn all(&self) -> impl ExactSizeIterator<Item = &Account> {
        self.accounts.values()
    }

    pub(super) fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    pub(super) fn required(&self) -> &[&'static Attribute] {
        &self.required
    }

    pub(super) fn is_closed(&self, username: &str, now: Timestamp) -> bool {
        self.lockout.is_closed(username, now)
    }

    /// Judges a user name, or an e-mail address, and a password. Names nobody has are closed like all others.
    pub(super) fn sign_in(&mut self, login: &str, password: &str, now: Timestamp) -> SignIn {
        let account = self
            .by_login(login)
            .filter(|known| known.identity.is_none());
        let (username, right) = match account {
            Some(account) => (
                account.user.username.clone(),
                account.user.password == password,
            ),
            None => (login.to_owned(), false),
        };
        self.judge(username, right, now)
    }

    /// Judges a code of the person's authenticator app, the one in use or the one that is being set up.
    pub(super) fn challenge(&mut self, username: &str, code: &str, now: Timestamp) -> SignIn {
        let closed = self.lockout.is_closed(username, now);
        let account = self.account(username);
        let right = account.is_some_and(|account| !closed && account.prove_app(code, now));
        self.judge(username.to_owned(), right, now)
    }

    /// Returns the app to set up; the same until it is proved.
    pub(super) fn offered_app(&mut self, username: &str) -> Option<&Authenticator> {
        let chance = self.chance.clone();
        let account = self.account(username)?;
        let fresh = || Authenticator::new(chance.bytes("secret of an app"));
        Some(account.offered.get_or_insert_with(fresh))
    }

    /// Returns what is next for a person whose password was right, or who came from another provider.
    pub(super) fn next_step(&self, username: &str, mfa: Mfa) -> Step {
        let Some(account) = self.find(username) else {
            return Step::Confirm;
        };
        // Whom another provider has signed in is asked for nothing here.
        if account.identity.is_some() {
            return Step::Done;
        }
        match (mfa, account.authenticator.is_some()) {
            _ if !account.confirmed => Step::Confirm,
            _ if account.user.temporary_password => Step::ChangePassword,
            (Mfa::Off, _) => Step::Done,
            (_, true) => Step::Challenge,
            (Mfa::Required, false) => Step::SetUp,
            (Mfa::Optional, false) => Step::OfferSetUp,
        }
    }

    /// Opens an account that waits for its confirmation code; returns the user name.
    pub(super) fn sign_up(&mut self, application: &Application<'_>) -> Result<String, Refused> {
        let Application {
            username,
            email,
            password,
            ref attributes,
        } = *application;
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
        for (attribute, value) in attributes {
            let complaint = attribute.complaint(value);
            let needed = !value.is_empty() || self.required.contains(attribute);
            if let Some(message) = complaint.filter(|_| needed) {
                return refused(attribute.name, message);
            }
        }
        self.check_password(password)?;
        if self.by_login(username).is_some() || self.added >= CAPACITY {
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
        let filled = attributes.iter().filter(|(_, value)| !value.is_empty());
        user.attributes = filled
            .map(|(attribute, value)| (attribute.name.to_owned(), (*value).to_owned()))
            .collect();
        self.added += 1;
        self.insert(Account::new(user, false));
        Ok(username.to_owned())
    }

    /// Takes in a person another provider has signed in, with what it says of them; returns the user name.
    pub(super) fn federated(&mut self, user: User, identity: Identity) -> Option<String> {
        let username = user.username.clone();
        let known = self.accounts.get_mut(&username.to_lowercase());
        match known {
            Some(account) if account.identity.is_none() => return None,
            Some(account) => account.user = user,
            None if self.added >= CAPACITY => return None,
            None => {
                self.added += 1;
                let mut account = Account::new(user, true);
                account.identity = Some(identity);
                // Not by address: a local account may have the same one, and theirs is not checked here.
                self.accounts.insert(username.to_lowercase(), account);
            }
        }
        Some(username)
    }

    /// Makes a new confirmation code for an account that needs one; returns address and code.
    pub(super) fn confirmation_code(
        &mut self,
        username: &str,
        now: Timestamp,
    ) -> Option<(String, String)> {
        let chance = self.chance.clone();
        let account = self
            .account(username)
            .filter(|account| !account.confirmed)?;
        Some(account.send(&chance, now.plus(CONFIRMATION_CODE_LIFE)))
    }

    /// Opens the account for good if the code is the one that was sent.
    pub(super) fn confirm(
        &mut self,
        username: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<String, Refused> {
        let account = self.account(username).filter(|account| !account.confirmed);
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
        let chance = self.chance.clone();
        let account = self
            .by_login(login)
            .filter(|account| account.confirmed && account.identity.is_none())?;
        let (to, code) = account.send(&chance, now.plus(RESET_CODE_LIFE));
        Some((account.user.username.clone(), to, code))
    }

    /// Sets a new password if the code is the one that was sent; returns the user name.
    pub(super) fn reset(
        &mut self,
        login: &str,
        code: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<String, Refused> {
        self.check_password(password)?;
        let account = self
            .by_login(login)
            .filter(|account| account.confirmed)
            .ok_or(WRONG_CODE)?;
        account.spend(code, now)?;
        let username = account.choose(password);
        self.lockout.forgive(&username);
        Ok(username)
    }

    /// Sets the password that takes the place of a temporary one.
    pub(super) fn change_password(
        &mut self,
        username: &str,
        password: &str,
    ) -> Result<(), Refused> {
        self.check_password(password)?;
        let refused = |message| Refused {
            field: "password",
            message,
        };
        let account = self.account(username);
        let account = account.ok_or(refused("This account is gone."))?;
        if account.user.password == password {
            return Err(refused("Choose a password that is not the temporary one."));
        }
        account.choose(password);
        Ok(())
    }

    fn account(&mut self, username: &str) -> Option<&mut Account> {
        self.accounts.get_mut(&username.to_lowercase())
    }

    fn insert(&mut self, account: Account) {
        let name = account.user.username.to_lowercase();
        self.by_email
            .entry(account.user.email.to_lowercase())
            .or_insert_with(|| name.clone());
        self.accounts.insert(name, account);
    }

    /// Returns the account with this user name, or else with this e-mail address.
    fn by_login(&mut self, login: &str) -> Option<&mut Account> {
        let login = login.to_lowercase();
        let name = match self.accounts.contains_key(&login) {
            true => &login,
            false => self.by_email.get(&login)?,
        };
        self.accounts.get_mut(name)
    }

    /// Says what a right or wrong guess leads to, and counts it.
    fn judge(&mut self, name: String, right: bool, now: Timestamp) -> SignIn {
        if self.lockout.is_closed(&name, now) {
            return SignIn::Closed;
        }
        if !right {
            self.lockout.count(&name, now);
            return SignIn::Incorrect;
        }
        self.lockout.forgive(&name);
        SignIn::Welcome(name)
    }

    fn check_password(&self, password: &str) -> Result<(), Refused> {
        let message = "This password is too weak. It has to follow every rule below.";
        let field = "password";
        let strong = self.policy.accepts(password);
        strong.then_some(()).ok_or(Refused { field, message })
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
        let secret = user.totp_secret.as_deref();
        Account {
            authenticator: secret.and_then(Authenticator::read),
            user,
            sub: random::uuid_from(first),
            confirmed,
            identity: None,
            last_sign_in: None,
            offered: None,
            code: None,
        }
    }

    pub(super) fn has_app(&self) -> bool {
        self.authenticator.is_some()
    }

    /// Returns the name to greet the person with.
    pub(super) fn display_name(&self) -> &str {
        let name = self.user.attributes.get("name").map(String::as_str);
        name.filter(|name| !name.is_empty())
            .unwrap_or(&self.user.username)
    }

    /// Takes a code of the app in use; without one, of the app on offer, which then is in use.
    fn prove_app(&mut self, code: &str, now: Timestamp) -> bool {
        if let Some(app) = &mut self.authenticator {
            return app.accept(code, now);
        }
        let proved = self
            .offered
            .as_mut()
            .is_some_and(|app| app.accept(code, now));
        if proved {
            self.authenticator = self.offered.take();
        }
        proved
    }

    fn choose(&mut self, password: &str) -> String {
        self.user.password = password.to_owned();
        self.user.temporary_password = false;
        self.user.username.clone()
    }

    fn send(&mut self, chance: &Chance, dies_at: Timestamp) -> (String, String) {
        let text = chance.six_digits();
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

impl Identity {
    /// Returns the member of the `identities` claim: `primary` and `dateCreated` are strings (developer guide, `amazon-cognito-user-pools-using-the-id-token`).
    pub(super) fn claim(&self) -> Value {
        json!({
            "userId": self.subject,
            "providerName": self.provider,
            "providerType": "OIDC",
            "issuer": null,
            "primary": "true",
            "dateCreated": format!("{}000", self.since.epoch()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy::NAME;
    use super::*;

    const NOW: Timestamp = Timestamp::from_epoch(1_800_000_000);

    fn later(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    fn users() -> Users {
        let policy = PasswordPolicy::default();
        Users::of(&[User::ada()], policy, Vec::new(), Chance::default())
    }

    fn grace() -> Application<'static> {
        Application {
            username: "Grace",
            email: "grace@example.com",
            password: "Cobol-1959",
            attributes: vec![(NAME, "Grace Hopper")],
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
    fn wrong_passwords_close_a_name_whether_somebody_has_it_or_not() {
        for login in ["ada", "nobody"] {
            let mut users = users();
            for _ in 0..5 {
                assert_eq!(users.sign_in(login, "wrong", NOW), SignIn::Incorrect);
            }
            assert_eq!(users.sign_in(login, "Engine-1843", NOW), SignIn::Closed);
        }
    }

    #[test]
    fn the_address_does_not_give_five_more_guesses() {
        let mut users = users();
        for login in ["ada", "ADA", "ada@example.com", "Ada@example.com", "ada"] {
            assert_eq!(users.sign_in(login, "wrong", NOW), SignIn::Incorrect);
        }
        let again = users.sign_in("ada@example.com", "Engine-1843", NOW);
        assert_eq!(again, SignIn::Closed);
        let right = users.sign_in("ada", "Engine-1843", later(1));
        assert_eq!(right, SignIn::Welcome("ada".into()));
    }

    #[test]
    fn an_app_is_set_up_once_proved_and_then_asked() {
        let mut users = users();
        assert_eq!(users.next_step("ada", Mfa::Off), Step::Done);
        assert_eq!(users.next_step("ada", Mfa::Optional), Step::OfferSetUp);
        assert_eq!(users.next_step("ada", Mfa::Required), Step::SetUp);
        let app = users.offered_app("ada").unwrap().clone();
        assert_eq!(users.challenge("ada", "", NOW), SignIn::Incorrect);
        let code = app.shows(NOW);
        let welcome = SignIn::Welcome("ada".into());
        assert_eq!(users.challenge("ada", &code, NOW), welcome);
        assert_eq!(users.next_step("ada", Mfa::Optional), Step::Challenge);
        assert_eq!(users.challenge("ada", &code, NOW), SignIn::Incorrect);
        let next = app.shows(later(30));
        assert_eq!(users.challenge("ada", &next, later(30)), welcome);
    }

    #[test]
    fn codes_of_an_app_are_guessed_five_times_at_most() {
        let mut users = users();
        let code = users.offered_app("ada").unwrap().shows(NOW);
        for _ in 0..5 {
            users.challenge("ada", "000", NOW);
        }
        assert_eq!(users.challenge("ada", &code, NOW), SignIn::Closed);
        assert!(!users.find("ada").unwrap().has_app());
    }

    #[test]
    fn a_temporary_password_is_replaced_by_another_one() {
        let mut ada = User::ada();
        ada.temporary_password = true;
        let policy = PasswordPolicy::default();
        let mut users = Users::of(&[ada], policy, Vec::new(), Chance::default());
        assert_eq!(users.next_step("ada", Mfa::Required), Step::ChangePassword);
        assert!(users.change_password("ada", "Engine-1843").is_err());
        assert!(users.change_password("ada", "weak").is_err());
        assert_eq!(users.change_password("ada", "Engine-1844"), Ok(()));
        assert_eq!(users.next_step("ada", Mfa::Off), Step::Done);
    }

    #[test]
    fn a_new_account_waits_for_the_code_that_was_sent() {
        let mut users = users();
        assert_eq!(users.sign_up(&grace()), Ok("Grace".into()));
        assert_eq!(users.next_step("grace", Mfa::Off), Step::Confirm);
        let (to, code) = users.confirmation_code("grace", NOW).unwrap();
        assert_eq!(to, "grace@example.com");
        assert_eq!(users.confirm("grace", "not it", NOW), Err(WRONG_CODE));
        assert_eq!(users.confirm("grace", &code, NOW), Ok("Grace".into()));
        assert_eq!(users.confirm("grace", &code, NOW), Err(WRONG_CODE));
        assert_eq!(users.next_step("grace", Mfa::Off), Step::Done);
        assert_eq!(
            users.sign_in("grace", "Cobol-1959", NOW),
            SignIn::Welcome("Grace".into())
        );
    }

    #[test]
    fn a_code_dies_of_age_of_guesses_and_of_a_newer_one() {
        let mut users = users();
        users.sign_up(&grace()).unwrap();
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
            users.sign_up(&application).unwrap_err().field
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
                users.sign_up(&application).unwrap_err().field,
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
        assert_eq!(
            users.reset("ada", &code, "Engine-1844", NOW),
            Ok("ada".into())
        );
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

    #[test]
    fn what_is_required_has_to_be_filled_in() {
        let policy = PasswordPolicy::default();
        let mut users = Users::of(&[], policy, vec![NAME], Chance::default());
        let mut application = grace();
        application.attributes[0].1 = "";
        assert_eq!(users.sign_up(&application).unwrap_err().field, "name");
        assert!(users.sign_up(&grace()).is_ok());
    }
}
