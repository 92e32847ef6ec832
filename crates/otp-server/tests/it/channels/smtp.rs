//! E-mail, against a real mail server: what it gets, over what, and what its replies mean.

use std::time::Duration;

use otp_core::EmailAddress;
use otp_server::channel::smtp::{InvalidSmtp, Sender, SmtpChannel, SmtpOptions, SmtpSecurity};
use otp_server::channel::{Channel, InvalidAuthorities, Message, ProviderSecret};

use super::mail_server::MailServer;
use super::{advice, breaker, is_fit_for_a_log, message, message_to, texts};

fn options(server: &MailServer, security: SmtpSecurity) -> SmtpOptions {
    SmtpOptions {
        host: "localhost".to_owned(),
        port: server.port,
        security,
        login: (security != SmtpSecurity::Plain)
            .then(|| ("otp".to_owned(), ProviderSecret::new("hunter2"))),
        from: Sender::parse("Example <codes@example.com>").unwrap(),
        authorities: Some(server.authority.clone()),
        connect_timeout: Duration::from_secs(5),
        deadline: Duration::from_secs(20),
    }
}

fn channel(options: &SmtpOptions) -> Channel {
    Channel::Smtp(SmtpChannel::new(options, texts(), breaker().0).unwrap())
}

fn mail_to(address: &str) -> Message {
    message_to(EmailAddress::parse(address).unwrap().into())
}

#[actix_web::test]
async fn a_code_goes_out_over_starttls_after_a_login() {
    let server = MailServer::start("starttls");
    let channel = channel(&options(&server, SmtpSecurity::StartTls));
    let mut message = message();
    message.languages = vec!["en".to_owned()];
    let accepted = channel.deliver(&message).await.unwrap();
    let kept = server.next();
    assert_eq!(kept["tls"], true);
    assert_eq!(kept["from"], "codes@example.com");
    assert_eq!(kept["to"][0], "ann@example.org");
    let content = kept["content"].as_str().unwrap();
    for part in [
        "From: Example <codes@example.com>\r\n",
        "To: ann@example.org\r\n",
        "Subject: Your verification code\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Content-Language: en\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "\r\n042719\r\n",
        "It expires in 5 min.",
    ] {
        assert!(content.contains(part), "{part:?} in {content}");
    }
    assert!(content.contains(&accepted.message_id), "{content}");
    assert_eq!(channel.kind().name(), "email");
}

#[actix_web::test]
async fn a_code_goes_out_over_tls_from_the_first_byte_and_connections_are_kept() {
    let server = MailServer::start("tls");
    let channel = channel(&options(&server, SmtpSecurity::Tls));
    // A connection goes back to the pool beside the answer, so the next message may come too early.
    let mut peers = Vec::new();
    for _ in 0..10 {
        channel.deliver(&message()).await.unwrap();
        let kept = server.next();
        assert_eq!(kept["tls"], true);
        if peers.contains(&kept["peer"]) {
            return;
        }
        peers.push(kept["peer"].clone());
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("ten messages, each over a connection of its own");
}

#[actix_web::test]
async fn letters_beyond_ascii_arrive_in_the_persons_language() {
    let server = MailServer::start("plain");
    let channel = channel(&options(&server, SmtpSecurity::Plain));
    let mut message = message();
    message.languages = vec!["tr-TR".to_owned()];
    channel.deliver(&message).await.unwrap();
    let kept = server.next();
    let content = kept["content"].as_str().unwrap();
    assert!(content.contains("Content-Language: tr"), "{content}");
    assert!(content.contains("Subject: =?utf-8?"), "{content}");
    assert!(content.contains("Do=C4=9Frulama"), "{content}");
}

#[actix_web::test]
async fn a_server_whose_certificate_cannot_be_trusted_gets_nothing() {
    let (server, other) = (MailServer::start("starttls"), MailServer::start("starttls"));
    let stranger = SmtpOptions {
        authorities: Some(other.authority.clone()),
        ..options(&server, SmtpSecurity::StartTls)
    };
    let wrong_name = SmtpOptions {
        host: "127.0.0.1".to_owned(),
        ..options(&server, SmtpSecurity::StartTls)
    };
    for options in [stranger, wrong_name] {
        let error = channel(&options).deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), "channel down", "{error}");
        assert!(error.to_string().contains("ertificate"), "{error}");
    }
    assert!(server.is_idle());
}

#[actix_web::test]
async fn a_server_without_starttls_gets_nothing() {
    let server = MailServer::start("plain");
    let channel = channel(&options(&server, SmtpSecurity::StartTls));
    let error = channel.deliver(&message()).await.unwrap_err();
    assert_eq!(advice(&error), "channel down", "{error}");
    assert!(server.is_idle());
}

#[actix_web::test]
async fn a_login_that_is_refused_is_an_alarm() {
    let server = MailServer::start("starttls");
    let channel = channel(&SmtpOptions {
        login: Some(("otp".to_owned(), ProviderSecret::new("another"))),
        ..options(&server, SmtpSecurity::StartTls)
    });
    let error = channel.deliver(&message()).await.unwrap_err();
    assert_eq!(advice(&error), "channel down", "{error}");
    assert!(error.to_string().contains("535"), "{error}");
}

#[actix_web::test]
async fn each_reply_says_what_to_do() {
    let server = MailServer::start("plain");
    let channel = channel(&options(&server, SmtpSecurity::Plain));
    for (address, wanted, said) in [
        ("gone@example.org", "undeliverable", "550"),
        ("full@example.org", "throttled", "452"),
        ("syntax@example.org", "rejected", "501"),
    ] {
        let error = channel.deliver(&mail_to(address)).await.unwrap_err();
        assert_eq!(advice(&error), wanted, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        is_fit_for_a_log(&error);
    }
    channel.deliver(&message()).await.unwrap();
}

#[actix_web::test]
async fn a_reply_that_is_lost_or_late_leaves_it_open_and_nothing_is_sent_twice() {
    let server = MailServer::start("plain");
    let channel = channel(&SmtpOptions {
        deadline: Duration::from_secs(2),
        ..options(&server, SmtpSecurity::Plain)
    });
    for address in ["lost@example.org", "hang@example.org"] {
        let error = channel.deliver(&mail_to(address)).await.unwrap_err();
        assert_eq!(advice(&error), "uncertain", "{address}: {error}");
    }
    assert_eq!(server.next()["to"][0], "lost@example.org");
    assert!(server.is_idle());
}

#[actix_web::test]
async fn a_server_that_is_not_there_is_a_channel_that_is_down_and_then_rests() {
    let server = MailServer::start("plain");
    let options = options(&server, SmtpSecurity::Plain);
    drop(server);
    let (breaker, _) = breaker();
    let channel = Channel::Smtp(SmtpChannel::new(&options, texts(), breaker).unwrap());
    for _ in 0..5 {
        let error = channel.deliver(&message()).await.unwrap_err();
        assert!(error.to_string().contains("cannot connect"), "{error}");
    }
    let resting = channel.health().unwrap_err();
    assert!(resting.starts_with("email: it failed 5 times"), "{resting}");
}

#[actix_web::test]
async fn a_mail_server_on_another_machine_is_never_spoken_to_in_the_clear() {
    let server = MailServer::start("plain");
    let elsewhere = SmtpOptions {
        host: "mail.example.com".to_owned(),
        ..options(&server, SmtpSecurity::Plain)
    };
    let made = SmtpChannel::new(&elsewhere, texts(), breaker().0);
    assert_eq!(made.unwrap_err(), InvalidSmtp::PlainToAnotherMachine);
    let nonsense = SmtpOptions {
        authorities: Some(b"no certificate".to_vec()),
        ..options(&server, SmtpSecurity::Tls)
    };
    let made = SmtpChannel::new(&nonsense, texts(), breaker().0);
    assert_eq!(
        made.unwrap_err(),
        InvalidSmtp::Authorities(InvalidAuthorities)
    );
}

#[actix_web::test]
async fn somebody_without_an_address_cannot_be_reached() {
    let server = MailServer::start("plain");
    let channel = channel(&options(&server, SmtpSecurity::Plain));
    let nobody = message_to(super::on_messenger_only());
    let error = channel.deliver(&nobody).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "undeliverable: no e-mail address is known of this person"
    );
}
