//! Metrics for Prometheus. Each series is looked up once, so that recording costs tens of nanoseconds.
//!
//! A recorder belongs to its application, not to the process: two applications in one process (tests start
//! many) do not see each other's figures.

mod names;

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use actix_web::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};
use otp_core::{ChannelKind, Reason};

use self::names::{
    CALLBACKS, CHAT_WORDS, DEAD_LETTERS, DELIVERIES, GRAPH_DURATION, HTTP_DURATION, HTTP_REQUESTS,
    LIVE_CODES, LOG_LINES_DROPPED, REFUSALS, STORE_COMMIT, STORE_UP, TEMPLATE_APPROVED,
    TEMPLATE_SWITCHES, VERIFICATIONS, WEBHOOK_WORDS, WHATSAPP_ALERTS, key, recorder,
};
use super::{
    labels::{
        COUNTRY_NOT_ALLOWED, CallbackResult, ChatWord, DeliveryResult, Face, Provider,
        TemplateSwitch, VerificationOutcome, WhatsAppAlert, method_label,
    },
    logging,
};

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// The figures of one application.
#[derive(Debug)]
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    http: RwLock<HashMap<HttpSeries, HttpHandles>>,
    verifications: [Counter; VerificationOutcome::ALL.len()],
    refusals: [Counter; Reason::ALL.len()],
    country_refusals: Counter,
    deliveries: [[Counter; DeliveryResult::ALL.len()]; ChannelKind::ALL.len()],
    store_commit: Histogram,
    graph: Histogram,
    live_codes: Gauge,
    store_up: Gauge,
    template_approved: Gauge,
    template_switches: [Counter; TemplateSwitch::ALL.len()],
    whatsapp_alerts: [Counter; WhatsAppAlert::ALL.len()],
    log_lines_dropped: Counter,
    webhook_taken: [Counter; Provider::ALL.len()],
    webhook_ignored: [Counter; Provider::ALL.len()],
    callbacks: [Counter; CallbackResult::ALL.len()],
    dead_letters: Gauge,
    chat_words: [Counter; ChatWord::ALL.len()],
}

/// Face, route pattern, method, status: each from a closed set, so the map stays small.
type HttpSeries = (Face, &'static str, &'static str, StatusCode);

#[derive(Debug, Clone)]
struct HttpHandles {
    requests: Counter,
    duration: Histogram,
}

impl Metrics {
    /// A new set of figures, all at zero; the series whose labels are known are there from the start.
    #[must_use]
    pub fn new() -> Self {
        let recorder = recorder();
        let counter = |name, labels| recorder.register_counter(&key(name, labels), &METADATA);
        let histogram = |name| recorder.register_histogram(&key(name, vec![]), &METADATA);
        let words = |result| {
            Provider::ALL.map(|provider| {
                let provider = Label::new("provider", provider.label());
                counter(WEBHOOK_WORDS, vec![provider, Label::new("result", result)])
            })
        };
        let gauge = |name| recorder.register_gauge(&key(name, vec![]), &METADATA);
        Self {
            handle: recorder.handle(),
            http: RwLock::default(),
            verifications: VerificationOutcome::ALL.map(|outcome| {
                counter(VERIFICATIONS, vec![Label::new("outcome", outcome.label())])
            }),
            refusals: Reason::ALL
                .map(|reason| counter(REFUSALS, vec![Label::new("reason", reason.name())])),
            country_refusals: counter(REFUSALS, vec![Label::new("reason", COUNTRY_NOT_ALLOWED)]),
            deliveries: ChannelKind::ALL.map(|channel| {
                DeliveryResult::ALL.map(|result| {
                    let channel = Label::new("channel", channel.name());
                    counter(
                        DELIVERIES,
                        vec![channel, Label::new("result", result.label())],
                    )
                })
            }),
            store_commit: histogram(STORE_COMMIT),
            graph: histogram(GRAPH_DURATION),
            live_codes: gauge(LIVE_CODES),
            store_up: gauge(STORE_UP),
            template_approved: gauge(TEMPLATE_APPROVED),
            template_switches: TemplateSwitch::ALL
                .map(|to| counter(TEMPLATE_SWITCHES, vec![Label::new("to", to.label())])),
            whatsapp_alerts: WhatsAppAlert::ALL
                .map(|kind| counter(WHATSAPP_ALERTS, vec![Label::new("kind", kind.label())])),
            log_lines_dropped: counter(LOG_LINES_DROPPED, vec![]),
            callbacks: CallbackResult::ALL
                .map(|result| counter(CALLBACKS, vec![Label::new("result", result.label())])),
            dead_letters: gauge(DEAD_LETTERS),
            chat_words: ChatWord::ALL
                .map(|word| counter(CHAT_WORDS, vec![Label::new("meant", word.label())])),
            webhook_taken: words("taken"),
            webhook_ignored: words("ignored"),
            recorder,
        }
    }

    /// A request was answered. `route` is the pattern, never the path: paths hold phone numbers.
    pub fn http_request(
        &self,
        face: Face,
        route: &'static str,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let series = (face, route, method_label(method), status);
        let known = self
            .http
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&series)
            .cloned();
        let handles = known.unwrap_or_else(|| self.add_http_series(series));
        handles.requests.increment(1);
        handles.duration.record(took);
    }

    /// A request to start or check a verification was decided.
    pub fn verification(&self, outcome: VerificationOutcome) {
        self.verifications[outcome as usize].increment(1);
    }

    /// A limit said no to a send or a check.
    pub fn refused(&self, reason: Reason) {
        self.refusals[reason as usize].increment(1);
    }

    /// A send was refused because of the country it would go to.
    pub fn country_refused(&self) {
        self.country_refusals.increment(1);
    }

    /// A channel answered, or failed to.
    pub fn delivery(&self, channel: ChannelKind, result: DeliveryResult) {
        self.deliveries[channel as usize][result as usize].increment(1);
    }

    /// A provider told so much that is kept and worked off.
    pub fn webhook_taken(&self, provider: Provider, count: usize) {
        self.webhook_taken[provider as usize].increment(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// A provider told so much that nobody here knows.
    pub fn webhook_ignored(&self, provider: Provider, count: usize) {
        self.webhook_ignored[provider as usize].increment(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// An application was told something, or was not.
    pub fn callback(&self, result: CallbackResult) {
        self.callbacks[result as usize].increment(1);
    }

    /// So much was given up and lies there.
    pub fn dead_letters(&self, count: u64) {
        self.dead_letters
            .set(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Somebody said something in a chat.
    pub fn chat_word(&self, word: ChatWord) {
        self.chat_words[word as usize].increment(1);
    }

    /// A commit was acknowledged, this long after it was asked for.
    pub fn store_commit(&self, took: Duration) {
        self.store_commit.record(took);
    }

    /// A call to Meta ended, well or not.
    pub fn graph_request(&self, took: Duration) {
        self.graph.record(took);
    }

    /// The number of codes that can still be used.
    pub fn live_codes(&self, count: u64) {
        self.live_codes
            .set(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Whether a commit would succeed.
    pub fn store_up(&self, is_up: bool) {
        self.store_up.set(u8::from(is_up));
    }

    /// Whether Meta lets the first template be sent.
    pub fn template_approved(&self, approved: bool) {
        self.template_approved.set(u8::from(approved));
    }

    /// Codes go out in another template.
    pub fn template_switch(&self, to: TemplateSwitch) {
        self.template_switches[to as usize].increment(1);
    }

    /// Meta told of something beside messages.
    pub fn whatsapp_alert(&self, kind: WhatsAppAlert) {
        self.whatsapp_alerts[kind as usize].increment(1);
    }

    /// Everything in Prometheus' text format, UTF-8, for `GET /metrics`.
    #[must_use]
    pub fn render(&self) -> String {
        self.log_lines_dropped.absolute(logging::dropped_lines());
        self.handle.render()
    }

    /// Sorts what was recorded since the last time into its buckets. Call it every few seconds:
    /// between two calls each recorded duration takes 8 bytes.
    pub fn run_upkeep(&self) {
        self.handle.run_upkeep();
    }

    fn add_http_series(&self, series: HttpSeries) -> HttpHandles {
        let (face, route, method, status) = series;
        let place = vec![Label::new("face", face.label()), Label::new("route", route)];
        let duration = key(HTTP_DURATION, place.clone());
        let answer = [
            Label::new("method", method),
            Label::new("status", status.as_str().to_owned()),
        ];
        let requests = key(HTTP_REQUESTS, place.into_iter().chain(answer).collect());
        let handles = HttpHandles {
            requests: self.recorder.register_counter(&requests, &METADATA),
            duration: self.recorder.register_histogram(&duration, &METADATA),
        };
        let mut known = self.http.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(series).or_insert(handles).clone()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recorded_figure_is_rendered_with_its_labels() {
        let metrics = Metrics::new();
        let took = Duration::from_millis(3);
        for _ in 0..2 {
            metrics.http_request(
                Face::Sample,
                "/otp/{phone}",
                &Method::POST,
                StatusCode::OK,
                took,
            );
        }
        metrics.verification(VerificationOutcome::CheckLimited);
        metrics.delivery(ChannelKind::WhatsApp, DeliveryResult::Rejected);
        metrics.store_commit(took);
        metrics.graph_request(took);
        metrics.live_codes(7);
        metrics.store_up(true);
        metrics.template_approved(true);
        metrics.run_upkeep();
        let text = metrics.render();
        for line in [
            r#"otp_http_requests_total{face="sample",route="/otp/{phone}",method="POST",status="200"} 2"#,
            r#"otp_http_request_duration_seconds_bucket{face="sample",route="/otp/{phone}",le="0.0025"} 0"#,
            r#"otp_http_request_duration_seconds_bucket{face="sample",route="/otp/{phone}",le="0.005"} 2"#,
            r#"otp_verifications_total{outcome="check_limited"} 1"#,
            r#"otp_deliveries_total{channel="whatsapp",result="rejected"} 1"#,
            r#"otp_store_commit_duration_seconds_bucket{le="0.005"} 1"#,
            "otp_graph_request_duration_seconds_count 1",
            "otp_live_codes 7",
            "otp_store_up 1",
            "otp_template_approved 1",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "no line {line} in\n{text}"
            );
        }
    }

    #[test]
    fn labels_known_beforehand_are_there_at_zero() {
        let text = Metrics::new().render();
        for outcome in VerificationOutcome::ALL {
            let line = format!(
                r#"otp_verifications_total{{outcome="{}"}} 0"#,
                outcome.label()
            );
            assert!(text.contains(&line), "no line {line} in\n{text}");
        }
    }

    #[test]
    fn the_place_of_a_label_is_its_number() {
        let mut numbers = VerificationOutcome::ALL.iter().zip(0..);
        assert!(numbers.all(|(outcome, number)| *outcome as usize == number));
        let mut numbers = Reason::ALL.iter().zip(0..);
        assert!(numbers.all(|(reason, number)| *reason as usize == number));
        let mut numbers = DeliveryResult::ALL.iter().zip(0..);
        assert!(numbers.all(|(result, number)| *result as usize == number));
        let mut numbers = CallbackResult::ALL.iter().zip(0..);
        assert!(numbers.all(|(result, number)| *result as usize == number));
        let mut numbers = ChatWord::ALL.iter().zip(0..);
        assert!(numbers.all(|(word, number)| *word as usize == number));
        let mut numbers = TemplateSwitch::ALL.iter().zip(0..);
        assert!(numbers.all(|(to, number)| *to as usize == number));
        let mut numbers = Provider::ALL.iter().zip(0..);
        assert!(numbers.all(|(provider, number)| *provider as usize == number));
        let mut numbers = WhatsAppAlert::ALL.iter().zip(0..);
        assert!(numbers.all(|(kind, number)| *kind as usize == number));
        let mut numbers = ChannelKind::ALL.iter().zip(0..);
        assert!(numbers.all(|(channel, number)| *channel as usize == number));
    }

    #[test]
    fn a_made_up_method_makes_no_series_of_its_own() {
        let metrics = Metrics::new();
        for name in ["BREW", "WHEN"] {
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            let status = StatusCode::METHOD_NOT_ALLOWED;
            metrics.http_request(Face::Unknown, "none", &method, status, Duration::ZERO);
        }
        assert!(
            metrics
                .render()
                .contains(r#"method="other",status="405"} 2"#)
        );
    }

    #[test]
    fn every_metric_is_described() {
        let metrics = Metrics::new();
        let (ok, zero) = (StatusCode::OK, Duration::ZERO);
        metrics.http_request(Face::Operations, "/livez", &Method::GET, ok, zero);
        let text = metrics.render();
        let typed = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        for name in typed.filter_map(|line| line.split(' ').next()) {
            assert!(
                text.contains(&format!("# HELP {name} ")),
                "{name} has no description"
            );
        }
    }

    #[test]
    fn two_applications_count_apart() {
        let (one, other) = (Metrics::new(), Metrics::new());
        one.verification(VerificationOutcome::Approved);
        assert!(other.render().contains(r#"outcome="approved"} 0"#));
    }
}
