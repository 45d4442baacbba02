//! What Discord refuses and its document does not say, and what our own promises forbid.

use serde_json::Value;

/// What is wrong with a message.
pub fn complaints(message: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    let mut at_most = |what: &str, length: usize, most: usize| {
        if length > most {
            wrong.push(format!("{what} has {length} of at most {most}"));
        }
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    at_most("content", text(&message["content"]), 2000);
    let embeds = list(&message["embeds"]);
    at_most("the list of embeds", embeds.len(), 10);
    let mut all = 0;
    for embed in &embeds {
        let parts = [("title", 256), ("description", 4096)];
        for (part, most) in parts {
            at_most(part, text(&embed[part]), most);
            all += text(&embed[part]);
        }
        for field in list(&embed["fields"]) {
            at_most("field name", text(&field["name"]), 256);
            at_most("field value", text(&field["value"]), 1024);
            all += text(&field["name"]) + text(&field["value"]);
        }
        all += text(&embed["footer"]["text"]) + text(&embed["author"]["name"]);
    }
    at_most("all embeds", all, 6000);
    let rows = list(&message["components"]);
    let mut empty = false;
    at_most("the list of rows", rows.len(), 5);
    let mut ids: Vec<String> = Vec::new();
    for row in &rows {
        let inside = list(&row["components"]);
        at_most("a row", inside.len(), 5);
        for component in &inside {
            at_most("custom_id", text(&component["custom_id"]), 100);
            at_most("label", text(&component["label"]), 80);
            at_most("placeholder", text(&component["placeholder"]), 150);
            let options = list(&component["options"]);
            at_most("a menu", options.len(), 25);
            for option in &options {
                at_most("option label", text(&option["label"]), 100);
                at_most("option value", text(&option["value"]), 100);
                at_most("option description", text(&option["description"]), 100);
            }
            ids.push(component["custom_id"].as_str().unwrap_or_default().to_owned());
        }
        empty |= inside.is_empty();
    }
    if empty {
        wrong.push("a row is empty".to_owned());
    }
    let before = ids.len();
    ids.sort();
    ids.dedup();
    if ids.len() < before {
        wrong.push("two components have one id".to_owned());
    }
    if ids.iter().any(String::is_empty) {
        wrong.push("a component has no id".to_owned());
    }
    if text(&message["content"]) == 0 && embeds.is_empty() && rows.is_empty() {
        wrong.push("the message is empty (50006)".to_owned());
    }
    wrong.extend(promises(message));
    wrong
}

/// What Discord would take, but we promised never to send.
fn promises(message: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    match message["allowed_mentions"]["parse"].as_array() {
        Some(parse) if parse.is_empty() => {}
        _ => wrong.push("allowed_mentions does not switch every mention off".to_owned()),
    }
    let said = message.to_string();
    for ping in ["@everyone", "@here", "<@1", "<@&", "<@!"] {
        if said.contains(ping) {
            wrong.push(format!("the text holds {ping}"));
        }
    }
    wrong
}

/// What is wrong with a list of commands to register.
pub fn command_complaints(commands: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut names: Vec<(String, u64)> = Vec::new();
    for command in commands.as_array().into_iter().flatten() {
        let name = command["name"].as_str().unwrap_or_default();
        let kind = command["type"].as_u64().unwrap_or(1);
        let slash = kind == 1;
        let fits = |name: &str| {
            (1..=32).contains(&name.chars().count())
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '\''))
                && name.to_lowercase() == name
        };
        if slash && !fits(name) {
            wrong.push(format!("{name} is no command name"));
        }
        let description = command["description"].as_str().unwrap_or_default().chars().count();
        if slash != (1..=100).contains(&description) {
            wrong.push(format!("{name}: a description of {description} characters"));
        }
        let mut all = name.chars().count() + description;
        let mut optional = false;
        for option in command["options"].as_array().into_iter().flatten() {
            let option_name = option["name"].as_str().unwrap_or_default();
            let said = option["description"].as_str().unwrap_or_default().chars().count();
            if !fits(option_name) || !(1..=100).contains(&said) {
                wrong.push(format!("{name}: option {option_name} does not fit"));
            }
            let required = option["required"].as_bool().unwrap_or(false);
            if required && optional {
                wrong.push(format!("{name}: required options come first"));
            }
            optional |= !required;
            all += option_name.chars().count() + said;
        }
        if all > 4000 {
            wrong.push(format!("{name}: {all} characters in all"));
        }
        if names.contains(&(name.to_owned(), kind)) {
            wrong.push(format!("{name} is registered twice"));
        }
        names.push((name.to_owned(), kind));
    }
    wrong
}

/// What is wrong with choices offered while typing.
pub fn choice_complaints(choices: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let choices = choices.as_array().cloned().unwrap_or_default();
    if choices.len() > 25 {
        wrong.push(format!("{} choices", choices.len()));
    }
    for choice in &choices {
        for part in ["name", "value"] {
            let length = choice[part].as_str().unwrap_or_default().chars().count();
            if !(1..=100).contains(&length) {
                wrong.push(format!("a choice's {part} of {length} characters"));
            }
        }
    }
    wrong
}
