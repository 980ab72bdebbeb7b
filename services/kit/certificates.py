"""Whom a client believes when it speaks TLS."""

import ssl
from functools import cache

import httpx


@cache
def trusted(*, trust_env: bool = True) -> ssl.SSLContext:
    """Return the believed certificates, read once a process: httpx would read them, 40 ms, for every client. `trust_env` heeds SSL_CERT_FILE."""
    return httpx.create_ssl_context(trust_env=trust_env)
