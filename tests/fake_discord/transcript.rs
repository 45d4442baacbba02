//! A room as the people in it see it.

use serde_json::Value;

use super::guilds::Kind;
use super::messages::Message;
use super::state::{Shown, State};

/// The room as text: who asked what, the cards, buttons in brackets, pictures with their alt text,
/// modals, threads further in; what only one person sees marked.
pub fn render(state: &State, room: u64) -> String {
    let mut out = String::new();
    let messages = state.messages.iter().filter(|message| message.room == room && !message.deleted);
    let modals = state.modals.iter().filter(|modal| modal.room == room);
    let mut entries: Vec<(u64, String)> = messages.map(|message| (message.idx, said(state, message))).collect();
    entries.extend(modals.map(|modal| (modal.idx, shown(modal))));
    entries.sort_by_key(|(idx, _)| *idx);
    for (_, entry) in entries {
        out.push_str(&entry);
        out.push('\n');
    }
    // Those that stand on no message of the room.
    for thread in state.channels.values() {
        let here = matches!(thread.kind, Kind::Thread { parent, .. } if parent == room) && !thread.deleted;
        if here && state.message(thread.id).is_none() {
            out.push_str(&thread_of(state, thread.id));
        }
    }
    out
}

/// Text under a message's head.
struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        self.0.push_str(format!("   {text}").trim_end());
        self.0.push('\n');
    }
}

fn said(state: &State, message: &Message) -> String {
    let who = state.people.get(&message.author).map_or("Kronikas", |person| person.name.as_str());
    let head = if message.asked.is_empty() { who } else { &message.asked };
    let mut out = Lines(format!("── {head}\n"));
    if let Some(user) = &message.ephemeral_to {
        out.line(&format!("(only {user} sees this)"));
    }
    for text in message.body["content"].as_str().unwrap_or_default().lines() {
        out.line(text);
    }
    if message.body["loading"] == true {
        out.line("…");
    }
    for embed in message.body["embeds"].as_array().into_iter().flatten() {
        out.line(&format!("▌ {}", embed["title"].as_str().unwrap_or_default()));
        for text in embed["description"].as_str().unwrap_or_default().lines() {
            out.line(text);
        }
        for field in embed["fields"].as_array().into_iter().flatten() {
            out.line(field["name"].as_str().unwrap_or_default());
            for text in field["value"].as_str().unwrap_or_default().lines() {
                out.line(&format!("  {text}"));
            }
        }
        if let Some(foot) = embed["footer"]["text"].as_str() {
            out.line(&format!("-# {foot}"));
        }
    }
    for file in &message.files {
        let alt = file.description.as_ref().map(|alt| format!(" “{alt}”")).unwrap_or_default();
        out.line(&format!("⎘ {}{alt}", file.name));
    }
    for row in message.body["components"].as_array().into_iter().flatten() {
        let labels: Vec<String> = row["components"].as_array().into_iter().flatten().map(component).collect();
        out.line(&labels.join(" "));
    }
    out.0.push_str(&thread_of(state, message.id));
    out.0
}

/// The thread with that id and what is said in it, further in; nothing if there is none.
fn thread_of(state: &State, id: u64) -> String {
    let Some(thread) = state.channels.get(&id).filter(|thread| !thread.deleted) else { return String::new() };
    let archived = if matches!(thread.kind, Kind::Thread { archived: true, .. }) { " (archived)" } else { "" };
    let mut out = Lines(format!("   ⤷ {}{archived}\n", thread.name));
    for text in render(state, id).trim_end().lines() {
        out.line(&format!("  {text}"));
    }
    out.0
}

fn shown(modal: &Shown) -> String {
    let mut out = Lines(format!("── {}\n", modal.asked));
    out.line(&format!("⧉ {}", modal.data["title"].as_str().unwrap_or_default()));
    for (_, label) in super::said::inputs(&modal.data) {
        out.line(&format!("{label}: ____"));
    }
    out.0
}

fn component(component: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match component["type"].as_u64() {
        Some(2) if component["style"] == 5 => format!("[{} ↗ {}]", text(&component["label"]), text(&component["url"])),
        Some(2) if component["disabled"] == true => format!("[{} (off)]", text(&component["label"])),
        Some(2) => format!("[{}]", text(&component["label"])),
        _ => {
            let options = component["options"].as_array().cloned().unwrap_or_default();
            let labels: Vec<String> = options
                .iter()
                .map(|option| match option["description"].as_str() {
                    Some(hint) => format!("{} — {hint}", text(&option["label"])),
                    None => text(&option["label"]),
                })
                .collect();
            format!("▾ {}\n      {}", text(&component["placeholder"]), labels.join("\n      "))
        }
    }
}
