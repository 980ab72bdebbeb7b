"""What the gateway counts, for Prometheus: operations, and how each service behaves towards it."""

from prometheus_client import Counter, Gauge, Histogram

OPERATIONS = Counter("antiphon_gateway_operations", "GraphQL operations that ran.", ["kind", "outcome"])
OPERATION_SECONDS = Histogram("antiphon_gateway_operation_seconds", "Seconds from the start of an operation to its answer.", ["kind"])
THROTTLED = Counter("antiphon_gateway_throttled", "Requests refused because the principal's bucket was empty.", ["door"])
CALLS = Counter("antiphon_gateway_service_calls", "Calls to a service, by what became of them.", ["service", "outcome"])
RETRIES = Counter("antiphon_gateway_service_retries", "Reads that were tried a second time.", ["service"])
SHARED = Counter("antiphon_gateway_service_shared", "Reads that joined an equal one under way.", ["service"])
STALE = Counter("antiphon_gateway_sections_stale", "Answers shown from memory while their service was silent.", ["service"])
BREAKER_OPEN = Gauge("antiphon_gateway_breaker_open", "1 while the service is left alone after failures.", ["service"])
CALLS_RUNNING = Gauge("antiphon_gateway_service_calls_running", "Calls to a service that run or wait for their turn now.", ["service"])
