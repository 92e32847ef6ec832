//! Who may know of whom: `main → app → http → service → {store, channel} → {otp-core, whatsapp-cloud}`.

use super::paths::{code, names, names_under};

/// Each top-level module of the server, and the ones it may import. A new module needs a row.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    (
        "app",
        &[
            "attendant",
            "callback",
            "channel",
            "clock",
            "config",
            "credential",
            "directory",
            "http",
            "opt_outs",
            "secret",
            "service",
            "store",
            "telemetry",
            "whmcs",
        ],
    ),
    (
        "commands",
        &[
            "app",
            "callback",
            "clock",
            "config",
            "directory",
            "opt_outs",
            "signing",
            "store",
        ],
    ),
    ("attendant", &["channel", "clock", "service", "telemetry"]),
    (
        "http",
        &["clock", "config", "directory", "service", "telemetry"],
    ),
    (
        "service",
        &[
            "callback",
            "channel",
            "clock",
            "directory",
            "opt_outs",
            "signing",
            "store",
            "telemetry",
            "whmcs",
            "wishes",
        ],
    ),
    (
        "directory",
        &["callback", "clock", "config", "signing", "store"],
    ),
    ("store", &["clock", "credential"]),
    ("channel", &["clock", "credential", "signing", "tls"]),
    // The way to an application, which is no way to a person. What is given up goes into the store.
    ("callback", &["signing", "store", "tls"]),
    // Lies beside the directory: neither knows of the other.
    ("opt_outs", &["channel", "store"]),
    ("wishes", &[]),
    ("signing", &[]),
    ("tls", &[]),
    // Asks where channels tell, so it lies beside them: neither knows of the other.
    ("whmcs", &["credential"]),
    ("telemetry", &["clock", "config"]),
    // What a store, a provider and WHMCS are reached by is checked in their own words, once, where it is read.
    (
        "config",
        &[
            "callback",
            "channel",
            "credential",
            "store",
            "whmcs",
            "wishes",
        ],
    ),
    ("start_failure", &[]),
    ("credential", &[]),
    ("secret", &[]),
    ("clock", &[]),
];

/// What `main` names of the server: it reads the command line, sets up the log, and starts the app or
/// a sub-command.
const MAIN_STARTS: [&str; 6] = [
    "app",
    "clock",
    "commands",
    "config",
    "start_failure",
    "telemetry",
];

/// Libraries that only some modules may touch, so that the others need not change with them.
const STAY_HOME: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    // The others name our own module of that name.
    ("redis", &["store", "config", "app"]),
    ("whatsapp_cloud", &["app", "channel"]),
    ("awc", &["app", "callback", "channel", "whmcs"]),
    ("lettre", &["channel"]),
    ("jsonwebtoken", &["channel"]),
];

/// The parts of `std` through which the world would leak into the rules.
const WORLD: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];

/// Names that are a clock, a source of chance, or a runtime.
const IMPURE: [&str; 11] = [
    "Instant",
    "SystemTime",
    "OsRng",
    "SysRng",
    "ThreadRng",
    "tokio",
    "actix_web",
    "actix_rt",
    "awc",
    "rusqlite",
    "redis",
];

/// The top-level module that a source file of a package belongs to; none for `lib.rs` and `main.rs`.
pub(super) fn module(path: &str) -> Option<&str> {
    let inside = path.split_once("/src/")?.1;
    let name = inside.split(['/', '.']).next()?;
    (!matches!(inside, "lib.rs" | "main.rs")).then_some(name)
}

pub(super) fn imports_downwards(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let Some(module) = module(path) else {
        let from_main = names_under(&code, "otp_server").into_iter();
        let past_app = from_main.filter(|name| !MAIN_STARTS.contains(&name.as_str()));
        return past_app
            .map(|name| format!("main starts `app` or one of `commands`, but names `{name}`"))
            .collect();
    };
    let Some((_, may_import)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        return vec![format!(
            "`{module}` has no row in MAY_IMPORT: say what it may import"
        )];
    };
    let depth = path
        .split_once("/src/")
        .map_or(1, |(_, inside)| inside.split('/').count());
    let from_root = code.replace(&"super::".repeat(depth), "crate::");
    let imported = names_under(&from_root, "crate").into_iter();
    let upwards = imported.filter(|name| name != module && !may_import.contains(&name.as_str()));
    upwards
        .map(|name| format!("`{module}` may import {may_import:?}, not `{name}`"))
        .collect()
}

pub(super) fn libraries_stay_home(path: &str, text: &str) -> Vec<String> {
    let (code, module) = (code(text), module(path).unwrap_or("main"));
    let strays = STAY_HOME.iter().filter(|(library, homes)| {
        !names_under(&code, library).is_empty() && !homes.contains(&module)
    });
    strays
        .map(|(library, homes)| format!("`{library}` belongs to {homes:?}, not `{module}`"))
        .collect()
}

pub(super) fn chooses_no_status(text: &str) -> Vec<String> {
    let code = code(text);
    let chosen = names_under(&code, "StatusCode")
        .into_iter()
        .map(|name| format!("StatusCode::{name}"));
    let built = ["HttpResponse", "HttpResponseBuilder"]
        .into_iter()
        .filter(|name| names(&code, name));
    let all = chosen.chain(built.map(str::to_owned));
    all.map(|name| {
        format!("`{name}` belongs under http/: answer with an enum, and let the face translate")
    })
    .collect()
}

pub(super) fn is_pure(text: &str) -> Vec<String> {
    let code = code(text);
    let world = names_under(&code, "std")
        .into_iter()
        .filter(|name| WORLD.contains(&name.as_str()));
    let impure = IMPURE
        .into_iter()
        .filter(|name| names(&code, name))
        .map(str::to_owned);
    let chance = names_under(&code, "rand")
        .into_iter()
        .filter(|name| ["rng", "random", "*"].contains(&name.as_str()));
    let all = world
        .map(|name| format!("std::{name}"))
        .chain(impure)
        .chain(chance.map(|name| format!("rand::{name}")));
    all.map(|name| {
        format!("`{name}`: time, chance and I/O are arguments here, or the caller's business")
    })
    .collect()
}

pub(super) fn reads_no_variable(text: &str) -> Vec<String> {
    let readers = names_under(&code(text), "env")
        .into_iter()
        .filter(|name| name.starts_with("var"));
    readers
        .map(|name| format!("`env::{name}`: only `config` reads the environment"))
        .collect()
}

pub(super) fn declares_no_variable(text: &str) -> Vec<String> {
    let code = code(text);
    let attributes = code
        .split("#[arg(")
        .skip(1)
        .map(|rest| rest.split(")]").next().unwrap_or(rest));
    let with_env = attributes.filter(|attribute| names(attribute, "env"));
    with_env
        .map(|attribute| format!("only `config` reads the environment: {}", attribute.trim()))
        .collect()
}

#[test]
fn an_import_upwards_is_noticed_however_it_is_written() {
    for bad in [
        "use crate::http::Face;",
        "use crate::{clock, http::Face};",
        "fn f() { crate::http::answer() }",
        "use super::super::http::Face;",
        "use crate::Reexported;",
        "use crate::*;",
    ] {
        assert_eq!(
            imports_downwards("crates/otp-server/src/store/embedded.rs", bad).len(),
            1,
            "{bad}"
        );
    }
    let good = "use crate::clock::Clock;\nuse crate::store::Key;\nuse super::Key;\nuse super::super::store::Key;";
    assert_eq!(
        imports_downwards("crates/otp-server/src/store/embedded.rs", good),
        Vec::<String>::new()
    );
}

#[test]
fn a_face_that_goes_round_the_service_is_noticed() {
    assert_eq!(
        imports_downwards("crates/otp-server/src/http.rs", "use super::store::Store;").len(),
        1
    );
    assert_eq!(
        imports_downwards(
            "crates/otp-server/src/main.rs",
            "use otp_server::store::Store;"
        )
        .len(),
        1
    );
}

#[test]
fn a_module_that_nobody_placed_is_noticed() {
    assert_eq!(
        imports_downwards("crates/otp-server/src/utils.rs", "").len(),
        1
    );
}

#[test]
fn a_library_out_of_its_module_is_noticed() {
    assert_eq!(
        libraries_stay_home(
            "crates/otp-server/src/service/start.rs",
            "use rusqlite::Error;"
        )
        .len(),
        1
    );
    assert_eq!(
        libraries_stay_home(
            "crates/otp-server/src/http.rs",
            "use whatsapp_cloud::{GraphClient, GraphError};"
        )
        .len(),
        1
    );
    assert_eq!(
        libraries_stay_home(
            "crates/otp-server/src/store/embedded.rs",
            "use rusqlite::Error;"
        )
        .len(),
        0
    );
}

#[test]
fn a_status_chosen_outside_a_face_is_noticed() {
    assert_eq!(
        chooses_no_status("let answer = StatusCode::NOT_FOUND;").len(),
        1
    );
    assert_eq!(
        chooses_no_status("use actix_web::{HttpResponse, web};").len(),
        1
    );
    assert_eq!(
        chooses_no_status("/// `StatusCode::OK` in `http`.\nfn count(status: StatusCode) {}").len(),
        0
    );
}

#[test]
fn the_world_is_noticed_in_the_rules() {
    for bad in [
        "use std::fs;",
        "use std::{fmt, net::IpAddr};",
        "use std::time::{Duration, Instant};",
        "let now = std::time::SystemTime::now();",
        "let code = generate(&mut rand::rng());",
        "use tokio::sync::Mutex;",
    ] {
        assert_eq!(is_pure(bad).len(), 1, "{bad}");
    }
    assert_eq!(
        is_pure("use std::time::Duration;\nuse rand::Rng;\nuse std::fmt;"),
        Vec::<String>::new()
    );
}

#[test]
fn a_look_into_the_environment_is_noticed() {
    for bad in [
        "std::env::var(\"PORT\")",
        "use std::env::{args, var_os};",
        "env::vars()",
    ] {
        assert_eq!(reads_no_variable(bad).len(), 1, "{bad}");
    }
    assert_eq!(
        reads_no_variable("std::env::args(); env!(\"CARGO_PKG_VERSION\");").len(),
        0
    );
    assert_eq!(
        declares_no_variable("#[arg(\n    long,\n    env = \"OTP_X\"\n)]\nx: u8,").len(),
        1
    );
    assert_eq!(declares_no_variable("#[arg(long)]\nenv: u8,").len(), 0);
}
