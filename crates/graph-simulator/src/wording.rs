//! The fixed words of authentication templates, in the languages that matter most in tests.

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording {
    language: &'static str,
    body: &'static str,
    security: &'static str,
    footer: &'static str,
    copy_code: &'static str,
    autofill: &'static str,
}

const ENGLISH: Wording = Wording {
    language: "en",
    body: "*{{1}}* is your verification code.",
    security: "For your security, do not share this code.",
    footer: "This code expires in {minutes} minutes.",
    copy_code: "Copy code",
    autofill: "Autofill",
};

const OTHERS: [Wording; 9] = [
    Wording {
        language: "es",
        body: "Tu código de verificación es *{{1}}*.",
        security: "Por tu seguridad, no lo compartas.",
        footer: "Este código caduca en {minutes} minutos.",
        copy_code: "Copiar código",
        autofill: "Autocompletar",
    },
    Wording {
        language: "pt",
        body: "Seu código de verificação é *{{1}}*.",
        security: "Para sua segurança, não o compartilhe.",
        footer: "Este código expira em {minutes} minutos.",
        copy_code: "Copiar código",
        autofill: "Preencher",
    },
    Wording {
        language: "fr",
        body: "Votre code de vérification est *{{1}}*.",
        security: "Pour votre sécurité, ne le partagez pas.",
        footer: "Ce code expire dans {minutes} minutes.",
        copy_code: "Copier le code",
        autofill: "Remplir",
    },
    Wording {
        language: "de",
        body: "Dein Verifizierungscode lautet *{{1}}*.",
        security: "Teile ihn zu deiner Sicherheit mit niemandem.",
        footer: "Dieser Code läuft in {minutes} Minuten ab.",
        copy_code: "Code kopieren",
        autofill: "Automatisch ausfüllen",
    },
    Wording {
        language: "it",
        body: "Il tuo codice di verifica è *{{1}}*.",
        security: "Per la tua sicurezza, non condividerlo.",
        footer: "Questo codice scade tra {minutes} minuti.",
        copy_code: "Copia codice",
        autofill: "Compila",
    },
    Wording {
        language: "tr",
        body: "Doğrulama kodunuz: *{{1}}*.",
        security: "Güvenliğiniz için bu kodu paylaşmayın.",
        footer: "Bu kodun süresi {minutes} dakika içinde dolar.",
        copy_code: "Kodu kopyala",
        autofill: "Otomatik doldur",
    },
    Wording {
        language: "ar",
        body: "رمز التحقق الخاص بك هو *{{1}}*.",
        security: "للحفاظ على أمانك، لا تشارك هذا الرمز.",
        footer: "تنتهي صلاحية هذا الرمز خلال {minutes} دقيقة.",
        copy_code: "نسخ الرمز",
        autofill: "تعبئة تلقائية",
    },
    Wording {
        language: "id",
        body: "*{{1}}* adalah kode verifikasi Anda.",
        security: "Demi keamanan Anda, jangan bagikan kode ini.",
        footer: "Kode ini kedaluwarsa dalam {minutes} menit.",
        copy_code: "Salin kode",
        autofill: "Isi otomatis",
    },
    Wording {
        language: "hi",
        body: "*{{1}}* आपका सत्यापन कोड है।",
        security: "अपनी सुरक्षा के लिए यह कोड किसी को न बताएँ।",
        footer: "यह कोड {minutes} मिनट में समाप्त हो जाएगा।",
        copy_code: "कोड कॉपी करें",
        autofill: "ऑटोफ़िल",
    },
];

impl Wording {
    /// The words for a language code; English where the simulator has none.
    pub(crate) fn of(language: &str) -> &'static Wording {
        let base = language.split('_').next().unwrap_or(language);
        OTHERS
            .iter()
            .find(|wording| wording.language == base)
            .unwrap_or(&ENGLISH)
    }

    pub(crate) fn body(&self, with_security: Option<()>) -> String {
        with_security.map_or_else(
            || self.body.to_owned(),
            |()| format!("{} {}", self.body, self.security),
        )
    }

    pub(crate) fn footer(&self, minutes: u64) -> String {
        self.footer.replace("{minutes}", &minutes.to_string())
    }

    pub(crate) fn copy_code(&self) -> &'static str {
        self.copy_code
    }

    pub(crate) fn autofill(&self) -> &'static str {
        self.autofill
    }
}
