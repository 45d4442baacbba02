//! `kronikas calendar`, through the real binary.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kronikas"));
    command.arg("calendar").args(arguments).env_clear().env("NO_COLOR", "1").current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn days(arguments: &[&str]) -> Vec<Value> {
    let output = run(&[arguments, &["--form", "json"]].concat());
    let calendar: Value = serde_json::from_str(&said(&output)).expect("JSON");
    calendar["days"].as_array().expect("days").clone()
}

fn day<'a>(days: &'a [Value], date: &str) -> &'a Value {
    days.iter().find(|day| day["date"] == date).unwrap_or_else(|| panic!("{date} is missing"))
}

#[test]
fn a_year_has_its_days_and_their_instants_follow_the_clocks() {
    let year = days(&["--year", "2027"]);
    assert_eq!(year.len(), 365);
    for (date, local, offset, changed) in [
        ("2027-01-01", "2027-01-01T08:00:00+01:00", 3600, false),
        ("2027-03-27", "2027-03-27T08:00:00+01:00", 3600, false),
        ("2027-03-28", "2027-03-28T08:00:00+02:00", 7200, true),
        ("2027-03-29", "2027-03-29T08:00:00+02:00", 7200, false),
        ("2027-10-30", "2027-10-30T08:00:00+02:00", 7200, false),
        ("2027-10-31", "2027-10-31T08:00:00+01:00", 3600, true),
        ("2027-12-31", "2027-12-31T08:00:00+01:00", 3600, false),
    ] {
        let day = day(&year, date);
        assert_eq!(day["local"], local);
        assert_eq!(day["offset_seconds"], offset);
        assert_eq!(day["notes"].as_array().map(Vec::is_empty), Some(!changed), "{date}: {}", day["notes"]);
    }
    assert_eq!(day(&year, "2027-03-28")["instant"], "2027-03-28T06:00:00Z");
    assert_eq!(day(&year, "2027-03-28")["notes"][0], "The clocks have changed, from UTC+1 to UTC+2.");
    assert_eq!(days(&["--year", "2028"]).len(), 366);
}

#[test]
fn awkward_clocks_are_explained() {
    let gap = days(&["--year", "2027", "--time", "2:30"]);
    let day_of_gap = day(&gap, "2027-03-28");
    assert_eq!(day_of_gap["local"], "2027-03-28T03:00:00+02:00");
    assert_eq!(day_of_gap["notes"][1], "The clocks jump over 02:30 on this day; the post comes at 03:00.");
    let fold = day(&gap, "2027-10-31");
    assert_eq!(fold["local"], "2027-10-31T02:30:00+02:00");
    assert_eq!(fold["notes"][0], "02:30 comes twice on this day; the post comes the first time.");
    let apia = days(&["--year", "2011", "--zone", "apia"]);
    let skipped = day(&apia, "2011-12-30");
    assert!(skipped["instant"].is_null() && skipped["post"].is_null());
    assert_eq!(skipped["no_post"], "Pacific/Apia skipped this day: no post.");
    assert_eq!(day(&apia, "2011-12-31")["local"], "2011-12-31T08:00:00+14:00");
}

#[test]
fn without_a_year_400_days_from_today_follow_each_other() {
    let from_today = days(&[]);
    assert_eq!(from_today.len(), 400);
    let dates: Vec<jiff::civil::Date> =
        from_today.iter().map(|day| day["date"].as_str().expect("a date").parse().expect("a date")).collect();
    for pair in dates.windows(2) {
        assert_eq!(pair[0].tomorrow().expect("a next day"), pair[1]);
    }
    let instants: Vec<&str> = from_today.iter().map(|day| day["instant"].as_str().expect("an instant")).collect();
    assert!(instants.is_sorted());
    assert!(from_today.iter().all(|day| day["post"]["title"].is_string() && day["no_post"].is_null()));
    assert_eq!(days(&["--days", "3", "--zone", "Tokyo", "--time", "8pm"]).len(), 3);
}

#[test]
fn quiet_days_are_as_chosen() {
    let skip = days(&["--year", "2027", "--quiet", "skip"]);
    let quiet = day(&skip, "2027-08-05");
    assert!(quiet["post"].is_null() && quiet["instant"].is_null());
    assert_eq!(quiet["no_post"], "A quiet day: no post.");
    let portraits = days(&["--year", "2027", "--quiet", "portrait"]);
    let heading = &day(&portraits, "2027-08-05")["post"]["sections"][0]["heading"];
    assert!(heading.as_str().is_some_and(|heading| heading.contains(" of the day: ")), "{heading}");
}

#[test]
fn the_text_tells_each_day_its_instant_and_its_post() {
    let text = said(&run(&["--year", "2027", "--days", "3"]));
    assert!(text.starts_with("3 days, 3 posts, at 08:00 in Europe/Budapest.\n"), "{text}");
    assert!(text.contains("Friday 1 January 2027, 08:00 (UTC+1) · 2027-01-01T07:00:00Z"), "{text}");
    assert!(text.contains("On this day: 1 January") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_page_stands_alone_and_its_anchors_lead_somewhere() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("year.html");
    let path = file.to_str().expect("a path");
    // The file's ending says the form.
    let output = run(&["--year", "2027", "--out", path]);
    assert_eq!(said(&output), "");
    let page = std::fs::read_to_string(&file).expect("it was written");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for foreign in ["<script", "http://", "https://", "src=", "@import", "url(", "onclick"] {
        assert!(!page.contains(foreign), "{foreign} in the page");
    }
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
    let anchors: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(anchors.len() > 365 + 12);
    let ids: std::collections::HashSet<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for anchor in anchors {
        assert!(ids.contains(anchor), "#{anchor} leads nowhere");
    }
    assert_eq!(page.matches("<article").count(), 365);
    for tag in ["article", "section", "table", "tr", "td", "ul", "li", "p", "h3", "h4", "cite", "b", "time", "nav", "a"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
    assert!(page.contains("<time datetime=\"2027-03-28T08:00:00+02:00\">08:00 (UTC+2)</time>"));
}

#[test]
fn what_a_pack_writes_is_no_markup() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("markup-pack");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("it is written");
    write(
        "pack.toml",
        "schema = 1\nid = \"p\"\ntitle = \"<b>P</b>\"\nyear = 1956\n[document]\ntitle = \"D & D\"\n[[document.paragraph]]\nnumber = 1\nsection = \"S\"\nabout = \"a\"\nclaims = 1\n",
    );
    write("sources.toml", "[[source]]\nid = \"book\"\nshort = \"<i>Book\"\ntitle = \"A \\\"book\\\"\"\nkind = \"reference\"\n");
    write(
        "events.toml",
        "[[event]]\nid = \"a\"\nname = \"<script>alert(1)</script>\"\nwhen = \"1956-01-01\"\ncite = [\"book\"]\nclaims = [{ text = \"It was <img src=x onerror=alert(1)>.\", cite = [\"book\"] }]\n",
    );
    let path = folder.to_str().expect("a path");
    let page = said(&run(&["--knowledge", path, "--year", "2027", "--days", "2", "--form", "html"]));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("&lt;img src=x"), "{page}");
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>P</b>") && !page.contains("<i>Book"));
}

#[test]
fn wrong_wishes_are_told_apart_and_change_nothing() {
    for (arguments, expected) in [
        (&["--zone", "Budapset"][..], "Did you mean Europe/Budapest?"),
        (&["--zone", "GMT+2"], "Name a city instead"),
        (&["--zone", "USA"], "America/New_York"),
        (&["--time", "25"], "there is no hour 25"),
        (&["--time", "teatime"], "I cannot read that as a time of day"),
        (&["--quiet", "loud"], "context"),
        (&["--year", "20277"], "20277"),
        (&["--days", "0"], "0 is not in"),
        (&["--form", "pdf"], "html"),
    ] {
        let output = run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty());
    }
    let unwritable = run(&["--days", "1", "--out", "/no/such/folder/year.html"]);
    assert_eq!(unwritable.status.code(), Some(74));
    assert!(String::from_utf8_lossy(&unwritable.stderr).contains("/no/such/folder/year.html cannot be written"));
}

#[test]
fn a_teacher_reads_the_questions_of_the_days_and_their_answers() {
    let october = days(&["--year", "2027"]);
    let mut asked = 0;
    for day in &october {
        let question = &day["question"];
        if question.is_null() {
            continue;
        }
        let choices = question["choices"].as_array().expect("choices");
        assert!(choices.contains(&question["answer"]), "{question}");
        let last = day["post"]["sections"].as_array().and_then(|sections| sections.last()).expect("a section");
        assert_eq!(last["heading"], "A question for you", "{day}");
        let first = question["ask"].as_str().expect("a question").lines().next();
        assert_eq!(last["lines"][0]["text"].as_str(), first, "{day}");
        asked += 1;
    }
    assert!(asked * 10 > october.len() * 9, "{asked} questions on {} days", october.len());
    let text = said(&run(&["--year", "2027", "--days", "3", "--form", "text"]));
    assert!(text.contains("A question for you") && text.contains("  A: ") && text.contains("  Answer: "), "{text}");
    let page = said(&run(&["--year", "2027", "--days", "3", "--form", "html"]));
    assert!(page.contains("class=\"choices\"") && page.contains("Answer: "), "no choices on the page");
}
