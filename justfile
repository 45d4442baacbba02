# Everyday commands; `just --list` shows them. Everything also works without `just`.

# Opens the tutor in the terminal.
run *arguments:
    cargo run -- {{arguments}}

# Runs all tests, or those of one module: `just test promises::`.
test *filter:
    cargo test {{filter}}

# Simulates months of daily posts with this many seeds.
simulate seeds="2000":
    KRONIKAS_SEEDS={{seeds}} cargo test --release --test it simulation:: -- --nocapture

# Run this before a commit.
check:
    cargo fmt --all -- --check
    cargo clippy --all-targets -- -D warnings
    cargo run --quiet -- check

# Runs everything that a change must pass, as in CI.
ci:
    .ci/run

# Builds the release binary.
release:
    cargo build --release --locked
