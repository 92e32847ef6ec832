//! What settings and templates say together: allowed, and worth knowing before the first code.

use std::time::Duration;

use otp_core::{ChannelKind, Until, Workflow};

use crate::channel::whatsapp::TemplateBook;
use crate::config::Config;

/// One for each application and template whose message may still arrive after the next step's.
pub(super) fn of_late_messages(config: &Config, templates: &TemplateBook) -> Vec<String> {
    let lives = templates.times_to_live();
    let mut warnings = Vec::new();
    for (application, settings) in &config.applications {
        let steps = settings.workflow.as_ref().map_or(&[][..], Workflow::steps);
        for (step, next) in steps.iter().zip(steps.iter().skip(1)) {
            if step.channel != ChannelKind::WhatsApp || step.until == Until::Accepted {
                continue;
            }
            let longer = lives.iter().filter(|(_, life)| *life > step.wait);
            warnings.extend(longer.map(|(template, life)| {
                late(application, template, *life, step.wait, next.channel)
            }));
        }
    }
    warnings
}

fn late(
    application: &str,
    template: &str,
    life: Duration,
    wait: Duration,
    next: ChannelKind,
) -> String {
    let (life, wait) = (life.as_secs(), wait.as_secs());
    format!(
        "applications.{application}.workflow: waits {wait} s for WhatsApp, which tries to deliver a message of template \
         {template} for {life} s: it may arrive after \"{}\" has brought the same code; make a template that lives shorter \
         (`wa-setup --ttl-seconds {}`), or raise wait_seconds to {life}",
        next.name(),
        wait.max(SHORTEST_LIFE_SECS),
    )
}

/// Meta takes no shorter time to live.
const SHORTEST_LIFE_SECS: u64 = 30;
