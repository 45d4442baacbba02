//! Normalises names for comparison.

/// `text` in lower-case ASCII letters and digits, with single spaces between words: "Köztársaság tér" →
/// "koztarsasag ter". Two entries whose normalised names are equal have the same name.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in any_ascii::any_ascii(text).chars() {
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        } else if letter != '\'' && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        for (given, expected) in [
            ("Köztársaság tér", "koztarsasag ter"),
            ("  ÁVH / ÁVO ", "avh avo"),
            ("Workers' councils", "workers councils"),
            ("Власть", "vlast"),
            ("", ""),
            ("---", ""),
        ] {
            assert_eq!(plain(given), expected, "{given:?}");
        }
    }
}
