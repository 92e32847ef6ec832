//! Talking to Graph: the client from flags, and what to do about each refusal.

use whatsapp_cloud::{
    AccessToken, AppSecret, ClientConfig, GraphClient, GraphError, InvalidClientConfig, NotSent,
    PhoneStatus, Refusal,
};

use crate::{cli::GraphArgs, failure::Failure};

/// Meta's subcode for an object that does not exist, or that the token may not see.
const UNKNOWN_OBJECT: i64 = 33;
/// Meta's subcode for a business that may not create templates yet.
const MAY_NOT_CREATE: i64 = 2_388_185;
/// Meta's subcode for an account that is full of templates.
const TOO_MANY_TEMPLATES: i64 = 2_388_019;

/// A client for one token.
pub fn client(
    args: &GraphArgs,
    token: &AccessToken,
    secret: Option<&AppSecret>,
) -> Result<GraphClient, Failure> {
    let mut config = ClientConfig::new(token.clone());
    config.base_url.clone_from(&args.graph_url);
    config.api_version.clone_from(&args.api_version);
    config.app_secret = secret.cloned();
    GraphClient::new(&config).map_err(|invalid| {
        let hint = match invalid {
            InvalidClientConfig::BaseUrl | InvalidClientConfig::PlainHttp => {
                "give an https:// address with --graph-url, or leave it out"
            }
            InvalidClientConfig::ApiVersion => {
                "give --api-version as v and two numbers, such as v25.0"
            }
            _ => "copy the token again, whole and in one piece",
        };
        Failure::usage(invalid.to_string(), hint)
    })
}

/// A failed call as the end of the run. `doing` says what was tried: "reading the account".
#[must_use]
pub fn failure(doing: &str, error: &GraphError) -> Failure {
    Failure::failed(format!("{doing}: {error}"), hint(error))
}

/// Which answer a person should give again to get further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amend {
    /// The token.
    Token,
    /// The account's id.
    Account,
    /// None of them: it may pass.
    Nothing,
}

/// Which answer is the likely culprit.
#[must_use]
pub fn amend(error: &GraphError) -> Amend {
    match error {
        GraphError::Refused(refusal) if names_unknown_object(refusal) => Amend::Account,
        GraphError::Refused(refusal) => match refusal.code {
            0 | 3 | 10 | 100 | 104 | 190 | 200..=299 => Amend::Token,
            _ => Amend::Nothing,
        },
        GraphError::NotSent(_) | GraphError::Uncertain(_) => Amend::Nothing,
    }
}

/// What to do about a failed call.
#[must_use]
pub fn hint(error: &GraphError) -> &'static str {
    match error {
        GraphError::NotSent(NotSent::Certificate(_)) => {
            "something between here and Graph answers in its place: check the proxy, the clock and --graph-url"
        }
        GraphError::NotSent(_) => {
            "check the network, the proxy and --graph-url, then run the same command again"
        }
        GraphError::Uncertain(_) => {
            "run the same command again: it looks first at what is there already"
        }
        GraphError::Refused(refusal) => refusal_hint(refusal),
    }
}

/// What to do about a number that is not connected. This program registers none: it would have to choose the number's
/// PIN, and Meta allows few tries.
#[must_use]
pub fn number_remedy(status: &PhoneStatus, id: &str) -> String {
    match status {
        PhoneStatus::Pending
        | PhoneStatus::Offline
        | PhoneStatus::Disconnected
        | PhoneStatus::Unverified
        | PhoneStatus::Unknown => format!(
            "register it: in Meta's WhatsApp Manager, Phone numbers, or with POST /{id}/register and a 6-digit PIN (the one of its two-step verification, or a new one)"
        ),
        _ => "see why in Meta's WhatsApp Manager, Phone numbers".to_owned(),
    }
}

fn names_unknown_object(refusal: &Refusal) -> bool {
    matches!(
        (refusal.code, refusal.subcode),
        (33 | 803, _) | (100, Some(UNKNOWN_OBJECT))
    )
}

fn refusal_hint(refusal: &Refusal) -> &'static str {
    if names_unknown_object(refusal) {
        return "check the id, and that the token's System User has this account: Business settings, WhatsApp accounts, Add people";
    }
    if refusal.message.contains("appsecret_proof") {
        return "the app asks for its secret with each call: give --app-id and --app-secret-file";
    }
    match (refusal.code, refusal.subcode) {
        (10, Some(MAY_NOT_CREATE)) => {
            "verify the business in Business settings, Security Center; until then Meta lets it create no such template"
        }
        (_, Some(TOO_MANY_TEMPLATES)) => {
            "delete a template that is not used in WhatsApp Manager, or use one with --use-template"
        }
        (0 | 104 | 190, _) => {
            "make a new token: Business settings, System users, Generate new token, with whatsapp_business_management and whatsapp_business_messaging"
        }
        (3 | 10 | 200..=299 | 131_005, _) => {
            "give the token's System User whatsapp_business_management, whatsapp_business_messaging and this account, then make a new token"
        }
        (4 | 17 | 613 | 80_007 | 80_008, _) => {
            "Meta limits these calls by the hour: run the same command again in an hour"
        }
        (1 | 2 | 131_000 | 131_016, _) => {
            "Meta has a passing trouble: run the same command again in a minute"
        }
        (368 | 131_031, _) => "Meta has locked the account: see WhatsApp Manager, Account alerts",
        (131_030, _) => {
            "a test number writes to five numbers of your choice: add this one in the app's dashboard, WhatsApp, API Setup"
        }
        (131_037, _) => {
            "a 555 number needs an approved display name: see WhatsApp Manager, Phone numbers"
        }
        (131_042, _) => "add a payment method in WhatsApp Manager, Payment settings",
        (131_045 | 133_010, _) => {
            "register the number: in Meta's WhatsApp Manager, Phone numbers, or with POST /{phone number id}/register and its 6-digit PIN"
        }
        (131_021, _) => "give a --test-number other than the number that sends",
        (132_001 | 132_015 | 132_016, _) => {
            "look at the template in WhatsApp Manager, Message templates; `wa-setup doctor` says more"
        }
        (100 | 131_008 | 131_009, _) => {
            "Meta does not take these values: run wa-setup again and change what the message names"
        }
        _ => {
            "look the code up in Meta's list of Cloud API error codes, and quote the fbtrace to Meta's support"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_fails_is_nobodys_wrong_answer() {
        let error = GraphError::NotSent(NotSent::Timeout);
        assert_eq!(amend(&error), Amend::Nothing);
        assert!(hint(&error).contains("--graph-url"));
    }
}
