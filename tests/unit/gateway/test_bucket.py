"""A principal's allowance: what is taken, when there is some again, and how the client is told."""

from gateway.limits.bucket import Buckets, Left


def test_what_is_taken_comes_back_by_the_second() -> None:
    buckets = Buckets(size=1_000, per_second=200)

    assert buckets.take("ada", 800, now=0.0) == Left(granted=True, left=200, wait_s=4)
    assert buckets.take("ada", 300, now=0.0) == Left(granted=False, left=200, wait_s=1)
    assert buckets.take("ada", 300, now=0.5) == Left(granted=True, left=0, wait_s=5)
    assert buckets.take("ben", 1_000, now=0.5) == Left(granted=True, left=0, wait_s=5)


def test_a_refusal_takes_nothing() -> None:
    buckets = Buckets(size=10, per_second=1)
    buckets.take("ada", 10, now=0.0)

    refused = [buckets.take("ada", 5, now=0.0) for _ in range(3)]

    assert refused == [Left(granted=False, left=0, wait_s=5)] * 3


def test_the_fields_say_policy_rest_and_when_to_come_back() -> None:
    buckets = Buckets(size=100, per_second=10)

    granted, refused = buckets.take("ada", 60, now=0.0), buckets.take("ada", 60, now=0.0)

    assert buckets.fields("cost", granted) == ((b"ratelimit-policy", b'"cost";q=100;w=10'), (b"ratelimit", b'"cost";r=40;t=6'))
    assert buckets.fields("cost", refused)[1:] == ((b"ratelimit", b'"cost";r=40;t=2'), (b"retry-after", b"2"))
