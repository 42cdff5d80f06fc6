//! The emulator with its proxy, as tests use it.

use std::net::SocketAddr;
use std::sync::mpsc;

use tokio::runtime::Runtime;

use crate::moto::{ManagedPolicies, Moto};
use crate::{Account, EmulatorError, Proxy, account};

/// The access key that belongs to the default account; AWS's documentation uses it as an example.
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// Its secret.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// The AWS managed policies that exist unless others are asked for.
const USUAL_POLICIES: &[&str] = &[
    "AWSCompromisedKeyQuarantineV3",
    "AdministratorAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2RoleforSSM",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSQSFullAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
];

/// A running emulator behind its proxy; both end when this value is dropped, or with the process.
///
/// All methods block for as long as they need and may be called inside and outside of async code.
#[derive(Debug)]
pub struct Emulator {
    moto: Moto,
    proxy: Proxy,
    /// None only while it is dropped.
    runtime: Option<Runtime>,
}

/// How the emulator is started.
#[derive(Debug, Clone)]
pub struct EmulatorBuilder {
    policies: ManagedPolicies,
}

impl EmulatorBuilder {
    /// Loads these AWS managed policies, by name, instead of the usual ones.
    #[must_use]
    pub fn managed_policies<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.policies = ManagedPolicies::Named(names.into_iter().map(str::to_owned).collect());
        self
    }

    /// Loads all AWS managed policies that moto carries: slower, and rarely needed.
    #[must_use]
    pub fn all_managed_policies(mut self) -> Self {
        self.policies = ManagedPolicies::All;
        self
    }

    /// Starts it. The first start installs moto, which needs Python and the Python package index.
    ///
    /// # Errors
    /// Python is missing, the installation fails, or no socket can be opened.
    pub fn start(self) -> Result<Emulator, EmulatorError> {
        let moto = Moto::start(&self.policies)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("emulator-proxy")
            .enable_all()
            .build()?;
        let proxy = Proxy::start(&runtime, moto.address())?;
        Ok(Emulator { moto, proxy, runtime: Some(runtime) })
    }
}

impl Emulator {
    /// How to start one that is not as usual.
    #[must_use]
    pub fn builder() -> EmulatorBuilder {
        let policies = USUAL_POLICIES.iter().map(|name| (*name).to_owned()).collect();
        EmulatorBuilder { policies: ManagedPolicies::Named(policies) }
    }

    /// Starts an empty emulator.
    ///
    /// # Errors
    /// As [`EmulatorBuilder::start`].
    pub fn start() -> Result<Self, EmulatorError> {
        Self::builder().start()
    }

    /// Starts an emulator and fills it with one account.
    ///
    /// # Errors
    /// As [`EmulatorBuilder::start`] and [`Emulator::fill`].
    pub fn with(account: Account) -> Result<Self, EmulatorError> {
        let emulator = Self::start()?;
        emulator.fill(account)?;
        Ok(emulator)
    }

    /// The proxy, where faults are injected and requests are counted.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// The endpoint for clients: the proxy's.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.proxy.endpoint()
    }

    /// The environment in which the AWS SDKs and Palisade find the emulator and its default account.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.environment_at(&self.endpoint())
    }

    /// The same, where another endpoint stands for the emulator, such as a [replay](Self::replay)'s.
    #[must_use]
    pub fn environment_at(&self, endpoint: &str) -> Vec<(&'static str, String)> {
        environment_with(endpoint, ACCESS_KEY.to_owned(), SECRET_KEY.to_owned())
    }

    /// A second proxy, which gives the answers again that the first one has given since it
    /// [records](Proxy::record), each request's in the same order, and asks the emulator only for what
    /// was never asked. It has faults and counts of its own, and ends when it is dropped.
    ///
    /// # Errors
    /// No socket can be opened.
    pub fn replay(&self) -> Result<Proxy, EmulatorError> {
        match &self.runtime {
            Some(runtime) => self.proxy.replay(runtime, self.moto.address()),
            None => Err(EmulatorError::Start("its runtime ended".to_owned())),
        }
    }

    /// The same, for a user of the default account, who gets an access key for it.
    ///
    /// # Errors
    /// There is no such user, or he has two access keys already.
    pub fn environment_of(&self, user: &str) -> Result<Vec<(&'static str, String)>, EmulatorError> {
        let made = account::create_access_key(self.moto.address(), user.to_owned());
        let (id, secret) = self.wait(made)??;
        self.proxy.know_access_key(&id, user);
        Ok(environment_with(&self.endpoint(), id, secret))
    }

    /// Creates everything an account description names. Requests to this end do not pass the proxy,
    /// so they are not counted.
    ///
    /// # Errors
    /// The emulator refuses something, such as a name that is taken.
    pub fn fill(&self, account: Account) -> Result<(), EmulatorError> {
        let described = account.clone();
        let shapes = self.wait(account::fill(self.moto.address(), account))??;
        self.proxy.describe(&described, shapes);
        Ok(())
    }

    /// Whether every request must be allowed by the IAM policies of who signed it, and be signed
    /// rightly. The usual access key is no user's: it is refused while this is on.
    ///
    /// moto can't refuse what it has no address for, such as `account:ListRegions`; there the proxy looks
    /// whether an inline policy of the user names the action. A [replay](Self::replay) that is begun now
    /// asks moto once for each user and operation.
    ///
    /// # Errors
    /// The emulator does not answer.
    pub fn enforce_iam(&self, enforced: bool) -> Result<(), EmulatorError> {
        self.proxy.keep_signatures(enforced);
        self.wait(set_unchecked_requests(self.moto.address(), if enforced { "0" } else { "inf" }))?
    }

    /// Runs a future on the emulator's own runtime, so that the caller may have one or not.
    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, EmulatorError> {
        let (sender, receiver) = mpsc::channel();
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move { sender.send(work.await) });
        }
        receiver.recv().map_err(|_| EmulatorError::Start("its runtime ended".to_owned()))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Waiting for the runtime's threads is forbidden inside async code.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn environment_with(endpoint: &str, id: String, secret: String) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

/// Tells moto how many requests it lets pass before it checks signatures and permissions.
async fn set_unchecked_requests(emulator: SocketAddr, count: &'static str) -> Result<(), EmulatorError> {
    use http_body_util::Full;
    use hyper::body::Bytes;
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;

    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let request =
        hyper::Request::post(format!("http://{emulator}/moto-api/reset-auth")).body(Full::from(count));
    let answer =
        client.request(request.map_err(std::io::Error::other)?).await.map_err(std::io::Error::other)?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(EmulatorError::Start(format!("enforcing IAM was answered with {}", answer.status())))
}
