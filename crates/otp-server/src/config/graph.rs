//! How Meta's Graph API is called.

use std::{fmt, net::IpAddr, time::Duration};

use actix_web::http::{Uri, uri::Authority};

use super::{Secret, kind, reader::Section};

/// How Meta's Graph API is called. `graph_url` and `api_version` stand above all sections in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphSettings {
    /// Scheme, host and port, without a slash at the end.
    pub url: String,
    /// The version in each path.
    pub api_version: ApiVersion,
    /// The app's secret, which proves that a call comes from the app's own servers.
    pub app_secret: Option<Secret>,
    /// What Meta must say to have the webhook's address confirmed.
    pub webhook_verify_token: Option<Secret>,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for a whole call: connection, answer and body.
    pub deadline: Duration,
    /// Connections that one worker keeps open at most.
    pub connections_per_worker: usize,
    /// Time between two looks at the template's state.
    pub template_refresh: Duration,
    /// The language of messages when the caller asks for none; the template's own choice when absent.
    pub default_language: Option<String>,
    /// Templates that take over, in this order, when the account file's cannot be sent.
    pub alternate_templates: Vec<String>,
}

/// Each of them is looked at as often as the template.
const ALTERNATES_MAX: usize = 5;

impl GraphSettings {
    /// Reads `[graph]`; `url` and `api_version` are read with the keys above all sections.
    pub(super) fn read(graph: &mut Section<'_, '_>) -> Self {
        Self {
            url: String::new(),
            api_version: ApiVersion::NEWEST,
            app_secret: read_app_secret(graph),
            webhook_verify_token: read_verify_token(graph),
            connect_timeout: graph.value(
                "connect_timeout_seconds",
                kind::seconds(1..=30),
                3,
                "Seconds to connect.",
            ),
            deadline: graph.value(
                "deadline_seconds",
                kind::seconds(1..=60),
                10,
                "Seconds for a whole call, from connecting to the last byte of the answer.",
            ),
            connections_per_worker: graph.value(
                "connections_per_worker",
                kind::whole(1..=10_000),
                100,
                "Connections that one worker keeps open at most.",
            ),
            template_refresh: graph.value(
                "template_refresh_seconds",
                kind::seconds(10..=86_400),
                300,
                "Seconds between two looks at the template's state and languages.",
            ),
            default_language: graph.optional(
                "default_language",
                kind::parsed("a language code such as en_US", parse_language),
                "The template's language when the caller asks for none, or for one that the template does not have.",
            ),
            alternate_templates: read_alternates(graph),
        }
    }

    pub(super) fn read_top(&mut self, top: &mut Section<'_, '_>) {
        self.url = top.value(
            "graph_url",
            kind::parsed("http:// or https://, a host and perhaps a port", parse_url),
            "https://graph.facebook.com",
            "Where Meta's Graph API is; a simulator can stand in for it.",
        );
        self.api_version = top.value(
            "api_version",
            kind::parsed("v1.0 to v99.0, with .0 at the end", ApiVersion::parse),
            "v25.0",
            "The version of Meta's Graph API. Versions end about two years after they appear: v21.0 ends 2027-01-21.",
        );
    }
}

impl GraphSettings {
    /// Whether calls go to another machine without TLS.
    pub(super) fn crosses_networks_in_the_clear(&self) -> bool {
        let Some(rest) = self.url.strip_prefix("http://") else {
            return false;
        };
        let authority: Option<Authority> = rest.parse().ok();
        !authority.is_some_and(|authority| is_loopback(authority.host()))
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn read_app_secret(graph: &mut Section<'_, '_>) -> Option<Secret> {
    graph
        .text_or_file(
            (
                "app_secret",
                "The app's secret, from the app's dashboard: calls then carry a proof that they come from the app's owner, and webhooks are taken in, which are checked with it.",
            ),
            ("app_secret_file", "A file that holds the app's secret instead."),
        )
        .map(|text| Secret::new(&text))
}

fn read_alternates(graph: &mut Section<'_, '_>) -> Vec<String> {
    let alternates = graph.optional(
        "alternate_templates",
        kind::list(kind::TEMPLATE_NAME, kind::template_name),
        "Names of up to 5 other authentication templates of the account. While the template cannot be sent, because it is paused for instance, codes go out in the first of these that can.",
    );
    let alternates = alternates.unwrap_or_default();
    let doubled = alternates.iter().enumerate().any(|(number, name)| {
        let before = alternates.iter().take(number);
        before.into_iter().any(|other| other == name)
    });
    if doubled || alternates.len() > ALTERNATES_MAX {
        graph.problem(
            "alternate_templates",
            format!("names a template twice, or more than {ALTERNATES_MAX}"),
            "name each once, the best first",
        );
    }
    alternates
}

fn read_verify_token(graph: &mut Section<'_, '_>) -> Option<Secret> {
    graph
        .text_or_file(
            (
                "webhook_verify_token",
                "A text of your own that you also give to Meta, which says it when it asks whether /webhooks/whatsapp is the right address.",
            ),
            (
                "webhook_verify_token_file",
                "A file that holds that text instead.",
            ),
        )
        .map(|text| Secret::new(&text))
}

/// A version of the Graph API, `vN.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion(u32);

impl ApiVersion {
    const NEWEST: Self = Self(25);
    /// The first version that outlives January 2027.
    pub(super) const LASTING: Self = Self(22);

    fn parse(text: &str) -> Result<Self, String> {
        text.strip_prefix('v')
            .and_then(|text| text.strip_suffix(".0"))
            .filter(|number| {
                matches!(
                    number.as_bytes(),
                    [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9']
                )
            })
            .and_then(|number| number.parse().ok())
            .map(Self)
            .ok_or_else(|| "is not a version".to_owned())
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.0", self.0)
    }
}

/// A base address: no user, no path, no query; a slash at the end is dropped.
fn parse_url(text: &str) -> Result<String, String> {
    let uri: Uri = text.parse().map_err(|_| "is not an address")?;
    let scheme = uri
        .scheme_str()
        .filter(|scheme| matches!(*scheme, "http" | "https"));
    let scheme = scheme.ok_or("does not begin with http:// or https://")?;
    let authority = uri.authority().ok_or("has no host")?;
    if authority.as_str().contains('@') {
        return Err("holds a user name or password".to_owned());
    }
    if authority.host().is_empty() {
        return Err("has no host".to_owned());
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || text.contains('#') {
        return Err("has a path or query after the host".to_owned());
    }
    Ok(format!("{scheme}://{authority}"))
}

/// A language code as Meta writes it.
pub(super) fn parse_language(text: &str) -> Result<String, String> {
    let letters = text.split('_').all(|part| {
        (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    if letters {
        Ok(text.to_owned())
    } else {
        Err("is not a language code".to_owned())
    }
}
