//! What Discord refuses and its document does not say, and what our own promises forbid.

use serde_json::Value;

use super::messages::File;

/// Bytes that all files of a message may have together, without a boosted guild.
const UPLOAD: usize = 10 << 20;

/// What is wrong with a message that has these files.
pub fn complaints(message: &Value, files: &[File]) -> Vec<String> {
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
            // A button that is a link has an address in place of an id.
            if component["style"] != 5 {
                ids.push(component["custom_id"].as_str().unwrap_or_default().to_owned());
            }
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
    if text(&message["content"]) == 0 && embeds.is_empty() && rows.is_empty() && files.is_empty() {
        wrong.push("the message is empty (50006)".to_owned());
    }
    wrong.extend(file_complaints(&embeds, files));
    wrong.extend(promises(message, files));
    wrong
}

fn file_complaints(embeds: &[Value], files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    if files.len() > 10 {
        wrong.push(format!("{} files", files.len()));
    }
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > UPLOAD {
        wrong.push(format!("{bytes} bytes of files (40005)"));
    }
    for file in files {
        if file.name.is_empty() || file.bytes.is_empty() {
            wrong.push(format!("the file {:?} has {} bytes", file.name, file.bytes.len()));
        }
        if file.description.as_ref().is_some_and(|description| description.chars().count() > 1024) {
            wrong.push(format!("the alt text of {} is too long", file.name));
        }
    }
    for embed in embeds {
        for part in ["image", "thumbnail"] {
            let named = embed[part]["url"].as_str().and_then(|url| url.strip_prefix("attachment://"));
            if let Some(named) = named.filter(|named| files.iter().all(|file| file.name != *named)) {
                wrong.push(format!("an embed shows {named}, which is not attached"));
            }
        }
    }
    wrong
}

/// What Discord would take, but we promised never to send.
fn promises(message: &Value, files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    match message["allowed_mentions"]["parse"].as_array() {
        Some(parse) if parse.is_empty() => {}
        _ => wrong.push("allowed_mentions does not switch every mention off".to_owned()),
    }
    for file in files.iter().filter(|file| file.kind.starts_with("image/")) {
        if file.description.as_ref().is_none_or(|description| description.trim().is_empty()) {
            wrong.push(format!("the picture {} has no alt text", file.name));
        }
    }
    wrong.extend(pings(message));
    wrong
}

/// Words that would call somebody.
pub fn pings(message: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
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
        if slash && !fits(name) {
            wrong.push(format!("{name} is no command name"));
        }
        let description = command["description"].as_str().unwrap_or_default().chars().count();
        // An Entry Point command has a description as well, those in menus have none.
        if (slash || kind == 4) != (1..=100).contains(&description) {
            wrong.push(format!("{name}: a description of {description} characters"));
        }
        let mut all = name.chars().count() + description;
        option_complaints(name, &command["options"], 0, &mut all, &mut wrong);
        if all > 8000 {
            wrong.push(format!("{name}: {all} characters in all"));
        }
        if names.contains(&(name.to_owned(), kind)) {
            wrong.push(format!("{name} is registered twice"));
        }
        names.push((name.to_owned(), kind));
    }
    wrong
}

fn fits(name: &str) -> bool {
    (1..=32).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '\''))
        && name.to_lowercase() == name
}

/// Options, and the subcommands (type 1) and groups of them (type 2) that stand in their place.
fn option_complaints(command: &str, options: &Value, depth: usize, all: &mut usize, wrong: &mut Vec<String>) {
    let options = options.as_array().cloned().unwrap_or_default();
    let is_sub = |option: &Value| matches!(option["type"].as_u64(), Some(1 | 2));
    if options.len() > 25 {
        wrong.push(format!("{command}: {} options", options.len()));
    }
    if options.iter().any(is_sub) && !options.iter().all(is_sub) {
        wrong.push(format!("{command}: subcommands beside plain options"));
    }
    let mut names: Vec<&str> = Vec::new();
    let mut optional = false;
    for option in &options {
        let name = option["name"].as_str().unwrap_or_default();
        let said = option["description"].as_str().unwrap_or_default().chars().count();
        if !fits(name) || !(1..=100).contains(&said) {
            wrong.push(format!("{command}: option {name} does not fit"));
        }
        if names.contains(&name) {
            wrong.push(format!("{command}: option {name} twice"));
        }
        names.push(name);
        *all += name.chars().count() + said;
        if is_sub(option) {
            // A group may only hold subcommands, and only directly under the command.
            if depth > 1 || option["type"] == 2 && depth > 0 {
                wrong.push(format!("{command}: {name} is nested too deep"));
            }
            option_complaints(&format!("{command} {name}"), &option["options"], depth + 1, all, wrong);
            continue;
        }
        let required = option["required"].as_bool().unwrap_or(false);
        if required && optional {
            wrong.push(format!("{command}: required options come first"));
        }
        optional |= !required;
        for choice in option["choices"].as_array().into_iter().flatten() {
            let value = choice["value"].as_str().map_or(0, |value| value.chars().count());
            *all += choice["name"].as_str().map_or(0, |name| name.chars().count()) + value;
        }
        let choices = option["choices"].as_array().map_or(0, Vec::len);
        if choices > 25 || choices > 0 && option["autocomplete"] == true {
            wrong.push(format!("{command}: option {name} has {choices} choices"));
        }
    }
}

/// What is wrong with a modal.
pub fn modal_complaints(modal: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let length = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    if !(1..=45).contains(&length(&modal["title"])) || !(1..=100).contains(&length(&modal["custom_id"])) {
        wrong.push("a modal's title or id does not fit".to_owned());
    }
    let rows = modal["components"].as_array().cloned().unwrap_or_default();
    if !(1..=5).contains(&rows.len()) {
        wrong.push(format!("a modal of {} rows", rows.len()));
    }
    for row in &rows {
        // A row holds one input; a label names the one it holds.
        let input = if row["type"] == 18 { &row["component"] } else { &row["components"][0] };
        let label = if row["type"] == 18 { &row["label"] } else { &input["label"] };
        if row["components"].as_array().is_some_and(|inputs| inputs.len() != 1) {
            wrong.push("a modal's row holds one input".to_owned());
        }
        if !(1..=45).contains(&length(label)) || !(1..=100).contains(&length(&input["custom_id"])) {
            wrong.push(format!("the input {} does not fit", input["custom_id"]));
        }
        if length(&input["placeholder"]) > 100 || length(&input["value"]) > 4000 {
            wrong.push(format!("the input {} says too much", input["custom_id"]));
        }
    }
    wrong.extend(pings(modal));
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
