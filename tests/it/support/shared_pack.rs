//! The built-in pack as all tests share it: reading and indexing it takes seconds without optimisation.

use std::sync::{Arc, LazyLock};

use kronikas::command::{CurrentPack, LoadedPack};
use kronikas::pack::{Pack, built_in, load};

static CURRENT: LazyLock<Arc<CurrentPack>> =
    LazyLock::new(|| Arc::new(CurrentPack::new(LoadedPack::new(load(&built_in()).unwrap_or_else(|report| panic!("{report}"))))));
static LOADED: LazyLock<Arc<LoadedPack>> = LazyLock::new(|| CURRENT.current());

/// The pack in use; nobody may exchange it.
pub fn current_pack() -> Arc<CurrentPack> {
    CURRENT.clone()
}

/// The pack with its lookup, answers and questions.
pub fn loaded() -> &'static Arc<LoadedPack> {
    &LOADED
}

/// The pack alone.
pub fn pack() -> &'static Pack {
    &LOADED.pack
}
