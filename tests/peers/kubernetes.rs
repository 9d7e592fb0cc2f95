//! The real kubectl and the official Python client, against an API server that checks the token with a library of its own.

use serde_json::Value;

use super::python::{self, Server};
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::{PROGRAM, Ran, Running, Terminal};

const V1: &str = "client.authentication.k8s.io/v1";
const V1BETA1: &str = "client.authentication.k8s.io/v1beta1";

/// A cluster that trusts the pool.
struct Cluster {
    ready: Value,
    _server: Server,
}

impl Cluster {
    fn trusting(pool: &Pool) -> Cluster {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/kubernetes_api.py");
        let arguments = [script, pool.issuer(), pool.client_id()];
        let (server, ready) = Server::start("python", &arguments, |line| line.starts_with('{'));
        Cluster {
            ready: serde_json::from_str(&ready).unwrap(),
            _server: server,
        }
    }

    /// A machine of which the kubeconfig names this cluster and, as its user, our program.
    fn terminal(&self, pool: &Pool, version: &str) -> Terminal {
        let mut terminal = pool.terminal();
        python::install(&mut terminal);
        let kubeconfig = format!(
            r#"
apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: cognito}}}}]
clusters: [{{name: test, cluster: {{server: "{}", certificate-authority-data: {}}}}}]
users:
- name: cognito
  user:
    exec:
      apiVersion: {version}
      command: {PROGRAM}
      args: [kubernetes, --login]
      interactiveMode: IfAvailable
      provideClusterInfo: true
"#,
            self.ready["server"].as_str().unwrap(),
            self.ready["certificate"].as_str().unwrap(),
        );
        terminal.write(".kube/config", &kubeconfig);
        terminal
    }
}

fn kubectl(terminal: &Terminal) -> Ran {
    terminal
        .start_program("kubectl", &["get", "--raw", "/api/v1/namespaces"])
        .finish()
}

/// What the official Python client lists: the API server names its only namespace after who asks.
const LIST: &str = "from kubernetes import client, config; config.load_kube_config(); \
                    print([it.metadata.name for it in client.CoreV1Api().list_namespace().items])";

#[test]
#[ignore = "needs kubectl and the Python packages that tests/run installs"]
fn kubectl_gets_in_by_v1beta1() {
    let pool = Pool::start();
    let cluster = Cluster::trusting(&pool);
    let terminal = cluster.terminal(&pool, V1BETA1);
    pool.sign_in(&terminal);
    let list = kubectl(&terminal).code(0).json();
    assert_eq!(list["items"][0]["metadata"]["name"], "ada@example.com");
}

#[test]
#[ignore = "needs kubectl and the Python packages that tests/run installs"]
fn kubectl_shows_what_to_do_when_nobody_is_signed_in() {
    let pool = Pool::start();
    let cluster = Cluster::trusting(&pool);
    let terminal = cluster.terminal(&pool, V1BETA1);
    let ran = kubectl(&terminal).stdout("");
    assert_ne!(ran.code, 0);
    assert!(
        ran.stderr.contains("hint: cognito-login login"),
        "{}",
        ran.stderr
    );
}

#[test]
#[ignore = "needs the Python packages that tests/run installs"]
fn the_python_client_gets_in_by_v1() {
    let pool = Pool::start();
    let cluster = Cluster::trusting(&pool);
    let terminal = cluster.terminal(&pool, V1);
    pool.sign_in(&terminal);
    let python = terminal.start_program("python", &["-c", LIST]);
    python
        .finish()
        .code(0)
        .stdout("['ada@example.com']\n")
        .stderr("");
}

/// Starts `list.py` in a terminal of its own: only there the Python client says `interactive`.
fn in_a_terminal(terminal: &Terminal) -> Running {
    terminal.start_program(
        "script",
        &[
            "--quiet",
            "--return",
            "--command",
            "python list.py",
            "/dev/null",
        ],
    )
}

#[test]
#[ignore = "needs util-linux and the Python packages that tests/run installs"]
fn five_clients_at_once_open_one_browser_and_all_get_in() {
    let pool = Pool::start();
    let cluster = Cluster::trusting(&pool);
    let mut terminal = cluster.terminal(&pool, V1);
    let browser = terminal.write("browser", "#!/bin/sh\necho \"$1\" >>\"$HOME/opened\"\n");
    std::fs::set_permissions(
        &browser,
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    terminal
        .unset("COGNITO_LOGIN_NO_BROWSER")
        .set("BROWSER", browser);
    terminal.write("list.py", LIST);
    let mut clients: Vec<_> = (0..5).map(|_| in_a_terminal(&terminal)).collect();
    let said: Vec<_> = clients
        .iter_mut()
        .map(|client| {
            client.line(|line| line.starts_with("http") || line.contains("waiting for it"))
        })
        .collect();
    let urls: Vec<_> = said
        .iter()
        .filter(|line| line.starts_with("http"))
        .collect();
    assert_eq!(urls.len(), 1, "{said:?}");
    Person::new().sign_in(urls[0], pool.username(), pool.password());
    for client in clients {
        let ran = client.finish().code(0);
        assert!(ran.stdout.contains("['ada@example.com']"), "{}", ran.stdout);
    }
    let opened = std::fs::read_to_string(terminal.home().join("opened")).unwrap();
    assert_eq!(opened.lines().count(), 1);
}
