"""The sentences that a customer reads around the questions; one instance per language, so that no language can lack one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Every sentence of the page and the mail. {date}, {brand}, {question}, {limit} and {name} are filled in."""

    self_name: str
    """The language in itself."""
    direction: str
    """ltr or rtl."""
    languages: str
    title: str
    about_voice: str
    about_chat: str
    about_email: str
    about_order: str
    about_other: str
    block_service: str
    block_process: str
    block_product: str
    block_resolution: str
    block_relationship: str
    csat_1: str
    csat_2: str
    csat_3: str
    csat_4: str
    csat_5: str
    agree_low: str
    agree_high: str
    likely_low: str
    likely_high: str
    resolved_yes: str
    resolved_partly: str
    resolved_no: str
    optional: str
    leave_out: str
    contact_hint: str
    contact_how: str
    contact_voice: str
    contact_email: str
    contact_message: str
    contact_when: str
    time_any: str
    time_morning: str
    time_afternoon: str
    time_evening: str
    honeypot: str
    """Label of the field that only machines fill in."""
    send: str
    privacy: str
    stop: str
    problem: str
    problem_missing: str
    problem_choice: str
    problem_long: str
    thanks_title: str
    thanks_body: str
    thanks_contact: str
    gone_title: str
    gone_body: str
    stop_title: str
    stop_body: str
    stop_email: str
    stop_any: str
    stop_button: str
    stopped_title: str
    stopped_body: str
    mail_subject: str
    mail_hello: str
    mail_hello_name: str
    mail_ask: str
    mail_link: str
    mail_until: str
    mail_stop: str
