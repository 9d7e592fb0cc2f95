//! The Secret Service itself: its calls, in the one order that is safe (Secret Service API, freedesktop.org).

use std::ffi::OsString;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::{Connection, SILENCE, Signal};
use super::error::SecretServiceError;
use super::message::Message;
use super::wire::{Malformed, Reader, Writer};

type Result<T> = std::result::Result<T, SecretServiceError>;

const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// The path that stands for "none".
const NOTHING: &str = "/";

/// What items are found by: names and values, one value for each name.
pub(super) type Attributes = Vec<(String, String)>;

/// How to reach the service, and whether it may ask a person.
#[derive(Debug)]
pub(super) struct Access {
    /// The sockets of the bus, or why there are none.
    pub(super) bus: std::result::Result<Vec<OsString>, String>,
    /// How long a person may take to answer a prompt; none are shown without it.
    pub(super) patience: Option<Duration>,
    /// The connection of the last operation, for the next one.
    idle: Mutex<Option<Service>>,
}

impl Access {
    pub(super) fn new(
        bus: std::result::Result<Vec<OsString>, String>,
        patience: Option<Duration>,
    ) -> Access {
        Access {
            bus,
            patience,
            idle: Mutex::default(),
        }
    }

    /// Returns a connection that has all the time of a new operation.
    fn connected(&self) -> Result<Service> {
        let deadline = Instant::now() + self.patience.unwrap_or(SILENCE);
        if let Some(mut service) = self.idle().take() {
            service.connection.begin_again(deadline);
            return Ok(service);
        }
        let bus = self.bus.as_ref();
        let bus = bus.map_err(|reason| SecretServiceError::NoBus(reason.clone()))?;
        Ok(Service {
            connection: Connection::open(bus, deadline)?,
            may_prompt: self.patience.is_some(),
            owner: None,
            session: None,
        })
    }

    /// Keeps a connection for the next operation of this process, which then costs less; what was read on it is wiped.
    pub(super) fn keep(&self, mut service: Service) {
        service.connection.wipe_what_was_read();
        *self.idle() = Some(service);
    }

    fn idle(&self) -> MutexGuard<'_, Option<Service>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An item that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) path: String,
    pub(super) locked: bool,
}

/// A connection on which the Secret Service has answered a search.
///
/// There is no other way to one: a connection whose first call is `OpenSession` can make gnome-keyring abort.
pub(super) struct Service {
    connection: Connection,
    may_prompt: bool,
    /// Which program has answered the last search; another one knows nothing of our session.
    owner: Option<String>,
    session: Option<String>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

impl Service {
    /// Looks for the items with all of `attributes`, on a new connection or a kept one; unlocked ones come first.
    pub(super) fn search(access: &Access, attributes: &Attributes) -> Result<(Service, Vec<Item>)> {
        let mut service = access.connected()?;
        let items = match service.search_items(attributes) {
            // The race of which `OpenSession` would be the victim, in its harmless form: once more, at once.
            Err(error) if error.is_unknown_method() => service.search_items(attributes)?,
            other => other?,
        };
        Ok((service, items))
    }

    fn search_items(&mut self, attributes: &Attributes) -> Result<Vec<Item>> {
        let search = on_service("SearchItems").with("a{ss}", |w| w.dictionary(attributes));
        let answer = self.connection.call(search)?;
        if answer.sender != self.owner {
            self.owner = answer.sender.clone();
            self.session = None;
        }
        let mut body = answer.body("aoao")?;
        let unlocked = body.paths()?.into_iter().map(|path| Item {
            path,
            locked: false,
        });
        let locked = body
            .paths()?
            .into_iter()
            .map(|path| Item { path, locked: true });
        Ok(unlocked.chain(locked).collect())
    }

    /// Returns the secret of an item, unlocking it if need be.
    pub(super) fn secret(&mut self, item: &Item) -> Result<Vec<u8>> {
        self.unlock(item)?;
        let session = self.session()?;
        let answer = self
            .connection
            .call(on_item(&item.path, "GetSecret").with("o", |w| w.text(&session)))?;
        let mut secret = answer.body("(oayays)")?;
        secret.path()?;
        secret.bytes()?;
        Ok(secret.bytes()?.to_owned())
    }

    /// Gives an item another secret, unlocking it if need be.
    pub(super) fn set_secret(&mut self, item: &Item, secret: &[u8]) -> Result<()> {
        self.unlock(item)?;
        let session = self.session()?;
        let set = on_item(&item.path, "SetSecret")
            .with("(oayays)", |w| write_secret(w, &session, secret));
        self.connection.call(set).map(drop)
    }

    /// Creates an item in the default collection, or gives the one there with exactly these attributes another secret.
    ///
    /// The collection is unlocked if need be, and made if there is none and a person can be asked for its password.
    pub(super) fn create(
        &mut self,
        label: &str,
        attributes: &Attributes,
        secret: &[u8],
    ) -> Result<()> {
        let collection = self.default_collection()?;
        match self.create_in(&collection, label, attributes, secret) {
            Err(SecretServiceError::Locked) => self.unlock(&Item {
                path: collection,
                locked: true,
            })?,
            Err(SecretServiceError::NoDefaultCollection) if self.may_prompt => {
                self.create_default_collection()?
            }
            other => return other,
        }
        let collection = self.default_collection()?;
        self.create_in(&collection, label, attributes, secret)
    }

    fn create_in(
        &mut self,
        collection: &str,
        label: &str,
        attributes: &Attributes,
        secret: &[u8],
    ) -> Result<()> {
        let session = self.session()?;
        let create =
            Message::call(NAME, collection, COLLECTION, "CreateItem").with("a{sv}(oayays)b", |w| {
                w.array(8, |w| {
                    write_label(w, ITEM, label);
                    w.align(8);
                    w.text("org.freedesktop.Secret.Item.Attributes");
                    w.signature("a{ss}");
                    w.dictionary(attributes);
                });
                write_secret(w, &session, secret);
                w.bool(true);
            });
        let answer = self.connection.call(create).map_err(|error| match error {
            SecretServiceError::Gone => SecretServiceError::NoDefaultCollection,
            unknown if unknown.is_unknown_method() => SecretServiceError::NoDefaultCollection,
            other => other,
        })?;
        let mut body = answer.body("oo")?;
        body.path()?;
        self.prompt(body.path()?)
    }

    fn create_default_collection(&mut self) -> Result<()> {
        let create = on_service("CreateCollection").with("a{sv}s", |w| {
            w.array(8, |w| write_label(w, COLLECTION, "Default"));
            w.text("default");
        });
        let answer = self.connection.call(create)?;
        let mut body = answer.body("oo")?;
        body.path()?;
        self.prompt(body.path()?)
    }

    /// Deletes an item, unlocking it if need be.
    pub(super) fn delete(&mut self, item: &Item) -> Result<()> {
        self.unlock(item)?;
        let answer = self.connection.call(on_item(&item.path, "Delete"))?;
        self.prompt(answer.body("o")?.path()?)
    }

    /// Returns the attributes of an item.
    pub(super) fn attributes(&mut self, item: &Item) -> Result<Vec<(String, String)>> {
        self.unlock(item)?;
        self.property(item, "Attributes", |value| {
            value.variant("a{ss}")?;
            value.dictionary()
        })
    }

    /// Returns when an item was changed last, in seconds since 1970.
    pub(super) fn modified(&mut self, item: &Item) -> Result<u64> {
        self.property(item, "Modified", |value| {
            value.variant("t")?;
            value.u64()
        })
    }

    fn property<T>(
        &mut self,
        item: &Item,
        name: &str,
        read: impl FnOnce(&mut Reader<'_>) -> std::result::Result<T, Malformed>,
    ) -> Result<T> {
        let get = Message::call(NAME, &item.path, PROPERTIES, "Get").with("ss", |w| {
            w.text(ITEM);
            w.text(name);
        });
        Ok(read(&mut self.connection.call(get)?.body("v")?)?)
    }

    /// Returns the collection in which new items belong: the one with the alias `default`, else the one called `login`.
    ///
    /// The alias is resolved instead of used as a path: KeePassXC answers the question, but may lack the object
    /// (keepassxreboot/keepassxc#7575).
    pub(super) fn default_collection(&mut self) -> Result<String> {
        let answer = self
            .connection
            .call(on_service("ReadAlias").with("s", |w| w.text("default")))?;
        Ok(match answer.body("o")?.path()? {
            NOTHING => format!("{ROOT}/collection/login"),
            collection => collection.to_owned(),
        })
    }

    fn unlock(&mut self, item: &Item) -> Result<()> {
        if !item.locked {
            return Ok(());
        }
        let unlock = on_service("Unlock").with("ao", |w| w.array(4, |w| w.text(&item.path)));
        let answer = self.connection.call(unlock)?;
        let mut body = answer.body("aoo")?;
        body.paths()?;
        self.prompt(body.path()?)
    }

    /// Shows the prompt at `path`, if it is one, and waits for the person's answer.
    fn prompt(&mut self, path: &str) -> Result<()> {
        if path == NOTHING {
            return Ok(());
        }
        if !self.may_prompt {
            return Err(SecretServiceError::Locked);
        }
        let completed = Signal {
            path: path.to_owned(),
            interface: PROMPT,
            member: "Completed",
        };
        self.connection.watch(completed)?;
        let shown = self
            .connection
            .call(Message::call(NAME, path, PROMPT, "Prompt").with("s", |w| w.text("")))?;
        let service = shown.sender.as_deref();
        let service = service.ok_or(Malformed("a reply of nobody"))?;
        let completed = self.connection.signal(service)?;
        match completed.body("bv")?.bool()? {
            true => Err(SecretServiceError::Dismissed),
            false => Ok(()),
        }
    }

    /// Returns the path of this connection's session, in which secrets travel as they are; see `SECURITY.md`.
    fn session(&mut self) -> Result<String> {
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let open = on_service("OpenSession").with("sv", |w| {
            w.text("plain");
            w.signature("s");
            w.text("");
        });
        let answer = self.connection.call(open).map_err(|error| match error {
            // What the specification says, and what services that know of encrypted sessions only have said.
            SecretServiceError::Refused { name, .. }
                if name == "org.freedesktop.DBus.Error.NotSupported" =>
            {
                SecretServiceError::PlainRefused
            }
            other => other,
        })?;
        let mut body = answer.body("vo")?;
        body.skip_variant()?;
        let session = body.path()?.to_owned();
        self.session = Some(session.clone());
        Ok(session)
    }
}

fn on_service(member: &str) -> Message {
    Message::call(NAME, ROOT, SERVICE, member)
}

fn on_item(path: &str, member: &str) -> Message {
    Message::call(NAME, path, ITEM, member)
}

/// Writes a `Secret`: session, parameters of its encryption, value, content type.
fn write_secret(w: &mut Writer, session: &str, secret: &[u8]) {
    w.align(8);
    w.text(session);
    w.bytes(b"");
    w.bytes(secret);
    // KWallet keeps a text as a password and would break other bytes; KeePassXC keeps them as an attachment.
    let is_text = std::str::from_utf8(secret).is_ok();
    w.text(if is_text {
        "text/plain; charset=utf8"
    } else {
        "application/octet-stream"
    });
}

/// Writes the property `Label` of an item or a collection, an element of a dictionary.
fn write_label(w: &mut Writer, interface: &str, label: &str) {
    w.align(8);
    w.text(&format!("{interface}.Label"));
    w.signature("s");
    w.text(label);
}
