//! The thread that lives by the clock: attends to due records, writes the audit trail, looks at the
//! template now and then, and keeps the clock and the metrics in order. The faces never wait for it.

use std::sync::Arc;
use std::time::Duration;

use actix_rt::Arbiter;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::channel::whatsapp::WhatsAppChannel;
use crate::clock::ClockJump;
use crate::service::{Audit, Heard, Service};

/// How late a timer may be noticed.
const TICK: Duration = Duration::from_millis(100);
/// How late a line of the audit trail may be. Looking for them asks much of Redis.
const AUDIT_INTERVAL: Duration = Duration::from_secs(1);
const CLOCK_INTERVAL: Duration = Duration::from_secs(1);
/// How soon a change of applications and keys is noticed.
const DIRECTORY_INTERVAL: Duration = Duration::from_millis(300);
/// How soon it is known to others that a key was used.
const USES_INTERVAL: Duration = Duration::from_secs(2);
/// How soon what Meta told another server is known here.
const STANDING_INTERVAL: Duration = Duration::from_secs(1);
const METRICS_INTERVAL: Duration = Duration::from_secs(5);
/// Deliveries taken up again that are under way at once.
const REDELIVERIES_MAX: usize = 64;

/// Makes the attendant's own service and channel, on the attendant's own thread.
pub(crate) type MakeService = Box<dyn FnOnce() -> (Service, WhatsAppChannel) + Send>;

/// A running attendant; it stops when this is stopped or dropped.
#[derive(Debug)]
pub(crate) struct Attendant {
    arbiter: Arbiter,
    stop: watch::Sender<()>,
}

impl Attendant {
    /// Starts it on a thread of its own.
    pub(crate) fn start(make: MakeService, template_refresh: Duration) -> Self {
        let (stop, stopped) = watch::channel(());
        let arbiter = Arbiter::new();
        arbiter.spawn_fn(move || {
            let (service, channel) = make();
            actix_rt::spawn(tell_switches(
                channel.clone(),
                service.clone(),
                stopped.clone(),
            ));
            actix_rt::spawn(refresh_templates(
                channel,
                template_refresh,
                service.clone(),
                stopped.clone(),
            ));
            actix_rt::spawn(keep_standing(service.clone(), stopped.clone()));
            actix_rt::spawn(keep_directory(service.clone(), stopped.clone()));
            actix_rt::spawn(note_uses(service.clone(), stopped.clone()));
            actix_rt::spawn(keep_time(service.clone(), stopped.clone()));
            actix_rt::spawn(keep_metrics(service.clone(), stopped.clone()));
            if service.shared().audit == Audit::On {
                actix_rt::spawn(write_audit_trail(service.clone(), stopped.clone()));
            }
            actix_rt::spawn(attend(service, stopped));
        });
        Self { arbiter, stop }
    }

    /// Stops it; what is due then is found due at the next start.
    pub(crate) fn stop(self) {
        drop(self.stop);
        self.arbiter.stop();
        // A panic in there has been reported where it happened.
        let _ = self.arbiter.join();
    }
}

async fn attend(service: Service, mut stopped: watch::Receiver<()>) {
    let slots = Arc::new(Semaphore::new(REDELIVERIES_MAX));
    let mut ticks = every(TICK);
    let mut is_failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        match service.attend_due(&slots).await {
            Ok(()) => is_failing = false,
            // Said once, not ten times a second; the store says more when it is asked.
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::error!("could not attend to due verifications: {error}");
            }
            Err(_) => {}
        }
    }
}

async fn write_audit_trail(service: Service, mut stopped: watch::Receiver<()>) {
    let mut ticks = every(AUDIT_INTERVAL);
    let mut is_failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        match service.write_audit_trail().await {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::error!(
                    "could not write the audit trail, which goes on where it stopped: {error}"
                );
            }
            Err(_) => {}
        }
    }
}

async fn refresh_templates(
    channel: WhatsAppChannel,
    period: Duration,
    service: Service,
    mut stopped: watch::Receiver<()>,
) {
    let mut ticks = every(period);
    // The first tick is at once, and the templates were looked at just before.
    ticks.tick().await;
    let metrics = &service.shared().metrics;
    metrics.template_approved(channel.templates().is_first_sendable());
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = service.shared().templates_changed.notified() => {}
            _ = stopped.changed() => return,
        }
        let refreshed = channel.refresh_templates().await;
        metrics.template_approved(channel.templates().is_first_sendable());
        if let Err(problem) = refreshed {
            tracing::error!(hint = problem.hint(), "{problem}");
        }
    }
}

/// Workers may switch while they send; here it is told, once.
async fn tell_switches(
    channel: WhatsAppChannel,
    service: Service,
    mut stopped: watch::Receiver<()>,
) {
    loop {
        tokio::select! {
            switch = channel.templates().next_switch() => service.tell_switch(&switch).await,
            _ = stopped.changed() => return,
        }
        let metrics = &service.shared().metrics;
        metrics.template_approved(channel.templates().is_first_sendable());
    }
}

async fn keep_time(service: Service, mut stopped: watch::Receiver<()>) {
    let mut ticks = every(CLOCK_INTERVAL);
    let mut is_alone = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        let shared = service.shared();
        match shared.store.keep_in_step(&shared.clock).await {
            Ok(jump) => {
                is_alone = false;
                if let Some(jump) = jump {
                    warn_of(jump);
                }
            }
            Err(error) if !is_alone => {
                is_alone = true;
                tracing::warn!(
                    "cannot compare the time with the other servers, and goes on alone: {error}"
                );
            }
            Err(_) => {}
        }
    }
}

fn warn_of(jump: ClockJump) {
    let ClockJump { gap_ms } = jump;
    let side = if gap_ms > 0 { "ahead of" } else { "behind" };
    tracing::warn!(
        clock.gap_ms = gap_ms,
        "this machine's clock is {} s {side} the time that codes and limits go by, which is not affected: set it right",
        gap_ms.unsigned_abs() / 1000,
    );
}

async fn keep_directory(service: Service, mut stopped: watch::Receiver<()>) {
    let mut ticks = every(DIRECTORY_INTERVAL);
    let mut is_failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        match service.shared().directory.refresh().await {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::error!(
                    "cannot read applications and keys, and soon refuses all keys: {error}"
                );
            }
            Err(_) => {}
        }
    }
}

async fn keep_standing(service: Service, mut stopped: watch::Receiver<()>) {
    let mut ticks = every(STANDING_INTERVAL);
    // The templates were looked at just before the first look here.
    let mut is_first = true;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        // The store says elsewhere when it is lost.
        let Ok(heard) = service.look_at_standing().await else {
            continue;
        };
        if heard == Heard::OfTemplates && !is_first {
            service.shared().templates_changed.notify_one();
        }
        is_first = false;
    }
}

async fn note_uses(service: Service, mut stopped: watch::Receiver<()>) {
    let mut ticks = every(USES_INTERVAL);
    let mut is_failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        match service.shared().directory.note_uses().await {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::warn!("could not note which keys were used: {error}");
            }
            Err(_) => {}
        }
    }
}

async fn keep_metrics(service: Service, mut stopped: watch::Receiver<()>) {
    let mut ticks = every(METRICS_INTERVAL);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        let shared = service.shared();
        shared.metrics.live_codes(shared.store.live_codes());
        // Whoever keeps them says elsewhere that it does not answer.
        if let Ok(count) = shared.callbacks.dead_letters.count().await {
            shared.metrics.dead_letters(count);
        }
        shared.metrics.run_upkeep();
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
