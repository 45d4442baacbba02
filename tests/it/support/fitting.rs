//! What Discord would have against a message.

use kronikas::discord::limits;
use serde_json::Value;

/// Fails on everything Discord would refuse in a message with one embed.
pub fn check(message: &Value) {
    let length = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    let embed = &message["embeds"][0];
    assert!(length(&embed["title"]) <= limits::TITLE);
    assert!(length(&embed["description"]) <= limits::DESCRIPTION);
    assert!(length(&embed["title"]) + length(&embed["description"]) <= limits::EMBEDS);
    assert!(length(&message["content"]) <= limits::CONTENT);
    assert!(length(&message["content"]) + length(&embed["title"]) > 0, "an empty message");
    for attachment in message["attachments"].as_array().into_iter().flatten() {
        assert!((1..=limits::ALT).contains(&length(&attachment["description"])), "{attachment}");
        assert_eq!(embed["image"]["url"], format!("attachment://{}", attachment["filename"].as_str().unwrap_or_default()));
    }
    assert_eq!(message["allowed_mentions"]["parse"], serde_json::json!([]));
    let rows = message["components"].as_array().cloned().unwrap_or_default();
    assert!(rows.len() <= limits::ROWS);
    for component in rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()) {
        let id = length(&component["custom_id"]);
        assert!((1..=limits::CUSTOM_ID).contains(&id), "{component}");
        assert!(length(&component["label"]) <= limits::LABEL);
        for option in component["options"].as_array().into_iter().flatten() {
            assert!((1..=limits::OPTION).contains(&length(&option["label"])), "{option}");
            assert!((1..=limits::OPTION).contains(&length(&option["value"])), "{option}");
            assert!(length(&option["description"]) <= limits::OPTION);
        }
    }
}
