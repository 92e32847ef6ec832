//! What the program says when it is there: everything that a client needs to know.

use std::io::Write as _;

use graph_simulator::{
    APP_ID, DISPLAY_PHONE_NUMBER, PHONE_NUMBER_ID, Simulator, TEMPLATE_ID, TEMPLATE_LANGUAGE,
    TEMPLATE_NAME, TOKEN, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, VONAGE_APPLICATION_ID,
    VONAGE_SIGNATURE_SECRET, WABA_ID,
};

use crate::vendors::Flags;

pub(crate) fn write(simulator: &Simulator, vendors: &Flags) -> std::io::Result<()> {
    let url = simulator.url();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "graph-simulator: a stand-in for Meta's Graph API; nothing leaves this machine"
    )?;
    writeln!(out, "  url              {url}")?;
    writeln!(out, "  WABA id          {WABA_ID}")?;
    writeln!(out, "  app id           {APP_ID}")?;
    writeln!(out, "  access token     {TOKEN}")?;
    writeln!(
        out,
        "  phone number id  {PHONE_NUMBER_ID} ({DISPLAY_PHONE_NUMBER})"
    )?;
    writeln!(
        out,
        "  template         {TEMPLATE_NAME} ({TEMPLATE_ID}, {TEMPLATE_LANGUAGE}, approved)"
    )?;
    writeln!(out, "Twilio's messages, at the same url:")?;
    writeln!(out, "  account SID      {TWILIO_ACCOUNT_SID}")?;
    writeln!(out, "  auth token       {TWILIO_AUTH_TOKEN}")?;
    if let Some(path) = &vendors.key_file {
        writeln!(out, "Vonage's messages, at the same url:")?;
        writeln!(out, "  application id   {VONAGE_APPLICATION_ID}")?;
        writeln!(out, "  private key      {}", path.display())?;
        writeln!(out, "  signature secret {VONAGE_SIGNATURE_SECRET}")?;
    }
    writeln!(out, "See what was sent: curl '{url}/_simulator/messages'")?;
    out.flush()
}
