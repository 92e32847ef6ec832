//! The WhatsApp account that codes are sent from, checked before anything else is made.

use std::fmt::Display;
use std::sync::Arc;

use anyhow::{Context, Result};
use whatsapp_cloud::{AccessToken, AppSecret, ClientConfig, GraphClient, WhatsAppInfo};

use super::forewarning;
use crate::channel::whatsapp::{TemplateBook, TemplateOrder, WhatsAppChannel};
use crate::config::Config;

/// An account whose template can be sent.
#[derive(Debug)]
pub(super) struct Account {
    client: ClientConfig,
    pub(super) waba_id: String,
    pub(super) phone_number_id: Arc<str>,
    templates: Arc<TemplateBook>,
    /// Says which template is in use, in the sample servers' words.
    pub(super) greeting: String,
}

impl Account {
    /// Reads the account file and asks Meta for the template.
    pub(super) async fn open(config: &Config) -> Result<Self> {
        let info = WhatsAppInfo::read(&config.whatsapp_info).map_err(|error| {
            let path = config.whatsapp_info.display();
            told(&format_args!("{path}: {error}"), &error.hint())
        })?;
        let client = client_config(config, info.access_token.clone());
        let graph = GraphClient::new(&client)
            .context("the Graph API cannot be called with these settings\nhint: check --graph-url, and [graph] in the configuration")?;
        let order = TemplateOrder {
            waba_id: info.waba_id.clone(),
            template_id: info.template_id,
            default_language: config.graph.default_language.clone(),
            alternates: config.graph.alternate_templates.clone(),
        };
        let opened = TemplateBook::open(&graph, order).await;
        let (templates, report) = opened.map_err(|problem| told(&problem, &problem.hint()))?;
        for warning in &report.warnings {
            tracing::warn!("{warning}");
        }
        for warning in forewarning::of_late_messages(config, &templates) {
            tracing::warn!("{warning}");
        }
        for (application, own) in &config.applications {
            for (language, name) in &own.templates {
                let checked = templates.check_own(&graph, name, language).await;
                checked.map_err(|problem| {
                    let what = format_args!("application {application:?}: {problem}").to_string();
                    told(&what, &problem.hint())
                })?;
            }
        }
        let account = Self {
            client,
            waba_id: info.waba_id,
            phone_number_id: info.phone_number_id.as_str().into(),
            templates: Arc::new(templates),
            greeting: format!(
                "Verified OTP template '{}' with ID {} is approved and ready to send.",
                report.name, report.id
            ),
        };
        account
            .channel()
            .check_number()
            .await
            .map_err(|problem| told(&problem, &problem.hint()))?;
        Ok(account)
    }

    /// A channel for the calling thread, which must run an actix system or worker.
    pub(super) fn channel(&self) -> WhatsAppChannel {
        let graph =
            GraphClient::new(&self.client).expect("the same settings made a client at the start");
        WhatsAppChannel::new(
            graph,
            Arc::clone(&self.phone_number_id),
            Arc::clone(&self.templates),
            self.client.deadline,
        )
    }
}

fn client_config(config: &Config, access_token: AccessToken) -> ClientConfig {
    let graph = &config.graph;
    ClientConfig {
        base_url: graph.url.clone(),
        api_version: graph.api_version.to_string(),
        app_secret: graph
            .app_secret
            .as_ref()
            .map(|secret| AppSecret::new(secret.reveal())),
        connect_timeout: graph.connect_timeout,
        deadline: graph.deadline,
        connections: graph.connections_per_worker,
        ..ClientConfig::new(access_token)
    }
}

/// What is wrong, and what to do about it on a line of its own.
fn told(what: &impl Display, hint: &impl Display) -> anyhow::Error {
    anyhow::anyhow!("{what}\nhint: {hint}")
}
