//! Extracts the readable text of a message.

use serde_json::Value;

/// The type of text components, and the keys of components that contain others.
const TEXT_DISPLAY: u64 = 10;
const INSIDE: [&str; 2] = ["components", "items"];

/// The text of a message in Discord's JSON, one part per line: its content, embeds, forwarded messages,
/// Components V2, a poll, and the descriptions of its files. Empty if there is no text, as for a
/// sticker.
///
/// Names of stickers, authors and buttons are left out, because they are not about history.
pub(super) fn text_of_message(message: &Value) -> String {
    let mut parts = TextParts(Vec::new());
    parts.message(message);
    // A forward contains the original message; serenity flattens its wrapping.
    for snapshot in list(&message["message_snapshots"]) {
        parts.message(snapshot.get("message").unwrap_or(snapshot));
    }
    parts.0.join("\n")
}

struct TextParts<'a>(Vec<&'a str>);

impl<'a> TextParts<'a> {
    fn text(&mut self, value: &'a Value) {
        self.0.extend(value.as_str().map(str::trim).filter(|text| !text.is_empty()));
    }

    fn message(&mut self, message: &'a Value) {
        self.text(&message["content"]);
        for embed in list(&message["embeds"]) {
            self.embed(embed);
        }
        for component in list(&message["components"]) {
            self.component(component);
        }
        self.text(&message["poll"]["question"]["text"]);
        for answer in list(&message["poll"]["answers"]) {
            self.text(&answer["poll_media"]["text"]);
        }
        for file in list(&message["attachments"]) {
            self.text(&file["description"]);
        }
    }

    fn embed(&mut self, embed: &'a Value) {
        self.text(&embed["title"]);
        self.text(&embed["description"]);
        for field in list(&embed["fields"]) {
            self.text(&field["name"]);
            self.text(&field["value"]);
        }
        self.text(&embed["footer"]["text"]);
    }

    fn component(&mut self, component: &'a Value) {
        if component["type"].as_u64() == Some(TEXT_DISPLAY) {
            self.text(&component["content"]);
        }
        // A picture of a gallery, a thumbnail or a file.
        self.text(&component["description"]);
        for inside in INSIDE {
            for component in list(&component[inside]) {
                self.component(component);
            }
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_place_that_holds_text_is_read_in_order() {
        let taken = json!({ "content": "forwarded", "embeds": [{ "title": "with a card" }] });
        for (message, expected) in [
            (json!({ "content": "  plain " }), "plain"),
            (
                json!({ "content": "", "embeds": [
                    { "title": "T", "description": "D", "fields": [{ "name": "N", "value": "V" }], "footer": { "text": "F" } },
                    { "video": { "proxy_url": "x" }, "title": "second" }
                ]}),
                "T\nD\nN\nV\nF\nsecond",
            ),
            (json!({ "content": "", "message_snapshots": [{ "message": taken }] }), "forwarded\nwith a card"),
            (json!({ "content": "see", "message_snapshots": [taken] }), "see\nforwarded\nwith a card"),
            (
                json!({ "poll": { "question": { "text": "Who?" }, "answers": [{ "answer_id": 1, "poll_media": { "text": "Nagy" } }] } }),
                "Who?\nNagy",
            ),
            (
                json!({ "flags": 32768, "components": [
                    { "type": 10, "content": "# Heading" },
                    { "type": 17, "components": [
                        { "type": 9, "components": [{ "type": 10, "content": "inside" }], "accessory": { "type": 2, "label": "Press" } },
                        { "type": 12, "items": [{ "media": { "url": "x" }, "description": "a statue" }] }
                    ]}
                ]}),
                "# Heading\ninside\na statue",
            ),
            (json!({ "attachments": [{ "filename": "a.png", "description": "Nagy at the radio" }] }), "Nagy at the radio"),
            (json!({ "content": "", "sticker_items": [{ "name": "Wave" }], "embeds": [], "components": [] }), ""),
            (json!({ "components": [{ "type": 1, "components": [{ "type": 2, "label": "Press", "custom_id": "x" }] }] }), ""),
        ] {
            assert_eq!(text_of_message(&message), expected);
        }
    }

    #[test]
    fn no_form_of_a_message_is_too_odd() {
        for odd in [
            Value::Null,
            json!([]),
            json!("text"),
            json!({ "content": 5, "embeds": {}, "components": [[], null, 7], "poll": [] }),
        ] {
            assert_eq!(text_of_message(&odd), "");
        }
    }
}
