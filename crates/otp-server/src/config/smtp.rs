//! E-mail. Off until a mail server is named.

use super::{address::is_this_machine, kind, reader::Section, ways};
use crate::channel::smtp::{Sender, SmtpOptions, SmtpSecurity};

/// `None` when there is no mail server.
pub(super) fn read(smtp: &mut Section<'_, '_>) -> Option<SmtpOptions> {
    let host = smtp.optional(
        "host",
        kind::text(),
        "The name of the mail server that takes messages; its certificate must be for this name. E-mail is not used when not set.",
    );
    let port = smtp.value(
        "port",
        kind::whole(1..=65_535),
        587,
        "Its port: usually 587 with starttls, 465 with tls.",
    );
    let security = smtp.value(
        "security",
        kind::choice(&[
            ("starttls", SmtpSecurity::StartTls),
            ("tls", SmtpSecurity::Tls),
            ("plain", SmtpSecurity::Plain),
        ]),
        "starttls",
        "TLS from the command STARTTLS on, without which nothing is sent; TLS from the first byte; or none, for a mail server on this machine only.",
    );
    let username = smtp.optional(
        "username",
        kind::text(),
        "The user to log in as, if the server wants one.",
    );
    let password = ways::secret(
        smtp,
        ("password", "The user's password."),
        ("password_file", "A file that holds the password instead."),
    );
    let from = smtp.optional(
        "from",
        kind::parsed(
            "an address such as codes@example.com or Example <codes@example.com>",
            |text| Sender::parse(text).map_err(|_| "is not an address".to_owned()),
        ),
        "In whose name e-mails are sent.",
    );
    let authorities = ways::authorities(smtp);
    let (connect_timeout, deadline) = ways::times(smtp);
    let Some(host) = host else {
        let set = [
            ("username", username.is_some()),
            ("password", password.is_some()),
            ("from", from.is_some()),
        ];
        ways::no_use_without(smtp, "smtp.host", &set);
        return None;
    };
    if security == SmtpSecurity::Plain && !is_this_machine(&host) {
        smtp.problem(
            "security",
            "is plain to another machine, which would show codes to the network",
            "use starttls or tls",
        );
    }
    let login = match (username, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => {
            ways::no_use_without(smtp, "smtp.password", &[("username", true)]);
            None
        }
        (None, Some(_)) => {
            ways::no_use_without(smtp, "smtp.username", &[("password", true)]);
            None
        }
        (None, None) => None,
    };
    let Some(from) = from else {
        ways::no_use_without(smtp, "smtp.from", &[("host", true)]);
        return None;
    };
    Some(SmtpOptions {
        host,
        port,
        security,
        login,
        from,
        authorities,
        connect_timeout,
        deadline,
    })
}
