//! A server under load: started on a port of its own, looked at from outside, and ended.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::project::Project;

pub struct Subject {
    child: Child,
    pub address: SocketAddr,
}

/// What the collector counted.
pub struct Counted {
    pub stored: u64,
    pub duplicate: u64,
    pub commits: u64,
}

const TOKEN: &str = "bench";

/// As an operator would configure it, but for the site.
pub const COLLECTOR: &str = "\
listen = \"127.0.0.1:0\"
store = \"events.db\"
admin_token = \"bench\"
[[sites]]
key = \"bench\"
account = \"3210be7ad82f403298f7c4da065ec657\"
settings = { level = 2 }
";

/// One worker in one process: all that it takes is seen in one place.
const NGINX: &str = "\
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server { listen $ADDRESS; client_max_body_size 2m; location / { return 204; } }
}
";

impl Subject {
    /// A collector with an empty store in `folder`.
    pub fn collector(project: &Project, folder: &Path) -> Result<Self> {
        Self::with(project, folder, COLLECTOR)
    }

    /// A collector with this configuration, in an empty `folder`.
    pub fn with(project: &Project, folder: &Path, config: &str) -> Result<Self> {
        afresh(folder)?;
        fs::write(folder.join("waymark.toml"), config)?;
        let mut command = Command::new(project.target().join("release/waymark-collector"));
        command.args(["--config", "waymark.toml"]).current_dir(folder);
        Self::started(command, folder)
    }

    /// What `command` starts, once its first line has an address.
    pub fn started(mut command: Command, folder: &Path) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(fs::File::create(folder.join("log.txt"))?).spawn()?;
        let mut line = String::new();
        if let Some(said) = &mut child.stdout {
            BufReader::new(said).read_line(&mut line)?;
        }
        let address = line.trim().split_once("://").map(|(_, address)| address.trim_end_matches("/metrics"));
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Ok(Self { child, address }),
            None => bail!("it does not start:\n{}", fs::read_to_string(folder.join("log.txt"))?),
        }
    }

    /// An nginx that reads bodies and answers 204.
    pub fn nginx(program: &Path, folder: &Path) -> Result<Self> {
        afresh(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(folder.join("nginx.conf"), NGINX.replace("$ADDRESS", &address.to_string()))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).args(["-c", "nginx.conf"]).stderr(Stdio::null());
        let child = command.spawn().context("could not start nginx")?;
        let subject = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(5);
        while TcpStream::connect(address).is_err() {
            if Instant::now() > deadline {
                bail!("nginx does not start: see {}", folder.join("error.log").display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(subject)
    }

    /// The CPU time that it has taken, in seconds.
    pub fn cpu(&self) -> Result<f64> {
        /// Linux shows it in hundredths of a second here, on every machine.
        const A_SECOND: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The program's name, in brackets, may have anything in it.
        let (_, fields) = stat.rsplit_once(") ").context("/proc has no such line")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? / A_SECOND)
    }

    /// The memory that it has, in MB: `VmRSS` now, `VmHWM` at its peak.
    pub fn memory(&self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.split_whitespace().next()).context("/proc has no such line")?;
        Ok(kib.parse::<f64>()? * 1_024.0 / 1e6)
    }

    /// What the collector says of itself.
    pub fn counted(&self) -> Result<Counted> {
        let text = self.metrics()?;
        let of = |name: &str| value(&text, name).map(|value| value as u64);
        Ok(Counted {
            stored: of("waymark_events_total{outcome=\"stored\",reason=\"\"}")?,
            duplicate: of("waymark_events_total{outcome=\"duplicate\",reason=\"\"}")?,
            commits: of("waymark_commit_seconds_count")?,
        })
    }

    /// The value of a metric.
    pub fn value(&self, name: &str) -> Result<f64> {
        value(&self.metrics()?, name)
    }

    fn metrics(&self) -> Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        let address = self.address;
        write!(
            stream,
            "GET /metrics HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
        )?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn value(text: &str, name: &str) -> Result<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).with_context(|| format!("/metrics has no {name}"))
}

/// Makes an empty folder.
pub fn afresh(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}
