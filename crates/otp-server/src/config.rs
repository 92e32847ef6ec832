//! Configuration: flag, environment, file, default, in this order; typed, strict, and checked whole.
//!
//! Everything that is wrong is reported at once ([`ConfigError`]). Each setting is declared where it is read,
//! one file per concern; [`Config::settings`] lists them all.

mod address;
mod agreement;
mod applications;
mod audit;
mod callbacks;
mod cli;
mod code;
mod dispatch_face;
mod faces;
mod file;
mod gateway;
mod graph;
mod http;
mod keys;
mod kind;
mod limits;
mod operations;
mod opt_out;
mod reader;
mod redis;
mod sample_face;
mod setting;
mod shared_limits;
mod smtp;
mod store;
mod texts;
mod twilio;
mod vonage;
mod ways;
mod whmcs;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use toml::Table;

use crate::channel::gateway::GatewayOptions;
use crate::channel::smtp::SmtpOptions;
use crate::channel::text::Texts;
use crate::wishes::WishWords;

pub use self::{
    applications::{
        ApplicationSettings, Dates, Face, Faces, NAME_RULE, OwnLimits, TestRecipientSettings,
        is_application_name, put_setting, settings_of_text,
    },
    audit::AuditSettings,
    callbacks::CallbackSettings,
    cli::{
        ApplicationAction, ApplicationAddFlags, CallbackAction, Cli, Command, ExportFlags,
        ImportFlags, KeyAction, KeyCreateFlags, KeyListFlags, KeyRotateFlags, OptOutAction,
        OptOutWhom, WhichCallbacks,
    },
    code::CodeSettings,
    dispatch_face::DispatchFaceSettings,
    faces::{KeyFaceSettings, NativeFaceSettings},
    graph::{ApiVersion, GraphSettings},
    http::HttpSettings,
    keys::{ApiKey, KeyHash},
    limits::LimitSettings,
    operations::{LogFormat, LogSettings, MetricsSettings, SecretFile},
    sample_face::{Access, SampleFaceSettings},
    setting::{ConfigError, Setting},
    shared_limits::{BudgetSettings, CountrySettings, SharedLimitSettings},
    store::{Durability, StoreKind, StoreSettings},
    twilio::TwilioSettings,
    vonage::VonageSettings,
    whmcs::WhmcsSettings,
};
use self::{
    reader::{Reader, Section},
    setting::Notes,
};
pub use crate::credential::Credential as Secret;

/// Every setting, with its value. Relative paths have been joined to the working directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The file that `wa-setup` writes.
    pub whatsapp_info: PathBuf,
    /// The directory of the embedded store.
    pub data_dir: PathBuf,
    /// Where the master secret is.
    pub secret_file: SecretFile,
    /// The codes themselves.
    pub code: CodeSettings,
    /// Limits per phone.
    pub limits: LimitSettings,
    /// Limits that many phones share.
    pub shared_limits: SharedLimitSettings,
    /// Where codes may go.
    pub countries: CountrySettings,
    /// What messages may cost.
    pub budget: BudgetSettings,
    /// Applications with settings of their own, by name.
    pub applications: BTreeMap<String, ApplicationSettings>,
    /// Calls to applications.
    pub callbacks: CallbackSettings,
    /// The face for Meta's sample clients.
    pub sample_face: SampleFaceSettings,
    /// The face for applications.
    pub native_face: NativeFaceSettings,
    /// The face for WHMCS and its like.
    pub key_face: KeyFaceSettings,
    /// The face for clients of Vonage's tutorial.
    pub dispatch_face: DispatchFaceSettings,
    /// Calls to Meta.
    pub graph: GraphSettings,
    /// What messages say where no provider words them.
    pub texts: Texts,
    /// The words by which people opt out and in.
    pub opt_out: WishWords,
    /// Messenger and text messages by Vonage.
    pub vonage: Option<VonageSettings>,
    /// Text messages by Twilio.
    pub twilio: Option<TwilioSettings>,
    /// E-mail.
    pub smtp: Option<SmtpOptions>,
    /// A gateway of one's own.
    pub gateway: Option<GatewayOptions>,
    /// The HTTP server.
    pub http: HttpSettings,
    /// The store.
    pub store: StoreSettings,
    /// Logs.
    pub log: LogSettings,
    /// Metrics.
    pub metrics: MetricsSettings,
    /// The audit trail.
    pub audit: AuditSettings,
    /// Notices of WHMCS' invoices.
    pub whmcs: WhmcsSettings,
}

/// A configuration to start with.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// What is allowed but should be known; to be logged at the start.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads the whole configuration. `working_dir` is what relative paths are relative to.
    pub fn load(cli: &Cli, working_dir: &Path) -> Result<Loaded, ConfigError> {
        let (table, file) = file::read(cli::set(cli.config.as_ref()), working_dir)?;
        let mut reader = Reader::new(table, working_dir);
        cli.overrule(&mut reader);
        let (config, _, Notes { problems, warnings }) = Self::read(reader);
        if problems.is_empty() {
            return Ok(Loaded {
                config,
                file,
                warnings,
            });
        }
        let source = file.map_or("the configuration".to_owned(), |file| {
            file.display().to_string()
        });
        let hint = "otp-server.example.toml explains every setting; `otp-server --check` tries them without starting";
        Err(ConfigError {
            source,
            problems,
            hint: hint.to_owned(),
        })
    }

    /// Every setting there is, as declared.
    #[must_use]
    pub fn settings() -> Vec<Setting> {
        let (_, settings, _) = Self::read(Reader::new(Table::new(), Path::new("")));
        settings
    }

    fn read(mut reader: Reader<'_>) -> (Self, Vec<Setting>, Notes) {
        let sample_face = reader.section("sample_face", SampleFaceSettings::read);
        let native_face = reader.section("native_face", NativeFaceSettings::read);
        let key_face = reader.section("key_face", KeyFaceSettings::read);
        let dispatch_face = reader.section("dispatch_face", DispatchFaceSettings::read);
        let limits = reader.section("limits", LimitSettings::read);
        let shared_limits = reader.section("shared_limits", SharedLimitSettings::read);
        let countries = reader.section("countries", CountrySettings::read);
        let budget = reader.section("budget", BudgetSettings::read);
        let mut applications = applications::read(&mut reader);
        dispatch_face.furnish(&mut applications);
        let callbacks = reader.section("callbacks", CallbackSettings::read);
        let mut graph = reader.section("graph", GraphSettings::read);
        let texts = reader.section("texts", texts::read);
        let opt_out = reader.section("opt_out", opt_out::read);
        let mut vonage = reader.section("vonage", VonageSettings::read);
        let mut twilio = reader.section("twilio", TwilioSettings::read);
        let smtp = reader.section("smtp", smtp::read);
        let gateway = reader.section("gateway", gateway::read);
        let http = reader.section("http", HttpSettings::read);
        ways::tell_at(http.public_url.as_deref(), &mut vonage, &mut twilio);
        let mut store = reader.section("store", StoreSettings::read);
        reader.section("redis", |section| {
            redis::read(section, &mut store.kind, store.queue_limit);
        });
        let secret_file = reader.section("secret", SecretFile::read);
        let log = reader.section("log", LogSettings::read);
        let metrics = reader.section("metrics", MetricsSettings::read);
        let audit = reader.section("audit", AuditSettings::read);
        let whmcs = reader.section("whmcs", WhmcsSettings::read);
        let config = reader.top(|top| {
            graph.read_top(top);
            let data_dir = top.path(
                "data_dir",
                "data",
                "The directory of the embedded store and the master secret; one process at a time.",
            );
            Self {
                listen: read_listen(top),
                whatsapp_info: top.path(
                    "whatsapp_info",
                    "setup/whatsapp-info.json",
                    "The file that wa-setup writes: account, token, number and template.",
                ),
                secret_file: SecretFile::resolve(secret_file, &data_dir),
                data_dir,
                code: CodeSettings::read(top),
                limits,
                shared_limits,
                countries,
                budget,
                applications,
                callbacks,
                sample_face,
                native_face,
                key_face,
                dispatch_face,
                graph,
                texts,
                opt_out,
                vonage,
                twilio,
                smtp,
                gateway,
                http,
                store,
                log,
                metrics,
                audit,
                whmcs,
            }
        });
        let (settings, mut notes) = reader.finish();
        agreement::check(&config, &mut notes);
        (config, settings, notes)
    }
}

/// What holds when nobody sets anything, relative to the working directory.
impl Default for Config {
    fn default() -> Self {
        let (config, _, _) = Self::read(Reader::new(Table::new(), Path::new("")));
        config
    }
}

fn read_listen(top: &mut Section<'_, '_>) -> SocketAddr {
    let address: IpAddr = top.value(
        "address",
        kind::parsed("an IP address", |text| {
            text.parse().map_err(|_| "is not an IP address".to_owned())
        }),
        Ipv4Addr::LOCALHOST.to_string(),
        "The IP address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 for every network it is on.",
    );
    let port = top.value(
        "port",
        kind::whole(0..=65_535),
        3000,
        "The port; 0 lets the system choose.",
    );
    SocketAddr::new(address, port)
}
