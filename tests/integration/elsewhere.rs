//! Signing in on another device: the address as a code, as a link and on the clipboard, and the wait for what is pasted.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use url::Url;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::seat::Seat;
use crate::support::terminal::Terminal;

/// Black on white, whatever the terminal's own colours are.
const INK_ON_PAPER: &str = "\x1b[38;5;16;48;5;231m";

/// What moves while the program waits.
const LEFT: &str = " left ";

/// Signs in on a device that cannot reach the redirect address, and returns the address it ended at.
fn ended_at(pool: &Pool, url: &str) -> Url {
    let mut phone = Person::new();
    phone.visit(url);
    phone.submit_until_sent_to(
        &[("username", pool.username()), ("password", pool.password())],
        &pool.redirect(),
    )
}

/// The lines of a QR code in what a terminal shows, without colours but with those of its margin: they are as long.
fn code_in(screen: &str) -> Vec<String> {
    let bare = |line: &str| {
        let line = line.trim_end_matches('\r');
        let line = line.strip_prefix(INK_ON_PAPER).unwrap_or(line);
        line.trim_end_matches("\x1b[0m").to_owned()
    };
    let lines: Vec<String> = screen.lines().map(bare).collect();
    let inked = lines.iter().find(|line| line.contains(['▀', '▄', '█']));
    let width = inked.map_or(usize::MAX, |line| line.chars().count());
    let of_code =
        |line: &String| line.chars().count() == width && line.chars().all(|c| " ▀▄█".contains(c));
    lines.into_iter().filter(of_code).collect()
}

/// What a camera reads: the decoder is zbar's.
fn decoded(code: &[String], scratch: &Path) -> String {
    const SCALE: usize = 6;
    let width = code.iter().map(|line| line.chars().count()).max().unwrap();
    let rows = code.iter().flat_map(|line| {
        let halves = |dark: [char; 2]| {
            let row: Vec<bool> = line.chars().map(|c| dark.contains(&c)).collect();
            vec![row; SCALE]
        };
        [halves(['▀', '█']), halves(['▄', '█'])].concat()
    });
    // Seen on a dark screen, which is what lies beyond the paper.
    let mut picture = vec![vec![true; width]; SCALE];
    picture.extend(rows);
    picture.extend(vec![vec![true; width]; SCALE]);
    for row in &mut picture {
        row.insert(0, true);
        row.push(true);
    }
    let width = width + 2;
    let mut pgm = format!("P5 {} {} 255\n", width * SCALE, picture.len()).into_bytes();
    for row in &picture {
        let shades = row.iter().map(|dark| if *dark { 0 } else { 255 });
        pgm.extend(shades.flat_map(|shade| [shade; SCALE]));
    }
    let file = scratch.join("code.pgm");
    std::fs::write(&file, pgm).unwrap();
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw"])
        .arg(&file)
        .output()
        .unwrap();
    String::from_utf8(read.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
#[ignore = "needs zbarimg"]
fn a_phone_reads_the_address_from_a_window_of_80_columns() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    // The longer the address, the finer the code, until only its margin can give way.
    for hint in [1, 60, 140] {
        let hint = "x".repeat(hint);
        let args = ["login", "--qr", "--login-hint", &hint];
        let mut seat = Seat::take_before(&terminal, &args, (80, 60));
        let url = seat.sign_in_url();
        seat.wait_for("paste that page's address here.");
        let code = code_in(seat.screen());
        let width = code[0].chars().count();
        assert!((60..=80).contains(&width), "{width}");
        assert_eq!(
            seat.screen().matches(INK_ON_PAPER).count(),
            code.len(),
            "each line says its own colours, those of the margin too"
        );
        assert_eq!(
            decoded(&code, terminal.home()),
            url,
            "{} characters",
            url.len()
        );
        let back = ended_at(&pool, &url);
        seat.write(&format!("{back}\n"));
        let (code, screen) = seat.leave();
        assert_eq!(code, 0, "{screen}");
    }
}

#[test]
#[ignore = "needs zbarimg"]
fn without_colours_the_code_is_the_same() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--qr"]);
    let url = login.sign_in_url();
    login.line(|line| line.starts_with("Waiting"));
    login.write(&format!("{}\n", ended_at(&pool, &url)));
    let ran = login.finish().code(0);
    assert!(!ran.stderr.contains('\x1b'), "{}", ran.stderr);
    assert_eq!(decoded(&code_in(&ran.stderr), terminal.home()), url);
}

#[test]
fn a_code_that_does_not_fit_the_window_is_not_shown() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut seat = Seat::take_before(&terminal, &["login", "--qr"], (60, 60));
    seat.sign_in_url();
    seat.wait_for("the QR code needs a window of ");
    seat.wait_for("Waiting for the ");
    assert_eq!(code_in(seat.screen()), [""; 0]);
    drop(seat);
    let mut seat = Seat::take_before(&terminal, &["login", "--qr"], (80, 24));
    seat.wait_for("lines and this window 24: make it higher");
    assert_ne!(code_in(seat.screen()), [""; 0]);
}

#[test]
fn a_code_is_for_another_device_so_only_a_named_browser_opens() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.with_system_path();
    terminal
        .unset("COGNITO_LOGIN_NO_BROWSER")
        .set("DISPLAY", ":9");
    let mut login = terminal.start(&["login", "--qr"]);
    login.line(|line| line == "Open this address in a browser to sign in:");
    drop(login);
    let mut login = terminal.start(&["login", "--qr", "--browser", "true"]);
    login.line(|line| line.starts_with("Your browser opens the login pages."));
}

#[test]
fn the_browser_of_the_environment_gets_the_address_untouched_where_it_wants_it() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.unset("COGNITO_LOGIN_NO_BROWSER");
    let words = terminal.home().join("words");
    assert!(
        Command::new("mkfifo")
            .arg(&words)
            .status()
            .unwrap()
            .success()
    );
    let script = terminal.write("browser", "#!/bin/sh\nprintf '%s\\n' \"$@\" >~/words\n");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for (arguments, before, after) in [
        ("", "", ""),
        (" --new", "--new\n", ""),
        (" --url=%s -x", "--url=", "\n-x"),
    ] {
        terminal.set(
            "BROWSER",
            format!("/nonexistent:{}{arguments}", script.display()),
        );
        let mut login = terminal.start(&["login"]);
        let url = login.sign_in_url();
        assert!(url.contains('&') && url.contains('='));
        let got = std::fs::read_to_string(&words).unwrap();
        assert_eq!(got, format!("{before}{url}{after}\n"));
    }
    terminal.set("BROWSER", "none").set("DISPLAY", ":9");
    let mut login = terminal.start(&["login"]);
    login.line(|line| line == "Open this address in a browser to sign in:");
}

#[test]
fn beside_the_bare_address_a_terminal_gets_a_link() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    let mut seat = Seat::take(&terminal, &["login"]);
    let url = seat.sign_in_url();
    seat.wait_for(&format!(
        "Waiting for the \x1b]8;;{url}\x1b\\sign-in\x1b]8;;\x1b\\."
    ));
    drop(seat);

    let mut login = terminal.start(&["login", "--color", "always"]);
    login.sign_in_url();
    login.line(|line| line.starts_with("Waiting"));
    assert!(!login.end().stderr.contains('\x1b'));

    terminal.set("TERM", "dumb");
    let mut seat = Seat::take(&terminal, &["login", "--timeout", "2s"]);
    seat.wait_for("\r\nhttp");
    let (code, screen) = seat.leave();
    assert_eq!(code, 6);
    assert!(
        !screen.contains('\x1b') && !screen.contains(LEFT),
        "{screen}"
    );
}

#[test]
fn the_address_goes_to_the_clipboard_of_the_terminal_on_request() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut seat = Seat::take(&terminal, &["login", "--copy"]);
    let url = seat.sign_in_url();
    let asked = format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(&url));
    seat.wait_for(&asked);
    seat.wait_for("The terminal was asked to put the address on its clipboard.");
    drop(seat);
    let mut seat = Seat::take(&terminal, &["login"]);
    seat.wait_for("Waiting for the ");
    assert!(!seat.screen().contains("\x1b]52"));
    drop(seat);
    let mut login = terminal.start(&["login", "--copy"]);
    login.line(|line| {
        line == "warning: there is no terminal here whose clipboard could take the address"
    });
    assert!(!login.end().stderr.contains('\x1b'));
}

#[test]
fn the_time_that_is_left_gives_way_to_the_first_key() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut seat = Seat::take(&terminal, &["login", "--timeout", "4s"]);
    seat.at("waiting for the sign-in, 0:0", "");
    assert!(!seat.echoes(), "typing would tear the moving line");
    seat.at(LEFT, "half a li");
    seat.wait_for("\r\x1b[2Khalf a li");
    seat.write("ne");
    seat.wait_for("ne");
    assert!(seat.echoes());
    let typed = seat.screen().len();
    let (code, screen) = seat.leave();
    assert_eq!(code, 6, "{screen}");
    assert!(!screen[typed..].contains(LEFT), "{screen}");
}

#[test]
fn a_line_that_is_pasted_under_the_moving_one_arrives_whole() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for (first, with_end) in [(1, true), (40, true), (usize::MAX, true), (40, false)] {
        let mut seat = Seat::take(&terminal, &["login"]);
        let url = seat.sign_in_url();
        let back = ended_at(&pool, &url).to_string();
        let stranger = back.replace("state=", "state=x");
        let (head, tail) = back.split_at(first.min(back.len()));
        if with_end {
            // Refused, and the next one is read and shown as at any terminal.
            seat.at(LEFT, &format!("{stranger}\n"));
            seat.wait_for(&stranger);
            seat.at("That is not it: ", head);
        } else {
            seat.at(LEFT, head);
        }
        seat.wait_for(head);
        seat.write(&format!("{tail}\r"));
        let (code, screen) = seat.leave();
        assert_eq!(code, 0, "{screen}");
        assert!(screen.contains("Signed in as Ada Lovelace"), "{screen}");
    }
}

#[test]
fn keys_that_are_no_text_neither_end_the_wait_nor_spoil_the_line() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut seat = Seat::take(&terminal, &["login"]);
    let url = seat.sign_in_url();
    // Ctrl-D, backspace, Ctrl-U.
    seat.at(LEFT, "\x04\x7f\x15");
    seat.at(LEFT, &format!("{}\n", ended_at(&pool, &url)));
    let (code, screen) = seat.leave();
    assert_eq!(code, 0, "{screen}");
}

#[test]
fn however_the_wait_ends_the_terminal_is_as_it_was() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for end in ["Ctrl-C", "time", "browser"] {
        let timeout = if end == "time" { "2s" } else { "5m" };
        let mut seat = Seat::take(&terminal, &["login", "--timeout", timeout]);
        let url = seat.sign_in_url();
        seat.wait_for(LEFT);
        assert!(!seat.echoes());
        match end {
            "Ctrl-C" => seat.at("", "\x03"),
            "time" => (),
            _ => drop(Person::new().sign_in(&url, pool.username(), pool.password())),
        }
        seat.wait_for(if end == "browser" {
            "\r\x1b[2KSigned in as"
        } else {
            "error:"
        });
        assert!(seat.echoes(), "{end}");
    }
}

#[test]
fn nothing_moves_where_colours_are_not_wanted() {
    let pool = Pool::start();
    let machine = |name: &str| {
        let mut terminal: Terminal = pool.terminal();
        terminal.set(name, "1");
        terminal
    };
    for (terminal, args) in [
        (machine("NO_COLOR"), &["login", "--timeout", "2s"][..]),
        (
            machine("X"),
            &["login", "--timeout", "2s", "--color", "never"],
        ),
        (machine("X"), &["login", "--timeout", "2s", "--quiet"]),
    ] {
        let (code, screen) = Seat::take(&terminal, args).leave();
        assert_eq!(code, 6, "{screen}");
        assert!(!screen.contains(LEFT) && !screen.contains('⠋'), "{screen}");
    }
}
