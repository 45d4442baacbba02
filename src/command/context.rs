//! What commands work with: what is known, its lookup and questions, and the services.

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
use crate::session::round::Book;
use crate::session::{QuestionBank, Questions};

/// What is said to somebody in danger, unless the operator has a sentence of their own.
const SAFETY_TEXT: &str = "If you are not safe or think of hurting yourself, please talk to somebody now: an adult you trust, a teacher or the school nurse. You can also call 116 111, a free helpline for children and young people in many European countries, or 112 in an emergency. You are not alone with this.";

/// What a command works with, borrowed.
#[derive(Clone, Copy)]
pub struct CommandContext<'a> {
    pub pack: &'a Pack,
    pub lookup: &'a Lookup,
    /// What is said to somebody who seems to be in danger.
    pub safety_text: &'a str,
    loaded: &'a Arc<LoadedPack>,
    /// The store, the channels and the deliveries, where there are such.
    pub services: Option<&'a Services>,
    /// The connection to Discord; in a terminal there is none.
    pub connection: Option<Connection>,
}

/// The connection to Discord, as far as people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// All of it, without a break since then.
    Since(Timestamp),
    /// Not all of it at the moment.
    Lost,
}

impl<'a> CommandContext<'a> {
    /// The same, with what is known of the connection.
    pub fn connected(self, connection: Connection) -> CommandContext<'a> {
        CommandContext { connection: Some(connection), ..self }
    }

    /// Does what takes the processor for long: not on a thread that runs other commands meanwhile.
    pub async fn compute<T: Send + 'static>(&self, work: impl FnOnce(&LoadedPack) -> T + Send + 'static) -> T {
        let loaded = self.loaded.clone();
        blocking(move || work(&loaded)).await
    }

    /// What can be asked. Reading the pack's texts takes a moment the first time; meanwhile others who
    /// ask wait without a thread of their own.
    pub async fn questions(&self) -> Questions<'a> {
        self.loaded.read.get_or_init(|| self.compute(|loaded| _ = loaded.questions())).await;
        self.loaded.questions()
    }

    /// Does something with what can be asked that takes the processor for long, such as choosing or
    /// making many questions.
    pub async fn with_questions<T: Send + 'static>(&self, work: impl FnOnce(Questions<'_>) -> T + Send + 'static) -> T {
        self.questions().await;
        self.compute(|loaded| work(loaded.questions())).await
    }

    /// The services, for a command that cannot do without.
    ///
    /// # Errors
    /// A failure that says why this cannot be had now.
    pub fn services(&self) -> Result<&'a Services, CommandError> {
        self.services.ok_or_else(|| {
            CommandError::internal(
                "the store is not open",
                "I cannot keep anything at the moment, so this does not work now. Looking things up does. Whoever runs me finds the reason in my log.",
            )
        })
    }
}

/// Does something on a thread where nothing else waits. A panic goes on in whoever waits for it.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => resume_unwind(panic),
        // The runtime shuts down before the work began, and with it whoever waits.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// What is known and its lookup, as loaded together.
pub struct LoadedPack {
    pub pack: Pack,
    /// The lookup of that pack.
    pub lookup: Lookup,
    /// What is said to somebody who seems to be in danger.
    safety_text: String,
    /// What questions about that pack are answered with, once somebody asked one.
    answers: OnceLock<Answers>,
    /// The questions of that pack, once somebody asked for one.
    bank: OnceLock<QuestionBank>,
    /// Set when the bank is: commands wait here while it is made.
    read: OnceCell<()>,
}

impl LoadedPack {
    /// Loads a pack: builds its lookup.
    pub fn new(pack: Pack) -> LoadedPack {
        let lookup = Lookup::new(&pack);
        let (answers, bank, read) = (OnceLock::new(), OnceLock::new(), OnceCell::new());
        LoadedPack { pack, lookup, safety_text: SAFETY_TEXT.to_owned(), answers, bank, read }
    }

    /// The same with a sentence of the operator's for somebody who seems to be in danger.
    pub fn with_safety_text(self, text: &str) -> LoadedPack {
        LoadedPack { safety_text: text.to_owned(), ..self }
    }

    /// What questions about that pack are answered with. Indexing the pack's texts takes a moment the
    /// first time: call it where that keeps nobody waiting, as in [`CommandContext::compute`].
    pub fn answers(&self) -> &Answers {
        self.answers.get_or_init(|| Answers::new(&self.pack))
    }

    /// What can be asked. Reading the pack's texts takes a moment the first time, as for the answers;
    /// commands use [`CommandContext::questions`].
    pub fn questions(&self) -> Questions<'_> {
        Questions { pack: &self.pack, bank: self.bank.get_or_init(|| QuestionBank::new(&self.pack)) }
    }

    /// What is said to somebody who seems to be in danger.
    pub fn safety_text(&self) -> &str {
        &self.safety_text
    }

    /// A context over it, without services.
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

    /// A context over it and the services.
    pub fn context_with<'a>(self: &'a Arc<Self>, services: Option<&'a Services>) -> CommandContext<'a> {
        CommandContext { services, ..self.ctx() }
    }
}

/// The pack that is taught: it can be exchanged for another while answers are under way,
/// which go on with the one they began with.
pub struct CurrentPack(ArcSwap<LoadedPack>);

impl CurrentPack {
    /// Begins with a pack.
    pub fn new(loaded: LoadedPack) -> CurrentPack {
        CurrentPack(ArcSwap::from_pointee(loaded))
    }

    /// The pack of now.
    pub fn current(&self) -> Arc<LoadedPack> {
        self.0.load_full()
    }

    pub fn exchange(&self, loaded: LoadedPack) {
        self.0.store(Arc::new(loaded));
    }
}

impl Book for LoadedPack {
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
