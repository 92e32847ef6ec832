# Shortcuts for plain commands; nothing in this project needs `just`.
set shell := ["bash", "-euo", "pipefail", "-c"]

# Where the development pair keeps its files; git ignores it.
dev_dir := "data/dev"
simulator := "127.0.0.1:9100"

# Lists the recipes.
default:
    @just --list --unsorted

# Plays the main job on this machine, with no account: simulator and server, and what to type.
demo:
    cargo run --release -p otp-server --example demo

# Starts simulator and server for development, in debug builds; Ctrl-C stops both.
dev: dev-account
    cargo build -p graph-simulator -p otp-server
    target/debug/graph-simulator --listen {{simulator}} & stand_in=$!; trap 'kill "$stand_in"' EXIT; \
    until (: >/dev/tcp/127.0.0.1/9100) 2>/dev/null; do kill -0 "$stand_in"; done; \
    target/debug/otp-server --graph-url http://{{simulator}} --whatsapp-info {{dev_dir}}/whatsapp-info.json --data-dir {{dev_dir}}

# Writes the account that the simulator starts with.
[private]
dev-account:
    mkdir -p {{dev_dir}}
    umask 077; printf '{"waba_id":"102290129340398","access_token":"SIMULATOR_TOKEN","phone_number_id":"106540352242922","template_id":"594425479261596"}\n' >{{dev_dir}}/whatsapp-info.json

# Sets up a real WhatsApp account, question by question.
setup *ARGS:
    cargo run --release -p wa-setup -- {{ARGS}}

# Checks an installation, and says what to do about each failure.
doctor *ARGS:
    cargo run --release -p wa-setup -- doctor {{ARGS}}

# Runs every check that a change must pass.
test:
    ./scripts/test

# Runs the lints alone.
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Formats everything.
fmt:
    cargo fmt --all

# Measures full cycles, sends and wrong checks against the ceiling of this machine.
bench:
    cargo bench -p otp-server --bench full_cycle

# Kills, pauses and restarts servers and Redis under a million requests, and proves that no promise is broken.
torture:
    cargo test --release -p otp-server --test it torture:: -- --ignored --nocapture

# Kills servers between a message and the one that is to follow it, a hundred rounds on each store, and prints figures.
takeover:
    cargo test --release -p otp-server --test it takeover:: -- --ignored --nocapture

# Tells each store 100,000 receipts while codes are sent and checked, and prints how long answers took.
storm:
    cargo test --release -p otp-server --test it storm:: -- --ignored --nocapture

# Asks the server more than 5,000 questions that its own document allows or forbids.
schemathesis:
    ./scripts/schemathesis long

# Builds the documentation of our own packages.
doc:
    cargo doc --workspace --no-deps --locked
