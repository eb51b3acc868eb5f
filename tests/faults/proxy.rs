//! What stands between browser and server and fails as it is told to. It takes one request a connection, notes it down,
//! and does to it what [`Fault`] says at that moment.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use support::until;

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It goes through.
    None,
    /// Nobody listens.
    Refuse,
    /// It is read and the connection reset.
    Reset,
    /// Half of it is read and the connection reset.
    ResetInBody,
    /// It is delivered and answered, and the answer lost.
    LoseAnswer,
    /// It is answered with a status, and seconds for `Retry-After`.
    Status(u16, u32),
    /// It is answered 200 with a page of somebody else's.
    Portal,
    /// 413 above so many bytes; what is smaller goes through.
    Narrow(usize),
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Request {
    pub at: Instant,
    pub method: String,
    pub path: String,
    /// Of the body, as far as it was read.
    pub bytes: usize,
    /// What became of it.
    pub fault: Fault,
    /// What the server answered, should it have been asked.
    pub answer: String,
}

impl Request {
    pub fn is_batch(&self) -> bool {
        self.method == "POST" && self.path.starts_with("/v1/events")
    }

    /// How many of its events the collector had already.
    pub fn duplicates(&self) -> u64 {
        let body = self.answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let object = body.find('{').zip(body.rfind('}')).map_or("", |(start, end)| &body[start..=end]);
        serde_json::from_str::<Value>(object).ok().and_then(|reply| reply["duplicate"].as_u64()).unwrap_or(0)
    }
}

pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    listening: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

struct State {
    server: SocketAddr,
    fault: Mutex<Fault>,
    requests: Mutex<Vec<Request>>,
}

impl Proxy {
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { server, fault: Mutex::new(Fault::None), requests: Mutex::default() };
        let state = Arc::new(state);
        let listening = tokio::sync::Mutex::new(Some(tokio::spawn(listen(listener, state.clone()))));
        Self { address, state, listening }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on.
    pub async fn set(&self, fault: Fault) {
        let mut listening = self.listening.lock().await;
        *self.state.fault.lock().unwrap() = fault;
        if fault == Fault::Refuse {
            if let Some(task) = listening.take() {
                task.abort();
                let _ = task.await;
            }
        } else if listening.is_none() {
            let bound = until(Duration::from_secs(20), async || TcpListener::bind(self.address).await.ok()).await;
            let listener = bound.expect("the proxy's port");
            *listening = Some(tokio::spawn(listen(listener, self.state.clone())));
        }
    }

    /// All that came, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// Those that brought a batch.
    pub fn batches(&self) -> Vec<Request> {
        self.requests().into_iter().filter(Request::is_batch).collect()
    }

    /// Waits until so many batches met a fault, or `patience` is over; how many there were.
    pub async fn wait_for(&self, fault: Fault, count: usize, patience: Duration) -> usize {
        let met = || self.batches().iter().filter(|request| request.fault == fault).count();
        until(patience, async || (met() >= count).then_some(())).await;
        met()
    }
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let state = state.clone();
        tokio::spawn(async move { drop(serve(client, &state).await) });
    }
}

/// The head's text, and how long the body is.
async fn head(client: &mut TcpStream) -> std::io::Result<(String, Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let rest = bytes.split_off(end + 4);
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let field = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok();
    let length = head.lines().find_map(field).unwrap_or(0);
    Ok((head, rest, length))
}

async fn serve(mut client: TcpStream, state: &State) -> std::io::Result<()> {
    let (head, mut body, length) = head(&mut client).await?;
    let fault = *state.fault.lock().unwrap();
    let wanted = if fault == Fault::ResetInBody { length / 2 } else { length };
    while body.len() < wanted && client.read_buf(&mut body).await? > 0 {}

    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut noted = Request { at: Instant::now(), method, path, bytes: body.len(), fault, answer: String::new() };
    let answer = match fault {
        Fault::None | Fault::LoseAnswer => forward(&head, &body, state.server).await.ok(),
        Fault::Narrow(most) if body.len() <= most => forward(&head, &body, state.server).await.ok(),
        Fault::Narrow(most) => {
            let body = format!("{{\"error\":\"too large\",\"limit\":{most}}}");
            Some(answer(413, "Content-Type: application/json\r\n", &body))
        }
        Fault::Status(status, seconds) => {
            Some(answer(status, &format!("Retry-After: {seconds}\r\n"), "{\"error\":\"later\"}"))
        }
        Fault::Portal => {
            Some(answer(200, "Content-Type: text/html\r\n", "<!doctype html><title>Welcome</title><p>Sign in."))
        }
        Fault::Refuse | Fault::Reset | Fault::ResetInBody => None,
    };
    if let Some(answer) = &answer {
        noted.answer = String::from_utf8_lossy(answer).into_owned();
    }
    state.requests.lock().unwrap().push(noted);
    match answer {
        Some(answer) if fault != Fault::LoseAnswer => {
            client.write_all(&answer).await?;
            client.shutdown().await
        }
        // Dropped like this it is reset.
        _ => client.set_zero_linger(),
    }
}

fn answer(status: u16, fields: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\n{fields}Access-Control-Allow-Origin: *\r\n\
         Access-Control-Expose-Headers: Retry-After\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn forward(head: &str, body: &[u8], server: SocketAddr) -> std::io::Result<Vec<u8>> {
    let is_ours = |line: &&str| line.to_ascii_lowercase().starts_with("connection:");
    let lines: Vec<&str> = head.lines().filter(|line| !is_ours(line)).collect();
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n")).as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    match answer.is_empty() {
        true => Err(std::io::ErrorKind::UnexpectedEof.into()),
        false => Ok(answer),
    }
}
