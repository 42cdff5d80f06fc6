//! SIGINT and SIGTERM end a collection, not the process: what was collected is kept.

use std::sync::{Arc, OnceLock};

use palisade_collector::Cancel;

use crate::exit::Exit;

/// Remembers which signal came first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupted(Arc<OnceLock<Exit>>);

impl Interrupted {
    /// How the process ends, if a signal came.
    pub(crate) fn exit(&self) -> Option<Exit> {
        self.0.get().copied()
    }
}

/// From now on the first signal ends the collection through `cancel`, the second one the process.
#[cfg(unix)]
pub(crate) fn watch(cancel: &Cancel) -> Interrupted {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let interrupted = Interrupted::default();
    let (seen, cancel) = (interrupted.clone(), cancel.clone());
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return interrupted };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let exit = if signal == SIGTERM { Exit::Terminated } else { Exit::Interrupted };
            if seen.0.set(exit).is_err() {
                end_now(exit);
            }
            cancel.interrupt();
        }
    });
    interrupted
}

#[cfg(unix)]
#[expect(clippy::exit, reason = "whoever interrupts twice does not want to wait for the rest")]
fn end_now(exit: Exit) {
    std::process::exit(exit.code().into());
}

/// Where there are no such signals the system ends the process.
#[cfg(not(unix))]
pub(crate) fn watch(_cancel: &Cancel) -> Interrupted {
    Interrupted::default()
}
