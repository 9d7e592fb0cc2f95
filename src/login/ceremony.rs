//! The order of events of a sign-in: the door is open, the browser is sent out, an answer comes, and only then is anyone told.

use std::io::{self, BufRead};
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::select;
use tokio::time::{Sleep, sleep, timeout};
use url::Url;

use super::door::{Door, Knock, Visit};
use super::loopback::Loopback;
use super::pages::{self, Person};
use super::response::Response;
use super::{paste, refusal};
use crate::clock::Clock;
use crate::oidc::{Attempt, Callback, Tokens, UserPool, Verdict};
use crate::platform::browser::Browser;
use crate::platform::signals::{Parent, Signals};

/// How long the listener stays for a browser to fetch the last page.
const PAGE_PATIENCE: Duration = Duration::from_secs(3);

/// How many answers of our own attempt may wait for its outcome: tabs of one person.
const PARKED_LIMIT: usize = 8;

/// A connection made ahead of need is taken for cold after this.
const WARMTH: Duration = Duration::from_secs(20);

/// What the person at the terminal may want to know, as it happens. Has no `Debug`: the address holds the state.
pub enum Event<'a> {
    /// The listener is open: now the address may be shown.
    Waiting {
        /// The address to open in a browser.
        url: &'a Url,
    },
    /// So much is left of the patience; told at first and then about every second.
    Left(Duration),
    /// Nobody is waited for any more: an answer came, or the wait was given up.
    WaitIsOver,
    /// The browser was started, which does not mean that anybody sees it.
    BrowserOpened,
    /// No browser could be started; the address can still be opened by hand.
    BrowserNotOpened(io::Error),
    /// A pasted line was no answer of this sign-in; the text says why.
    PasteRefused(&'static str),
    /// A request at the redirect address was no answer of this sign-in; each reason is told once.
    Stray(&'static str),
    /// The browser speaks https to a listener that speaks http; told once.
    HttpsForced,
    /// An answer came; the code is being redeemed.
    Exchanging,
}

/// One sign-in, from the open listener to the last page.
pub struct Ceremony<'a> {
    /// Redeems the code.
    pub pool: &'a UserPool,
    /// Judges what comes back.
    pub attempt: &'a Attempt,
    /// Shows the login pages; `None` opens nothing.
    pub browser: Option<&'a dyn Browser>,
    /// Lines a person pastes, racing the listener; their end ends nothing.
    pub paste: Option<Box<dyn BufRead + Send>>,
    /// How long the person may take, counted while the machine is awake.
    pub patience: Duration,
    /// Tells when the code was redeemed.
    pub clock: &'a dyn Clock,
    /// Is told what happens.
    pub onlooker: &'a mut dyn FnMut(Event<'_>),
}

impl Ceremony<'_> {
    /// Signs in: waits for the answer, redeems it, has it kept, and then tells the browser.
    ///
    /// `keep` saves the session. It runs before the page is shown, so that the page can tell the truth; what it returns as
    /// an error ends the sign-in. The listener stays until the browser has the page, three seconds at most.
    ///
    /// # Errors
    /// Fails when the login pages said no, when nobody answered in time, when the exchange or `keep` fails, and with exit
    /// 130 or 143 on Ctrl-C or SIGTERM. On every way out the port is free.
    pub async fn perform(
        self,
        loopback: Loopback,
        keep: impl FnOnce(&Tokens) -> Result<()>,
    ) -> Result<Tokens> {
        let Ceremony {
            pool,
            attempt,
            browser,
            paste,
            patience,
            clock,
            onlooker,
        } = self;
        let client = pool.client();
        let judge = |heard: Heard<'_>| {
            let Some(callback) = heard.callback() else {
                return Judged::Stranger(
                    "it is neither the address the browser ended at nor the code in it",
                );
            };
            match attempt.judge(&callback) {
                Verdict::Ours(code) => Judged::Answer(Ok(code)),
                Verdict::Denied { error, description } => {
                    Judged::Answer(Err(attempt.denial(&error, description.as_deref()).into()))
                }
                Verdict::NotOurs(reason) => Judged::Stranger(reason),
            }
        };
        let warm = || {
            let pool = pool.clone();
            tokio::spawn(async move { pool.warm().await });
        };
        let too_late = refusal::timed_out(patience, loopback.redirect_uri(), pool.issuer(), client);
        let mut signals = Signals::listen()?;
        let mut vigil = Vigil::begin(loopback, judge, warm, onlooker)?;
        (vigil.onlooker)(Event::Waiting { url: attempt.url() });
        if let Some(browser) = browser {
            (vigil.onlooker)(match browser.open(attempt.url()) {
                Ok(()) => Event::BrowserOpened,
                Err(error) => Event::BrowserNotOpened(error),
            });
        }
        let outcome = async {
            let answer = vigil.wait(&mut signals, paste, patience).await;
            (vigil.onlooker)(Event::WaitIsOver);
            let code = answer?.ok_or(too_late)??;
            (vigil.onlooker)(Event::Exchanging);
            let tokens = vigil
                .meanwhile(&mut signals, pool.redeem(code, clock.now()))
                .await??;
            // From here on Ctrl-C is deadly again: `keep` may block, and nothing is left to tidy up.
            drop(signals);
            keep(&tokens)?;
            Ok(tokens)
        }
        .await;
        vigil.tell(outcome.as_ref().map(person)).await;
        outcome
    }
}

/// Waits until the browser comes to the address `loopback` is bound for, the registered sign-out URL, and tells it that
/// the person is signed out. Returns whether it came within `patience`.
///
/// # Errors
/// Fails with exit 130 or 143 on Ctrl-C or SIGTERM.
pub async fn farewell(loopback: Loopback, patience: Duration) -> Result<bool> {
    let judge = |_: Heard<'_>| Judged::Answer(Ok(()));
    let onlooker = &mut |_: Event<'_>| ();
    let mut signals = Signals::listen()?;
    let mut vigil = Vigil::begin(loopback, judge, || (), onlooker)?;
    let came = vigil.wait(&mut signals, None, patience).await?.is_some();
    drop(signals);
    vigil.show("/signed-out", pages::signed_out).await;
    Ok(came)
}

fn person(tokens: &Tokens) -> Person {
    let claims = &tokens.id.claims;
    Person {
        name: claims.name.clone().or_else(|| claims.username.clone()),
        email: claims.email.clone(),
    }
}

/// What may be an answer, and where it was heard.
pub(super) enum Heard<'a> {
    /// The query of a request at the redirect URI.
    Query(&'a str),
    /// A line from the terminal.
    Pasted(&'a str),
}

impl Heard<'_> {
    fn callback(&self) -> Option<Callback> {
        match self {
            Heard::Query(query) => Some(Callback::from_query(query)),
            Heard::Pasted(line) => Callback::from_pasted(line),
        }
    }
}

/// What it was.
pub(super) enum Judged<C> {
    /// The answer: a code, or a refusal.
    Answer(Result<C>),
    /// Somebody else's; the wait goes on.
    Stranger(&'static str),
}

/// The watch over door, terminal and time, whatever is being waited for.
pub(super) struct Vigil<'a, J, W> {
    door: Door,
    path: String,
    judge: J,
    warm: W,
    warmed: Instant,
    /// As it was before anyone was told that we wait.
    parent: Parent,
    /// Answers that wait for the outcome.
    parked: Vec<Visit>,
    told: Vec<&'static str>,
    onlooker: &'a mut dyn FnMut(Event<'_>),
}

impl<'a, C, J: Fn(Heard<'_>) -> Judged<C>, W: Fn()> Vigil<'a, J, W> {
    pub(super) fn begin(
        loopback: Loopback,
        judge: J,
        warm: W,
        onlooker: &'a mut dyn FnMut(Event<'_>),
    ) -> Result<Self> {
        let path = loopback.redirect_uri().path().to_owned();
        let door = loopback.open()?;
        warm();
        let (warmed, parent) = (Instant::now(), Parent::now());
        let (parked, told) = (Vec::new(), Vec::new());
        Ok(Vigil {
            door,
            path,
            judge,
            warm,
            warmed,
            parent,
            parked,
            told,
            onlooker,
        })
    }

    /// Waits for the answer: a request, a pasted line. `None` when `patience` is at its end.
    pub(super) async fn wait(
        &mut self,
        signals: &mut Signals,
        paste: Option<Box<dyn BufRead + Send>>,
        patience: Duration,
    ) -> Result<Option<Result<C>>> {
        let mut pasted = paste::lines(paste);
        (self.onlooker)(Event::Left(patience));
        let mut patience = Patience::new(patience, STEP);
        loop {
            // In this order, so that a flood at the door cannot hold up the rest.
            let answer = select! {
                biased;
                signal = signals.next() => return Err(refusal::stopped(signal).into()),
                () = self.parent.gone() => return Err(refusal::orphaned().into()),
                left = patience.step() => match left {
                    Duration::ZERO => return Ok(None),
                    left => {
                        (self.onlooker)(Event::Left(left));
                        None
                    }
                },
                Some(line) = pasted.recv() => self.read(line),
                knock = self.door.next() => self.hear(knock),
            };
            if answer.is_some() {
                return Ok(answer);
            }
        }
    }

    /// Does the work while the door stays attended. Ctrl-C ends it.
    pub(super) async fn meanwhile<T>(
        &mut self,
        signals: &mut Signals,
        work: impl Future<Output = T>,
    ) -> Result<T> {
        let mut work = pin!(work);
        loop {
            select! {
                biased;
                signal = signals.next() => {
                    self.parked.clear();
                    return Err(refusal::stopped(signal).into());
                }
                done = &mut work => return Ok(done),
                // A second answer of ours only waits for the same outcome: no code is redeemed twice.
                knock = self.door.next() => drop(self.hear(knock)),
            }
        }
    }

    /// Tells every browser that waits how it ended.
    pub(super) async fn tell(self, outcome: Result<Person, &anyhow::Error>) {
        match outcome {
            Ok(person) => self.show("/signed-in", || pages::signed_in(&person)).await,
            Err(error) => {
                self.show("/not-signed-in", || pages::not_signed_in(error))
                    .await
            }
        }
    }

    /// Sends every browser that waits to a page at a path of its own, away from the code, and stays until each has it.
    async fn show(mut self, path: &'static str, page: impl Fn() -> maud::Markup) {
        let path = if path == self.path { "/done" } else { path };
        let mut owed = self.parked.len();
        for visit in self.parked.drain(..) {
            visit.dismiss(Response::see_other(path));
        }
        let served = async {
            while owed > 0 {
                match self.door.next().await {
                    Knock::Visit(visit) if visit.path() == path => {
                        visit.answer(Response::page(200, page())).await;
                        owed -= 1;
                    }
                    knock => {
                        self.hear(knock);
                        for visit in self.parked.drain(..) {
                            visit.dismiss(Response::see_other(path));
                            owed += 1;
                        }
                    }
                }
            }
        };
        let _ = timeout(PAGE_PATIENCE, served).await;
    }

    fn read(&mut self, line: Result<String, paste::TooLong>) -> Option<Result<C>> {
        let judged = match &line {
            Ok(line) => (self.judge)(Heard::Pasted(line)),
            Err(paste::TooLong) => Judged::Stranger("it is too long"),
        };
        match judged {
            Judged::Answer(answer) => Some(answer),
            Judged::Stranger(reason) => {
                (self.onlooker)(Event::PasteRefused(reason));
                None
            }
        }
    }

    fn hear(&mut self, knock: Knock) -> Option<Result<C>> {
        match knock {
            Knock::Connected => self.rewarm(),
            Knock::Tls => self.mention("https", Event::HttpsForced),
            Knock::Visit(visit) if visit.path() != self.path => {
                visit.dismiss(Response::page(404, pages::not_found()))
            }
            Knock::Visit(visit) => match (self.judge)(Heard::Query(visit.query())) {
                Judged::Answer(answer) => {
                    if self.parked.len() < PARKED_LIMIT {
                        self.parked.push(visit);
                    }
                    return Some(answer);
                }
                Judged::Stranger(reason) => {
                    self.mention(reason, Event::Stray(reason));
                    visit.dismiss(Response::page(400, pages::not_ours(reason)));
                }
            },
        }
        None
    }

    /// Somebody connects, so an answer may be near, and the connection to the pool old.
    fn rewarm(&mut self) {
        if self.warmed.elapsed() > WARMTH {
            self.warmed = Instant::now();
            (self.warm)();
        }
    }

    fn mention(&mut self, what: &'static str, event: Event<'_>) {
        if !self.told.contains(&what) {
            self.told.push(what);
            (self.onlooker)(event);
        }
    }
}

/// How much of the patience a sleeping machine costs.
const STEP: Duration = Duration::from_secs(1);

/// The patience of a running machine.
///
/// Counted in short sleeps: whether or not the system's timer goes on while a laptop sleeps, the night costs one of them, and
/// a person who wakes it finds the sign-in still waiting. Setting the clock changes nothing.
struct Patience {
    left: Duration,
    step: Duration,
    pause: Pin<Box<Sleep>>,
}

impl Patience {
    fn new(left: Duration, step: Duration) -> Patience {
        let step = step.min(left);
        let pause = Box::pin(sleep(step));
        Patience { left, step, pause }
    }

    /// Waits for the end of a step and returns what is left; may be dropped and called again.
    async fn step(&mut self) -> Duration {
        self.pause.as_mut().await;
        *self = Patience::new(self.left - self.step, self.step);
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_machine_that_sleeps_longer_than_the_patience_costs_one_step_of_it() {
        let ms = Duration::from_millis;
        let mut patience = Patience::new(ms(300), ms(10));
        // As good as asleep: nothing of this runtime goes on meanwhile.
        std::thread::sleep(ms(400));
        assert_eq!(patience.step().await, ms(290));
    }

    #[tokio::test]
    async fn a_step_that_is_interrupted_goes_on_and_the_last_one_is_the_rest() {
        let ms = Duration::from_millis;
        let mut patience = Patience::new(ms(25), ms(10));
        let mut left = Vec::new();
        while left.last() != Some(&Duration::ZERO) {
            // In a rush of other events no step would ever end, began it anew each time.
            tokio::select! {
                biased;
                () = sleep(ms(1)) => (),
                step = patience.step() => left.push(step),
            }
        }
        assert_eq!(left, [ms(15), ms(5), ms(0)]);
    }
}
