//! How the address of the login pages reaches a person: in words, as a code, on the clipboard, through a tunnel.

use std::net::IpAddr;

use url::Url;

use super::selection::ElsewhereArgs;
use super::world::World;
use crate::output::Output;
use crate::platform::{browser, window};

/// What is told, before any browser is tried.
pub(super) struct Announcement<'a> {
    /// The address.
    pub url: &'a Url,
    /// The port the browser is sent back to.
    pub port: u16,
    /// Who opens the login pages here, if anyone does.
    pub opener: Option<&'static str>,
    /// How else the address is to be shown.
    pub elsewhere: ElsewhereArgs,
    /// The address that is listened on, where it is not the redirect's.
    pub listen: Option<IpAddr>,
}

impl Announcement<'_> {
    /// Tells it; the address stands alone on its line.
    pub(super) fn tell(&self, world: &World, output: &mut Output) {
        match self.opener {
            Some(who) => output.say(&format!(
                "{who} opens the login pages. If it does not, open this address:"
            )),
            None => output.say("Open this address in a browser to sign in:"),
        }
        output.say("");
        output.insist(self.url.as_str());
        output.say("");
        if self.elsewhere.copy {
            self.copy(output);
        }
        if self.elsewhere.qr {
            self.show_code(output);
        }
        let is_container = self.opener.is_none() && browser::in_container();
        let variable = |name: &str| world.variable(name);
        if let Some(line) = forwarding(self.port, self.listen, is_container, variable) {
            output.say(&line);
        }
        // The address itself stays as bare as it must be to be copied; a window may break it, but not this.
        let sign_in = output.link("sign-in", self.url.as_str());
        output.say(&format!("Waiting for the {sign_in}. If the browser ends at a page that does not load, paste that page's address here."));
    }

    fn copy(&self, output: &mut Output) {
        match output.copy(self.url.as_str()) {
            true => output.say("The terminal was asked to put the address on its clipboard."),
            false => {
                output.warn("there is no terminal here whose clipboard could take the address")
            }
        }
    }

    fn show_code(&self, output: &mut Output) {
        let size = window::size();
        let columns = size.map(|(columns, _)| columns);
        let needed = match output.qr_code(self.url.as_str(), columns) {
            Ok(lines) => lines,
            Err(none) => return output.warn(&none.to_string()),
        };
        output.say("");
        if let Some((_, lines)) = size.filter(|(_, lines)| *lines < needed) {
            output.warn(&format!(
                "the QR code has {needed} lines and this window {lines}: make it higher"
            ));
        }
        output.say("Sign in on the phone that reads the code. It ends at a page that cannot load there, which is expected:");
        output.say("send that page's address to this machine.");
    }
}

/// Says how the port is reached from where the browser is, if that is another machine.
fn forwarding(
    port: u16,
    listen: Option<IpAddr>,
    is_container: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    if variable("CODESPACES").is_some() {
        return Some(format!(
            "In a codespace, forward the port first, on your own machine: gh codespace ports forward {port}:{port}"
        ));
    }
    if let Some(destination) = ssh_destination(&variable) {
        let listener = match listen.filter(|address| !address.is_unspecified()) {
            None => "localhost".to_owned(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => format!("[{address}]"),
        };
        return Some(format!(
            "Over SSH, forward the port first, on your own machine: ssh -L {port}:{listener}:{port} {destination}"
        ));
    }
    let is_dev_container = variable("REMOTE_CONTAINERS").is_some();
    match (is_container, is_dev_container, listen) {
        (true, true, _) => Some(format!(
            "In a dev container, forward the port: \"forwardPorts\": [{port}] in devcontainer.json"
        )),
        (true, false, None) => Some(format!(
            "In a container, publish the port (docker run -p 127.0.0.1:{port}:{port} …) and add --listen 0.0.0.0"
        )),
        _ => None,
    }
}

/// Returns what an `ssh` to this machine would name, if this is an SSH session: the address and port that the session came
/// to, and who it belongs to.
fn ssh_destination(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let is_plain = |text: &&str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || ".:%_-".contains(c))
    };
    let connection = variable("SSH_CONNECTION")?;
    let mut fields = connection.split_whitespace().skip(2);
    let address = fields.next().filter(is_plain)?;
    let port = match fields.next().and_then(|port| port.parse::<u16>().ok()) {
        Some(port) if port != 22 => format!("-p {port} "),
        _ => String::new(),
    };
    let user = variable("USER").or_else(|| variable("LOGNAME"));
    let user = user.as_deref().filter(is_plain);
    let user = user.map_or(String::new(), |user| format!("{user}@"));
    Some(format!("{port}{user}{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among<'a>(variables: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn each_place_has_its_own_way_to_the_port() {
        let way = |variables: &[(&str, &str)], is_container, listen: Option<&str>| {
            let listen = listen.map(|address| address.parse().unwrap());
            let line = forwarding(3000, listen, is_container, among(variables));
            line.map(|line| {
                line.rsplit_once(": ")
                    .map_or(line.clone(), |(_, way)| way.to_owned())
            })
        };
        let ssh = [("SSH_CONNECTION", "10.0.0.2 50000 10.0.0.1 22")];
        for (listen, listener) in [
            (None, "localhost"),
            (Some("0.0.0.0"), "localhost"),
            (Some("127.0.0.2"), "127.0.0.2"),
            (Some("fd00::1"), "[fd00::1]"),
        ] {
            let line = format!("ssh -L 3000:{listener}:3000 10.0.0.1");
            assert_eq!(way(&ssh, true, listen), Some(line));
        }
        assert_eq!(
            way(&[ssh[0], ("CODESPACES", "true")], true, None).as_deref(),
            Some("gh codespace ports forward 3000:3000")
        );
        assert_eq!(
            way(&[("REMOTE_CONTAINERS", "true")], true, None).as_deref(),
            Some("[3000] in devcontainer.json")
        );
        let docker = way(&[], true, None).unwrap();
        assert!(docker.contains("-p 127.0.0.1:3000:3000") && docker.ends_with("--listen 0.0.0.0"));
        assert_eq!(way(&[], true, Some("0.0.0.0")), None);
        assert_eq!(way(&[], false, None), None);
    }

    #[test]
    fn an_ssh_session_is_named_as_it_was_reached() {
        let destination = |variables: &[(&str, &str)]| ssh_destination(among(variables));
        let connection = |text| ("SSH_CONNECTION", text);
        assert_eq!(destination(&[("USER", "ada")]), None);
        assert_eq!(
            destination(&[connection("10.0.0.2 50000 10.0.0.1 22"), ("USER", "ada")]).as_deref(),
            Some("ada@10.0.0.1")
        );
        assert_eq!(
            destination(&[
                connection("fe80::2%eth0 5 fe80::1%eth0 2222"),
                ("LOGNAME", "ada")
            ])
            .as_deref(),
            Some("-p 2222 ada@fe80::1%eth0")
        );
        assert_eq!(
            destination(&[connection("10.0.0.2 5 10.0.0.1 22"), ("USER", "a;b")]).as_deref(),
            Some("10.0.0.1")
        );
        assert_eq!(destination(&[connection("UNKNOWN 65535 $(x) 22")]), None);
    }
}
