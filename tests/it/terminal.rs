//! The terminal edge and the one-shot commands, through the real binary.

use kronikas::model::UserId;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kronikas"));
    command.args(arguments).env_clear().env("NO_COLOR", "1").current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() }).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
        // Whoever quits early does not read the rest.
        let _ = pipe.write_all(input.as_bytes());
    }
    child.wait_with_output().expect("it ends")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn one_question_is_answered_with_a_status() {
    for (line, status, expected) in [
        ("/who kruschev", 0, "Nikita Khrushchev"),
        ("kruschev", 0, "Nikita Khrushchev"),
        ("/event 22 november", 0, "Which one do you mean"),
        ("/who napoleon", 1, "I don't know “napoleon”"),
        ("/who", 2, "Tell me what to look up"),
        ("/nonsense", 2, "There is no command /nonsense"),
        ("/timeline from:30 february", 2, "as a date"),
        ("/source 99", 2, "from 1 to 17"),
        ("/help", 0, "How to read my answers"),
        ("why did the soviets invade?", 0, "feared to lose Hungary"),
    ] {
        let output = run(&["ask", line], None);
        assert_eq!(output.status.code(), Some(status), "{line}: {}", said(&output));
        assert!(said(&output).contains(expected), "{line}: {}", said(&output));
        assert!(!said(&output).contains('\u{1b}'), "{line}: colour in a pipe");
    }
}

#[test]
fn a_pipe_is_answered_line_by_line_and_actions_by_number() {
    let output = run(&[], Some("/event stalin statue\n2\n99\n\n/who napoleon\n/quit\n/help\n"));
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("Fall of the Stalin statue"));
    assert!(text.contains("Sources: Fall of the Stalin statue"), "the second action is “Sources”: {text}");
    assert!(text.contains("There is no action 99"));
    assert!(!text.contains("How to read my answers"), "nothing after /quit");
}

#[test]
fn a_typed_answer_is_the_next_line_and_more_stands_beside() {
    use kronikas::model::SessionKind;
    use kronikas::store::{QuizSession, RecallStore, SessionQuestion, Sqlite};
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = Sqlite::open(&file).await.expect("a store");
        let attempt = QuizSession {
            id: 0,
            session_kind: SessionKind::Quiz,
            about: String::new(),
            difficulty: None,
            steps: vec![
                SessionQuestion::new("name.anastas-mikoyan", 1, false),
                SessionQuestion::new("true.person.imre-nagy", 1, false),
            ],
            touched_at: jiff::Timestamp::now(),
            ended: false,
        };
        store.begin(UserId(0), &attempt).await.expect("begun");
        store.close().await;
    });
    let address = format!("sqlite:{}", file.display());
    // Go on, answer, mistyped; more about it; and on from there.
    let output = run(&["--store", &address], Some("/quiz\n1\n1\nmykoian\n2\n1\n/quit\n"));
    let text = said(&output);
    assert!(text.contains("Who or what is it?"), "{text}");
    assert!(text.contains("“mykoian” is right. It is written: Anastas Mikoyan."), "{text}");
    let (_, after) = text.split_once("Person · born").expect("more about him");
    assert!(after.contains("question 2 of 2"), "{text}");
}

#[test]
fn without_terminal_or_input_three_questions_are_shown() {
    let output = run(&[], None);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text.matches("\n› /").count() + usize::from(text.starts_with("› /")), 3, "{text}");
    assert!(text.contains("Imre Nagy") && text.contains("kronikas serve"));
}

#[test]
fn odd_bytes_are_answered_like_any_nonsense() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kronikas"))
        .args(["lookup"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let input = b"\xff\xfe\n{\"id\":\"1\",\"kind\":\"who\",\"q\":\"kruschev\"}\nnot json\n{\"id\":\"2\",\"kind\":\"dog\",\"q\":\"x\"}\n{\"id\":\"3\",\"kind\":\"complete\",\"q\":\"khr\"}\n{\"id\":\"4\",\"q\":\"pizza\"}\n";
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let lines: Vec<serde_json::Value> = said(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[0]["error"].is_string() && lines[2]["error"].is_string() && lines[3]["error"].is_string());
    assert_eq!((&lines[1]["id"], &lines[1]["outcome"]), (&"1".into(), &"found".into()));
    assert_eq!(lines[1]["hits"][0]["entry"], "person/nikita-khrushchev");
    assert_eq!(lines[1]["hits"][0]["name"], "Nikita Khrushchev");
    assert!(lines[1]["hits"][0]["score"].as_f64().is_some_and(|score| score > 0.5 && score <= 1.0));
    assert!(lines[1]["us"].is_u64());
    assert_eq!(lines[4]["hits"][0]["entry"], "person/nikita-khrushchev");
    assert_eq!(lines[5]["outcome"], "nothing");
}

#[test]
fn a_broken_pack_is_told_and_not_taught() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("broken-pack");
    std::fs::create_dir_all(&folder).expect("a folder");
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("knowledge");
    for file in ["pack", "sources", "events", "people", "groups", "places", "terms"] {
        let text = std::fs::read_to_string(source.join(format!("{file}.toml"))).expect("a file");
        let text = if file == "terms" { text.replacen("gist = ", "gits = ", 1) } else { text };
        std::fs::write(folder.join(format!("{file}.toml")), text).expect("it is written");
    }
    let path = folder.to_str().expect("a path");
    let checked = run(&["check", path], None);
    assert_eq!(checked.status.code(), Some(1));
    let report = said(&checked);
    assert!(report.contains("terms.toml:") && report.contains("unknown field `gits`"), "{report}");
    let started = run(&["--knowledge", path, "ask", "/who kruschev"], None);
    assert_eq!(started.status.code(), Some(65));
    assert!(String::from_utf8_lossy(&started.stderr).contains("unknown field `gits`"));
    assert_eq!(run(&["check"], None).status.code(), Some(0));
    assert_eq!(run(&["check", "/no/such/folder"], None).status.code(), Some(1));
}

#[test]
fn the_first_line_of_help_says_which_is_which() {
    let help = said(&run(&["--help"], None));
    assert_eq!(help.lines().next(), Some("`kronikas` opens the tutor in this terminal; `kronikas serve` runs the Discord bot."));
}
