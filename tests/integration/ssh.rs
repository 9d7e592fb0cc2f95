//! Signing in on a machine that is reached by ssh, with the browser on this one: through a tunnel, and without.

#![cfg(unix)]

use std::net::{Ipv4Addr, Ipv6Addr, TcpStream};

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::seat::Seat;
use crate::support::ssh::Remote;
use crate::support::terminal::PROGRAM;

/// Whether anybody listens on that port of our localhost.
fn is_served_here(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        || TcpStream::connect((Ipv6Addr::LOCALHOST, port)).is_ok()
}

/// The browser's redirect fails here, so the address it ended at is pasted there; one of another sign-in is refused.
fn sign_in_by_pasting(pool: &Pool, mut session: Seat) {
    let url = session.sign_in_url();
    assert!(!is_served_here(pool.port()), "the redirect would arrive");
    let mut person = Person::new();
    person.visit(&url);
    let filled = [("username", pool.username()), ("password", pool.password())];
    let back = person.submit_until_sent_to(&filled, &pool.redirect());
    let stranger = back.as_str().replace("state=", "state=x");
    session.at("paste that page's address here.", &format!("{stranger}\n"));
    session.at("That is not it: ", &format!("{back}\n"));
    let (code, screen) = session.leave();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Signed in as Ada Lovelace"), "{screen}");
}

/// The line that the program shows for it is run here as it stands, and nothing need be pasted.
fn sign_in_through_the_tunnel(pool: &Pool, remote: &Remote, mut session: Seat) {
    let url = session.sign_in_url();
    session.wait_for("forward the port first, on your own machine: ");
    let line = session.up_to("\r\n");
    assert!(
        !is_served_here(pool.port()),
        "there is a way without the tunnel"
    );
    let tunnel = remote.forward(&line);
    let mut person = Person::new();
    let page = person.sign_in(&url, pool.username(), pool.password());
    assert_eq!(page.answer.status, 200);
    assert!(
        page.words().starts_with("Signed in as Ada Lovelace"),
        "{}",
        page.words()
    );
    let (code, screen) = session.leave();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("That is not it"), "{screen}");
    drop(tunnel);
}

#[test]
#[ignore = "needs sshd"]
fn over_ssh_the_failed_address_is_pasted_into_the_session() {
    let pool = Pool::start();
    let remote = Remote::on_loopback(&pool.terminal());
    // On the same machine the redirect fails only if the listener has an address of its own.
    sign_in_by_pasting(
        &pool,
        remote.session(&[PROGRAM, "login", "--listen", "127.0.0.2"]),
    );
}

#[test]
#[ignore = "needs sshd"]
fn over_ssh_the_line_that_is_shown_makes_the_tunnel() {
    let pool = Pool::start();
    let remote = Remote::on_loopback(&pool.terminal());
    let session = remote.session(&[PROGRAM, "login", "--listen", "127.0.0.2"]);
    sign_in_through_the_tunnel(&pool, &remote, session);
}

/// A machine whose localhost is not ours, and the pool as it sees it: at the same address as we do, as a real one would be.
fn elsewhere(pool: &Pool) -> (Remote, impl Drop + use<>) {
    let remote = Remote::elsewhere(&pool.terminal());
    let of_pool = pool.domain().rsplit_once(':').unwrap().1;
    let (port, address) = (remote.port, &remote.address);
    let internet = remote.forward(&format!(
        "ssh -R 127.0.0.1:{of_pool}:127.0.0.1:{of_pool} -p {port} {address}"
    ));
    (remote, internet)
}

#[test]
#[ignore = "needs sshd, and root for a network namespace"]
fn on_another_machine_the_failed_address_is_pasted_into_the_session() {
    let pool = Pool::start();
    let (remote, _internet) = elsewhere(&pool);
    sign_in_by_pasting(&pool, remote.session(&[PROGRAM, "login"]));
}

#[test]
#[ignore = "needs sshd, and root for a network namespace"]
fn on_another_machine_the_line_that_is_shown_makes_the_tunnel() {
    let pool = Pool::start();
    let (remote, _internet) = elsewhere(&pool);
    sign_in_through_the_tunnel(&pool, &remote, remote.session(&[PROGRAM, "login"]));
}
