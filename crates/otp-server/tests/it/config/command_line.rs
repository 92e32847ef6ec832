//! Flags and environment variables, and what wins over what.

use std::process::{Command as Process, Output};

use clap::CommandFactory as _;
use otp_server::config::{Cli, Command, KeyAction, StoreKind};

use super::{Place, command_line};

#[test]
fn the_flags_and_their_variables_are_the_promised_ones() {
    let command = Cli::command();
    let mut twins: Vec<_> = command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_long()?, arg.get_env()?.to_str()?)))
        .filter(|(_, variable)| *variable != "PORT")
        .collect();
    twins.sort_unstable();
    assert_eq!(
        twins,
        [
            ("config", "OTP_CONFIG"),
            ("data-dir", "OTP_DATA_DIR"),
            ("expiry-minutes", "OTP_EXPIRY_MINUTES"),
            ("graph-url", "OTP_GRAPH_URL"),
            ("listen", "OTP_LISTEN"),
            ("log", "OTP_LOG"),
            ("log-format", "OTP_LOG_FORMAT"),
            ("secret-file", "OTP_SECRET_FILE"),
            ("store", "OTP_STORE"),
            ("whatsapp-info", "OTP_WHATSAPP_INFO"),
        ]
    );
}

#[test]
fn a_command_line_asks_for_one_thing() {
    assert_eq!(command_line(&[]).task(), Command::Serve);
    assert_eq!(command_line(&["--check"]).task(), Command::Check);
    let for_config = command_line(&["key", "create", "--for-config"]);
    assert_eq!(for_config.task(), Command::KeyForConfig);
    let revoke = command_line(&["key", "revoke", "AbCd1234"]).task();
    let id = "AbCd1234".to_owned();
    assert_eq!(revoke, Command::Key(KeyAction::Revoke { id }));
}

#[test]
fn listen_takes_a_host_and_port_or_a_port_alone() {
    let place = Place::with("address = \"127.0.0.9\"\nport = 9");
    for (text, address) in [
        ("127.0.0.1:4000", "127.0.0.1:4000"),
        ("[::1]:4000", "[::1]:4000"),
        ("localhost:4000", "127.0.0.1:4000"),
        (":4000", "127.0.0.9:4000"),
        ("4000", "127.0.0.9:4000"),
        ("0", "127.0.0.9:0"),
    ] {
        let config = place.load(&["--listen", text]).unwrap().config;
        assert_eq!(config.listen.to_string(), address, "{text}");
    }
    for wrong in [
        "host:4000",
        "127.0.0.1",
        "70000",
        "::1:4000x",
        "-1",
        "+5",
        "a",
    ] {
        let arguments = [&format!("--listen={wrong}")[..]];
        let said = place.load(&arguments).unwrap_err().to_string();
        assert!(
            said.contains("--listen or OTP_LISTEN: is not an address to listen on"),
            "{said}"
        );
    }
}

#[test]
fn a_flag_wins_over_the_file() {
    let place = Place::with(
        "graph_url = \"https://file.test\"\ndata_dir = \"a\"\nwhatsapp_info = \"b\"\n\
         code_lifetime_minutes = 2\n[store]\nkind = \"embedded\"\n[log]\nfilter = \"warn\"\n",
    );
    let arguments = [
        "--graph-url=https://flag.test",
        "--data-dir=c",
        "--whatsapp-info=d",
        "--expiry-minutes=10",
        "--store=memory",
        "--log=debug",
    ];
    let config = place.load(&arguments).unwrap().config;
    assert_eq!(config.graph.url, "https://flag.test");
    assert_eq!(config.data_dir, place.path().join("c"));
    assert_eq!(config.whatsapp_info, place.path().join("d"));
    assert_eq!(config.code.lifetime.as_secs(), 600);
    assert_eq!(config.store.kind, StoreKind::Memory);
    assert_eq!(config.log.filter, "debug");
}

#[test]
fn a_wrong_flag_is_named_in_the_problem() {
    let arguments = ["--expiry-minutes=ten", "--log-format=xml"];
    let said = Place::empty().load(&arguments).unwrap_err().to_string();
    let minutes = "code_lifetime_minutes (from --expiry-minutes or OTP_EXPIRY_MINUTES): is text";
    assert!(said.contains(minutes), "{said}");
    assert!(
        said.contains("log.format (from --log-format or OTP_LOG_FORMAT): is none"),
        "{said}"
    );
}

#[test]
fn a_command_line_does_not_print_its_values() {
    let printed = format!("{:?}", command_line(&["--store", "redis://:hunter2@store"]));
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn variables_win_over_the_file_and_flags_over_variables() {
    let place = Place::with("code_lifetime_minutes = 66\n[store]\nkind = \"file\"\n");
    let said = check(
        &place,
        &[("OTP_EXPIRY_MINUTES", "77"), ("OTP_STORE", "memory")],
        &[],
    );
    assert!(said.contains(": 77 is out of range"), "{said}");
    assert!(!said.contains("store.kind"), "{said}");
    let said = check(
        &place,
        &[("OTP_EXPIRY_MINUTES", "77")],
        &["--expiry-minutes=88"],
    );
    assert!(
        said.contains(": 88 is out of range") && said.contains("store.kind"),
        "{said}"
    );
}

#[test]
fn every_variable_is_heard() {
    let place = Place::empty();
    let variables = [
        ("PORT", "wrong"),
        ("OTP_LISTEN", "wrong"),
        ("OTP_GRAPH_URL", "wrong"),
        ("OTP_EXPIRY_MINUTES", "wrong"),
        ("OTP_STORE", "wrong"),
        ("OTP_LOG", "wrong=wrong"),
        ("OTP_LOG_FORMAT", "wrong"),
    ];
    let said = check(&place, &variables, &[]);
    for (variable, _) in variables {
        assert!(
            said.contains(variable),
            "nothing about {variable} in {said}"
        );
    }
    // Minutes are those of all codes, and of the key face's.
    assert!(said.contains("8 problems in "), "{said}");
    assert!(check(&place, &[("OTP_CONFIG", "nowhere")], &[]).contains("nowhere: cannot be read"));
}

#[test]
fn listen_is_more_deliberate_than_port() {
    let place = Place::with("code_length = 99");
    let said = check(
        &place,
        &[("PORT", "wrong"), ("OTP_LISTEN", "127.0.0.1:80")],
        &[],
    );
    assert!(said.contains("PORT: is not an address"), "{said}");
    let arguments = ["--port-of-platform=5000", "--listen=127.0.0.1:80"];
    let config = Place::empty().load(&arguments).unwrap().config;
    assert_eq!(config.listen.port(), 80);
    let config = Place::empty()
        .load(&["--port-of-platform=5000"])
        .unwrap()
        .config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:5000");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let place = Place::with("code_length = 99");
    let said = check(
        &place,
        &[("OTP_STORE", ""), ("OTP_LISTEN", ""), ("OTP_CONFIG", "")],
        &[],
    );
    assert!(said.contains("1 problem in "), "{said}");
}

#[test]
fn key_create_for_config_needs_no_configuration() {
    let arguments = ["key", "create", "--for-config"];
    let output = run(&Place::with("nonsense"), &[], &arguments);
    assert!(output.status.success());
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.starts_with("otp_live_") && out.contains("\nsha256:"),
        "{out}"
    );
    assert_eq!(out.lines().count(), 2);
}

/// What `otp-server --check` says of a wrong configuration.
fn check(place: &Place, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = run(place, variables, &[&["--check"], arguments].concat());
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).expect("messages are text")
}

/// The real program, in a place of its own and with no other variables.
fn run(place: &Place, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Process::new(env!("CARGO_BIN_EXE_otp-server"))
        .args(arguments)
        .current_dir(place.path())
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("the program starts")
}
