//! What is no answer of Discord's is no verdict: somebody in between answers in its place, everybody
//! waits, and the post comes when that is over.

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::fake_discord::{Edge, Fault, Room, Scope, Which};
use crate::support::world::{self, DAY, DUE, World, seconds};
use kronikas::clock::Clock;
use kronikas::model::{Missed, State};
use kronikas::store::DeliveryStore;

/// Every answer that is not Discord's own.
const ALL: [Edge; 8] = [
    Edge::Html(403),
    Edge::Html(404),
    Edge::Html(400),
    Edge::Html(200),
    Edge::Html(502),
    Edge::Blocked,
    Edge::Limited(30),
    Edge::Elsewhere,
];

/// Several classes whose post is due now.
async fn classes(world: &World, count: usize) -> Vec<Room> {
    let mut rooms = Vec::new();
    for idx in 0..count {
        rooms.push(world.class(&format!("class {idx}"), "8", "Europe/Budapest", DAY).await);
    }
    rooms
}

/// How many requests came in so far.
fn asked(world: &World) -> u64 {
    world.discord.requests().values().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_edge_says_for_a_minute_costs_no_class_its_post() {
    for edge in ALL {
        // From the first question on, or once the clocks were compared.
        for which in [Which::All, Which::Posts] {
            let world = World::at(DUE).await;
            let rooms = classes(&world, 4).await;
            let process = world.process();
            world.discord.next(which.clone(), usize::MAX, Fault::Edge(edge));
            world.live(&process, seconds(60)).await;
            world.discord.faults().clear();
            assert!(rooms.iter().all(|room| world.posts(room) == 0), "{edge:?} {which:?}");
            world.live(&process, SignedDuration::from_mins(11)).await;
            for room in &rooms {
                assert_eq!(world.posts(room), 1, "{edge:?} {which:?}");
                assert!(matches!(world.state(room, DAY).await, State::Sent(Some(_))), "{edge:?} {which:?}");
            }
            world.discord.finish();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_the_edge_sets_is_a_minute_of_silence_for_everybody_and_grows() {
    // Its own time to wait is heeded where it is longer than a minute.
    for (named, first) in [(5, 60), (90, 90)] {
        // The clocks were compared a minute before, so that the posts themselves meet the ban.
        let world = World::at("2026-11-25T06:59:00Z").await;
        let rooms = classes(&world, 10).await;
        let process = world.process();
        process.run_until_idle().await;
        world.set_clocks(world::at(DUE));
        world.discord.next(Which::All, usize::MAX, Fault::Edge(Edge::Limited(named)));
        let before = asked(&world);
        process.run_until_idle().await;
        let told = asked(&world) - before;
        assert!((1..=12).contains(&told), "{told} before the first answer was there");
        world.live(&process, seconds(first - 1)).await;
        assert_eq!(asked(&world) - before, told, "a minute of silence for everybody");
        // One asks then, and the silence grows.
        let mut last = 0;
        for minutes in [3, 6, 12] {
            let so_far = asked(&world);
            world.live(&process, SignedDuration::from_mins(minutes)).await;
            let more = asked(&world) - so_far;
            assert!(more <= 4, "{more} requests in {minutes} minutes of a ban");
            last += more;
        }
        assert!((2..=8).contains(&last), "{last} requests in twenty minutes of a ban");
        world.discord.faults().clear();
        world.live(&process, SignedDuration::from_mins(16)).await;
        assert!(rooms.iter().all(|room| world.posts(room) == 1));
        assert_eq!(world.discord.too_early(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_of_two_hours_is_waited_and_asked_no_earlier() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let limited = Fault::RateLimited { retry_after: 7200.0, scope: Scope::User };
    world.discord.next(Which::PostsIn(room.id), 1, limited);
    let process = world.process();
    world.live(&process, seconds(7199)).await;
    assert_eq!(world.discord.asked("POST /channels/{id}/messages"), 1);
    world.live(&process, SignedDuration::from_mins(6)).await;
    assert_eq!(world.posts(&room), 1);
    let late = world.discord.posts(&room)[0].at.duration_since(world::at(DUE)).as_secs();
    assert!((7200..=7206).contains(&late), "{late} s");
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_beyond_the_window_is_missed_with_that_reason_and_asked_once() {
    for scope in [Scope::User, Scope::Global, Scope::Shared] {
        let world = World::at(DUE).await;
        let room = world.class("history", "8", "Europe/Budapest", DAY).await;
        let day = SignedDuration::from_hours(7).as_secs_f64();
        world.discord.next(Which::PostsIn(room.id), 1, Fault::RateLimited { retry_after: day, scope });
        let process = world.process();
        world.live(&process, SignedDuration::from_hours(1)).await;
        let state = world.state(&room, DAY).await;
        assert!(matches!(&state, State::Missed(Missed::Window(why)) if why.contains("420 minutes")), "{scope:?}: {state:?}");
        world.live(&process, SignedDuration::from_hours(22)).await;
        assert_eq!((world.posts(&room), world.discord.asked("POST /channels/{id}/messages")), (0, 1), "{scope:?}");
        // The next day's post is another matter.
        world.live(&process, SignedDuration::from_hours(2)).await;
        assert_eq!(world.posts(&room), 1, "{scope:?}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_off_in_the_middle_leaves_one_post() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.next(Which::PostsIn(room.id), 3, Fault::CutJson);
    world.discord.next(Which::History, 2, Fault::CutJson);
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(1)).await;
    assert_eq!(world.posts(&room), 1);
    assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))));
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_in_the_middle_of_the_burst_stops_it_for_everybody() {
    let world = World::at(DUE).await;
    let rooms = classes(&world, 120).await;
    // The fortieth is told, and those under way at that moment.
    world.discord.next(Which::PostsIn(rooms[40].id), 1, Fault::Edge(Edge::Limited(60)));
    let process = world.process();
    process.run_until_idle().await;
    let posted: usize = rooms.iter().map(|room| world.posts(room)).sum();
    assert!(posted < 115, "{posted} posts: those after the ban wait");
    let before = asked(&world);
    world.live(&process, seconds(59)).await;
    assert_eq!(asked(&world), before, "silence while it lasts");
    world.live(&process, SignedDuration::from_mins(6)).await;
    assert!(rooms.iter().all(|room| world.posts(room) == 1));
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_for_a_while_is_asked_for_seldom_and_no_post_is_lost() {
    let world = World::at(DUE).await;
    let rooms = classes(&world, 10).await;
    let rest = world.rest();
    let process = world.process_with(rest.clone());
    world.discord.next(Which::All, usize::MAX, Fault::Status(401));
    world.live(&process, SignedDuration::from_mins(20)).await;
    assert!(asked(&world) <= 12, "{} requests with a token that is refused", asked(&world));
    assert!(rest.trouble().is_some_and(|trouble| trouble.contains("token")), "{:?}", rest.trouble());
    world.discord.faults().clear();
    world.live(&process, SignedDuration::from_mins(16)).await;
    assert!(rooms.iter().all(|room| world.posts(room) == 1));
    assert_eq!(rest.trouble(), None);
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_the_edge_answers_for_proves_nothing() {
    for edge in ALL {
        let world = World::at(DUE).await;
        let room = world.class("history", "8", "Europe/Budapest", DAY).await;
        // The post is there, its answer is lost, and the nonce is forgotten: only a look can tell.
        world.discord.set_nonce_window(0);
        world.discord.next(Which::PostsIn(room.id), 1, Fault::AnswerLost);
        let first = world.process();
        first.run_until_idle().await;
        drop(first);
        world.advance(seconds(120));
        world.discord.next(Which::History, 3, Fault::Edge(edge));
        let again = world.process();
        again.take_over().await;
        world.live(&again, SignedDuration::from_mins(40)).await;
        assert_eq!(world.posts(&room), 1, "{edge:?}");
        assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))), "{edge:?}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_closes_during_a_ban_is_missed_with_a_reason() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    world.discord.next(Which::Posts, usize::MAX, Fault::Edge(Edge::Blocked));
    world.live(&process, SignedDuration::from_mins(6 * 60 + 12)).await;
    let state = world.state(&room, DAY).await;
    assert!(matches!(&state, State::Missed(Missed::Window(why)) if why.contains("not Discord")), "{state:?}");
    world.discord.faults().clear();
    let next: Date = DAY.tomorrow().expect("a day");
    world.live(&process, SignedDuration::from_hours(20)).await;
    assert!(matches!(world.state(&room, next).await, State::Sent(Some(_))));
    assert_eq!(world.posts(&room), 1);
    let now = world.clock.now();
    assert!(world.store.next_wake().await.expect("the store answers").is_some_and(|next| next > now));
    world.discord.finish();
}
