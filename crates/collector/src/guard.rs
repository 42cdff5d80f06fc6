//! What every service client does before it sends: refuse whatever the table of calls does not name.

use std::collections::BTreeSet;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use palisade_snapshot::{CALLS, Evidence, Service};

use crate::operation::Operation;
use crate::transport::Attempt;

/// The allow-list of one client.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    service: Service,
    allowed: BTreeSet<&'static str>,
}

/// A call that is not planned.
#[derive(Debug, thiserror::Error)]
#[error("the operation {service}:{operation} is not among the planned reads, so it was not sent")]
struct Refused {
    service: &'static str,
    operation: String,
}

impl Guard {
    /// Lets through what fills or prepares this evidence.
    pub(crate) fn new(service: Service, evidence: &BTreeSet<Evidence>) -> Self {
        let allowed = CALLS
            .iter()
            .filter(|call| call.service == service)
            .filter(|call| call.evidence.iter().chain(call.prepares).any(|one| evidence.contains(one)))
            .map(|call| call.api_operation)
            .collect();
        Self { service, allowed }
    }

    fn operation(&self, config: &ConfigBag) -> Result<&'static Operation, Refused> {
        let name = config.load::<Metadata>().map(Metadata::name).unwrap_or_default();
        let operation = self.allowed.get(name).and_then(|name| Operation::find(self.service, name));
        operation.ok_or_else(|| Refused { service: self.service.name(), operation: name.to_owned() })
    }
}

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "planned reads only"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.operation(config).map(drop).map_err(Into::into)
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = self.operation(config)?;
        let number = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        context.request_mut().add_extension(Attempt { operation, number });
        Ok(())
    }
}

/// Takes the account off the host name, where the endpoint is one host for everybody. The SDK puts
/// it there for S3 Control whatever the endpoint is.
#[derive(Debug)]
pub(crate) struct PlainHost {
    pub(crate) account_id: String,
}

impl Intercept for PlainHost {
    fn name(&self) -> &'static str {
        "no account in the host name"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let plain = request.uri().replacen(&format!("://{}.", self.account_id), "://", 1);
        request.set_uri(plain)?;
        Ok(())
    }
}
