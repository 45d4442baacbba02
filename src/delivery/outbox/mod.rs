//! The outbox: each delivery is claimed, posted, looked up after doubt, and its outcome recorded.
//!
//! `policy` decides what to do next with a delivery (pure). `deliver` does it, with the store, the clock
//! and the edge's [`Messenger`](crate::messenger::Messenger). Each registered [`PostKind`] provides the
//! content. `status` is the state for health checks.

pub(crate) mod deliver;
pub(crate) mod kind;
pub(crate) mod nonce;
pub(crate) mod policy;
pub(crate) mod status;

pub use deliver::{Deliverer, is_decided};
pub use kind::PostKind;
pub use nonce::{key_of, nonce};
pub use status::{DeliveryHealth, Status};
