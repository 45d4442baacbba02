//! Requests about interactions and commands, and what their outcome allows to do next.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use serenity::builder::CreateAttachment;

use super::rest::{Body, NoReply, Rest, RestResponse};
use super::verdict::Verdict;

/// Discord's REST interface, as far as interactions and commands need it.
pub struct Api(Arc<Rest>);

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Discord says no, and will say so again.
    #[error("Discord answered {status} with code {code}")]
    Refused {
        status: u16,
        /// Discord's own code. Its words are left out: they may quote what was sent.
        code: u64,
    },
    /// Not done; to be tried again after that long.
    #[error("Discord asks to wait {} s", .0.as_secs_f32())]
    Wait(Duration),
    /// Perhaps done, perhaps not: no answer, an error of the server, or an answer that is not Discord's.
    #[error("{0}")]
    Unclear(String),
}

impl ApiError {
    /// Discord's code, if it refused.
    pub fn code(&self) -> Option<u64> {
        match self {
            ApiError::Refused { code, .. } => Some(*code),
            ApiError::Wait(_) | ApiError::Unclear(_) => None,
        }
    }
}

/// A message with its files, as the body of a request.
#[derive(Clone)]
pub struct Upload<'a> {
    pub json: Value,
    /// The files that its `attachments` number.
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
    /// What goes through `rest`, and counts there.
    pub fn new(rest: Arc<Rest>) -> Api {
        Api(rest)
    }

    /// Waits by the clock that requests go by.
    pub async fn wait(&self, wait: Duration) {
        self.0.wait(wait).await;
    }

    /// Asks for something of the bot's; the JSON that answers it.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn get(&self, path: &str) -> Result<Value, ApiError> {
        outcome(self.0.get(path).await)
    }

    /// Puts something of the bot's in place of what is there.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn put(&self, path: &str, body: Value) -> Result<Value, ApiError> {
        outcome(self.0.put(path, Body::Json(body)).await)
    }

    /// Sends a request that rests on an interaction's token, which stands in its path.
    ///
    /// # Errors
    /// See [`ApiError`]; nothing in it repeats the path.
    pub async fn answer(&self, method: Method, path: &str, body: Option<Upload<'_>>) -> Result<Value, ApiError> {
        outcome(self.0.answer(method, path, body.map(Upload::body)).await)
    }
}

/// What an answer, or none, means here.
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
        // Whoever may send at once does; everybody else is told to wait when they try.
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
