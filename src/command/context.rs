//! What commands work with: the pack, its lookup and questions, and the services.

use std::panic::resume_unwind;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use super::Services;
use crate::answer::Answers;
use crate::card::CommandError;
use crate::lookup::Lookup;
use crate::pack::Pack;
use crate::session::round::QuestionSource;
use crate::session::{QuestionBank, Questions};

/// The default answer to somebody in danger.
const SAFETY_TEXT: &str = "If you are not safe or think of hurting yourself, please talk to somebody now: an adult you trust, a teacher or the school nurse. You can also call 116 111, a free helpline for children and young people in many European countries, or 112 in an emergency. You are not alone with this.";

/// What a command works with.
#[derive(Clone, Copy)]
pub struct CommandContext<'a> {
    pub pack: &'a Pack,
    pub lookup: &'a Lookup,
    /// The answer to somebody who seems to be in danger.
    pub safety_text: &'a str,
    loaded: &'a Arc<LoadedPack>,
    /// The store, the channels and the deliveries, if available.
    pub services: Option<&'a Services>,
    /// The state of the connection to Discord; `None` in a terminal.
    pub connection: Option<Connection>,
}

/// The state of the connection to Discord, for `/about`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Connected without interruption since then.
    Since(Timestamp),
    /// At least one shard is not connected.
    Lost,
}

impl<'a> CommandContext<'a> {
    /// The same context with the state of the connection.
    pub fn connected(self, connection: Connection) -> CommandContext<'a> {
        CommandContext { connection: Some(connection), ..self }
    }

    /// Runs CPU-heavy work on the blocking pool, so that it delays no other command.
    pub async fn compute<T: Send + 'static>(&self, work: impl FnOnce(&LoadedPack) -> T + Send + 'static) -> T {
        let loaded = self.loaded.clone();
        blocking(move || work(&loaded)).await
    }

    /// The questions of the pack. The first call builds the index, and others await it meanwhile without
    /// blocking a thread.
    pub async fn questions(&self) -> Questions<'a> {
        self.loaded.read.get_or_init(|| self.compute(|loaded| _ = loaded.questions())).await;
        self.loaded.questions()
    }

    /// Runs CPU-heavy work with the questions, such as choosing or generating many of them.
    pub async fn with_questions<T: Send + 'static>(&self, work: impl FnOnce(Questions<'_>) -> T + Send + 'static) -> T {
        self.questions().await;
        self.compute(|loaded| work(loaded.questions())).await
    }

    /// The services, for a command that needs them.
    ///
    /// # Errors
    /// A failure that says why they are not available now.
    pub fn services(&self) -> Result<&'a Services, CommandError> {
        self.services.ok_or_else(|| {
            CommandError::internal(
                "the store is not open",
                "I cannot save anything at the moment, so this does not work now. Looking things up does. The person who runs me can find the reason in my log.",
            )
        })
    }
}

/// Runs work on the blocking pool. A panic resumes in the caller.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => resume_unwind(panic),
        // The runtime shuts down before the work began; the caller ends with it.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// A pack with its lookup, loaded together.
pub struct LoadedPack {
    pub pack: Pack,
    /// The lookup of the pack.
    pub lookup: Lookup,
    /// The answer to somebody who seems to be in danger.
    safety_text: String,
    /// The index for answering questions, built when first needed.
    answers: OnceLock<Answers>,
    /// The question bank, built when first needed.
    bank: OnceLock<QuestionBank>,
    /// Set when the bank is built; commands wait for it here.
    read: OnceCell<()>,
}

impl LoadedPack {
    /// Builds the lookup of a pack.
    pub fn new(pack: Pack) -> LoadedPack {
        let lookup = Lookup::new(&pack);
        let (answers, bank, read) = (OnceLock::new(), OnceLock::new(), OnceCell::new());
        LoadedPack { pack, lookup, safety_text: SAFETY_TEXT.to_owned(), answers, bank, read }
    }

    /// The same with the operator's own answer for somebody in danger.
    pub fn with_safety_text(self, text: &str) -> LoadedPack {
        LoadedPack { safety_text: text.to_owned(), ..self }
    }

    /// The index for answering questions. The first call builds it, which takes a moment; call it where
    /// that delays nobody, as in [`CommandContext::compute`].
    pub fn answers(&self) -> &Answers {
        self.answers.get_or_init(|| Answers::new(&self.pack))
    }

    /// The questions of the pack. The first call builds the index, which takes a moment; commands use
    /// [`CommandContext::questions`] instead.
    pub fn questions(&self) -> Questions<'_> {
        Questions { pack: &self.pack, bank: self.bank.get_or_init(|| QuestionBank::new(&self.pack)) }
    }

    /// The answer to somebody who seems to be in danger.
    pub fn safety_text(&self) -> &str {
        &self.safety_text
    }

    /// A context without services.
    pub fn ctx(self: &Arc<Self>) -> CommandContext<'_> {
        CommandContext {
            pack: &self.pack,
            lookup: &self.lookup,
            safety_text: &self.safety_text,
            loaded: self,
            services: None,
            connection: None,
        }
    }

    /// A context with services.
    pub fn context_with<'a>(self: &'a Arc<Self>, services: Option<&'a Services>) -> CommandContext<'a> {
        CommandContext { services, ..self.ctx() }
    }
}

/// The current pack. It can be replaced while commands run; they continue with the one they started
/// with.
pub struct CurrentPack(ArcSwap<LoadedPack>);

impl CurrentPack {
    /// Begins with a pack.
    pub fn new(loaded: LoadedPack) -> CurrentPack {
        CurrentPack(ArcSwap::from_pointee(loaded))
    }

    /// The current pack.
    pub fn current(&self) -> Arc<LoadedPack> {
        self.0.load_full()
    }

    pub fn exchange(&self, loaded: LoadedPack) {
        self.0.store(Arc::new(loaded));
    }
}

impl QuestionSource for LoadedPack {
    fn questions(&self) -> Questions<'_> {
        LoadedPack::questions(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{built_in, load};

    fn loaded() -> Arc<LoadedPack> {
        Arc::new(LoadedPack::new(load(&built_in()).unwrap_or_else(|report| panic!("{report}"))))
    }

    #[tokio::test]
    async fn the_first_who_ask_at_the_same_moment_get_the_same_questions() {
        let loaded = loaded();
        let ctx = loaded.ctx();
        let (one, other, third) = tokio::join!(
            ctx.questions(),
            ctx.questions(),
            ctx.with_questions(|questions| std::ptr::from_ref(questions.bank).addr())
        );
        assert!(std::ptr::eq(one.bank, other.bank));
        assert_eq!(std::ptr::from_ref(one.bank).addr(), third);
    }

    #[tokio::test]
    async fn a_panic_of_long_work_ends_the_command_that_waits_for_it() {
        let loaded = loaded();
        let command = tokio::spawn(async move { loaded.ctx().compute(|_| panic!("a defect")).await });
        assert!(command.await.expect_err("it panicked").is_panic());
    }
}
