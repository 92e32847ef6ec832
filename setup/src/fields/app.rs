//! The Android apps that a one-tap or zero-tap message may fill in: package name and app signing key hash.

use whatsapp_cloud::{PackageName, SignatureHash, SupportedApp, SupportedApps};

use super::Invalid;

/// An Android package name.
pub fn package_name(typed: &str) -> Result<PackageName, Invalid> {
    Ok(PackageName::parse(typed.trim())?)
}

/// An app signing key hash.
pub fn signature_hash(typed: &str) -> Result<SignatureHash, Invalid> {
    SignatureHash::parse(typed.trim())
        .map_err(|refusal| Invalid::new(format!("{refusal}; `wa-setup app-hash` computes it")))
}

/// An app as a flag has it: `PACKAGE=HASH`. The first `=` divides: a package name has none, a hash may end in one.
pub fn app(typed: &str) -> Result<SupportedApp, Invalid> {
    let Some((package, hash)) = typed.split_once('=') else {
        return Err(Invalid::new(
            "an app is PACKAGE=HASH, such as com.whatsapp.otp.sample=K8a/AINcGX7",
        ));
    };
    Ok(SupportedApp {
        package_name: package_name(package)?,
        signature_hash: signature_hash(hash)?,
    })
}

/// Meta's sample app, as signed in its repository: package name and hash.
#[must_use]
pub fn sample_app() -> (&'static str, &'static str) {
    ("com.whatsapp.otp.sample", "K8a/AINcGX7")
}

/// Adds one app to a list; none twice, at most five.
pub fn add_app(apps: &mut Vec<SupportedApp>, app: SupportedApp) -> Result<(), Invalid> {
    if apps.len() == SupportedApps::COUNT_MAX {
        return Err(Invalid::new(format!(
            "a template takes at most {} apps",
            SupportedApps::COUNT_MAX
        )));
    }
    if apps.contains(&app) {
        return Err(Invalid::new(format!(
            "{} is in the list already",
            app.package_name
        )));
    }
    apps.push(app);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_a_package_and_a_hash_that_may_end_in_an_equals_sign() {
        assert_eq!(
            app("com.example.app=K8a/AINcGX=")
                .unwrap()
                .signature_hash
                .as_str(),
            "K8a/AINcGX="
        );
        for bad in [
            "com.example.app",
            "com=K8a/AINcGX7",
            "com.example.app=K8a",
            "com.1=K8a/AINcGX7",
            "",
        ] {
            assert!(app(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bad_hash_is_answered_with_the_command_that_computes_it() {
        assert!(
            signature_hash("K8a")
                .unwrap_err()
                .to_string()
                .ends_with("`wa-setup app-hash` computes it")
        );
    }

    #[test]
    fn the_sample_app_is_an_app() {
        let (package, hash) = sample_app();
        assert!(package_name(package).is_ok() && signature_hash(hash).is_ok());
    }

    #[test]
    fn the_sixth_app_and_a_repeated_one_are_refused() {
        let mut apps = Vec::new();
        for n in 1..=5 {
            add_app(
                &mut apps,
                app(&format!("com.example.app{n}=K8a/AINcGX7")).unwrap(),
            )
            .unwrap();
        }
        assert!(add_app(&mut apps, app("com.example.app6=K8a/AINcGX7").unwrap()).is_err());
        apps.truncate(2);
        assert!(add_app(&mut apps, app("com.example.app1=K8a/AINcGX7").unwrap()).is_err());
    }
}
