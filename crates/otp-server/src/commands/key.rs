//! `key create`: a new key for a caller, shown once.

use std::io;

use rand::CryptoRng;

use crate::config::ApiKey;

/// Writes two lines of data on `out` (the key, then its hash), the explanation on `notes`.
pub fn print_new_key(
    rng: &mut impl CryptoRng,
    out: &mut impl io::Write,
    notes: &mut impl io::Write,
) -> io::Result<()> {
    let key = ApiKey::create(rng);
    writeln!(out, "{}\n{}", key.reveal(), key.hash())?;
    out.flush()?;
    writeln!(
        notes,
        "The first line is the key: give it to the caller now, it is kept nowhere and cannot be shown again.\n\
         The second line is its hash. Accept the key by putting the hash into the configuration and restarting:\n\
         \n    [sample_face]\n    keys = [\"{}\"]\n\n\
         The caller then sends `Authorization: Bearer KEY` or `X-API-Key: KEY`.",
        key.hash()
    )
}
