//! `wa-setup app-hash`: the 11 characters by which WhatsApp knows an Android app and its signing key.

mod certificate;
mod der;
mod keystore;

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use whatsapp_cloud::PackageName;

use crate::{
    cli::AppHashArgs,
    config::Environment,
    failure::Failure,
    question::Question,
    secret,
    terminal::{Blank, Terminal},
};

pub use certificate::{Certificate, CertificateError};
pub use keystore::Keystore;

/// A chain of certificates is a few KiB; a keystore or an APK given by mistake is told from one without reading it all.
const CERTIFICATE_BYTES_MAX: u64 = 256 * 1024;

const HASHED_BYTES: usize = 9;
const HASH_LENGTH: usize = 11;

/// `base64(SHA-256("PACKAGE HEX")[..9])[..11]`, where HEX is the DER certificate in lower-case hexadecimal digits.
/// The rule is Google's SMS Retriever's; Meta took it over.
#[must_use]
pub fn app_signing_hash(package: &PackageName, certificate: &Certificate) -> String {
    let mut digest = Sha256::new();
    digest.update(package.as_str());
    digest.update(" ");
    for byte in certificate.der() {
        digest.update(format!("{byte:02x}"));
    }
    let mut text = STANDARD.encode(&digest.finalize()[..HASHED_BYTES]);
    text.truncate(HASH_LENGTH);
    text
}

/// Prints the hash on stdout.
pub fn run(
    args: &AppHashArgs,
    environment: &Environment,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let certificate = match (&args.certificate, &args.keystore, &args.alias) {
        (Some(path), _, _) => read_certificate(path)?,
        (None, Some(path), Some(alias)) => {
            let keystore = Keystore {
                path,
                alias,
                java_home: environment.java_home.as_deref(),
            };
            keystore.certificate(&keystore_password(args, terminal)?)?
        }
        _ => {
            return Err(Failure::usage(
                "no certificate",
                "give --certificate FILE, or --keystore FILE --alias NAME",
            ));
        }
    };
    let hash = app_signing_hash(&args.package, &certificate);
    writeln!(io::stdout(), "{hash}").map_err(|cause| Failure::output(&cause))
}

fn keystore_password(
    args: &AppHashArgs,
    terminal: &mut Terminal,
) -> Result<secret::Secret, Failure> {
    if let Some(source) = &args.keystore_password_file {
        return source.read("keystore password");
    }
    match terminal.ask_hidden(Question::KeystorePassword, Blank::AsksAgain)? {
        Some(password) => Ok(password),
        None => Err(Failure::usage(
            "no keystore password",
            "give --keystore-password-file FILE",
        )),
    }
}

fn read_certificate(path: &Path) -> Result<Certificate, Failure> {
    let unreadable = |cause: io::Error| {
        Failure::failed(
            format!("cannot read {}: {cause}", path.display()),
            "give the certificate's file with --certificate FILE, or a keystore with --keystore FILE --alias NAME",
        )
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(CERTIFICATE_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Certificate::parse(&bytes)
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display()), error.hint()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signing certificate of Meta's sample app, DER.
    const SAMPLE: &[u8] = include_bytes!("../tests/fixtures/sample-app.der");

    fn hash(package: &str) -> String {
        app_signing_hash(
            &PackageName::parse(package).unwrap(),
            &Certificate::parse(SAMPLE).unwrap(),
        )
    }

    #[test]
    fn the_sample_app_has_the_hash_that_meta_published() {
        assert_eq!(hash("com.whatsapp.otp.sample"), "K8a/AINcGX7");
    }

    #[test]
    fn another_package_with_the_same_certificate_has_another_hash() {
        assert_eq!(hash("com.example.luckyshrub"), "mIUZlWc9O8G");
        assert_eq!(hash("com.whatsapp.otp.reactnative"), "K3+mHnPyp4j");
        assert_eq!(hash("com.example.myapplication"), "/fyG4fkK07U");
    }
}
