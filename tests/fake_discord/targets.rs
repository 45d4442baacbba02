//! Messages of other kinds than plain text, on which somebody may use a message command.

use serde_json::{Value, json};

use super::clock::iso;
use super::state::State;

/// What somebody clicks on.
#[derive(Debug, Clone)]
pub enum Target<'a> {
    /// A message that was written just now.
    Text(&'a str),
    /// A message of the room, such as a post of the bot.
    Message(u64),
    /// A message that only forwards another: its text is in the snapshot.
    Forward(&'a str),
    /// A message of Components V2: its text is in the components.
    Layout(&'a str),
    /// A poll: question and answers.
    Poll(&'a str, &'a [&'a str]),
    /// A sticker and nothing else.
    Sticker(&'a str),
    /// A link whose preview shows a video; some name only its proxy.
    Video { title: &'a str, url: Option<&'a str> },
}

impl Target<'_> {
    /// The message as the interaction brings it. `plain` is an empty message of now.
    pub fn json(&self, state: &State, plain: Value) -> Value {
        let mut out = plain;
        match self {
            Target::Text(text) => out["content"] = json!(text),
            Target::Message(id) => return state.message(*id).expect("the message is there").json(state),
            Target::Forward(text) => {
                let taken = json!({ "content": text, "timestamp": iso(state.now()), "edited_timestamp": null, "mentions": [],
                    "mention_roles": [], "attachments": [], "embeds": [], "type": 0, "flags": 0, "components": [] });
                out["message_snapshots"] = json!([{ "message": taken }]);
                out["message_reference"] = json!({ "type": 1, "channel_id": "1", "message_id": "2" });
                out["flags"] = json!(1 << 14);
            }
            Target::Layout(text) => {
                let inside = json!([{ "type": 10, "id": 2, "content": text }]);
                out["components"] =
                    json!([{ "type": 17, "id": 1, "accent_color": null, "spoiler": false, "components": inside }]);
                out["flags"] = json!(1 << 15);
            }
            Target::Poll(question, answers) => {
                let answers: Vec<Value> =
                    (1..).zip(*answers).map(|(id, text)| json!({ "answer_id": id, "poll_media": { "text": text } })).collect();
                out["poll"] = json!({ "question": { "text": question }, "answers": answers, "expiry": iso(state.now()),
                    "allow_multiselect": false, "layout_type": 1, "results": { "is_finalized": false, "answer_counts": [] } });
            }
            Target::Sticker(name) => {
                out["sticker_items"] = json!([{ "id": "749054660769218631", "name": name, "format_type": 3 }])
            }
            Target::Video { title, url } => {
                let mut video = json!({ "proxy_url": "https://images.example/v", "width": 640, "height": 360, "flags": 0 });
                if let Some(url) = url {
                    video["url"] = json!(url);
                }
                out["content"] = json!("https://videos.example/1");
                out["embeds"] = json!([{ "type": "video", "url": "https://videos.example/1", "title": title, "video": video }]);
            }
        }
        out
    }
}
