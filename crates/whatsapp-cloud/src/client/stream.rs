//! A TCP stream that knows the truth about itself: whether it is closed, and whether a failed write wrote anything.
//!
//! Why: awc looks at a pooled connection before it uses it again, but it looks through the reactor,
//! which has not heard yet of a connection that the other side closed a moment ago. The request is
//! then written into the void, and nobody can tell whether it was read. Two additions close the gap,
//! except for a close that is still on its way through the network while the request is written:
//!
//! - a read while nothing is awaited asks the operating system itself, so that awc's own look finds
//!   every close that has arrived here, and passes on to the next connection;
//! - a write that fails before any byte of the request was taken says so in its error.

use std::io::{self, IoSlice, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_rt::net::{ActixStream, Ready, TcpStream};
use actix_service::Service;
use actix_tls::connect::{
    ConnectError, ConnectInfo, Connection, Connector, ConnectorService, Resolver,
};
use awc::http::Uri;
use futures_util::future::LocalBoxFuture;
use socket2::SockRef;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Connects as awc itself does, and watches the connection.
#[derive(Clone)]
pub(super) struct WatchedConnector(ConnectorService);

impl WatchedConnector {
    pub(super) fn new() -> Self {
        Self(Connector::new(Resolver::default()).service())
    }
}

impl Service<ConnectInfo<Uri>> for WatchedConnector {
    type Response = Connection<Uri, Watched>;
    type Error = ConnectError;
    type Future = LocalBoxFuture<'static, Result<Self::Response, ConnectError>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Service::<ConnectInfo<Uri>>::poll_ready(&self.0, cx)
    }

    fn call(&self, request: ConnectInfo<Uri>) -> Self::Future {
        let connecting = self.0.call(request);
        Box::pin(async move {
            let (tcp, uri) = connecting.await?.into_parts();
            // A request is one small write: there is nothing to gather it with.
            tcp.set_nodelay(true).map_err(ConnectError::Io)?;
            Ok(Connection::new(
                uri,
                Watched {
                    tcp,
                    awaits_answer: false,
                },
            ))
        })
    }
}

/// The connection was found closed before any byte of the request was written to it.
#[derive(Debug, Error)]
#[error("closed before the request was written")]
pub(super) struct NothingWritten(#[source] io::Error);

/// A TCP stream that is told apart: waiting for an answer, or idle.
#[derive(Debug)]
pub(super) struct Watched {
    tcp: TcpStream,
    /// From a write to the next read that yields something.
    awaits_answer: bool,
}

impl Watched {
    /// Reads from the operating system, past the reactor's idea of what there is to read.
    fn read_now(&self, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let socket = SockRef::from(&self.tcp);
        match (&*socket).read(buf.initialize_unfilled()) {
            Ok(count) => {
                buf.advance(count);
                Poll::Ready(Ok(()))
            }
            // The reactor has taken note of this task already: it said "pending" just before.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn note_write(&mut self, outcome: io::Result<usize>) -> io::Result<usize> {
        match outcome {
            Ok(count) => {
                self.awaits_answer |= count > 0;
                Ok(count)
            }
            Err(error) if self.awaits_answer => Err(error),
            Err(error) => Err(io::Error::new(error.kind(), NothingWritten(error))),
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let filled = buf.filled().len();
        match Pin::new(&mut this.tcp).poll_read(cx, buf) {
            Poll::Pending if !this.awaits_answer => this.read_now(buf),
            outcome => {
                this.awaits_answer &= buf.filled().len() == filled;
                outcome
            }
        }
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = ready!(Pin::new(&mut this.tcp).poll_write(cx, bytes));
        Poll::Ready(this.note_write(outcome))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = ready!(Pin::new(&mut this.tcp).poll_write_vectored(cx, parts));
        Poll::Ready(this.note_write(outcome))
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl ActixStream for Watched {
    fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_read_ready(&self.tcp, cx)
    }

    fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_write_ready(&self.tcp, cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    /// A stream whose other side has been reset, as far as the system knows.
    async fn reset(awaits_answer: bool) -> Watched {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connecting = TcpStream::connect(listener.local_addr().unwrap());
        let (tcp, accepted) = tokio::join!(connecting, listener.accept());
        let (other_side, _) = accepted.unwrap();
        SockRef::from(&other_side)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(other_side);
        let tcp = tcp.unwrap();
        tcp.readable().await.unwrap();
        Watched { tcp, awaits_answer }
    }

    fn says_nothing_written(error: &io::Error) -> bool {
        error
            .get_ref()
            .is_some_and(<dyn std::error::Error + Send + Sync>::is::<NothingWritten>)
    }

    #[actix_rt::test]
    async fn a_first_write_that_fails_says_that_nothing_was_written() {
        let error = reset(false).await.write_all(b"POST").await.unwrap_err();
        assert!(says_nothing_written(&error), "{error:?}");
    }

    #[actix_rt::test]
    async fn a_later_write_that_fails_does_not_say_so() {
        let error = reset(true).await.write_all(b"more").await.unwrap_err();
        assert!(!says_nothing_written(&error), "{error:?}");
    }
}
