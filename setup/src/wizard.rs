//! The wizard: the steps in their order. First everything is asked, then everything is done, and the file comes last.

use std::time::Duration;

use rand::Rng;
use whatsapp_cloud::{TemplateFilter, WhatsAppInfo};

use crate::{
    cli::WizardArgs,
    config::Environment,
    failure::Failure,
    graph,
    plan::{OtpKind, Plan, Platform},
    previous::Previous,
    progress::ProgressFile,
    question::Question,
    steps::{
        account::{self, Account},
        afterwards, approval, apps,
        create::{self, Site},
        finish::{self, Chosen},
        number, resume,
        template::{self, Choice},
    },
    terminal::{Answer, Terminal},
};

/// Runs it.
pub async fn run(
    mut args: WizardArgs,
    environment: &Environment,
    terminal: &mut Terminal,
    rng: &mut impl Rng,
) -> Result<(), Failure> {
    let previous = Previous::read(&args.output, terminal)?;
    if !terminal.can_ask() {
        nothing_missing(&args, environment, &previous)?;
    }
    let progress = ProgressFile::beside(&args.output);
    let mut resumed = resume::offer(&args, &progress, terminal)?;
    let waba_id = resumed.as_mut().and_then(|resumed| resumed.waba_id.take());
    if let Some(resumed) = &resumed {
        args.phone_number_id = args
            .phone_number_id
            .or_else(|| resumed.phone_number_id.clone());
    }

    let account = account::settle(&args, environment, &previous, waba_id, terminal).await?;
    let number = number::choose(
        &args,
        &account.numbers,
        previous.phone_number_id(),
        terminal,
    )?;
    let choice = match resumed {
        Some(resumed) => Choice::New(resumed.plan),
        None => choose_template(&args, &account, &previous, terminal).await?,
    };
    let afterwards = afterwards::settle(&args, terminal)?;

    let site = Site {
        account: &account,
        phone_number_id: &number.id,
        progress: &progress,
    };
    let chosen = apply(&args, &site, choice, terminal).await?;
    let info = WhatsAppInfo::new(
        account.waba_id.as_str(),
        account.token.clone(),
        number.id.as_str(),
        chosen.id.as_str(),
    );
    finish::write(&args.output, &info, terminal)?;
    // The file says it all now; a progress file that stays is only offered once more.
    let _ = progress.remove();
    let done = finish::carry_out(&account, &number.id, &chosen, &afterwards, rng, terminal).await;
    finish::summary(&args, &number.display_phone_number, &chosen, terminal);
    done
}

async fn choose_template(
    args: &WizardArgs,
    account: &Account,
    previous: &Previous,
    terminal: &mut Terminal,
) -> Result<Choice, Failure> {
    let templates = account
        .client
        .templates(account.waba_id.as_str(), &TemplateFilter::default())
        .await;
    let templates =
        templates.map_err(|error| graph::failure("listing the account's templates", &error))?;
    template::settle(args, &templates, previous, terminal)
}

/// From the choice to a template that can be sent.
async fn apply(
    args: &WizardArgs,
    site: &Site<'_>,
    choice: Choice,
    terminal: &mut Terminal,
) -> Result<Chosen, Failure> {
    let plan = match choice {
        Choice::Existing(usable) => {
            let language = usable.languages.first().cloned().unwrap_or_default();
            go_ahead(
                &format!(
                    "Use the template {} and write {}.",
                    usable.name,
                    args.output.display()
                ),
                terminal,
            )?;
            return Ok(Chosen {
                id: usable.id,
                name: usable.name,
                language,
            });
        }
        Choice::New(plan) => plan,
    };
    template::show_preview(site.account, &plan, terminal).await;
    go_ahead(&describe(&plan, args), terminal)?;
    let (plan, mut made) = create::settle(site, plan, terminal).await?;
    // The first language leads: its id goes into the file.
    made.sort_by_key(|one| one.language != plan.first_language());
    let limit = Duration::from_secs(args.approval_wait_secs);
    let approved = approval::wait(&site.account.client, &mut made, limit, terminal).await;
    if approved.is_err() && approval::is_decided(&made) {
        // A rejected template is nothing to go on with.
        let _ = site.progress.remove();
    }
    approved?;
    match made.into_iter().next() {
        Some(first) => Ok(Chosen {
            id: first.id,
            name: plan.name.to_string(),
            language: first.language,
        }),
        None => Err(Failure::failed(
            "Meta gave no template back",
            "run the same command again, it looks first",
        )),
    }
}

fn describe(plan: &Plan, args: &WizardArgs) -> String {
    let apps = plan.button.apps().iter().map(|app| {
        format!(
            "\n  app {} {}{}",
            app.package_name,
            app.signature_hash,
            apps::whose(app)
        )
    });
    format!(
        "\nCreate the template {},\n  in {}, {}, delivered within {} s,\nand write {}.{}",
        plan.name,
        plan.language_list(),
        plan.button.kind(),
        plan.time_to_live.secs(),
        args.output.display(),
        apps.collect::<String>(),
    )
}

fn go_ahead(what: &str, terminal: &mut Terminal) -> Result<(), Failure> {
    terminal.say(what);
    match terminal.confirm(Question::GoAhead, Answer::Yes)? {
        Answer::Yes => Ok(()),
        Answer::No => Err(Failure::failed(
            "stopped as you wished; nothing was created or written",
            "run wa-setup again when you are ready",
        )),
    }
}

/// Unattended, all that is missing is named at once.
fn nothing_missing(
    args: &WizardArgs,
    environment: &Environment,
    previous: &Previous,
) -> Result<(), Failure> {
    let mut missing = Vec::new();
    if args.waba_id.is_none() && previous.waba_id().is_none() {
        missing.push(Question::WabaId);
    }
    if args.access_token_file.is_none()
        && environment.access_token.is_none()
        && previous.access_token().is_none()
    {
        missing.push(Question::AccessToken);
    }
    // An iPhone has no such button; saying so is left to the template's step.
    let button = args
        .otp_type
        .filter(|_| args.platform != Some(Platform::Ios));
    if button == Some(OtpKind::ZeroTap) && !args.accept_zero_tap_terms {
        missing.push(Question::ZeroTapTerms);
    }
    if matches!(button, Some(OtpKind::OneTap | OtpKind::ZeroTap)) && args.apps.is_empty() {
        missing.push(Question::AppPackage);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let flags: Vec<&str> = missing.iter().map(|question| question.flag()).collect();
    let mut hint = "give each of these flags (the token may also come in WA_ACCESS_TOKEN), or leave --yes out and be asked".to_owned();
    if missing.contains(&Question::AppPackage) {
        hint.push_str("; ");
        hint.push_str(&apps::app_hint());
    }
    Err(Failure::usage(
        format!(
            "--yes asks nothing, and there is no value for {}",
            flags.join(", ")
        ),
        hint,
    ))
}
