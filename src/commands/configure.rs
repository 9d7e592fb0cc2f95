//! `configure`: writes a profile, from flags, from another tool's file, or after a conversation.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use super::conversation::{Answers, Conversation, Finding};
use super::in_use::{self, InUse};
use super::inquiry;
use super::login::{self, LoginArgs};
use super::selection::{self, BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure, printable};
use crate::oidc::{Issuer, UserPoolId};
use crate::output::Output;
use crate::platform::{files, terminal};
use crate::profile::{
    Given, Grant, Import, Key, KubeUser, Profile, ProfileFile, Settings, StoreChoice, read_pasted,
};
use crate::session::Lock;

/// How long to wait for another `configure` that is writing.
const PATIENCE: Duration = Duration::from_secs(10);
/// A kubeconfig with the certificates of hundreds of clusters in it is smaller.
const KUBECONFIG_LIMIT_BYTES: u64 = 10 << 20;

/// Arguments of `configure`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct ConfigureArgs {
    #[command(flatten)]
    browser: BrowserArgs,
    /// Take the settings from another tool's file; - for standard input
    #[arg(long, value_name = "FILE")]
    import: Option<PathBuf>,
    /// Add a user for kubectl to this kubeconfig
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Without flags, asks. With flags, writes what they say into the profile and leaves the rest of the file as it is.
--import reads .env, .env.local, amplify_outputs.json, aws-exports.js and the JSON of a CloudFormation stack's outputs.
A client secret goes into the profile's store, never into the file.

Examples:
  cognito-login configure
  cognito-login configure --user-pool-id us-east-1_AbCdEf123 --client-id 1example23456789
  cognito-login configure --import .env.local
  aws cloudformation describe-stacks --stack-name login | cognito-login configure --import -
  cognito-login configure --kubeconfig ~/.kube/config";

/// Writes the profile.
///
/// # Errors
/// Fails with exit 2 when there is nothing to write and nobody to ask, 5 when the settings are wrong or incomplete, 6 when
/// the person leaves the conversation. Then nothing was written.
pub fn run(
    args: ConfigureArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let path = world.config_file(selection.config.as_deref())?;
    let file = ProfileFile::read(&path)?;
    let task = Task {
        profile: profile_name(selection, world, &file)?,
        path,
        flags: flags(selection, &args.browser),
        world,
    };
    let given = task.given(&args, selection, output)?;
    let interactive = world.is_interactive();
    let says_something = given.settings.iter().next().is_some()
        || args.kubeconfig.is_some()
        || selection.client_secret_stdin
        || (given.client_secret.is_some() && !interactive);
    let conversing = interactive && (!says_something || task.is_incomplete(&file, &given)?);
    if !says_something && !conversing {
        let message = "there is nothing to write, and no terminal to ask at";
        return Err(Failure::new(Exit::Usage, "usage", message)
            .hint("cognito-login configure --user-pool-id POOL --client-id CLIENT")
            .into());
    }
    let answers = match conversing {
        true => task.converse(given, &file, output)?,
        false => given,
    };
    let in_use = task.write(&answers)?;
    if answers.client_secret.is_some() && (conversing || args.import.is_some()) {
        let place = in_use.sessions.store().describe();
        output.say(&format!(
            "The client secret is kept in {place}, not in the profile file."
        ));
    }
    if let Some(kubeconfig) = &args.kubeconfig {
        task.add_kube_user(kubeconfig, selection, output)?;
    }
    match conversing {
        true => task.offer_to_sign_in(in_use, selection, output),
        false => Ok(()),
    }
}

/// Which profile of which file to write, with what the command line says.
struct Task<'a> {
    profile: String,
    path: PathBuf,
    flags: Settings,
    world: &'a World,
}

impl Task<'_> {
    /// Gathers what was given: an imported file, and flags, which are stronger.
    fn given(
        &self,
        args: &ConfigureArgs,
        selection: &Selection,
        output: &mut Output,
    ) -> Result<Answers> {
        let from_stdin = args.import.as_deref() == Some(Path::new("-"));
        if from_stdin && selection.client_secret_stdin {
            let message = "`--import -` and `--client-secret-stdin` both read standard input";
            return Err(Failure::new(Exit::Usage, "usage", message).into());
        }
        let given_secret = in_use::given_secret(selection, self.world)?;
        let Some(file) = &args.import else {
            return Ok(Answers {
                settings: self.flags.clone(),
                client_secret: given_secret,
            });
        };
        let import = import(file)?;
        for left_out in &import.left_out {
            output.warn(&format!("left out: {left_out}"));
        }
        let mut settings = import.settings;
        for key in replaced_by(&self.flags) {
            settings.remove(key);
        }
        for (key, given) in self.flags.iter() {
            settings.set(key, given.clone());
        }
        Ok(Answers {
            settings,
            client_secret: given_secret.or(import.client_secret),
        })
    }

    /// Tells whether the profile would lack what only a person can say.
    fn is_incomplete(&self, file: &ProfileFile, given: &Answers) -> Result<bool> {
        let changed = self.changed(file, &given.settings)?;
        match self.resolve(&changed) {
            Err(failure) if failure.kind == "setting_missing" => Ok(true),
            _ => Ok(false),
        }
    }

    fn converse(&self, given: Answers, file: &ProfileFile, output: &mut Output) -> Result<Answers> {
        output.insist(&format!(
            "This sets up profile `{}` in {}.\nLeave with Ctrl-C at any time: nothing is written before the end.",
            self.profile,
            self.path.display()
        ));
        // What the profile says already is offered, then what the environment says.
        let mut known = selection::environment(self.world);
        for (key, value) in file.settings(&self.profile)?.unwrap_or_default().iter() {
            known.set(key, value.clone());
        }
        let mut screen = output.conversation();
        let conversation = Conversation {
            line: &mut typed_line,
            hidden: &mut terminal::read_hidden,
            out: &mut screen,
            ask: &mut |check, answers| {
                let _spinner = output.wait_for("asking the pool");
                inquiry::ask(check, answers, &known, self.world)
            },
        };
        conversation.complete(given, &known)
    }

    /// Keeps the secret and writes the profile, if anything changes. The file is read anew: a conversation takes minutes.
    fn write(&self, answers: &Answers) -> Result<InUse> {
        // Others may be writing their own profiles. Where no lock can be had, the file is replaced as a whole all the same.
        let lock = self
            .world
            .state_dir()
            .map(|dir| Lock::at(&dir.join("configure.lock")));
        let _held = lock.and_then(|lock| lock.hold(PATIENCE)).ok();
        let before = ProfileFile::read(&self.path)?;
        let after = self.changed(&before, &answers.settings)?;
        let profile = self.resolve(&after)?;
        let keeps_nothing = profile.store == StoreChoice::None;
        let in_use = InUse::of(profile, answers.client_secret.clone(), self.world)?;
        match &answers.client_secret {
            Some(_) if keeps_nothing => return Err(no_place_for_a_secret().into()),
            Some(secret) => in_use.keep_client_secret(secret)?,
            None => {}
        }
        if after.text() != before.text() {
            after.write()?;
        }
        Ok(in_use)
    }

    fn changed(&self, file: &ProfileFile, settings: &Settings) -> Result<ProfileFile> {
        let present = file.settings(&self.profile)?.unwrap_or_default();
        file.default_profile()?;
        if settings.iter().next().is_none() {
            return Ok(ProfileFile::parse(&self.path, file.text().to_owned())?);
        }
        Ok(file.with(&self.profile, settings, &obsolete(&present, settings))?)
    }

    /// Checks the profile as it would be. The environment has no say but in where secrets are kept.
    fn resolve(&self, file: &ProfileFile) -> Result<Profile, Failure> {
        let environment = selection::environment(self.world);
        let mut where_kept = Settings::default();
        for key in [Key::Store, Key::SecretService] {
            if let Some(given) = environment.get(key) {
                where_kept.set(key, given.clone());
            }
        }
        let built_in = selection::built_in(&self.profile);
        Profile::resolve(
            &self.profile,
            &self.flags,
            &where_kept,
            file,
            built_in.as_ref(),
        )
    }

    fn add_kube_user(
        &self,
        kubeconfig: &Path,
        selection: &Selection,
        output: &mut Output,
    ) -> Result<()> {
        let elsewhere =
            selection.config.is_some() || self.world.variable("COGNITO_LOGIN_CONFIG").is_some();
        let config = elsewhere
            .then(|| std::path::absolute(&self.path))
            .transpose()?;
        let user = KubeUser {
            profile: self.profile.clone(),
            config: config.map(|path| path.display().to_string()),
        };
        let before = read_kubeconfig(kubeconfig)?;
        let after = user.added_to(&before)?;
        if after == before {
            return Ok(());
        }
        files::replace_own(kubeconfig, after.as_bytes()).with_context(|| {
            let message = format!("cannot write `{}`", kubeconfig.display());
            Failure::new(Exit::Failed, "file_not_writable", message)
        })?;
        output.say(&format!(
            "Added user `{0}`. To use it with the current context: kubectl config set-context --current --user={0}",
            user.name()
        ));
        Ok(())
    }

    fn offer_to_sign_in(
        &self,
        in_use: InUse,
        selection: &Selection,
        output: &mut Output,
    ) -> Result<()> {
        output.say(&format!("\nProfile `{}` is set up.", self.profile));
        let mut screen = output.conversation();
        let mut conversation = Conversation {
            line: &mut typed_line,
            hidden: &mut terminal::read_hidden,
            out: &mut screen,
            ask: &mut |_, _| Finding::WantsSecret,
        };
        let is_machine = in_use.profile.grant == Grant::ClientCredentials;
        if is_machine || !conversation.agrees("Sign in now?", true)? {
            let command = match is_machine {
                true => in_use.key.login_command().replace(" login", " token"),
                false => in_use.key.login_command(),
            };
            output.say(&format!("When you want to: {command}"));
            return Ok(());
        }
        drop(in_use);
        let selection = selection.of_profile(&self.profile);
        login::run(LoginArgs::default(), &selection, self.world, output)
    }
}

fn profile_name(selection: &Selection, world: &World, file: &ProfileFile) -> Result<String> {
    let name = selection.name(world, file)?;
    if name.trim().is_empty() || name.len() > 100 || name != printable(&name, 100) {
        let message = format!("`{}` is no name for a profile", printable(&name, 60));
        return Err(Failure::new(Exit::Usage, "usage", message).into());
    }
    Ok(name)
}

/// Returns what the flags say; `--user-pool-id` takes whatever names a pool, as the conversation does.
fn flags(selection: &Selection, browser: &BrowserArgs) -> Settings {
    let mut flags = selection.flags(browser);
    let Some(Given::Text(pool)) = flags.get(Key::UserPoolId).cloned() else {
        return flags;
    };
    if UserPoolId::parse(&pool).is_err() {
        for (key, given) in read_pasted(&pool).iter() {
            if key == Key::Issuer {
                flags.remove(Key::UserPoolId);
            }
            if matches!(key, Key::UserPoolId | Key::Issuer) {
                flags.set(key, given.clone());
            }
        }
    }
    flags
}

fn import(file: &Path) -> Result<Import> {
    if file == Path::new("-") {
        return Import::read(io::stdin().lock(), "standard input");
    }
    let shown = file.display().to_string();
    let opened = File::open(file).with_context(|| {
        Failure::new(
            Exit::Settings,
            "import_unreadable",
            format!("cannot read `{shown}`"),
        )
    })?;
    Import::read(opened, &shown)
}

fn read_kubeconfig(file: &Path) -> Result<String> {
    let unreadable = |what: &str| {
        let message = format!("`{}` {what}", file.display());
        Failure::new(Exit::Failed, "file_unreadable", message)
    };
    let opened = match File::open(file) {
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        opened => opened.with_context(|| unreadable("cannot be read"))?,
    };
    let mut text = String::new();
    opened
        .take(KUBECONFIG_LIMIT_BYTES + 1)
        .read_to_string(&mut text)
        .with_context(|| unreadable("cannot be read"))?;
    match text.len() as u64 {
        0..=KUBECONFIG_LIMIT_BYTES => Ok(text),
        _ => Err(unreadable("is too long for a kubeconfig").into()),
    }
}

/// Returns the keys that new settings make meaningless: the pool is named by its id or by its issuer, and the domain and
/// the app client of another pool would lead people astray.
fn obsolete(present: &Settings, wanted: &Settings) -> Vec<Key> {
    let mut obsolete = replaced_by(wanted);
    let mut after = present.clone();
    for key in &obsolete {
        after.remove(*key);
    }
    for (key, given) in wanted.iter() {
        after.set(key, given.clone());
    }
    let before = issuer_of(present);
    if before.is_some() && before != issuer_of(&after) {
        let stale = [Key::Domain, Key::ClientId];
        obsolete.extend(stale.into_iter().filter(|key| wanted.get(*key).is_none()));
    }
    obsolete
}

fn replaced_by(wanted: &Settings) -> Vec<Key> {
    let says = |key| wanted.get(key).is_some();
    match (says(Key::UserPoolId), says(Key::Issuer)) {
        (true, false) => vec![Key::Issuer],
        (false, true) => vec![Key::UserPoolId],
        _ => Vec::new(),
    }
}

/// Returns the issuer that settings name, as [`Profile::resolve`] would read them.
fn issuer_of(settings: &Settings) -> Option<String> {
    let text = |key| match settings.get(key) {
        Some(Given::Text(text)) => Some(text.trim()),
        _ => None,
    };
    let of_pool = |id| UserPoolId::parse(id).ok().map(|id| Issuer::of_pool(&id));
    match text(Key::Issuer) {
        Some(issuer) => Some(issuer.to_owned()),
        None => text(Key::UserPoolId)
            .and_then(of_pool)
            .map(|issuer| issuer.as_str().to_owned()),
    }
}

fn no_place_for_a_secret() -> Failure {
    let message = "store `none` keeps nothing, and the client secret does not belong in a file";
    Failure::new(Exit::Settings, "store_keeps_nothing", message)
        .hint("--store keyring or --store file; or give the secret at each use with COGNITO_CLIENT_SECRET, and not to configure")
}

fn typed_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work() -> Settings {
        Settings::default()
            .text(Key::UserPoolId, Some("us-east-1_a"))
            .text(Key::ClientId, Some("abc"))
            .text(Key::Domain, Some("my-app"))
    }

    fn pool(id: &str) -> Settings {
        Settings::default().text(Key::UserPoolId, Some(id))
    }

    #[test]
    fn another_pool_takes_its_app_client_and_domain_along() {
        assert_eq!(obsolete(&work(), &pool("us-east-1_a")), [Key::Issuer]);
        assert_eq!(
            obsolete(&work(), &pool("us-east-1_b")),
            [Key::Issuer, Key::Domain, Key::ClientId]
        );
        let with_client = pool("us-east-1_b").text(Key::ClientId, Some("def"));
        assert_eq!(obsolete(&work(), &with_client), [Key::Issuer, Key::Domain]);
        assert_eq!(
            obsolete(&Settings::default(), &pool("us-east-1_b")),
            [Key::Issuer]
        );
    }

    #[test]
    fn a_pool_is_named_by_its_id_or_by_its_issuer() {
        let issuer = Settings::default().text(
            Key::Issuer,
            Some("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a"),
        );
        assert_eq!(obsolete(&work(), &issuer), [Key::UserPoolId]);
        assert_eq!(obsolete(&issuer, &pool("us-east-1_a")), [Key::Issuer]);
        assert_eq!(obsolete(&work(), &Settings::default()), []);
    }
}
