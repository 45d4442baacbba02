# What is typed every day; `just --list` tells it. Everything works without `just` as well.

# The tutor in the terminal.
run *arguments:
    cargo run -- {{arguments}}

# Everything, or one module: `just test promises::`.
test *filter:
    cargo test {{filter}}

# Months of daily posts at random, as many seeds as one likes.
simulate seeds="2000":
    KRONIKAS_SEEDS={{seeds}} cargo test --release --test it simulation:: -- --nocapture

# Before a commit.
check:
    cargo fmt --all -- --check
    cargo clippy --all-targets -- -D warnings
    cargo run --quiet -- check

# Everything a change must pass, as CI runs it.
ci:
    .ci/run

# The binary that is shipped.
release:
    cargo build --release --locked
