//! Small servers on the loopback interface, each with a runtime of its own.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::EmulatorError;

/// Serves connections until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    /// None only while it is dropped.
    runtime: Option<Runtime>,
}

impl Server {
    /// Listens on a free port and serves each connection in a task of its own.
    pub(crate) fn start<S, F>(name: &str, serve: S) -> Result<Self, EmulatorError>
    where
        S: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let guard = runtime.enter();
        let listener = TcpListener::from_std(listener)?;
        drop(guard);
        runtime.spawn(accept(listener, Arc::new(serve)));
        Ok(Self { address, runtime: Some(runtime) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn accept<S, F>(listener: TcpListener, serve: Arc<S>)
where
    S: Fn(TcpStream) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        // A connection that failed before it was accepted is the client's to retry.
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(serve(stream));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Waiting for the runtime's threads is forbidden inside async code.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
