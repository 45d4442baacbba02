//! Answers within Discord's three seconds, once.

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use serenity::builder::{Builder, CreateInteractionResponse, CreateInteractionResponseMessage, EditInteractionResponse};
use serenity::http::Http;
use serenity::model::id::InteractionId;
use tokio::task::JoinHandle;

/// After this long without an answer, one is promised; half of what Discord allows, so that the
/// promise itself has time to arrive.
const PROMISE: Duration = Duration::from_millis(1500);

/// How an answer reaches its asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A new message.
    New,
    /// In place of the message that was pressed.
    InPlace,
}

/// An answer on its way.
pub struct Reply<'a> {
    /// The REST client.
    pub http: &'a Http,
    /// The interaction.
    pub id: InteractionId,
    /// What the interaction is answered with; a secret.
    pub token: &'a str,
}

/// A message, and whether it is for the asker alone.
pub struct Said {
    /// The message.
    pub message: CreateInteractionResponseMessage,
    /// The same as an edit, for when an answer was promised first.
    pub edit: EditInteractionResponse,
    /// Whether it may only be a message of its own (a refusal must not replace a card).
    pub apart: bool,
}

impl Reply<'_> {
    /// Sends what `work` comes to, promising it first when it takes long.
    ///
    /// # Errors
    /// When Discord does not take the answer.
    pub async fn send(&self, mut work: JoinHandle<Said>, manner: Manner, private: bool) -> Result<(), Failed> {
        match tokio::time::timeout(PROMISE, &mut work).await {
            Ok(done) => self.first(done.map_err(Failed::Panic)?, manner).await,
            Err(_) => {
                let promise = match manner {
                    Manner::New => CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new().ephemeral(private)),
                    Manner::InPlace => CreateInteractionResponse::Acknowledge,
                };
                self.create(&promise).await?;
                let said = work.await.map_err(Failed::Panic)?;
                said.edit.execute(self.http, self.token).await.map(drop).map_err(Failed::Discord)
            }
        }
    }

    /// Sends a first answer.
    ///
    /// # Errors
    /// When Discord does not take it.
    pub async fn first(&self, said: Said, manner: Manner) -> Result<(), Failed> {
        let response = match manner {
            Manner::InPlace if !said.apart => CreateInteractionResponse::UpdateMessage(said.message),
            _ => CreateInteractionResponse::Message(said.message),
        };
        // The library numbers several files, which nobody else can.
        response.execute(self.http, (self.id, self.token)).await.map_err(Failed::Discord)
    }

    /// Sends a first answer without files as it is.
    ///
    /// # Errors
    /// When Discord does not take it.
    pub async fn create(&self, response: &CreateInteractionResponse) -> Result<(), Failed> {
        self.http.create_interaction_response(self.id, self.token, response, Vec::new()).await.map_err(Failed::Discord)
    }
}

/// Why somebody got no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The command panicked.
    #[error("the command panicked")]
    Panic(#[source] tokio::task::JoinError),
    /// Discord did not take the answer.
    #[error("Discord did not take the answer")]
    Discord(#[source] serenity::Error),
}

/// The interactions of the last while: one that is delivered twice is answered once.
#[derive(Default)]
pub struct Answered {
    known: Mutex<(HashSet<u64>, VecDeque<u64>)>,
}

/// How many interactions are remembered; Discord repeats one within seconds or never.
const REMEMBERED: usize = 4096;

impl Answered {
    /// Whether this interaction is new; it is not the next time.
    pub fn is_new(&self, id: InteractionId) -> bool {
        // A panic while the lock was held cannot leave the two halves worse than unequal.
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !known.0.insert(id.get()) {
            return false;
        }
        known.1.push_back(id.get());
        if known.1.len() > REMEMBERED
            && let Some(oldest) = known.1.pop_front()
        {
            known.0.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;

    use axum::Router;
    use axum::extract::{Request, State};
    use axum::http::StatusCode;
    use serenity::http::HttpBuilder;

    use crate::card::Refusal;
    use crate::discord::outbound::said;

    type Seen = Arc<Mutex<Vec<String>>>;

    async fn note(State(seen): State<Seen>, request: Request) -> StatusCode {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        seen.lock().expect("no panic").push(format!("{} {} type {}", parts.method, parts.uri.path(), json["type"]));
        StatusCode::NO_CONTENT
    }

    /// A REST client whose requests are only noted.
    async fn noted() -> (Http, Seen) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Seen::default();
        let app = Router::new().fallback(note).with_state(seen.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let http = HttpBuilder::new("t").proxy(url).ratelimiter_disabled(true).build();
        http.set_application_id(serenity::model::id::ApplicationId::new(5));
        (http, seen)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_takes_long_is_promised_and_then_edited_in() {
        let (http, seen) = noted().await;
        let reply = Reply { http: &http, id: InteractionId::new(1), token: "tok" };
        let slow = tokio::task::spawn_blocking(|| {
            // Longer than the promise's limit, which is real time: Discord's clock cannot be simulated.
            std::thread::sleep(PROMISE + Duration::from_millis(150));
            said(&Err(Refusal::new("late")), 1, true)
        });
        // The edit's answer is no message here; that it was sent is what counts.
        let _ = reply.send(slow, Manner::New, true).await;
        let seen = seen.lock().expect("no panic").clone();
        assert_eq!(
            seen,
            ["POST /api/v10/interactions/1/tok/callback type 5", "PATCH /api/v10/webhooks/5/tok/messages/@original type null"]
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_harms_only_its_own_answer() {
        let (http, seen) = noted().await;
        let reply = Reply { http: &http, id: InteractionId::new(2), token: "tok" };
        let broken = tokio::task::spawn_blocking(|| -> Said { panic!("a bug in one command") });
        assert!(matches!(reply.send(broken, Manner::New, false).await, Err(Failed::Panic(_))));
        let fine = tokio::task::spawn_blocking(|| said(&Err(Refusal::new("fine")), 1, true));
        assert!(reply.send(fine, Manner::New, false).await.is_ok());
        assert_eq!(seen.lock().expect("no panic").len(), 1);
    }

    #[test]
    fn an_interaction_is_new_once_and_memory_is_bounded() {
        let answered = Answered::default();
        assert!(answered.is_new(InteractionId::new(7)));
        assert!(!answered.is_new(InteractionId::new(7)));
        for id in 100..100 + REMEMBERED as u64 {
            assert!(answered.is_new(InteractionId::new(id)));
        }
        assert_eq!(answered.known.lock().expect("no panic").0.len(), REMEMBERED);
    }
}
