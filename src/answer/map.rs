//! A hash map with the same iteration order in every run. Scores are sums of floats, and the order of
//! additions affects their last bits, which decide between nearly equal answers.

use std::hash::{BuildHasherDefault, DefaultHasher};

/// See the module. Create it with `default`; `new` is only for maps with random order.
pub(super) type HashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<DefaultHasher>>;
