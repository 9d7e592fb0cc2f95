//! A real Chromium without a screen, driven by WebDriver (W3C), which is plain JSON over HTTP.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::support::wire;

/// The key under which WebDriver names an element (W3C WebDriver §12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with a profile of its own. Dropping it ends it.
pub struct Browser {
    driver: Child,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser; `flags` are Chromium's own.
    pub fn start(flags: &[&str]) -> Browser {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().unwrap();
        let profile_flag = format!("--user-data-dir={}", profile.path().display());
        let mut args = vec![
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            &profile_flag,
        ];
        args.extend(flags);
        let chromium = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(on_path);
        let options = json!({ "args": args, "binary": chromium.expect("chromium on the path") });
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let base = format!("http://127.0.0.1:{port}/session");
        let begun = order("POST", &base, &wanted);
        let session = format!("{base}/{}", begun["sessionId"].as_str().expect("a session"));
        let browser = Browser {
            driver,
            session,
            _profile: profile,
        };
        // A page that is still on its way is waited for by the driver, not by the tests.
        browser.post(
            "timeouts",
            json!({ "implicit": 30_000, "pageLoad": 60_000, "script": 60_000 }),
        );
        browser
    }

    pub fn visit(&self, url: &str) {
        self.post("url", json!({ "url": url }));
    }

    /// What the address bar shows.
    pub fn address(&self) -> String {
        self.get("url").as_str().unwrap().to_owned()
    }

    /// The visible text of the first element, once there is one.
    pub fn text(&self, css: &str) -> String {
        self.get(&format!("element/{}/text", self.find(css)))
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The heading that starts with these words, once the page that has it is there.
    pub fn heading(&self, start: &str) -> String {
        let xpath = format!("//h1[starts-with(normalize-space(.), '{start}')]");
        let found = self.post("element", json!({ "using": "xpath", "value": xpath }));
        let element = found[ELEMENT].as_str().unwrap();
        let text = self.get(&format!("element/{element}/text"));
        text.as_str().unwrap().to_owned()
    }

    pub fn fill(&self, css: &str, text: &str) {
        self.post(
            &format!("element/{}/value", self.find(css)),
            json!({ "text": text }),
        );
    }

    pub fn click(&self, css: &str) {
        self.post(&format!("element/{}/click", self.find(css)), json!({}));
    }

    /// Clicks on what leads to another page, and waits until this one is gone.
    pub fn leave_by(&self, css: &str) {
        self.script("document.documentElement.dataset.left = ''");
        self.click(css);
        self.find("html:not([data-left])");
    }

    /// Types into whatever has the focus.
    pub fn press(&self, keys: &str) {
        let focused = self.get("element/active");
        let element = focused[ELEMENT].as_str().unwrap();
        self.post(&format!("element/{element}/value"), json!({ "text": keys }));
    }

    /// Shows pages as a person with this colour scheme (`light`, `dark`) and this many pixels from side to side has them.
    pub fn appear(&self, scheme: &str, width: u32) {
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": 740, "deviceScaleFactor": 1, "mobile": width < 500 }),
        );
    }

    /// Whether something stands out on the right. A phone would zoom out for it, so `innerWidth` grows with it.
    pub fn overflows(&self) -> bool {
        let page = "document.documentElement";
        self.script(&format!("return {page}.scrollWidth > {page}.clientWidth")) == json!(true)
    }

    /// The value of a script's `return`; a promise is waited for.
    pub fn script(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] }))
    }

    /// A command of the DevTools protocol, for what WebDriver has no word for.
    pub fn devtools(&self, command: &str, params: Value) -> Value {
        self.post(
            "goog/cdp/execute",
            json!({ "cmd": command, "params": params }),
        )
    }

    /// Every address in the history of this tab.
    pub fn history(&self) -> Vec<String> {
        let history = self.devtools("Page.getNavigationHistory", json!({}));
        let address = |entry: &Value| entry["url"].as_str().unwrap().to_owned();
        history["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(address)
            .collect()
    }

    /// Saves a picture of the page as `target/pages/NAME.png`.
    pub fn picture(&self, name: &str) {
        use base64::Engine;
        let picture = self.get("screenshot");
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture.as_str().unwrap())
            .unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .unwrap()
            .join("pages");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name).with_extension("png"), bytes).unwrap();
    }

    /// Waits until the page has such an element.
    pub fn wait_for(&self, css: &str) {
        self.find(css);
    }

    /// Waits until the page says this somewhere inside the elements of that name.
    pub fn wait_for_text(&self, name: &str, words: &str) {
        let xpath = format!("//{name}[contains(normalize-space(.), '{words}')]");
        self.post("element", json!({ "using": "xpath", "value": xpath }));
    }

    fn find(&self, css: &str) -> String {
        let found = self.post("element", json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn get(&self, command: &str) -> Value {
        order("GET", &format!("{}/{command}", self.session), &Value::Null)
    }

    fn post(&self, command: &str, body: Value) -> Value {
        order("POST", &format!("{}/{command}", self.session), &body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium in good order; the driver alone would leave it behind.
        let session = Url::parse(&self.session).unwrap();
        let _ = wire::try_send("DELETE", &session, &[], b"");
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Sends a command and returns its `value`.
fn order(method: &str, url: &str, body: &Value) -> Value {
    let body = if method == "GET" {
        String::new()
    } else {
        body.to_string()
    };
    let headers = [("Content-Type", "application/json")];
    let answer = wire::send(method, &Url::parse(url).unwrap(), &headers, body.as_bytes());
    let mut said = answer.json();
    assert_eq!(
        answer.status, 200,
        "{method} {url}: {}: {}",
        said["value"]["error"], said["value"]["message"]
    );
    said["value"].take()
}

/// Starts the driver on a free port, which it names in its output.
fn start_driver() -> (Child, u16) {
    let driver = ["chromedriver", "chromium.chromedriver"]
        .into_iter()
        .find_map(on_path)
        .expect("chromedriver on the path");
    let mut driver = Command::new(driver)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    std::thread::spawn(move || lines.for_each(drop));
    (driver, port.expect("a driver that says its port"))
}

fn on_path(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
