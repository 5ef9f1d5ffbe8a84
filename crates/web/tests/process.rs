//! The process around a service: its exit codes, its log, and what SIGTERM does. Without the test harness, because
//! this binary is also the service that it starts.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStdout, Command, ExitCode, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use serde_json::Value;
use web::{App, Context, Fault, WebSettings, boot};

/// Set for the copy of this binary that is the service.
const IS_SERVICE: &str = "WEB_TEST_IS_SERVICE";

/// Set for a service whose background task has a bug.
const TASK_PANICS: &str = "WEB_TEST_TASK_PANICS";

fn main() -> ExitCode {
    if std::env::var_os(IS_SERVICE).is_some() {
        return boot::main(
            "purchase",
            |reader| WebSettings::read(reader, "purchase", "PUBLIC_URL_PURCHASE"),
            build,
        );
    }
    an_incomplete_environment_exits_2_and_names_all_faults();
    a_busy_address_exits_1();
    requests_are_logged_once_and_sigterm_drains();
    a_panicking_task_exits_1();
    println!("test result: ok. the process keeps its promises");
    ExitCode::SUCCESS
}

async fn build(settings: WebSettings, context: Context) -> anyhow::Result<App> {
    if std::env::var_os(TASK_PANICS).is_some() {
        context.spawn(async { panic!("a bug in the relay") });
    }
    let shutdown = context.shutdown.clone();
    context.spawn(async move {
        shutdown.cancelled().await;
        tracing::info!("the background task was told");
    });
    Ok(App::new(settings, context).public(|routes| {
        routes.get("/boom", async || Err::<String, _>(Fault::internal("the cause")));
    }))
}

fn service() -> Command {
    let key = SigningKey::from_bytes(&[1; 32]);
    let public = STANDARD.encode(key.verifying_key().as_bytes());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .env_clear()
        .env(IS_SERVICE, "1")
        .env("MAGUEY_ENV", "test")
        .env("LISTEN", "127.0.0.1:0")
        .env("INTERNAL_LISTEN", "127.0.0.1:0")
        .env("PUBLIC_URL_PURCHASE", "https://tickets.club.test")
        .env("SESSION_PUBLIC_KEYS", format!("k:{public}"))
        .env("SERVICE_PUBLIC_KEYS", format!("scanner:{public}"))
        .env("SERVICE_SIGNING_KEY", STANDARD.encode([1; 32]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn an_incomplete_environment_exits_2_and_names_all_faults() {
    let output = service().env_remove("LISTEN").env("SERVICE_SIGNING_KEY", "c2hvcnQ=").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("LISTEN is missing") && text.contains("SERVICE_SIGNING_KEY"), "{text}");
    assert!(!text.contains("c2hvcnQ="), "a secret was printed: {text}");
}

fn a_busy_address_exits_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = service().env("LISTEN", &address).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&format!("LISTEN={address} cannot be used")), "{text}");
}

fn a_panicking_task_exits_1() {
    let output = service().env(TASK_PANICS, "1").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("a background task panicked"), "{text}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("a bug in the relay"));
}

fn requests_are_logged_once_and_sigterm_drains() {
    let mut child = service().spawn().unwrap();
    let mut log = BufReader::new(child.stdout.take().unwrap());
    let listening = line_with(&mut log, "listening");
    let address = listening["public"].as_str().unwrap().to_owned();

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let request = web::client()
        .get(format!("http://{address}/boom?key=secret"))
        .header("x-request-id", "boom-0001")
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let status = runtime.block_on(async { request.send().await.unwrap().status() });
    assert_eq!(status, 500);
    let failed = line_with(&mut log, "a request failed");
    assert_eq!(failed["cause"], "the cause");
    assert_eq!(failed["request_id"], "boom-0001");
    assert_eq!(failed["http.route"], "/boom");
    assert_eq!(failed["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(failed["service"], "purchase");

    let rest = terminate(&mut child, log);
    assert!(rest.contains("the background task was told") && rest.contains("\"stopped\""), "{rest}");
    assert!(!rest.contains("the cause") && !rest.contains("secret"), "said once, without the query: {rest}");
}

/// The next line of the log with this message.
fn line_with(log: &mut BufReader<ChildStdout>, message: &str) -> Value {
    for line in log.lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if line["message"] == message {
            return line;
        }
    }
    panic!("the service ended without saying {message:?}");
}

/// Asks the service to stop and returns what it still said.
fn terminate(child: &mut Child, mut log: BufReader<ChildStdout>) -> String {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest}");
    rest
}
