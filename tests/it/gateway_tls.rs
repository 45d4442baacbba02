//! The real bot behind TLS of a private authority and a proxy: REST and gateway go the same way.

use std::time::Duration;

use serde_json::json;

use crate::fake_discord::{FakeDiscord, TOKEN};
use crate::support::running::RunningBot;
use crate::support::tls_front::{Proxy, TlsFront};

/// `anna:CANARY-proxy` in Base64, as proxies are told passwords.
const PASSWORD: &str = "YW5uYTpDQU5BUlktcHJveHk=";

#[tokio::test]
async fn everything_goes_encrypted_through_the_proxy_and_nothing_past_it() {
    let discord = FakeDiscord::start().await;
    let front = TlsFront::start(discord.address()).await;
    let proxy = Proxy::start(front.address(), Some(PASSWORD)).await;
    discord.gateway_url("wss://gateway.discord.test");
    let room = discord.room("class");
    let anna = discord.user("Anna");
    let through = format!("http://anna:CANARY-proxy@{}", proxy.address());
    let authority = front.authority().display().to_string();
    let mut bot = RunningBot::with(
        &discord,
        &[
            ("DISCORD_API_URL", "https://discord.test"),
            ("HTTPS_PROXY", &through),
            ("SSL_CERT_FILE", &authority),
            ("KRONIKAS_LOG_FILTER", "trace"),
        ],
    );
    bot.ready(&discord).await;
    discord.mangle_next("INTERACTION_CREATE", |event| event["padding"] = json!("x".repeat(1 << 20)));
    let said = anna.slash(&room, "who", json!({ "query": "imre nagy" })).await;
    assert_eq!(said.title(), "Imre Nagy");
    discord.drop_sockets();
    anna.press(&said, "Timeline").await;
    let (connections, identifies, resumes) = discord.connections();
    assert_eq!((connections, identifies, resumes), (2, 1, 1));
    assert_eq!(discord.gateway_complaints(), (Vec::new(), 0));

    // None of the names can be resolved, and the library knows no proxies: had it dialled anything
    // with its own, older TLS, it would not have come through.
    let asked = proxy.asked();
    assert!(asked.iter().all(|place| ["discord.test:443", "gateway.discord.test:443"].contains(&place.as_str())), "{asked:?}");
    let to_gateway = front.names().iter().filter(|name| *name == "gateway.discord.test").count();
    assert_eq!(u64::try_from(to_gateway).expect("few"), connections);
    assert_eq!(front.failed(), 0, "the library's own TLS does not trust the authority: it was not used");
    let identifies: Vec<String> = discord.wire().into_iter().filter(|line| line.contains("\"op\":2")).collect();
    assert!(identifies.iter().all(|line| line.contains("\"browser\":\"kronikas\"")), "{identifies:?}");
    let (status, said) = bot.stop().await;
    assert!(status.success());
    for canary in [TOKEN, "CANARY-interaction-token", "CANARY-proxy", PASSWORD] {
        assert!(!said.contains(canary), "{canary} was written");
    }
    discord.finish();
}

#[tokio::test]
async fn hosts_that_need_no_proxy_are_reached_without() {
    let discord = FakeDiscord::start().await;
    let front = TlsFront::start(discord.address()).await;
    let port = front.address().port();
    discord.gateway_url(&format!("wss://localhost:{port}"));
    let url = format!("https://localhost:{port}");
    let authority = front.authority().display().to_string();
    let mut bot = RunningBot::with(
        &discord,
        &[
            ("DISCORD_API_URL", &url),
            ("https_proxy", "http://127.0.0.1:9"),
            ("NO_PROXY", "localhost"),
            ("SSL_CERT_FILE", &authority),
        ],
    );
    bot.ready(&discord).await;
    // The library could reach it here, by an older TLS that trusts built-in roots alone.
    assert_eq!(front.failed(), 0);
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn whoever_is_not_trusted_is_told_nothing() {
    let discord = FakeDiscord::start().await;
    let front = TlsFront::start(discord.address()).await;
    let url = format!("https://localhost:{}", front.address().port());
    let mut bot = RunningBot::with(&discord, &[("DISCORD_API_URL", &url)]);
    while !bot.said().contains("Discord cannot be reached") {
        assert!(bot.lives(), "{}", bot.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(front.failed() > 0, "a handshake that fails is counted");
    assert!(front.names().is_empty() && discord.requests().is_empty(), "not a word was said");
    let (status, said) = bot.stop().await;
    assert!(status.success(), "{said}");
}
