//! A hash map that iterates in the same order in every run: scores are sums of floats, and the order
//! of the additions shows in their last bits, which decide between answers that are nearly as good.

use std::hash::{BuildHasherDefault, DefaultHasher};

/// See the module; made with `default`, since `new` is for maps of random order.
pub(super) type HashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<DefaultHasher>>;
