//! The client: one method a call, all of them through one exchange under one deadline.

mod answer;
mod connect;
mod exchange;
mod failure;
mod list;
mod request;
mod stream;

use std::rc::Rc;

use awc::http::Method;
use serde::Deserialize;
use serde_json::Value;

use self::answer::Answer;
use self::exchange::Wire;
use self::request::Call;
use crate::account::{BusinessAccount, BusinessPhone};
use crate::config::{ClientConfig, InvalidClientConfig};
use crate::error::{GraphError, NotSent, Uncertain};
use crate::message::{AcceptedMessage, OutgoingMessage, accepted_from, request_body};
use crate::secret::AppSecret;
use crate::subscription::{SubscribedApp, WebhookOverride};
use crate::template::{
    CreatedTemplate, FIELDS, NewTemplate, PreviewRequest, Template, TemplateFilter,
    TemplatePreview, TemplateUpsert, UpsertedTemplate, push_query,
};
use crate::token::{TokenInfo, TokenOwner};

const PHONE_FIELDS: &str = "id,display_phone_number,verified_name,status,quality_rating,code_verification_status,\
    platform_type,throughput,account_mode,name_status,is_official_business_account,health_status,\
    whatsapp_business_manager_messaging_limit";

const ACCOUNT_FIELDS: &str = "id,name,currency,timezone_id,account_review_status,business_verification_status,\
    ownership_type,health_status";

/// A client of the Graph API for one access token.
///
/// Cheap to clone; clones share a pool of connections. It is not `Send`: make one per worker.
///
/// # When a call is repeated
///
/// Never by advice; that is the caller's business. Once, on a new connection, when a pooled one
/// turned out to be closed before the first byte was written, or, for reads alone, when it broke
/// off later. Everything else that leaves the outcome open is a [`GraphError::Uncertain`].
///
/// # Secrets
///
/// The access token travels in the `Authorization` header only. The one exception is Meta's own:
/// [`inspect_token`](Self::inspect_token) has to name the token in the query of its address, over TLS.
#[derive(Clone)]
pub struct GraphClient {
    wire: Rc<Wire>,
}

impl GraphClient {
    /// Checks the configuration. Opens no connection.
    pub fn new(config: &ClientConfig) -> Result<Self, InvalidClientConfig> {
        Ok(Self {
            wire: Rc::new(Wire::new(config)?),
        })
    }

    /// Sends one message. Meta taking it is no delivery: receipts come by webhook.
    ///
    /// The messages end point has no idempotency key, so after [`GraphError::Uncertain`] the message
    /// may be on its way, and sending it again may deliver it twice.
    pub async fn send(
        &self,
        phone_number_id: &str,
        message: &OutgoingMessage,
    ) -> Result<AcceptedMessage, GraphError> {
        if let Some(fault) = message.fault() {
            return Err(GraphError::NotSent(NotSent::Malformed(fault)));
        }
        let request = self.wire.messages_request(phone_number_id)?;
        let answer = self
            .wire
            .exchange(&request, request_body(message).into(), &[phone_number_id])
            .await?;
        accepted_from(&answer.body).ok_or_else(|| answer.not_graph())
    }

    /// Creates a template in one language. Meta reviews it, usually at once.
    pub async fn create_template(
        &self,
        waba_id: &str,
        template: &NewTemplate,
    ) -> Result<CreatedTemplate, GraphError> {
        let call =
            Call::new(Method::POST, &[waba_id, "message_templates"]).with_json(&template.to_json());
        self.call(call, &[waba_id]).await
    }

    /// Creates a template in several languages, or brings it up to date.
    pub async fn upsert_templates(
        &self,
        waba_id: &str,
        upsert: &TemplateUpsert,
    ) -> Result<Vec<UpsertedTemplate>, GraphError> {
        let call = Call::new(Method::POST, &[waba_id, "upsert_message_templates"])
            .with_json(&upsert.to_json());
        self.call::<Data<_>>(call, &[waba_id])
            .await
            .map(|answer| answer.data)
    }

    /// Asks how Meta will word an authentication template.
    pub async fn preview_templates(
        &self,
        waba_id: &str,
        request: &PreviewRequest,
    ) -> Result<Vec<TemplatePreview>, GraphError> {
        let call = Call::new(Method::GET, &[waba_id, "message_template_previews"])
            .with_query(request.query());
        self.call::<Data<_>>(call, &[waba_id])
            .await
            .map(|answer| answer.data)
    }

    /// Lists templates, all pages of them.
    pub async fn templates(
        &self,
        waba_id: &str,
        filter: &TemplateFilter,
    ) -> Result<Vec<Template>, GraphError> {
        let mut templates: Vec<Template> = self
            .list(waba_id, "message_templates", &filter.query())
            .await?;
        if let Some(name) = &filter.name {
            templates.retain(|template| template.name == *name);
        }
        Ok(templates)
    }

    /// Finds one template by its id, with its health.
    pub async fn template(&self, template_id: &str) -> Result<Template, GraphError> {
        let fields = format!("fields={FIELDS},health_status");
        self.call(
            Call::new(Method::GET, &[template_id]).with_query(fields),
            &[template_id],
        )
        .await
    }

    /// Deletes a template in all languages, or only the one with the id.
    ///
    /// Meta blocks the name of an approved template for 30 days.
    pub async fn delete_template(
        &self,
        waba_id: &str,
        name: &str,
        template_id: Option<&str>,
    ) -> Result<(), GraphError> {
        let mut query = String::new();
        if let Some(id) = template_id {
            push_query(&mut query, "hsm_id", id);
        }
        push_query(&mut query, "name", name);
        let call = Call::new(Method::DELETE, &[waba_id, "message_templates"]).with_query(query);
        self.confirmed(call, &[waba_id, template_id.unwrap_or_default()])
            .await
    }

    /// Lists the account's numbers, all pages of them.
    pub async fn phone_numbers(&self, waba_id: &str) -> Result<Vec<BusinessPhone>, GraphError> {
        self.list(waba_id, "phone_numbers", &format!("fields={PHONE_FIELDS}"))
            .await
    }

    /// Describes one number, with its health.
    pub async fn phone_number(&self, id: &str) -> Result<BusinessPhone, GraphError> {
        self.call(
            Call::new(Method::GET, &[id]).with_query(format!("fields={PHONE_FIELDS}")),
            &[id],
        )
        .await
    }

    /// Describes the account, with its health.
    pub async fn business_account(&self, waba_id: &str) -> Result<BusinessAccount, GraphError> {
        self.call(
            Call::new(Method::GET, &[waba_id]).with_query(format!("fields={ACCOUNT_FIELDS}")),
            &[waba_id],
        )
        .await
    }

    /// Asks Meta what this client's token is good for, in the name of the app that it belongs to.
    pub async fn inspect_token(
        &self,
        app_id: &str,
        app_secret: &AppSecret,
    ) -> Result<TokenInfo, GraphError> {
        let (request, app_token) = self.wire.inspection_request(app_id, app_secret)?;
        let secrets = [app_secret.reveal(), app_token.reveal()];
        let answer = self
            .wire
            .exchange_hiding(&request, bytes::Bytes::new(), &[app_id], &secrets)
            .await?;
        answer.parse::<Data<TokenInfo>>().map(|answer| answer.data)
    }

    /// Asks whose token it is.
    pub async fn token_owner(&self) -> Result<TokenOwner, GraphError> {
        self.call(
            Call::new(Method::GET, &["me"]).with_query("fields=id,name".to_owned()),
            &[],
        )
        .await
    }

    /// Lists the apps that receive the account's webhooks.
    pub async fn subscribed_apps(&self, waba_id: &str) -> Result<Vec<SubscribedApp>, GraphError> {
        let subscriptions: Vec<Subscription> = self.list(waba_id, "subscribed_apps", "").await?;
        Ok(subscriptions
            .into_iter()
            .map(Subscription::into_app)
            .collect())
    }

    /// Subscribes the token's app to the account's webhooks, at its own address or at another one.
    pub async fn subscribe_app(
        &self,
        waba_id: &str,
        webhook: Option<&WebhookOverride>,
    ) -> Result<(), GraphError> {
        let call = Call::new(Method::POST, &[waba_id, "subscribed_apps"]);
        let call = match webhook {
            Some(webhook) => call.with_json(webhook),
            None => call,
        };
        self.confirmed(call, &[waba_id]).await
    }

    async fn call<T: for<'de> Deserialize<'de>>(
        &self,
        call: Call,
        known_ids: &[&str],
    ) -> Result<T, GraphError> {
        self.answer(call, known_ids).await?.parse()
    }

    /// A call that Meta answers with `{"success":true}`.
    async fn confirmed(&self, call: Call, known_ids: &[&str]) -> Result<(), GraphError> {
        let answer = self.answer(call, known_ids).await?;
        let confirmation: Value = answer.parse()?;
        let is_confirmed = confirmation
            .get("success")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        if is_confirmed {
            Ok(())
        } else {
            Err(answer.not_graph())
        }
    }

    async fn answer(&self, call: Call, known_ids: &[&str]) -> Result<Answer, GraphError> {
        let (request, body) = self.wire.request(call)?;
        self.wire.exchange(&request, body, known_ids).await
    }
}

impl std::fmt::Debug for GraphClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GraphClient").finish_non_exhaustive()
    }
}

/// Most of Meta's answers stand in an envelope.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Subscription {
    whatsapp_business_api_data: SubscribedApp,
    #[serde(default)]
    override_callback_uri: Option<String>,
}

impl Subscription {
    fn into_app(self) -> SubscribedApp {
        SubscribedApp {
            override_callback_uri: self.override_callback_uri,
            ..self.whatsapp_business_api_data
        }
    }
}

impl From<Uncertain> for GraphError {
    fn from(uncertain: Uncertain) -> Self {
        Self::Uncertain(uncertain)
    }
}
