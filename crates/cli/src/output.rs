//! Where a report goes: standard output, or a file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::interrupt::Unfinished;

const BUFFER: usize = 1 << 16;

/// Takes the bytes of a report. Once the reader of a pipe has gone, further bytes go nowhere, so
/// that judging ends and the exit code still says what it found.
pub(crate) struct Output {
    to: BufWriter<Sink>,
}

/// Sends the report to `path`, or to standard output where there is none or it is `-`.
///
/// # Errors
/// When the file can't be made.
pub(crate) fn open(path: Option<&Path>) -> Result<Output, Failure> {
    let sink = match path {
        Some(path) if path != Path::new("-") => Sink::at(path)?,
        _ => Sink::stdout().map_err(|error| failed(Path::new("standard output"), &error))?,
    };
    Ok(Output { to: BufWriter::with_capacity(BUFFER, sink) })
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::no_result(format_args!(
        "cannot write the report to {}: {error}; it is not complete there, choose another place with -o",
        path.display()
    ))
}

enum Sink {
    Stream { file: File, name: PathBuf, closed: bool },
    Aside { aside: Unfinished, target: PathBuf },
}

impl Sink {
    /// Standard output without the line buffer that the standard library puts before it.
    fn stdout() -> io::Result<Self> {
        #[cfg(unix)]
        let handle = {
            use std::os::fd::AsFd as _;
            io::stdout().as_fd().try_clone_to_owned()?
        };
        #[cfg(windows)]
        let handle = {
            use std::os::windows::io::AsHandle as _;
            io::stdout().as_handle().try_clone_to_owned()?
        };
        Ok(Self::Stream { file: handle.into(), name: "standard output".into(), closed: false })
    }

    /// A device or a pipe is written as it is; everything else is written aside and renamed.
    fn at(path: &Path) -> Result<Self, Failure> {
        let is_stream = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        if is_stream {
            let file = File::options().write(true).open(path).map_err(|error| failed(path, &error))?;
            return Ok(Self::Stream { file, name: path.to_owned(), closed: false });
        }
        if path.is_dir() {
            let path = path.display();
            return Err(Failure::usage(format_args!("{path} is a folder; name a file for the report")));
        }
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let aside = write_aside(&target).map_err(|error| failed(path, &error))?;
        Ok(Self::Aside { aside, target })
    }

    fn name(&self) -> &Path {
        match self {
            Self::Stream { name, .. } => name,
            Self::Aside { target, .. } => target,
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write_aside(target: &Path) -> io::Result<Unfinished> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".palisade-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    Unfinished::new(|| builder.tempfile_in(folder_of(target)))
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Aside { aside, .. } => aside.file.write(bytes),
            Self::Stream { closed: true, .. } => Ok(bytes.len()),
            Self::Stream { file, closed, .. } => match file.write(bytes) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    *closed = true;
                    Ok(bytes.len())
                }
                written => written,
            },
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Output {
    /// Whether nobody reads any more.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.to.get_ref(), Sink::Stream { closed: true, .. })
    }

    /// Turns an error while writing into what the person needs to know.
    pub(crate) fn failed(&self, error: &io::Error) -> Failure {
        failed(self.to.get_ref().name(), error)
    }

    /// Makes the report appear under its name.
    ///
    /// # Errors
    /// When the last bytes can't be written; a file then keeps what it held before.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let flushed = self.to.flush().map_err(|error| self.failed(&error));
        // What could not be written is dropped, not tried again.
        let (sink, _) = self.to.into_parts();
        flushed?;
        let Sink::Aside { aside, target } = sink else { return Ok(()) };
        let persist = || {
            aside.file.as_file().sync_all()?;
            aside.file.persist(&target)?;
            File::open(folder_of(&target))?.sync_all()
        };
        persist().map_err(|error| failed(&target, &error))
    }
}
