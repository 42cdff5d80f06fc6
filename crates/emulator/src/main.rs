//! Starts a filled emulator by hand: `cargo run -p palisade-emulator -- serve fixtures/accounts/mixed.yaml`.

use std::io::{Write, stdin, stdout};
use std::process::ExitCode;

use palisade_emulator::{Account, Emulator, EmulatorError, Sizes};

const USAGE: &str = "usage: palisade-emulator serve <account file | medium | large>...";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let served = match arguments.next().as_deref() {
        Some("serve") => serve(arguments),
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

/// Serves the accounts until a line, or the end, is read from standard input.
fn serve(accounts: impl Iterator<Item = String>) -> Result<(), Box<dyn std::error::Error>> {
    let accounts = accounts.map(|name| account(&name)).collect::<Result<Vec<_>, EmulatorError>>()?;
    let emulator = Emulator::start()?;
    for account in accounts {
        emulator.fill(account)?;
    }
    for (name, value) in emulator.environment() {
        writeln!(stdout(), "export {name}={value}")?;
    }
    writeln!(stdout(), "# press Enter to end")?;
    stdin().read_line(&mut String::new())?;
    Ok(())
}

fn account(name: &str) -> Result<Account, EmulatorError> {
    match name {
        "medium" => Ok(Account::generate(Sizes::MEDIUM)),
        "large" => Ok(Account::generate(Sizes::LARGE)),
        file => Account::load(file),
    }
}
