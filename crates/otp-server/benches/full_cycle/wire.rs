//! A lean HTTP/1.1 client: one connection, one exchange at a time, no allocation in between.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No answer here comes near it.
const ANSWER_MAX: usize = 16 * 1024;

/// A kept connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// A whole answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            request: Vec::with_capacity(512),
            answer: Vec::with_capacity(ANSWER_MAX),
        })
    }

    /// Asks for a code.
    pub(crate) async fn send_code(&mut self, phone: u64) -> Result<Answer<'_>> {
        self.begin("GET", phone);
        self.request.extend_from_slice(b"\r\n");
        self.exchange().await
    }

    /// Hands in a code.
    pub(crate) async fn check_code(&mut self, phone: u64, code: &str) -> Result<Answer<'_>> {
        const JSON_AROUND: usize = r#"{"code":""}"#.len();
        self.begin("POST", phone);
        let length = JSON_AROUND + code.len();
        write(
            &mut self.request,
            format_args!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"),
        );
        write(&mut self.request, format_args!(r#"{{"code":"{code}"}}"#));
        self.exchange().await
    }

    fn begin(&mut self, method: &str, phone: u64) {
        self.request.clear();
        write(
            &mut self.request,
            format_args!(
                "{method} /otp/{phone}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n"
            ),
        );
    }

    async fn exchange(&mut self) -> Result<Answer<'_>> {
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let parts = loop {
            if let Some(parts) = whole(&self.answer)? {
                break parts;
            }
            ensure!(self.answer.len() < ANSWER_MAX, "an answer is too long");
            let read = self.stream.read_buf(&mut self.answer).await?;
            ensure!(read > 0, "the connection was closed in an exchange");
        };
        Ok(Answer {
            status: parts.status,
            body: &self.answer[parts.body_start..],
        })
    }
}

fn write(request: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    std::io::Write::write_fmt(request, text).expect("writing to memory cannot fail");
}

/// Where things stand in a whole answer.
struct Parts {
    status: u16,
    body_start: usize,
}

/// Nothing while the answer is not whole.
fn whole(answer: &[u8]) -> Result<Option<Parts>> {
    let Some(head_length) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&answer[..head_length])?;
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .context("an answer has no status")?;
    let length: usize = head
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse().ok())?
        })
        .context("an answer has no length")?;
    let body_start = head_length + 4;
    Ok((answer.len() >= body_start + length).then_some(Parts { status, body_start }))
}
