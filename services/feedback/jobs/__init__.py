"""What happens by time or by computing: reading items, learning, watching follow-ups, naming contributors."""

from services.feedback.jobs.calls import apply_waiting_calls
from services.feedback.jobs.duties import consider_follow_up, settle_follow_up
from services.feedback.jobs.fetching import fetch_review
from services.feedback.jobs.found import find_what_is_new
from services.feedback.jobs.learning import learn, learn_tone
from services.feedback.jobs.reading import categorise
from services.feedback.jobs.replies import ask_reviewer, send_reply
from services.feedback.use_cases.close_follow_up import watch_follow_up
from services.feedback.use_cases.import_items import announce_imported
from services.feedback.use_cases.tell_contributors import find_contributors, name_planned
from services.kit.service import Job, TxJob

JOBS: list[TxJob | Job] = [
    Job("apply_calls", apply_waiting_calls, concurrency=1),
    Job("categorise", categorise, concurrency=1),
    Job("learn", learn, concurrency=1),
    Job("find_new", find_what_is_new, concurrency=1),
    Job("fetch_review", fetch_review, concurrency=4),
    Job("send_reply", send_reply, concurrency=4),
    Job("ask_reviewer", ask_reviewer, concurrency=4),
    TxJob("learn_tone", learn_tone),
    Job("consider_follow_up", consider_follow_up, concurrency=2),
    Job("settle_recovery", settle_follow_up, concurrency=2),
    TxJob("announce_imported", announce_imported),
    TxJob("find_contributors", find_contributors),
    TxJob("tell_contributor", name_planned),
    TxJob("watch_follow_up", watch_follow_up),
]
