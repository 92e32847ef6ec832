//! Where an export goes: standard output, or a file that is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Stdout, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::config::ExportFlags;

/// See the module.
#[derive(Debug)]
pub(super) enum Output {
    Standard(BufWriter<Stdout>),
    File(Unfinished),
}

/// A file under another name, until it is whole.
#[derive(Debug)]
pub(super) struct Unfinished {
    file: BufWriter<File>,
    beside: PathBuf,
    path: PathBuf,
}

impl Output {
    /// Refuses a file that is there already, unless it may be replaced.
    pub(super) fn open(flags: &ExportFlags) -> Result<Self> {
        let path = &flags.output;
        if path.as_os_str() == "-" {
            return Ok(Self::Standard(BufWriter::new(io::stdout())));
        }
        let name = path.display();
        match fs::symlink_metadata(path) {
            Ok(there) if !there.is_file() => {
                bail!(
                    "{name} is not a file that could be replaced\nhint: name a new file, or - for standard output"
                )
            }
            Ok(_) if !flags.force => {
                bail!(
                    "{name} is there already\nhint: name another file, or replace this one with --force"
                )
            }
            _ => {}
        }
        Unfinished::create(path).map(Self::File).with_context(|| {
            format!("cannot write {name}\nhint: the folder must be there, and be writable")
        })
    }

    /// What was written is to stay.
    pub(super) fn keep(self) -> io::Result<()> {
        match self {
            Self::Standard(mut out) => out.flush(),
            Self::File(unfinished) => unfinished.keep(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File(unfinished) => unfinished.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File(unfinished) => unfinished.file.flush(),
        }
    }
}

impl Unfinished {
    fn create(path: &Path) -> io::Result<Self> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let beside = path.with_file_name(name);
        // Left over from an export that was cut off; a link in its place is not followed.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        Ok(Self {
            file: BufWriter::new(file),
            beside,
            path: path.to_owned(),
        })
    }

    fn keep(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.beside, &self.path)?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder)?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it has its name there is nothing left here.
        let _ = fs::remove_file(&self.beside);
    }
}
