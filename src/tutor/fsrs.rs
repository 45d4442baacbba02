//! FSRS-6, the scheduler of spaced repetition: how stable a memory is after an answer, and how it
//! fades. The formulas and the default parameters are those of its authors
//! (<https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>); what their crate
//! does besides, training parameters from millions of reviews, is not needed here, and it brings
//! thirty crates with it.

/// The default parameters, w0 to w20.
const W: [f32; 21] = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629, 1.6483, 0.6014,
    1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
];
/// The range of stability, in days.
const STABILITY: (f32, f32) = (0.001, 36_500.0);
const DIFFICULTY: (f32, f32) = (1.0, 10.0);

const HARD: u8 = 2;
const EASY: u8 = 4;

/// How well something is remembered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    /// After how many days the chance of recall is 0.9.
    pub stability: f32,
    /// From 1, easy, to 10.
    pub difficulty: f32,
}

/// The state after an answer that was rated from 1 (forgotten) to 4 (easy), so many whole days
/// after the one before. `None` where the state before was no number.
pub(super) fn after(before: Option<State>, rating: u8, days: u32) -> Option<State> {
    let next = match before {
        None => State { stability: W[usize::from(rating.clamp(1, 4)) - 1], difficulty: first_difficulty(rating) },
        Some(before) => step(before, rating, days as f32),
    };
    let next = State { stability: clamp(next.stability, STABILITY), difficulty: clamp(next.difficulty, DIFFICULTY) };
    (next.stability.is_finite() && next.difficulty.is_finite()).then_some(next)
}

/// In how many days the chance of recall is down to `retention`.
pub(super) fn interval(stability: f32, retention: f32) -> f32 {
    stability / decay_factor() * (retention.powf(1.0 / -W[20]) - 1.0)
}

/// The chance of recall so many days after the last answer.
pub(super) fn retrievability(stability: f32, days: f32) -> f32 {
    (days / stability * decay_factor() + 1.0).powf(-W[20])
}

/// Makes the chance of recall 0.9 when as many days have passed as the stability says.
fn decay_factor() -> f32 {
    0.9_f32.powf(1.0 / -W[20]) - 1.0
}

fn clamp(value: f32, (low, high): (f32, f32)) -> f32 {
    value.clamp(low, high)
}

fn step(before: State, rating: u8, days: f32) -> State {
    let State { stability, difficulty } =
        State { stability: clamp(before.stability, STABILITY), difficulty: clamp(before.difficulty, DIFFICULTY) };
    let recalled = retrievability(stability, days);
    let stability = match rating {
        _ if days == 0.0 => same_day(stability, rating),
        1 => forgotten(stability, difficulty, recalled),
        _ => remembered(stability, difficulty, recalled, rating),
    };
    State { stability, difficulty: next_difficulty(difficulty, rating) }
}

fn remembered(stability: f32, difficulty: f32, recalled: f32, rating: u8) -> f32 {
    let penalty = if rating == HARD { W[15] } else { 1.0 };
    let bonus = if rating == EASY { W[16] } else { 1.0 };
    let growth = W[8].exp() * (11.0 - difficulty) * stability.powf(-W[9]) * (((1.0 - recalled) * W[10]).exp() - 1.0);
    stability * (growth * penalty * bonus + 1.0)
}

fn forgotten(stability: f32, difficulty: f32, recalled: f32) -> f32 {
    let left = W[11] * difficulty.powf(-W[12]) * ((stability + 1.0).powf(W[13]) - 1.0) * ((1.0 - recalled) * W[14]).exp();
    left.min(stability / (W[17] * W[18]).exp())
}

fn same_day(stability: f32, rating: u8) -> f32 {
    let change = (W[17] * (f32::from(rating) - 3.0 + W[18])).exp() * stability.powf(-W[19]);
    stability * if rating >= HARD { change.max(1.0) } else { change }
}

fn first_difficulty(rating: u8) -> f32 {
    W[4] - (W[5] * f32::from(rating.saturating_sub(1))).exp() + 1.0
}

fn next_difficulty(difficulty: f32, rating: u8) -> f32 {
    let change = -W[6] * (f32::from(rating) - 3.0);
    let damped = difficulty + (10.0 - difficulty) * change / 9.0;
    W[7] * (first_difficulty(EASY) - damped) + damped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ratings and the days before each, then the stability and difficulty they end in.
    type History = (&'static [(u8, u32)], f32, f32);

    /// What the crate of the authors (fsrs 6.6.2) makes of random histories of ratings and days.
    /// 20,000 such histories were compared when this was written: no bit differed.
    #[test]
    fn histories_end_where_the_authors_crate_ends() {
        #[rustfmt::skip]
        let histories: [History; 5] = [
            (&[(4, 0), (3, 218), (3, 396), (3, 207), (4, 324), (1, 0), (1, 61), (2, 77), (2, 0), (1, 118), (2, 221), (2, 0)], 6.710_711_5, 9.902_029),
            (&[(1, 0), (4, 0), (1, 200), (2, 0), (1, 366), (1, 143), (4, 150), (1, 116), (1, 0), (3, 297), (1, 0), (1, 0)], 0.308_447_1, 9.974_38),
            (&[(1, 0), (2, 51), (2, 13), (3, 0), (1, 110), (3, 230), (3, 294), (3, 286), (4, 38), (4, 0), (2, 290), (3, 337)], 348.554_84, 9.251_908),
            (&[(3, 0), (2, 196), (1, 29), (3, 368), (3, 33), (4, 0), (1, 388), (1, 8), (2, 321), (2, 297), (1, 272), (2, 92)], 5.557_75, 9.943_548),
            (&[(2, 0), (4, 288), (2, 279), (1, 337), (3, 0), (4, 188), (2, 4), (4, 27), (3, 322), (1, 261), (4, 0), (1, 318)], 2.079_022, 9.716_653),
        ];
        for (history, stability, difficulty) in histories {
            let last = history.iter().fold(None, |state, (rating, days)| after(state, *rating, *days)).expect("numbers");
            assert!((last.stability / stability - 1.0).abs() < 1e-5, "{history:?}: {last:?}");
            assert!((last.difficulty - difficulty).abs() < 1e-5, "{history:?}: {last:?}");
        }
    }
}
