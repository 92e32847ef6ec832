//! Keys as `otp-server key create` makes them.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use otp_server::commands::print_new_key;
use otp_server::config::{Access, ApiKey, KeyHash};
use rand::{SeedableRng as _, rngs::StdRng};
use sha2::{Digest as _, Sha256};

use super::loaded;

fn key(seed: u64) -> ApiKey {
    ApiKey::create(&mut StdRng::seed_from_u64(seed))
}

#[test]
fn a_key_is_a_prefix_and_256_random_bits_with_a_checksum() {
    let key = key(1);
    let body = key.reveal().strip_prefix("otp_live_").unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).unwrap();
    let (random, checksum) = bytes.split_at(32);
    let digest = Sha256::digest([b"otp_live_".as_slice(), random].concat());
    assert_eq!(checksum, &digest[..4]);
}

#[test]
fn no_two_keys_are_alike() {
    let mut keys: Vec<_> = (0..1000)
        .map(|seed| key(seed).reveal().to_owned())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 1000);
}

#[test]
fn a_key_does_not_print_itself() {
    assert_eq!(format!("{:?}", key(1)), "***");
}

#[test]
fn the_hash_is_plain_sha_256() {
    // The second of the examples in FIPS 180-2, appendix B.
    let hash = KeyHash::of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    assert_eq!(
        hash.to_string(),
        "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
}

#[test]
fn the_printed_hash_accepts_the_printed_key() {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    print_new_key(&mut StdRng::seed_from_u64(7), &mut out, &mut notes).unwrap();
    let out = String::from_utf8(out).unwrap();
    let lines: Vec<_> = out.lines().collect();
    let [key, hash] = lines[..] else {
        panic!("two lines of data, not {out}")
    };
    let configuration = format!("[sample_face]\nkeys = [\"{hash}\"]");
    let access = loaded(&configuration).config.sample_face.access;
    assert_eq!(access, Access::Keys(vec![KeyHash::of(key)]));
    let notes = String::from_utf8(notes).unwrap();
    assert!(
        notes.contains("[sample_face]") && notes.contains(hash),
        "{notes}"
    );
    assert!(
        !notes.contains(key),
        "the key belongs on standard output only: {notes}"
    );
}

#[test]
fn a_hash_is_read_in_either_case() {
    let hash = KeyHash::of("some key");
    let upper = format!(
        "sha256:{}",
        hash.to_string()["sha256:".len()..].to_uppercase()
    );
    let access = loaded(&format!("[sample_face]\nkeys = [\"{upper}\"]"))
        .config
        .sample_face
        .access;
    assert_eq!(access, Access::Keys(vec![hash]));
}
