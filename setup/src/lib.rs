//! The set-up wizard: checks the account, creates the authentication template, writes whatsapp-info.json.
