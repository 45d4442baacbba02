//! From a card to a message within Discord's limits.

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

/// The colours at a card's edge: an answer, a question back, nothing. The title says it as well.
const FOUND: u32 = 0x43_6f_4d;
const CHOOSE: u32 = 0xc8_9b_3c;
const NOTHING: u32 = 0x7a_7a_7a;

/// A card as the message that answers `asker` (a user's id).
///
/// Nothing in it mentions anybody, and everything that was typed is escaped. What a card's pages
/// could not foresee (escaping lengthens) is cut at a line's end. A picture is named and described
/// but not drawn, and a file only named: whoever sends the message sends them along.
pub fn message_of_card(card: &Card, asker: u64, private: bool) -> CreateInteractionResponseMessage {
    let picture = card.picture.as_ref().map(described);
    message(card, picture.as_ref(), picture.iter().cloned().chain(card.files.iter().map(named)).collect(), asker, private)
}

/// A card with its picture and these attachments. They take the place of those of a message that is
/// edited.
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

/// A picture's name and description, without its file.
fn described(picture: &Picture) -> CreateAttachment {
    CreateAttachment::bytes(Vec::new(), picture.file_name()).description(cut(picture.alt(), limits::ALT))
}

/// A file's name, without its content.
fn named(file: &CardFile) -> CreateAttachment {
    CreateAttachment::bytes(Vec::new(), file.name.clone())
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
        .components(components(&card.rows, Mark::Delivery(nonce)))
        .allowed_mentions(CreateAllowedMentions::new())
        .nonce(Nonce::String(nonce.to_owned()))
        .enforce_nonce(true);
    if let Some(named) = named {
        message = message.add_file(named);
    }
    // A builder of plain strings and numbers: there is nothing in it that JSON cannot say.
    (serde_json::to_value(message).unwrap_or_default(), file)
}

/// A card that takes the place of what a message of ours says, as [`message_of_post`]; a picture that
/// stood there goes.
pub(super) fn message_of_edit(card: &Card, nonce: &str) -> (Value, Option<CreateAttachment>) {
    let file = card.picture.as_ref().and_then(drawn);
    let named = card.picture.as_ref().map(described).filter(|_| file.is_some());
    // Said even when there is none: an edit that says nothing keeps the old picture.
    let attachments = named.iter().cloned().fold(EditAttachments::new(), EditAttachments::add);
    let message = EditMessage::new()
        .embed(embed(card, named.as_ref()))
        .components(components(&card.rows, Mark::Delivery(nonce)))
        .allowed_mentions(CreateAllowedMentions::new())
        .attachments(attachments);
    // As above.
    (serde_json::to_value(message).unwrap_or_default(), file)
}

/// A refusal as a message that only the asker sees.
pub fn message_of_refusal(refusal: &Refusal) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new()
        .content(refusal_text(refusal))
        .ephemeral(true)
        .allowed_mentions(CreateAllowedMentions::new())
}

/// An answer as it is sent, with its picture drawn.
pub(super) fn said(answer: &CardResult, asker: u64) -> OutgoingResponse {
    match answer {
        Ok(card) => {
            let picture = card.picture.as_ref().and_then(drawn);
            let with_bytes = |file: &CardFile| CreateAttachment::bytes(file.bytes.clone(), file.name.clone());
            let files: Vec<CreateAttachment> = picture.iter().cloned().chain(card.files.iter().map(with_bytes)).collect();
            let message = CreateInteractionResponseMessage::new()
                // Said even though there is none: an edit that says nothing keeps what stood there.
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

/// The message as JSON, its attachments numbered like the files that are sent with it.
fn numbered(message: CreateInteractionResponseMessage) -> Value {
    // A builder of plain strings and numbers: there is nothing in it that JSON cannot say.
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

/// The rows of a card, each id marked with who asked (only their press may change the message) or
/// with the delivery it is.
fn components(rows: &[Row], mark: Mark<'_>) -> Vec<CreateActionRow> {
    let mut used: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for (idx, row) in rows.iter().take(limits::ROWS).enumerate() {
        match row {
            Row::Buttons(actions) => {
                let mut buttons = Vec::new();
                for action in actions.iter().take(limits::BUTTONS) {
                    let id = mark.on(action);
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
                let menu = CreateSelectMenu::new(mark.on_id(&format!("menu{idx}"), PressMode::InPlace), kind);
                out.push(CreateActionRow::SelectMenu(menu.placeholder(cut(&placeholder, limits::PLACEHOLDER))));
            }
        }
    }
    out
}

/// What a press is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PressMode {
    /// A card in place of the one it stands on, for whoever asked for that one.
    InPlace,
    /// A card beside it.
    Beside,
    /// A form first.
    Form(&'static TextPrompt),
}

/// What is appended to the ids of a message's components.
#[derive(Clone, Copy)]
enum Mark<'a> {
    /// Who asked for it: a tilde, how a press is answered if not in place (`!` beside, `?` and a
    /// letter a form), and the user's id in base 36.
    Asker(u64),
    /// The delivery it is. It may be too long for an id; a post has others.
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

/// The form that a press shows. Nothing about it is remembered: its id is the press, and who is to
/// fill it in.
pub(super) fn form(id: &str, asker: u64, prompt: &TextPrompt) -> Value {
    let input = CreateInputText::new(InputTextStyle::Short, prompt.label, TYPED)
        .placeholder(prompt.placeholder)
        .max_length(TYPED_LONGEST)
        .required(true);
    let modal = CreateModal::new(Mark::Asker(asker).on_id(id, PressMode::InPlace), prompt.title);
    let response = CreateInteractionResponse::Modal(modal.components(vec![CreateActionRow::InputText(input)]));
    // As above.
    serde_json::to_value(response).unwrap_or_default()
}

/// Takes a component's id apart again. The id comes from outside: nothing about it is trusted, and
/// one without a mark belongs to nobody.
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

/// What the components of a message with a nonce end in, so that it can be found again.
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
