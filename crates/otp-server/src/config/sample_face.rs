//! The sample face (`/otp/{phone}`): whether it is served, and to whom.

use super::{keys::KeyHash, kind, reader::Section};

/// The face that Meta's sample clients speak to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFaceSettings {
    /// Whether it is served at all.
    pub enabled: bool,
    /// Who may call it.
    pub access: Access,
}

/// Who may call a face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anyone where the server listens on loopback; elsewhere callers with a key that a command made.
    Loopback,
    /// Anyone, because the operator said so.
    Open,
    /// Callers with one of these keys, or with one that a command made, on loopback too (a proxy in
    /// front of it is not a key).
    Keys(Vec<KeyHash>),
}

impl Access {
    /// Who may, where the server listens on loopback or not. There, nobody needs a key who was not
    /// told so; elsewhere everybody does.
    #[must_use]
    pub fn where_it_listens(self, on_loopback: bool) -> Self {
        match self {
            Self::Loopback if !on_loopback => Self::Keys(Vec::new()),
            access => access,
        }
    }
}

impl SampleFaceSettings {
    pub(super) fn read(face: &mut Section<'_, '_>) -> Self {
        let enabled = face.value(
            "enabled",
            kind::switch(),
            true,
            "Whether GET and POST /otp/{phone} are served at all.",
        );
        let open = face.value(
            "open",
            kind::switch(),
            false,
            "Serve everyone, without a key. With open = false and no keys here, callers need none on loopback, and elsewhere one that `otp-server key create` made.",
        );
        Self {
            enabled,
            access: read_access(face, open),
        }
    }
}

pub(super) fn read_access(face: &mut Section<'_, '_>, open: bool) -> Access {
    let inline = face.optional(
        "keys",
        kind::list("sha256: and 64 hex digits, as `otp-server key create --for-config` prints it", KeyHash::parse),
        "Hashes of keys that are accepted beside those in the store, as `Authorization: Bearer KEY` or `X-API-Key: KEY`; `otp-server key create --for-config` makes one.",
    );
    let file = face.optional_path(
        "keys_file",
        "A file with such hashes instead, one on a line; empty lines and lines that begin with # are skipped.",
    );
    face.forbid_both("keys", inline.is_some(), "keys_file", file.is_some());
    let keys = inline.or_else(|| {
        let text = face.read_file("keys_file", &file?)?;
        Some(read_key_lines(face, &text))
    });
    match keys {
        Some(keys) if keys.is_empty() => {
            face.problem("keys", "is empty", "name at least one key, or leave it out");
            Access::Loopback
        }
        Some(keys) => {
            face.forbid_both("open", open, "keys", true);
            Access::Keys(keys)
        }
        None if open => Access::Open,
        None => Access::Loopback,
    }
}

fn read_key_lines(face: &mut Section<'_, '_>, text: &str) -> Vec<KeyHash> {
    let mut keys = Vec::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match KeyHash::parse(line) {
            Ok(key) => keys.push(key),
            Err(wrong) => {
                let allowed = "allowed: sha256: and 64 hex digits, as `otp-server key create --for-config` prints it";
                face.problem("keys_file", format!("line {number} {wrong}"), allowed);
            }
        }
    }
    keys
}
