//! Requests about interactions and commands, and what their outcome allows to do next.
//!
//! The library hides how long to wait, reads whole messages that nobody needs, and cannot say
//! whether Discord refused something or something on the way did.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serenity::builder::CreateAttachment;

/// The longest wait that is taken at its word.
const LONGEST_WAIT: f64 = 24.0 * 3600.0;
/// How long to wait when a 429 does not say.
const SOME_WAIT: Duration = Duration::from_secs(5);
/// Errors with a code that are none of Discord's own verdicts: blocked on the way, overloaded, and
/// "temporarily unavailable".
const NO_VERDICT: [u64; 3] = [40333, 40062, 130_000];

/// Discord's REST interface, as far as interactions and commands need it.
pub struct Api {
    client: reqwest::Client,
    base: String,
    token: SecretString,
}

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Discord says no, and will say so again.
    #[error("Discord answered {status} with code {code}")]
    Refused {
        /// The status.
        status: u16,
        /// Discord's own code. Its words are left out: they may quote what was sent.
        code: u64,
    },
    /// Not done; to be tried again after that long.
    #[error("Discord asked us to wait {} s", .0.as_secs_f32())]
    Wait(Duration),
    /// Perhaps done, perhaps not: no answer, an error of the server, or an answer that is not Discord's.
    #[error("{0}")]
    Unclear(String),
}

impl Trouble {
    /// Discord's code, if it refused.
    pub fn code(&self) -> Option<u64> {
        match self {
            Trouble::Refused { code, .. } => Some(*code),
            Trouble::Wait(_) | Trouble::Unclear(_) => None,
        }
    }
}

/// A message with its files, as the body of a request.
#[derive(Clone)]
pub struct Upload<'a> {
    /// The JSON.
    pub json: Value,
    /// The files that its `attachments` number.
    pub files: &'a [CreateAttachment],
}

impl Api {
    /// The interface at `base` (without a slash at the end), for a bot's token.
    pub fn new(client: reqwest::Client, base: &str, token: SecretString) -> Api {
        Api { client, base: format!("{base}/api/v10"), token }
    }

    /// Sends a request of the bot's; the JSON that answers it.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = request.header(AUTHORIZATION, format!("Bot {}", self.token.expose_secret()));
        read(body.into_iter().fold(request, |request, body| request.json(body)), path).await
    }

    /// Sends a request that rests on an interaction's token, which stands in its path; `route` is the
    /// path without secrets, for the metrics.
    ///
    /// # Errors
    /// See [`Trouble`]; nothing in it repeats the path.
    pub async fn call_with_token(
        &self,
        method: Method,
        path: &str,
        route: &str,
        body: Option<Upload<'_>>,
    ) -> Result<Value, Trouble> {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = match body {
            None => request,
            Some(upload) if upload.files.is_empty() => request.json(&upload.json),
            Some(upload) => request.multipart(form(&upload)),
        };
        read(request, route).await
    }
}

fn form(upload: &Upload<'_>) -> Form {
    let form = Form::new().text("payload_json", upload.json.to_string());
    upload.files.iter().enumerate().fold(form, |form, (no, file)| {
        form.part(format!("files[{no}]"), Part::bytes(file.data.clone()).file_name(file.filename.clone()))
    })
}

async fn read(request: reqwest::RequestBuilder, route: &str) -> Result<Value, Trouble> {
    let response = request.send().await.map_err(|error| Trouble::Unclear(short(error)))?;
    let (status, headers) = (response.status(), response.headers().clone());
    metrics::counter!("discord_requests_total", "route" => template(route), "status" => status.as_str().to_owned()).increment(1);
    let text = response.text().await.map_err(|error| Trouble::Unclear(short(error)))?;
    judged(status, &headers, &text)
}

/// What an answer means.
fn judged(status: StatusCode, headers: &HeaderMap, text: &str) -> Result<Value, Trouble> {
    if status == StatusCode::NO_CONTENT {
        return Ok(Value::Null);
    }
    let body: Result<Value, _> = serde_json::from_str(text);
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Trouble::Wait(wait(headers, body.as_ref().ok())));
    }
    match body {
        Ok(body) if status.is_success() => Ok(body),
        Ok(body) if status.is_client_error() => match body["code"].as_u64() {
            Some(code) if !NO_VERDICT.contains(&code) => Err(Trouble::Refused { status: status.as_u16(), code }),
            _ => Err(Trouble::Unclear(format!("{status} that is no verdict of Discord's"))),
        },
        _ => Err(Trouble::Unclear(format!("{status} instead of an answer"))),
    }
}

/// What a 429 asks us to wait: its body says it more exactly than its header.
fn wait(headers: &HeaderMap, body: Option<&Value>) -> Duration {
    let header = || headers.get("retry-after").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let seconds: Option<f64> = body.and_then(|body| body["retry_after"].as_f64()).or_else(header);
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds.min(LONGEST_WAIT)).ok()).unwrap_or(SOME_WAIT)
}

/// What happened to a request, without its address: a token may stand there.
fn short(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "Discord did not answer in time".to_owned();
    }
    if error.is_connect() {
        return "no connection to Discord".to_owned();
    }
    super::redact::error(&error.without_url())
}

/// A path without its ids, for the metrics.
fn template(path: &str) -> String {
    let is_id = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(status: u16, text: &str) -> Result<Value, Trouble> {
        judged(StatusCode::from_u16(status).expect("a status"), &HeaderMap::new(), text)
    }

    #[test]
    fn only_discords_own_code_is_a_verdict() {
        assert!(judge(204, "").is_ok() && judge(200, "{}").is_ok());
        assert_eq!(judge(404, "{\"code\":10062,\"message\":\"Unknown interaction\"}").map_err(|t| t.code()), Err(Some(10062)));
        for (status, text) in [
            (200, "<html>welcome</html>"),
            (403, "<html>1020</html>"),
            (403, "{\"message\":\"internal network error\",\"code\":40333}"),
            (404, "{\"message\":\"no code\"}"),
            (502, "{\"code\":0}"),
            (520, ""),
            (301, ""),
        ] {
            assert!(matches!(judge(status, text), Err(Trouble::Unclear(_))), "{status} {text}");
        }
    }

    #[test]
    fn a_429_says_how_long_in_one_way_or_another() {
        let limited = StatusCode::TOO_MANY_REQUESTS;
        let header = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, "7".parse().expect("a value"))]);
        for (headers, text, expected) in [
            (&header, "{\"retry_after\":1.5}", Duration::from_millis(1500)),
            (&header, "<html>1015</html>", Duration::from_secs(7)),
            (&HeaderMap::new(), "{\"retry_after\":-1}", SOME_WAIT),
            (&HeaderMap::new(), "{\"retry_after\":1e30}", Duration::from_secs(24 * 3600)),
            (&HeaderMap::new(), "", SOME_WAIT),
        ] {
            let said = judged(limited, headers, text);
            assert!(matches!(said, Err(Trouble::Wait(wait)) if wait == expected), "{text}: {said:?}");
        }
    }

    #[tokio::test]
    async fn no_secret_stands_in_an_error() {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        // Nothing listens there.
        let api = Api::new(client, "http://127.0.0.1:1", SecretString::from("bot-token"));
        let failed =
            api.call_with_token(Method::POST, "/interactions/1/secret/callback", "/x", None).await.expect_err("nobody there");
        assert!(!format!("{failed} {failed:?}").contains("secret"), "{failed:?}");
    }
}
