"""Not a bench: the contact centre that survey's benches ask, and the SQL that fills a database with its open decisions."""

from tests.bench.figure import Figure

PEOPLE = 400_000
AGENTS = 200
QUESTIONS = {
    "questions": [
        {"key": "agent", "kind": "csat5", "dimension": "service", "required": True, "text": {"en": "How satisfied were you?"}},
        {"key": "solved", "kind": "resolved", "dimension": "resolution", "required": True, "text": {"en": "Is your issue resolved?"}},
        {"key": "better", "kind": "text", "dimension": "open", "text": {"en": "What could we do better?"}},
        {"key": "call", "kind": "contact_me", "dimension": "open", "text": {"en": "Please contact me about this"}},
    ]
}
PROGRAMME = {
    "survey": "delivery",
    "trigger": "contact_ended",
    "window": {"start": "00:00", "end": "23:59:59.999999", "weekdays": [1, 2, 3, 4, 5, 6, 7]},
    "share": 0.3,
    "caps": [{"limit": 2, "days": 7}, {"limit": 1, "days": 1, "scope": "survey"}],
    "cooldown_days": 1,
    "skip_while": ["case_open", "follow_up_open"],
    "channels": ["email"],
}
_ID = "lpad(to_hex(n), 12, '0')"
_CUSTOMERS = f"""
INSERT INTO survey.known_customer (customer_id, version, display_name, language, time_zone, email, country, segment)
SELECT ('10000000-0000-7000-8000-' || {_ID})::uuid, 1, 'N', 'de', 'Europe/Berlin', 'n' || n || '@example.org', 'DE', '{{}}'
FROM (SELECT DISTINCT k % {PEOPLE} AS n FROM generate_series($1::bigint, $2::bigint - 1) k WHERE $3::bigint <> 0 AND $4::bigint >= 0) numbers
ON CONFLICT DO NOTHING
"""
_DECISIONS = f"""
INSERT INTO survey.decision (id, programme, programme_version, occasion, contact_id, customer_id, attribution, facts, channel, language,
 occurred_at, outcome, waits_for, rules, next_possible_at, give_up_at, created_at, version)
SELECT ('20000000-0000-7000-8000-' || {_ID})::uuid, 'asking', 1, 'contact:' || n, ('30000000-0000-7000-8000-' || {_ID})::uuid,
 ('10000000-0000-7000-8000-' || lpad(to_hex(n % {PEOPLE}), 12, '0'))::uuid,
 json_build_object('contact_id', '30000000-0000-7000-8000-' || {_ID},
  'agent_id', '40000000-0000-7000-8000-' || lpad((n % {AGENTS})::text, 12, '0'), 'team', 'blue', 'site', 'site' || n % 7, 'vendor', 'north',
  'queue', 'orders', 'topic', 'order', 'driver', NULL, 'department', NULL, 'disposition', 'done', 'order_reference', NULL, 'case_id', NULL,
  'follow_up_id', NULL),
 json_build_object('channel', 'voice', 'site', 'site' || n % 7, 'disposition', 'done'), 'voice', 'de', now(), 'pending', 'moment', '[]',
 to_timestamp(($3::bigint + (n * 7919) % $4::bigint) / 1e6), now() + interval '30 days', now(), 1
FROM generate_series($1::bigint, $2::bigint - 1) n
"""
_DUE = """
INSERT INTO survey.due (kind, key, due_at)
SELECT 'judge_decision', '20000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'), $3::bigint + (n * 7919) % $4::bigint
FROM generate_series($1::bigint, $2::bigint - 1) n
"""
FILL = [_CUSTOMERS, _DECISIONS, _DUE]


def moments(first: int, count: int, *, ahead: bool) -> tuple[int, int, int, int]:
    """Return first and last number, the earliest due moment and the spread, in microseconds."""
    import time

    now = int(time.time() * 1e6)
    return (first, first + count, now + 86_400_000_000, 30 * 86_400_000_000) if ahead else (first, first + count, now - 60_000_000, 30_000_000)


async def run() -> list[Figure]:
    """Nothing is measured here."""
    return []
