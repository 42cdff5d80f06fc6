//! What AWS has answered so far, kept on disk while a collection runs, so that one that was
//! interrupted or killed can be completed without asking again.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::operation::Operation;

/// The first line names it, so that no reader of snapshots takes a journal for one.
const FORMAT: &str = "palisade-journal/1";

/// What is appended to the name of the file that the snapshot will have.
const SUFFIX: &str = ".partial";

/// No line is longer: an answer is bounded, and escaping at most doubles what AWS sends.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// The answers of one collection, in a file that only its owner may read.
///
/// Clones are the same journal. It is written line by line as answers come, each line at once, so
/// that whatever ends the process leaves whole lines and at most one torn one.
#[derive(Debug, Clone)]
pub struct Journal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// What was begun, where this completes it.
    resumes: Option<Begun>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    file: Option<File>,
    answers: HashMap<String, Recorded>,
    /// The operations of answers that were given again.
    repeated: BTreeSet<String>,
    trouble: Option<String>,
}

/// What a collection set out to do, the first line of its journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Begun {
    pub(crate) account_id: String,
    pub(crate) caller_arn: String,
    pub(crate) taken_at: Timestamp,
    pub(crate) evidence: Vec<String>,
    pub(crate) regions: Vec<String>,
    pub(crate) excluded_regions: Vec<String>,
}

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Begun { format: String, tool_version: String, collection: Begun },
    Answer(Recorded),
}

/// One answer, with the request that it belongs to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    operation: String,
    request: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// A journal can't be kept or taken up.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refused.
    #[error("cannot keep what is collected in `{path}`: {source}")]
    File {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing was interrupted.
    #[error("there is nothing to resume: no interrupted run left `{path}`; leave `--resume` out")]
    Nothing {
        /// The journal that is not there.
        path: PathBuf,
    },
    /// Another process is collecting.
    #[error("another palisade is still writing `{path}`")]
    InUse {
        /// The journal.
        path: PathBuf,
    },
    /// The file is something else, or another version wrote it.
    #[error("cannot resume from `{path}`: {why}; collect again without `--resume`")]
    Other {
        /// The journal.
        path: PathBuf,
        /// In what it differs from what is asked now.
        why: String,
    },
}

impl Journal {
    /// Where the journal of a snapshot is: beside it, with `.partial` after its name.
    #[must_use]
    pub fn path_beside(snapshot: &Path) -> PathBuf {
        let mut name = OsString::from(snapshot);
        name.push(SUFFIX);
        name.into()
    }

    /// A journal of a new collection. The file is made once AWS has said who is asking, and takes
    /// the place of an earlier one.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(Arc::new(Inner { path, resumes: None, kept: Mutex::default() }))
    }

    /// Takes up the journal of a collection that did not come to its end.
    ///
    /// # Errors
    /// When there is none, another process is writing it, or another version of Palisade wrote it.
    pub fn resume(path: PathBuf) -> Result<Self, JournalError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => JournalError::Nothing { path: path.clone() },
            _ => JournalError::File { path: path.clone(), source },
        };
        let file = OpenOptions::new().read(true).append(true).open(&path).map_err(failed)?;
        lock(&file, &path)?;
        let mut lines = WholeLines { reader: BufReader::new(&file), length: 0 };
        let begun = match lines.next_line().map_err(failed)? {
            Some(Line::Begun { format, tool_version, collection }) => {
                check_version(&format, &tool_version)
                    .map_err(|why| JournalError::Other { path: path.clone(), why })?;
                collection
            }
            _ => {
                let why = "it does not begin as a journal does".to_owned();
                return Err(JournalError::Other { path, why });
            }
        };
        let mut answers = HashMap::new();
        while let Some(Line::Answer(answer)) = lines.next_line().map_err(failed)? {
            answers.insert(answer.request.clone(), answer);
        }
        // What follows the last whole line was torn: the next line takes its place.
        file.set_len(lines.length).map_err(failed)?;
        let kept = Kept { file: Some(file), answers, ..Kept::default() };
        Ok(Self(Arc::new(Inner { path, resumes: Some(begun), kept: Mutex::new(kept) })))
    }

    /// The clock of the collection that this completes.
    #[must_use]
    pub fn taken_at(&self) -> Option<Timestamp> {
        self.0.resumes.as_ref().map(|begun| begun.taken_at)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether there is a file from which this collection could be completed.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.kept().file.is_some()
    }

    /// Why answers are no longer kept, if they are not.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.kept().trouble.clone()
    }

    /// Removes the file: the collection is complete, or is not to be completed.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn remove(&self) -> io::Result<()> {
        let mut kept = self.kept();
        let begun = kept.file.take().is_some() || kept.trouble.is_some();
        if begun { fs::remove_file(&self.0.path) } else { Ok(()) }
    }

    /// Begins the file, or compares what was begun with what is asked now; gives what holds.
    pub(crate) fn begin(&self, asked: Begun) -> Result<Begun, JournalError> {
        let Some(begun) = &self.0.resumes else {
            let file = self.create(&asked)?;
            self.kept().file = Some(file);
            return Ok(asked);
        };
        match difference(begun, &asked) {
            None => Ok(begun.clone()),
            Some(why) => Err(JournalError::Other { path: self.0.path.clone(), why }),
        }
    }

    fn create(&self, begun: &Begun) -> Result<File, JournalError> {
        let path = &self.0.path;
        if let Ok(earlier) = File::open(path) {
            lock(&earlier, path)?;
            fs::remove_file(path).map_err(|source| JournalError::File { path: path.clone(), source })?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file =
            options.open(path).map_err(|source| JournalError::File { path: path.clone(), source })?;
        lock(&file, path)?;
        let line = Line::Begun {
            format: FORMAT.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            collection: begun.clone(),
        };
        append(&mut file, &line).map_err(|source| JournalError::File { path: path.clone(), source })?;
        Ok(file)
    }

    /// What was answered to this request before the interruption; each answer is given once.
    pub(crate) fn answer(&self, request: &str) -> Option<Recorded> {
        let mut kept = self.kept();
        let answer = kept.answers.remove(request)?;
        kept.repeated.insert(answer.operation.clone());
        Some(answer)
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, operation: &Operation, request: String, answer: &HttpResponse) {
        let Some(body) = answer.body().bytes().and_then(|body| std::str::from_utf8(body).ok()) else {
            return;
        };
        let headers = answer.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let line = Line::Answer(Recorded {
            operation: operation.name.to_owned(),
            request,
            status: answer.status().as_u16(),
            headers: headers.collect(),
            body: body.to_owned(),
        });
        let mut kept = self.kept();
        let Some(file) = &mut kept.file else { return };
        if let Err(error) = append(file, &line) {
            // After half a line nothing may follow.
            kept.file = None;
            kept.trouble = Some(format!("cannot write to `{}`: {error}", self.0.path.display()));
        }
    }

    /// Asks AWS anew from here on, whatever it answered to this operation before. Whether any such
    /// answer was given again.
    pub(crate) fn forget(&self, operation: &Operation) -> bool {
        let mut kept = self.kept();
        kept.answers.retain(|_, answer| answer.operation != operation.name);
        kept.repeated.contains(operation.name)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same journal, not the same content.
impl PartialEq for Journal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Journal {}

impl Recorded {
    /// The answer as it came.
    pub(crate) fn into_response(self) -> Option<HttpResponse> {
        let status = self.status.try_into().ok()?;
        let mut response = HttpResponse::new(status, SdkBody::from(self.body));
        for (name, value) in self.headers {
            response.headers_mut().try_append(name, value).ok()?;
        }
        Some(response)
    }
}

/// Keeps other processes out, where the file system can.
fn lock(file: &File, path: &Path) -> Result<(), JournalError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn append(file: &mut File, line: &Line) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)
}

fn check_version(format: &str, tool_version: &str) -> Result<(), String> {
    if format != FORMAT {
        return Err(format!("it has the format `{format}`, this version writes `{FORMAT}`"));
    }
    if tool_version != env!("CARGO_PKG_VERSION") {
        return Err(format!("palisade {tool_version} began it, this is {}", env!("CARGO_PKG_VERSION")));
    }
    Ok(())
}

/// In what a collection that was begun differs from the one that is asked for.
fn difference(begun: &Begun, asked: &Begun) -> Option<String> {
    if begun.account_id != asked.account_id {
        return Some(format!("it is of account {}, not of {}", begun.account_id, asked.account_id));
    }
    if identity(&begun.caller_arn) != identity(&asked.caller_arn) {
        return Some(format!("{} began it, not {}", begun.caller_arn, asked.caller_arn));
    }
    if begun.evidence != asked.evidence {
        return Some("other rules were selected when it was begun".to_owned());
    }
    if (&begun.regions, &begun.excluded_regions) != (&asked.regions, &asked.excluded_regions) {
        return Some("other regions were chosen when it was begun".to_owned());
    }
    (begun.taken_at != asked.taken_at).then(|| format!("its clock is {}", begun.taken_at))
}

/// An ARN without the name of a role's session, which many tools make anew each time.
fn identity(arn: &str) -> &str {
    if arn.contains(":assumed-role/") { arn.rsplit_once('/').map_or(arn, |(role, _)| role) } else { arn }
}

/// Reads lines until one is torn.
struct WholeLines<R> {
    reader: R,
    /// The bytes of the whole lines read so far.
    length: u64,
}

impl<R: BufRead> WholeLines<R> {
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(LONGEST_LINE).read_until(b'\n', &mut bytes)?;
        let line = bytes.strip_suffix(b"\n").and_then(|line| serde_json::from_slice(line).ok());
        if line.is_some() {
            self.length += read as u64;
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests;
