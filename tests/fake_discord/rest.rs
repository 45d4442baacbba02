//! REST v10: the routes a bot like ours uses. Any other is a failure.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::clock::http_date;
use super::edge;
use super::faults::{Asked, Fault, Moment};
use super::rates::Verdict;
use super::state::{Shared, State};
use super::upload::Upload;
use super::{APPLICATION, TOKEN, channels, gateway, interactions, posting, registry};

pub type Reply = Response<Body>;

/// What a route comes to.
pub type Outcome = Result<(StatusCode, Value), Refused>;

/// A refusal as Discord words it: status, code, reason.
pub struct Refused(pub StatusCode, pub u64, pub String);

impl Refused {
    pub fn new(status: StatusCode, code: u64, why: impl Into<String>) -> Refused {
        Refused(status, code, why.into())
    }

    /// A body that Discord does not take.
    pub fn form(what: &str, wrong: &[String]) -> Refused {
        Refused(StatusCode::BAD_REQUEST, 50035, format!("Invalid Form Body ({what}): {}", wrong.join("; ")))
    }
}

pub fn done(value: Value) -> Outcome {
    Ok((StatusCode::OK, value))
}

/// The connection is to be closed in place of an answer.
#[derive(Debug, thiserror::Error)]
#[error("cut, as the test wanted")]
pub struct Cut;

/// A request, taken apart.
pub struct Call<'a> {
    pub method: &'a Method,
    pub route: Vec<&'a str>,
    pub query: &'a str,
    pub upload: &'a Upload,
}

impl Call<'_> {
    /// A part of the query.
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.split('&').filter_map(|part| part.split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Answers any request.
pub async fn handle(shared: Arc<Shared>, request: Request<Body>) -> Result<Reply, Cut> {
    let (mut parts, body) = request.into_parts();
    if parts.headers.contains_key(header::UPGRADE) {
        if shared.faults.page_for_gateway.load(Ordering::SeqCst) {
            let page = "<html><h1>502 Bad Gateway</h1></html>".to_owned();
            return Ok(answer(&shared, StatusCode::BAD_GATEWAY, HeaderMap::new(), page));
        }
        return Ok(match WebSocketUpgrade::from_request_parts(&mut parts, &shared).await {
            Ok(upgrade) => upgrade.on_upgrade(move |socket| gateway::serve(socket, shared, parts.uri)),
            Err(_) => answer(&shared, StatusCode::BAD_REQUEST, HeaderMap::new(), "{}".to_owned()),
        });
    }
    if shared.faults.silent.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let count = shared.state().count();
    shared.faults.travel(count).await;
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let bytes = to_bytes(body, 32 << 20).await.map_err(|_| Cut)?;
    let upload = Upload::read(kind, bytes.clone()).await;
    let path = parts.uri.path();
    let call = Call {
        method: &parts.method,
        route: path.trim_start_matches("/api/v10").trim_matches('/').split('/').collect(),
        query: parts.uri.query().unwrap_or_default(),
        upload: &upload,
    };
    {
        let mut state = shared.state();
        state.wire.push(format!("{} {path} {}", call.method, upload.written(&bytes)));
        *state.requests.entry(format!("{} {}", call.method, template(&call.route))).or_default() += 1;
    }
    let reply = if edge::introduces_itself(&parts.headers) {
        with_faults(&shared, &call, &parts).await
    } else {
        let what = format!("{} {path} without a User-Agent of the documented form", call.method);
        shared.state().note_refusal(40333, &what);
        Ok(from_edge(&shared, edge::Edge::Blocked))
    };
    shared.touch();
    shared.faults.travel(count).await;
    reply
}

async fn with_faults(shared: &Arc<Shared>, call: &Call<'_>, parts: &Parts) -> Result<Reply, Cut> {
    let asked = Asked::new(call.method, &call.route, format!("{} {}", call.method, template(&call.route)));
    let what = format!("{} {}", call.method, parts.uri.path());
    shared.faults.wait(&asked, Moment::Before, &what).await;
    {
        let mut state = shared.state();
        let now = state.now();
        state.rates.note_early(now, call.method, &call.route);
    }
    let fault = shared.faults.take(&asked);
    match &fault {
        Some(Fault::Cut) => return Err(Cut),
        Some(Fault::Hang) => std::future::pending::<()>().await,
        Some(Fault::Status(status)) => return Ok(broken(shared, *status)),
        Some(Fault::Refused(status, code)) => {
            if matches!(status, 401 | 403 | 429) {
                shared.state().rates.invalid += 1;
            }
            let body = json!({ "message": "as the test wanted", "code": code }).to_string();
            return Ok(answer(shared, StatusCode::from_u16(*status).expect("a status"), HeaderMap::new(), body));
        }
        Some(Fault::Edge(edge)) => return Ok(from_edge(shared, *edge)),
        Some(Fault::Instead(status, headers, body)) => return Ok(instead(shared, *status, headers, body)),
        _ => {}
    }
    let verdict = {
        let mut state = shared.state();
        let now = state.now();
        match &fault {
            Some(Fault::RateLimited { retry_after, scope }) => {
                // The request itself may already be one too early.
                let early = state.rates.check(now, call.method, &call.route);
                match early {
                    excess @ Verdict::Excess(..) => excess,
                    Verdict::Pass(_) => state.rates.planned(now, call.method, &call.route, *retry_after, *scope),
                }
            }
            _ => match (state.rates.check(now, call.method, &call.route), posting::edits_old(&state, call)) {
                (Verdict::Pass(headers), Some(channel)) => state.rates.old_edit(now, channel).unwrap_or(Verdict::Pass(headers)),
                (verdict, _) => verdict,
            },
        }
    };
    let headers = match verdict {
        Verdict::Pass(headers) => headers,
        Verdict::Excess(status, headers, body) => return Ok(answer(shared, status, headers, body.to_string())),
    };
    let (status, body) = judged(shared, call, parts);
    shared.touch();
    shared.faults.wait(&asked, Moment::After, &what).await;
    match fault {
        Some(Fault::AnswerLost) => return Err(Cut),
        Some(Fault::DoneThenHang) => std::future::pending::<()>().await,
        Some(Fault::DoneBut(status)) => return Ok(broken(shared, status)),
        Some(Fault::CutJson) => {
            let whole = body.to_string();
            let half = whole.chars().take(whole.chars().count() / 2).collect();
            return Ok(answer(shared, status, headers, half));
        }
        Some(Fault::NotJson) => return Ok(answer(shared, StatusCode::OK, headers, "<html>welcome</html>".to_owned())),
        Some(Fault::Slow(delay)) => tokio::time::sleep(delay).await,
        _ => {}
    }
    let text = if status == StatusCode::NO_CONTENT { String::new() } else { body.to_string() };
    Ok(answer(shared, status, headers, text))
}

/// Does what is asked, or refuses it and remembers that.
fn judged(shared: &Arc<Shared>, call: &Call, parts: &Parts) -> (StatusCode, Value) {
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
    let open = matches!(call.route.as_slice(), ["interactions" | "webhooks", ..]) || call.route == ["gateway"];
    let mut state = shared.state();
    let (status, body) = if open || (given == Some(&format!("Bot {TOKEN}")) && !state.sessions.token_is_dead()) {
        let done = edge::says_what_it_is(&parts.headers, call.upload.is_empty);
        match done.and_then(|()| route(shared, &mut state, call)) {
            Ok(done) => done,
            Err(Refused(status, code, why)) => {
                state.note_refusal(code, &why);
                (status, json!({ "message": why, "code": code }))
            }
        }
    } else {
        (StatusCode::UNAUTHORIZED, json!({ "message": "401: Unauthorized", "code": 0 }))
    };
    if matches!(status.as_u16(), 401 | 403) {
        state.rates.invalid += 1;
    }
    (status, body)
}

fn route(shared: &Arc<Shared>, state: &mut State, call: &Call) -> Outcome {
    let address = state.gateway.clone().unwrap_or_else(|| format!("ws://{}", shared.address));
    let (get, post, patch, put, delete) = (Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE);
    let method = call.method;
    if let ["applications" | "webhooks", of, ..] = call.route.as_slice()
        && !matches!(*of, "@me")
        && *of != APPLICATION.to_string()
    {
        return Err(Refused::new(StatusCode::NOT_FOUND, 10002, format!("Unknown Application ({of})")));
    }
    match call.route.as_slice() {
        ["gateway"] | ["gateway", "bot"] if *method == get && shared.faults.no_gateway.load(Ordering::SeqCst) => {
            Ok((StatusCode::INTERNAL_SERVER_ERROR, json!({ "message": "500: Internal Server Error", "code": 0 })))
        }
        ["gateway"] if *method == get => done(json!({ "url": address })),
        ["gateway", "bot"] if *method == get => {
            let sessions = &state.sessions;
            done(json!({ "url": address, "shards": sessions.shards, "session_start_limit": { "total": 1000,
                "remaining": sessions.left, "reset_after": sessions.reset_after, "max_concurrency": 1 } }))
        }
        ["users", "@me"] if *method == get => done(gateway::me()),
        ["users", "@me", "guilds"] if *method == get => channels::my_guilds(state, call),
        ["users", "@me", "channels"] if *method == post => channels::open_direct(state, call),
        ["guilds", guild, rest @ ..] if *method == get => {
            channels::guild(state, guild, rest).unwrap_or_else(|| unknown(state, call))
        }
        ["applications", "@me"] if *method == get => done(registry::application(state)),
        ["applications", _, "commands"] if *method == get => registry::get(state, None),
        ["applications", _, "guilds", guild, "commands"] if *method == get => registry::get(state, Some(guild)),
        ["applications", _, "commands"] if *method == put => registry::overwrite(state, None, call),
        ["applications", _, "guilds", guild, "commands"] if *method == put => registry::overwrite(state, Some(guild), call),
        ["channels", channel] if *method == get => channels::get(state, channel),
        ["channels", channel] if *method == patch => channels::update(state, channel, call),
        ["channels", channel, "threads"] if *method == post => channels::start_thread(state, channel, call),
        ["channels", channel, "messages"] if *method == get => posting::history(state, channel, call),
        ["channels", channel, "messages"] if *method == post => posting::create(state, channel, call),
        ["channels", channel, "messages", message] if *method == get => posting::get(state, channel, message),
        ["channels", channel, "messages", message] if *method == patch => posting::edit(state, channel, message, call),
        ["channels", channel, "messages", message] if *method == delete => posting::delete(state, channel, message),
        ["channels", channel, "messages", message, "threads"] if *method == post => {
            channels::start_thread_from(state, channel, message, call)
        }
        ["interactions", id, token, "callback"] if *method == post => interactions::callback(state, id, token, call),
        ["webhooks", _, token] if *method == post => interactions::follow_up(state, token, call),
        ["webhooks", _, token, "messages", message] if [get, patch, delete].contains(method) => {
            interactions::answered(state, token, message, call)
        }
        _ => unknown(state, call),
    }
}

fn unknown(state: &mut State, call: &Call) -> Outcome {
    state.unknown.push(format!("{} /{}", call.method, call.route.join("/")));
    Ok((StatusCode::NOT_FOUND, json!({ "message": "404: Not Found", "code": 0 })))
}

/// The route without its ids and secrets.
fn template(route: &[&str]) -> String {
    let mut out = String::new();
    for (idx, part) in route.iter().enumerate() {
        let token = idx == 2 && matches!(route[0], "webhooks" | "interactions");
        let id = part.bytes().all(|byte| byte.is_ascii_digit());
        out.push('/');
        out.push_str(if token {
            "{token}"
        } else if id {
            "{id}"
        } else {
            part
        });
    }
    out
}

fn broken(shared: &Shared, status: u16) -> Reply {
    let status = StatusCode::from_u16(status).expect("a status");
    answer(shared, status, HeaderMap::new(), json!({ "message": status.to_string(), "code": 0 }).to_string())
}

/// Not done, and answered as the test wants.
fn instead(shared: &Shared, status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let shared_limit = headers.contains(&("x-ratelimit-scope", "shared"));
    if matches!(status, 401 | 403 | 429) && !shared_limit {
        shared.state().rates.invalid += 1;
    }
    let headers =
        headers.iter().map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value)));
    answer(shared, StatusCode::from_u16(status).expect("a status"), headers.collect(), body.to_owned())
}

/// An answer of somebody who stands before Discord.
fn from_edge(shared: &Shared, edge: edge::Edge) -> Reply {
    let (status, headers, body) = edge.answer();
    if matches!(status.as_u16(), 403 | 429) {
        shared.state().rates.invalid += 1;
    }
    answer(shared, status, headers, body)
}

fn answer(shared: &Shared, status: StatusCode, mut headers: HeaderMap, text: String) -> Reply {
    let mut reply = Response::new(Body::from(text));
    *reply.status_mut() = status;
    let date = http_date(shared.state().now());
    headers.insert(header::DATE, date.parse().expect("a date is plain ASCII"));
    headers.entry(header::CONTENT_TYPE).or_insert(header::HeaderValue::from_static("application/json"));
    *reply.headers_mut() = headers;
    reply
}
