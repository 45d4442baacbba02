//! What commands work with: what is known, its lookup and questions, and the services.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::Timestamp;

use super::Services;
use crate::answer::Answers;
use crate::card::Refusal;
use crate::lookup::Lookup;
use crate::pack::Pack;
use crate::session::QuestionBank;
use crate::session::round::Book;

/// What is said to somebody in danger, unless the operator has a sentence of their own.
const SAFETY_TEXT: &str = "If you are not safe or think of hurting yourself, please talk to somebody now: an adult you trust, a teacher or the school nurse. You can also call 116 111, a free helpline for children and young people in many European countries, or 112 in an emergency. You are not alone with this.";

/// What a command works with, borrowed.
#[derive(Clone, Copy)]
pub struct CommandContext<'a> {
    /// What is known.
    pub pack: &'a Pack,
    /// What was meant.
    pub lookup: &'a Lookup,
    /// What is said to somebody who seems to be in danger.
    pub safety_text: &'a str,
    answers: &'a OnceLock<Answers>,
    questions: &'a OnceLock<QuestionBank>,
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

    /// What questions are answered with. Indexing the pack's texts takes a moment the first time.
    pub fn answers(&self) -> &'a Answers {
        self.answers.get_or_init(|| Answers::new(self.pack))
    }

    /// What can be asked. Reading the pack's texts takes a moment the first time.
    pub fn bank(&self) -> &'a QuestionBank {
        self.questions.get_or_init(|| QuestionBank::new(self.pack))
    }

    /// The services, for a command that cannot do without.
    ///
    /// # Errors
    /// A refusal that says why this cannot be had now.
    pub fn services(&self) -> Result<&'a Services, Refusal> {
        self.services.ok_or_else(|| {
            Refusal::new("I cannot keep anything at the moment, so this does not work now. Looking things up does. Whoever runs me finds the reason in my log.")
        })
    }
}

/// What is known and its lookup, as loaded together.
pub struct LoadedPack {
    /// What is known.
    pub pack: Pack,
    /// The lookup of that pack.
    pub lookup: Lookup,
    /// What is said to somebody who seems to be in danger.
    safety_text: String,
    /// What questions about that pack are answered with, once somebody asked one.
    answers: OnceLock<Answers>,
    /// The questions of that pack, once somebody asked for one.
    questions: OnceLock<QuestionBank>,
}

impl LoadedPack {
    /// Loads a pack: builds its lookup.
    pub fn new(pack: Pack) -> LoadedPack {
        let lookup = Lookup::new(&pack);
        LoadedPack { pack, lookup, safety_text: SAFETY_TEXT.to_owned(), answers: OnceLock::new(), questions: OnceLock::new() }
    }

    /// The same with a sentence of the operator's for somebody who seems to be in danger.
    pub fn with_safety_text(self, text: &str) -> LoadedPack {
        LoadedPack { safety_text: text.to_owned(), ..self }
    }

    /// What questions about that pack are answered with; see [`CommandContext::answers`].
    pub fn answers(&self) -> &Answers {
        self.ctx().answers()
    }

    /// What is said to somebody who seems to be in danger.
    pub fn safety_text(&self) -> &str {
        &self.safety_text
    }

    /// A context over it, without services.
    pub fn ctx(&self) -> CommandContext<'_> {
        CommandContext {
            pack: &self.pack,
            lookup: &self.lookup,
            answers: &self.answers,
            safety_text: &self.safety_text,
            questions: &self.questions,
            services: None,
            connection: None,
        }
    }

    /// A context over it and the services.
    pub fn context_with<'a>(&'a self, services: Option<&'a Services>) -> CommandContext<'a> {
        CommandContext { services, ..self.ctx() }
    }
}

/// The pack that is taught: it can be exchanged for another while answers are under way,
/// which go on with the one they began with.
pub struct CurrentPack(RwLock<Arc<LoadedPack>>);

impl CurrentPack {
    /// Begins with a pack.
    pub fn new(loaded: LoadedPack) -> CurrentPack {
        CurrentPack(RwLock::new(Arc::new(loaded)))
    }

    /// The pack of now.
    pub fn current(&self) -> Arc<LoadedPack> {
        // It is exchanged whole: a panic elsewhere leaves the old or the new one.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Exchanges it.
    pub fn exchange(&self, loaded: LoadedPack) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
    }
}

impl Book for LoadedPack {
    fn pack(&self) -> &Pack {
        &self.pack
    }

    fn bank(&self) -> &QuestionBank {
        self.ctx().bank()
    }
}

impl Book for CommandContext<'_> {
    fn pack(&self) -> &Pack {
        self.pack
    }

    fn bank(&self) -> &QuestionBank {
        CommandContext::bank(self)
    }
}
