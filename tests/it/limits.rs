//! Discord's limits, and what only looks like one: who waits for what, and how much is asked in vain.

use jiff::SignedDuration;
use reqwest::Method;

use crate::fake_discord::{BOT, Edge, Fault, Scope, Which};
use crate::support::world::{DAY, DUE, World, seconds};
use kronikas::card::{Card, Outcome};
use kronikas::discord::Channels;
use kronikas::messenger::{Messenger, SendError};
use kronikas::model::{ChannelId, State, UserId};

fn card(title: &str) -> Card {
    Card::new(Outcome::Found, title)
}

/// How many requests came in so far.
fn asked(world: &World) -> u64 {
    world.discord.requests().values().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_changes_to_old_messages_hold_up_old_ones_alone() {
    let world = World::at(DUE).await;
    let room = world.discord.room("history");
    let rooms = Channels::new(world.rest(), UserId(BOT));
    let old = rooms.send(ChannelId(room.id), "old", &card("A question")).await.expect("it is said");
    let other = rooms.send(ChannelId(room.id), "other", &card("Another question")).await.expect("it is said");
    world.advance(SignedDuration::from_hours(2));
    for idx in 0..5 {
        rooms.edit(ChannelId(room.id), old, &card(&format!("Edit {idx}"))).await.expect("it is changed");
    }
    let refused = rooms.edit(ChannelId(room.id), old, &card("One too many")).await;
    let Err(SendError::NotSent { wait: Some(wait), .. }) = refused else { panic!("{refused:?}") };
    let edits = world.discord.asked("PATCH /channels/{id}/messages/{id}");
    let refused = rooms.edit(ChannelId(room.id), other, &card("One too many")).await;
    assert!(matches!(refused, Err(SendError::NotSent { wait: Some(_), .. })), "{refused:?}");
    assert_eq!(world.discord.asked("PATCH /channels/{id}/messages/{id}"), edits, "not asked before the wait is over");
    // A round that begins now is counted as ever.
    let young = rooms.send(ChannelId(room.id), "young", &card("A new question")).await.expect("it is said");
    rooms.edit(ChannelId(room.id), young, &card("Its answer")).await.expect("it is changed at once");
    world.advance(SignedDuration::try_from(wait).expect("some minutes"));
    rooms.edit(ChannelId(room.id), other, &card("Late")).await.expect("it is changed");
    assert_eq!(world.discord.read(other.0).title(), "Late");
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_refused_counts_and_at_a_thousand_everything_stops() {
    let world = World::at(DUE).await;
    let rest = world.rest();
    world.discord.next(Which::All, usize::MAX, Fault::Refused(403, 50001));
    for idx in 0..960 {
        let path = match idx % 3 {
            0 => format!("/interactions/{idx}/token/callback"),
            1 => "/webhooks/5/token".to_owned(),
            _ => "/webhooks/5/token/messages/@original".to_owned(),
        };
        let answer = rest.answer(if idx % 3 == 2 { Method::PATCH } else { Method::POST }, &path, None).await;
        assert!(answer.is_ok_and(|reply| reply.status == 403), "{idx}");
    }
    for _ in 0..40 {
        rest.get("/applications/5/guilds/6/commands").await.expect("it is refused");
    }
    assert_eq!(asked(&world), 1000);
    let held = rest.answer(Method::POST, "/interactions/5/token/callback", None).await.expect_err("nothing is sent");
    assert!(held.surely_not_sent && held.wait.is_some(), "{held:?}");
    assert!(rest.get("/users/@me").await.is_err());
    world.advance(seconds(599));
    assert!(rest.answer(Method::POST, "/webhooks/5/token", None).await.is_err());
    assert_eq!(asked(&world), 1000);
    world.discord.faults().clear();
    world.advance(seconds(1));
    assert_eq!(rest.get("/users/@me").await.expect("it is over").status, 200);
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_discords_own_is_a_routes_even_without_a_wait_in_its_body() {
    for (headers, body, wait) in [
        (
            &[("retry-after", "30"), ("x-ratelimit-scope", "shared")][..],
            r#"{"message":"The resource is being rate limited."}"#,
            30,
        ),
        (&[("retry-after", "30")], r#"{"message":"Slow down","code":20028}"#, 30),
        (&[("retry-after", "30"), ("x-ratelimit-scope", "user"), ("x-ratelimit-bucket", "post")], "", 30),
        (&[("x-ratelimit-scope", "user")], r#"{"message":"You are being rate limited.","global":false}"#, 5),
    ] {
        let world = World::at(DUE).await;
        let limited = world.class("limited", "8", "Europe/Budapest", DAY).await;
        world.discord.next(Which::PostsIn(limited.id), 1, Fault::Instead(429, headers, body));
        let process = world.process();
        process.run_until_idle().await;
        let other = world.class("other", "8", "Europe/Budapest", DAY).await;
        process.run_until_idle().await;
        assert_eq!((world.posts(&limited), world.posts(&other)), (0, 1), "{body}: only its own channel waits");
        world.live(&process, seconds(wait - 1)).await;
        let posts = world.discord.asked("POST /channels/{id}/messages");
        assert_eq!(posts, 2, "{body}: not asked before the wait is over");
        world.live(&process, seconds(60)).await;
        assert_eq!(world.posts(&limited), 1, "{body}");
        world.discord.finish();
    }
    // One that says that it is everybody's is.
    let world = World::at(DUE).await;
    let limited = world.class("limited", "8", "Europe/Budapest", DAY).await;
    let headers = &[("retry-after", "30"), ("x-ratelimit-scope", "global")];
    world.discord.next(Which::PostsIn(limited.id), 1, Fault::Instead(429, headers, r#"{"message":"…"}"#));
    let process = world.process();
    process.run_until_idle().await;
    let other = world.class("other", "8", "Europe/Budapest", DAY).await;
    world.live(&process, seconds(29)).await;
    assert_eq!((world.posts(&limited), world.posts(&other)), (0, 0));
    world.live(&process, seconds(60)).await;
    assert_eq!((world.posts(&limited), world.posts(&other)), (1, 1));
    world.discord.finish();
}

/// Answers in forms that no documentation names: a status, headers and a body.
type Odd = (u16, &'static [(&'static str, &'static str)], &'static str);
const HTML: (&str, &str) = ("content-type", "text/html");
const ODD: [Odd; 26] = [
    (200, &[], ""),
    (200, &[], "null"),
    (200, &[], "\"welcome\""),
    (200, &[HTML], "{\"id\":"),
    (204, &[], ""),
    (206, &[], "{\"id\": \"12"),
    (301, &[("location", "https://example.org")], ""),
    (307, &[], ""),
    (308, &[], "{}"),
    (400, &[], ""),
    (401, &[HTML], "<html>log in</html>"),
    (401, &[], "{\"error\":\"log in\"}"),
    (403, &[], "[]"),
    (403, &[], "{\"code\":\"50013\"}"),
    (404, &[], "\"gone\""),
    (407, &[], ""),
    (408, &[], ""),
    (413, &[HTML], "<html>too large</html>"),
    (429, &[("retry-after", "Wed, 25 Nov 2026 07:01:30 GMT")], ""),
    (429, &[("retry-after", "NaN")], "<html>1015</html>"),
    (429, &[("retry-after", "-5")], "{\"retry_after\":-5}"),
    (429, &[("retry-after", "soon"), ("x-ratelimit-reset-after", "inf"), ("x-ratelimit-remaining", "0")], ""),
    (500, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "NaN")], ""),
    (503, &[("retry-after", "1e400")], "<html>"),
    (520, &[HTML], "<html>"),
    (530, &[HTML], "<html>1033</html>"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_no_documented_form_costs_no_class_its_post() {
    for (status, headers, body) in ODD {
        for which in [Which::All, Which::Posts] {
            let world = World::at(DUE).await;
            let rooms = [
                world.class("history", "8", "Europe/Budapest", DAY).await,
                world.class("geography", "8", "Europe/Budapest", DAY).await,
            ];
            let process = world.process();
            world.discord.next(which.clone(), usize::MAX, Fault::Instead(status, headers, body));
            world.live(&process, seconds(60)).await;
            world.discord.faults().clear();
            world.live(&process, SignedDuration::from_mins(11)).await;
            for room in &rooms {
                assert_eq!(world.posts(room), 1, "{status} {headers:?} {body:?} {which:?}");
                assert!(matches!(world.state(room, DAY).await, State::Sent(Some(_))), "{status} {body:?} {which:?}");
            }
            world.discord.finish();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_no_documented_form_says_nothing_about_what_is_there() {
    for (status, headers, body) in ODD {
        let world = World::at(DUE).await;
        let room = world.class("history", "8", "Europe/Budapest", DAY).await;
        // The post is there, its answer is lost, and the nonce is forgotten: only a look can tell.
        world.discord.set_nonce_window(0);
        world.discord.next(Which::PostsIn(room.id), 1, Fault::AnswerLost);
        let first = world.process();
        first.run_until_idle().await;
        drop(first);
        world.advance(seconds(120));
        world.discord.next(Which::History, 3, Fault::Instead(status, headers, body));
        let again = world.process();
        again.take_over().await;
        for _ in 0..40 {
            world.live(&again, SignedDuration::from_mins(1)).await;
            if matches!(world.state(&room, DAY).await, State::Sent(_)) {
                break;
            }
        }
        assert_eq!(world.posts(&room), 1, "{status} {headers:?} {body:?}");
        assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))), "{status} {headers:?} {body:?}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_that_share_a_bucket_wait_together() {
    let world = World::at(DUE).await;
    world.discord.limit_rates(true);
    let (room, other) = (world.discord.room("history"), world.discord.room("geography"));
    let rest = world.rest();
    let (channel, history) = (format!("/channels/{}", room.id), format!("/channels/{}/messages?limit=1", room.id));
    for path in [&channel, &history] {
        assert_eq!(rest.get(path).await.expect("an answer").status, 200);
    }
    let limited = Fault::RateLimited { retry_after: 30.0, scope: Scope::User };
    world.discord.next(Which::Route("GET /channels/{id}"), 1, limited);
    assert_eq!(rest.get(&channel).await.expect("an answer").status, 429);
    let held = rest.get(&history).await.expect_err("the other route fills the same bucket");
    assert!(held.surely_not_sent && held.wait.is_some(), "{held:?}");
    let elsewhere = rest.get(&format!("/channels/{}/messages?limit=1", other.id)).await;
    assert_eq!(elsewhere.expect("another channel is counted apart").status, 200);
    world.advance(seconds(30));
    assert_eq!(rest.get(&history).await.expect("it is over").status, 200);
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_of_the_address_holds_answers_as_well_and_other_pages_of_the_edge_do_not() {
    for (edge, held) in [(Edge::Limited(90), true), (Edge::Html(403), false), (Edge::Blocked, false)] {
        for answered in [false, true] {
            let world = World::at(DUE).await;
            let rest = world.rest();
            let answer = async || rest.answer(Method::POST, "/webhooks/5/token", None).await;
            world.discord.expect_refusals(&[10002]);
            world.discord.next(Which::All, 1, Fault::Edge(edge));
            // Whichever kind of request is told.
            if answered {
                answer().await.expect("the edge's page");
            } else {
                rest.get("/users/@me").await.expect("the edge's page");
            }
            assert_eq!(answer().await.is_err(), held, "{edge:?}");
            world.advance(seconds(89));
            assert_eq!(answer().await.is_err(), held, "{edge:?}");
            world.advance(seconds(1));
            assert!(answer().await.is_ok(), "{edge:?}: as long as was named");
            world.discord.finish();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_no_token_of_the_bots_says_nothing_about_it() {
    let world = World::at(DUE).await;
    let rest = world.rest();
    for code in [0, 50027] {
        world.discord.next(Which::Callbacks, 1, Fault::Refused(401, code));
        let answer = rest.answer(Method::POST, "/interactions/5/token/callback", None).await;
        assert_eq!(answer.expect("an answer").status, 401);
        assert_eq!(rest.trouble(), None, "{code}");
        assert_eq!(rest.get("/users/@me").await.expect("nobody waits").status, 200, "{code}");
    }
    world.discord.finish();
}
