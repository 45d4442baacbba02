//! Removes interaction tokens, which are part of request URLs, from errors before they are logged.

use std::error::Error;

/// Formats an error and its causes on one line, with interaction tokens removed.
pub(super) fn error(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        cause = error.source();
    }
    text(&said)
}

/// Removes what follows `/interactions/…/` and `/webhooks/…/` in a text.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find("/interactions/").into_iter().chain(rest.find("/webhooks/")).min() {
        let after = rest[place + 1..].find('/').map_or(rest.len(), |slash| place + 1 + slash + 1);
        let token = rest[after..].find('/').map_or(rest.len(), |slash| after + slash + 1);
        let end = rest[token..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=' | '%')))
            .map_or(rest.len(), |end| token + end);
        out.push_str(&rest[..token]);
        if end > token {
            out.push('…');
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn tokens_are_cut_out_of_addresses() {
        assert_eq!(
            text("error sending request for url (https://discord.com/api/v10/interactions/12/aW50-_x.y/callback): timed out"),
            "error sending request for url (https://discord.com/api/v10/interactions/12/…/callback): timed out"
        );
        assert_eq!(
            text("PATCH /webhooks/9/tok/messages/@original and /webhooks/9/tok2"),
            "PATCH /webhooks/9/…/messages/@original and /webhooks/9/…"
        );
        assert_eq!(text("nothing secret"), "nothing secret");
    }
}
