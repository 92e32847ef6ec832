//! The texts that are there from the start. Those for text messages keep to the letters of GSM-7,
//! so that each is one message of 160 letters and not two of 70.

mod answers;

pub(super) use answers::answers;

/// The language for whoever reads none of the others.
pub(super) const LANGUAGE: &str = "en";

pub(super) const SMS: [(&str, &str); 6] = [
    (
        "en",
        "{code} is your code. It expires in {minutes} min. Do not share it with anyone.",
    ),
    (
        "de",
        "{code} ist Ihr Code. Er gilt {minutes} Min. Geben Sie ihn niemandem weiter.",
    ),
    (
        "es",
        "{code} es su clave. Vence en {minutes} min. No la comparta con nadie.",
    ),
    (
        "pt",
        "{code} é a sua senha. Expira em {minutes} min. Nunca a compartilhe.",
    ),
    (
        "fr",
        "{code} est votre code. Il expire dans {minutes} min. Ne le communiquez à personne.",
    ),
    (
        "tr",
        "Kodunuz: {code}. Süresi {minutes} dk sonra dolar. Kodu kimseye vermeyin.",
    ),
];

pub(super) const CHAT: [(&str, &str); 6] = [
    (
        "en",
        "{code} is your verification code. It expires in {minutes} min. Do not share it with anyone.",
    ),
    (
        "de",
        "{code} ist Ihr Bestätigungscode. Er gilt {minutes} Min. Geben Sie ihn niemandem weiter.",
    ),
    (
        "es",
        "{code} es su código de verificación. Vence en {minutes} min. No lo comparta con nadie.",
    ),
    (
        "pt",
        "{code} é o seu código de verificação. Expira em {minutes} min. Não o compartilhe com ninguém.",
    ),
    (
        "fr",
        "{code} est votre code de vérification. Il expire dans {minutes} min. Ne le communiquez à personne.",
    ),
    (
        "tr",
        "Doğrulama kodunuz: {code}. Süresi {minutes} dk sonra dolar. Kodu kimseyle paylaşmayın.",
    ),
];

pub(super) const SUBJECT: [(&str, &str); 6] = [
    ("en", "Your verification code"),
    ("de", "Ihr Bestätigungscode"),
    ("es", "Su código de verificación"),
    ("pt", "O seu código de verificação"),
    ("fr", "Votre code de vérification"),
    ("tr", "Doğrulama kodunuz"),
];

pub(super) const EMAIL: [(&str, &str); 6] = [
    (
        "en",
        "Your verification code is\n\n{code}\n\nIt expires in {minutes} min. Do not share it with anyone. If you did not ask for it, you can ignore this message.\n",
    ),
    (
        "de",
        "Ihr Bestätigungscode lautet\n\n{code}\n\nEr gilt {minutes} Min. Geben Sie ihn niemandem weiter. Wenn Sie ihn nicht angefordert haben, können Sie diese Nachricht ignorieren.\n",
    ),
    (
        "es",
        "Su código de verificación es\n\n{code}\n\nVence en {minutes} min. No lo comparta con nadie. Si no lo ha pedido, puede ignorar este mensaje.\n",
    ),
    (
        "pt",
        "O seu código de verificação é\n\n{code}\n\nExpira em {minutes} min. Não o compartilhe com ninguém. Se não o pediu, pode ignorar esta mensagem.\n",
    ),
    (
        "fr",
        "Votre code de vérification est\n\n{code}\n\nIl expire dans {minutes} min. Ne le communiquez à personne. Si vous ne l'avez pas demandé, vous pouvez ignorer ce message.\n",
    ),
    (
        "tr",
        "Doğrulama kodunuz\n\n{code}\n\nSüresi {minutes} dk sonra dolar. Kodu kimseyle paylaşmayın. Bu kodu siz istemediyseniz bu iletiyi yok sayabilirsiniz.\n",
    ),
];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::channel::text::{Encoding, Origin, TextOptions, Texts, Wording};

    #[test]
    fn every_text_is_one_that_would_be_taken_from_an_operator() {
        for (language, text) in SMS.iter().chain(&CHAT).chain(&EMAIL) {
            assert_eq!(
                Wording::body(text),
                Ok(Wording::builtin(text)),
                "{language}"
            );
            assert!(text.contains("{minutes}"), "{language}");
        }
        for (language, text) in SUBJECT {
            assert!(Wording::subject(text).is_ok(), "{language}");
        }
    }

    #[test]
    fn every_text_message_is_a_single_one_even_with_the_longest_code_and_an_origin() {
        let texts = Texts::new(TextOptions {
            origin: Some(Origin::parse("verification.some-company.example.com").unwrap()),
            ..TextOptions::default()
        })
        .unwrap();
        let sizes = texts.sms_sizes(10, Duration::from_hours(1));
        assert_eq!(sizes.len(), SMS.len());
        for (language, size) in sizes {
            assert_eq!(
                (size.encoding, size.parts),
                (Encoding::Gsm7, 1),
                "{language}: {size:?}"
            );
        }
    }
}
