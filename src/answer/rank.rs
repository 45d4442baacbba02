//! Ranks editors' answers by everything that speaks for them.

/// What speaks for an answer. All from 0 to 1, but for the nearness of meanings (from -1 to 1).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Evidence {
    /// The scores of its three best ways of asking.
    pub scores: [f32; 3],
    /// How well the intent of the best one agrees.
    pub agreed: f32,
    /// How much of the question all its ways of asking together cover; the same of its sentences, and of
    /// both.
    pub asks: f32,
    pub said: f32,
    pub both: f32,
    /// How near in meaning its nearest way of asking is, all of them on average, and its first sentence.
    pub nearest: f32,
    pub mean: f32,
    pub sentence: f32,
}

/// The weight of each part, in the order of the fields. A logistic regression chose them
/// (docs/benchmarks.md): for each way of asking that was left out, its answer was to come first.
const WEIGHTS: [f32; 10] = [8.0, 0.8, 0.2, 3.7, 0.3, 1.2, 1.4, 2.0, 3.3, 1.8];

impl Evidence {
    fn parts(&self) -> [f32; 10] {
        let [best, second, third] = self.scores;
        [best, second, third, self.agreed, self.asks, self.said, self.both, self.nearest, self.mean, self.sentence]
    }

    /// What answers are ordered by: the logarithm of how likely this one is, up to a constant.
    pub(super) fn rank(&self) -> f32 {
        self.parts().iter().zip(WEIGHTS).map(|(part, weight)| part * weight).sum()
    }
}

/// By how much the first of ordered ranks is likelier than the second, from 0 to 1.
pub(super) fn ahead(ranks: &[f32]) -> f32 {
    let [best, next, ..] = ranks else { return if ranks.is_empty() { 0.0 } else { 1.0 } };
    let all: f32 = ranks.iter().map(|rank| (rank - best).exp()).sum();
    (1.0 - (next - best).exp()) / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alone_is_certain_and_equals_are_not() {
        assert_eq!(ahead(&[]), 0.0);
        assert_eq!(ahead(&[-3.0]), 1.0);
        assert_eq!(ahead(&[2.0, 2.0, 1.0]), 0.0);
        assert!(ahead(&[9.0, 2.0]) > 0.99);
    }
}
