//! A certificate out of a Java keystore (JKS or PKCS#12), by Java's own `keytool`: JKS is nobody else's format.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::Certificate;
use crate::{failure::Failure, secret::Secret};

/// The child's environment carries the password: its command line could be seen by every user.
const PASSWORD_VARIABLE: &str = "WA_SETUP_KEYSTORE_PASSWORD";

/// Where the certificate lies.
pub struct Keystore<'a> {
    /// The keystore file.
    pub path: &'a Path,
    /// The entry.
    pub alias: &'a str,
    /// A Java that may not be on the PATH.
    pub java_home: Option<&'a Path>,
}

impl Keystore<'_> {
    /// Asks `keytool` for the entry's certificate.
    pub fn certificate(&self, password: &Secret) -> Result<Certificate, Failure> {
        if !self.path.is_file() {
            return Err(Failure::failed(
                format!("there is no keystore at {}", self.path.display()),
                "give the keystore that signs your app with --keystore FILE",
            ));
        }
        let output = self.export(password)?;
        if !output.status.success() {
            return Err(refused(&output));
        }
        Certificate::parse(&output.stdout).map_err(|error| {
            Failure::failed(
                format!("keytool printed something else: {error}"),
                error.hint(),
            )
        })
    }

    fn export(&self, password: &Secret) -> Result<Output, Failure> {
        for program in self.programs() {
            match self
                .command(&program)
                .env(PASSWORD_VARIABLE, password.as_str())
                .output()
            {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::failed(
                        format!("cannot run {}: {error}", program.display()),
                        "check that Java is installed whole, or export the certificate elsewhere and give --certificate FILE",
                    ));
                }
                Ok(output) => return Ok(output),
            }
        }
        Err(Failure::failed(
            "keytool, Java's own tool for keystores, is not on this machine",
            "install a Java runtime (on Debian: apt-get install default-jre-headless), or run \
             keytool -exportcert -rfc -keystore FILE -alias NAME where there is one and give its output as --certificate FILE",
        ))
    }

    fn programs(&self) -> Vec<PathBuf> {
        let beside_java = self.java_home.map(|home| home.join("bin/keytool"));
        [Some(PathBuf::from("keytool")), beside_java]
            .into_iter()
            .flatten()
            .collect()
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .args([
                "-J-Duser.language=en",
                "-exportcert",
                "-rfc",
                "-alias",
                self.alias,
                "-keystore",
            ])
            .arg(self.path)
            .args(["-storepass:env", PASSWORD_VARIABLE])
            .stdin(Stdio::null());
        command
    }
}

/// keytool says why on stdout, behind its own prefix.
fn refused(output: &Output) -> Failure {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    let reason = said
        .lines()
        .find(|line| line.contains("error"))
        .or(said.lines().next())
        .unwrap_or("no reason given");
    let reason = reason
        .trim_start_matches("keytool error: ")
        .trim_start_matches("java.lang.Exception: ");
    Failure::failed(
        format!("keytool: {reason}"),
        "check the password and the alias; keytool -list -keystore FILE shows the aliases",
    )
}
