//! A company's web proxy: it tunnels TLS (`CONNECT`), forwards plain requests, may ask for a
//! password, and says who went through it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use crate::EmulatorError;
use crate::server::Server;

const REFUSAL: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
    proxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";

/// The longest head of a request that it reads, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// A forward proxy that leads every host to an address of its own.
#[derive(Debug)]
pub struct ForwardProxy {
    server: Server,
    seen: Arc<Mutex<Vec<String>>>,
}

/// Where a forward proxy leads.
#[derive(Debug, Clone)]
pub struct Routes {
    /// Where tunnels to hosts with these prefixes end; the first that fits, and an empty one fits all.
    pub tunnels: Vec<(&'static str, SocketAddr)>,
    /// Where plain requests go.
    pub plain: SocketAddr,
    /// The value of `Proxy-Authorization` that is asked for, such as `Basic dXNlcjpwYXNz`, if any.
    pub authorization: Option<&'static str>,
}

#[derive(Debug)]
struct Gate {
    routes: Routes,
    seen: Arc<Mutex<Vec<String>>>,
}

impl ForwardProxy {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// No socket can be opened.
    pub fn start(routes: Routes) -> Result<Self, EmulatorError> {
        let seen = Arc::new(Mutex::default());
        let gate = Arc::new(Gate { routes, seen: Arc::clone(&seen) });
        let server = Server::start("emulator-gate", move |stream| {
            let gate = Arc::clone(&gate);
            // An error here is a client that went away.
            async move { drop(gate.serve(stream).await) }
        })?;
        Ok(Self { server, seen })
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// The first line of each connection that was let through, such as
    /// `CONNECT sts.eu-west-1.amazonaws.com:443`, in order.
    #[must_use]
    pub fn connections(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Gate {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let head = read_head(&mut client).await?;
        let text = String::from_utf8_lossy(&head).into_owned();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
        let authorization = lines.find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("proxy-authorization").then_some(value)
        });
        if self.routes.authorization.is_some_and(|expected| authorization != Some(expected)) {
            return client.write_all(REFUSAL).await;
        }
        let tunnel = first.strip_prefix("CONNECT ").map(str::to_owned);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(first);
        let mut server;
        if let Some(host) = tunnel {
            let route = self.routes.tunnels.iter().find(|(prefix, _)| host.starts_with(prefix));
            let Some((_, address)) = route else { return Err(io::ErrorKind::HostUnreachable.into()) };
            server = TcpStream::connect(address).await?;
            client.write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n").await?;
        } else {
            server = TcpStream::connect(self.routes.plain).await?;
            server.write_all(&head).await?;
        }
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }
}

/// Everything up to the empty line, and what came with it.
async fn read_head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if client.read_buf(&mut head).await? == 0 || head.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Ok(head)
}
