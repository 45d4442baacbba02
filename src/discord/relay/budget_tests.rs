use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("an instant")
}

/// Starts a session whenever it is allowed between `from` and `to`, none of which begins well. Returns
/// the seconds at which it did. Like the gate, it asks again while it waits.
fn storm(budget: &mut Budget, from: i64, to: i64) -> Vec<i64> {
    let mut started = Vec::new();
    let mut now = from;
    while now < to {
        if budget.next(at(now)) <= at(now) {
            budget.spend(at(now));
            started.push(now);
        }
        // The time of a handshake, and of the wait that Discord asks for after an invalid session.
        now += 5;
    }
    started
}

fn most_in_a_day(started: &[i64]) -> usize {
    started.iter().map(|first| started.iter().filter(|at| (*first..first + 86_400).contains(at)).count()).max().unwrap_or(0)
}

fn longest_wait(started: &[i64], hours: std::ops::Range<i64>) -> i64 {
    let within = |second: i64| hours.contains(&(second / 3600));
    started.windows(2).filter(|pair| within(pair[0])).map(|pair| pair[1] - pair[0]).max().expect("several")
}

#[test]
fn a_storm_of_three_days_is_probed_every_five_minutes_for_four_hours_of_each_and_every_half_hour_after() {
    let mut budget = Budget::new(1);
    let started = storm(&mut budget, 0, 3 * 86_400);
    assert_eq!(most_in_a_day(&started), 94, "six are kept");
    for day in 0..3 {
        let dense = longest_wait(&started, day * 24..day * 24 + 4);
        assert!(dense <= 295, "day {day}: {dense} seconds");
        let longest = longest_wait(&started, day * 24 + 4..day * 24 + 24);
        assert!(longest <= 31 * 60 + 5, "day {day}: {longest} seconds");
    }
    assert_eq!(started.iter().filter(|at| **at < 4 * 3600).count(), 54);
    // After a short storm the bot is back soon: the second attempt is made at once.
    assert_eq!(started[..6], [0, 5, 15, 45, 135, 425]);
}

#[test]
fn a_second_storm_of_the_day_gets_what_is_left_evenly() {
    let mut budget = Budget::new(1);
    let mut started = storm(&mut budget, 0, 4 * 3600);
    let calm = budget.spend(at(4 * 3600 + 300));
    budget.began_well(calm);
    started.extend(storm(&mut budget, 10 * 3600, 40 * 3600));
    assert!(most_in_a_day(&started) <= 94, "{}", most_in_a_day(&started));
    let second: Vec<i64> = started.iter().copied().filter(|at| *at >= 10 * 3600).collect();
    assert!(longest_wait(&second, 10..40) <= 31 * 60 + 5, "{second:?}");
    assert_eq!(second[..4], [36_000, 36_005, 36_015, 36_045], "it is a new storm");
}

#[test]
fn after_a_storm_lost_sessions_and_restarts_are_not_held_up() {
    let mut budget = Budget::new(1);
    storm(&mut budget, 0, 14 * 3600);
    let end = 14 * 3600 + 1800;
    for idx in 0..6 {
        let now = at(end + idx * 20);
        assert!(budget.next(now) <= now, "restart {idx}");
        let started = budget.spend(now);
        budget.began_well(started);
    }
}

#[test]
fn a_process_that_crashes_in_a_loop_spends_the_same_budget() {
    let mut written = String::new();
    let mut started = Vec::new();
    for now in (0..2 * 86_400).step_by(7) {
        let mut budget = Budget::new(1);
        budget.add_written(&written);
        if budget.next(at(now)) <= at(now) {
            budget.spend(at(now));
            started.push(now);
        }
        written = budget.written();
    }
    assert_eq!(most_in_a_day(&started), 94);
    assert!(longest_wait(&started, 0..4) <= 300);
}

#[test]
fn sessions_that_begin_well_and_do_not_last_are_a_storm_in_the_end() {
    let mut budget = Budget::new(1);
    let mut started = Vec::new();
    for now in (0..2 * 86_400).step_by(60) {
        if budget.next(at(now)) <= at(now) {
            let spent = budget.spend(at(now));
            budget.began_well(spent);
            started.push(now);
        }
    }
    assert!(most_in_a_day(&started) <= 100, "{}", most_in_a_day(&started));
    assert!(longest_wait(&started, 0..48) <= 32 * 60, "{}", longest_wait(&started, 0..48));
}

#[test]
fn ordinary_restarts_are_not_held_up() {
    let mut budget = Budget::new(1);
    for second in 0..8 {
        assert!(budget.next(at(second * 10)) <= at(second * 10));
        let started = budget.spend(at(second * 10));
        budget.began_well(started);
    }
    assert!(budget.next(at(71)) <= at(71), "the ninth is not");
    let started = budget.spend(at(71));
    budget.began_well(started);
    assert!(budget.next(at(72)) > at(72), "the tenth within minutes is");
}

#[test]
fn a_clock_that_was_ahead_does_not_block_for_years() {
    let mut budget = Budget::new(1);
    budget.add_written("4000000000000,nonsense,,1");
    assert!(budget.next(at(0)) <= at(0));
    assert_eq!(budget.spent(), 1);
    assert!(budget.next(at(86_401)) <= at(86_401));
}

#[test]
fn what_is_written_is_read_again() {
    let mut budget = Budget::new(1);
    let well = budget.spend(at(0) + SignedDuration::from_nanos(1_500_000));
    budget.began_well(well);
    budget.spend(at(30));
    assert_eq!(budget.written(), "1700000000001+,1700000030000");
    let mut read = Budget::new(1);
    read.add_written(&budget.written());
    read.add_written(&budget.written());
    assert_eq!(read.written(), budget.written());
    assert_eq!(read.doubtful(at(90)), Some(SignedDuration::from_secs(60)));
    // An older release did not record whether READY came.
    read.add_written("1700000030000+");
    assert_eq!(read.written(), "1700000000001+,1700000030000+");
    assert_eq!(read.doubtful(at(90)), None);
}

#[test]
fn a_large_bot_has_ten_a_day_for_each_shard() {
    assert_eq!(Budget::new(4).a_day(), 100);
    let mut budget = Budget::new(64);
    assert_eq!(budget.a_day(), 640);
    for _ in 0..64 {
        budget.spend(at(0));
    }
    assert!(budget.next(at(1)) <= at(1), "a start of all shards is ordinary");
}
