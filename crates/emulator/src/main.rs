//! Starts a filled emulator by hand: `cargo run -p palisade-emulator -- serve fixtures/accounts/mixed.yaml`.

use std::io::{Write, stdin, stdout};
use std::process::ExitCode;
use std::time::Duration;

use palisade_emulator::{Account, Emulator, EmulatorError, Sizes};

const USAGE: &str =
    "usage: palisade-emulator serve [--latency <milliseconds>] <account file | medium | large>...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let served = match arguments.as_slice() {
        ["serve", "--latency", milliseconds, accounts @ ..] => match milliseconds.parse() {
            Ok(milliseconds) => serve(accounts, Duration::from_millis(milliseconds)),
            Err(_) => Err(USAGE.into()),
        },
        ["serve", accounts @ ..] => serve(accounts, Duration::ZERO),
        _ => Err(USAGE.into()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(std::io::stderr(), "{error}").ok();
            ExitCode::from(2)
        }
    }
}

/// Serves the accounts until the end of standard input. Each line before it is answered with the number of
/// requests since the last.
fn serve(accounts: &[&str], latency: Duration) -> Result<(), Box<dyn std::error::Error>> {
    let accounts = accounts.iter().map(|name| account(name)).collect::<Result<Vec<_>, EmulatorError>>()?;
    let emulator = Emulator::start()?;
    for account in accounts {
        emulator.fill(account)?;
    }
    let proxy = emulator.proxy();
    proxy.set_latency(latency);
    for (name, value) in emulator.environment() {
        writeln!(stdout(), "export {name}={value}")?;
    }
    writeln!(stdout(), "# Enter: requests so far; Ctrl-D: the end")?;
    let mut counted = 0;
    while stdin().read_line(&mut String::new())? > 0 {
        let seen = proxy.requests().len();
        writeln!(stdout(), "# {} requests", seen - counted)?;
        counted = seen;
    }
    Ok(())
}

fn account(name: &str) -> Result<Account, EmulatorError> {
    match name {
        "medium" => Ok(Account::generate(Sizes::MEDIUM)),
        "large" => Ok(Account::generate(Sizes::LARGE)),
        file => Account::load(file),
    }
}
