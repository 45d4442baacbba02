//! Panics in the log: where, and never what was typed.

use std::any::Any;
use std::panic::{self, PanicHookInfo};

/// From now on a panic is one line of the log. The standard message would go past the log's form and
/// its filter, and quotes whatever text was being cut at the time.
pub(super) fn log() {
    panic::set_hook(Box::new(|panicked: &PanicHookInfo<'_>| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, why = told(panicked.payload()), "a panic, which is a bug; please report this line");
    }));
}

/// What a panic says if the program's author wrote it; what was put together while it ran may quote
/// anybody.
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
