//! Where the session bus listens.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// Returns the sockets on which the session bus may listen, in the order to try them.
///
/// From `DBUS_SESSION_BUS_ADDRESS`, or `$XDG_RUNTIME_DIR/bus` when that is unset; a bus is never launched. A name with a
/// leading NUL is an abstract socket, as `sockaddr_un` has it.
///
/// # Errors
/// Returns the reason, in words, when there is no socket to try.
pub(super) fn of_environment() -> Result<Vec<OsString>, String> {
    of(
        std::env::var_os("DBUS_SESSION_BUS_ADDRESS").as_deref(),
        std::env::var_os("XDG_RUNTIME_DIR").as_deref(),
    )
}

fn of(address: Option<&OsStr>, runtime_dir: Option<&OsStr>) -> Result<Vec<OsString>, String> {
    // The XDG base directory specification: a relative path is to be ignored.
    let runtime_bus = || {
        runtime_dir
            .map(Path::new)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join("bus").into())
    };
    let Some(address) = address.filter(|address| !address.is_empty()) else {
        let unset = "DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set";
        return runtime_bus()
            .map(|bus| vec![bus])
            .ok_or_else(|| unset.to_owned());
    };
    let sockets: Vec<OsString> = address
        .as_bytes()
        .split(|&byte| byte == b';')
        .filter_map(|one| socket(one, runtime_bus))
        .collect();
    match sockets.is_empty() {
        true => Err("DBUS_SESSION_BUS_ADDRESS names no unix socket".to_owned()),
        false => Ok(sockets),
    }
}

/// Reads one address (D-Bus specification, "Server Addresses"): `unix:path=…`, `unix:abstract=…` or `unix:runtime=yes`.
fn socket(address: &[u8], runtime_bus: impl Fn() -> Option<OsString>) -> Option<OsString> {
    let pairs = address.strip_prefix(b"unix:")?.split(|&byte| byte == b',');
    let mut pairs =
        pairs.filter_map(|pair| Some(pair.split_at(pair.iter().position(|&byte| byte == b'=')?)));
    pairs.find_map(|(key, value)| match (key, unescaped(&value[1..])?) {
        (b"path", path) if !path.is_empty() => Some(OsString::from_vec(path)),
        (b"abstract", name) if cfg!(target_os = "linux") => {
            Some(OsString::from_vec([vec![0], name].concat()))
        }
        (b"runtime", yes) if yes == b"yes" => runtime_bus(),
        _ => None,
    })
}

/// Undoes the `%xx` escapes of an address; nothing for a broken escape or a NUL, which no name may hold.
fn unescaped(value: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value.iter();
    while let Some(&byte) = rest.next() {
        plain.push(match byte {
            b'%' => hex(*rest.next()?)? << 4 | hex(*rest.next()?)?,
            other => other,
        });
    }
    (!plain.contains(&0)).then_some(plain)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets(address: &str) -> Result<Vec<String>, String> {
        let names = of(Some(OsStr::new(address)), Some(OsStr::new("/run/user/7")))?;
        Ok(names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect())
    }

    #[test]
    fn paths_abstract_names_and_the_runtime_directory_are_understood() {
        assert_eq!(
            sockets("unix:path=/run/bus,guid=0123"),
            Ok(vec!["/run/bus".into()])
        );
        assert_eq!(
            sockets("unix:guid=0123,path=/tmp/a%20b%2cc"),
            Ok(vec!["/tmp/a b,c".into()])
        );
        assert_eq!(
            sockets("unix:abstract=/tmp/dbus-x"),
            Ok(vec!["\0/tmp/dbus-x".into()])
        );
        assert_eq!(
            sockets("unix:runtime=yes"),
            Ok(vec!["/run/user/7/bus".into()])
        );
    }

    #[test]
    fn several_addresses_are_tried_in_their_order_and_foreign_kinds_passed_over() {
        let several = "tcp:host=localhost,port=1;unix:path=/a;autolaunch:;unix:path=/b";
        assert_eq!(sockets(several), Ok(vec!["/a".into(), "/b".into()]));
    }

    #[test]
    fn a_broken_address_is_an_error_and_not_another_bus() {
        let nothing: [&str; 7] = [
            "autolaunch:",
            "unix:",
            "unix:path=",
            "unix:path=/a%2",
            "unix:path=/a%zz",
            "unix:path=/a%00",
            ";;=,",
        ];
        for address in nothing {
            assert!(sockets(address).is_err(), "{address}");
        }
    }

    #[test]
    fn an_unset_address_means_the_bus_of_the_runtime_directory() {
        let runtime = |dir| of(None, Some(OsStr::new(dir)));
        assert_eq!(
            runtime("/run/user/7"),
            Ok(vec![OsString::from("/run/user/7/bus")])
        );
        assert_eq!(
            of(Some(OsStr::new("")), Some(OsStr::new("/r"))),
            Ok(vec![OsString::from("/r/bus")])
        );
        assert!(runtime("relative").is_err());
        assert!(of(None, None).is_err());
    }
}
