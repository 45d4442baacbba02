//! What comes in a request's body: JSON, or JSON and files.

use std::convert::Infallible;

use axum::body::Bytes;
use serde_json::Value;

use super::messages::{File, described};

/// A request's body.
#[derive(Default)]
pub struct Upload {
    pub body: Value,
    pub files: Vec<File>,
    /// What is wrong with its form.
    pub wrong: Vec<String>,
    /// Whether there is no body at all.
    pub is_empty: bool,
}

impl Upload {
    /// Reads a body by its content type.
    pub async fn read(content_type: &str, bytes: Bytes) -> Upload {
        let Ok(boundary) = multer::parse_boundary(content_type) else {
            let body = serde_json::from_slice(&bytes).unwrap_or_default();
            return Upload { body, is_empty: bytes.is_empty(), ..Upload::default() };
        };
        let stream = futures_util::stream::once(async move { Ok::<_, Infallible>(bytes) });
        let mut parts = multer::Multipart::new(stream, boundary);
        let mut out = Upload::default();
        loop {
            match parts.next_field().await {
                Ok(Some(part)) => out.part(part).await,
                Ok(None) => break,
                Err(error) => {
                    out.wrong.push(format!("multipart: {error}"));
                    break;
                }
            }
        }
        if out.body.is_null() {
            out.wrong.push("multipart without payload_json".to_owned());
        }
        // The body of a first answer to an interaction wraps the message.
        let data = if out.body["data"].is_object() { &out.body["data"] } else { &out.body };
        out.files = described(data, out.files);
        out
    }

    async fn part(&mut self, part: multer::Field<'_>) {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().unwrap_or_default().to_owned();
        let kind = part.content_type().map(ToString::to_string);
        let bytes = part.bytes().await.unwrap_or_default();
        if name == "payload_json" {
            self.body = serde_json::from_slice(&bytes).unwrap_or_default();
            return;
        }
        let number = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')).and_then(|idx| idx.parse().ok());
        let Some(id) = number else {
            self.wrong.push(format!("a part called {name:?}"));
            return;
        };
        let kind = kind.unwrap_or_else(|| {
            let known = [("png", "image/png"), ("csv", "text/csv; charset=utf-8"), ("json", "application/json; charset=utf-8")];
            let found = known.iter().find(|(end, _)| file.ends_with(end)).map(|(_, kind)| *kind);
            found.unwrap_or("application/octet-stream").to_owned()
        });
        self.files.push(File { id, name: file, description: None, kind, bytes: bytes.to_vec() });
    }

    /// The body as it goes into the log of the wire: text, and the files' names.
    pub fn written(&self, bytes: &Bytes) -> String {
        if self.files.is_empty() {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        let names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        format!("{} with {}", self.body, names.join(", "))
    }
}
