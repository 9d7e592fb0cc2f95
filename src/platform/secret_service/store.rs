//! The Secret Service as a credential store of the `keyring` ecosystem.

use std::any::Any;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::api::{Credential, CredentialApi, CredentialPersistence, CredentialStoreApi};
use keyring_core::attributes::parse_attributes;
use keyring_core::{Entry, Error, Result};

use super::address;
use super::connection::LARGEST_MESSAGE;
use super::error::SecretServiceError;
use super::service::{Access, Attributes, Item, Service};

type Outcome<T> = std::result::Result<T, SecretServiceError>;

/// Room for what surrounds a secret in its message.
const LARGEST_SECRET: usize = LARGEST_MESSAGE - (64 << 10);

/// Whether the keyring may ask the person at the machine, for its password or for their consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompts {
    /// Nobody is asked: an operation takes at most a second, and a locked keyring is an error.
    Never,
    /// A person may be asked and take this long, all questions of one operation together.
    Within(Duration),
}

/// A credential store that keeps items in the user's Secret Service.
///
/// Making one does nothing; the operations on its entries, one at a time, share a connection.
pub struct Store {
    access: Arc<Access>,
}

impl Store {
    /// Returns the store on the session bus that the environment names.
    pub fn new(prompts: Prompts) -> Arc<Store> {
        Store::on(address::of_environment(), prompts)
    }

    pub(super) fn on(
        bus: std::result::Result<Vec<OsString>, String>,
        prompts: Prompts,
    ) -> Arc<Store> {
        let patience = match prompts {
            Prompts::Never => None,
            Prompts::Within(patience) => Some(patience),
        };
        Arc::new(Store {
            access: Arc::new(Access::new(bus, patience)),
        })
    }

    /// Returns the entry of `user` at `service`; an item that must be created for it is called `label`.
    ///
    /// A label without `/`: KWallet would make folders of it.
    ///
    /// # Errors
    /// Fails when one of the three contains a NUL, which D-Bus cannot carry.
    pub fn entry(&self, service: &str, user: &str, label: &str) -> Result<Entry> {
        self.specify(
            [("service", service), ("username", user)].into_iter(),
            label,
        )
    }

    fn specify<'a>(
        &self,
        attributes: impl Iterator<Item = (&'a str, &'a str)>,
        label: &str,
    ) -> Result<Entry> {
        let (access, attributes) = (self.access.clone(), checked(attributes)?);
        let label = without_nul("label", label)?;
        Ok(Entry::new_with_credential(Arc::new(Specifier {
            access,
            attributes,
            label,
        })))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("access", &self.access)
            .finish()
    }
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "Secret Service, plain session: cognito-login".to_owned()
    }

    fn id(&self) -> String {
        format!("{:p}", Arc::as_ptr(&self.access))
    }

    /// Takes the modifiers `label` and `target`, of which only `default` can be had: the default collection.
    fn build(
        &self,
        service: &str,
        user: &str,
        modifiers: Option<&HashMap<&str, &str>>,
    ) -> Result<Entry> {
        let modifiers = parse_attributes(&["+label", "+target"], modifiers)?;
        let target = modifiers
            .get("target")
            .map(|target| ("target", target.as_str()));
        if target.is_some_and(|(_, target)| target != "default") {
            return Err(Error::NotSupportedByStore(
                "only the default collection is written to".to_owned(),
            ));
        }
        let label = modifiers
            .get("label")
            .cloned()
            .unwrap_or_else(|| format!("keyring:{user}@{service}"));
        self.specify(
            [("service", service), ("username", user)]
                .into_iter()
                .chain(target),
            &label,
        )
    }

    fn search(&self, spec: &HashMap<&str, &str>) -> Result<Vec<Entry>> {
        let attributes = checked(spec.iter().map(|(&name, &value)| (name, value)))?;
        let items = searched(&self.access, &attributes, |_, items| Ok(items))?;
        Ok(items
            .into_iter()
            .map(|item| Wrapper::of(&self.access, &attributes, item))
            .collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn persistence(&self) -> CredentialPersistence {
        CredentialPersistence::UntilDelete
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Searches, and does `work` with what was found; once more on a new connection if the service went away meanwhile.
///
/// A connection on which something went wrong is closed.
fn searched<T>(
    access: &Access,
    attributes: &Attributes,
    work: impl Fn(&mut Service, Vec<Item>) -> Outcome<T>,
) -> Outcome<T> {
    let attempt = || {
        let (mut service, items) = Service::search(access, attributes)?;
        let done = work(&mut service, items);
        if let Ok(_) | Err(SecretServiceError::Gone) = done {
            access.keep(service);
        }
        done
    };
    match attempt() {
        Err(SecretServiceError::Vanished) => attempt(),
        other => other,
    }
}

/// An entry by its attributes: the item that has them, created when there is none.
#[derive(Clone, Debug)]
struct Specifier {
    access: Arc<Access>,
    attributes: Attributes,
    label: String,
}

impl Specifier {
    /// Does `work` on the item that is meant.
    ///
    /// Of several that match, only those `among` count; if they are still several, all are handed out, newest first.
    fn item<T>(
        &self,
        among: impl Fn(&mut Service, Vec<Item>) -> Outcome<Vec<Item>>,
        work: impl Fn(&mut Service, Option<&Item>) -> Outcome<T>,
    ) -> Result<T> {
        let done = searched(&self.access, &self.attributes, |service, items| {
            let items = if items.len() > 1 {
                among(service, items)?
            } else {
                items
            };
            match items.as_slice() {
                [] => work(service, None).map(Ok),
                [item] => work(service, Some(item)).map(Ok),
                _ => Ok(Err(newest_first(service, items))),
            }
        });
        done?.map_err(|several| {
            Error::Ambiguous(
                several
                    .into_iter()
                    .map(|item| Wrapper::of(&self.access, &self.attributes, item))
                    .collect(),
            )
        })
    }
}

/// Keeps the items in the default collection, where this store writes; all, if none is there.
fn in_the_default_collection(service: &mut Service, items: Vec<Item>) -> Outcome<Vec<Item>> {
    let collection = service.default_collection()? + "/";
    let inside: Vec<Item> = items
        .iter()
        .filter(|item| item.path.starts_with(&collection))
        .cloned()
        .collect();
    Ok(if inside.is_empty() { items } else { inside })
}

fn anywhere(_: &mut Service, items: Vec<Item>) -> Outcome<Vec<Item>> {
    Ok(items)
}

fn newest_first(service: &mut Service, items: Vec<Item>) -> Vec<Item> {
    // A locked item may keep its date to itself; it then counts as the oldest.
    let mut dated: Vec<_> = items
        .into_iter()
        .map(|item| (service.modified(&item).unwrap_or(0), item))
        .collect();
    dated.sort_by(|(a, this), (b, that)| b.cmp(a).then_with(|| this.path.cmp(&that.path)));
    dated.into_iter().map(|(_, item)| item).collect()
}

impl CredentialApi for Specifier {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        check_size(secret)?;
        self.item(in_the_default_collection, |service, item| match item {
            Some(item) => service.set_secret(item, secret),
            None => service.create(&self.label, &self.attributes, secret),
        })
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.item(in_the_default_collection, |service, item| {
            service.secret(there(item)?)
        })
    }

    fn get_attributes(&self) -> Result<HashMap<String, String>> {
        self.item(in_the_default_collection, |service, item| {
            service.attributes(there(item)?)
        })
        .map(|attributes| attributes.into_iter().collect())
    }

    /// Never guesses which of several is meant: a sign-in left behind in another collection would come back.
    fn delete_credential(&self) -> Result<()> {
        self.item(anywhere, |service, item| service.delete(there(item)?))
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        let path = self.item(in_the_default_collection, |_, item| {
            Ok(there(item)?.path.clone())
        })?;
        Ok(Some(Arc::new(Wrapper {
            access: self.access.clone(),
            attributes: self.attributes.clone(),
            path,
        })))
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        specifiers(&self.attributes)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// An entry by its item: the one at `path`, as long as it exists.
#[derive(Clone, Debug)]
struct Wrapper {
    access: Arc<Access>,
    /// What it was found by; every connection has to begin with a search.
    attributes: Attributes,
    path: String,
}

impl Wrapper {
    fn of(access: &Arc<Access>, attributes: &Attributes, item: Item) -> Entry {
        let wrapper = Wrapper {
            access: access.clone(),
            attributes: attributes.clone(),
            path: item.path,
        };
        Entry::new_with_credential(Arc::new(wrapper))
    }

    fn item<T>(&self, work: impl Fn(&mut Service, &Item) -> Outcome<T>) -> Result<T> {
        let done = searched(&self.access, &self.attributes, |service, items| {
            work(
                service,
                there(items.iter().find(|item| item.path == self.path))?,
            )
        });
        Ok(done?)
    }
}

impl CredentialApi for Wrapper {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        check_size(secret)?;
        self.item(|service, item| service.set_secret(item, secret))
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.item(Service::secret)
    }

    fn get_attributes(&self) -> Result<HashMap<String, String>> {
        Ok(self.item(Service::attributes)?.into_iter().collect())
    }

    fn delete_credential(&self) -> Result<()> {
        self.item(Service::delete)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.item(|_, _| Ok(None))
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        specifiers(&self.attributes).or_else(|| specifiers(&self.item(Service::attributes).ok()?))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

fn there(item: Option<&Item>) -> Outcome<&Item> {
    item.ok_or(SecretServiceError::Gone)
}

fn specifiers(attributes: &Attributes) -> Option<(String, String)> {
    let value = |name| Some(attributes.iter().find(|(key, _)| key == name)?.1.clone());
    Some((value("service")?, value("username")?))
}

fn checked<'a>(attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Attributes> {
    attributes
        .map(|(name, value)| Ok((without_nul("name", name)?, without_nul(name, value)?)))
        .collect()
}

fn without_nul(name: &str, value: &str) -> Result<String> {
    match value.contains('\0') {
        true => Err(Error::Invalid(name.to_owned(), "contains a NUL".to_owned())),
        false => Ok(value.to_owned()),
    }
}

fn check_size(secret: &[u8]) -> Result<()> {
    match secret.len() > LARGEST_SECRET {
        true => Err(Error::TooLong("secret".to_owned(), LARGEST_SECRET as u32)),
        false => Ok(()),
    }
}
