//! A room as the people in it see it.

use serde_json::Value;

use super::state::State;

/// The room as text: who asked what, the cards, buttons in brackets, what only one person sees
/// marked.
pub fn render(state: &State, room: u64) -> String {
    let mut out = String::new();
    for message in state.messages.iter().filter(|message| message.room == room) {
        out.push_str(&format!("── {}\n", message.asked));
        if let Some(user) = &message.ephemeral_to {
            out.push_str(&format!("   (only {user} sees this)\n"));
        }
        let mut line = |text: &str| out.push_str(&format!("   {}\n", text).replace("   \n", "\n"));
        for text in message.body["content"].as_str().unwrap_or_default().lines() {
            line(text);
        }
        for embed in message.body["embeds"].as_array().into_iter().flatten() {
            line(&format!("▌ {}", embed["title"].as_str().unwrap_or_default()));
            for text in embed["description"].as_str().unwrap_or_default().lines() {
                line(text);
            }
        }
        for row in message.body["components"].as_array().into_iter().flatten() {
            let labels: Vec<String> = row["components"].as_array().into_iter().flatten().map(component).collect();
            line(&labels.join(" "));
        }
        out.push('\n');
    }
    out
}

fn component(component: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match component["type"].as_u64() {
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
