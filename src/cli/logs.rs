//! The files of logs: folders walked, compressed files opened, one line read at a time.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::logs::{LogReader, Observed};

use super::printer::reason;
use super::{Failure, printer};

/// How long a line may be, its end not counted: a document of Event Hubs has at most a megabyte, a query result is often one
/// line.
const LONGEST: usize = 64 << 20;
/// How deep folders are walked; Azure's own layout has 14 levels.
const DEEPEST: usize = 64;
/// How much of a file is read at once.
const BUFFER: usize = 1 << 18;
/// How many files that are not read are named.
const NAMED: usize = 5;

/// The endings of the files that count in a folder, without those of compression.
const ENDINGS: [&str; 6] = ["json", "jsonl", "ndjson", "csv", "log", "txt"];
/// The endings of compression.
const PACKED: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

/// Adds the records of all `paths` to `observed`.
///
/// # Errors
/// Where one of the paths cannot be read, or is a folder without a log. What is wrong inside a file is noted in the table.
pub(super) fn read(paths: &[PathBuf], observed: &mut Observed) -> Result<(), Failure> {
    let found = paths.iter().map(|path| files(path)).collect::<Result<Vec<_>, _>>()?;
    let found: Vec<PathBuf> = found.into_iter().flatten().collect();
    let bar = bar(&found);
    for path in &found {
        let name = path.display().to_string();
        let opened: Box<dyn Read> = match path == Path::new("-") {
            true => Box::new(io::stdin().lock()),
            false => Box::new(File::open(path).map_err(|error| cannot_read(path, &error))?),
        };
        one(&name, bar.wrap_read(opened), observed);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Reports on standard error how many records could not be read, and names the first.
pub(super) fn tell_unread(observed: &Observed) {
    let (count, named) = observed.unread();
    let Some(first) = named.first() else { return };
    let line = first.line.map(|line| format!(":{line}")).unwrap_or_default();
    printer::complain(&format!("{}{line}: {}", first.file, first.why));
    if count > 1 {
        printer::complain(&format!("{count} records of the logs could not be read"));
    }
}

/// How far reading is, on a terminal.
fn bar(files: &[PathBuf]) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let sizes = files.iter().map(|path| fs::metadata(path).map_or(0, |found| found.len()));
    let style = ProgressStyle::with_template("reading logs {bar:30} {bytes} of {total_bytes}, {eta} left");
    let bar = ProgressBar::with_draw_target(Some(sizes.sum()), ProgressDrawTarget::stderr_with_hz(4));
    style.map_or(ProgressBar::hidden(), |style| bar.with_style(style))
}

/// Adds the records of one file.
fn one(name: &str, file: impl Read, observed: &mut Observed) {
    let mut file = BufReader::with_capacity(BUFFER, file);
    let start = match start(&mut file) {
        Ok(start) => start,
        Err(error) => return observed.broken(name, reason(&error)),
    };
    let read = match start {
        Start::Gzip => lines(name, BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file)), observed),
        Start::Zstandard => lines(name, BufReader::with_capacity(BUFFER, Frames::new(file)), observed),
        Start::Plain => lines(name, file, observed),
    };
    if let Err(error) = read {
        observed.broken(name, reason(&error));
    }
}

/// What the first bytes of a file say of the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Start {
    Gzip,
    Zstandard,
    Plain,
}

/// RFC 1952 §2.3.1 and RFC 8878 §3.1.1 have the magic numbers.
fn start(file: &mut impl BufRead) -> io::Result<Start> {
    let bytes = file.fill_buf()?;
    Ok(match bytes {
        [0x1f, 0x8b, ..] => Start::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Start::Zstandard,
        _ => Start::Plain,
    })
}

/// The content of one frame of Zstandard after the other.
struct Frames<R: BufRead> {
    source: Option<R>,
    frame: Option<StreamingDecoder<R, FrameDecoder>>,
}

impl<R: BufRead> Frames<R> {
    fn new(source: R) -> Self {
        Self { source: Some(source), frame: None }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            if let Some(ended) = self.frame.take() {
                self.source = Some(ended.into_inner());
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(source).map_err(|error| io::Error::other(error.to_string()))?);
        }
    }
}

/// Adds the records of the lines of a file. A line in another encoding costs only itself.
fn lines(name: &str, mut file: impl BufRead, observed: &mut Observed) -> io::Result<()> {
    let (mut reader, mut line) = (LogReader::default(), Vec::new());
    loop {
        line.clear();
        let whole = match next(&mut file, &mut line) {
            Ok(Some(whole)) => whole,
            Ok(None) => break,
            Err(error) => {
                observed.line(name, &mut reader, &String::from_utf8_lossy(&line));
                observed.end(name, &mut reader);
                return Err(error);
            }
        };
        match whole {
            LogLine::Whole => observed.line(name, &mut reader, &text_of(ended(&line))),
            LogLine::TooLong => observed.broken(name, format!("a line is longer than {} MiB", LONGEST >> 20)),
        }
    }
    observed.end(name, &mut reader);
    Ok(())
}

/// A line as text. Nearly all are, which is found faster than what is not.
fn text_of(line: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed)
}

/// The line without its end.
fn ended(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How a line was read.
enum LogLine {
    Whole,
    /// Its rest was passed over.
    TooLong,
}

/// Reads the next line; nothing at the end of the file.
fn next(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<LogLine>> {
    let read = file.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.len() <= LONGEST || line.ends_with(b"\n") {
        return Ok(Some(LogLine::Whole));
    }
    *line = Vec::new();
    file.skip_until(b'\n')?;
    Ok(Some(LogLine::TooLong))
}

/// The files of a path: itself, or those below it in order.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path == Path::new("-") || !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut walk = LogWalk::default();
    walk.folder(path, 0).map_err(|error| cannot_read(path, &error))?;
    let LogWalk { found, passed } = walk;
    if found.is_empty() {
        let endings = ENDINGS.join("`, `.");
        return Err(Failure::new(format!("`{}` has no file of logs below it: expected `.{endings}`", path.display())));
    }
    tell_passed(path, &passed);
    Ok(found)
}

/// Names the files that were passed over.
fn tell_passed(folder: &Path, passed: &[PathBuf]) {
    if passed.is_empty() {
        return;
    }
    let names: Vec<String> = passed.iter().take(NAMED).map(|path| format!("`{}`", path.display())).collect();
    let more = passed.len().checked_sub(NAMED).filter(|more| *more > 0);
    let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
    printer::complain(&format!("not read below `{}`: {}{more}", folder.display(), names.join(", ")));
}

#[derive(Default)]
struct LogWalk {
    found: Vec<PathBuf>,
    passed: Vec<PathBuf>,
}

impl LogWalk {
    fn folder(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, kind) = (entry.path(), entry.file_type()?);
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            match () {
                () if is_hidden => {}
                () if kind.is_dir() && depth < DEEPEST => self.folder(&path, depth + 1)?,
                // A link to a folder may lead back up.
                () if path.is_file() && is_log(&path) => self.found.push(path),
                () => self.passed.push(path),
            }
        }
        Ok(())
    }
}

fn is_log(path: &Path) -> bool {
    let ends = |path: &Path, endings: &[&str]| {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        endings.contains(&ending.as_str())
    };
    let inner = if ends(path, &PACKED) { path.with_extension("") } else { path.to_owned() };
    ends(&inner, &ENDINGS) || ends(path, &PACKED)
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read `{}`: {}", path.display(), reason(error)))
}
