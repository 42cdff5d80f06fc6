//! Clients of S3 Control put the account id before the host name; here it is taken off again.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// An interceptor for S3 Control's client: takes the account id off the host name, because an IP
/// address has no subdomains.
#[derive(Debug)]
pub struct PlainHost;

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for PlainHost {
    fn name(&self) -> &'static str {
        "plain_host"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        if let Some((scheme, rest)) = request.uri().split_once("://")
            && let Some((_, plain)) = rest.split_once('.')
        {
            let uri = format!("{scheme}://{plain}");
            request.set_uri(uri)?;
        }
        Ok(())
    }
}
