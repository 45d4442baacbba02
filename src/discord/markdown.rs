//! Escapes text for Discord, and formats cards as Markdown.

use crate::card::{Line, Span, Text};

/// Escapes our own text where Discord could take it for formatting; names like "ÁVÓ_" stay unchanged.
pub(super) fn ours(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (place, letter) in text.char_indices() {
        let at_start = text[..place].trim_end_matches(' ').is_empty() || text[..place].ends_with('\n');
        match letter {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' => out.push('\\'),
            '#' | '>' if at_start => out.push('\\'),
            _ => {}
        }
        out.push(letter);
        // Prevents mentions, although `allowed_mentions` disables them as well.
        if letter == '@' {
            out.push('\u{200b}');
        }
    }
    out
}

/// Escapes user input: everything that formats, links, mentions or makes an emoji.
pub(super) fn typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && letter != '@' {
            out.push('\\');
        }
        out.push(letter);
        if letter == '@' {
            out.push('\u{200b}');
        }
    }
    out
}

/// Formats a text of a card.
pub(super) fn text(text: &Text) -> String {
    text.spans()
        .iter()
        .map(|span| match span {
            Span::Ours(run) => ours(run),
            Span::Typed(run) => typed(run),
            // A channel mention notifies nobody; it only shows the channel's name.
            Span::Channel(id) => format!("<#{id}>"),
            Span::Instant(at) => format!("<t:{}:f>", at.as_second()),
            // Angle brackets suppress the link preview; a URL contains none.
            Span::Link(url) => format!("<{}>", url.replace(['<', '>'], "")),
        })
        .collect()
}

/// Formats a line of a card: its lead in bold, its citations in brackets at the end.
pub(super) fn line(line: &Line, bullet: bool) -> String {
    let mut out = String::new();
    if bullet {
        out.push_str("- ");
    }
    if let Some(lead) = &line.lead {
        out.push_str(&format!("**{}** ", ours(lead)));
    }
    let said = text(&line.text);
    // At the start of a line, "1789." or a dash would begin a list.
    let start = said.trim_start();
    let numbered = start.trim_start_matches(|c: char| c.is_ascii_digit());
    let begins_list = start.starts_with(['-', '+']) || (numbered.len() < start.len() && numbered.starts_with(['.', ')']));
    if line.lead.is_none() && begins_list {
        out.push('\u{200b}');
    }
    out.push_str(&said);
    for cite in &line.cite {
        out.push_str(&format!(" [{}]", ours(cite)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_formats_links_or_pings() {
        for (given, expected) in [
            ("**bold**", "\\*\\*bold\\*\\*"),
            ("@everyone", "@\u{200b}everyone"),
            ("<@123>", "\\<@\u{200b}123\\>"),
            ("[x](https://a.b)", "\\[x\\]\\(https\\:\\/\\/a\\.b\\)"),
            (":smile:", "\\:smile\\:"),
            ("a`b", "a\\`b"),
        ] {
            assert_eq!(typed(given), expected);
        }
    }

    #[test]
    fn our_text_stays_readable() {
        assert_eq!(ours("Köztársaság tér (Republic Square), 24"), "Köztársaság tér (Republic Square), 24");
        assert_eq!(ours("# no heading"), "\\# no heading");
        assert_eq!(ours("a_b"), "a\\_b");
    }
}
