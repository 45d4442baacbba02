use jiff::civil::{Date, Time};
use proptest::prelude::*;

use super::*;
use crate::card::action::{LONGEST, decode};
use crate::model::{ChannelId, Difficulty, Key, Rating};
use crate::pack::Passage;

/// Checks that the encoded value fits a button and is decoded to the same value.
fn goes_through<T: ButtonId + PartialEq + std::fmt::Debug>(said: &T) -> Result<(), TestCaseError> {
    let id = said.press().to_string();
    prop_assert!(id.len() <= LONGEST, "{} bytes: {id}", id.len());
    let read = decode(&id).as_ref().and_then(T::read);
    prop_assert_eq!(read.as_ref(), Some(said), "{}", id);
    Ok(())
}

/// An id as packs give them.
fn id() -> impl Strategy<Value = String> {
    "[a-z0-9][a-z0-9-]{0,38}[a-z0-9]"
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

fn day() -> impl Strategy<Value = Date> {
    (-9000i16..=9000, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

/// A local date on which something is posted.
fn today() -> impl Strategy<Value = Date> {
    (2000i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn page() -> impl Strategy<Value = Option<usize>> {
    prop::option::of(0usize..1000)
}

fn topic() -> impl Strategy<Value = TopicId> {
    prop_oneof![
        Just(TopicId::Everything),
        (kind(), id()).prop_map(|(kind, id)| TopicId::Entry(kind, id)),
        "[a-z][a-z-]{0,20}".prop_map(TopicId::Theme),
    ]
}

fn session() -> impl Strategy<Value = SessionPress> {
    let rating = prop::sample::select(vec![Rating::Again, Rating::Hard, Rating::Good, Rating::Easy]);
    let act = prop_oneof![
        Just(StepAct::Pass),
        Just(StepAct::Show),
        Just(StepAct::Type),
        (0usize..10).prop_map(StepAct::Choose),
        rating.prop_map(StepAct::Rate),
    ];
    prop_oneof![
        any::<u64>().prop_map(SessionPress::GoOn),
        any::<u64>().prop_map(SessionPress::End),
        (any::<u64>(), 0usize..100, act).prop_map(|(session, position, act)| SessionPress::At { session, position, act }),
    ]
}

fn alone() -> impl Strategy<Value = AlonePress> {
    let topic = prop::option::of(any::<u64>().prop_map(TopicHash));
    (any::<u32>(), 0usize..=20, 0usize..=20, any::<u32>(), topic, prop::option::of(0usize..5))
        .prop_map(|(seed, count, place, right, topic, chosen)| AlonePress { seed, count, place, right, topic, chosen })
}

proptest! {
    #[test]
    fn entries(kind in kind(), id in id(), view in prop_oneof![
        Just(EntryView::First), Just(EntryView::Sources), (0usize..1000).prop_map(EntryView::Everything)
    ]) {
        goes_through(&EntryPress { kind, id, view })?;
    }

    #[test]
    fn days_of_the_year(day in day(), page in page()) {
        goes_through(&DayPress { month: day.month(), day: day.day(), page })?;
    }

    #[test]
    fn timelines(from in prop::option::of(day()), to in prop::option::of(day()), topic in topic(), page in page()) {
        goes_through(&TimelinePress { from, to, topic, page })?;
    }

    #[test]
    fn maps(from in day(), to in day(), topic in topic(), page in page()) {
        goes_through(&MapPress::Days { from, to, page })?;
        goes_through(&MapPress::Topic { topic, page })?;
    }

    #[test]
    fn causes(event in id(), page in page()) {
        for view in [CausesView::Words, CausesView::Graph] {
            goes_through(&CausesPress { view, event: event.clone(), page })?;
        }
    }

    #[test]
    fn sources_of_answers(sources in prop::collection::vec("[a-z0-9-]{1,12}", 1..6)) {
        goes_through(&AskPress { sources })?;
    }

    #[test]
    fn passages(number in 1u8.., question in any::<bool>(), page in 0usize..1000) {
        let passage = if question { Passage::Question(number) } else { Passage::Paragraph(number) };
        goes_through(&SourcePress { passage, page })?;
    }

    #[test]
    fn discussions(id in id(), number in 0usize..1000) {
        for press in [
            DiscussPress::Open(id.clone()),
            DiscussPress::Hint(id.clone(), number),
            DiscussPress::Outline(id.clone(), None),
            DiscussPress::Outline(id.clone(), Some(number)),
            DiscussPress::Post(id),
        ] {
            goes_through(&press)?;
        }
    }

    #[test]
    fn help_and_about(name in "[a-z-]{1,32}", page in 0usize..1000) {
        for press in [HelpPress::Overview, HelpPress::Command(name)] {
            goes_through(&press)?;
        }
        for press in [AboutPress::About, AboutPress::Kept, AboutPress::Sources(page)] {
            goes_through(&press)?;
        }
    }

    #[test]
    fn daily_posts(channel in any::<u64>().prop_map(ChannelId), date in today(), choice in 0usize..10, hash in any::<u64>(), sequence in any::<u16>(), minute in 0i8..60, hour in 0i8..24) {
        for press in [
            DailyPress::Answer { date, choice, question: None },
            DailyPress::Answer { date, choice, question: Some(QuestionHash(hash)) },
            DailyPress::Show,
            DailyPress::Move { channel, time: Time::constant(hour, minute, 0, 0) },
            DailyPress::Again { channel, date },
            DailyPress::Anyway(Key { channel, date, sequence }),
            DailyPress::Off(channel),
        ] {
            goes_through(&press)?;
        }
    }

    #[test]
    fn replays(point in id(), way in 0usize..100, from in day(), to in day(), page in 0usize..1000) {
        for press in [ReplayPress::Choose { point, way }, ReplayPress::Sources { from, to, page }, ReplayPress::Show] {
            goes_through(&press)?;
        }
    }

    #[test]
    fn quizzes_and_reviews(
        topic in topic(),
        questions in 0usize..1000,
        difficulty in prop::option::of(prop::sample::select(Difficulty::ALL.to_vec())),
        session in any::<u64>(),
        within in session(),
    ) {
        for press in [QuizPress::Start { topic, questions, difficulty }, QuizPress::Again(session), QuizPress::In(within)] {
            goes_through(&press)?;
        }
        for press in [ReviewPress::Start, ReviewPress::More, ReviewPress::In(within)] {
            goes_through(&press)?;
        }
    }

    #[test]
    fn rounds(round in any::<u64>(), position in 0usize..1000, choice in any::<u8>(), alone in alone()) {
        goes_through(&RoundPress::Answer { round, position, choice })?;
        goes_through(&RoundPress::Alone(alone))?;
    }

    /// Any text is decoded or refused, and what is decoded is encoded to something that decodes to the
    /// same.
    #[test]
    fn foreign_text_is_read_or_refused(
        verb in prop::sample::select(VERBS.to_vec()),
        arguments in prop::collection::vec(prop_oneof!["\\PC{0,12}", "[a-z]{1,6}", "[0-9]{0,21}", "-?[0-9]{1,6}", "(start|again|end|show|q|at|a|n|c|s|o|h|tag\\.x|person\\.y|days\\.1\\.2)"], 0..8),
    ) {
        let press = Press { verb: verb.to_owned(), arguments };
        settles::<EntryPress>(&press)?;
        settles::<DayPress>(&press)?;
        settles::<TimelinePress>(&press)?;
        settles::<MapPress>(&press)?;
        settles::<CausesPress>(&press)?;
        settles::<AskPress>(&press)?;
        settles::<SourcePress>(&press)?;
        settles::<DiscussPress>(&press)?;
        settles::<HelpPress>(&press)?;
        settles::<AboutPress>(&press)?;
        settles::<DailyPress>(&press)?;
        settles::<ReplayPress>(&press)?;
        settles::<QuizPress>(&press)?;
        settles::<ReviewPress>(&press)?;
        settles::<RoundPress>(&press)?;
        settles::<MyDataPress>(&press)?;
    }
}

const VERBS: [&str; 19] = [
    "event",
    "who",
    "place",
    "term",
    "onthisday",
    "timeline",
    "map",
    "why",
    "graph",
    "ask",
    "source",
    "discuss",
    "help",
    "about",
    "daily",
    "replay",
    "quiz",
    "review",
    "round",
];

/// Checks that a decoded press decodes to the same after encoding.
fn settles<T: ButtonId + PartialEq + std::fmt::Debug>(press: &Press) -> Result<(), TestCaseError> {
    if let Some(read) = T::read(press) {
        let again = read.press();
        let reread = T::read(&again);
        prop_assert_eq!(reread.as_ref(), Some(&read), "{:?} became {:?}", press, again);
    }
    Ok(())
}

#[test]
fn what_is_kept_about_somebody() {
    for press in [MyDataPress::Show, MyDataPress::Export, MyDataPress::Delete, MyDataPress::DeleteForGood] {
        goes_through(&press).expect("it is read back");
    }
}

#[test]
fn topics_have_one_reader_of_both_forms() {
    let necker = || TopicId::Entry(Kind::Person, "jacques-necker".to_owned());
    for (text, topic) in [
        ("", Some(TopicId::Everything)),
        ("person.jacques-necker", Some(necker())),
        ("tag.protest", Some(TopicId::Theme("protest".to_owned()))),
        ("protest", Some(TopicId::Theme("protest".to_owned()))),
        ("pet.rex", None),
    ] {
        assert_eq!(TopicId::read(text), topic, "{text}");
    }
    assert_ne!(TopicHash::of(&necker()), TopicHash::of(&TopicId::Entry(Kind::Group, "jacques-necker".to_owned())));
}
