//! A person's browser: Chromium, headless, driven by chromedriver.

use crate::{
    camera,
    wait::{PATIENCE, until},
};
use anyhow::{Context, Result};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
};
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities, prelude::*};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The screen a person holds or sits at, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// A phone held upright.
pub const PHONE: Screen = Screen { width: 390, height: 844 };
/// A desk.
pub const DESK: Screen = Screen { width: 1280, height: 800 };

/// Whether a page may look through the browser's camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eye {
    Open,
    Shut,
}

/// One browser with its own profile, its own driver and its own camera.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    process: Child,
    home: TempDir,
}

impl Browser {
    /// Opens a browser with a screen of the given size; its camera sees a wall.
    ///
    /// # Errors
    /// When chromedriver or chromium is not installed or does not start.
    pub async fn open(screen: Screen) -> Result<Self> {
        let home = tempfile::tempdir()?;
        camera::show_nothing(&film_in(home.path()))?;
        Self::start(home, screen, Eye::Open).await
    }

    /// Opens a browser whose owner does not let pages of `origin` use the camera.
    ///
    /// # Errors
    /// When chromedriver or chromium is not installed or does not start.
    pub async fn open_refusing_the_camera(screen: Screen, origin: &str) -> Result<Self> {
        let home = tempfile::tempdir()?;
        camera::show_nothing(&film_in(home.path()))?;
        let browser = Self::start(home, screen, Eye::Shut).await?;
        let refused = json!({"permission": {"name": "camera"}, "setting": "denied", "origin": origin});
        browser.driver.cdp().send_raw("Browser.setPermission", refused).await?;
        Ok(browser)
    }

    async fn start(home: TempDir, screen: Screen, eye: Eye) -> Result<Self> {
        let (process, port) = start_driver().await?;
        let capabilities = capabilities(home.path(), &film_in(home.path()), eye)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)
            .await
            .context("chromium does not start")?;
        let browser = Self { driver, process, home };
        browser.resize(screen).await?;
        Ok(browser)
    }

    /// Ends the browser as a dead battery would, and starts it again with all that it had on its disk.
    ///
    /// # Errors
    /// When the browser's process is not found, or does not start again.
    pub async fn die_and_come_back(mut self, screen: Screen) -> Result<Self> {
        let pid = self.pid()?;
        let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().await?;
        anyhow::ensure!(killed.success(), "chromium {pid} can't be killed");
        until("the browser is gone", PATIENCE, || async {
            let alive = Path::new(&format!("/proc/{pid}")).exists();
            (!alive || is_zombie(pid)).then_some(())
        })
        .await;
        // There is nobody left to say goodbye to.
        let _ = self.driver.clone().leak();
        self.process.kill().await?;
        // A crashed browser leaves its lock behind.
        let _ = std::fs::remove_file(self.lock());
        Self::start(self.home, screen, Eye::Open).await
    }

    /// The process of the browser that this test started: its profile is locked by `<machine>-<pid>`.
    fn pid(&self) -> Result<u32> {
        let lock = std::fs::read_link(self.lock()).context("the browser holds no profile")?;
        let lock = lock.to_string_lossy().into_owned();
        let pid = lock.rsplit_once('-').and_then(|(_, pid)| pid.parse().ok());
        pid.with_context(|| format!("no process in {lock}"))
    }

    fn lock(&self) -> PathBuf {
        self.home.path().join("profile/SingletonLock")
    }

    /// The driver, for what this type has no word for.
    pub const fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Gives the page another screen.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn resize(&self, screen: Screen) -> Result<()> {
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": screen.width < 600,
        });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn go(&self, url: &str) -> Result<()> {
        self.driver.goto(url).await.with_context(|| format!("{url} does not open"))
    }

    /// Waits until an element is there and shown.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn see(&self, css: &str) -> Result<WebElement> {
        let mut redrawn = 0;
        loop {
            let query = self.driver.query(By::Css(css)).wait(PATIENCE, std::time::Duration::from_millis(50));
            match query.and_displayed().first().await {
                // A live page drew itself anew between finding and looking.
                Err(gone) if gone.to_string().contains("stale") && redrawn < 20 => redrawn += 1,
                seen => return seen.with_context(|| format!("`{css}` does not appear")),
            }
        }
    }

    /// Clicks an element once it is there.
    ///
    /// # Errors
    /// When it does not come or can't be clicked.
    pub async fn click(&self, css: &str) -> Result<()> {
        for _ in 0..5 {
            let element = self.see(css).await?;
            let clicked = async {
                element.scroll_into_view().await?;
                element.click().await
            };
            match clicked.await {
                Ok(()) => return Ok(()),
                // The page redrew itself between finding and clicking: a person would not even notice.
                Err(gone) if gone.to_string().contains("stale") => {}
                Err(fault) => return Err(fault).with_context(|| format!("`{css}` can't be clicked")),
            }
        }
        anyhow::bail!("`{css}` never stands still")
    }

    /// The text of an element as it is now; asked in one step, so that a page that redraws itself can't get between.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn text(&self, css: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? null";
        let found = self.driver.execute(script, vec![json!(css)]).await?;
        found.json().as_str().map(|text| text.trim().to_owned()).with_context(|| format!("no `{css}`"))
    }

    /// Replaces the text of a field.
    ///
    /// # Errors
    /// When the field does not come.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.see(css).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until the page shows a text somewhere.
    ///
    /// # Panics
    /// When it does not within a person's patience.
    pub async fn read(&self, text: &str) {
        until(&format!("the page says “{text}”"), PATIENCE, || async {
            let body = self.driver.find(By::Tag("body")).await.ok()?.text().await.ok()?;
            body.to_lowercase().contains(&text.to_lowercase()).then_some(())
        })
        .await;
    }

    /// Waits until the address contains a text, and gives the address.
    ///
    /// # Panics
    /// When it does not within a person's patience.
    pub async fn arrive(&self, part: &str) -> String {
        until(&format!("the address contains “{part}”"), PATIENCE, || async {
            let url = self.driver.current_url().await.ok()?.to_string();
            url.contains(part).then_some(url)
        })
        .await
    }

    /// Holds a ticket's code before the camera. A page that already films must open the camera again to see it.
    ///
    /// # Errors
    /// When the film can't be written.
    pub fn hold_up(&self, code: &str) -> Result<()> {
        Ok(camera::show(code, &self.film())?)
    }

    /// The file the browser's camera shows.
    pub fn film(&self) -> PathBuf {
        film_in(self.home.path())
    }

    /// Saves a picture of the page.
    ///
    /// # Errors
    /// When the browser is gone or the file can't be written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver.screenshot(file).await?)
    }

    /// Keeps what a failed journey leaves behind: the picture, the page and the browser's log.
    pub async fn keep_evidence(&self, journey: &str) {
        let folder = evidence_folder();
        let _ = self.picture(&folder.join(format!("{journey}.png"))).await;
        if let Ok(page) = self.driver.source().await {
            let _ = std::fs::write(folder.join(format!("{journey}.html")), page);
        }
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn close(mut self) -> Result<()> {
        self.driver.clone().quit().await?;
        self.process.kill().await?;
        Ok(())
    }
}

fn film_in(home: &Path) -> PathBuf {
    home.join("camera.y4m")
}

/// Whether a process is dead, and only its parent has not looked yet.
fn is_zombie(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'))
}

/// Where failed journeys leave their evidence: beside the test binary's target folder.
pub fn evidence_folder() -> PathBuf {
    let target = std::env::current_exe().ok().and_then(|exe| exe.ancestors().nth(3).map(Path::to_path_buf));
    target.unwrap_or_else(std::env::temp_dir).join("e2e")
}

/// Starts chromedriver on a port it chooses and reads the port from its greeting.
async fn start_driver() -> Result<(Child, u16)> {
    let mut process = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("chromedriver is not installed: `make test` installs it on Debian")?;
    let mut lines = BufReader::new(process.stdout.take().context("chromedriver has no output")?).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(port) = line.split("started successfully on port ").nth(1) {
            let port = port.trim_end_matches('.').parse()?;
            // The rest of its output is read away, or it would block on a full pipe.
            #[expect(clippy::let_underscore_future, reason = "ends with the process")]
            let _ = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((process, port));
        }
    }
    anyhow::bail!("chromedriver ended before it was ready")
}

fn capabilities(
    home: &Path,
    film: &Path,
    eye: Eye,
) -> Result<thirtyfour::common::capabilities::chrome::ChromeCapabilities> {
    let mut caps = DesiredCapabilities::chrome();
    caps.set_binary("/usr/bin/chromium")?;
    for arg in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--lang=en",
        "--use-fake-device-for-media-stream",
    ] {
        caps.add_arg(arg)?;
    }
    if eye == Eye::Open {
        caps.add_arg("--use-fake-ui-for-media-stream")?;
    }
    caps.add_arg(&format!("--user-data-dir={}", home.join("profile").display()))?;
    caps.add_arg(&format!("--use-file-for-fake-video-capture={}", film.display()))?;
    caps.set("goog:loggingPrefs", json!({"browser": "ALL"}))?;
    Ok(caps)
}
