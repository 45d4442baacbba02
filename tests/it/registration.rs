//! The list of commands: registered once, in one scope, through whatever stands in the way.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_discord::{self, FakeDiscord, Fault, PATIENCE, Room, Which};
use crate::support::running::RunningBot;

/// Waits until the bot has said something.
async fn says(bot: &mut RunningBot, what: &str) {
    let said = async {
        while !bot.said().contains(what) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let said = tokio::time::timeout(PATIENCE, said).await;
    assert!(said.is_ok(), "it never said {what:?}: {}", bot.said());
}

/// How many commands there are, "Look this up" among them.
const COUNT: usize = kronikas::features::ALL.len() + 1;

async fn picker_to_be(discord: &FakeDiscord, room: &Room, count: usize) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while discord.picker(room).len() != count {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", discord.picker(room));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_tried_in_first_shows_no_command_twice_afterwards() {
    let discord = FakeDiscord::start().await;
    let (room, other) = (discord.room("class"), discord.room("other"));
    let guild = room.guild.expect("a guild's channel").to_string();
    let trial = [("KRONIKAS_GUILD", guild.as_str())];
    for environment in [&trial[..], &[], &trial[..], &[]] {
        let mut bot = RunningBot::with(&discord, environment);
        bot.ready(&discord).await;
        picker_to_be(&discord, &room, COUNT).await;
        picker_to_be(&discord, &other, if environment.is_empty() { COUNT } else { 0 }).await;
        bot.stop().await;
    }
    discord.finish();
}

#[tokio::test]
async fn commands_that_are_as_they_should_be_are_not_written_again() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let guild = room.guild.expect("a guild's channel").to_string();
    for environment in [&[("KRONIKAS_GUILD", guild.as_str())][..], &[]] {
        let mut bot = RunningBot::with(&discord, environment);
        says(&mut bot, "registered commands").await;
        // Those of the other scope are removed after that.
        picker_to_be(&discord, &room, COUNT).await;
        bot.stop().await;
        let before = discord.registrations();
        let mut again = RunningBot::with(&discord, environment);
        says(&mut again, "commands are up to date").await;
        again.stop().await;
        assert_eq!(discord.registrations(), before, "{environment:?}");
    }
    discord.finish();
}

#[tokio::test]
async fn registration_is_repeated_until_it_holds() {
    for fault in [
        Fault::Status(503),
        Fault::AnswerLost,
        Fault::RateLimited { retry_after: 1.3, scope: fake_discord::Scope::User },
        Fault::RateLimited { retry_after: 1.3, scope: fake_discord::Scope::Global },
    ] {
        let discord = FakeDiscord::start().await;
        let room = discord.room("class");
        discord.next(Which::Commands, 3, fault.clone());
        let mut bot = RunningBot::start(&discord);
        says(&mut bot, "registered commands").await;
        picker_to_be(&discord, &room, COUNT).await;
        bot.stop().await;
        assert_eq!(discord.too_early(), 0, "{fault:?}");
        discord.finish();
    }
}

#[tokio::test]
async fn an_application_for_servers_only_gets_its_commands_all_the_same() {
    let discord = FakeDiscord::start().await;
    discord.allow_installs(&[0]);
    let room = discord.room("class");
    let mut bot = RunningBot::start(&discord);
    picker_to_be(&discord, &room, COUNT).await;
    says(&mut bot, "User Install").await;
    assert!(discord.commands_of(None).iter().all(|command| command["integration_types"] == json!([0])));
    bot.stop().await;
    let before = discord.registrations();
    let mut again = RunningBot::start(&discord);
    says(&mut again, "commands are up to date").await;
    again.stop().await;
    assert_eq!(discord.registrations(), before);
    discord.finish();
}

#[tokio::test]
async fn an_entry_point_command_is_kept() {
    let discord = FakeDiscord::start().await;
    discord.add_entry_point();
    let room = discord.room("class");
    let guild = room.guild.expect("a guild's channel").to_string();
    let launch = discord.commands_of(None).remove(0);
    for environment in [&[][..], &[("KRONIKAS_GUILD", guild.as_str())]] {
        let mut bot = RunningBot::with(&discord, environment);
        says(&mut bot, "registered commands").await;
        picker_to_be(&discord, &room, COUNT).await;
        let kept: Vec<Value> = discord.commands_of(None).into_iter().filter(|command| command["type"] == 4).collect();
        assert_eq!(kept, std::slice::from_ref(&launch));
        bot.stop().await;
        let before = discord.registrations();
        let mut again = RunningBot::with(&discord, environment);
        says(&mut again, "commands are up to date").await;
        again.stop().await;
        assert_eq!(discord.registrations(), before);
    }
    discord.finish();
}

#[tokio::test]
async fn commands_of_older_versions_go() {
    let discord = FakeDiscord::start().await;
    let room = discord.room("class");
    let old =
        json!([{ "name": "kérdés", "description": "an old one", "type": 1 }, { "name": "who", "description": "old", "type": 1 }]);
    discord.leave_commands(None, &old);
    discord.leave_commands(room.guild, &old);
    let mut bot = RunningBot::start(&discord);
    picker_to_be(&discord, &room, COUNT).await;
    says(&mut bot, "registered commands").await;
    assert_eq!(discord.commands_of(room.guild), [] as [Value; 0]);
    bot.stop().await;
    discord.finish();
}

#[tokio::test]
async fn an_application_that_does_not_say_whom_it_is_for_is_registered_as_discord_takes_it() {
    let discord = FakeDiscord::start().await;
    discord.allow_installs(&[0]);
    discord.next(Which::Route("GET /applications/@me"), usize::MAX, Fault::Instead(200, &[], "{}"));
    discord.expect_refusals(&[50035]);
    let room = discord.room("class");
    let mut bot = RunningBot::start(&discord);
    picker_to_be(&discord, &room, COUNT).await;
    says(&mut bot, "Discord accepted the commands only without User Install").await;
    assert_eq!(discord.expected_refusals().len(), 1, "{:?}", discord.expected_refusals());
    bot.stop().await;
    discord.finish();
}
