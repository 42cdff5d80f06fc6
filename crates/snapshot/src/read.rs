//! Reads a snapshot in two passes: one verifies it and keeps what is shared, the other hands out
//! the resources one at a time, so that memory is for the shared records and not for everything.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::write::hexadecimal;
use crate::{
    Bucket, BucketEntry, FORMAT, Listing, Reason, Record, RecordKind, Resource, Shared, Snapshot, Trailer,
    Unreadable,
};

/// No snapshot record is longer than this; a longer line is refused instead of filling memory.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How to treat a snapshot that is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenOptions {
    /// Take what stands before the tear; what follows it is unknown.
    pub allow_torn: bool,
}

/// A snapshot could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file system refused.
    #[error("cannot read the snapshot `{name}`: {source}")]
    Io {
        /// The file, or `-`.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else.
    #[error(
        "`{name}` is not a Palisade snapshot: its first line is not a header; make one with `palisade collect`"
    )]
    Foreign {
        /// The file, or `-`.
        name: String,
    },
    /// A later version wrote it.
    #[error("`{name}` has the format `{format}`, this version reads `{FORMAT}`: use a newer palisade")]
    Newer {
        /// The file, or `-`.
        name: String,
        /// The format it names.
        format: String,
    },
    /// It ends too early, or its digest does not match.
    #[error(
        "the snapshot `{name}` is torn: {why}; collect again, or accept what is left with `--allow-torn`"
    )]
    Torn {
        /// The file, or `-`.
        name: String,
        /// What does not fit.
        why: String,
    },
    /// A line is not a record.
    #[error("the snapshot `{name}` is broken in line {line}: {why}")]
    Broken {
        /// The file, or `-`.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What the parser said.
        why: String,
    },
}

/// A snapshot that was verified, with its shared records in memory and the rest on disk.
#[derive(Debug)]
pub struct StoredSnapshot {
    name: String,
    file: File,
    lines: u64,
    sha256: String,
    /// The records that stay in memory, once for all who work with them.
    pub shared: Arc<Shared>,
}

impl StoredSnapshot {
    /// Opens and verifies a snapshot file, compressed or not.
    ///
    /// # Errors
    /// When the file can't be read, is not a snapshot, is newer, torn or broken.
    pub fn open(path: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|source| OpenError::Io { name: name.clone(), source })?;
        Self::verify(name, file, options)
    }

    /// Spools a stream to a private temporary file, then verifies it.
    ///
    /// # Errors
    /// As [`StoredSnapshot::open`].
    pub fn spool(mut stream: impl Read, options: OpenOptions) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { name: "-".to_owned(), source };
        let mut file = tempfile::tempfile().map_err(failed)?;
        io::copy(&mut stream, &mut file).map_err(failed)?;
        file.rewind().map_err(failed)?;
        Self::verify("-".to_owned(), file, options)
    }

    fn verify(name: String, file: File, options: OpenOptions) -> Result<Self, OpenError> {
        let (mut shared, lines, sha256) = first_pass(&name, &file, options)?;
        shared.log_targets = log_targets(&name, &file, &shared)?;
        Ok(Self { name, file, lines, sha256, shared: Arc::new(shared) })
    }

    /// SHA-256 of the document without its records of calls and its trailer, in lower-case hexadecimal:
    /// the same however often AWS had to be asked for the same answers.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Finds the resources one at a time, in the order of the document, and leaves it to the caller to read
    /// them: the dear part, which may be done on any thread.
    ///
    /// # Errors
    /// When the file can't be read again.
    pub fn unread_resources(&self) -> Result<UnreadResources<'_>, OpenError> {
        Ok(UnreadResources { lines: Lines::new(&self.name, &self.file)?, last: self.lines })
    }

    /// Reads the resources one at a time, in the order of the document.
    ///
    /// # Errors
    /// When the file can't be read again; each item fails where its line is not a record.
    pub fn resources(&self) -> Result<impl Iterator<Item = Result<Resource, OpenError>>, OpenError> {
        Ok(self.unread_resources()?.map(|unread| unread?.read()))
    }

    /// Reads everything into memory.
    ///
    /// # Errors
    /// As [`StoredSnapshot::resources`].
    pub fn load(&self) -> Result<Snapshot, OpenError> {
        let shared = Shared::clone(&self.shared);
        let mut snapshot = Snapshot { shared, buckets: Vec::new(), repositories: Vec::new() };
        for resource in self.resources()? {
            match resource? {
                Resource::Bucket(bucket) => snapshot.buckets.push(*bucket),
                Resource::Repository(repository) => snapshot.repositories.push(*repository),
            }
        }
        Ok(snapshot)
    }
}

/// Verifies the document; gives its shared records, its number of lines and its digest.
fn first_pass(name: &str, file: &File, options: OpenOptions) -> Result<(Shared, u64, String), OpenError> {
    let mut lines = Lines::new(name, file)?;
    let mut digest = Sha256::new();
    let mut answers: Option<Sha256> = None;
    let Some((_, first)) = lines.next_line()? else {
        return Err(OpenError::Foreign { name: name.to_owned() });
    };
    check_header(name, first)?;
    let mut gathering = Gathering::start(name, first)?;
    digest.update(first);
    let torn = loop {
        let (number, line) = match lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => break Some("it has no trailer".to_owned()),
            Err(OpenError::Io { source, .. }) if is_cut(&source) => {
                break Some("the compressed data ends too early".to_owned());
            }
            Err(error) => return Err(error),
        };
        if !line.ends_with(b"\n") {
            break Some("its last line is cut off".to_owned());
        }
        if let Some(trailer) = gathering.take(name, number, line)? {
            break wrong_trailer(&trailer, number - 1, &digest);
        }
        if is_calls(line) {
            answers.get_or_insert_with(|| digest.clone());
        } else if let Some(answers) = &mut answers {
            answers.update(line);
        }
        digest.update(line);
    };
    let torn = match (torn, lines.next_line()) {
        (None, Ok(Some(_))) => Some("something follows its trailer".to_owned()),
        (None, Err(OpenError::Io { source, .. })) if is_cut(&source) => {
            Some("the compressed data ends too early".to_owned())
        }
        (torn, _) => torn,
    };
    if let Some(why) = torn {
        if !options.allow_torn {
            return Err(OpenError::Torn { name: name.to_owned(), why });
        }
        gathering.forget_the_rest(&why);
    }
    Ok((gathering.shared, lines.number, hexadecimal(&answers.unwrap_or(digest).finalize())))
}

/// Goes back for the records of the buckets that others send their access logs to: which these are is known only
/// once all have been seen, and keeping every record until then would take the memory of everything.
fn log_targets(name: &str, file: &File, shared: &Shared) -> Result<Vec<Bucket>, OpenError> {
    let names = shared.log_target_names();
    let buckets = shared.bucket_directory.iter().enumerate();
    let mut places =
        buckets.filter(|(_, bucket)| names.contains(bucket.name.as_str())).map(|(place, _)| place);
    let (mut wanted, mut place, mut targets) = (places.next(), 0, Vec::new());
    if wanted.is_none() {
        return Ok(targets);
    }
    let mut lines = Lines::new(name, file)?;
    while let Some(next) = wanted
        && let Some((number, line)) = lines.next_line()?
    {
        if !line.starts_with(BUCKET) {
            continue;
        }
        if place == next {
            match serde_json::from_slice(line) {
                Ok(Record::Bucket(bucket)) => targets.push(*bucket),
                Ok(_) => {}
                Err(error) => return Err(broken(name, number, &error)),
            }
            wanted = places.next();
        }
        place += 1;
    }
    Ok(targets)
}

/// A resource as it stands in the document.
#[derive(Debug)]
pub struct UnreadResource<'a> {
    name: &'a str,
    number: u64,
    line: Vec<u8>,
}

impl UnreadResource<'_> {
    /// Reads it.
    ///
    /// # Errors
    /// When the line is not a record of a resource.
    pub fn read(&self) -> Result<Resource, OpenError> {
        match serde_json::from_slice(&self.line) {
            Ok(Record::Bucket(bucket)) => Ok(Resource::Bucket(bucket)),
            Ok(Record::Repository(repository)) => Ok(Resource::Repository(repository)),
            Ok(_) => Err(OpenError::Broken {
                name: self.name.to_owned(),
                line: self.number,
                why: "the line is not a resource".to_owned(),
            }),
            Err(error) => Err(broken(self.name, self.number, &error)),
        }
    }
}

/// The resources of a stored snapshot, one at a time.
pub struct UnreadResources<'a> {
    lines: Lines<'a>,
    last: u64,
}

impl<'a> Iterator for UnreadResources<'a> {
    type Item = Result<UnreadResource<'a>, OpenError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.lines.number < self.last {
            let name = self.lines.name;
            match self.lines.next_line() {
                Ok(Some((_, line))) if !line.ends_with(b"\n") => return None,
                Ok(Some((_, line))) if !is_resource(line) => {}
                Ok(Some((number, line))) => {
                    return Some(Ok(UnreadResource { name, number, line: line.to_owned() }));
                }
                Ok(None) => return None,
                Err(OpenError::Io { source, .. }) if is_cut(&source) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

/// How the line of a bucket begins.
const BUCKET: &[u8] = b"{\"s3.bucket\":";

/// What the first pass takes from the line of a bucket.
#[derive(Deserialize)]
struct DirectoryLine {
    #[serde(rename = "s3.bucket")]
    bucket: BucketEntry,
}

/// Whether a line is a resource that is judged one at a time; the writer puts no space before the key.
fn is_resource(line: &[u8]) -> bool {
    line.starts_with(BUCKET) || line.starts_with(b"{\"ecr.repository\":")
}

/// Whether a line tells how often AWS was asked, not what it answered.
fn is_calls(line: &[u8]) -> bool {
    line.starts_with(b"{\"calls\":")
}

fn is_cut(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

fn broken(name: &str, line: u64, error: &serde_json::Error) -> OpenError {
    OpenError::Broken { name: name.to_owned(), line, why: error.to_string() }
}

#[derive(Deserialize)]
struct AnyHeader {
    header: AnyFormat,
}

#[derive(Deserialize)]
struct AnyFormat {
    format: String,
}

fn check_header(name: &str, line: &[u8]) -> Result<(), OpenError> {
    let Ok(AnyHeader { header }) = serde_json::from_slice(line) else {
        return Err(OpenError::Foreign { name: name.to_owned() });
    };
    if header.format == FORMAT {
        Ok(())
    } else if header.format.starts_with("palisade-snapshot/") {
        Err(OpenError::Newer { name: name.to_owned(), format: header.format })
    } else {
        Err(OpenError::Foreign { name: name.to_owned() })
    }
}

fn wrong_trailer(trailer: &Trailer, records: u64, digest: &Sha256) -> Option<String> {
    if trailer.records != records {
        return Some(format!("it has {records} records, its trailer says {}", trailer.records));
    }
    (trailer.sha256 != hexadecimal(&digest.clone().finalize()))
        .then(|| "its digest does not match its content".to_owned())
}

/// Keeps the shared records of the first pass.
struct Gathering {
    shared: Shared,
    seen: Option<RecordKind>,
}

impl Gathering {
    fn start(name: &str, line: &[u8]) -> Result<Self, OpenError> {
        match serde_json::from_slice(line) {
            Ok(Record::Header(header)) => Ok(Self { shared: Shared::new(*header), seen: None }),
            Ok(_) => Err(OpenError::Foreign { name: name.to_owned() }),
            Err(error) => Err(broken(name, 1, &error)),
        }
    }

    fn take(&mut self, name: &str, number: u64, line: &[u8]) -> Result<Option<Trailer>, OpenError> {
        if line.starts_with(BUCKET) {
            let entry: DirectoryLine =
                serde_json::from_slice(line).map_err(|error| broken(name, number, &error))?;
            self.shared.bucket_directory.push(entry.bucket);
        }
        if is_resource(line) {
            return Ok(None);
        }
        let shared = &mut self.shared;
        match serde_json::from_slice(line).map_err(|error| broken(name, number, &error))? {
            Record::Header(_) => {
                let why = "a second header".to_owned();
                return Err(OpenError::Broken { name: name.to_owned(), line: number, why });
            }
            Record::Account(account) => shared.account = *account,
            Record::Listing(listing) => {
                self.seen = Some(listing.kind);
                shared.listings.push(listing);
            }
            Record::User(user) => shared.users.push(*user),
            Record::Group(group) => shared.groups.push(*group),
            Record::Role(role) => shared.roles.push(*role),
            Record::Policy(policy) => shared.policies.push(*policy),
            Record::Registry(registry) => shared.registries.push(*registry),
            Record::Analyzer(analyzer) => shared.analyzers.push(*analyzer),
            Record::AccessPoint(point) => shared.access_points.push(*point),
            Record::MultiRegionAccessPoint(point) => shared.multi_region_access_points.push(*point),
            Record::ObjectLambdaAccessPoint(point) => shared.object_lambda_access_points.push(*point),
            Record::AccessGrantsInstance(instance) => shared.access_grants_instances.push(*instance),
            Record::Calls(calls) => shared.calls.push(calls),
            Record::Bucket(_) | Record::Repository(_) => {}
            Record::Trailer(trailer) => return Ok(Some(trailer)),
        }
        Ok(None)
    }

    /// After a tear the listing it stands in may go on, and those that follow were never seen.
    fn forget_the_rest(&mut self, why: &str) {
        let unknown = |kind: RecordKind| {
            let call = crate::call_for(kind.evidence());
            let (operation, action) = call.map_or(("", ""), |call| (call.operation, call.iam_action()));
            Unreadable::new(operation, action, Reason::NotCollected, &format!("the snapshot is torn: {why}"))
        };
        if let Some(last) = self.shared.listings.last_mut() {
            last.incomplete = Some(unknown(last.kind));
        }
        let unseen = RecordKind::ALL.into_iter().filter(|kind| self.seen.is_none_or(|seen| *kind >= seen));
        for kind in unseen {
            let mut listing = Listing::complete(kind, None);
            listing.incomplete = Some(unknown(kind));
            self.shared.listings.push(listing);
        }
    }
}

/// The lines of a document, with a bound on their length.
struct Lines<'a> {
    name: &'a str,
    reader: Box<dyn BufRead + 'a>,
    buffer: Vec<u8>,
    number: u64,
}

impl<'a> Lines<'a> {
    fn new(name: &'a str, mut file: &'a File) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { name: name.to_owned(), source };
        file.rewind().map_err(failed)?;
        let mut plain = BufReader::with_capacity(1 << 16, file);
        let compressed = plain.fill_buf().map_err(failed)?.starts_with(&ZSTD_MAGIC);
        let reader: Box<dyn BufRead + 'a> = if compressed {
            Box::new(BufReader::with_capacity(1 << 16, zstd::Decoder::with_buffer(plain).map_err(failed)?))
        } else {
            Box::new(plain)
        };
        Ok(Self { name, reader, buffer: Vec::new(), number: 0 })
    }

    /// The next line with its number, from 1.
    fn next_line(&mut self) -> Result<Option<(u64, &[u8])>, OpenError> {
        self.buffer.clear();
        let read = (&mut self.reader)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|source| OpenError::Io { name: self.name.to_owned(), source })?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if read as u64 == LONGEST_LINE {
            let why = format!("the line is longer than {LONGEST_LINE} bytes");
            return Err(OpenError::Broken { name: self.name.to_owned(), line: self.number, why });
        }
        Ok(Some((self.number, &self.buffer)))
    }
}
