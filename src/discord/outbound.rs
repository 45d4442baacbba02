//! From a card to a message within Discord's limits.

use serde_json::Value;
use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateAttachment, CreateButton, CreateEmbed, CreateInteractionResponseMessage,
    CreateMessage, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, EditAttachments, EditInteractionResponse,
};
use serenity::model::application::ButtonStyle;
use serenity::model::channel::Nonce;

use super::limits;
use super::markdown;
use super::post;
use super::reply::Said;
use crate::card::words::cut;
use crate::card::{Answer, Audience, Card, Outcome, Picture, Refusal, Row};

/// The colours at a card's edge: an answer, a question back, nothing. The title says it as well.
const FOUND: u32 = 0x43_6f_4d;
const CHOOSE: u32 = 0xc8_9b_3c;
const NOTHING: u32 = 0x7a_7a_7a;

/// A card as the message that answers `asker` (a user's id).
///
/// Nothing in it mentions anybody, and everything that was typed is escaped. What a card's pages
/// could not foresee (escaping lengthens) is cut at a line's end. A picture is named and described
/// but not drawn: whoever sends the message sends its file along.
pub fn message_of_card(card: &Card, asker: u64, private: bool) -> CreateInteractionResponseMessage {
    message(card, card.picture.as_ref().map(described).into_iter().collect(), asker, private)
}

/// A card with these attachments, of which the first is its picture. They take the place of those of
/// a message that is edited.
fn message(card: &Card, files: Vec<CreateAttachment>, asker: u64, private: bool) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new()
        .embed(embed(card, files.first()))
        .components(components(&card.rows, &asked_by(asker)))
        .ephemeral(private || card.audience == Audience::Asker)
        .allowed_mentions(CreateAllowedMentions::new())
        .files(files)
}

/// A picture's name and description, without its file.
fn described(picture: &Picture) -> CreateAttachment {
    CreateAttachment::bytes(Vec::new(), picture.file_name()).description(cut(picture.alt(), limits::ALT))
}

/// A picture with its file; `None` when it cannot be drawn.
fn drawn(picture: &Picture) -> Option<CreateAttachment> {
    let mut attachment = described(picture);
    attachment.data = picture.png()?.to_vec();
    Some(attachment)
}

/// A card as a message posted to a channel, as the body of a request, and the file of its picture:
/// with a nonce, so that Discord does not take it twice, and with the nonce in its components' ids,
/// so that it can be found. Draws the picture, which takes some milliseconds.
pub(super) fn message_of_post(card: &Card, nonce: &str) -> (Value, Option<CreateAttachment>) {
    let file = card.picture.as_ref().and_then(drawn);
    let named = card.picture.as_ref().map(described).filter(|_| file.is_some());
    let mut message = CreateMessage::new()
        .embed(embed(card, named.as_ref()))
        .components(components(&card.rows, &post::mark(nonce)))
        .allowed_mentions(CreateAllowedMentions::new())
        .nonce(Nonce::String(nonce.to_owned()))
        .enforce_nonce(true);
    if let Some(named) = named {
        message = message.add_file(named);
    }
    // A builder of plain strings and numbers: there is nothing in it that JSON cannot say.
    (serde_json::to_value(message).unwrap_or_default(), file)
}

/// A refusal as a message that only the asker sees.
pub fn message_of_refusal(refusal: &Refusal) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new()
        .content(refusal_text(refusal))
        .ephemeral(true)
        .allowed_mentions(CreateAllowedMentions::new())
}

/// An answer as both a first message and an edit of a promised one.
pub(super) fn said(answer: &Answer, asker: u64, private: bool) -> Said {
    let edit = EditInteractionResponse::new().allowed_mentions(CreateAllowedMentions::new());
    match answer {
        Ok(card) => {
            let files: Vec<CreateAttachment> = card.picture.as_ref().and_then(drawn).into_iter().collect();
            // The metadata goes into the message, the bytes only into the request.
            let named: Vec<CreateAttachment> = card.picture.as_ref().map(described).into_iter().take(files.len()).collect();
            // Said even when there are none: an edit that says nothing keeps the old picture.
            let attachments = named.iter().cloned().fold(EditAttachments::new(), EditAttachments::add);
            Said {
                edit: edit
                    .embed(embed(card, named.first()))
                    .components(components(&card.rows, &asked_by(asker)))
                    .attachments(attachments),
                message: message(card, named, asker, private),
                files,
                apart: false,
            }
        }
        Err(refusal) => Said {
            message: message_of_refusal(refusal),
            edit: edit.content(refusal_text(refusal)),
            files: Vec::new(),
            apart: true,
        },
    }
}

fn refusal_text(refusal: &Refusal) -> String {
    cut(&markdown::text(&refusal.text), limits::CONTENT)
}

fn embed(card: &Card, picture: Option<&CreateAttachment>) -> CreateEmbed {
    let title = cut(&markdown::text(&card.title), limits::TITLE);
    let colour = match card.outcome {
        Outcome::Found => FOUND,
        Outcome::Choose => CHOOSE,
        Outcome::Nothing => NOTHING,
    };
    let room = limits::DESCRIPTION.min(limits::EMBEDS - title.chars().count());
    let mut embed = CreateEmbed::new().title(title).colour(colour);
    if let Some(picture) = picture {
        embed = embed.attachment(&picture.filename);
    }
    match description(card, room) {
        description if description.is_empty() => embed,
        description => embed.description(description),
    }
}

fn description(card: &Card, room: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    if let Some(subtitle) = &card.subtitle {
        lines.push(format!("*{}*", markdown::ours(subtitle)));
    }
    for section in &card.sections {
        match &section.heading {
            Some(heading) => lines.push(format!("\n**{}**", markdown::ours(heading))),
            None if !lines.is_empty() => lines.push(String::new()),
            None => {}
        }
        let bullets = section.heading.is_some() || section.lines.len() > 1;
        lines.extend(section.lines.iter().map(|line| markdown::line(line, bullets)));
    }
    if !card.sources.is_empty() {
        lines.push(String::new());
        lines.extend(card.sources.iter().map(|source| format!("-# {}", markdown::ours(source))));
    }
    let mut out = String::new();
    let mut length = 0;
    for line in lines {
        let needs = line.chars().count() + 1;
        if length + needs + 2 > room {
            out.push('…');
            break;
        }
        length += needs;
        out.push_str(&line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// The rows of a card, each id marked with who asked (only their press may change the message) or
/// with the delivery it is.
fn components(rows: &[Row], mark: &str) -> Vec<CreateActionRow> {
    let mut used: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for (no, row) in rows.iter().take(limits::ROWS).enumerate() {
        match row {
            Row::Buttons(actions) => {
                let mut buttons = Vec::new();
                for action in actions.iter().take(limits::BUTTONS) {
                    let id = marked(&action.press.to_string(), mark);
                    // Two buttons may lead to one place; Discord wants their ids apart.
                    if used.contains(&id) {
                        continue;
                    }
                    used.push(id.clone());
                    buttons.push(CreateButton::new(id).label(cut(&action.label, limits::LABEL)).style(ButtonStyle::Secondary));
                }
                if !buttons.is_empty() {
                    out.push(CreateActionRow::Buttons(buttons));
                }
            }
            Row::Menu(menu) => {
                let mut values: Vec<String> = Vec::new();
                let mut options = Vec::new();
                for item in &menu.items {
                    let value = item.press.to_string();
                    if values.contains(&value) || options.len() == limits::OPTIONS {
                        continue;
                    }
                    let mut option = CreateSelectMenuOption::new(cut(&item.label, limits::OPTION), value.clone());
                    if let Some(hint) = item.hint.as_ref().filter(|hint| !hint.is_empty()) {
                        option = option.description(cut(hint, limits::OPTION));
                    }
                    values.push(value);
                    options.push(option);
                }
                let placeholder = menu.placeholder.clone();
                let kind = CreateSelectMenuKind::String { options };
                let menu = CreateSelectMenu::new(marked(&format!("menu{no}"), mark), kind);
                out.push(CreateActionRow::SelectMenu(menu.placeholder(cut(&placeholder, limits::PLACEHOLDER))));
            }
        }
    }
    out
}

/// The mark of who asked: a tilde and the user's id in base 36.
fn asked_by(asker: u64) -> String {
    format!("~{}", base36(asker))
}

/// Appends a mark to a component's id. A delivery's may be too long for it; a post has others.
fn marked(id: &str, mark: &str) -> String {
    if id.len() + mark.len() > limits::CUSTOM_ID { id.to_owned() } else { format!("{id}{mark}") }
}

/// Takes a component's id apart again. The id comes from outside: nothing about it is trusted, and
/// one without a mark belongs to nobody.
pub(super) fn unmarked(id: &str) -> (&str, Option<u64>) {
    match id.rsplit_once('~') {
        Some((id, asker)) => (id, u64::from_str_radix(asker, 36).ok()),
        None => (id, None),
    }
}

/// A number in base 36; 13 digits hold any id.
pub(super) fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = (number % 36) as u8;
        digits.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 } as char);
        number /= 36;
        if number == 0 {
            break digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longest_id_fits() {
        let id = marked(&"x".repeat(crate::card::action::LONGEST), &asked_by(u64::MAX));
        assert!(id.len() <= limits::CUSTOM_ID && id.ends_with(&asked_by(u64::MAX)), "{}", id.len());
    }

    proptest! {
        #[test]
        fn marks_come_off_again(id in "[a-z0-9/.-]{1,84}", asker in any::<u64>()) {
            let whole = marked(&id, &asked_by(asker));
            prop_assert_eq!(unmarked(&whole), (id.as_str(), Some(asker)));
        }

        #[test]
        fn any_id_is_taken_apart(id in any::<String>()) {
            unmarked(&id);
        }
    }
}
