//! SIGINT and SIGTERM: a collection ends early and keeps what it has; whatever else is under way ends
//! at once and leaves no unfinished file behind.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use palisade_collector::Cancel;
use tempfile::NamedTempFile;

use crate::exit::Exit;

static UNDER_WAY: Mutex<UnderWay> =
    Mutex::new(UnderWay { watched: false, collection: None, first: None, unfinished: BTreeSet::new() });

/// What a signal has to take care of.
struct UnderWay {
    /// Signals come to us, not to the system.
    watched: bool,
    collection: Option<Cancel>,
    /// How the process ends, since the first signal came.
    first: Option<Exit>,
    unfinished: BTreeSet<PathBuf>,
}

fn under_way() -> MutexGuard<'static, UnderWay> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Until it is dropped, the first signal ends the collection, the second one the process.
pub(crate) struct Collecting(());

impl Collecting {
    /// Signals end the collection that has this handle.
    pub(crate) fn with(cancel: &Cancel) -> Self {
        let mut under_way = under_way();
        under_way.watch();
        under_way.collection = Some(cancel.clone());
        Self(())
    }

    /// How the process ends, if a signal came.
    pub(crate) fn interrupted(&self) -> Option<Exit> {
        under_way().first
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        under_way().collection = None;
    }
}

/// Does what no signal may cut short; one that comes meanwhile is heeded afterwards.
pub(crate) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _nobody_else = under_way();
    work()
}

/// A file under a passing name, which goes away if a signal ends the process.
pub(crate) struct Unfinished {
    pub(crate) file: NamedTempFile,
    _path: Listed,
}

/// A name on the list of unfinished files.
struct Listed(PathBuf);

impl Unfinished {
    /// Makes the file.
    ///
    /// # Errors
    /// What `make` gives.
    pub(crate) fn new(make: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<Self> {
        let mut under_way = under_way();
        under_way.watch();
        let file = make()?;
        let path = file.path().to_owned();
        under_way.unfinished.insert(path.clone());
        Ok(Self { file, _path: Listed(path) })
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        under_way().unfinished.remove(&self.0);
    }
}

impl UnderWay {
    /// From now on signals come here. Where there are none the system ends the process.
    fn watch(&mut self) {
        #[cfg(unix)]
        if !self.watched {
            use signal_hook::consts::{SIGINT, SIGTERM};
            let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
            std::thread::spawn(move || {
                for signal in signals.forever() {
                    under_way().heed(if signal == SIGTERM { Exit::Terminated } else { Exit::Interrupted });
                }
            });
        }
        self.watched = true;
    }

    #[cfg(unix)]
    fn heed(&mut self, exit: Exit) {
        match &self.collection {
            Some(collection) if self.first.is_none() => {
                self.first = Some(exit);
                collection.interrupt();
            }
            _ => self.end(exit),
        }
    }

    #[cfg(unix)]
    fn end(&self, exit: Exit) {
        for path in &self.unfinished {
            // What can't be removed was renamed already, or is not ours any more.
            drop(std::fs::remove_file(path));
        }
        std::process::exit(exit.code().into());
    }
}
