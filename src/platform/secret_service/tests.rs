//! The store against a bus and a service of the tests' own, which may misbehave, and against a real gnome-keyring.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keyring_core::{Entry, Error};
use socket2::{Domain, SockAddr, Socket, Type};

use super::error::SecretServiceError;
use super::message::{HEAD, Kind, Message};
use super::store::{Prompts, Store};

/// Longer than a test may take: one that should not wait so long and does is ended.
const AN_HOUR: Prompts = Prompts::Within(Duration::from_secs(3_600));
const PLACE: &str = "/org/freedesktop/secrets/collection/place/";

/// What the service does with a call.
enum Answer {
    Send(Vec<Message>),
    Raw(Vec<u8>),
    HangUp,
}

/// A bus with a Secret Service behind it; it answers `Hello` itself and everything else as the test wants.
struct Stub {
    dir: tempfile::TempDir,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    fn start(answer: impl FnMut(&Message) -> Answer + Send + 'static) -> Stub {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("bus")).unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let heard = calls.clone();
        std::thread::spawn(move || serve(&listener, answer, &heard));
        Stub { dir, calls }
    }

    fn entry(&self, prompts: Prompts) -> Entry {
        let bus = self.dir.path().join("bus").into_os_string();
        Store::on(Ok(vec![bus]), prompts)
            .entry("cognito-login", "me", "cognito-login: me")
            .unwrap()
    }

    fn calls(&self) -> String {
        self.calls.lock().unwrap().join(" ")
    }
}

fn serve(
    listener: &UnixListener,
    mut answer: impl FnMut(&Message) -> Answer,
    heard: &Mutex<Vec<String>>,
) {
    while let Ok((stream, _)) = listener.accept() {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        authenticate(&mut lines, &stream);
        while let Some(call) = read(&mut lines) {
            let member = call.member.clone().unwrap();
            heard.lock().unwrap().push(member.clone());
            let reaction = match member.as_str() {
                "Hello" => Answer::Send(vec![
                    signal(":bus", "/", "a.b", "NameAcquired"),
                    text_answer(&call, ":1.7"),
                ]),
                _ => answer(&call),
            };
            let sent = match reaction {
                Answer::Send(messages) => (&stream).write_all(
                    &messages
                        .iter()
                        .flat_map(Message::encoded)
                        .collect::<Vec<_>>(),
                ),
                Answer::Raw(bytes) => (&stream).write_all(&bytes),
                Answer::HangUp => break,
            };
            if sent.is_err() {
                break;
            }
        }
    }
}

fn authenticate(lines: &mut impl BufRead, mut stream: &UnixStream) {
    let mut line = Vec::new();
    while !line.ends_with(b"BEGIN\r\n") {
        assert_ne!(lines.read_until(b'\n', &mut line).unwrap(), 0);
    }
    stream
        .write_all(b"DATA\r\nOK 0123456789abcdef\r\n")
        .unwrap();
}

fn read(from: &mut impl Read) -> Option<Message> {
    let mut head = [0; HEAD];
    from.read_exact(&mut head).ok()?;
    let mut bytes = head.to_vec();
    bytes.resize(usize::try_from(Message::length(&head).unwrap()).unwrap(), 0);
    from.read_exact(&mut bytes[HEAD..]).ok()?;
    Some(Message::parse(&bytes).unwrap())
}

fn answer(call: &Message) -> Message {
    let mut message = Message::call("", "", "", "");
    message.kind = Kind::Return;
    message.reply_to = Some(call.serial);
    message.sender = Some(":1.2".to_owned());
    (
        message.destination,
        message.path,
        message.interface,
        message.member,
    ) = (None, None, None, None);
    message
}

fn text_answer(call: &Message, text: &str) -> Message {
    answer(call).with("s", |w| w.text(text))
}

fn error(call: &Message, name: &str) -> Answer {
    let mut message = text_answer(call, "what the service says");
    message.kind = Kind::Error;
    message.error = Some(name.to_owned());
    Answer::Send(vec![message])
}

fn signal(sender: &str, path: &str, interface: &str, member: &str) -> Message {
    let mut message = Message::call("", path, interface, member);
    message.kind = Kind::Signal;
    message.destination = None;
    message.sender = Some(sender.to_owned());
    message
}

fn completed(sender: &str, dismissed: bool) -> Message {
    signal(
        sender,
        "/prompt",
        "org.freedesktop.Secret.Prompt",
        "Completed",
    )
    .with("bv", |w| {
        w.bool(dismissed);
        w.signature("ao");
        w.array(4, |_| {});
    })
}

fn items(call: &Message, unlocked: &[&str], locked: &[&str]) -> Answer {
    Answer::Send(vec![answer(call).with("aoao", |w| {
        for list in [unlocked, locked] {
            w.array(4, |w| list.iter().for_each(|path| w.text(path)));
        }
    })])
}

fn paths(call: &Message, paths: &[&str]) -> Answer {
    let signature = "o".repeat(paths.len());
    Answer::Send(vec![
        answer(call).with(&signature, |w| paths.iter().for_each(|path| w.text(path))),
    ])
}

fn unlocked(call: &Message, prompt: &str) -> Answer {
    Answer::Send(vec![answer(call).with("aoo", |w| {
        w.array(4, |_| {});
        w.text(prompt);
    })])
}

/// A well-behaved service with one item, whose secret is its own path.
fn well(call: &Message) -> Answer {
    match call.member.as_deref().unwrap() {
        "SearchItems" => items(call, &["/org/freedesktop/secrets/collection/place/1"], &[]),
        "OpenSession" => Answer::Send(vec![answer(call).with("vo", |w| {
            w.signature("s");
            w.text("");
            w.text("/session");
        })]),
        "GetSecret" => Answer::Send(vec![answer(call).with("(oayays)", |w| {
            w.align(8);
            w.text("/session");
            w.bytes(b"");
            w.bytes(call.path.as_deref().unwrap().as_bytes());
            w.text("text/plain");
        })]),
        "ReadAlias" => paths(call, &[PLACE.trim_end_matches('/')]),
        "CreateItem" => paths(call, &["/new", "/"]),
        "Delete" => paths(call, &["/"]),
        "Unlock" => unlocked(call, "/"),
        _ => Answer::Send(vec![answer(call)]),
    }
}

/// Returns the name of what went wrong, as a caller sees it.
fn failure<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("it should fail");
    match SecretServiceError::of(&error) {
        Some(cause) => format!("{cause:?}")
            .split(['(', ' '])
            .next()
            .unwrap()
            .to_owned(),
        None => format!("{error:?}")
            .split(['(', ' '])
            .next()
            .unwrap()
            .to_owned(),
    }
}

#[test]
fn a_read_is_four_calls_in_the_safe_order() {
    let stub = Stub::start(well);
    assert_eq!(
        stub.entry(Prompts::Never).get_password().unwrap(),
        format!("{PLACE}1")
    );
    assert_eq!(stub.calls(), "Hello SearchItems OpenSession GetSecret");
}

#[test]
fn writes_and_deletions_begin_with_a_search_too() {
    let stub = Stub::start(well);
    stub.entry(Prompts::Never).set_password("p").unwrap();
    assert_eq!(stub.calls(), "Hello SearchItems OpenSession SetSecret");

    let stub = Stub::start(well);
    stub.entry(Prompts::Never).delete_credential().unwrap();
    assert_eq!(stub.calls(), "Hello SearchItems Delete");

    let empty = |call: &Message| match call.member.as_deref() {
        Some("SearchItems") => items(call, &[], &[]),
        _ => well(call),
    };
    let stub = Stub::start(empty);
    stub.entry(Prompts::Never).set_password("p").unwrap();
    assert_eq!(
        stub.calls(),
        "Hello SearchItems ReadAlias OpenSession CreateItem"
    );
    assert_eq!(
        failure(stub.entry(Prompts::Never).get_password()),
        "NoEntry"
    );
    assert_eq!(
        failure(stub.entry(Prompts::Never).delete_credential()),
        "NoEntry"
    );
}

#[test]
fn the_operations_of_a_process_share_a_connection_and_its_session() {
    let stub = Stub::start(well);
    let entry = stub.entry(Prompts::Never);
    entry.set_password("p").unwrap();
    entry.get_password().unwrap();
    assert_eq!(
        stub.calls(),
        "Hello SearchItems OpenSession SetSecret SearchItems GetSecret"
    );
}

#[test]
fn a_connection_that_broke_meanwhile_is_made_again() {
    let mut searches = 0;
    let stub = Stub::start(move |call| {
        searches += u32::from(call.member.as_deref() == Some("SearchItems"));
        match call.member.as_deref() {
            Some("SearchItems") if searches == 2 => Answer::HangUp,
            _ => well(call),
        }
    });
    let entry = stub.entry(Prompts::Never);
    entry.get_password().unwrap();
    entry.get_password().unwrap();
    let read = "Hello SearchItems OpenSession GetSecret";
    assert_eq!(stub.calls(), format!("{read} SearchItems {read}"));
}

#[test]
fn a_service_that_was_started_anew_meanwhile_gets_a_new_session() {
    let mut searches = 0;
    let stub = Stub::start(move |call| {
        searches += u32::from(call.member.as_deref() == Some("SearchItems"));
        let Answer::Send(mut messages) = well(call) else {
            unreachable!()
        };
        messages[0].sender = Some(format!(":1.{searches}"));
        Answer::Send(messages)
    });
    let entry = stub.entry(Prompts::Never);
    entry.get_password().unwrap();
    entry.get_password().unwrap();
    assert_eq!(
        stub.calls(),
        "Hello SearchItems OpenSession GetSecret SearchItems OpenSession GetSecret"
    );
}

#[test]
fn a_lost_race_is_run_again_once() {
    let race = |losses: u32| {
        let mut left = losses;
        Stub::start(move |call| match call.member.as_deref() {
            Some("SearchItems") if left > 0 => {
                left -= 1;
                error(call, "org.freedesktop.DBus.Error.UnknownMethod")
            }
            _ => well(call),
        })
    };
    let stub = race(1);
    stub.entry(Prompts::Never).get_password().unwrap();
    assert_eq!(
        stub.calls(),
        "Hello SearchItems SearchItems OpenSession GetSecret"
    );
    assert_eq!(
        failure(race(2).entry(Prompts::Never).get_password()),
        "Refused"
    );
}

#[test]
fn a_service_that_dies_is_asked_again_once() {
    for hang_up in [true, false] {
        let dying = |deaths: u32| {
            let mut left = deaths;
            Stub::start(move |call| match call.member.as_deref() {
                Some("OpenSession") if left > 0 => {
                    left -= 1;
                    if hang_up {
                        Answer::HangUp
                    } else {
                        error(call, "org.freedesktop.DBus.Error.NoReply")
                    }
                }
                _ => well(call),
            })
        };
        dying(1).entry(Prompts::Never).get_password().unwrap();
        assert_eq!(
            failure(dying(2).entry(Prompts::Never).get_password()),
            "Vanished"
        );
    }
}

#[test]
fn a_locked_item_that_opens_without_a_question_is_read() {
    let stub = Stub::start(|call| match call.member.as_deref() {
        Some("SearchItems") => items(call, &[], &["/locked"]),
        _ => well(call),
    });
    assert_eq!(
        stub.entry(Prompts::Never).get_password().unwrap(),
        "/locked"
    );
    assert_eq!(
        stub.calls(),
        "Hello SearchItems Unlock OpenSession GetSecret"
    );
}

/// Starts a service whose item is locked and whose prompt sends `signals`.
fn prompting(signals: &'static [(&'static str, bool)]) -> Stub {
    Stub::start(move |call| match call.member.as_deref() {
        Some("SearchItems") => items(call, &[], &["/locked"]),
        Some("Unlock") => unlocked(call, "/prompt"),
        Some("Prompt") => {
            let signals = signals
                .iter()
                .map(|&(sender, dismissed)| completed(sender, dismissed));
            Answer::Send([answer(call)].into_iter().chain(signals).collect())
        }
        _ => well(call),
    })
}

#[test]
fn nobody_is_asked_unless_it_is_allowed() {
    let stub = prompting(&[(":1.2", false)]);
    assert_eq!(failure(stub.entry(Prompts::Never).get_password()), "Locked");
    assert_eq!(stub.calls(), "Hello SearchItems Unlock");
}

#[test]
fn a_person_s_yes_opens_the_item_and_a_no_is_told_apart_from_locked() {
    let stub = prompting(&[(":1.2", false)]);
    assert_eq!(stub.entry(AN_HOUR).get_password().unwrap(), "/locked");
    assert_eq!(
        stub.calls(),
        "Hello SearchItems Unlock AddMatch Prompt OpenSession GetSecret"
    );
    assert_eq!(
        failure(prompting(&[(":1.2", true)]).entry(AN_HOUR).get_password()),
        "Dismissed"
    );
}

#[test]
fn a_prompt_that_is_over_before_it_was_shown_is_not_missed() {
    let stub = Stub::start(|call| match call.member.as_deref() {
        Some("SearchItems") => items(call, &[], &["/locked"]),
        Some("Unlock") => unlocked(call, "/prompt"),
        Some("Prompt") => Answer::Send(vec![completed(":1.2", false), answer(call)]),
        _ => well(call),
    });
    assert_eq!(stub.entry(AN_HOUR).get_password().unwrap(), "/locked");
}

#[test]
fn only_the_service_speaks_for_the_person() {
    let stub = prompting(&[(":1.66", false), (":1.2", true)]);
    assert_eq!(failure(stub.entry(AN_HOUR).get_password()), "Dismissed");
}

#[test]
fn a_person_who_never_answers_is_not_waited_for_beyond_the_patience() {
    let patience = Prompts::Within(Duration::from_millis(300));
    assert_eq!(
        failure(prompting(&[]).entry(patience).get_password()),
        "TimedOut"
    );
}

#[test]
fn a_write_into_a_locked_collection_unlocks_it() {
    let mut locked = true;
    let stub = Stub::start(move |call| match call.member.as_deref() {
        Some("SearchItems") => items(call, &[], &[]),
        Some("CreateItem") if locked => error(call, "org.freedesktop.Secret.Error.IsLocked"),
        Some("Unlock") => {
            locked = false;
            unlocked(call, "/")
        }
        _ => well(call),
    });
    stub.entry(Prompts::Never).set_password("p").unwrap();
    assert_eq!(
        stub.calls(),
        "Hello SearchItems ReadAlias OpenSession CreateItem Unlock ReadAlias CreateItem"
    );
}

/// Starts a service that never says a word from `member` on.
fn silent_from(member: &'static str) -> Stub {
    let mut silent = false;
    Stub::start(move |call| {
        silent |= call.member.as_deref() == Some(member);
        match call.member.as_deref() {
            _ if silent => Answer::Send(vec![]),
            Some("SearchItems") => items(call, &[], &["/locked"]),
            Some("Unlock") => unlocked(call, "/prompt"),
            _ => well(call),
        }
    })
}

#[test]
fn a_service_that_hangs_in_any_call_is_asked_for_a_sign_of_life_once_and_left() {
    let calls = "Hello SearchItems Unlock AddMatch Prompt";
    for hung in ["SearchItems", "Unlock", "Prompt"] {
        let stub = silent_from(hung);
        assert_eq!(failure(stub.entry(AN_HOUR).get_password()), "TimedOut");
        let (before, _) = calls.split_once(hung).unwrap();
        assert_eq!(stub.calls(), format!("{before}{hung} Ping"));
    }
}

#[test]
fn a_service_that_dies_or_hangs_while_a_person_is_asked_is_not_waited_for() {
    let stub = Stub::start(|call| match call.member.as_deref() {
        Some("SearchItems") => items(call, &[], &["/locked"]),
        Some("Unlock") => unlocked(call, "/prompt"),
        Some("Ping") => {
            assert_eq!(call.destination.as_deref(), Some(":1.2"));
            Answer::Send(vec![])
        }
        _ => well(call),
    });
    assert_eq!(failure(stub.entry(AN_HOUR).get_password()), "TimedOut");
    assert_eq!(
        stub.calls(),
        "Hello SearchItems Unlock AddMatch Prompt Ping"
    );
}

#[test]
fn a_bus_that_hangs_is_an_error() {
    // It accepts and never says a word, and when its queue is full does not even accept.
    let dir = tempfile::tempdir().unwrap();
    let bus = dir.path().join("bus");
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    listener.bind(&SockAddr::unix(&bus).unwrap()).unwrap();
    listener.listen(1).unwrap();
    let entry = |prompts| {
        Store::on(Ok(vec![bus.clone().into_os_string()]), prompts)
            .entry("s", "u", "l")
            .unwrap()
    };
    assert_eq!(failure(entry(Prompts::Never).get_password()), "TimedOut");
    assert_eq!(failure(entry(AN_HOUR).get_password()), "TimedOut");
    assert_eq!(failure(entry(AN_HOUR).get_password()), "TimedOut");
}

/// Starts a service that answers `member` only after `pings` calls of `Ping`, to which it reacts as `sign` says.
fn slow(member: &'static str, pings: u32, sign: fn(&Message) -> Answer) -> Stub {
    let (mut asked, mut left) = (None, pings);
    Stub::start(move |call| match call.member.as_deref() {
        Some(name) if name == member => {
            asked = Some((call.serial, call.path.clone()));
            Answer::Send(vec![])
        }
        Some("Ping") => {
            left -= 1;
            let Answer::Send(mut messages) = sign(call) else {
                unreachable!()
            };
            if left == 0 {
                let mut late = Message::call("", "", "", member);
                (late.serial, late.path) = asked.clone().unwrap();
                let Answer::Send(answers) = well(&late) else {
                    unreachable!()
                };
                messages.extend(answers);
            }
            Answer::Send(messages)
        }
        _ => well(call),
    })
}

#[test]
fn a_service_that_asks_a_person_in_any_call_is_waited_for_while_it_is_alive() {
    // KeePassXC unlocks in the first, and services that ask at every access do so in the last.
    for (member, calls) in [
        (
            "SearchItems",
            "Hello SearchItems Ping Ping Ping OpenSession GetSecret",
        ),
        (
            "GetSecret",
            "Hello SearchItems OpenSession GetSecret Ping Ping Ping",
        ),
    ] {
        let stub = slow(member, 3, |ping| Answer::Send(vec![answer(ping)]));
        stub.entry(AN_HOUR).get_password().unwrap();
        assert_eq!(stub.calls(), calls);
    }
}

#[test]
fn a_service_that_the_bus_is_still_starting_is_waited_for_beyond_the_deadline() {
    let stub = slow("SearchItems", 2, |ping| {
        assert!(ping.starts_nothing);
        error(ping, "org.freedesktop.DBus.Error.NameHasNoOwner")
    });
    stub.entry(Prompts::Never).get_password().unwrap();
    assert_eq!(
        stub.calls(),
        "Hello SearchItems Ping Ping OpenSession GetSecret"
    );
}

#[test]
fn a_service_that_never_starts_is_not_waited_for_without_end() {
    for prompts in [Prompts::Never, AN_HOUR] {
        let stub = slow("SearchItems", 1_000, |ping| {
            error(ping, "org.freedesktop.DBus.Error.ServiceUnknown")
        });
        assert_eq!(failure(stub.entry(prompts).get_password()), "TimedOut");
    }
}

/// Starts a service where `unlocked` match, each changed last in the second its path ends in.
fn several(unlocked: &'static [&'static str]) -> Stub {
    Stub::start(move |call| match call.member.as_deref() {
        Some("SearchItems") => items(call, unlocked, &[]),
        Some("Get") => Answer::Send(vec![answer(call).with("v", |w| {
            w.signature("t");
            w.align(8);
            w.u32(
                call.path
                    .as_deref()
                    .and_then(|path| path[path.len() - 1..].parse().ok())
                    .unwrap(),
            );
            w.u32(0);
        })]),
        _ => well(call),
    })
}

#[test]
fn of_several_items_the_one_in_the_default_collection_is_meant() {
    let stub = several(&[
        "/elsewhere/9",
        "/org/freedesktop/secrets/collection/place/2",
    ]);
    assert_eq!(
        stub.entry(Prompts::Never).get_password().unwrap(),
        format!("{PLACE}2")
    );
}

#[test]
fn several_candidates_are_handed_out_newest_first_and_each_can_be_used() {
    let stub = several(&["/elsewhere/2", "/elsewhere/9", "/elsewhere/4"]);
    let Err(Error::Ambiguous(entries)) = stub.entry(Prompts::Never).get_password() else {
        panic!("not ambiguous")
    };
    let secrets: Vec<_> = entries
        .iter()
        .map(|entry| entry.get_password().unwrap())
        .collect();
    assert_eq!(secrets, ["/elsewhere/9", "/elsewhere/4", "/elsewhere/2"]);
    assert_eq!(
        entries[0].get_specifiers(),
        Some(("cognito-login".to_owned(), "me".to_owned()))
    );
}

#[test]
fn a_deletion_never_leaves_one_behind_unsaid() {
    let stub = several(&[
        "/elsewhere/9",
        "/org/freedesktop/secrets/collection/place/2",
    ]);
    let Err(Error::Ambiguous(entries)) = stub.entry(Prompts::Never).delete_credential() else {
        panic!("deleted")
    };
    assert_eq!(entries.len(), 2);
}

#[test]
fn refusals_are_told_apart() {
    let refusing = |member: &'static str, name: &'static str| {
        Stub::start(move |call| {
            if call.member.as_deref() == Some(member) {
                error(call, name)
            } else {
                well(call)
            }
        })
        .entry(Prompts::Never)
        .get_password()
    };
    let plain = "org.freedesktop.DBus.Error.NotSupported";
    assert_eq!(failure(refusing("OpenSession", plain)), "PlainRefused");
    assert_eq!(
        failure(refusing(
            "SearchItems",
            "org.freedesktop.DBus.Error.ServiceUnknown"
        )),
        "NoService"
    );
    assert_eq!(
        failure(refusing(
            "SearchItems",
            "org.freedesktop.DBus.Error.AccessDenied"
        )),
        "Denied"
    );
    assert_eq!(
        failure(refusing(
            "GetSecret",
            "org.freedesktop.Secret.Error.IsLocked"
        )),
        "Locked"
    );
    assert_eq!(
        failure(refusing(
            "GetSecret",
            "org.freedesktop.Secret.Error.NoSuchObject"
        )),
        "NoEntry"
    );
}

/// Starts a service without a default keyring, which makes one when it may ask for its password.
fn without_default_keyring() -> Stub {
    let mut made = false;
    Stub::start(
        move |call| match (call.member.as_deref(), call.path.as_deref()) {
            (Some("SearchItems"), _) => items(call, &[], &[]),
            (Some("ReadAlias"), _) => paths(call, &[if made { "/made" } else { "/" }]),
            (Some("CreateItem"), Some("/org/freedesktop/secrets/collection/login")) => {
                error(call, "org.freedesktop.DBus.Error.UnknownMethod")
            }
            (Some("CreateCollection"), _) => paths(call, &["/", "/prompt"]),
            (Some("Prompt"), _) => {
                made = true;
                Answer::Send(vec![answer(call), completed(":1.2", false)])
            }
            _ => well(call),
        },
    )
}

/// KeePassXC tells what an alias stands for and may have no object of that name; KWallet keeps as a password only what is
/// said to be text, and would break anything else.
#[test]
fn a_new_item_is_made_where_the_alias_leads_and_says_whether_it_is_text() {
    for (secret, kind) in [
        ("grün".as_bytes(), "text/plain; charset=utf8"),
        (b"\xff\0", "application/octet-stream"),
    ] {
        let stub = Stub::start(move |call| match call.member.as_deref() {
            Some("SearchItems") => items(call, &[], &[]),
            Some("CreateItem") => {
                assert_eq!(call.path.as_deref(), Some(PLACE.trim_end_matches('/')));
                let sent = call.encoded();
                let mut parts = sent.windows(kind.len());
                assert!(parts.any(|part| part == kind.as_bytes()), "{kind}");
                well(call)
            }
            _ => well(call),
        });
        stub.entry(Prompts::Never).set_secret(secret).unwrap();
    }
}

#[test]
fn without_a_default_keyring_the_one_called_login_is_tried_and_its_absence_told() {
    let stub = without_default_keyring();
    assert_eq!(
        failure(stub.entry(Prompts::Never).set_password("p")),
        "NoDefaultCollection"
    );
    assert_eq!(
        stub.calls(),
        "Hello SearchItems ReadAlias OpenSession CreateItem"
    );
}

#[test]
fn without_a_default_keyring_a_person_may_make_one() {
    let stub = without_default_keyring();
    stub.entry(AN_HOUR).set_password("p").unwrap();
    let made = "CreateCollection AddMatch Prompt ReadAlias CreateItem";
    assert_eq!(
        stub.calls(),
        format!("Hello SearchItems ReadAlias OpenSession CreateItem {made}")
    );
}

#[test]
fn a_hostile_bus_is_an_error_and_no_more() {
    let raw = |bytes: &'static [u8]| {
        let stub = Stub::start(move |_| Answer::Raw(bytes.to_vec()));
        failure(stub.entry(Prompts::Never).get_password())
    };
    assert_eq!(
        raw(b"l\x02\0\x01\xff\xff\xff\xff\x01\0\0\0\xff\xff\xff\xff"),
        "Protocol"
    );
    assert_eq!(raw(b"l\x02\0\x01\0\0\0\x01\x01\0\0\0\0\0\0\0"), "Protocol");
    assert_eq!(raw(b"x\x02\0\x01\0\0\0\0\x01\0\0\0\0\0\0\0"), "Protocol");
    assert_eq!(raw(b"l\x02\0\x02\0\0\0\0\x01\0\0\0\0\0\0\0"), "Protocol");
    assert_eq!(
        raw(b"l\x02\0\x01\0\0\0\0\x01\0\0\0\x08\0\0\0\x05\x01s\0\x02\0\0\0"),
        "Protocol"
    );
    assert_eq!(raw(b"l\x02\0\x01"), "TimedOut");

    let wrong_types = Stub::start(|call| paths(call, &["/"]));
    assert_eq!(
        failure(wrong_types.entry(Prompts::Never).get_password()),
        "Protocol"
    );
    let flood =
        Stub::start(|_| Answer::Raw(signal(":1.2", "/", "a.b", "C").encoded().repeat(50_000)));
    assert_eq!(
        failure(flood.entry(Prompts::Never).get_password()),
        "TimedOut"
    );
}

#[test]
fn a_rejected_or_endless_authentication_is_an_error() {
    for (says, expected) in [
        (b"REJECTED EXTERNAL\r\n".to_vec(), "Denied"),
        (vec![b'x'; 100_000], "Protocol"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let bus = dir.path().join("bus");
        let listener = UnixListener::bind(&bus).unwrap();
        let talker = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Stops when the other side has heard enough.
            let _ = stream.write_all(&says);
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let entry = Store::on(Ok(vec![bus.into_os_string()]), Prompts::Never)
            .entry("s", "u", "l")
            .unwrap();
        assert_eq!(failure(entry.get_password()), expected);
        talker.join().unwrap();
    }
}

#[test]
fn without_a_bus_there_is_a_reason() {
    let entry = |bus| Store::on(bus, Prompts::Never).entry("s", "u", "l").unwrap();
    assert_eq!(
        failure(entry(Err("unset".to_owned())).get_password()),
        "NoBus"
    );
    let error = entry(Ok(vec![OsString::from("/nowhere/bus")]))
        .get_password()
        .unwrap_err();
    let cause = SecretServiceError::of(&error).unwrap().to_string();
    assert_eq!(
        cause,
        "no D-Bus session bus: `/nowhere/bus`: No such file or directory (os error 2)"
    );
}

#[test]
fn the_next_address_is_tried_when_one_is_stale() {
    let stub = Stub::start(well);
    let addresses = vec![
        OsString::from("/nowhere/bus"),
        stub.dir.path().join("bus").into_os_string(),
    ];
    let entry = Store::on(Ok(addresses), Prompts::Never)
        .entry("s", "u", "l")
        .unwrap();
    entry.get_password().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn an_abstract_socket_is_reached() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    let name = format!("cognito-login-test-{}", std::process::id());
    let listener =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    std::thread::spawn(move || serve(&listener, well, &Mutex::new(Vec::new())));
    let entry = Store::on(Ok(vec![format!("\0{name}").into()]), Prompts::Never)
        .entry("s", "u", "l")
        .unwrap();
    entry.get_password().unwrap();
}

#[test]
fn what_d_bus_cannot_carry_is_refused_before_it_is_sent() {
    let store = Store::on(Err("never used".to_owned()), Prompts::Never);
    assert!(matches!(
        store.entry("s\0", "u", "l"),
        Err(Error::Invalid(..))
    ));
    let entry = store.entry("s", "u", "l").unwrap();
    assert!(matches!(
        entry.set_secret(&vec![0; 16 << 20]),
        Err(Error::TooLong(..))
    ));
}
