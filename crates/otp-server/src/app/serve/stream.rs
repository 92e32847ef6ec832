//! A TCP stream that fails when its connection's time is up.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Sleep, sleep};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::Patience;

/// What the HTTP library reads from and writes to.
#[derive(Debug)]
pub(super) struct PatientStream {
    tcp: TcpStream,
    patience: Rc<Patience>,
    timer: Pin<Box<Sleep>>,
    /// When the timer goes off, counted as `patience` counts. It may be early, which costs a look,
    /// so that an answered request need not touch the timer; it is never late.
    alarm: Duration,
}

impl PatientStream {
    pub(super) fn new(tcp: TcpStream, patience: Rc<Patience>) -> Self {
        let alarm = patience.end();
        Self {
            timer: Box::pin(sleep(alarm)),
            tcp,
            patience,
            alarm,
        }
    }

    pub(super) fn patience(&self) -> Rc<Patience> {
        Rc::clone(&self.patience)
    }

    /// An error once the time is up; until then the timer wakes the task in time.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.patience.end() < self.alarm {
            self.set_timer(self.patience.left());
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            let left = self.patience.left();
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.set_timer(left);
        }
        Ok(())
    }

    /// Ends that are set from now on lie an exchange ahead, or are noticed by [`Self::check`].
    fn set_timer(&mut self, left: Duration) {
        let wait = left.min(self.patience.exchange());
        self.alarm = self
            .patience
            .end()
            .saturating_sub(left.saturating_sub(wait));
        self.timer.set(sleep(wait));
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Time is looked at once in each turn, and the library ends each one with a flush.
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.tcp).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.patience.is_busy();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        if written.is_pending() {
            // The client does not read its answers.
            self.patience.is_busy();
            self.check(cx)?;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
