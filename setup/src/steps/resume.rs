//! Step 0: a run that was cut short is offered to be gone on with.

use crate::{
    cli::WizardArgs,
    failure::Failure,
    fields::GraphId,
    plan::Plan,
    progress::{Progress, ProgressFile, Stage},
    question::Question,
    terminal::{Answer, Terminal},
};

/// An earlier run's decisions.
pub struct Resumed {
    /// Its account.
    pub waba_id: Option<GraphId>,
    /// Its number.
    pub phone_number_id: Option<GraphId>,
    /// Its template.
    pub plan: Plan,
}

/// Offers it. Only to a person: unattended, the flags say all, and what is there already is found by its name.
pub fn offer(
    args: &WizardArgs,
    file: &ProgressFile,
    terminal: &mut Terminal,
) -> Result<Option<Resumed>, Failure> {
    let Some(progress) = file.read().filter(|progress| fits(args, progress)) else {
        return Ok(None);
    };
    let Ok(plan) = progress.plan() else {
        return Ok(None);
    };
    if !terminal.can_ask() {
        return Ok(None);
    }
    let did = match progress.stage {
        Stage::Creating => "was about to create",
        Stage::Created => "created",
    };
    terminal.say(&format!(
        "\nAn earlier run {did} the template {} and was stopped.",
        progress.template_name()
    ));
    if terminal.confirm(Question::Resume, Answer::Yes)? == Answer::No {
        // A file that stays is only offered again.
        let _ = file.remove();
        return Ok(None);
    }
    let id = |text: &str| GraphId::parse(text).ok();
    Ok(Some(Resumed {
        waba_id: id(&progress.waba_id),
        phone_number_id: id(&progress.phone_number_id),
        plan,
    }))
}

/// A flag that says something else wins.
fn fits(args: &WizardArgs, progress: &Progress) -> bool {
    let same = |flag: Option<&str>, remembered: &str| flag.is_none_or(|flag| flag == remembered);
    args.use_template.is_none()
        && same(
            args.waba_id.as_ref().map(GraphId::as_str),
            &progress.waba_id,
        )
        && same(
            args.phone_number_id.as_ref().map(GraphId::as_str),
            &progress.phone_number_id,
        )
        && same(
            args.template_name
                .as_ref()
                .map(whatsapp_cloud::TemplateName::as_str),
            progress.template_name(),
        )
}
