//! `wa-setup app-hash`: the published vectors, from every kind of file.

use std::{fs, os::unix::fs::PermissionsExt, process::Output};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::stage::{Stage, code, data, run, said};

/// The certificate that signs Meta's sample app, DER.
const SAMPLE: &[u8] = include_bytes!("../fixtures/sample-app.der");
const PACKAGE: &str = "com.whatsapp.otp.sample";
const HASH: &str = "K8a/AINcGX7\n";

fn pem(line_end: &str) -> String {
    let body = STANDARD.encode(SAMPLE);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----{line_end}{}{line_end}-----END CERTIFICATE-----{line_end}",
        lines.join(line_end)
    )
}

fn hash(stage: &Stage, package: &str, file: &str) -> Output {
    run(stage
        .command()
        .args(["app-hash", "--package", package, "--certificate", file]))
}

/// A `keytool` that prints what Java's does, line ends and all.
fn fake_keytool(stage: &Stage) {
    let script = format!(
        "#!/bin/sh\n\
         test \"$WA_SETUP_KEYSTORE_PASSWORD\" = open-sesame || {{ echo 'keytool error: java.io.IOException: keystore password was incorrect'; exit 1; }}\n\
         case \"$*\" in *open-sesame*) exit 9;; *'-alias SAKey'*) ;; *) echo 'keytool error: java.lang.Exception: Alias <other> does not exist'; exit 1;; esac\n\
         /bin/cat <<'END'\n{}END\n",
        pem("\r\n")
    );
    let path = stage.file("bin/keytool", &script);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn keystore_hash(stage: &Stage, alias: &str, password: &str) -> Output {
    stage.file("app.jks", "\u{0}");
    stage.file("password", password);
    run(stage.command().env("PATH", stage.path("bin")).args([
        "app-hash",
        "--package",
        PACKAGE,
        "--keystore",
        "app.jks",
        "--alias",
        alias,
        "--keystore-password-file",
        "password",
    ]))
}

#[test]
fn der_pem_and_pem_with_carriage_returns_give_the_published_hash() {
    let stage = Stage::new();
    fs::write(stage.path("app.der"), SAMPLE).unwrap();
    fs::write(stage.path("app.pem"), pem("\n")).unwrap();
    fs::write(stage.path("app.crlf"), pem("\r\n")).unwrap();
    for file in ["app.der", "app.pem", "app.crlf"] {
        let output = hash(&stage, PACKAGE, file);
        assert_eq!(
            (code(&output), data(&output).as_str()),
            (0, HASH),
            "{file}: {}",
            said(&output)
        );
    }
}

#[test]
fn the_other_published_vectors() {
    let stage = Stage::new();
    fs::write(stage.path("app.der"), SAMPLE).unwrap();
    for (package, expected) in [
        ("com.example.luckyshrub", "mIUZlWc9O8G\n"),
        ("com.whatsapp.otp.reactnative", "K3+mHnPyp4j\n"),
        ("com.example.myapplication", "/fyG4fkK07U\n"),
    ] {
        assert_eq!(data(&hash(&stage, package, "app.der")), expected);
    }
}

#[test]
fn a_keystore_is_opened_by_keytool_and_the_password_is_not_on_its_command_line() {
    let stage = Stage::new();
    fake_keytool(&stage);
    let output = keystore_hash(&stage, "SAKey", "open-sesame\n");
    assert_eq!(
        (code(&output), data(&output).as_str()),
        (0, HASH),
        "{}",
        said(&output)
    );
}

#[test]
fn what_keytool_refuses_is_told_in_its_words() {
    let stage = Stage::new();
    fake_keytool(&stage);
    let output = keystore_hash(&stage, "other", "open-sesame");
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).starts_with("error: keytool: Alias <other> does not exist\nhint: "),
        "{}",
        said(&output)
    );
    let output = keystore_hash(&stage, "SAKey", "wrong");
    assert!(
        said(&output).contains("keystore password was incorrect"),
        "{}",
        said(&output)
    );
}

#[test]
fn without_keytool_it_says_where_to_get_one_and_how_to_do_without() {
    let stage = Stage::new();
    let output = keystore_hash(&stage, "SAKey", "x");
    assert_eq!(code(&output), 1);
    assert!(
        said(&output).contains("default-jre-headless"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("--certificate FILE"));
}

#[test]
fn what_is_no_certificate_is_one_message_with_a_hint() {
    let stage = Stage::new();
    fs::write(stage.path("store.p12"), [0x30, 0x03, 0x02, 0x01, 0x03]).unwrap();
    fs::write(stage.path("text"), "hello").unwrap();
    for (file, reason) in [
        (
            "store.p12",
            "store.p12: a keystore, not a certificate\nhint: give it as --keystore",
        ),
        (
            "text",
            "text: not an X.509 certificate in DER or PEM\nhint: keytool",
        ),
        ("absent", "cannot read absent"),
    ] {
        let output = hash(&stage, PACKAGE, file);
        assert_eq!((code(&output), data(&output).as_str()), (1, ""), "{file}");
        assert!(said(&output).contains(reason), "{file}: {}", said(&output));
    }
    assert_eq!(code(&hash(&stage, "nodots", "text")), 2);
}
