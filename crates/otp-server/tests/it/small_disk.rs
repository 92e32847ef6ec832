//! A disk that is soon full.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of a few megabytes in memory. Only root may mount one.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    pub(crate) fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        // Past the test harness, which keeps what a test prints to itself when it passes.
        let skipped =
            "SKIPPED: a full disk was not tested, because mounting a small one takes root";
        writeln!(io::stderr(), "{skipped}").expect("stderr is there");
        None
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// From now on nothing on it can be changed.
    pub(crate) fn make_read_only(&self) {
        let remounted = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(self.folder())
            .status();
        assert!(remounted.is_ok_and(|status| status.success()), "mount");
    }

    fn filler(&self) -> PathBuf {
        self.folder().join("filler")
    }

    pub(crate) fn fill(&self) {
        let mut file = File::create(self.filler()).expect("a file");
        let page = [7; 4096];
        while file.write_all(&page).is_ok() {}
    }

    pub(crate) fn clear(&self) {
        fs::remove_file(self.filler()).expect("the filler is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a test that failed may still have files open there.
        let unmounted = Command::new("umount").arg("-l").arg(self.folder()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "umount");
    }
}
