//! Step 3: the template, an approved one or a new one.

use whatsapp_cloud::{Template, TimeToLive, ZeroTapTerms};

use super::{account::Account, apps};
use crate::{
    bubble::{self, Label},
    cli::WizardArgs,
    existing::{self, Usable},
    failure::Failure,
    fields,
    plan::{self, Button, OtpKind, Plan, Platform},
    previous::Previous,
    question::Question,
    terminal::{Answer, Terminal},
};

const ZERO_TAP_TERMS: &str = "\
With zero-tap the code reaches your app without a tap. Meta's terms:
  - you do not make WhatsApp the way of sending that is chosen beforehand,
  - you tell people that the code will be filled in for them,
  - you tell them afterwards that it was,
  - your use of it is under the WhatsApp Business Terms of Service.";

const TIME_TO_LIVE_WORDS: &str = "\
A message that comes after its code has expired is of no use: WhatsApp should
not try for longer than the server's codes live (300 s unless you change it).";

/// What was decided.
pub enum Choice {
    /// An approved template of the account.
    Existing(Usable),
    /// A new one.
    New(Plan),
}

/// Asks which one, and for a new one all about it.
pub fn settle(
    args: &WizardArgs,
    templates: &[Template],
    previous: &Previous,
    terminal: &mut Terminal,
) -> Result<Choice, Failure> {
    terminal.heading("Template");
    let usable = existing::usable(templates);
    if let Some(name) = &args.use_template {
        return named(name.as_str(), usable).map(Choice::Existing);
    }
    if !usable.is_empty() && terminal.can_ask() && !asks_for_new(args) {
        let mut options = vec!["a new one".to_owned()];
        options.extend(usable.iter().map(Usable::to_string));
        let kept = usable
            .iter()
            .position(|usable| Some(usable.id.as_str()) == previous.template_id());
        match terminal.choose(
            Question::TemplateSource,
            &options,
            Some(kept.map_or(0, |place| place + 1)),
        )? {
            0 => {}
            place => return Ok(Choice::Existing(usable[place - 1].clone())),
        }
    }
    plan(args, terminal).map(Choice::New)
}

/// A flag about a new template is an answer to this question too.
fn asks_for_new(args: &WizardArgs) -> bool {
    args.otp_type.is_some()
        || args.template_name.is_some()
        || args.platform.is_some()
        || !args.languages.is_empty()
}

fn named(name: &str, usable: Vec<Usable>) -> Result<Usable, Failure> {
    let names: Vec<String> = usable.iter().map(|usable| usable.name.clone()).collect();
    usable
        .into_iter()
        .find(|usable| usable.name == name)
        .ok_or_else(|| {
            let hint = if names.is_empty() {
                "leave --use-template out and create one".to_owned()
            } else {
                format!("there is {}", names.join(", "))
            };
            Failure::failed(
                format!("the account has no approved authentication template {name}"),
                hint,
            )
        })
}

/// All about a new template.
fn plan(args: &WizardArgs, terminal: &mut Terminal) -> Result<Plan, Failure> {
    let platform = platform(args, terminal)?;
    let button = button(args, platform, terminal)?;
    let languages = match args.languages.as_slice() {
        [] => terminal.ask(Question::Languages, Some("en_US"), fields::languages)?,
        given => fields::language_set(given.to_vec())
            .map_err(|e| Failure::usage(e.to_string(), "give --language"))?,
    };
    let security_line = match args.security_line {
        Some(answer) => answer,
        None => terminal.confirm(Question::SecurityLine, Answer::Yes)?,
    };
    let expiry = match args.expiry_minutes {
        Some(expiry) => expiry,
        None => terminal.ask(Question::Expiry, Some("5"), fields::expiry)?,
    };
    let time_to_live = time_to_live(args, terminal)?;
    let name = match &args.template_name {
        Some(name) => name.clone(),
        None => ask_name(&plan::default_name(platform, button.kind()), terminal)?,
    };
    Ok(Plan {
        name,
        button,
        languages,
        security_line,
        expiry,
        time_to_live,
    })
}

fn platform(args: &WizardArgs, terminal: &mut Terminal) -> Result<Platform, Failure> {
    const PLATFORMS: [Platform; 3] = [Platform::Android, Platform::Ios, Platform::Both];
    if let Some(platform) = args.platform {
        return Ok(platform);
    }
    let options = ["Android".to_owned(), "iOS".to_owned(), "both".to_owned()];
    let default = match args.otp_type {
        Some(OtpKind::OneTap | OtpKind::ZeroTap) => 0,
        Some(OtpKind::CopyCode) | None => 2,
    };
    Ok(PLATFORMS[terminal.choose(Question::Platform, &options, Some(default))?])
}

fn button(
    args: &WizardArgs,
    platform: Platform,
    terminal: &mut Terminal,
) -> Result<Button, Failure> {
    let kind = kind(args, platform, terminal)?;
    Ok(match kind {
        OtpKind::CopyCode if !args.apps.is_empty() => {
            return Err(Failure::usage(
                "a copy-code button hands the code to no app",
                "leave --app out, or give --otp-type one-tap",
            ));
        }
        OtpKind::CopyCode => Button::CopyCode,
        OtpKind::OneTap => Button::OneTap(apps::settle(args, terminal)?),
        OtpKind::ZeroTap => {
            let terms = zero_tap_terms(args, terminal)?;
            Button::ZeroTap(apps::settle(args, terminal)?, terms)
        }
    })
}

fn kind(
    args: &WizardArgs,
    platform: Platform,
    terminal: &mut Terminal,
) -> Result<OtpKind, Failure> {
    let kinds = platform.buttons();
    match args.otp_type {
        Some(kind) if kinds.contains(&kind) => Ok(kind),
        Some(kind) => Err(Failure::usage(
            format!("an iPhone has no {kind} button"),
            "give --otp-type copy-code, or --platform android or both",
        )),
        None if kinds.len() == 1 => Ok(OtpKind::CopyCode),
        None => {
            let options: Vec<String> = kinds
                .iter()
                .map(|kind| explained(*kind).to_owned())
                .collect();
            Ok(kinds[terminal.choose(Question::OtpType, &options, Some(0))?])
        }
    }
}

fn explained(kind: OtpKind) -> &'static str {
    match kind {
        OtpKind::CopyCode => "copy code: the person copies it; works everywhere",
        OtpKind::OneTap => "one-tap: a tap fills it into your Android app",
        OtpKind::ZeroTap => "zero-tap: it fills itself into your Android app",
    }
}

fn zero_tap_terms(args: &WizardArgs, terminal: &mut Terminal) -> Result<ZeroTapTerms, Failure> {
    if args.accept_zero_tap_terms {
        return Ok(ZeroTapTerms::Accepted);
    }
    terminal.say(ZERO_TAP_TERMS);
    match terminal.confirm(Question::ZeroTapTerms, Answer::No)? {
        Answer::Yes => Ok(ZeroTapTerms::Accepted),
        Answer::No => Err(Failure::failed(
            "Meta creates no zero-tap template unless its terms are accepted",
            "run wa-setup again and choose one-tap, or give --accept-zero-tap-terms",
        )),
    }
}

fn time_to_live(args: &WizardArgs, terminal: &mut Terminal) -> Result<TimeToLive, Failure> {
    if let Some(time_to_live) = args.ttl_seconds {
        return Ok(time_to_live);
    }
    if terminal.can_ask() {
        terminal.say(TIME_TO_LIVE_WORDS);
    }
    let default = fields::DEFAULT_TIME_TO_LIVE_SECS.to_string();
    terminal.ask(Question::TimeToLive, Some(&default), fields::time_to_live)
}

/// Asks for a name; also for another one, when Meta or the account refuses the first.
pub fn ask_name(
    default: &str,
    terminal: &mut Terminal,
) -> Result<whatsapp_cloud::TemplateName, Failure> {
    terminal.ask(Question::TemplateName, Some(default), fields::template_name)
}

/// Shows the message in its first language as Meta words it; what cannot be shown is no reason to stop.
pub async fn show_preview(account: &Account, plan: &Plan, terminal: &mut Terminal) {
    let previews = account
        .client
        .preview_templates(account.waba_id.as_str(), &plan.preview())
        .await;
    let label = match plan.button.kind() {
        OtpKind::CopyCode => Label::Copy,
        OtpKind::OneTap => Label::Autofill,
        OtpKind::ZeroTap => Label::None,
    };
    match previews {
        Ok(previews) => {
            for preview in previews.iter().take(PREVIEWS_MAX) {
                terminal.say(&format!(
                    "\nThe message ({}):\n{}",
                    preview.language,
                    bubble::draw(preview, label)
                ));
            }
            let unseen: Vec<&str> = previews
                .iter()
                .skip(PREVIEWS_MAX)
                .map(|preview| preview.language.as_str())
                .collect();
            if !unseen.is_empty() {
                terminal.say(&format!("\nThe same in {}.", unseen.join(", ")));
            }
        }
        Err(error) => terminal.say(&format!("Meta shows no preview: {error}")),
    }
}

/// A screenful.
const PREVIEWS_MAX: usize = 3;
