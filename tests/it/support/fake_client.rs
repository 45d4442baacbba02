//! A plain HTTP client in the bot's place.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::fake_discord::{FakeDiscord, Room, TOKEN};

/// How it introduces itself.
pub const USER_AGENT: &str = "DiscordBot (https://example.org/a-test, 1.0) a test of the fake";

/// Somebody who holds the bot's token.
pub struct Client {
    url: String,
    http: reqwest::Client,
}

/// An answer: its status, body (null if it is no JSON) and headers.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: HeaderMap,
}

impl Answer {
    /// Discord's code for what is wrong.
    pub fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or_default()
    }

    pub fn id(&self) -> u64 {
        self.body["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("no id in {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Client {
    pub fn new(discord: &FakeDiscord) -> Client {
        Client::at(discord.rest_url())
    }

    pub fn at(url: String) -> Client {
        let http = reqwest::Client::builder().no_proxy().user_agent(USER_AGENT).timeout(Duration::from_secs(20));
        Client { url, http: http.build().expect("a client") }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v10{path}", self.url)).header("Authorization", format!("Bot {TOKEN}"))
    }

    /// Sends a request; an error is a connection that broke.
    pub async fn sent(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answer { status, headers, body: serde_json::from_slice(&answer.bytes().await?).unwrap_or_default() })
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        Client::sent(request).await.expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn write(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, Some(&body)).await
    }

    /// Posts a text.
    pub async fn post(&self, room: &Room, content: &str) -> Answer {
        self.write(Method::POST, &messages(room), text(content)).await
    }

    /// Posts a text; an error is a connection that broke.
    pub async fn try_post(&self, room: &Room, content: &str, within: Duration) -> Result<Answer, reqwest::Error> {
        Client::sent(self.request(Method::POST, &messages(room)).timeout(within).json(&text(content))).await
    }

    /// Posts a text with a nonce.
    pub async fn post_once(&self, room: &Room, nonce: &str) -> Answer {
        let mut body = text("once");
        body["nonce"] = json!(nonce);
        body["enforce_nonce"] = json!(true);
        self.write(Method::POST, &messages(room), body).await
    }

    /// Sends a body with files: name, alt text, content.
    pub async fn upload(&self, method: Method, path: &str, body: Value, files: &[(&str, &[u8])]) -> Answer {
        let mut form = Form::new().text("payload_json", body.to_string());
        for (idx, (name, bytes)) in files.iter().enumerate() {
            form = form.part(format!("files[{idx}]"), Part::bytes(bytes.to_vec()).file_name((*name).to_owned()));
        }
        Client::sent(self.request(method, path).multipart(form)).await.expect("an answer")
    }
}

/// A message of text that calls nobody.
pub fn text(content: &str) -> Value {
    json!({ "content": content, "allowed_mentions": { "parse": [] } })
}

/// Where a room's messages are.
pub fn messages(room: &Room) -> String {
    format!("/channels/{}/messages", room.id)
}
