//! Discord's error codes, each with what follows from it for the daily post.

use jiff::SignedDuration;

use crate::fake_discord::{self, Fault, Which};
use crate::support::world::{DAY, DUE, World, seconds};
use kronikas::model::{ChannelId, Missed, Pause, State};
use kronikas::store::DeliveryStore;

/// Refuses the next post with that code.
async fn refused(status: u16, code: u64, times: usize) -> (World, fake_discord::Room) {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.next(Which::PostsIn(room.id), times, Fault::Refused(status, code));
    (world, room)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_closes_a_channel_pauses_it_once_with_the_reason() {
    for (status, code, pause) in [
        (404, 10003, Pause::ChannelGone),
        (404, 10004, Pause::Removed),
        (403, 50001, Pause::NoAccess),
        (403, 50013, Pause::NoPermission),
        (400, 50083, Pause::Archived),
        (403, 160_005, Pause::Locked),
        (400, 160_005, Pause::Locked),
        (400, 40058, Pause::NoPosts),
        (400, 50008, Pause::NoPosts),
        (400, 50024, Pause::NoPosts),
        (400, 30033, Pause::ThreadFull),
        (403, 50007, Pause::DirectClosed),
        (403, 50278, Pause::DirectClosed),
    ] {
        let (world, room) = refused(status, code, usize::MAX).await;
        let process = world.process();
        world.live(&process, SignedDuration::from_hours(72)).await;
        assert_eq!(world.discord.asked("POST /channels/{id}/messages"), 1, "{code}: asked once in three days");
        let schedule = world.store.schedule(ChannelId(room.id)).await.expect("the store answers").expect("it is kept");
        assert_eq!(schedule.paused, Some(pause.clone()), "{code}");
        assert_eq!(world.state(&room, DAY).await, State::Missed(Missed::Paused(pause)), "{code}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_waited_out() {
    for (status, code) in [
        (400, 20016),
        (400, 20028),
        (403, 20029),
        (400, 30046),
        (403, 40004),
        (403, 40006),
        (403, 40333),
        (400, 40062),
        (400, 130_000),
        (503, 130_000),
        (403, 0),
        (404, 0),
    ] {
        let (world, room) = refused(status, code, 3).await;
        let process = world.process();
        world.live(&process, SignedDuration::from_mins(20)).await;
        assert_eq!(world.posts(&room), 1, "{status} {code}");
        assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))), "{status} {code}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_all_of_discord_is_heeded_for_everybody() {
    for (code, others) in [(40333, false), (40062, false), (130_000, false), (20016, true), (20028, true)] {
        let (world, _room) = refused(403, code, 1).await;
        let process = world.process();
        process.run_until_idle().await;
        // A minute later another class wants its post.
        let other = world.class("geography", "8", "Europe/Budapest", DAY).await;
        world.advance(seconds(5));
        process.run_until_idle().await;
        assert_eq!(world.posts(&other) == 1, others, "{code}");
        world.live(&process, SignedDuration::from_mins(10)).await;
        assert_eq!(world.posts(&other), 1, "{code}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_itself_is_missed_that_day_and_tried_the_next() {
    for (status, code) in [(400, 50035), (400, 50006), (400, 200_000), (400, 200_001), (400, 240_000), (400, 987_654)] {
        let (world, room) = refused(status, code, 1).await;
        let process = world.process();
        world.live(&process, SignedDuration::from_hours(23)).await;
        assert_eq!(world.state(&room, DAY).await, State::Missed(Missed::Refused(code)), "{code}");
        assert_eq!((world.posts(&room), world.discord.asked("POST /channels/{id}/messages")), (0, 1), "{code}");
        world.live(&process, SignedDuration::from_hours(3)).await;
        assert_eq!(world.posts(&room), 1, "{code}: the next day is another post");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_refused_is_left_out() {
    for (status, code) in [(400, 400_001), (413, 40005), (400, 50045), (400, 50046)] {
        let world = World::at(DUE).await;
        let room = world.discord.room("history");
        let mut schedule = world.schedule(&room, "8", "Europe/Budapest", "2026-10-23".parse().expect("a date"));
        schedule.picture = true;
        world.set_clocks(schedule.next_due);
        world.store.put_schedule(&schedule).await.expect("it is kept");
        world.discord.next(Which::PostsIn(room.id), 1, Fault::Refused(status, code));
        let process = world.process();
        world.live(&process, seconds(60)).await;
        let posts = world.discord.posts(&room);
        assert_eq!((posts.len(), world.discord.asked("POST /channels/{id}/messages")), (1, 2), "{code}");
        assert!(posts[0].files.is_empty(), "{code}");
        world.discord.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_was_deleted_is_not_posted_again() {
    let (world, room) = refused(404, 10008, 1).await;
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(8)).await;
    assert_eq!(world.state(&room, DAY).await, State::Sent(None));
    assert_eq!(world.posts(&room), 0);
    world.discord.finish();
}
