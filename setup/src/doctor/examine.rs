//! Reading everything that is judged, in the order in which one thing rests on another.

use std::{fs, os::unix::fs::PermissionsExt};

use whatsapp_cloud::{AppSecret, GraphClient, GraphError, TemplateFilter, WhatsAppInfo};

use super::{Check, Finding, Report, judge, server};
use crate::{cli::DoctorArgs, failure::Failure, graph, token};

const AFTER_FILE: [Check; 8] = [
    Check::FileMode,
    Check::Graph,
    Check::Token,
    Check::Account,
    Check::Number,
    Check::Template,
    Check::Languages,
    Check::Webhook,
];

/// Every check of one installation.
pub(super) async fn installation(args: &DoctorArgs) -> Result<Report, Failure> {
    let secret = match &args.app_secret_file {
        Some(source) => Some(AppSecret::new(source.read("app secret")?.as_str())),
        None => None,
    };
    let mut report = Report::default();
    match WhatsAppInfo::read(&args.info) {
        Err(error) => {
            report.add(
                Check::File,
                Finding::fail(format!("{}: {}", args.info.display(), error), error.hint()),
            );
            report.skip(&AFTER_FILE, "not looked at without the file");
        }
        Ok(info) => {
            report.add(Check::File, Finding::ok(args.info.display().to_string()));
            report.add(Check::FileMode, file_mode(args));
            match graph::client(&args.graph, &info.access_token, secret.as_ref()) {
                Ok(client) => {
                    account_side(args, &client, secret.as_ref(), &info, &mut report).await;
                }
                Err(failure) => {
                    report.add(
                        Check::Graph,
                        Finding::fail(
                            failure.to_string().replace('\n', "; "),
                            "run wa-setup again",
                        ),
                    );
                    report.skip(&AFTER_FILE[2..], "not looked at without Graph");
                }
            }
        }
    }
    report.add(Check::Server, server_side(args).await);
    Ok(report)
}

fn file_mode(args: &DoctorArgs) -> Finding {
    match fs::metadata(&args.info) {
        Ok(metadata) => judge::mode(
            metadata.permissions().mode(),
            &args.info.display().to_string(),
        ),
        Err(cause) => Finding::fail(
            format!("cannot read the file's mode: {cause}"),
            "check the folder's rights",
        ),
    }
}

async fn account_side(
    args: &DoctorArgs,
    client: &GraphClient,
    secret: Option<&AppSecret>,
    info: &WhatsAppInfo,
    report: &mut Report,
) {
    let owner = match client.token_owner().await {
        Err(error @ (GraphError::NotSent(_) | GraphError::Uncertain(_))) => {
            report.add(Check::Graph, judge::refused(&args.graph.graph_url, &error));
            report.skip(&AFTER_FILE[2..], "not looked at without Graph");
            return;
        }
        answered => answered,
    };
    report.add(
        Check::Graph,
        Finding::ok(format!(
            "{} {} answers",
            args.graph.graph_url, args.graph.api_version
        )),
    );
    match owner {
        Err(error) => {
            report.add(Check::Token, judge::refused("the token is refused", &error));
            report.skip(&AFTER_FILE[3..], "not looked at without a token");
            return;
        }
        Ok(owner) => {
            let name = owner.name.unwrap_or(owner.id);
            report.add(
                Check::Token,
                token_rights(args, client, secret, info, &name).await,
            );
        }
    }
    report.add(Check::Account, account(client, info).await);
    report.add(Check::Number, number(client, info).await);
    template(args, client, info, report).await;
    report.add(Check::Webhook, webhook(client, info).await);
}

async fn token_rights(
    args: &DoctorArgs,
    client: &GraphClient,
    secret: Option<&AppSecret>,
    info: &WhatsAppInfo,
    owner: &str,
) -> Finding {
    let (Some(app_id), Some(secret)) = (&args.app_id, secret) else {
        return Finding::ok(format!(
            "accepted, of {owner}; --app-id and --app-secret-file read its permissions too"
        ));
    };
    match client.inspect_token(app_id.as_str(), secret).await {
        Err(error) => judge::refused("inspecting the token", &error),
        Ok(found) => match token::verdict(&found, app_id.as_str(), &info.waba_id) {
            Ok(rights) if found.expires_at.is_some_and(|at| at != 0) => Finding::warn(
                format!("of {owner}, {rights}"),
                "make a System User's token that never expires",
            ),
            Ok(rights) => Finding::ok(format!("of {owner}, {rights}")),
            Err(trouble) => Finding::fail(trouble.to_string(), trouble.hint()),
        },
    }
}

async fn account(client: &GraphClient, info: &WhatsAppInfo) -> Finding {
    match client.business_account(&info.waba_id).await {
        Ok(account) => judge::account(&account),
        Err(error) => judge::refused("reading the account", &error),
    }
}

async fn number(client: &GraphClient, info: &WhatsAppInfo) -> Finding {
    let numbers = match client.phone_numbers(&info.waba_id).await {
        Ok(numbers) => numbers,
        Err(error) => return judge::refused("listing the account's numbers", &error),
    };
    match client.phone_number(&info.phone_number_id).await {
        Ok(number) => judge::number(&number, &numbers),
        Err(error) => judge::refused("reading the number", &error),
    }
}

async fn template(
    args: &DoctorArgs,
    client: &GraphClient,
    info: &WhatsAppInfo,
    report: &mut Report,
) {
    let template = match client.template(&info.template_id).await {
        Ok(template) => template,
        Err(error) => {
            report.add(
                Check::Template,
                judge::refused("reading the template", &error),
            );
            report.skip(&[Check::Languages], "not looked at without the template");
            return;
        }
    };
    report.add(
        Check::Template,
        judge::template(&template, args.code_lifetime_secs),
    );
    let translations = client
        .templates(&info.waba_id, &TemplateFilter::by_name(template.name))
        .await;
    report.add(
        Check::Languages,
        match translations {
            Ok(translations) => judge::languages(&translations),
            Err(error) => judge::refused("listing the template's languages", &error),
        },
    );
}

async fn webhook(client: &GraphClient, info: &WhatsAppInfo) -> Finding {
    match client.subscribed_apps(&info.waba_id).await {
        Ok(apps) => judge::webhook(&apps),
        Err(error) => judge::refused("listing who hears of the account's events", &error),
    }
}

async fn server_side(args: &DoctorArgs) -> Finding {
    match &args.server_url {
        Some(url) => server::is_ready(url).await,
        None => Finding::skip("--server-url asks a running server too"),
    }
}
