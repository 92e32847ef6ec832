//! File descriptors: each connection takes one, and a server that has none left answers nobody.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::config::Config;

/// The store, the log, the metrics listener and its connections, the runtime.
const RESERVE: u64 = 64;
/// Fewer connections than this on a worker are no service.
const LEAST: u64 = 16;

/// Raises the process's limit as far as the system allows, and answers with how many connections
/// one worker may hold under it: as many as are configured, or as many as fit, with a warning.
pub(super) fn make_room(config: &Config, workers: usize) -> usize {
    let wanted = config.http.max_connections;
    let workers = wide(workers);
    let upstream = wide(config.graph.connections_per_worker);
    let Some(limit) = raise_limit() else {
        return wanted;
    };
    let Some(fitting) = fitting(limit, workers, upstream, wide(wanted)) else {
        return wanted;
    };
    tracing::warn!(
        "the limit of {limit} open files is too low for {workers} worker(s) of {wanted} connections (http.max_connections) \
         and {upstream} to Meta (graph.connections_per_worker), and {RESERVE} files: each worker takes {fitting} connections; \
         raise the limit (ulimit -n, LimitNOFILE) to {needed}, or lower http.max_connections",
        needed = needed(workers, upstream, wide(wanted)),
    );
    usize::try_from(fitting).unwrap_or(wanted)
}

/// The limit in force afterwards; nothing when there is none.
fn raise_limit() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    limit.current = limit.maximum;
    // Where the system refuses, the old limit stays in force.
    let is_raised = setrlimit(Resource::Nofile, limit).is_ok();
    if is_raised { limit.maximum } else { before }
}

/// How many connections fit; nothing when all that are wanted do.
fn fitting(limit: u64, workers: u64, upstream: u64, wanted: u64) -> Option<u64> {
    if needed(workers, upstream, wanted) <= limit {
        return None;
    }
    let free = limit.saturating_sub(needed(workers, upstream, 0));
    Some((free / workers.max(1)).max(LEAST).min(wanted))
}

fn needed(workers: u64, upstream: u64, connections: u64) -> u64 {
    workers
        .saturating_mul(upstream.saturating_add(connections))
        .saturating_add(RESERVE)
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_connections_fit_under_a_limit_that_is_high_enough() {
        assert_eq!(fitting(20_264, 2, 100, 10_000), None);
        assert_eq!(fitting(u64::MAX, 1024, 10_000, 1_000_000), None);
    }

    #[test]
    fn under_a_low_limit_as_many_fit_as_leave_room_for_everything_else() {
        assert_eq!(fitting(20_263, 2, 100, 10_000), Some(9_999));
        assert_eq!(fitting(1024, 2, 100, 10_000), Some(380));
        assert_eq!(fitting(1024, 1, 100, 10_000), Some(860));
    }

    #[test]
    fn a_hopeless_limit_leaves_a_few_and_never_more_than_were_wanted() {
        assert_eq!(fitting(128, 2, 100, 10_000), Some(LEAST));
        assert_eq!(fitting(128, 2, 100, 4), Some(4));
    }
}
