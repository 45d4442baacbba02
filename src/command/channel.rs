//! Finds the channel that a command is about.

use super::{Completion, Opt, OptKind, Request};
use crate::card::{Refusal, Text};
use crate::model::ChannelId;

/// The name of the option.
const NAME: &str = "channel";

impl Opt {
    /// The option that names a channel of the server.
    pub(crate) const fn channel(summary: &'static str, required: bool) -> Opt {
        Opt { name: NAME, summary, kind: OptKind::Channel, required, completion: Completion::None }
    }
}

impl Request {
    /// The channel that was named.
    pub(crate) fn named_channel(&self) -> Option<ChannelId> {
        self.channel(NAME)
    }
}

/// The messages if it is unclear which channel is meant, or if there is none.
pub(crate) struct ChannelWords {
    /// The texts around the name of a channel that has none.
    pub none_there: (&'static str, &'static str),
    /// If no channel has one.
    pub none: &'static str,
    /// Before the names of the channels that have one.
    pub several: &'static str,
}

impl ChannelWords {
    fn none_in(&self, channel: ChannelId) -> Refusal {
        let (before, after) = self.none_there;
        Refusal::new(Text::from(before).channel(channel).and(after))
    }
}

/// Picks the item that is meant among those of a server's channels: the named channel's, else that of
/// the current channel, else the only one.
///
/// # Errors
/// A refusal that lists the channels to choose from.
pub(crate) fn pick_channel<T>(
    mut all: Vec<T>,
    channel_of: impl Fn(&T) -> ChannelId,
    request: &Request,
    here: ChannelId,
    words: &ChannelWords,
) -> Result<T, Refusal> {
    let place = |channel: ChannelId| all.iter().position(|one| channel_of(one) == channel);
    let place = match (request.named_channel(), all.len()) {
        (Some(named), _) => place(named).ok_or_else(|| words.none_in(named))?,
        (None, 0) => return Err(Refusal::new(words.none)),
        (None, 1) => 0,
        (None, _) => place(here).ok_or_else(|| several(&all, &channel_of, words))?,
    };
    Ok(all.swap_remove(place))
}

fn several<T>(all: &[T], channel_of: &impl Fn(&T) -> ChannelId, words: &ChannelWords) -> Refusal {
    let mut say = Text::from(words.several);
    for (idx, one) in all.iter().enumerate() {
        say = say.and(if idx > 0 { ", " } else { "" }).channel(channel_of(one));
    }
    Refusal::new(say.and(". Say which one with the option channel."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Value;
    use jiff::civil::date;

    const WORDS: ChannelWords =
        ChannelWords { none_there: ("No clock in ", "."), none: "No clock here.", several: "Several clocks: " };

    /// What is picked where, among the channels of these numbers.
    fn picked(all: &[u64], named: Option<u64>, here: u64) -> Result<u64, String> {
        let mut request = Request::new(date(2026, 11, 28));
        request.options.extend(named.map(|id| (NAME.to_owned(), Value::Channel(ChannelId(id)))));
        let picked = pick_channel(all.to_vec(), |id| ChannelId(*id), &request, ChannelId(here), &WORDS);
        picked.map_err(|refusal| refusal.text.plain())
    }

    #[test]
    fn the_named_channel_goes_before_this_one_and_this_one_before_the_only_one() {
        assert_eq!(picked(&[1, 2, 3], Some(2), 3), Ok(2));
        assert_eq!(picked(&[1, 2, 3], None, 3), Ok(3));
        assert_eq!(picked(&[1], None, 3), Ok(1));
    }

    #[test]
    fn what_is_not_clear_is_asked_back() {
        assert_eq!(picked(&[1, 2], Some(3), 1), Err("No clock in this channel.".to_owned()));
        assert_eq!(picked(&[], None, 1), Err("No clock here.".to_owned()));
        let asked = "Several clocks: this channel, this channel. Say which one with the option channel.";
        assert_eq!(picked(&[1, 2], None, 3), Err(asked.to_owned()));
    }
}
