//! What goes out: each delivery is claimed, posted, looked for after doubt, and decided.
//!
//! `policy` says what to do next with a delivery (pure); `deliver` does it, over the store, the clock
//! and the edges' [`Messenger`](crate::messenger::Messenger); what there is to post comes from each
//! registered [`PostKind`]; `status` is what health reads.

pub(crate) mod deliver;
pub(crate) mod kind;
pub(crate) mod nonce;
pub(crate) mod policy;
pub(crate) mod status;

pub use deliver::{Deliverer, is_decided};
pub use kind::PostKind;
pub use nonce::{key_of, nonce};
pub use status::{DeliveryHealth, Status};
