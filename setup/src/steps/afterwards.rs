//! Step 4: what shall happen once the file is written; asked before, so that nothing is asked after.

use whatsapp_cloud::WebhookOverride;

use crate::{
    cli::WizardArgs,
    failure::Failure,
    fields::{Invalid, TestNumber, VerifyToken, WebhookUrl},
    question::Question,
    terminal::{Answer, Blank, Terminal},
};

/// What to do after the file is written.
pub struct Afterwards {
    /// Where the account's events go.
    pub events: Events,
    /// Who gets a test message.
    pub test_number: Option<TestNumber>,
}

/// Where the account's events go.
pub enum Events {
    /// Left as it is.
    Untouched,
    /// To the webhook that the app's dashboard names.
    ToTheApp,
    /// To a webhook of this account's own.
    To(WebhookOverride),
}

/// From flags, or asked.
pub fn settle(args: &WizardArgs, terminal: &mut Terminal) -> Result<Afterwards, Failure> {
    terminal.heading("Afterwards");
    let events = events(args, terminal)?;
    let test_number = match &args.test_number {
        Some(number) => Some(number.clone()),
        None => terminal.ask_optional(Question::TestNumber, TestNumber::parse)?,
    };
    Ok(Afterwards {
        events,
        test_number,
    })
}

fn events(args: &WizardArgs, terminal: &mut Terminal) -> Result<Events, Failure> {
    if let (Some(url), Some(source)) = (&args.webhook_url, &args.webhook_verify_token_file) {
        if args.subscribe == Some(Answer::No) {
            return Err(Failure::usage(
                "--subscribe no and --webhook-url say opposite things",
                "leave one of them out",
            ));
        }
        let word = VerifyToken::parse(&source.read("verify token")?)
            .map_err(|refusal| refused(&refusal))?;
        return webhook(url, &word);
    }
    let wanted = match args.subscribe {
        Some(answer) => answer,
        None => terminal.confirm(Question::Subscribe, Answer::No)?,
    };
    match wanted {
        Answer::No => Ok(Events::Untouched),
        Answer::Yes => match terminal.ask_optional(Question::WebhookUrl, WebhookUrl::parse)? {
            None => Ok(Events::ToTheApp),
            Some(url) => {
                let word = terminal
                    .ask_hidden(Question::WebhookVerifyToken, Blank::AsksAgain)?
                    .unwrap_or_default();
                webhook(
                    &url,
                    &VerifyToken::parse(&word).map_err(|refusal| refused(&refusal))?,
                )
            }
        },
    }
}

fn webhook(url: &WebhookUrl, word: &VerifyToken) -> Result<Events, Failure> {
    WebhookOverride::parse(url.as_str(), word.reveal())
        .map(Events::To)
        .map_err(|refusal| {
            Failure::usage(
                refusal.to_string(),
                "give --webhook-url and --webhook-verify-token-file",
            )
        })
}

fn refused(refusal: &Invalid) -> Failure {
    Failure::usage(
        refusal.to_string(),
        "give the server's verify token with --webhook-verify-token-file",
    )
}
