use super::*;
use crate::discord::relay::queue::{Inlet, queue};
use serde_json::{Value, json};
use tokio_tungstenite::client_async;

const TOKEN: &str = "the-token";

async fn local(shards: usize) -> (String, Vec<Inlet>) {
    let (inlets, outlets): (Vec<_>, Vec<_>) = (0..shards).map(|_| queue()).unzip();
    let local = Local::bind(SecretString::from(TOKEN), outlets).await.expect("a port");
    let address = local.address().to_owned();
    tokio::spawn(local.run());
    (address, inlets)
}

/// serenity's end of a connection.
struct Library(WebSocketStream<TcpStream>);

impl Library {
    async fn connect(address: &str) -> Option<Library> {
        let place = address.trim_start_matches("ws://").split('/').next().expect("a place");
        let stream = TcpStream::connect(place).await.ok()?;
        let (socket, _) = client_async(format!("{address}?v=10"), stream).await.ok()?;
        Some(Library(socket))
    }

    async fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.expect("it is sent");
    }

    /// The next frame; `None` when the connection is over.
    async fn hear(&mut self) -> Option<Value> {
        match self.0.next().await? {
            Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
            _ => None,
        }
    }

    async fn identified(address: &str, shard: usize, shards: usize) -> Library {
        let mut library = Library::connect(address).await.expect("a connection");
        assert_eq!(library.hear().await.expect("HELLO")["op"], 10);
        library
            .say(&json!({ "op": 2, "d": { "token": format!("Bot {TOKEN}"), "shard": [shard, shards], "compress": true } }))
            .await;
        library
    }
}

async fn put(inlet: &Inlet, event: &'static str, data: &str) {
    inlet.room(data.len()).await.expect("room").put(event, data.to_owned());
}

#[tokio::test]
async fn whoever_does_not_know_the_address_or_the_token_is_turned_away() {
    let (address, inlets) = local(1).await;
    let (place, path) = address.rsplit_once('/').expect("a path");
    assert_eq!(path.len(), 32);
    assert!(place.starts_with("ws://127.0.0.1:"));
    assert!(Library::connect(&format!("{place}/")).await.is_none());
    assert!(Library::connect(&format!("{place}/{}", "0".repeat(32))).await.is_none());
    put(&inlets[0], "READY", r#"{"for":"us alone"}"#).await;
    for frame in [
        json!({ "op": 2, "d": { "token": "another", "shard": [0, 1] } }),
        json!({ "op": 2, "d": { "token": TOKEN, "shard": [1, 1] } }),
        json!({ "op": 2, "d": { "token": TOKEN, "shard": [0, 2] } }),
        json!({ "op": 6, "d": { "token": "another", "session_id": "relay", "seq": 0 } }),
        json!("nonsense"),
    ] {
        let mut library = Library::connect(&address).await.expect("a connection");
        assert_eq!(library.hear().await.expect("HELLO")["op"], 10);
        library.say(&frame).await;
        assert_eq!(library.hear().await, None, "{frame}");
    }
}

#[tokio::test]
async fn a_library_that_lost_its_connection_goes_on_where_it_was() {
    let (address, inlets) = local(1).await;
    let mut library = Library::identified(&address, 0, 1).await;
    put(&inlets[0], "READY", r#"{"v":10}"#).await;
    assert_eq!(library.hear().await, Some(json!({ "op": 0, "s": 1, "t": "READY", "d": { "v": 10 } })));
    library.say(&json!({ "op": 1, "d": 1 })).await;
    assert_eq!(library.hear().await.expect("an answer")["op"], 11);
    for idx in 2..5 {
        put(&inlets[0], "INTERACTION_CREATE", &format!(r#"{{"no":{idx}}}"#)).await;
    }
    assert_eq!(library.hear().await.expect("an event")["s"], 2);
    // The connection breaks with two events on their way.
    drop(library);
    let mut library = Library::connect(&address).await.expect("a connection");
    library.hear().await.expect("HELLO");
    library.say(&json!({ "op": 6, "d": { "token": TOKEN, "session_id": "relay", "seq": 2 } })).await;
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let frame = library.hear().await.expect("an event");
        heard.push(frame["d"]["no"].as_u64().map_or_else(|| frame["t"].to_string(), |idx| idx.to_string()));
    }
    heard.sort();
    assert_eq!(heard, ["\"RESUMED\"", "3", "4"]);
    // A new connection gets READY at once, and the older one ends.
    let mut newer = Library::identified(&address, 0, 1).await;
    assert_eq!(newer.hear().await.expect("READY")["t"], "READY");
    assert_eq!(library.hear().await, None);
    put(&inlets[0], "INTERACTION_CREATE", r#"{"no":9}"#).await;
    assert_eq!(newer.hear().await.expect("an event")["d"]["no"], 9);
}

#[tokio::test]
async fn each_shard_is_told_its_own() {
    let (address, inlets) = local(2).await;
    let mut first = Library::identified(&address, 0, 2).await;
    let mut second = Library::identified(&address, 1, 2).await;
    put(&inlets[1], "READY", r#"{"shard":1}"#).await;
    put(&inlets[0], "READY", r#"{"shard":0}"#).await;
    assert_eq!(first.hear().await.expect("READY")["d"]["shard"], 0);
    assert_eq!(second.hear().await.expect("READY")["d"]["shard"], 1);
    // RESUME does not name one of several shards, so the relay asks for a new session, which costs
    // nothing.
    let mut third = Library::connect(&address).await.expect("a connection");
    third.hear().await.expect("HELLO");
    third.say(&json!({ "op": 6, "d": { "token": TOKEN, "session_id": "relay", "seq": 1 } })).await;
    assert_eq!(third.hear().await, Some(json!({ "op": 9, "s": null, "t": null, "d": false })));
}
