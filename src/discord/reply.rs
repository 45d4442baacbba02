//! Responds to interactions within three seconds, once, and only to the intended users.
//!
//! Discord decides with the initial response whether a message is private, and a deferred response is
//! sent before the answer is known. So a late private answer never fills a public deferred response: the
//! deferred response is deleted, and the answer becomes a new private message. A private answer never
//! replaces a public card either.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use serenity::builder::CreateAttachment;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::sleep;

use super::api::{Api, ApiError, Upload};

/// If there is no answer after this long, a deferred response is sent. It is half of what Discord
/// allows, so that the deferred response arrives in time.
const PROMISE: Duration = Duration::from_millis(1500);
/// An initial response that Discord has not confirmed by then is sent once more. Discord accepts only
/// one of them. The remaining second is for the repetition to arrive.
const REPEAT: Duration = Duration::from_millis(2000);
/// The minimum time before a repetition, because a picture takes a while on a slow line.
const UNANSWERED: Duration = Duration::from_millis(950);
/// After this, an initial response is not repeated.
const LAST: Duration = Duration::from_millis(2500);
/// How long an interaction's token is valid, with a small margin.
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60 - 20);
/// The pause between attempts to fill a deferred response: the first, doubled up to the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Message flag: only the user sees the message.
const EPHEMERAL: u64 = 64;
/// Discord's error codes: the message is gone; the interaction was answered before.
const UNKNOWN_MESSAGE: u64 = 10008;
const ACKNOWLEDGED: u64 = 40060;

/// Types of initial responses.
const MESSAGE: u8 = 4;
const PROMISED_MESSAGE: u8 = 5;
const PROMISED_UPDATE: u8 = 6;
const UPDATE: u8 = 7;

/// How an answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseMode {
    New {
        /// Whether only the user may see it, whatever the answer says.
        alone: bool,
    },
    /// As an edit of the message that was pressed.
    InPlace {
        /// Whether only the user sees that message.
        alone: bool,
    },
}

/// An interaction that must be answered.
pub(super) struct Responder<'a> {
    pub api: &'a Api,
    /// The application's id.
    pub application: u64,
    /// The interaction's id.
    pub id: u64,
    /// The interaction's token; a secret.
    pub token: &'a str,
    /// When the interaction arrived.
    pub arrived: Instant,
}

pub(super) struct OutgoingResponse {
    /// The message, without flags. It sets every field that an edit must replace.
    pub message: Value,
    pub files: Vec<CreateAttachment>,
    /// Whether only the user may see it.
    pub alone: bool,
    /// Whether it must be a new message, because a refusal must not replace a card.
    pub apart: bool,
}

impl OutgoingResponse {
    fn fits_in_place(&self, pressed_alone: bool) -> bool {
        !self.apart && (pressed_alone || !self.alone)
    }

    /// The message as a new one.
    fn anew(&self, alone: bool) -> Value {
        let mut message = self.message.clone();
        if alone {
            message["flags"] = json!(EPHEMERAL);
        }
        message
    }
}

impl Responder<'_> {
    /// Sends the result of `work`, with a deferred response first if it takes long. Sends `apology` if
    /// `work` panics.
    ///
    /// # Errors
    /// If Discord does not accept the answer, or `work` panicked.
    pub(super) async fn send(
        &self,
        mut work: JoinHandle<OutgoingResponse>,
        manner: ResponseMode,
        apology: OutgoingResponse,
    ) -> Result<(), Failed> {
        let left = PROMISE.saturating_sub(self.arrived.elapsed());
        match tokio::time::timeout(left, &mut work).await {
            Ok(done) => {
                let (said, panicked) = unless_panicked(done, apology);
                self.first(&said, manner).await?;
                panicked
            }
            Err(_) => {
                let manner = self.promise(manner).await?;
                let (said, panicked) = unless_panicked(work.await, apology);
                self.late(&said, manner).await?;
                panicked
            }
        }
    }

    /// Sends an initial response.
    ///
    /// # Errors
    /// If Discord does not accept it.
    pub(super) async fn first(&self, said: &OutgoingResponse, manner: ResponseMode) -> Result<(), Failed> {
        if let ResponseMode::InPlace { alone } = manner
            && said.fits_in_place(alone)
        {
            match self.callback(UPDATE, Some(said.message.clone()), &said.files).await {
                // Somebody deleted the message in the meantime.
                Err(failed) if failed.code() == Some(UNKNOWN_MESSAGE) => {}
                sent => return sent,
            }
        }
        let alone = said.alone || said.apart || manner != ResponseMode::New { alone: false };
        self.callback(MESSAGE, Some(said.anew(alone)), &said.files).await
    }

    /// Sends an initial response without files unchanged.
    ///
    /// # Errors
    /// If Discord does not accept it.
    pub(super) async fn create(&self, response: Value) -> Result<(), Failed> {
        self.once_or_twice(&response, &[]).await
    }

    /// Sends a deferred response, and returns how the answer must follow. Without a confirmation it may
    /// still have arrived, so filling it is tried anyway.
    async fn promise(&self, manner: ResponseMode) -> Result<ResponseMode, Failed> {
        let (kind, data) = match manner {
            ResponseMode::New { alone: true } => (PROMISED_MESSAGE, Some(json!({ "flags": EPHEMERAL }))),
            ResponseMode::New { alone: false } => (PROMISED_MESSAGE, None),
            ResponseMode::InPlace { .. } => (PROMISED_UPDATE, None),
        };
        match self.callback(kind, data, &[]).await {
            // Somebody deleted the message that was pressed.
            Err(failed) if failed.code() == Some(UNKNOWN_MESSAGE) && kind == PROMISED_UPDATE => {
                Box::pin(self.promise(ResponseMode::New { alone: true })).await
            }
            Err(failed) if failed.code().is_some() => Err(failed),
            Err(failed @ (Failed::AnsweredElsewhere | Failed::Panic)) => Err(failed),
            Ok(()) | Err(Failed::Discord(_)) => Ok(manner),
        }
    }

    async fn late(&self, said: &OutgoingResponse, manner: ResponseMode) -> Result<(), Failed> {
        let fills = match manner {
            ResponseMode::New { alone } => alone || !said.alone && !said.apart,
            ResponseMode::InPlace { alone } => said.fits_in_place(alone),
        };
        if fills {
            match self.patiently(Method::PATCH, Some((&said.message, &said.files))).await {
                // Somebody deleted the message in the meantime.
                Err(trouble) if trouble.code() == Some(UNKNOWN_MESSAGE) => {}
                sent => return sent.map_err(Failed::Discord),
            }
        } else if matches!(manner, ResponseMode::New { .. }) {
            // While the deferred response exists, a follow-up would fill it publicly.
            match self.patiently(Method::DELETE, None).await {
                Err(trouble) if trouble.code() != Some(UNKNOWN_MESSAGE) => return Err(Failed::Discord(trouble)),
                _ => {}
            }
        }
        self.patiently(Method::POST, Some((&said.anew(true), &said.files))).await.map_err(Failed::Discord)
    }

    async fn callback(&self, kind: u8, data: Option<Value>, files: &[CreateAttachment]) -> Result<(), Failed> {
        let mut body = json!({ "type": kind });
        if let Some(data) = data {
            body["data"] = data;
        }
        self.once_or_twice(&body, files).await
    }

    /// Sends an initial response, and once more if it is unknown whether it arrived.
    async fn once_or_twice(&self, body: &Value, files: &[CreateAttachment]) -> Result<(), Failed> {
        let mut first = std::pin::pin!(self.call_back(body, files));
        let patience = REPEAT.saturating_sub(self.arrived.elapsed()).max(UNANSWERED);
        let pause = tokio::select! {
            answered = &mut first => match answered {
                Err(ApiError::Unclear(_)) => PAUSE / 5,
                Err(ApiError::Wait(wait)) => wait,
                Err(trouble) if trouble.code() == Some(ACKNOWLEDGED) => return Err(Failed::AnsweredElsewhere),
                other => return other.map_err(Failed::Discord),
            },
            () = sleep(patience) => {
                let second = std::pin::pin!(self.call_back(body, files));
                return sent_by_either(first, second).await;
            }
        };
        if self.arrived.elapsed() + pause > LAST {
            return Err(Failed::Discord(ApiError::Unclear("there was no time to repeat it".to_owned())));
        }
        sleep(pause).await;
        sent(self.call_back(body, files).await)
    }

    async fn call_back(&self, body: &Value, files: &[CreateAttachment]) -> Result<(), ApiError> {
        let path = format!("/interactions/{}/{}/callback", self.id, self.token);
        let upload = Upload { json: body.clone(), files };
        self.api.answer(Method::POST, &path, Some(upload)).await.map(drop)
    }

    /// Edits or deletes the original response, or sends a follow-up (POST), until it is done, refused,
    /// or the token has expired. Repeating an edit or a deletion is harmless. A follow-up may come twice
    /// if its confirmation was lost; it is for one user, and better than none.
    async fn patiently(&self, method: Method, body: Option<(&Value, &[CreateAttachment])>) -> Result<(), ApiError> {
        let mut path = format!("/webhooks/{}/{}", self.application, self.token);
        if method != Method::POST {
            path.push_str("/messages/@original");
        }
        let mut pause = PAUSE;
        loop {
            let upload = body.map(|(json, files)| Upload { json: json.clone(), files });
            let trouble = match self.api.answer(method.clone(), &path, upload).await {
                Ok(_) => return Ok(()),
                Err(refused @ ApiError::Refused { .. }) => return Err(refused),
                Err(trouble) => trouble,
            };
            let wait = if let ApiError::Wait(wait) = trouble { wait } else { pause };
            if self.arrived.elapsed() + wait > TOKEN_LIFE {
                return Err(trouble);
            }
            sleep(wait).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }
}

/// The result of the work, or the apology if it panicked.
fn unless_panicked(
    done: Result<OutgoingResponse, JoinError>,
    apology: OutgoingResponse,
) -> (OutgoingResponse, Result<(), Failed>) {
    match done {
        Ok(said) => (said, Ok(())),
        Err(_) => (apology, Err(Failed::Panic)),
    }
}

/// The result of a second attempt: "already answered" proves that the first succeeded.
fn sent(second: Result<(), ApiError>) -> Result<(), Failed> {
    match second {
        Err(trouble) if trouble.code() == Some(ACKNOWLEDGED) => Ok(()),
        second => second.map_err(Failed::Discord),
    }
}

/// Waits for two concurrent attempts; one success is enough.
async fn sent_by_either(
    first: impl Future<Output = Result<(), ApiError>> + Unpin,
    second: impl Future<Output = Result<(), ApiError>> + Unpin,
) -> Result<(), Failed> {
    use futures_util::future::{Either, select};
    let (one, other) = match select(first, second).await {
        Either::Left((one, other)) => (sent(one), Either::Left(other)),
        Either::Right((one, other)) => (sent(one), Either::Right(other)),
    };
    if one.is_ok() { one } else { sent(other.await) }
}

/// Why a user got no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// The command panicked. The panic message is left out, because it may quote what was typed.
    #[error("the command panicked")]
    Panic,
    /// Discord did not accept the answer.
    #[error("Discord did not accept the answer")]
    Discord(#[source] ApiError),
    /// Another process with this token had answered.
    #[error("another process answered first; only one may run with a token")]
    AnsweredElsewhere,
}

impl Failed {
    /// Discord's error code, if it refused.
    fn code(&self) -> Option<u64> {
        match self {
            Failed::Discord(trouble) => trouble.code(),
            Failed::Panic | Failed::AnsweredElsewhere => None,
        }
    }
}

#[cfg(test)]
mod tests;
