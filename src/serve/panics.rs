//! Logs panics with their location, and never what was typed.

use std::any::Any;
use std::panic::{self, PanicHookInfo};

/// Logs every panic as one line. The standard message would ignore the log's format and filter, and may
/// quote the text that was processed.
pub(super) fn log() {
    panic::set_hook(Box::new(|panicked: &PanicHookInfo<'_>| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, why = told(panicked.payload()), "a panic, which is a bug; please report this line");
    }));
}

/// The panic message if it is a constant of the program; a formatted one may quote user input.
fn told(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(not repeated: it may quote what somebody typed)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(panics: impl FnOnce() + panic::UnwindSafe) -> &'static str {
        told(panic::catch_unwind(panics).expect_err("it panics").as_ref())
    }

    #[test]
    fn what_was_typed_is_not_repeated() {
        let typed = String::from("my secret crüsh");
        assert!(!payload(move || drop(typed[..13].to_owned())).contains("secret"));
        assert_eq!(payload(|| panic!("a bug of ours")), "a bug of ours");
    }
}
