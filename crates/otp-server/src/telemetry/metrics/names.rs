//! What the figures are called, what each means, and into which buckets durations are sorted.

use metrics::{Key, Label, Recorder, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

pub(super) const HTTP_REQUESTS: &str = "otp_http_requests_total";
pub(super) const HTTP_DURATION: &str = "otp_http_request_duration_seconds";
pub(super) const VERIFICATIONS: &str = "otp_verifications_total";
pub(super) const REFUSALS: &str = "otp_refusals_total";
pub(super) const DELIVERIES: &str = "otp_deliveries_total";
pub(super) const STORE_COMMIT: &str = "otp_store_commit_duration_seconds";
pub(super) const GRAPH_DURATION: &str = "otp_graph_request_duration_seconds";
pub(super) const LIVE_CODES: &str = "otp_live_codes";
pub(super) const STORE_UP: &str = "otp_store_up";
pub(super) const WEBHOOK_WORDS: &str = "otp_webhook_words_total";
pub(super) const CALLBACKS: &str = "otp_callbacks_total";
pub(super) const DEAD_LETTERS: &str = "otp_callback_dead_letters";
pub(super) const CHAT_WORDS: &str = "otp_chat_words_total";
pub(super) const TEMPLATE_APPROVED: &str = "otp_template_approved";
pub(super) const TEMPLATE_SWITCHES: &str = "otp_template_switches_total";
pub(super) const WHATSAPP_ALERTS: &str = "otp_whatsapp_alerts_total";
pub(super) const LOG_LINES_DROPPED: &str = "otp_log_lines_dropped_total";

/// From a memory access to a commit's fsync.
const FAST_BUCKETS: [f64; 12] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0,
];
/// From a loopback call to the longest deadline that can be configured.
const CALL_BUCKETS: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

pub(super) fn key(name: &'static str, labels: Vec<Label>) -> Key {
    Key::from_parts(name, labels)
}

pub(super) fn recorder() -> PrometheusRecorder {
    let buckets: [(&str, &[f64]); 3] = [
        (HTTP_DURATION, &CALL_BUCKETS),
        (STORE_COMMIT, &FAST_BUCKETS),
        (GRAPH_DURATION, &CALL_BUCKETS),
    ];
    let builder = buckets
        .into_iter()
        .fold(PrometheusBuilder::new(), |builder, (name, values)| {
            builder
                .set_buckets_for_metric(Matcher::Full(name.to_owned()), values)
                .expect("a list of buckets in this file is not empty")
        });
    let recorder = builder.build_recorder();
    describe(&recorder);
    recorder
}

fn describe(recorder: &PrometheusRecorder) {
    let counters = [
        (
            HTTP_REQUESTS,
            "Requests answered, by face, route pattern, method and status.",
        ),
        (
            VERIFICATIONS,
            "Requests to start or check a verification, by what became of them.",
        ),
        (REFUSALS, "Sends and checks that a limit refused, by limit."),
        (
            DELIVERIES,
            "Deliveries tried, by channel and what the channel said.",
        ),
        (
            WEBHOOK_WORDS,
            "What providers told by webhooks, by provider and what became of it.",
        ),
        (CHAT_WORDS, "What people said in chats, by what it meant."),
        (
            CALLBACKS,
            "Tries to tell applications what happened, by what came of them.",
        ),
        (
            TEMPLATE_SWITCHES,
            "Switches of the template that codes go out in, by what that is since.",
        ),
        (
            WHATSAPP_ALERTS,
            "What Meta told of templates, account and number, by what it was about.",
        ),
        (
            LOG_LINES_DROPPED,
            "Log lines lost because standard error was too slow.",
        ),
    ];
    for (name, text) in counters {
        recorder.describe_counter(name.into(), Some(Unit::Count), text.into());
    }
    let durations = [
        (
            HTTP_DURATION,
            "Time from a request's head to the end of its answer.",
        ),
        (
            STORE_COMMIT,
            "Time from asking for a commit to its acknowledgement.",
        ),
        (
            GRAPH_DURATION,
            "Time of a call to Meta's Graph API, its body included.",
        ),
    ];
    for (name, text) in durations {
        recorder.describe_histogram(name.into(), Some(Unit::Seconds), text.into());
    }
    let gauges = [
        (LIVE_CODES, "Codes that can still be used."),
        (STORE_UP, "1 while the store takes commits, otherwise 0."),
        (
            DEAD_LETTERS,
            "Callbacks that were given up and lie there: otp-server callback list.",
        ),
        (
            TEMPLATE_APPROVED,
            "1 while Meta lets the first template be sent, otherwise 0, also while an alternate is used.",
        ),
    ];
    for (name, text) in gauges {
        recorder.describe_gauge(name.into(), Some(Unit::Count), text.into());
    }
}
