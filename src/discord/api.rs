//! Requests about interactions and commands, with errors that say whether to try again.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use serenity::builder::CreateAttachment;

use super::rest::{Body, NoReply, Rest, RestResponse};
use super::verdict::Verdict;

/// A client for the parts of Discord's REST API that interactions and commands need.
pub struct Api(Arc<Rest>);

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Discord refuses, and would refuse the same request again.
    #[error("Discord answered {status} with code {code}")]
    Refused {
        status: u16,
        /// Discord's error code. Its message is left out, because it may quote what was sent.
        code: u64,
    },
    /// Not done; try again after this long.
    #[error("Discord asks to wait {} s", .0.as_secs_f32())]
    Wait(Duration),
    /// Unknown whether it was done: no response, a server error, or a response that is not Discord's.
    #[error("{0}")]
    Unclear(String),
}

impl ApiError {
    /// Discord's error code, if it refused.
    pub fn code(&self) -> Option<u64> {
        match self {
            ApiError::Refused { code, .. } => Some(*code),
            ApiError::Wait(_) | ApiError::Unclear(_) => None,
        }
    }
}

/// A message and its files, as the body of a request.
#[derive(Clone)]
pub struct Upload<'a> {
    pub json: Value,
    /// The files that the message's `attachments` list refers to, in that order.
    pub files: &'a [CreateAttachment],
}

impl Upload<'_> {
    fn body(self) -> Body {
        if self.files.is_empty() {
            return Body::Json(self.json);
        }
        let form = Form::new().text("payload_json", self.json.to_string());
        Body::Form(self.files.iter().enumerate().fold(form, |form, (idx, file)| {
            form.part(format!("files[{idx}]"), Part::bytes(file.data.clone()).file_name(file.filename.clone()))
        }))
    }
}

impl Api {
    /// A client that sends through `rest` and shares its limits.
    pub fn new(rest: Arc<Rest>) -> Api {
        Api(rest)
    }

    /// Sleeps by the clock of the underlying [`Rest`].
    pub async fn wait(&self, wait: Duration) {
        self.0.wait(wait).await;
    }

    /// Sends a GET request with the bot's token, and returns the JSON of the response.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn get(&self, path: &str) -> Result<Value, ApiError> {
        outcome(self.0.get(path).await)
    }

    /// Sends a PUT request with the bot's token, and returns the JSON of the response.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn put(&self, path: &str, body: Value) -> Result<Value, ApiError> {
        outcome(self.0.put(path, Body::Json(body)).await)
    }

    /// Sends a request that is authorised by an interaction's token, which is part of the path.
    ///
    /// # Errors
    /// See [`ApiError`]; no error contains the path.
    pub async fn answer(&self, method: Method, path: &str, body: Option<Upload<'_>>) -> Result<Value, ApiError> {
        outcome(self.0.answer(method, path, body.map(Upload::body)).await)
    }
}

/// Translates a response, or the lack of one.
fn outcome(sent: Result<RestResponse, NoReply>) -> Result<Value, ApiError> {
    let reply = match sent {
        Ok(reply) => reply,
        Err(NoReply { wait: Some(wait), .. }) => return Err(ApiError::Wait(wait)),
        Err(none) => return Err(ApiError::Unclear(none.why)),
    };
    Err(match reply.verdict {
        Verdict::Done => return Ok(reply.body),
        Verdict::Wait(Some(wait)) | Verdict::TooOld(wait) => ApiError::Wait(wait),
        Verdict::Silence(silence) if reply.status == 429 => ApiError::Wait(silence.least()),
        Verdict::Deleted | Verdict::Closed(_) | Verdict::Refused(_) => {
            ApiError::Refused { status: reply.status, code: reply.body["code"].as_u64().unwrap_or_default() }
        }
        // If sending is possible now, the next request is sent; otherwise it is told to wait.
        Verdict::InDoubt | Verdict::Wait(None) | Verdict::Silence(_) => ApiError::Unclear(reply.trouble()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use secrecy::SecretString;

    #[tokio::test]
    async fn no_secret_stands_in_an_error() {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        // Nothing listens there.
        let rest = Rest::new(client, "http://127.0.0.1:1", SecretString::from("bot-token"), Arc::new(SystemClock));
        let api = Api::new(Arc::new(rest));
        let failed = api.answer(Method::POST, "/interactions/1/secret/callback", None).await.expect_err("nobody there");
        assert!(!format!("{failed} {failed:?}").contains("secret"), "{failed:?}");
    }
}
