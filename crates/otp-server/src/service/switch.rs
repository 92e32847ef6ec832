//! Codes go out in another template: said in the log, and counted.

use super::Service;
use crate::channel::whatsapp::{Switch, SwitchTarget};
use crate::telemetry::TemplateSwitch;

impl Service {
    /// Tells of a switch, which has been made.
    pub async fn tell_switch(&self, switch: &Switch) {
        let Switch { language, to, why } = switch;
        let counted = match to {
            SwitchTarget::First => {
                tracing::warn!(template.language = %language, "{why}, and is used");
                TemplateSwitch::First
            }
            SwitchTarget::Alternate(name) => {
                tracing::warn!(
                    template.language = %language,
                    template.name = %name,
                    "{why}: codes go out in template {name} meanwhile"
                );
                TemplateSwitch::Alternate
            }
            SwitchTarget::Nothing => {
                tracing::warn!(
                    template.language = %language,
                    "{why}, and no other can be sent: see the reviews in WhatsApp Manager"
                );
                TemplateSwitch::Nothing
            }
        };
        self.shared().metrics.template_switch(counted);
    }
}
