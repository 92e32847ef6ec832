//! Step 1: the account and the token, checked at once and asked again until they agree.

use whatsapp_cloud::{
    AccessToken, AppSecret, BusinessAccount, BusinessPhone, GraphClient, GraphError, TokenInfo,
};

use crate::{
    cli::WizardArgs,
    config::Environment,
    failure::Failure,
    fields::GraphId,
    graph::{self, Amend},
    previous::Previous,
    question::Question,
    terminal::{Answer, Blank, Terminal},
    token,
};

/// An account that can be worked with.
pub struct Account {
    /// Speaks for the token.
    pub client: GraphClient,
    /// The account's id.
    pub waba_id: GraphId,
    /// The token.
    pub token: AccessToken,
    /// Its numbers, from every page.
    pub numbers: Vec<BusinessPhone>,
}

/// The app behind the token, for those who want the token's permissions read.
struct App {
    id: GraphId,
    secret: AppSecret,
}

/// What the person has said so far; kept over refusals.
struct Said {
    waba_id: GraphId,
    token: AccessToken,
    app: Option<App>,
}

/// Asks and checks.
pub async fn settle(
    args: &WizardArgs,
    environment: &Environment,
    previous: &Previous,
    resumed: Option<GraphId>,
    terminal: &mut Terminal,
) -> Result<Account, Failure> {
    terminal.heading("Account");
    let mut said = first_answers(args, environment, previous, resumed, terminal)?;
    loop {
        let trouble = match check(args, &said, terminal).await {
            Ok(account) => return Ok(account),
            Err(trouble) => trouble,
        };
        if !terminal.can_ask() {
            return Err(trouble.failure);
        }
        terminal.say(&trouble.failure.to_string());
        amend(trouble, &mut said, terminal)?;
    }
}

fn first_answers(
    args: &WizardArgs,
    environment: &Environment,
    previous: &Previous,
    resumed: Option<GraphId>,
    terminal: &mut Terminal,
) -> Result<Said, Failure> {
    let waba_id = match args.waba_id.clone().or(resumed) {
        Some(id) => {
            terminal.say(&format!("{}: {id}", Question::WabaId.prompt()));
            id
        }
        None => ask_account(previous.waba_id(), terminal)?,
    };
    let token = match token::given(args, environment)? {
        Some(token) => token,
        None => ask_token(previous.access_token().cloned(), terminal)?,
    };
    Ok(Said {
        waba_id,
        token,
        app: app(args, terminal)?,
    })
}

fn ask_account(default: Option<&GraphId>, terminal: &mut Terminal) -> Result<GraphId, Failure> {
    terminal.ask(
        Question::WabaId,
        default.map(GraphId::as_str),
        GraphId::parse,
    )
}

fn ask_token(kept: Option<AccessToken>, terminal: &mut Terminal) -> Result<AccessToken, Failure> {
    let blank = if kept.is_some() {
        Blank::Keeps
    } else {
        Blank::AsksAgain
    };
    let typed = terminal
        .ask_hidden(Question::AccessToken, blank)?
        .map(|typed| AccessToken::new(typed.as_str()));
    typed
        .or(kept)
        .ok_or_else(|| Failure::usage("no access token", "give --access-token-file FILE"))
}

fn app(args: &WizardArgs, terminal: &mut Terminal) -> Result<Option<App>, Failure> {
    if let (Some(id), Some(source)) = (&args.app_id, &args.app_secret_file) {
        let secret = AppSecret::new(source.read("app secret")?.as_str());
        return Ok(Some(App {
            id: id.clone(),
            secret,
        }));
    }
    if !terminal.can_ask() {
        return Ok(None);
    }
    let Some(id) = terminal.ask_optional(Question::AppId, GraphId::parse)? else {
        return Ok(None);
    };
    let secret = terminal.ask_hidden(Question::AppSecret, Blank::AsksAgain)?;
    Ok(secret.map(|secret| App {
        id,
        secret: AppSecret::new(secret.as_str()),
    }))
}

/// Why it does not work, and which answer may mend it.
struct Trouble {
    failure: Failure,
    amend: Amend,
}

impl Trouble {
    fn graph(doing: &str, error: &GraphError) -> Self {
        Self {
            failure: graph::failure(doing, error),
            amend: graph::amend(error),
        }
    }
}

fn amend(trouble: Trouble, said: &mut Said, terminal: &mut Terminal) -> Result<(), Failure> {
    match trouble.amend {
        Amend::Account => said.waba_id = ask_account(Some(&said.waba_id), terminal)?,
        Amend::Token => said.token = ask_token(None, terminal)?,
        Amend::Nothing => match terminal.confirm(Question::TryAgain, Answer::Yes)? {
            Answer::Yes => {}
            Answer::No => return Err(trouble.failure),
        },
    }
    Ok(())
}

async fn check(
    args: &WizardArgs,
    said: &Said,
    terminal: &mut Terminal,
) -> Result<Account, Trouble> {
    let spinner = terminal.spin("Checking the token and the account ..");
    let secret = said.app.as_ref().map(|app| &app.secret);
    let client = graph::client(&args.graph, &said.token, secret).map_err(|failure| Trouble {
        amend: Amend::Token,
        failure,
    })?;
    let rights = check_token(&client, said).await?;
    let waba_id = said.waba_id.as_str();
    let account = client
        .business_account(waba_id)
        .await
        .map_err(|e| Trouble::graph("reading the account", &e))?;
    let numbers = client
        .phone_numbers(waba_id)
        .await
        .map_err(|e| Trouble::graph("listing the account's numbers", &e))?;
    drop(spinner);
    terminal.say(&greeting(&account, &rights));
    Ok(Account {
        client,
        waba_id: said.waba_id.clone(),
        token: said.token.clone(),
        numbers,
    })
}

/// With the app's secret Meta tells all about a token; without it, whose it is.
async fn check_token(client: &GraphClient, said: &Said) -> Result<String, Trouble> {
    let Some(app) = &said.app else {
        let owner = client
            .token_owner()
            .await
            .map_err(|e| Trouble::graph("checking the token", &e))?;
        return Ok(format!("accepted, of {}", owner.name.unwrap_or(owner.id)));
    };
    let info: TokenInfo = client
        .inspect_token(app.id.as_str(), &app.secret)
        .await
        .map_err(|e| Trouble::graph("inspecting the token with the app's secret", &e))?;
    match token::verdict(&info, app.id.as_str(), said.waba_id.as_str()) {
        Ok(rights) => Ok(rights),
        Err(problem) => {
            let failure = Failure::failed(problem.to_string(), problem.hint());
            Err(Trouble {
                failure,
                amend: Amend::Token,
            })
        }
    }
}

fn greeting(account: &BusinessAccount, rights: &str) -> String {
    let name = account.name.as_deref().unwrap_or("without a name");
    let review = account
        .account_review_status
        .as_ref()
        .map(|review| format!(", review {review}"));
    format!(
        "Account \"{name}\"{}.\nToken: {rights}.",
        review.unwrap_or_default()
    )
}
