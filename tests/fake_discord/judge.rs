//! Judges bodies by Discord's own OpenAPI document.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// A validator for each body, compiled once.
fn validators() -> &'static BTreeMap<String, Validator> {
    static VALIDATORS: OnceLock<BTreeMap<String, Validator>> = OnceLock::new();
    VALIDATORS.get_or_init(|| {
        let document: Value = serde_json::from_str(include_str!("../data/discord-openapi.json")).expect("the document is JSON");
        let bodies = document["bodies"].as_object().expect("the document has bodies");
        bodies
            .iter()
            .map(|(name, body)| {
                let schema = json!({ "$schema": document["$schema"], "$defs": document["$defs"], "allOf": [body] });
                (name.clone(), jsonschema::validator_for(&schema).expect("a valid schema"))
            })
            .collect()
    })
}

/// What Discord's document has against a body.
pub fn complaints(body: &str, value: &Value) -> Vec<String> {
    let value = &as_documented(value);
    let validator = validators().get(body).unwrap_or_else(|| panic!("no schema for {body}"));
    validator.iter_errors(value).map(|error| format!("{body}: {error}").chars().take(600).collect()).collect()
}

/// The body in the document's way where Discord takes two: ids as text (clients number the files they
/// send) and permissions as numbers (clients write them as text, as the written documentation says).
fn as_documented(value: &Value) -> Value {
    let mut value = value.clone();
    for path in ["/attachments", "/data/attachments"] {
        for entry in value.pointer_mut(path).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(number) = entry["id"].as_u64() {
                entry["id"] = json!(number.to_string());
            }
        }
    }
    for command in value.as_array_mut().into_iter().flatten() {
        if let Some(number) = command["default_member_permissions"].as_str().and_then(|text| text.parse::<u64>().ok()) {
            command["default_member_permissions"] = json!(number);
        }
    }
    value
}
