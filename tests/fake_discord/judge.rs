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
    let value = &with_text_ids(value);
    let validator = validators().get(body).unwrap_or_else(|| panic!("no schema for {body}"));
    validator.iter_errors(value).map(|error| format!("{body}: {error}").chars().take(600).collect()).collect()
}

/// The document wants ids as text; Discord takes numbers too, and clients number the files they
/// send.
fn with_text_ids(value: &Value) -> Value {
    let mut value = value.clone();
    for path in ["/attachments", "/data/attachments"] {
        for entry in value.pointer_mut(path).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(number) = entry["id"].as_u64() {
                entry["id"] = json!(number.to_string());
            }
        }
    }
    value
}
