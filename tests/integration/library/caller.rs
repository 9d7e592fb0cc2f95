//! Another Rust program that needs a token: from async code, or from as many threads as its argument says.

use std::process::ExitCode;
use std::thread;

use cognito_login::failure::Exit;
use cognito_login::{Wanted, valid_token};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let asked = match std::env::args().nth(1) {
        None => vec![ask()],
        Some(threads) => {
            let threads = 0..threads.parse().expect("a number of threads");
            let asking: Vec<_> = threads.map(|_| thread::spawn(ask)).collect();
            let ends = asking.into_iter().map(|thread| thread.join());
            ends.map(|end| end.expect("no panic")).collect()
        }
    };
    for answer in asked {
        if let Err(error) = answer {
            eprintln!("{error:#}");
            return ExitCode::from(Exit::of(&error) as u8);
        }
    }
    ExitCode::SUCCESS
}

/// The example of the crate's documentation.
fn ask() -> anyhow::Result<()> {
    let token = valid_token(Some("work"), Wanted::default())?;
    println!("Authorization: Bearer {}", token.text.expose());
    Ok(())
}
