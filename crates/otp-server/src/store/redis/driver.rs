//! The thread on which all talk to Redis happens, with a limit on how much of it at once.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::super::backend::Unavailable;
use super::options::RedisOptions;
use super::trouble;

/// Something to be done on the driver's thread.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A runtime on a thread of its own.
#[derive(Debug)]
pub(super) struct Driver {
    /// As long as the slots allow. What comes while the thread is busy waits here, so that it is
    /// begun together and leaves for Redis in one go: spawned from outside, each piece would wake
    /// the thread by a call to the system, and leave by another.
    queue: mpsc::UnboundedSender<Work>,
    slots: Arc<Semaphore>,
    in_flight_limit: usize,
    /// What any request may take, whatever happens inside.
    deadline: Duration,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    pub(super) fn start(options: &RedisOptions) -> Result<Self, Unavailable> {
        let no_thread =
            |cause: io::Error| Unavailable::because("the system starts no thread for redis", cause);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(no_thread)?;
        let (queue, queued) = mpsc::unbounded_channel();
        runtime.spawn(begin(queued));
        let (stop, stopped) = oneshot::channel();
        let slots = Arc::new(Semaphore::new(options.in_flight_limit));
        let patience = Patience {
            slots: Arc::clone(&slots),
            all: options.in_flight_limit,
            at_most: options.response_timeout,
        };
        let run = move || drive(&runtime, stopped, &patience);
        let thread = thread::Builder::new()
            .name("store-redis".to_owned())
            .spawn(run)
            .map_err(no_thread)?;
        Ok(Self {
            queue,
            slots,
            in_flight_limit: options.in_flight_limit,
            deadline: options.connect_timeout + options.response_timeout,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Starts the work at the first poll, if there is room, and finishes it whoever waits.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Unavailable>> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let slot = self.slot()?;
        self.finish(async move {
            let done = work.await;
            drop(slot);
            done
        })
        .await
    }

    /// The same for what needs no room.
    pub(super) async fn finish<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Unavailable>> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let in_time = timeout_of(self.deadline, work);
        let (tell, told) = oneshot::channel();
        self.keep(async move {
            // Nobody may be waiting any more.
            let _ = tell.send(in_time.await);
        });
        told.await.unwrap_or_else(|_| Err(Unavailable::stopping()))
    }

    /// Lets this run until the driver is dropped.
    pub(super) fn keep(&self, work: impl Future<Output = ()> + Send + 'static) {
        // Its other end goes with the thread, and then nothing is to be done.
        let _ = self.queue.send(Box::pin(work));
    }

    fn slot(&self) -> Result<OwnedSemaphorePermit, Unavailable> {
        Arc::clone(&self.slots).try_acquire_owned().map_err(|_| {
            Unavailable::saying(format!(
                "{} requests wait for redis already: try again, or use a faster one",
                self.in_flight_limit
            ))
            .not_begun()
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A panic in there has been reported where it happened.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// How long the end may wait for what is under way.
struct Patience {
    slots: Arc<Semaphore>,
    all: usize,
    at_most: Duration,
}

fn drive(runtime: &Runtime, stopped: oneshot::Receiver<()>, patience: &Patience) {
    runtime.block_on(async {
        // Its sender is dropped, never used.
        let _ = stopped.await;
        let all = u32::try_from(patience.all).unwrap_or(u32::MAX);
        let _ = timeout(patience.at_most, patience.slots.acquire_many(all)).await;
    });
}

/// Begins what is queued, each as a task of its own.
async fn begin(mut queued: mpsc::UnboundedReceiver<Work>) {
    while let Some(work) = queued.recv().await {
        tokio::spawn(work);
    }
}

async fn timeout_of<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, Unavailable>>,
) -> Result<T, Unavailable> {
    timeout(deadline, work)
        .await
        .unwrap_or_else(|_| Err(trouble::too_slow()))
}
