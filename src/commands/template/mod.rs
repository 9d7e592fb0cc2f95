//! `template`: a CloudFormation template that makes a pool, its login pages and an app client this program works with.

mod parts;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use serde_json::Value;

use self::parts::{Facts, render};
use super::selection::{BrowserArgs, Selection};
use crate::failure::{Exit, Failure, printable, shell_word};
use crate::oidc::RedirectUri;
use crate::output::Output;
use crate::profile::{Given, Key, Settings};

/// The template with all its parts, in marks that [`render`] reads.
const TEMPLATE: &str = include_str!("template.yaml");
/// The second is for when another program holds the port of the first.
const REDIRECT_URIS: [&str; 2] = ["http://localhost:3000", "http://localhost:3001"];
const SCOPES: [&str; 3] = ["openid", "email", "profile"];
/// What `aws cloudformation deploy` sends by itself; beyond it wants a bucket.
const DIRECT_LIMIT_BYTES: usize = 51_200;
/// What CloudFormation reads from a bucket.
const LIMIT_BYTES: usize = 1 << 20;
/// `AssetBytesType` of managed login, before base64.
const LOGO_LIMIT_BYTES: u64 = 750_000;
/// `ImageFileType` of the classic pages.
const CLASSIC_LOGO_LIMIT_BYTES: u64 = 100 * 1024;
/// `CSSType`.
const CSS_LIMIT_BYTES: u64 = 131_072;

/// Arguments of `template`.
#[derive(Args, Debug, Default)]
#[command(after_help = AFTER_HELP)]
pub struct TemplateArgs {
    /// Give the app client a secret
    #[arg(long)]
    confidential: bool,
    /// Let each refresh token be used once
    #[arg(long)]
    rotation: bool,
    /// Make a group, for `cognito:groups` in the tokens (repeatable)
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// Make a resource server and ask for its scopes, such as api:read,write (repeatable)
    #[arg(long = "resource-server", value_name = "ID:SCOPE,SCOPE")]
    resource_servers: Vec<String>,
    /// Make an identity pool and a role, for aws-credentials
    #[arg(long)]
    identity_pool: bool,
    /// Take the classic login pages instead of managed login
    #[arg(long)]
    classic: bool,
    /// The style sheet of the classic login pages
    #[arg(long, value_name = "FILE")]
    css: Option<PathBuf>,
    /// A logo for the login pages
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
--profile, --domain (a prefix), --redirect-uri, --logout-uri and --scope go into the template.

Examples:
  cognito-login template > login.yaml
  aws cloudformation deploy --stack-name login --template-file login.yaml
  aws cloudformation describe-stacks --stack-name login | cognito-login configure --import -";

/// Prints the template.
///
/// # Errors
/// Fails when an option says something Cognito refuses (exit 2), or a file cannot be read.
pub fn run(args: TemplateArgs, selection: &Selection, output: &mut Output) -> Result<()> {
    let settings = selection.flags(&BrowserArgs::default());
    let template = template(&args, selection.profile.as_deref(), &settings)?;
    if template.len() > LIMIT_BYTES {
        let message = "the template is longer than CloudFormation reads (1 MiB)";
        return Err(usage(message).hint("take a smaller --logo or --css").into());
    }
    if template.len() > DIRECT_LIMIT_BYTES {
        output.warn("the template is longer than 51,200 bytes: add --s3-bucket BUCKET to aws cloudformation deploy");
    }
    output.data(template.as_bytes())
}

fn template(args: &TemplateArgs, profile: Option<&str>, settings: &Settings) -> Result<String> {
    let mut facts = Facts::default();
    let classic = args.classic || args.css.is_some();
    facts.switch("classic", "managed", classic);
    facts.switch("confidential", "public", args.confidential);
    facts.switch("rotation", "no_rotation", args.rotation);
    if args.identity_pool {
        facts.set("identity_pool", "");
    }
    let resource_servers: Vec<ResourceServer> = args
        .resource_servers
        .iter()
        .map(|text| ResourceServer::parse(text))
        .collect::<Result<_, _>>()?;
    let scopes = scopes(settings, &resource_servers);
    facts.list(
        "client_scopes",
        scopes.iter().map(|scope| Facts::of("scope", quoted(scope))),
    );
    facts.list(
        "resource_servers",
        named("Api", &resource_servers, ResourceServer::facts),
    );
    groups(&args.groups, &mut facts)?;
    addresses(settings, &mut facts)?;
    if let Some(css) = &args.css {
        facts.set("css", &style_sheet(css)?);
    }
    match &args.logo {
        Some(file) => logo(file, classic, args.css.as_deref(), &mut facts)?,
        None => facts.set("plain_style", ""),
    }
    commands(args, profile, &scopes, &mut facts);
    Ok(render(TEMPLATE, &facts))
}

/// A resource server of the pool: an API with scopes of its own.
struct ResourceServer {
    id: String,
    scopes: Vec<String>,
}

impl ResourceServer {
    /// Reads `ID:SCOPE,SCOPE`; the id may hold colons itself, as URLs do.
    fn parse(text: &str) -> Result<ResourceServer, Failure> {
        let refuse = || {
            let message = format!(
                "`--resource-server {}` is not ID:SCOPE,SCOPE",
                printable(text, 200)
            );
            usage(message).hint("--resource-server api:read,write")
        };
        let (id, scopes) = text.rsplit_once(':').ok_or_else(refuse)?;
        let scopes: Vec<_> = scopes.split(',').map(str::to_owned).collect();
        let good_scope = |scope: &String| is_scope(scope) && !scope.contains('/');
        if !is_scope(id) || !scopes.iter().all(good_scope) || scopes.len() > 100 {
            return Err(refuse());
        }
        Ok(ResourceServer {
            id: id.to_owned(),
            scopes,
        })
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::of("identifier", quoted(&self.id));
        // `ResourceServerNameType` has fewer characters than the identifier.
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let name: String = self
            .id
            .chars()
            .map(|c| if allowed(c) { c } else { '-' })
            .collect();
        facts.set("name", &quoted(&name));
        facts.list(
            "scopes",
            self.scopes
                .iter()
                .map(|scope| Facts::of("scope", quoted(scope))),
        );
        facts
    }
}

/// The scopes of the app client: what was asked for or the usual ones, and those of the resource servers.
fn scopes(settings: &Settings, resource_servers: &[ResourceServer]) -> Vec<String> {
    let mut scopes: Vec<String> = match settings.get(Key::Scopes) {
        Some(Given::List(asked)) => asked
            .iter()
            .flat_map(|text| text.split_whitespace())
            .map(str::to_owned)
            .collect(),
        _ => SCOPES.map(str::to_owned).to_vec(),
    };
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    for server in resource_servers {
        scopes.extend(
            server
                .scopes
                .iter()
                .map(|scope| format!("{}/{scope}", server.id)),
        );
    }
    scopes
}

fn groups(names: &[String], facts: &mut Facts) -> Result<(), Failure> {
    for name in names {
        // `GroupNameType`: letters, marks, symbols, numbers, punctuation.
        let good = !name.is_empty()
            && name.chars().count() <= 128
            && !name.chars().any(|c| c.is_whitespace() || c.is_control());
        if !good {
            let message = format!(
                "`{}` is no name of a group: up to 128 characters without blanks",
                printable(name, 200)
            );
            return Err(usage(message));
        }
    }
    facts.list(
        "groups",
        named("Group", names, |name| Facts::of("group", quoted(name))),
    );
    Ok(())
}

/// Names the resources of a list by what they are: `GroupAdmins`. A number tells apart what letters and digits do not.
fn named<T>(kind: &str, items: &[T], facts_of: impl Fn(&T) -> Facts) -> Vec<Facts>
where
    T: AsRef<str>,
{
    let mut taken: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for item in items {
        let name = logical(kind, item.as_ref());
        let mut unique = name.clone();
        for number in 2.. {
            if !taken.contains(&unique) {
                break;
            }
            unique = format!("{name}{number}");
        }
        let mut facts = facts_of(item);
        facts.set("logical", &unique);
        taken.push(unique);
        all.push(facts);
    }
    all
}

/// Returns a logical id: `Group` and `site-admins` make `GroupSiteAdmins`.
fn logical(kind: &str, name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let capitalised = words
        .filter(|word| !word.is_empty())
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..]);
    let id: String = std::iter::once(kind.to_owned())
        .chain(capitalised)
        .collect();
    id.chars().take(200).collect()
}

impl AsRef<str> for ResourceServer {
    fn as_ref(&self) -> &str {
        &self.id
    }
}

fn addresses(settings: &Settings, facts: &mut Facts) -> Result<(), Failure> {
    let redirect_uris = match settings.get(Key::RedirectUris) {
        Some(Given::List(uris)) => uris.clone(),
        _ => REDIRECT_URIS.map(str::to_owned).to_vec(),
    };
    for uri in &redirect_uris {
        RedirectUri::parse(uri)?;
        if uri.contains(',') {
            return Err(usage(format!(
                "`{}` holds a comma, which separates addresses in a template",
                printable(uri, 200)
            )));
        }
    }
    let uris = redirect_uris.join(",");
    let logout_uris = match settings.get(Key::LogoutUri) {
        Some(Given::Text(uri)) => uri.clone(),
        _ => uris.clone(),
    };
    facts.set("redirect_uris", &quoted(&uris));
    facts.set("logout_uris", &quoted(&logout_uris));
    let prefix = match settings.get(Key::Domain) {
        Some(Given::Text(prefix)) => domain_prefix(prefix)?,
        _ => "",
    };
    facts.set("domain_prefix", &quoted(prefix));
    Ok(())
}

/// A custom domain needs a certificate and a DNS entry, which no template can have ready.
fn domain_prefix(text: &str) -> Result<&str, Failure> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (1..=63).contains(&text.len())
        && text.chars().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if !good {
        let message = format!(
            "`--domain {}` is no prefix: up to 63 small letters, digits and hyphens",
            printable(text, 100)
        );
        return Err(
            usage(message).hint("--domain my-app, for my-app.auth.REGION.amazoncognito.com")
        );
    }
    match ["aws", "amazon", "cognito"]
        .into_iter()
        .find(|word| text.contains(word))
    {
        Some(word) => Err(usage(format!(
            "`--domain {text}` holds `{word}`, which Cognito refuses in a prefix"
        ))),
        None => Ok(text),
    }
}

/// The outputs that are commands, ready to be copied.
fn commands(args: &TemplateArgs, profile: Option<&str>, scopes: &[String], facts: &mut Facts) {
    let profile = profile.map_or_else(String::new, |name| {
        format!(" --profile {}", shell_word(name))
    });
    // Behind a `#` in the first lines of the template: nothing may end the line.
    facts.set("profile", &printable(&profile, 200));
    facts.set(
        "deploy",
        if args.identity_pool {
            " --capabilities CAPABILITY_IAM"
        } else {
            ""
        },
    );
    let mut configure = format!(
        "cognito-login configure{} --user-pool-id ${{UserPool}} --client-id ${{Client}} --domain ${{Domain}} --redirect-uri ${{RedirectUriFlags}}",
        unsubstituted(&profile)
    );
    if scopes != SCOPES {
        facts.set("more_scopes", "");
        facts.set("scopes", &quoted(&scopes.join(" ")));
        let flags = scopes
            .iter()
            .map(|scope| format!(" --scope {}", shell_word(scope)));
        configure += &unsubstituted(&flags.collect::<String>());
    }
    if args.identity_pool {
        configure += " --identity-pool-id ${IdentityPool}";
    }
    if args.confidential {
        let secret = "aws cognito-idp describe-user-pool-client --region ${AWS::Region} --user-pool-id ${UserPool} --client-id ${Client} --query UserPoolClient.ClientSecret --output text";
        configure = format!("{secret} | {configure} --client-secret-stdin");
    }
    facts.set("configure", &quoted(&configure));
}

/// Adds a logo: to the style of managed login, or for the classic pages as a command, since CloudFormation cannot set it
/// there (`AWS::Cognito::UserPoolUICustomizationAttachment`).
fn logo(file: &Path, classic: bool, css: Option<&Path>, facts: &mut Facts) -> Result<()> {
    let limit = if classic {
        CLASSIC_LOGO_LIMIT_BYTES
    } else {
        LOGO_LIMIT_BYTES
    };
    let image = read(file, limit)?;
    let shown = file.display();
    let extension = image_extension(&image)
        .ok_or_else(|| usage(format!("`{shown}` is no PNG, JPEG, SVG, WebP or ICO image")))?;
    if !classic {
        facts.set("logo_extension", extension);
        facts.set("logo", &BASE64_STANDARD.encode(&image));
        return Ok(());
    }
    facts.set("plain_style", "");
    if !matches!(extension, "PNG" | "JPEG") {
        return Err(usage(format!(
            "`{shown}` is no PNG or JPEG image, and the classic pages take no other"
        ))
        .into());
    }
    let mut command = "aws cognito-idp set-ui-customization --region ${AWS::Region} --user-pool-id ${UserPool} --client-id ${Client}".to_owned();
    command += &unsubstituted(&format!(
        " --image-file {}",
        shell_word(&format!("fileb://{shown}"))
    ));
    if let Some(css) = css {
        // The call sets both: without the style sheet it would take that away.
        command += &unsubstituted(&format!(
            " --css {}",
            shell_word(&format!("file://{}", css.display()))
        ));
    }
    facts.set("classic_logo", "");
    facts.set("set_logo", &quoted(&command));
    Ok(())
}

/// Tells an image by its first bytes; the names are those of `ExtensionType`.
fn image_extension(image: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(image).ok().map(str::trim_start);
    match image {
        [0x89, b'P', b'N', b'G', ..] => Some("PNG"),
        [0xff, 0xd8, 0xff, ..] => Some("JPEG"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("WEBP"),
        [0, 0, 1, 0, ..] => Some("ICO"),
        _ if text.is_some_and(|text| text.starts_with('<') && text.contains("<svg")) => Some("SVG"),
        _ => None,
    }
}

/// Reads a style sheet as the lines of a YAML block.
fn style_sheet(file: &Path) -> Result<String> {
    let bytes = read(file, CSS_LIMIT_BYTES)?;
    let text = std::str::from_utf8(&bytes).unwrap_or("\0");
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    // What YAML does not allow, or takes for the end of a line.
    let forbidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(
                c,
                '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
            )
    };
    if text.contains(forbidden) {
        return Err(usage(format!(
            "`{}` is no style sheet: it holds what is not text",
            file.display()
        ))
        .into());
    }
    if text.trim().is_empty() {
        return Err(usage(format!("`{}` is empty", file.display())).into());
    }
    let lines = text.trim_end().lines().map(|line| match line.trim_end() {
        "" => String::new(),
        line => format!("        {line}"),
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn read(file: &Path, limit: u64) -> Result<Vec<u8>> {
    let shown = file.display();
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    read.with_context(|| usage(format!("cannot read `{shown}`")))?;
    if bytes.len() as u64 > limit {
        return Err(usage(format!(
            "`{shown}` is longer than the {limit} bytes Cognito takes"
        ))
        .into());
    }
    Ok(bytes)
}

/// `ScopeType`, which an identifier of a resource server is, too.
fn is_scope(text: &str) -> bool {
    let allowed = |byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (1..=256).contains(&text.len()) && text.bytes().all(allowed)
}

/// Quotes a text for YAML: every JSON text is one in double quotes.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Keeps `${…}` in a text from being taken for a reference by `!Sub`.
fn unsubstituted(text: &str) -> String {
    text.replace("${", "${!")
}

fn usage(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, "usage", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(args: &TemplateArgs, settings: &Settings) -> String {
        template(args, Some("work"), settings).expect("it can be made")
    }

    fn line<'t>(template: &'t str, start: &str) -> &'t str {
        let line = template
            .lines()
            .find(|line| line.trim_start().starts_with(start));
        line.unwrap_or_else(|| panic!("no line `{start}` in\n{template}"))
            .trim()
    }

    fn refusal(args: &TemplateArgs, settings: &Settings) -> String {
        template(args, None, settings)
            .expect_err("it is refused")
            .to_string()
    }

    fn scratch(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("it can be written");
        (folder, path)
    }

    #[test]
    fn no_mark_is_left_whatever_is_asked_for() {
        let (_css_folder, css) =
            scratch("a.css", b".logo-customizable {\n\tmax-width: 60%;\n\n}\n");
        let (_logo_folder, logo) = scratch("a.png", b"\x89PNG\r\n\x1a\n");
        for bits in 0..128_u32 {
            let asked = |bit: u32| bits & (1 << bit) != 0;
            let args = TemplateArgs {
                confidential: asked(0),
                rotation: asked(1),
                groups: if asked(2) {
                    vec!["admins".into(), "site-admins".into()]
                } else {
                    Vec::new()
                },
                resource_servers: if asked(3) {
                    vec!["api:read,write".into()]
                } else {
                    Vec::new()
                },
                identity_pool: asked(4),
                classic: false,
                css: asked(5).then(|| css.clone()),
                logo: asked(6).then(|| logo.clone()),
            };
            let template = made(&args, &Settings::default());
            for mark in ["#:", "{{", " \n", "\n\n\n"] {
                assert!(
                    !template.contains(mark),
                    "{mark:?} is in the template of {args:?}:\n{template}"
                );
            }
        }
    }

    #[test]
    fn every_mark_of_the_template_is_known() {
        let depth = TEMPLATE
            .lines()
            .filter_map(|line| line.trim().strip_prefix("#: "))
            .try_fold(0, |depth, mark| {
                let (verb, name) = mark.split_once(' ').unwrap_or((mark, ""));
                match (verb, name) {
                    ("end", "") if depth > 0 => Some(depth - 1),
                    ("if" | "each", name) if !name.is_empty() && !name.contains(' ') => {
                        Some(depth + 1)
                    }
                    _ => None,
                }
            });
        assert_eq!(depth, Some(0));
    }

    #[test]
    fn the_outputs_are_commands_to_copy() {
        let template = made(&TemplateArgs::default(), &Settings::default());
        assert_eq!(
            line(&template, "- \"cognito-login"),
            "- \"cognito-login configure --profile work --user-pool-id ${UserPool} --client-id ${Client} --domain ${Domain} --redirect-uri ${RedirectUriFlags}\""
        );
        let args = TemplateArgs {
            confidential: true,
            identity_pool: true,
            resource_servers: vec!["https://api.example.com:read,all$${x}".into()],
            ..TemplateArgs::default()
        };
        assert_eq!(
            line(&made(&args, &Settings::default()), "- \"aws"),
            "- \"aws cognito-idp describe-user-pool-client --region ${AWS::Region} --user-pool-id ${UserPool} --client-id ${Client} \
            --query UserPoolClient.ClientSecret --output text | cognito-login configure --profile work --user-pool-id ${UserPool} \
            --client-id ${Client} --domain ${Domain} --redirect-uri ${RedirectUriFlags} --scope openid --scope email --scope profile \
            --scope https://api.example.com/read --scope 'https://api.example.com/all$${!x}' --identity-pool-id ${IdentityPool} --client-secret-stdin\""
        );
    }

    #[test]
    fn settings_on_the_command_line_go_into_the_template() {
        let settings = Settings::default()
            .text(Key::Domain, Some("my-app"))
            .list(Key::RedirectUris, vec!["http://127.0.0.1:8400/cb".into()])
            .text(Key::LogoutUri, Some("https://example.com/bye"))
            .list(Key::Scopes, vec!["email phone".into()]);
        let template = made(&TemplateArgs::default(), &settings);
        for wanted in [
            "Default: \"my-app\"",
            "Default: \"http://127.0.0.1:8400/cb\"",
            "Default: \"https://example.com/bye\"",
            "- \"openid\"",
            "- \"phone\"",
        ] {
            line(&template, wanted);
        }
        assert!(!template.contains("- \"profile\""));
    }

    #[test]
    fn names_make_logical_ids_that_differ() {
        let args = TemplateArgs {
            groups: vec![
                "site-admins".into(),
                "siteAdmins".into(),
                "Site Admins".replace(' ', "_"),
                "ädm".into(),
            ],
            ..TemplateArgs::default()
        };
        let template = made(&args, &Settings::default());
        for id in [
            "GroupSiteAdmins:",
            "GroupSiteAdmins2:",
            "GroupSiteAdmins3:",
            "GroupDm:",
        ] {
            assert_eq!(line(&template, id), id);
        }
    }

    #[test]
    fn a_style_sheet_becomes_a_block() {
        let (_folder, css) = scratch(
            "a.css",
            b"\xef\xbb\xbf  .a {\r\n    b: c;  \r\n\r\n}\r\n\r\n",
        );
        assert_eq!(
            style_sheet(&css).expect("it is one"),
            "          .a {\n            b: c;\n\n        }"
        );
        for wrong in [
            b"a\0b".as_slice(),
            b"\xff\xfe",
            b"  \n",
            "a\u{2028}b".as_bytes(),
        ] {
            let (_folder, css) = scratch("a.css", wrong);
            assert!(style_sheet(&css).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_logo_goes_into_managed_login_and_becomes_a_command_for_the_classic_pages() {
        let (_folder, file) = scratch("it's a logo.png", b"\x89PNG\r\n\x1a\n");
        let managed = TemplateArgs {
            logo: Some(file.clone()),
            ..TemplateArgs::default()
        };
        let template = made(&managed, &Settings::default());
        assert_eq!(line(&template, "Bytes:"), "Bytes: iVBORw0KGgo=");
        assert_eq!(line(&template, "Extension:"), "Extension: PNG");
        assert!(!template.contains("UseCognitoProvidedValues"));
        let classic = TemplateArgs {
            classic: true,
            ..managed
        };
        let template = made(&classic, &Settings::default());
        let command = line(&template, "Value: !Sub \"aws cognito-idp set-ui");
        assert!(
            command.contains("--image-file 'fileb://")
                && command.contains("it'\\\\''s a logo.png'"),
            "{command}"
        );
        assert!(!template.contains("Bytes:"));
        let (_folder, text) = scratch("logo.png", b"hello");
        let wrong = TemplateArgs {
            logo: Some(text),
            ..TemplateArgs::default()
        };
        assert!(
            refusal(&wrong, &Settings::default())
                .ends_with("is no PNG, JPEG, SVG, WebP or ICO image")
        );
    }

    #[test]
    fn what_cognito_would_refuse_is_refused_here() {
        let none = Settings::default();
        for (resource_server, group) in [
            (Some("api"), None),
            (Some("api:"), None),
            (Some("a b:c"), None),
            (Some("api:a/b"), None),
            (None, Some("a b")),
            (None, Some("")),
        ] {
            let args = TemplateArgs {
                resource_servers: resource_server.map(str::to_owned).into_iter().collect(),
                groups: group.map(str::to_owned).into_iter().collect(),
                ..TemplateArgs::default()
            };
            refusal(&args, &none);
        }
        for domain in ["My-App", "auth.example.com", "-a", "my-aws-app", ""] {
            refusal(
                &TemplateArgs::default(),
                &Settings::default().text(Key::Domain, Some(domain)),
            );
        }
        let https =
            Settings::default().list(Key::RedirectUris, vec!["https://example.com/".into()]);
        refusal(&TemplateArgs::default(), &https);
    }
}
