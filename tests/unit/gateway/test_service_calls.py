"""How the gateway asks a service that is slow, dead, crowded or talking nonsense."""

import asyncio
import time
from collections.abc import Callable

import orjson
import pytest
from prometheus_client import REGISTRY

from gateway.clients.failures import Problem, ServiceFailed
from gateway.clients.resilience import OPEN_S, Breaker, Bulkhead, CircuitOpen, Crowded, RetryBudget
from gateway.clients.service import OUTCOMES, Caller, Patience, Service, segment
from gateway.clients.transport import Answer, AsgiTransport, Call, Headers, Receive, Scope, Send, Unreachable
from services.kit.auth import Principal
from services.kit.fields import View

ANA = Principal("ana", frozenset({"agent"}), frozenset({"survey:read"}))
Reply = Callable[[Call], Answer]


class Way:
    """A service that answers as the test says."""

    def __init__(self, *replies: Answer | Exception, delay: float = 0.0) -> None:
        self.replies = list(replies)
        self.delay = delay
        self.calls: list[Call] = []

    async def call(self, call: Call) -> Answer:
        self.calls.append(call)
        await asyncio.sleep(self.delay)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def forward(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        return None


def good(data: object) -> Answer:
    return Answer(200, {}, orjson.dumps(data))


def caller(seconds: float = 5.0, principal: Principal = ANA) -> Caller:
    return Caller(principal, "request-1", time.monotonic() + seconds)


def service(way: Way, patience: Patience | None = None) -> Service:
    return Service("survey", way, lambda principal, audience: f"token of {principal.subject} for {audience}", patience)


async def test_a_call_carries_the_internal_token_and_the_request_id() -> None:
    way = Way(good({"a": 1}))

    assert await service(way).read(caller(), "/v1/x", {"limit": 5, "cursor": None, "kinds": ["a", "b"]}) == {"a": 1}

    assert way.calls[0].target == "/survey/v1/x?limit=5&kinds=a&kinds=b"
    headers = dict(way.calls[0].headers)
    assert 0 < int(headers.pop("x-request-deadline-ms")) <= 5_000
    assert headers == {
        "authorization": "Bearer token of ana for survey",
        "accept": "application/json",
        "x-request-id": "request-1",
    }


@pytest.mark.parametrize("failure", [Unreachable(), Answer(502), Answer(503), Answer(504)])
async def test_a_read_is_tried_once_more(failure: Answer | Exception) -> None:
    way = Way(failure, good(7))

    assert await service(way).read(caller(), "/v1/x") == 7
    assert len(way.calls) == 2


@pytest.mark.parametrize("failure", [Unreachable(), Answer(503), Answer(500)])
async def test_a_change_is_never_tried_again(failure: Answer | Exception) -> None:
    way = Way(failure)

    with pytest.raises(ServiceFailed) as failed:
        await service(way).change(caller(), "POST", "/v1/x", {"a": 1}, key="once")

    assert failed.value.code == "SERVICE_UNAVAILABLE"
    assert len(way.calls) == 1
    assert ("idempotency-key", "once") in way.calls[0].headers


async def test_a_500_is_not_tried_again_even_for_a_read() -> None:
    way = Way(Answer(500))

    with pytest.raises(ServiceFailed):
        await service(way).read(caller(), "/v1/x")
    assert len(way.calls) == 1


async def test_a_slow_service_is_left_behind_at_its_limit_or_the_operations_deadline() -> None:
    way = Way(good(1), delay=5)

    for longest, left in ((0.05, 5.0), (5.0, 0.05)):
        started = time.monotonic()
        with pytest.raises(ServiceFailed) as failed:
            await service(way, Patience(read=longest)).read(caller(left), "/v1/x")
        assert failed.value.code == "SERVICE_TIMEOUT"
        assert time.monotonic() - started < 1.5


async def test_no_call_is_begun_when_the_time_is_over() -> None:
    way = Way(good(1))

    with pytest.raises(ServiceFailed) as failed:
        await service(way).read(caller(-1), "/v1/x")

    assert failed.value.code == "SERVICE_TIMEOUT"
    assert way.calls == []


async def test_what_becomes_of_calls_is_counted_and_seen_while_they_run() -> None:
    def counted(outcome: str) -> float:
        return REGISTRY.get_sample_value("antiphon_gateway_service_calls_total", {"service": "survey", "outcome": outcome}) or 0.0

    def now(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"antiphon_gateway_{name}", {"service": "survey"})

    before = {outcome: counted(outcome) for outcome in OUTCOMES}
    asked = service(Way(good(1), delay=0.05))
    running = asyncio.create_task(asked.read(caller(), "/v1/x"))
    await asyncio.sleep(0.01)
    seen = now("service_calls_running")
    await running
    with pytest.raises(ServiceFailed):
        await asked.read(caller(-1), "/v1/x")
    broken = service(Way(Answer(500)))
    for _ in range(11):
        with pytest.raises(ServiceFailed):
            await broken.read(caller(), "/v1/x")

    assert seen == 1
    assert {outcome: counted(outcome) - was for outcome, was in before.items() if counted(outcome) != was} == {
        "answered": 1,
        "deadline": 1,
        "failed": 10,
        "circuit_open": 1,
    }
    assert [now("service_calls_running"), now("breaker_open")] == [0, 1]


async def test_equal_reads_of_one_principal_share_a_call_and_others_do_not() -> None:
    way = Way(good(1), delay=0.05)
    asked = service(way)
    bea = Principal("bea", frozenset(), frozenset())

    await asyncio.gather(
        *(asked.read(caller(), "/v1/x") for _ in range(10)), asked.read(caller(principal=bea), "/v1/x"), asked.read(caller(), "/v1/y")
    )

    assert len(way.calls) == 3


async def test_a_read_after_a_change_never_joins_one_from_before_it() -> None:
    way = Way(good(1), delay=0.05)
    asked = service(way)

    early = asyncio.create_task(asked.read(caller(), "/v1/x"))
    await asyncio.sleep(0.01)
    change = asyncio.create_task(asked.change(caller(), "POST", "/v1/x", {}))
    await asyncio.sleep(0.01)
    await asyncio.gather(early, change, asked.read(caller(), "/v1/x"))

    assert [call.method for call in way.calls] == ["GET", "POST", "GET"]


async def test_a_refusal_comes_back_with_its_code_and_fields() -> None:
    body = {"code": "already_answered", "detail": "Answered on 12 Nov.", "errors": [{"pointer": "/a", "code": "int", "message": "m"}]}
    way = Way(Answer(409, {}, orjson.dumps(body)))

    with pytest.raises(Problem) as problem:
        await service(way).change(caller(), "POST", "/v1/x", {})

    assert (problem.value.status, problem.value.code, problem.value.detail) == (409, "already_answered", "Answered on 12 Nov.")
    assert problem.value.errors[0].pointer == "/a"


@pytest.mark.parametrize("body", [b"<html>", b"\xff", b'"x"', b"[]", b'{"name": 5}'])
async def test_an_answer_that_breaks_the_contract_is_an_outage_not_a_crash(body: bytes) -> None:
    class Named(View):
        name: str

    asked = service(Way(Answer(200, {}, body)))
    with pytest.raises(ServiceFailed) as failed:
        asked.believe(Named, await asked.read(caller(), "/v1/x"))
    assert failed.value.code == "SERVICE_UNAVAILABLE"


async def test_a_service_that_keeps_failing_is_left_alone() -> None:
    way = Way(Answer(500))
    asked = service(way)
    for _ in range(10):
        with pytest.raises(ServiceFailed):
            await asked.read(caller(), "/v1/x")

    with pytest.raises(ServiceFailed) as failed:
        await asked.read(caller(), "/v1/x")

    assert failed.value.code == "CIRCUIT_OPEN"
    assert len(way.calls) == 10


def test_the_breaker_lets_one_probe_through_and_believes_it() -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.enter(0.0)
        breaker.leave(0.0, good=False)
    with pytest.raises(CircuitOpen):
        breaker.enter(OPEN_S - 0.1)

    breaker.enter(OPEN_S)
    with pytest.raises(CircuitOpen):
        breaker.enter(OPEN_S)
    breaker.leave(OPEN_S, good=True)

    breaker.enter(OPEN_S)
    assert breaker.open_until is None


def test_half_of_too_few_calls_says_nothing() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.leave(0.0, good=False)

    breaker.enter(0.0)


async def test_who_comes_when_all_places_and_queues_are_full_is_turned_away_at_once() -> None:
    bulkhead = Bulkhead(running=1, waiting=1)

    async def hold() -> None:
        async with bulkhead:
            await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(hold()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        async with bulkhead:
            pass
    await asyncio.gather(*tasks)
    async with bulkhead:
        pass


def test_retries_stay_a_tenth_of_all_calls() -> None:
    budget = RetryBudget(stock=0)
    granted = 0
    for _ in range(100):
        budget.earn()
        granted += budget.spend()

    assert granted in {9, 10}


@pytest.mark.parametrize(
    ("value", "text"), [("a/b", "a%2Fb"), ("..", "%2E%2E"), (".", "%2E"), ("a?b#c", "a%3Fb%23c"), ("é", "%C3%A9"), ("+49 1", "%2B49%201")]
)
def test_a_value_never_chooses_another_door(value: str, text: str) -> None:
    assert segment(value) == text


async def test_the_call_in_process_takes_what_the_app_says_and_survives_its_silence() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/silent":
            return
        if scope["path"] == "/broken":
            raise RuntimeError
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 201, "headers": [(b"ETag", b'"v1"')]})
        await send({"type": "http.response.body", "body": scope["query_string"] + b"|" + body})

    way = AsgiTransport(app)

    answer = await way.call(Call("POST", "/a%20b?x=1", (), b"hello"))
    assert (answer.status, answer.headers["etag"], answer.body) == (201, '"v1"', b"x=1|hello")
    for path in ("/silent", "/broken"):
        with pytest.raises(Unreachable):
            await way.call(Call("GET", path))
