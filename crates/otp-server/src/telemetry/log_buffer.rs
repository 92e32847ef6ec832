//! Where log lines wait for standard error: one buffer, emptied by a thread of its own.
//!
//! A line costs its caller a lock and a copy. The thread is woken once for a burst, lets it gather
//! for some milliseconds, and writes it whole.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// Bytes that wait at most. A reader that stalls costs lines (which are counted) and this much
/// memory, never a request's time.
const BYTES_MAX: usize = 8 << 20;
/// How long a line may wait for others.
const GATHER: Duration = Duration::from_millis(5);

/// Takes lines; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct LogBuffer(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    dropped_lines: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    is_closing: bool,
}

/// Writes out what still waits when it is dropped.
#[derive(Debug)]
pub(super) struct LogThread {
    buffer: LogBuffer,
    thread: Option<JoinHandle<()>>,
}

impl LogBuffer {
    /// Lines lost because the reader was too slow.
    pub(super) fn dropped_lines(&self) -> u64 {
        self.0.dropped_lines.load(Ordering::Relaxed)
    }

    /// Starts the thread that empties the buffer into `out`.
    pub(super) fn start(&self, out: impl Write + Send + 'static) -> io::Result<LogThread> {
        let shared = Arc::clone(&self.0);
        let thread = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || shared.empty_into(out))?;
        Ok(LogThread {
            buffer: self.clone(),
            thread: Some(thread),
        })
    }

    fn add(&self, line: &[u8]) {
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if waiting.bytes.len() + line.len() > BYTES_MAX {
            self.0.dropped_lines.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let was_empty = waiting.bytes.is_empty();
        waiting.bytes.extend_from_slice(line);
        drop(waiting);
        if was_empty {
            self.0.arrived.notify_one();
        }
    }
}

impl Shared {
    fn empty_into(&self, mut out: impl Write) {
        let mut lines = Vec::new();
        while self.swap(&mut lines) {
            // There is nobody left to tell when standard error is gone.
            let _ = out.write_all(&lines).and_then(|()| out.flush());
            lines.clear();
        }
    }

    /// Waits for lines, lets them gather, and takes them. Answers whether there were any: there
    /// are none only when the buffer is closing and empty.
    fn swap(&self, lines: &mut Vec<u8>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.bytes.is_empty() {
            if waiting.is_closing {
                return false;
            }
            waiting = self
                .arrived
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if !waiting.is_closing {
            drop(waiting);
            thread::sleep(GATHER);
            waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut waiting.bytes, lines);
        true
    }
}

impl Drop for LogThread {
    fn drop(&mut self) {
        let shared = &self.buffer.0;
        shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_closing = true;
        shared.arrived.notify_one();
        if let Some(thread) = self.thread.take() {
            // Its panic has been reported where it happened.
            let _ = thread.join();
        }
    }
}

impl<'a> MakeWriter<'a> for LogBuffer {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Write for &LogBuffer {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Hands every write on.
    struct Out(Sender<Vec<u8>>);

    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).expect("the test listens");
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_come_out_in_order_and_the_last_ones_at_the_end() {
        let (buffer, (sender, written)) = (LogBuffer::default(), channel());
        let thread = buffer.start(Out(sender)).expect("a thread");
        for number in 0..1000 {
            writeln!(&mut &buffer, "line {number}").expect("a buffer");
        }
        drop(thread);
        let text: Vec<u8> = written.iter().flatten().collect();
        let expected: Vec<String> = (0..1000).map(|number| format!("line {number}\n")).collect();
        assert_eq!(String::from_utf8(text).expect("text"), expected.concat());
    }

    #[test]
    fn what_does_not_fit_is_dropped_whole_and_counted() {
        let buffer = LogBuffer::default();
        let line = vec![b'x'; BYTES_MAX / 2];
        for _ in 0..5 {
            buffer.add(&line);
        }
        assert_eq!(buffer.dropped_lines(), 3);
    }
}
