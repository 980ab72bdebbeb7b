"""Programmes to begin with: the timing that others found good, each with its source. The survey key is to be replaced by one's own."""

from datetime import time

from services.survey.domain.fatigue import Cap, CapScope, Recontact
from services.survey.domain.programme import Exclusion, Matter, Rhythm, Rules, Trigger, Where
from services.survey.domain.timing import Window

HOUR, DAY = 3600, 86_400
DECENT = Window(start=time(9), end=time(20), weekdays=(1, 2, 3, 4, 5, 6))
OFFICE = Window(start=time(9), end=time(18), weekdays=(1, 2, 3, 4, 5))
ANY_TIME = Window(start=time(0), end=time(23, 59, 59), weekdays=(1, 2, 3, 4, 5, 6, 7))
ONE_A_WEEK = (Cap(limit=1, days=7),)
TOO_SHORT = Exclusion(code="too_short", when="contact.handle_seconds < 30.0")

SHIPPED: dict[str, tuple[str, Rules]] = {
    "solved_case": (
        "24 h after solved, answered within 28 days (Zendesk)",
        Rules(
            survey="case", trigger=Trigger.CASE_RESOLVED, delay_seconds=DAY, window=DECENT, caps=ONE_A_WEEK, expiry_days=28, skip_while=(Matter.CASE,)
        ),
    ),
    "chat": (
        "24 business hours after the last message, once in 24 h, link good for 7 days (Google Business Messages); bot-only chats after 30 min",
        Rules(
            survey="chat",
            trigger=Trigger.CONTACT_ENDED,
            where=Where(channel=("chat", "message")),
            delay_seconds=DAY,
            window=OFFICE,
            skip_holidays=True,
            caps=(Cap(limit=1, days=1),),
            expiry_days=7,
        ),
    ),
    "call": (
        "at the end of the contact, at the latest within 48 h (Medallia Agent Connect); one in seven days (Medallia, Formbricks)",
        Rules(
            survey="call",
            trigger=Trigger.CONTACT_ENDED,
            where=Where(channel=("voice",)),
            delay_seconds=HOUR,
            window=DECENT,
            caps=ONE_A_WEEK,
            exclude=(TOO_SHORT,),
            skip_while=(Matter.FOLLOW_UP,),
        ),
    ),
    "delivered_order": (
        "1 to 3 days after the delivery, given up after 30 days; not when the call ends but when the goods are in hand",
        Rules(
            survey="order",
            trigger=Trigger.CONTACT_ENDED,
            where=Where(disposition=("order placed",)),
            wait_for=Trigger.ORDER_DELIVERED,
            give_up_days=30,
            delay_seconds=DAY,
            window=DECENT,
            caps=ONE_A_WEEK,
        ),
    ),
    "relationship": (
        "per person at least 90 days apart (Medallia, Paystand), spread by a jitter so that no calendar day brings all of them",
        Rules(
            survey="relationship",
            trigger=Trigger.RELATIONSHIP,
            rhythm=Rhythm(every_days=180, jitter_days=30),
            window=OFFICE,
            skip_holidays=True,
            caps=(*ONE_A_WEEK, Cap(limit=1, days=90, scope=CapScope.SURVEY)),
            ignored_factor=2.0,
            cooldown_days=14,
        ),
    ),
    "recovery": (
        "when we got back to a customer: everybody, without caps (Medallia: recovery survey on case close)",
        Rules(survey="recovery", trigger=Trigger.FOLLOW_UP_CONTACT_ENDED, window=ANY_TIME, purpose="service", priority=1),
    ),
    "review_request": (
        "everybody equally, once, and nothing that says how satisfied they are (Trustpilot, Guidelines for Businesses)",
        Rules(survey="review", trigger=Trigger.CONTACT_ENDED, window=ANY_TIME, neutral=True, recontact=Recontact.ONCE),
    ),
}
