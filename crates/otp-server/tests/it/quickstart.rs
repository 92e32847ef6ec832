//! The programs of docs/quickstart.md, run as they stand there against a server and a simulated
//! WhatsApp.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::app::{TestApp, wrong};
use crate::native::Client;

const PHONE: &str = "+14155550123";
const MASKED: &str = "+1*******123";

#[actix_web::test]
async fn the_quick_start_with_curl_works_as_it_stands() {
    let stage = Stage::set().await;
    let blocks = blocks("sh");
    let [start, check] = blocks.as_slice() else {
        panic!("two blocks, not {blocks:?}");
    };
    let started = stage.shell(start, &[]);
    assert_eq!(started["status"], "pending", "{started}");
    let id = started["id"].as_str().expect("an id");
    let code = stage.app.last_code(PHONE);
    let refused = stage.shell(start, &[]);
    assert_eq!(refused["type"], "/problems/cooldown", "{refused}");
    let checked = |code: &str| stage.shell(check, &[("id", id), ("code", code)]);
    assert_eq!(checked(&wrong(&code))["attempts_left"], 2);
    assert_eq!(checked(&code)["valid"], true);
}

#[actix_web::test]
async fn the_quick_start_in_python_works_as_it_stands() {
    // Debian's package is for Debian's own interpreter, which need not be the first one on the path.
    let has_requests = |python: &&str| {
        let import = Command::new(python)
            .args(["-c", "import requests"])
            .output();
        import.is_ok_and(|output| output.status.success())
    };
    let python = ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(has_requests);
    let python = python.expect("python3 with requests: install python3-requests");
    let stage = Stage::set().await;
    let file = stage.write("quickstart.py", &only_block("python"));
    stage.play(&[python, &file]);
}

#[actix_web::test]
async fn the_quick_start_in_javascript_works_as_it_stands() {
    let stage = Stage::set().await;
    let file = stage.write("quickstart.mjs", &only_block("js"));
    stage.play(&["node", &file]);
}

#[actix_web::test]
async fn the_quick_start_in_php_works_as_it_stands() {
    let stage = Stage::set().await;
    let file = stage.write("quickstart.php", &only_block("php"));
    stage.play(&["php", &file]);
}

#[actix_web::test]
async fn the_quick_start_in_rust_works_as_it_stands() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart.rs");
    let built = fs::read_to_string(example).expect("the example");
    assert!(
        built.ends_with(&only_block("rust")),
        "examples/quickstart.rs and docs/quickstart.md differ: make the one like the other"
    );
    let stage = Stage::set().await;
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    stage.play(&[
        env!("CARGO"),
        "run",
        "--quiet",
        "--locked",
        "--manifest-path",
        manifest,
        "--example",
        "quickstart",
        "--",
    ]);
}

/// The code blocks of the page that are in this language.
fn blocks(language: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/quickstart.md");
    let page = fs::read_to_string(page).expect("docs/quickstart.md");
    let fence = format!("\n```{language}\n");
    let after = page.split(&fence).skip(1);
    after
        .map(|rest| rest.split("```").next().unwrap_or(rest).to_owned())
        .collect()
}

fn only_block(language: &str) -> String {
    let blocks = blocks(language);
    assert_eq!(blocks.len(), 1, "one block in {language}");
    blocks.concat()
}

/// A server, a key for it, and a folder for the programs.
struct Stage {
    app: TestApp,
    key: String,
    folder: TempDir,
}

impl Stage {
    async fn set() -> Self {
        let app = TestApp::start().await;
        // From here on it runs by itself.
        app.get("/livez").await.is(200, "alive");
        let key = Client::live(&app).await.key().to_owned();
        let folder = TempDir::new().expect("a temporary folder");
        Self { app, key, folder }
    }

    fn write(&self, name: &str, program: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, program).expect("a file can be written");
        file.to_str().expect("a path of letters").to_owned()
    }

    /// A command that knows the server and the key, and ends by itself.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command
            .arg("300")
            .args(words)
            .env("OTP_SERVER", format!("http://{}", self.app.address))
            .env("OTP_API_KEY", &self.key);
        command
    }

    /// What a block of shell commands says, as JSON.
    fn shell(&self, block: &str, variables: &[(&str, &str)]) -> Value {
        let mut command = self.command(&["sh", "-ec", block]);
        let output = command.envs(variables.iter().copied()).output();
        let output = output.expect("a shell");
        let said = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("JSON: {output:?}"))
    }

    /// A person who types a wrong code, then the right one; and then wants another code too soon.
    fn play(&self, words: &[&str]) {
        let mut words = words.to_vec();
        words.push(PHONE);
        let mut program = Playing::start(self.command(&words));
        program.says(&format!("A code is on its way to {MASKED}"));
        let code = self.app.last_code(PHONE);
        program.is_told(&wrong(&code));
        program.says("That is not the code. Attempts left: 2");
        program.is_told(&code);
        program.says("Verified.");
        let (succeeded, _) = program.end();
        assert!(succeeded);

        let again = Playing::start(self.command(&words));
        let (succeeded, err) = again.end();
        assert!(!succeeded);
        assert!(err.contains("/problems/cooldown"), "{err}");
        assert!(err.contains("Try again in 60 seconds."), "{err}");
    }
}

/// A program that a person talks to.
struct Playing {
    child: Child,
    ear: ChildStdin,
    mouth: Lines<BufReader<ChildStdout>>,
}

impl Playing {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be run");
        let ear = child.stdin.take().expect("stdin is a pipe");
        let mouth = child.stdout.take().expect("stdout is a pipe");
        Self {
            child,
            ear,
            mouth: BufReader::new(mouth).lines(),
        }
    }

    #[track_caller]
    fn says(&mut self, line: &str) {
        let Some(Ok(said)) = self.mouth.next() else {
            let mut err = String::new();
            let stderr = self.child.stderr.as_mut().expect("stderr is a pipe");
            stderr.read_to_string(&mut err).expect("text");
            panic!("it ended before it said {line:?}: {err}");
        };
        assert_eq!(said, line);
    }

    fn is_told(&mut self, line: &str) {
        writeln!(self.ear, "{line}").expect("the program listens");
    }

    /// Whether it ended well, and what it complained about.
    fn end(self) -> (bool, String) {
        drop(self.ear);
        let output = self.child.wait_with_output().expect("the program ends");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), err)
    }
}
