//! What a curl command line is about: the addresses it names and the files it is configured by, read as curl reads them.
//!
//! Only as much of curl's grammar as it takes to know where a token would go. An option that is not known here is taken
//! for one without a value, so that what follows counts as an address, which at worst is refused; and what is not seen
//! here (a configuration from a pipe, a list of addresses in a file) cannot leave by plain http, since curl itself is told
//! so: see [`CurlLine::protocols`].

use std::ffi::OsString;

use url::Url;

use crate::http::is_loopback;

/// The options that take a value, without dashes: `curl --help all` of 7.88, and what came later.
const LONG_WITH_VALUE: &str = "
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare
    etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode
    happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json
    keepalive-cnt keepalive-time key key-type knownhosts krb libcurl limit-rate local-port login-options mail-auth
    mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max
    parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath
    proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
    proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user
    proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time
    sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time
    stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii
    trace-config unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority write-out";
const SHORT_WITH_VALUE: &str = "AbcCdDeEFHKmoPQrtTuUwxXyYz";

/// A curl command line, as far as it was understood.
#[derive(Debug, Default)]
pub(super) struct CurlLine {
    /// The addresses.
    urls: Vec<String>,
    /// The configurations, in their order.
    pub(super) configs: Vec<Config>,
    /// Whether something is read from standard input, besides a configuration.
    pub(super) reads_stdin: bool,
    /// Whether there are several operations, of which only the first would get the header.
    pub(super) has_next: bool,
    default_is_https: bool,
    /// How many arguments have to stay in front: curl knows `-q` only there.
    pub(super) front: usize,
}

/// A `--config` on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Config {
    /// The file; `-` is standard input.
    pub(super) file: String,
    /// The position of the argument that names it, and what stands before the name in that argument.
    pub(super) at: usize,
    pub(super) before: String,
}

impl CurlLine {
    /// Reads the arguments of curl.
    pub(super) fn read(args: &[OsString]) -> CurlLine {
        let mut line = CurlLine::default();
        let mut options_end = false;
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            let text = arg.to_string_lossy();
            let first = at;
            at += 1;
            if options_end || !text.starts_with('-') {
                line.urls.push(text.into_owned());
                continue;
            }
            if text == "--" {
                options_end = true;
                continue;
            }
            for option in options_in(&text) {
                match option {
                    Part::Flag(name) => line.flag(name),
                    Part::Option(name, Some(value)) => {
                        line.value(name, value, first, text.strip_suffix(value))
                    }
                    Part::Option(name, None) => {
                        let value = args
                            .get(at)
                            .map(|value| value.to_string_lossy())
                            .unwrap_or_default();
                        line.value(name, &value, at, None);
                        at += 1;
                    }
                }
            }
            if first == 0 && (text == "--disable" || !text.starts_with("--") && text.contains('q'))
            {
                line.front = at.min(args.len());
            }
        }
        line
    }

    fn flag(&mut self, name: &str) {
        if matches!(name, "next" | ":") {
            self.has_next = true;
        }
    }

    fn value(&mut self, name: &str, value: &str, at: usize, before: Option<&str>) {
        match name {
            "url" => self.urls.push(value.to_owned()),
            "config" | "K" => self.configs.push(Config {
                file: value.to_owned(),
                at,
                before: before.unwrap_or_default().to_owned(),
            }),
            "proto-default" => self.default_is_https = value.eq_ignore_ascii_case("https"),
            _ => {}
        }
        let whole =
            matches!(name, "upload-file" | "T" | "cookie" | "b") && matches!(value, "-" | ".");
        self.reads_stdin |= whole || value.ends_with("@-") || value.ends_with("<-");
    }

    /// Takes in the text of a configuration (curl's manual, `--config`).
    pub(super) fn configured_by(&mut self, text: &str) {
        for line in text.lines() {
            let line = line.trim_start();
            let name_end = line.find([' ', '\t', '=', ':']).unwrap_or(line.len());
            let (name, rest) = line.split_at(name_end);
            match name.trim_start_matches('-') {
                "url" => self.urls.push(configured_value(rest)),
                "next" => self.has_next = true,
                _ => {}
            }
        }
    }

    /// Returns the first address that a token would go to by plain http, without being on this machine.
    pub(super) fn exposed_url(&self) -> Option<&str> {
        self.urls
            .iter()
            .map(String::as_str)
            .find(|url| self.way(url) == Way::PlainHttp)
    }

    /// Returns the hosts on this machine that are spoken to by plain http.
    pub(super) fn loopback_hosts(&self) -> Vec<String> {
        let hosts = self.urls.iter().filter_map(|url| match self.way(url) {
            Way::LoopbackHttp(host) => Some(host),
            _ => None,
        });
        hosts.collect()
    }

    /// Returns the protocols that curl may speak, in the form of its `--proto`.
    pub(super) fn protocols(&self) -> &'static str {
        if self.loopback_hosts().is_empty() {
            "=https"
        } else {
            "=https,http"
        }
    }

    /// How a token would go to that address.
    fn way(&self, url: &str) -> Way {
        let lower = url.to_ascii_lowercase();
        let rest = match lower.split_once("://") {
            Some(("https", _)) => return Way::Protected,
            Some(("http", rest)) => rest,
            // No header there, and `protocols` rules it out.
            Some((scheme, _)) if is_scheme(scheme) => return Way::Protected,
            // curl takes an address without a scheme for http.
            _ if self.default_is_https => return Way::Protected,
            _ => lower.as_str(),
        };
        match loopback_host(rest) {
            Some(host) => Way::LoopbackHttp(host),
            None => Way::PlainHttp,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Way {
    Protected,
    LoopbackHttp(String),
    PlainHttp,
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// Returns the host if it is this machine and written so plainly that curl cannot read it differently.
fn loopback_host(rest: &str) -> Option<String> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = authority
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let url = Url::parse(&format!("http://{authority}/"))
        .ok()
        .filter(|_| is_plain)?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    // As written, since 127.1 or 0x7f000001 would be made into 127.0.0.1 on the way here.
    let written = authority.trim_start_matches('[').starts_with(&host);
    (is_loopback(&url) && written).then_some(host)
}

/// A part of one argument.
enum Part<'a> {
    /// An option without a value.
    Flag(&'a str),
    /// An option with its value, or with the next argument as its value.
    Option(&'a str, Option<&'a str>),
}

/// Takes one argument that starts with a dash apart: a long option, or short ones in a row.
fn options_in(arg: &str) -> Vec<Part<'_>> {
    if let Some(long) = arg.strip_prefix("--") {
        let name = long.strip_prefix("expand-").unwrap_or(long);
        return vec![match name.split_once('=') {
            Some((name, value)) => Part::Option(name, Some(value)),
            None if LONG_WITH_VALUE
                .split_whitespace()
                .any(|known| known == name) =>
            {
                Part::Option(name, None)
            }
            None => Part::Flag(name),
        }];
    }
    let mut parts = Vec::new();
    for (start, letter) in arg.char_indices().skip(1) {
        let (name, rest) = arg[start..].split_at(letter.len_utf8());
        if SHORT_WITH_VALUE.contains(letter) {
            parts.push(Part::Option(name, (!rest.is_empty()).then_some(rest)));
            break;
        }
        parts.push(Part::Flag(name));
    }
    parts
}

/// Reads the value in a line of a configuration, after the name of its option.
fn configured_value(rest: &str) -> String {
    let rest = rest.trim_start_matches([' ', '\t', '=', ':']);
    let Some(quoted) = rest.strip_prefix('"') else {
        return rest
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
    };
    let mut value = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => value.extend(letters.next()),
            other => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(args: &[&str]) -> CurlLine {
        CurlLine::read(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn addresses_are_told_from_values() {
        for args in [
            &[
                "-sSfX",
                "POST",
                "-d",
                "a=b",
                "-Hx: http://no",
                "https://api.example/",
                "-o",
                "file",
                "--max-time",
                "5",
            ][..],
            &[
                "--url",
                "https://api.example/",
                "-XPUT",
                "-Tfile",
                "-w%{http_code}",
            ],
            &[
                "-#",
                "--compressed",
                "-u",
                "a:b",
                "--",
                "https://api.example/",
            ],
            &[
                "-x",
                "http://proxy:3128",
                "--referer",
                "http://elsewhere/",
                "https://api.example/",
            ],
        ] {
            assert_eq!(line(args).urls, ["https://api.example/"], "{args:?}");
            assert_eq!(line(args).exposed_url(), None);
            assert_eq!(line(args).protocols(), "=https");
        }
    }

    #[test]
    fn a_token_does_not_leave_this_machine_by_plain_http() {
        for exposed in [
            "http://api.example/",
            "HTTP://api.example",
            "api.example/path",
            "api.example:8080",
            "http://localhost.example/",
            "http://localhost@evil.example/",
            "http://localhost\\@evil.example/",
            "http://{localhost,evil.example}/",
            "http://127.0.0.[1-9]/",
            "http://0.0.0.0/",
            "http://[2001:db8::1]:8080/",
            "http://127.1/",
            "",
        ] {
            assert_eq!(line(&["-s", exposed]).exposed_url(), Some(exposed));
        }
    }

    #[test]
    fn loopback_and_https_are_allowed() {
        for (url, host) in [
            ("http://localhost:3000/a?b=http://c", Some("localhost")),
            ("localhost:3000", Some("localhost")),
            ("http://127.0.0.1/", Some("127.0.0.1")),
            ("HTTP://[::1]:8080/x", Some("::1")),
            ("https://api.example/", None),
            ("HTTPS://api.example", None),
            ("ftp://files.example/", None),
        ] {
            let line = line(&[url]);
            assert_eq!(line.exposed_url(), None, "{url}");
            assert_eq!(
                line.loopback_hosts(),
                host.into_iter().collect::<Vec<_>>(),
                "{url}"
            );
        }
        assert_eq!(
            line(&["--proto-default", "https", "api.example"]).exposed_url(),
            None
        );
        assert_eq!(
            line(&["https://a.example", "http://localhost"]).protocols(),
            "=https,http"
        );
    }

    #[test]
    fn an_unknown_option_s_value_counts_as_an_address() {
        assert_eq!(
            line(&["--brand-new", "value", "https://a.example"]).exposed_url(),
            Some("value")
        );
    }

    #[test]
    fn configurations_are_found_and_read() {
        let args = ["-K", "one", "-sKtwo", "--config", "-", "https://a.example"];
        let mut line = line(&args);
        let configs: Vec<_> = line
            .configs
            .iter()
            .map(|config| (config.at, config.before.as_str(), config.file.as_str()))
            .collect();
        assert_eq!(configs, [(1, "", "one"), (2, "-sK", "two"), (4, "", "-")]);
        line.configured_by("# url = http://no.example\nheader: \"x\"\n  --url \"http://b\\\".example\" # c\nurl=http://localhost:1 x\n");
        assert_eq!(line.urls[1..], ["http://b\".example", "http://localhost:1"]);
        assert!(!line.has_next);
        line.configured_by("next\n");
        assert!(line.has_next);
    }

    #[test]
    fn what_needs_standard_input_is_seen() {
        for args in [
            &["-d", "@-"][..],
            &["--data-binary=@-"],
            &["-T-"],
            &["-F", "file=@-"],
            &["-T", "."],
            &["-sd@-"],
            &["-F", "a=<-"],
        ] {
            assert!(line(args).reads_stdin, "{args:?}");
        }
        for args in [&["-o", "-"][..], &["-D-"], &["-K", "-"], &["-d", "-"]] {
            assert!(!line(args).reads_stdin, "{args:?}");
        }
    }

    #[test]
    fn several_operations_are_seen() {
        assert!(line(&["https://a.example", "--next", "https://b.example"]).has_next);
        assert!(line(&["https://a.example", "-:", "https://b.example"]).has_next);
        assert!(!line(&["-d", "--next", "https://a.example"]).has_next);
    }

    #[test]
    fn only_the_option_that_disables_curlrc_stays_in_front() {
        assert_eq!(line(&["-q", "https://a.example"]).front, 1);
        assert_eq!(line(&["--disable", "https://a.example"]).front, 1);
        assert_eq!(line(&["-qo", "file", "https://a.example"]).front, 2);
        assert_eq!(line(&["-s", "-q", "https://a.example"]).front, 0);
        assert_eq!(line(&["https://a.example/q"]).front, 0);
    }

    #[test]
    fn a_line_that_ends_early_is_left_to_curl() {
        assert_eq!(line(&["-K"]).configs[0].file, "");
        assert!(line(&["-"]).urls.is_empty());
    }
}
