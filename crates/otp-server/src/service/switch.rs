//! Codes go out in another template: said in the log, counted, and noted for the audit trail.

use super::{Service, Shared};
use crate::channel::whatsapp::{Switch, SwitchTarget};
use crate::telemetry::TemplateSwitch;

impl Service {
    /// Tells of a switch, which has been made.
    pub async fn tell_switch(&self, switch: &Switch) {
        let Switch { language, to, why } = switch;
        let (counted, template) = match to {
            SwitchTarget::First(name) => {
                tracing::warn!(template.language = %language, "{why}, and is used");
                (TemplateSwitch::First, name.as_str())
            }
            SwitchTarget::Alternate(name) => {
                tracing::warn!(
                    template.language = %language,
                    template.name = %name,
                    "{why}: codes go out in template {name} meanwhile"
                );
                (TemplateSwitch::Alternate, name.as_str())
            }
            SwitchTarget::Nothing => {
                tracing::warn!(
                    template.language = %language,
                    "{why}, and no other can be sent: see the reviews in WhatsApp Manager"
                );
                (TemplateSwitch::Nothing, "none")
            }
        };
        let Shared {
            metrics,
            audit,
            clock,
            ..
        } = self.shared();
        metrics.template_switch(counted);
        let Some(event) = audit.switch(template, why, clock.now()) else {
            return;
        };
        if let Err(error) = self.note_event(event).await {
            tracing::error!("could not note a switch of templates for the audit trail: {error}");
        }
    }
}
