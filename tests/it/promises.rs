//! Each line of `docs/PROMISES.md`: the fault is injected, the promise is looked at. The real store,
//! the real deliverer, the real sender, the fake Discord; time is set, never waited for.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;

use crate::fake_discord::{Fault, Moment, Scope, Which, permission};
use crate::support::world::{DAY, DUE, World, at, seconds};
use kronikas::clock::Clock;
use kronikas::delivery::{Deliverer, DeliveryHealth, next_due};
use kronikas::model::{ChannelId, GuildId, MessageId, Missed, Pause, State};
use kronikas::store::DeliveryStore;

/// Starts delivering in the background, to be killed in the middle.
fn begin(process: &Arc<Deliverer>) -> JoinHandle<()> {
    let process = process.clone();
    tokio::spawn(async move {
        process.run_until_idle().await;
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_claim() {
    let world = World::at("2026-11-25T06:59:00Z").await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    drop(world.process());
    world.set_clocks(at(DUE) + seconds(60));
    let again = world.process();
    again.take_over().await;
    again.run_until_idle().await;
    assert_eq!(world.posts(&room), 1);
    world.live(&again, SignedDuration::from_hours(8)).await;
    assert_eq!(world.posts(&room), 1);
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_claim_and_before_the_request() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let mut hold = world.discord.on_post(Moment::Before);
    let first = begin(&world.process());
    let held = hold.next().await;
    first.abort();
    let _ = first.await;
    assert_eq!(world.state(&room, DAY).await, State::Sending, "it is claimed before anything is sent");
    world.discord.faults().clear();
    // The request died with the process: the fake drops it too.
    world.discord.next(Which::PostsIn(room.id), 1, Fault::Status(503));
    drop((held, hold));
    world.discord.wait("the dead request to end", |state| state.requests.values().sum::<u64>() >= 2).await;
    world.advance(seconds(120));
    let again = world.process();
    again.take_over().await;
    world.live(&again, SignedDuration::from_mins(30)).await;
    assert_eq!(world.posts(&room), 1);
    assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))));
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_discord_took_it() {
    for back_after in [30, 600, 3 * 3600] {
        let world = World::at(DUE).await;
        let room = world.class("history", "8", "Europe/Budapest", DAY).await;
        let mut hold = world.discord.on_post(Moment::After);
        let first = begin(&world.process());
        let held = hold.next().await;
        first.abort();
        let _ = first.await;
        drop((held, hold));
        assert_eq!(world.posts(&room), 1);
        world.advance(seconds(back_after));
        let again = world.process();
        again.take_over().await;
        world.live(&again, SignedDuration::from_mins(30)).await;
        assert_eq!(world.posts(&room), 1, "back after {back_after} s");
        let id = world.discord.posts(&room)[0].id;
        assert_eq!(world.state(&room, DAY).await, State::Sent(Some(MessageId(id))), "back after {back_after} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_lost_five_times_running() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.next(Which::PostsIn(room.id), 5, Fault::AnswerLost);
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(2)).await;
    assert_eq!(world.posts(&room), 1);
    assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))));
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_post_is_found_beyond_the_first_page_of_talk() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let anna = world.discord.user("Anna");
    let mut hold = world.discord.on_post(Moment::After);
    let first = begin(&world.process());
    let held = hold.next().await;
    first.abort();
    let _ = first.await;
    drop((held, hold));
    world.discord.set_nonce_window(0);
    for _ in 0..3 {
        world.advance(seconds(30));
        for idx in 0..90 {
            anna.says(&room, &format!("talk {idx}"));
        }
    }
    world.advance(seconds(300));
    let again = world.process();
    again.take_over().await;
    world.live(&again, SignedDuration::from_mins(30)).await;
    let ours = world.discord.posts(&room).into_iter().filter(|post| post.nonce.is_some()).count();
    assert_eq!(ours, 1);
    assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_held_and_never_guessed() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.forbid(&room, permission::READ_MESSAGE_HISTORY);
    world.discord.next(Which::PostsIn(room.id), 20, Fault::AnswerLost);
    world.discord.set_nonce_window(70);
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(8)).await;
    assert_eq!(world.posts(&room), 1);
    assert_eq!(world.state(&room, DAY).await, State::Held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_a_moderator_deleted_stays_deleted() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.expect_refusals(&[10008]);
    world.discord.next(Which::PostsIn(room.id), 1, Fault::AnswerLost);
    let process = world.process();
    process.run_until_idle().await;
    world.discord.delete_message(world.discord.posts(&room)[0].id);
    world.live(&process, SignedDuration::from_hours(8)).await;
    assert_eq!(world.posts(&room), 1, "it is not posted again");
    assert_eq!(world.state(&room, DAY).await, State::Sent(None));
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_is_limited_holds_up_nobody_else() {
    let world = World::at(DUE).await;
    let mut rooms = Vec::new();
    for idx in 0..100 {
        rooms.push(world.class(&format!("class {idx}"), "8", "Europe/Budapest", DAY).await);
    }
    let limited = Fault::RateLimited { retry_after: 30.0, scope: Scope::User };
    world.discord.next(Which::PostsIn(rooms[40].id), 1, limited);
    let process = world.process();
    process.run_until_idle().await;
    let posted = rooms.iter().filter(|room| world.posts(room) == 1).count();
    assert_eq!(posted, 99);
    world.live(&process, seconds(36)).await;
    let late = world.discord.posts(&rooms[40])[0].at.duration_since(at(DUE)).as_secs();
    assert!((30..=36).contains(&late), "{late} s");
    assert_eq!((world.discord.rate_limited(), world.discord.too_early()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_limit_pauses_everybody_once() {
    let world = World::at(DUE).await;
    let mut rooms = Vec::new();
    for idx in 0..60 {
        rooms.push(world.class(&format!("class {idx}"), "8", "Europe/Budapest", DAY).await);
    }
    world.discord.next(Which::Posts, 1, Fault::RateLimited { retry_after: 2.0, scope: Scope::Global });
    let process = world.process();
    world.live(&process, seconds(60)).await;
    assert!(rooms.iter().all(|room| world.posts(room) == 1));
    assert!(world.discord.rate_limited() <= 6, "{} times 429", world.discord.rate_limited());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_twenty_minutes_is_waited_out_without_a_storm() {
    let world = World::at("2026-11-25T06:59:00Z").await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    world.discord.next(Which::All, 1_000_000, Fault::Status(502));
    world.live(&process, SignedDuration::from_mins(21)).await;
    assert_eq!(world.posts(&room), 0);
    let asked = world.discord.asked("POST /channels/{id}/messages") + world.discord.asked("GET /channels/{id}/messages");
    assert!(asked <= 40, "{asked} requests for one channel");
    world.discord.faults().clear();
    let recovered = world.clock.now();
    world.live(&process, SignedDuration::from_mins(6)).await;
    assert_eq!(world.posts(&room), 1);
    let after = world.discord.posts(&room)[0].at.duration_since(recovered);
    assert!(after <= SignedDuration::from_mins(5), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_in_the_middle_of_a_post_is_backed_off_from() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    // The clocks agree, and then Discord goes away.
    world.discord.next(Which::PostsIn(room.id), 1_000, Fault::Status(500));
    world.discord.next(Which::History, 1_000, Fault::Status(503));
    world.live(&process, SignedDuration::from_mins(20)).await;
    let asked = world.discord.asked("POST /channels/{id}/messages") + world.discord.asked("GET /channels/{id}/messages");
    assert!((8..=40).contains(&asked), "{asked} requests for one channel");
    world.discord.faults().clear();
    world.live(&process, SignedDuration::from_mins(6)).await;
    assert_eq!(world.posts(&room), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_connections_are_retried_until_the_window_closes() {
    let mut world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    world.discord.refuse_connections().await;
    world.live(&process, SignedDuration::from_hours(3)).await;
    world.discord.accept_connections().await;
    world.live(&process, SignedDuration::from_mins(6)).await;
    assert_eq!(world.posts(&room), 1, "it came late, but within its window");

    // The next day it lasts longer than the window.
    world.set_clocks(at("2026-11-26T06:59:00Z"));
    world.discord.refuse_connections().await;
    world.live(&process, SignedDuration::from_mins(6 * 60 + 3)).await;
    world.discord.accept_connections().await;
    world.live(&process, SignedDuration::from_hours(2)).await;
    assert_eq!(world.posts(&room), 1);
    let state = world.state(&room, DAY.tomorrow().expect("a day")).await;
    assert!(matches!(&state, State::Missed(Missed::Window(why)) if why.contains("Discord could not be reached")), "{state:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_given_up_on_and_asked_again() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.next(Which::PostsIn(room.id), 1, Fault::DoneThenHang);
    let process = world.process();
    world.live(&process, SignedDuration::from_mins(10)).await;
    assert_eq!(world.posts(&room), 1);
    assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_json_is_doubt_and_not_a_reason_to_post_again() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    world.discord.next(Which::PostsIn(room.id), 3, Fault::NotJson);
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(1)).await;
    assert_eq!(world.posts(&room), 1);
    assert!(matches!(world.state(&room, DAY).await, State::Sent(Some(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_days_down_give_one_post_and_five_dates() {
    let world = World::at("2026-11-20T08:00:00Z").await;
    let room = world.class("history", "8", "Europe/Budapest", Date::constant(2026, 11, 20)).await;
    world.set_clocks(at("2026-11-25T07:30:00Z"));
    let process = world.process();
    process.run_until_idle().await;
    assert_eq!(world.posts(&room), 1);
    for day in 20..25 {
        assert_eq!(world.state(&room, Date::constant(2026, 11, day)).await, State::Missed(Missed::Down));
    }
    world.live(&process, SignedDuration::from_hours(12)).await;
    assert_eq!(world.posts(&room), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_beyond_the_window_is_too_late() {
    for (back, posts) in [("2026-11-25T13:00:00Z", 1), ("2026-11-25T13:01:00Z", 0)] {
        let world = World::at("2026-11-25T06:00:00Z").await;
        let room = world.class("history", "8", "Europe/Budapest", DAY).await;
        world.set_clocks(at(back));
        let process = world.process();
        process.run_until_idle().await;
        assert_eq!(world.posts(&room), posts, "{back}");
        if posts == 0 {
            assert!(matches!(world.state(&room, DAY).await, State::Missed(Missed::Window(_))));
        }
    }
}

/// Lives through some days and says at which instants a class's posts came.
async fn week(time: &str, zone: &str, from: &str, first: Date, days: i64) -> Vec<String> {
    let world = World::at(from).await;
    let room = world.class("history", time, zone, first).await;
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(24 * days)).await;
    let tz = TimeZone::get(zone).expect("a zone");
    let posts = world.discord.posts(&room);
    posts.iter().map(|post| post.at.to_zoned_datetime(tz.clone()).strftime("%d %H:%M %:z").to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_put_forward_and_back_give_one_post_a_day() {
    let spring = week("02:30", "Europe/Budapest", "2027-03-26T12:00:00Z", Date::constant(2027, 3, 27), 3).await;
    assert_eq!(spring, ["27 02:30 +01:00", "28 03:00 +02:00", "29 02:30 +02:00"]);
    let autumn = week("02:30", "Europe/Budapest", "2026-10-23T12:00:00Z", Date::constant(2026, 10, 24), 3).await;
    assert_eq!(autumn, ["24 02:30 +02:00", "25 02:30 +02:00", "26 02:30 +01:00"]);
    let midnight = week("00:15", "Asia/Beirut", "2027-03-26T12:00:00Z", Date::constant(2027, 3, 27), 3).await;
    assert_eq!(midnight, ["27 00:15 +02:00", "28 01:00 +03:00", "29 00:15 +03:00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_does_not_exist_has_no_post_and_a_reason() {
    let world = World::at("2011-12-29T12:00:00Z").await;
    let room = world.class("history", "8", "Pacific/Apia", Date::constant(2011, 12, 29)).await;
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(48)).await;
    assert_eq!(world.posts(&room), 2, "the 29th and the 31st");
    assert_eq!(world.state(&room, Date::constant(2011, 12, 30)).await, State::Missed(Missed::NoSuchDay));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_posts_nothing_twice_and_loses_no_day() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    process.run_until_idle().await;
    assert_eq!(world.posts(&room), 1);
    // Three hours back, then a day ahead, while Discord's clock goes its way.
    for jump in [-3, 24, 48] {
        world.clock.set(at(DUE) + SignedDuration::from_hours(jump));
        for _ in 0..20 {
            process.run_until_idle().await;
            world.clock.advance(seconds(5));
        }
        assert_eq!(world.posts(&room), 1, "{jump} h");
        if jump > 0 {
            assert!(
                matches!(process.status().held(), DeliveryHealth::Clock(skew) if skew.as_hours() >= 23),
                "{:?}",
                process.status().held()
            );
        }
    }
    world.set_clocks(at(DUE) + SignedDuration::from_hours(24));
    world.live(&process, SignedDuration::from_hours(1)).await;
    assert_eq!(world.posts(&room), 2, "set right, the next day's post comes on its day");
    assert_eq!(process.status().held(), DeliveryHealth::Nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_channels_are_refused_once_and_paused_with_the_reason() {
    for (code, pause) in
        [(10003, Pause::ChannelGone), (50001, Pause::NoAccess), (50013, Pause::NoPermission), (50083, Pause::Archived)]
    {
        let world = World::at(DUE).await;
        world.discord.expect_refusals(&[code]);
        let outer = world.discord.room("history");
        let room = if code == 50083 { world.discord.thread(&outer, "1956") } else { outer };
        world.set(&room, "8", "Europe/Budapest", DAY).await;
        match code {
            10003 => world.discord.delete_channel(&room),
            50001 => world.discord.forbid(&room, permission::VIEW_CHANNEL),
            50013 => world.discord.forbid(&room, permission::SEND_MESSAGES),
            _ => world.discord.archive(&room),
        }
        let process = world.process();
        world.live(&process, SignedDuration::from_hours(72)).await;
        assert_eq!(world.discord.asked("POST /channels/{id}/messages"), 1, "{code}: asked once in three days");
        let schedule = world.store.schedule(ChannelId(room.id)).await.expect("the store answers").expect("it is kept");
        assert_eq!(schedule.paused, Some(pause.clone()));
        assert_eq!(world.state(&room, DAY).await, State::Missed(Missed::Paused(pause)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_removed_the_bot_is_forgotten_after_thirty_days() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    process.run_until_idle().await;
    world.store.guild_left(GuildId(room.guild.expect("a guild")), world.clock.now()).await.expect("it is noted");
    world.live(&process, SignedDuration::from_hours(29 * 24)).await;
    let schedule = world.store.schedule(ChannelId(room.id)).await.expect("the store answers").expect("kept so far");
    assert_eq!(schedule.paused, Some(Pause::Removed));
    assert_eq!(world.posts(&room), 1);
    world.live(&process, SignedDuration::from_hours(30)).await;
    world.process().run_until_idle().await;
    assert_eq!(world.store.schedule(ChannelId(room.id)).await.expect("the store answers"), None);
    assert!(world.store.deliveries(ChannelId(room.id), 10).await.expect("the store answers").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_locked_posts_nothing_and_goes_on_once_it_is_free() {
    use sqlx::{ConnectOptions, Connection, Executor};
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    // Somebody's shell has a write under way; the engine waits five real seconds before it gives up.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(world.store.path());
    let mut shell = options.connect().await.expect("a connection");
    shell.execute("BEGIN IMMEDIATE").await.expect("a lock");
    process.run_until_idle().await;
    assert!(matches!(process.status().held(), DeliveryHealth::Store(_)), "{:?}", process.status().held());
    assert_eq!(world.posts(&room), 0, "no post without a durable claim");
    shell.execute("ROLLBACK").await.expect("the lock is given back");
    shell.close().await.expect("it closes");
    world.live(&process, SignedDuration::from_mins(1)).await;
    assert_eq!(world.posts(&room), 1);
    assert_eq!(process.status().held(), DeliveryHealth::Nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_around_the_post_never_makes_two_of_one_date() {
    let world = World::at(DUE).await;
    let room = world.class("history", "8", "Europe/Budapest", DAY).await;
    let process = world.process();
    process.run_until_idle().await;
    // At 08:30, after the post, the class moves to 09:00, then to New York, then to Tokyo.
    world.advance(SignedDuration::from_mins(30));
    for (time, zone) in [("9", "Europe/Budapest"), ("9", "America/New_York"), ("9", "Asia/Tokyo")] {
        let tz = TimeZone::get(zone).expect("a zone");
        let (mut date, mut due) = next_due(world.clock.now(), time.parse().expect("a time"), &tz);
        while world.store.is_taken(ChannelId(room.id), date).await.expect("the store answers") {
            (date, due) = next_due(due, time.parse().expect("a time"), &tz);
        }
        world.set(&room, time, zone, date).await;
        world.live(&process, SignedDuration::from_hours(7)).await;
    }
    let mut dates: Vec<Date> = world
        .store
        .deliveries(ChannelId(room.id), 20)
        .await
        .expect("the store answers")
        .into_iter()
        .map(|row| row.key.date)
        .collect();
    let all = dates.len();
    dates.dedup();
    assert_eq!(dates.len(), all);
    assert_eq!(world.posts(&room), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_is_waited_for_and_pauses_nothing() {
    let world = World::at(DUE).await;
    world.discord.expect_refusals(&[50013]);
    let (short, long) =
        (world.class("short", "8", "Europe/Budapest", DAY).await, world.class("long", "8", "Europe/Budapest", DAY).await);
    world.discord.time_bot_out(&short, Some(at(DUE) + SignedDuration::from_hours(2)));
    world.discord.time_bot_out(&long, Some(at(DUE) + SignedDuration::from_hours(72)));
    let process = world.process();
    world.live(&process, SignedDuration::from_mins(110)).await;
    assert_eq!((world.posts(&short), world.posts(&long)), (0, 0));
    world.live(&process, SignedDuration::from_mins(15)).await;
    assert_eq!((world.posts(&short), world.posts(&long)), (1, 0), "as soon as it may speak");
    // One that lasts longer than the post's hours costs the day, with the reason, and no more.
    world.live(&process, SignedDuration::from_hours(20)).await;
    let State::Missed(Missed::Window(why)) = world.state(&long, DAY).await else { panic!("{:?}", world.state(&long, DAY).await) };
    assert!(why.contains("a moderator timed me out until 28 November 2026, 07:00 UTC"), "{why}");
    let schedule = world.store.schedule(ChannelId(long.id)).await.expect("the store answers").expect("it is kept");
    assert_eq!(schedule.paused, None);
    // Taken back before its time.
    world.discord.time_bot_out(&long, None);
    world.live(&process, SignedDuration::from_hours(5)).await;
    assert_eq!(world.posts(&long), 1, "the next day's");
    assert!(world.discord.invalid_requests() < 20, "{}", world.discord.invalid_requests());
    world.discord.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_was_archived_gets_its_post_and_one_locked_meanwhile_pauses() {
    let world = World::at(DUE).await;
    let outer = world.discord.room("history");
    let (asleep, locked) = (world.discord.thread(&outer, "asleep"), world.discord.thread(&outer, "locked"));
    for thread in [&asleep, &locked] {
        world.set(thread, "8", "Europe/Budapest", DAY).await;
    }
    world.discord.let_sleep(&asleep);
    // Looked at and found fine when it was set; locked since.
    world.discord.lock(&locked);
    world.discord.expect_refusals(&[160_005]);
    let process = world.process();
    world.live(&process, SignedDuration::from_hours(72)).await;
    assert_eq!(world.posts(&asleep), 3, "a day's post each day");
    assert_eq!(world.discord.expected_refusals().len(), 1, "asked once in three days");
    let schedule = world.store.schedule(ChannelId(locked.id)).await.expect("the store answers").expect("it is kept");
    assert_eq!(schedule.paused, Some(Pause::Locked));
    world.discord.finish();
}
