//! HTTP over a bare socket, so that a test decides about every byte.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::PATIENCE;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) text: String,
}

impl Reply {
    /// Status and text as the contract has them.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, text: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, text));
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// Head and body, for a search through everything that a client sees.
    pub(crate) fn whole(&self) -> String {
        format!("{}\n{}", self.head, self.text)
    }
}

/// One connection, kept alive until somebody closes it.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// From now on, an answer may take this long.
    pub(crate) fn be_patient_for(&self, patience: Duration) -> io::Result<()> {
        self.0.get_ref().set_read_timeout(Some(patience))
    }

    /// Writes a request and reads the answer to it.
    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.send(request)?;
        self.reply()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Reads an answer that has no body, to a `HEAD`.
    pub(crate) fn head(&mut self) -> io::Result<Reply> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
        Ok(Reply {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            head,
            text: String::new(),
        })
    }

    /// Reads one answer; an error when the other side closes before its end.
    pub(crate) fn reply(&mut self) -> io::Result<Reply> {
        let mut reply = self.head()?;
        let length = reply
            .header("content-length")
            .map_or(Ok(0), str::parse)
            .map_err(|_| io::ErrorKind::InvalidData)?;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        reply.text = String::from_utf8(body).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(reply)
    }

    /// Waits until the other side closes; fails if it says anything more, or goes on waiting.
    #[track_caller]
    pub(crate) fn is_closed(&mut self) {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => assert_eq!(String::from_utf8_lossy(&rest), "", "said after the end"),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
}

/// A request without a body, to be kept alive.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// A request with a JSON body, to be kept alive.
pub(crate) fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
