//! Refuses two entries with the same name.

use std::collections::HashMap;

use super::draft::Draft;
use super::plain::plain;
use super::problem::Report;
use super::written::LocatedText;

/// Reports every name, alias, abbreviation or native name that two entries share, unless the
/// pack declares it ambiguous.
pub(super) fn check(entries: &[Draft<'_>], ambiguous: &[String], report: &mut Report) {
    let declared: Vec<String> = ambiguous.iter().map(|name| plain(name)).collect();
    let mut owners: HashMap<String, usize> = HashMap::new();
    for (idx, draft) in entries.iter().enumerate() {
        for name in all_names(draft) {
            let key = plain(name.value());
            if key.is_empty() {
                let wrong = format!("nobody can type \"{}\"", name.value());
                report.at(draft.file, name.span(), wrong, "Use letters or digits".to_owned());
                continue;
            }
            match owners.get(&key) {
                Some(&owner) if owner != idx && !declared.contains(&key) => {
                    let other = &entries[owner];
                    let wrong = format!("{}/{} answers to \"{}\" as well", other.kind, other.id.value(), name.value());
                    let right = format!("Choose another name, or add \"{}\" to `ambiguous` in pack.toml", name.value());
                    report.at(draft.file, name.span(), wrong, right);
                }
                Some(_) => {}
                None => {
                    owners.insert(key, idx);
                }
            }
        }
    }
}

fn all_names<'a>(draft: &Draft<'a>) -> impl Iterator<Item = &'a LocatedText> {
    std::iter::once(draft.name).chain(draft.native).chain(draft.short).chain(draft.aliases)
}
