//! Writes a snapshot whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Record, Snapshot, Trailer};

/// A snapshot could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file system refused.
    #[error("cannot write the snapshot to `{path}`: {source}")]
    File {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The writer refused.
    #[error("cannot write the snapshot: {0}")]
    Stream(#[from] io::Error),
}

const COMPRESSION_LEVEL: i32 = 3;

impl Snapshot {
    /// Writes the document, uncompressed, to a stream.
    ///
    /// # Errors
    /// When the stream refuses.
    pub fn write_to(&self, out: impl Write) -> Result<(), WriteError> {
        let mut out = Digesting { out, digest: Sha256::new(), lines: 0 };
        for record in self.records() {
            out.line(&record)?;
        }
        let trailer = Trailer { records: out.lines, sha256: hexadecimal(&out.digest.clone().finalize()) };
        out.line(&Record::Trailer(trailer))?;
        out.out.flush()?;
        Ok(())
    }

    /// Writes the document to a file that only its owner may read: aside, synced, then renamed.
    /// A name ending in `.zst` is compressed.
    ///
    /// # Errors
    /// When the file system refuses; then nothing stands under the name that did not before.
    pub fn write_file(&self, path: &Path) -> Result<(), WriteError> {
        self.write_aside(path).map_err(|source| WriteError::File { path: path.to_owned(), source })
    }

    fn write_aside(&self, path: &Path) -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut aside = tempfile::NamedTempFile::new_in(folder)?;
        let unwrap_stream = |error| match error {
            WriteError::Stream(source) | WriteError::File { source, .. } => source,
        };
        if path.extension().is_some_and(|suffix| suffix == "zst") {
            let mut encoder = zstd::Encoder::new(BufWriter::new(aside.as_file_mut()), COMPRESSION_LEVEL)?;
            self.write_to(&mut encoder).map_err(unwrap_stream)?;
            encoder.finish()?.flush()?;
        } else {
            self.write_to(BufWriter::new(aside.as_file_mut())).map_err(unwrap_stream)?;
        }
        aside.as_file().sync_all()?;
        aside.persist(path)?;
        File::open(folder)?.sync_all()
    }
}

struct Digesting<W> {
    out: W,
    digest: Sha256,
    lines: u64,
}

impl<W: Write> Digesting<W> {
    fn line(&mut self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.digest.update(&line);
        self.lines += 1;
        self.out.write_all(&line)
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
