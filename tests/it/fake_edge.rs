//! The fake Discord itself: what stands before it, and how far away it is.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use serde_json::json;

use crate::fake_discord::{Edge, FakeDiscord, Fault, Which};
use crate::support::fake_client::{Client, messages};

#[tokio::test]
async fn whoever_does_not_introduce_themselves_is_blocked_on_every_route() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let routes = [
        (Method::GET, "/gateway".to_owned()),
        (Method::GET, format!("/channels/{}", room.id)),
        (Method::POST, messages(&room)),
        (Method::PUT, "/applications/1/commands".to_owned()),
        (Method::POST, "/interactions/1/token/callback".to_owned()),
        (Method::PATCH, "/webhooks/1/token/messages/@original".to_owned()),
    ];
    for (method, path) in &routes {
        // The client's own is replaced by an empty one, and by those of other programs.
        for agent in ["", "curl/8.5", "DiscordBot", "DiscordBot (https://example.org)", "DiscordBot (, 1)"] {
            let request = bot.request(method.clone(), path).header(USER_AGENT, agent);
            let answer = Client::sent(request).await.expect("an answer");
            assert_eq!((answer.status, answer.code()), (403, 40333), "{method} {path} {agent:?}");
        }
    }
    let refusals = discord.take_refusals();
    assert_eq!(refusals.len(), routes.len() * 5, "each is a complaint: {refusals:?}");
    assert_eq!(discord.invalid_requests(), routes.len() as u64 * 5);
    assert_eq!(bot.get("/gateway").await.status, 200);
    discord.finish();
}

#[tokio::test]
async fn a_body_has_to_say_what_it_is() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    discord.expect_refusals(&[50035]);
    for kind in ["", "text/plain", "application/octet-stream"] {
        let body = json!({ "content": "x", "allowed_mentions": { "parse": [] } }).to_string();
        let request = bot.request(Method::POST, &messages(&room)).header(CONTENT_TYPE, kind).body(body);
        let answer = Client::sent(request).await.expect("an answer");
        assert_eq!((answer.status, answer.code()), (400, 50035), "{kind:?}");
    }
    assert!(discord.posts(&room).is_empty());
    assert_eq!(bot.post(&room, "x").await.status, 200);
    discord.finish();
}

#[tokio::test]
async fn the_edge_answers_in_discords_place_on_any_route() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let bot = Client::new(&discord);
    let channel = format!("/channels/{}", room.id);
    for (edge, status, code) in [
        (Edge::Html(403), 403, 0),
        (Edge::Html(404), 404, 0),
        (Edge::Html(502), 502, 0),
        (Edge::Html(520), 520, 0),
        (Edge::Html(200), 200, 0),
        (Edge::Blocked, 403, 40333),
        (Edge::Limited(120), 429, 0),
    ] {
        discord.next(Which::Route("GET /channels/{id}"), 1, Fault::Edge(edge));
        discord.next(Which::Posts, 1, Fault::Edge(edge));
        for answer in [bot.get(&channel).await, bot.post(&room, "x").await] {
            assert_eq!((answer.status, answer.code(), answer.body.is_null()), (status, code, code == 0), "{edge:?}");
            let wait = if status == 429 { "120" } else { "" };
            assert_eq!(answer.header("retry-after"), wait, "{edge:?}");
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("x-ratelimit")), "{edge:?}");
        }
        assert_eq!(discord.faults().left(), 0);
    }
    assert!(discord.posts(&room).is_empty(), "nothing is done");
    discord.next(Which::Posts, 1, Fault::CutJson);
    let cut = bot.post(&room, "x").await;
    assert_eq!((cut.status, cut.body.is_null(), discord.posts(&room).len()), (200, true, 1), "done, and half told");
    discord.finish();
}

#[tokio::test]
async fn answers_come_late_from_far_away() {
    let discord = FakeDiscord::start().await;
    let bot = Client::new(&discord);
    discord.set_distance(60..90);
    let began = Instant::now();
    for _ in 0..4 {
        assert_eq!(bot.get("/gateway").await.status, 200);
    }
    assert!(began.elapsed() >= Duration::from_millis(4 * 60), "{:?}", began.elapsed());
    discord.finish();
}
