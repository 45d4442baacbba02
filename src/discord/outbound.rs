//! Converts cards to messages within Discord's limits.

use serde_json::Value;
use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateAttachment, CreateButton, CreateEmbed, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseMessage, CreateMessage, CreateModal, CreateSelectMenu,
    CreateSelectMenuKind, CreateSelectMenuOption, EditAttachments, EditMessage,
};
use serenity::model::application::{ButtonStyle, InputTextStyle};
use serenity::model::channel::Nonce;

use super::limits;
use super::markdown;
use super::reply::OutgoingResponse;
use crate::card::action::{TYPED, TYPED_LONGEST, base36};
use crate::card::format::cut;
use crate::card::{Action, Audience, Card, CardFile, CardResult, Outcome, Picture, Refusal, Row, TextPrompt};

/// The colours at a card's edge: found, question back, nothing. The title says the same in words.
const FOUND: u32 = 0x43_6f_4d;
const CHOOSE: u32 = 0xc8_9b_3c;
const NOTHING: u32 = 0x7a_7a_7a;

/// Converts a card to the message that answers the user `asker`.
///
/// The message mentions nobody, and all user input is escaped. Escaping may lengthen a page beyond the
/// limits; then it is cut at the end of a line. The message lists pictures and files with their names
/// and descriptions, but does not contain them; the caller must draw and attach them.
pub fn message_of_card(card: &Card, asker: u64, private: bool) -> CreateInteractionResponseMessage {
    let picture = card.picture.as_ref().map(described);
    message(card, picture.as_ref(), picture.iter().cloned().chain(card.files.iter().map(named)).collect(), asker, private)
}

/// A card with its picture and these attachments. They replace those of a message that is edited.
fn message(
    card: &Card,
    picture: Option<&CreateAttachment>,
    files: Vec<CreateAttachment>,
    asker: u64,
    private: bool,
) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new()
        .embed(embed(card, picture))
        .components(components(&card.rows, Mark::Asker(asker)))
        .ephemeral(private || card.audience == Audience::Asker)
        .allowed_mentions(CreateAllowedMentions::new())
        .files(files)
}

/// A picture's name and description, without the image.
fn described(picture: &Picture) -> CreateAttachment {
    CreateAttachment::bytes(Vec::new(), picture.file_name()).description(cut(picture.alt(), limits::ALT))
}

/// A file's name, without its content.
fn named(file: &CardFile) -> CreateAttachment {
    CreateAttachment::bytes(Vec::new(), file.name.clone())
}

/// A picture with its image; `None` if drawing fails.
fn drawn(picture: &Picture) -> Option<CreateAttachment> {
    let mut attachment = described(picture);
    attachment.data = picture.png()?.to_vec();
    Some(attachment)
}

/// Converts a card to a message for a channel: the body of the request, and the image of its picture.
/// The nonce prevents Discord from accepting the message twice. The ids of the components contain it
/// too, so that the message can be found again. Draws the picture, which takes some milliseconds.
pub(super) fn message_of_post(card: &Card, nonce: &str) -> (Value, Option<CreateAttachment>) {
    let file = card.picture.as_ref().and_then(drawn);
    let named = card.picture.as_ref().map(described).filter(|_| file.is_some());
    let mut message = CreateMessage::new()
        .embed(embed(card, named.as_ref()))
        .components(components(&card.rows, Mark::Delivery(nonce)))
        .allowed_mentions(CreateAllowedMentions::new())
        .nonce(Nonce::String(nonce.to_owned()))
        .enforce_nonce(true);
    if let Some(named) = named {
        message = message.add_file(named);
    }
    // Serialising plain strings and numbers to JSON cannot fail.
    (serde_json::to_value(message).unwrap_or_default(), file)
}

/// Converts a card to an edit of an earlier message, like [`message_of_post`]. A picture of the earlier
/// message is removed.
pub(super) fn message_of_edit(card: &Card, nonce: &str) -> (Value, Option<CreateAttachment>) {
    let file = card.picture.as_ref().and_then(drawn);
    let named = card.picture.as_ref().map(described).filter(|_| file.is_some());
    // Sent even if empty, because an edit without `attachments` keeps the old picture.
    let attachments = named.iter().cloned().fold(EditAttachments::new(), EditAttachments::add);
    let message = EditMessage::new()
        .embed(embed(card, named.as_ref()))
        .components(components(&card.rows, Mark::Delivery(nonce)))
        .allowed_mentions(CreateAllowedMentions::new())
        .attachments(attachments);
    // Serialising plain strings and numbers to JSON cannot fail.
    (serde_json::to_value(message).unwrap_or_default(), file)
}

/// Converts a refusal to a message that only the user sees.
pub fn message_of_refusal(refusal: &Refusal) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new()
        .content(refusal_text(refusal))
        .ephemeral(true)
        .allowed_mentions(CreateAllowedMentions::new())
}

/// Converts an answer, and draws its picture.
pub(super) fn said(answer: &CardResult, asker: u64) -> OutgoingResponse {
    match answer {
        Ok(card) => {
            let picture = card.picture.as_ref().and_then(drawn);
            let with_bytes = |file: &CardFile| CreateAttachment::bytes(file.bytes.clone(), file.name.clone());
            let files: Vec<CreateAttachment> = picture.iter().cloned().chain(card.files.iter().map(with_bytes)).collect();
            let message = CreateInteractionResponseMessage::new()
                // Sent even if empty, because an edit without `content` keeps the old text.
                .content("")
                .embed(embed(card, picture.as_ref()))
                .components(components(&card.rows, Mark::Asker(asker)))
                .allowed_mentions(CreateAllowedMentions::new())
                .files(files.clone());
            OutgoingResponse { message: numbered(message), files, alone: card.audience == Audience::Asker, apart: false }
        }
        Err(error) => {
            let message = CreateInteractionResponseMessage::new()
                .content(refusal_text(error.told()))
                .allowed_mentions(CreateAllowedMentions::new());
            OutgoingResponse { message: numbered(message), files: Vec::new(), alone: true, apart: true }
        }
    }
}

/// The message as JSON, with attachments numbered in the order of the files.
fn numbered(message: CreateInteractionResponseMessage) -> Value {
    // Serialising plain strings and numbers to JSON cannot fail.
    let mut message = serde_json::to_value(message).unwrap_or_default();
    for (idx, attachment) in message["attachments"].as_array_mut().into_iter().flatten().enumerate() {
        attachment["id"] = idx.into();
    }
    message
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

/// The rows of a card. Each id is marked with the user who asked, because only that user's press may
/// change the message, or with the delivery that the message is.
fn components(rows: &[Row], mark: Mark<'_>) -> Vec<CreateActionRow> {
    let mut used: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for (idx, row) in rows.iter().take(limits::ROWS).enumerate() {
        match row {
            Row::Buttons(actions) => {
                let mut buttons = Vec::new();
                for action in actions.iter().take(limits::BUTTONS) {
                    let id = mark.on(action);
                    // Two buttons may lead to the same card, but Discord requires unique ids.
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
                let menu = CreateSelectMenu::new(mark.on_id(&format!("menu{idx}"), PressMode::InPlace), kind);
                out.push(CreateActionRow::SelectMenu(menu.placeholder(cut(&placeholder, limits::PLACEHOLDER))));
            }
        }
    }
    out
}

/// How a press is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PressMode {
    /// The card replaces the pressed one, if the same user asked for that.
    InPlace,
    /// The card is a new message.
    Beside,
    /// First with a form.
    Form(&'static TextPrompt),
}

/// The suffix of the ids of a message's components.
#[derive(Clone, Copy)]
enum Mark<'a> {
    /// The user who asked: a tilde, how a press is answered if not in place (`!` for a new message, `?`
    /// and a letter for a form), and the user's id in base 36.
    Asker(u64),
    /// The delivery that the message is. An id may be too long for it; another one of the post is not.
    Delivery(&'a str),
}

impl Mark<'_> {
    fn on(self, action: &Action) -> String {
        let way = match action.asks {
            Some(prompt) => PressMode::Form(prompt),
            None if action.beside => PressMode::Beside,
            None => PressMode::InPlace,
        };
        self.on_id(&action.press.to_string(), way)
    }

    fn on_id(self, id: &str, way: PressMode) -> String {
        let mark = match self {
            Mark::Delivery(nonce) => delivery_mark(nonce),
            Mark::Asker(asker) => {
                let way = match way {
                    PressMode::InPlace => String::new(),
                    PressMode::Beside => "!".to_owned(),
                    PressMode::Form(prompt) => format!("?{}", prompt.letter),
                };
                format!("~{way}{}", base36(asker))
            }
        };
        if id.len() + mark.len() > limits::CUSTOM_ID { id.to_owned() } else { format!("{id}{mark}") }
    }
}

/// The form that a press shows. It needs no state: its id contains the press and the user who may submit
/// it.
pub(super) fn form(id: &str, asker: u64, prompt: &TextPrompt) -> Value {
    let input = CreateInputText::new(InputTextStyle::Short, prompt.label, TYPED)
        .placeholder(prompt.placeholder)
        .max_length(TYPED_LONGEST)
        .required(true);
    let modal = CreateModal::new(Mark::Asker(asker).on_id(id, PressMode::InPlace), prompt.title);
    let response = CreateInteractionResponse::Modal(modal.components(vec![CreateActionRow::InputText(input)]));
    // Serialising plain strings and numbers to JSON cannot fail.
    serde_json::to_value(response).unwrap_or_default()
}

/// Splits a component's id into the press, the user and the mode. The id comes from outside and is not
/// trusted; one without a mark belongs to no user.
pub(super) fn unmarked(id: &str) -> (&str, Option<u64>, PressMode) {
    let Some((id, mark)) = id.rsplit_once('~') else { return (id, None, PressMode::InPlace) };
    let mut letters = mark.chars();
    let (way, asker) = match (letters.next(), letters.next()) {
        (Some('!'), _) => (PressMode::Beside, &mark[1..]),
        (Some('?'), Some(letter)) => (
            TextPrompt::of(letter).map_or(PressMode::InPlace, PressMode::Form),
            mark.get(1 + letter.len_utf8()..).unwrap_or_default(),
        ),
        _ => (PressMode::InPlace, mark),
    };
    (id, u64::from_str_radix(asker, 36).ok(), way)
}

/// The suffix of the component ids of a message with this nonce, to find the message again.
pub(super) fn delivery_mark(nonce: &str) -> String {
    format!("~.{nonce}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longest_id_fits() {
        for way in [PressMode::InPlace, PressMode::Beside, PressMode::Form(&crate::card::action::DATE)] {
            let id = Mark::Asker(u64::MAX).on_id(&"x".repeat(crate::card::action::LONGEST), way);
            assert!(id.len() <= limits::CUSTOM_ID && id.ends_with(&base36(u64::MAX)), "{}", id.len());
        }
    }

    proptest! {
        #[test]
        fn marks_come_off_again(id in "[a-z0-9/.-]{1,84}", asker in any::<u64>()) {
            for way in [PressMode::InPlace, PressMode::Beside, PressMode::Form(&crate::card::action::DATE), PressMode::Form(&crate::card::action::NAME)] {
                let whole = Mark::Asker(asker).on_id(&id, way);
                prop_assert_eq!(unmarked(&whole), (id.as_str(), Some(asker), way));
            }
        }

        #[test]
        fn any_id_is_taken_apart(id in any::<String>()) {
            unmarked(&id);
        }
    }
}
