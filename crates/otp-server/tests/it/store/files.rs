//! Data directories that are not as they should be.

use std::fs;
use std::path::PathBuf;

use otp_server::store::embedded::{EmbeddedOptions, EmbeddedStore, OpenError};
use tempfile::TempDir;

use super::stage::{NOW, committed, open, options, write};

/// Where SQLite's file header has the numbers that we set.
const FORMAT: usize = 60;
const APPLICATION_ID: usize = 68;

#[cfg(unix)]
#[tokio::test]
async fn the_directory_and_its_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(write(1, None, b"one"), NOW).await);
    let data = options(&dir).data_dir;
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files: Vec<PathBuf> = fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_database_of_a_newer_format_is_refused_and_left_alone() {
    let error =
        refused_after(|bytes| bytes[FORMAT..FORMAT + 4].copy_from_slice(&7_u32.to_be_bytes()))
            .await;
    assert!(
        matches!(error, OpenError::NewerFormat { found: 7, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("has format 7"), "{error}");
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_left_alone() {
    let error = refused_after(|bytes| bytes[APPLICATION_ID..APPLICATION_ID + 4].fill(0)).await;
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let error = refused_after(|bytes| bytes[..16].fill(b'x')).await;
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_that_was_cut_short_is_refused_and_left_alone() {
    let error = refused_after(|bytes| bytes.truncate(50)).await;
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    let error = refused_after(|bytes| bytes.truncate(3 * 4096)).await;
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_damaged_in_the_middle_is_refused_and_left_alone() {
    let error = refused_after(|bytes| bytes[4096..].fill(0xAA)).await;
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert!(
        error.hint().contains("restore a backup"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let error = EmbeddedStore::open(
        &EmbeddedOptions {
            data_dir: file.join("data"),
            ..options(&dir)
        },
        NOW,
    )
    .unwrap_err();
    assert!(matches!(error, OpenError::Unusable { .. }), "{error:?}");
    assert!(
        error.to_string().contains(&*file.to_string_lossy()),
        "{error}"
    );
}

#[test]
fn a_database_that_was_never_finished_is_made_again() {
    let dir = TempDir::new().unwrap();
    let data = options(&dir).data_dir;
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("otp.db.new"), "half a database").unwrap();
    open(&dir);
    assert!(data.join("otp.db").exists());
    assert!(!data.join("otp.db.new").exists());
}

/// Spoils a database of some pages, opens it, and checks that not a byte was changed by that.
async fn refused_after(spoil: impl FnOnce(&mut Vec<u8>)) -> OpenError {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    for number in 0..100 {
        committed(store.commit(write(number, None, &[1; 200]), NOW).await);
    }
    drop(store);
    let path = options(&dir).data_dir.join("otp.db");
    let mut spoilt = fs::read(&path).unwrap();
    spoil(&mut spoilt);
    fs::write(&path, &spoilt).unwrap();
    let error = EmbeddedStore::open(&options(&dir), NOW).unwrap_err();
    assert!(fs::read(&path).unwrap() == spoilt, "the file was changed");
    error
}
