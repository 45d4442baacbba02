//! The background sources, and the rules that a teacher must be able to open and accept them.

use std::collections::HashMap;

use jiff::civil::Date;

use super::checker::{at_most, check_kebab, limits};
pub use super::citation::{SourceIdx, SourceKind};
use super::problem::{File, Report};
use super::written::WrittenSource;

/// A named background work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Kebab-case, as citations use it.
    pub id: String,
    /// The short name shown in brackets, at most 24 characters.
    pub short: String,
    /// The kind of work.
    pub kind: SourceKind,
    /// The author, unless the title names them.
    pub author: Option<String>,
    /// The publisher, unless the title names it.
    pub publisher: Option<String>,
    /// The year it was published.
    pub year: Option<i16>,
    pub title: String,
    /// The work's own address.
    pub url: Option<String>,
    /// The day on which it was last read.
    pub opened: Option<Date>,
    /// The language it is written in, as a two-letter code.
    pub language: String,
}

/// Hosts that copy other works or that anybody can write to, and so are refused: a mirror may disappear,
/// and no teacher accepts it. A leading dot means all subdomains.
const REFUSED: &[&str] = &[
    "9dok.org",
    ".9dok.org",
    "academic-accelerator.com",
    "alchetron.com",
    "anarwiki.org",
    "balrad.ru",
    "blogspot.com",
    ".blogspot.com",
    "chroniknet.de",
    "coursehero.com",
    ".coursehero.com",
    "cupdf.com",
    "dbpedia.org",
    "docplayer.hu",
    "docsbay.net",
    "docslib.org",
    "dokumen.pub",
    "everipedia.org",
    "fandom.com",
    ".fandom.com",
    "fdocuments.net",
    "fdocuments.us",
    "getrevising.co.uk",
    "gateway.ipfs.io",
    "grokipedia.com",
    "infogalactic.com",
    ".kiwix.org",
    "kiwix.casplantje.nl",
    "justapedia.org",
    "owiki.org",
    ".owiki.org",
    "piglix.com",
    "prezi.com",
    "quizlet.com",
    "reddit.com",
    ".reddit.com",
    "scribd.com",
    ".scribd.com",
    "slideplayer.com",
    "slideshare.net",
    ".slideshare.net",
    "softbeam.net",
    "studylib.net",
    "timetoast.com",
    ".timetoast.com",
    "wander.am",
    "wiki.edu.vn",
    "wikimili.com",
    "wikiwand.com",
    ".wikiwand.com",
    "wikia.com",
    ".wikia.com",
    "wordpress.com",
    ".wordpress.com",
    "zxc.wiki",
    ".zxc.wiki",
];

pub(super) fn check<'a>(sources: &'a [WrittenSource], file: &File<'_>, report: &mut Report) -> HashMap<&'a str, SourceIdx> {
    let mut ids = HashMap::new();
    let mut shorts: HashMap<&str, &str> = HashMap::new();
    for (idx, source) in sources.iter().enumerate() {
        let id = source.id.value().as_str();
        check_kebab(&source.id, file, report);
        if ids.insert(id, SourceIdx(idx as u32)).is_some() {
            let wrong = format!("there is another source with the id \"{id}\"");
            report.at(file, source.id.span(), wrong, "Every id stands once in its file".to_owned());
        }
        let short = source.short.value().as_str();
        at_most(&source.short, limits::SHORT, "short name", file, report);
        check_address(source, file, report);
        check_details(source, file, report);
        if let Some(other) = shorts.insert(short, id) {
            let wrong = format!("\"{short}\" is also the short name of {other}");
            report.at(file, source.short.span(), wrong, "Give every source a short name of its own".to_owned());
        }
    }
    ids
}

pub(super) fn source(written: &WrittenSource) -> Source {
    Source {
        id: written.id.value().clone(),
        short: written.short.value().clone(),
        kind: written.kind,
        author: written.author.clone(),
        publisher: written.publisher.clone(),
        year: written.year,
        title: written.title.clone(),
        url: written.url.as_ref().map(|url| url.value().clone()),
        // An invalid day was already reported when the sources were checked.
        opened: written.opened.as_ref().and_then(|day| day.value().parse().ok()),
        language: written.language.as_ref().map_or_else(|| "en".to_owned(), |code| code.value().clone()),
    }
}

/// The host of an address, in lower case and without a leading `www.`.
fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let host = host.split(':').next()?.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    (!host.is_empty()).then_some(host)
}

/// Why an address is not allowed for a source; `None` if it is.
fn refusal(url: &str) -> Option<String> {
    let Some(host) = host(url) else { return Some("it is no web address".to_owned()) };
    if host.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some("it is a bare number that says nothing of who stands behind it".to_owned());
    }
    let refused = REFUSED.iter().any(|refused| match refused.strip_prefix('.') {
        Some(_) => host.ends_with(refused),
        None => host == *refused,
    });
    if refused {
        return Some(format!("{host} copies other people's work, or anybody may write there"));
    }
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let searches = url.contains("/search?") || query.starts_with("q=") || query.contains("&q=") || query.contains("search=");
    searches.then(|| "it is a search, not a work".to_owned())
}

fn check_address(source: &WrittenSource, file: &File<'_>, report: &mut Report) {
    let Some(url) = &source.url else { return };
    if let Some(why) = refusal(url.value()) {
        let wrong = format!("\"{}\" is no address for a source: {why}", url.value());
        report.at(file, url.span(), wrong, "Give the work's own address, or find another work".to_owned());
    }
}

fn check_details(source: &WrittenSource, file: &File<'_>, report: &mut Report) {
    if let Some(day) = source.opened.as_ref().filter(|day| day.value().parse::<Date>().is_err()) {
        let wrong = format!("\"{}\" is no day", day.value());
        report.at(file, day.span(), wrong, "Write year, month and day: 2026-11-27".to_owned());
    }
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if let Some(code) = source.language.as_ref().filter(|code| !is_code(code.value())) {
        let wrong = format!("\"{}\" is no language", code.value());
        report.at(file, code.span(), wrong, "Write a two-letter code: en, hu, de".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_numbers_and_searches_are_refused() {
        for refused in [
            "https://www.wikiwand.com/en/articles/Imre_Nagy",
            "http://some.fandom.com/wiki/Budapest",
            "https://de.zxc.wiki/wiki/Parlamentswahl",
            "http://52.31.62.7/storiadigitale/p/voce/4128",
            "https://www.google.com/search?q=imre+nagy",
            "ftp://example.org/a",
            "imre nagy",
        ] {
            assert!(refusal(refused).is_some(), "{refused}");
        }
    }

    #[test]
    fn works_of_their_own_are_accepted() {
        for accepted in [
            "https://history.state.gov/historicaldocuments/frus1955-57v25/d98",
            "https://en.wikipedia.org/wiki/Imre_Nagy",
            "https://library.hungaricana.hu/en/view/ORSZ_NEMZ_TortKiallVezet_4_20_sz_angol/?pg=129",
            "http://www.rev.hu/history_of_56/ora4/ora4_e.htm",
        ] {
            assert_eq!(refusal(accepted), None, "{accepted}");
        }
    }
}
