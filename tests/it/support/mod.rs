//! What tests share: one file, one thing to set up.

pub mod chaos_proxy;
pub mod fake_client;
pub mod fitting;
pub mod large_pack;
pub mod packs;
pub mod running;
pub mod school;
pub mod shared_pack;
pub mod small_disk;
pub mod tls_front;
pub mod world;

/// Runs a command that needs no services to its end.
pub fn done<T>(command: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(command)
}
