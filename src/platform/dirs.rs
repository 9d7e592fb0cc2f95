//! Where the program keeps its files: the XDG directories on Unix (macOS too), AppData on Windows.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;

use crate::failure::{Exit, Failure};

/// The name of our directory inside each of them.
const OURS: &str = "cognito-login";

/// The variable that moves the state directory, for hints.
pub const STATE_VARIABLE: &str = STATE.variable;

/// Returns the directory of `config.toml`; nothing is created.
///
/// `$XDG_CONFIG_HOME/cognito-login`, else `~/.config/cognito-login`; on Windows `%APPDATA%\cognito-login`.
///
/// # Errors
/// Fails (`no_home`) when the environment names neither the directory nor a home.
pub fn config_dir(environment: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    below(environment, CONFIG)
}

/// Returns the directory of everything kept from run to run: files of the file store, summaries, locks; nothing is created.
///
/// `$XDG_STATE_HOME/cognito-login`, else `~/.local/state/cognito-login`; on Windows `%LOCALAPPDATA%\cognito-login`.
///
/// # Errors
/// Fails (`no_home`) when the environment names neither the directory nor a home.
pub fn state_dir(environment: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    below(environment, STATE)
}

/// A kind of directory: the variable that names it, the variable of the home, and its place in the home.
struct Place {
    variable: &'static str,
    home: &'static str,
    in_home: &'static str,
}

#[cfg(unix)]
const CONFIG: Place = Place {
    variable: "XDG_CONFIG_HOME",
    home: "HOME",
    in_home: ".config",
};
#[cfg(unix)]
const STATE: Place = Place {
    variable: "XDG_STATE_HOME",
    home: "HOME",
    in_home: ".local/state",
};
#[cfg(windows)]
const CONFIG: Place = Place {
    variable: "APPDATA",
    home: "USERPROFILE",
    in_home: r"AppData\Roaming",
};
#[cfg(windows)]
const STATE: Place = Place {
    variable: "LOCALAPPDATA",
    home: "USERPROFILE",
    in_home: r"AppData\Local",
};

fn below(environment: impl Fn(&str) -> Option<OsString>, place: Place) -> Result<PathBuf> {
    // A relative path in these variables is to be ignored (XDG Base Directory Specification, "Basics").
    let absolute = |name| {
        environment(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute(place.variable).or_else(|| Some(absolute(place.home)?.join(place.in_home)));
    base.map(|base| base.join(OURS)).ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            "no_home",
            format!(
                "no place for files: `{}` and `{}` are not set to absolute paths",
                place.variable, place.home
            ),
        )
        .hint(format!("set `{}` to a directory you own", place.variable))
        .into()
    })
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    fn with(set: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| OsString::from(value))
        }
    }

    #[test]
    fn the_variables_of_the_specification_come_before_the_home() {
        let both = [
            ("HOME", "/h"),
            ("XDG_STATE_HOME", "/s"),
            ("XDG_CONFIG_HOME", "/c"),
        ];
        let both: &'static _ = Box::leak(Box::new(both));
        assert_eq!(
            state_dir(with(both)).unwrap(),
            PathBuf::from("/s/cognito-login")
        );
        assert_eq!(
            config_dir(with(both)).unwrap(),
            PathBuf::from("/c/cognito-login")
        );
        assert_eq!(
            state_dir(with(&[("HOME", "/h")])).unwrap(),
            PathBuf::from("/h/.local/state/cognito-login")
        );
        assert_eq!(
            config_dir(with(&[("HOME", "/h")])).unwrap(),
            PathBuf::from("/h/.config/cognito-login")
        );
    }

    #[test]
    fn empty_and_relative_values_count_as_unset() {
        let set = with(&[
            ("HOME", "/h"),
            ("XDG_STATE_HOME", ""),
            ("XDG_CONFIG_HOME", "here"),
        ]);
        assert_eq!(
            state_dir(&set).unwrap(),
            PathBuf::from("/h/.local/state/cognito-login")
        );
        assert_eq!(
            config_dir(&set).unwrap(),
            PathBuf::from("/h/.config/cognito-login")
        );
    }

    #[test]
    fn without_a_home_the_failure_names_the_variable_to_set() {
        let failed = state_dir(with(&[])).unwrap_err();
        let failure = Failure::of(&failed).unwrap();
        assert_eq!(failure.kind, "no_home");
        assert_eq!(
            failure.hint.as_deref(),
            Some("set `XDG_STATE_HOME` to a directory you own")
        );
    }
}
