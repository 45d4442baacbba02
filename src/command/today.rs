//! The class's current date.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{CommandContext, Place, Request, Services};
use crate::card::{Line, Text, format};
use crate::lookup::date::Understood;

/// The current date of a class, and its zone.
pub(crate) struct Today {
    pub date: Date,
    /// The IANA name of the zone.
    zone: String,
}

impl Today {
    /// The current date in the zone of this channel's daily post, else of another one in the server,
    /// else of the pack's events. If the store fails, the look-up continues without it.
    pub(crate) async fn of(request: &Request, ctx: &CommandContext<'_>) -> Today {
        let zone = match request.place.zip(ctx.services) {
            Some((place, services)) => zone_of_class(place, services).await,
            None => None,
        };
        let own = zone.and_then(|zone| Some((TimeZone::get(&zone).ok()?.to_datetime(request.now).date(), zone)));
        match own {
            Some((date, zone)) => Today { date, zone },
            None => Today { date: ctx.pack.date_at(request.now), zone: ctx.pack.zone_name().to_owned() },
        }
    }

    /// `Today is Wednesday 3 March 2027 by the clock in Sydney.`
    pub(crate) fn said(&self) -> Line {
        Line::new(format!("Today is {} in {}.", format::long_date(self.date), self.city()))
    }

    /// `08:12 by the clock in Sydney`, with the day where that is not today.
    pub(crate) fn since(&self, at: Timestamp) -> String {
        let at = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC).to_datetime(at);
        let day = if at.date() == self.date { String::new() } else { format!("{}, ", format::long_date(at.date())) };
        format!("{day}{} ({} time)", at.strftime("%H:%M"), self.city())
    }

    fn city(&self) -> String {
        self.zone.rsplit('/').next().unwrap_or(&self.zone).replace('_', " ")
    }
}

/// The zone of this channel's daily post, else of another one in the server.
async fn zone_of_class(place: Place, services: &Services) -> Option<String> {
    let all = services.store.schedules_of(place.guild).await;
    let all = all.inspect_err(|error| tracing::error!(%error, "the store failed; a look-up continues without it")).ok()?;
    let here = all.iter().find(|schedule| schedule.channel == place.channel).or(all.first())?;
    Some(here.zone.clone())
}

/// Remarks on how a date was interpreted: its order, a wrong weekday.
pub(crate) fn remarks(text: &str, understood: &Understood) -> Vec<Line> {
    let mut said = Vec::new();
    if understood.day_first {
        let say = Text::from("I read “").typed(text);
        said.push(Line::new(say.and(format!("” as day/month: {}.", format::date(understood.from)))));
    }
    if let Some(weekday) = understood.wrong_weekday().and_then(|_| format::known_weekday(understood.from)) {
        said.push(Line::new(format!("{} was a {weekday}.", format::date(understood.from))));
    }
    said
}
