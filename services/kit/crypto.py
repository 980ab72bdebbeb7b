"""Keys derived from one secret, and the key pair of the internal tokens."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey
from pydantic import SecretStr


def derive(secret: SecretStr, purpose: str) -> bytes:
    """Return 32 bytes for one purpose (HKDF-SHA256, RFC 5869): no key serves two, so a leak of one opens nothing else."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"antiphon", info=purpose.encode()).derive(secret.get_secret_value().encode())


def new_token_keys() -> tuple[str, str]:
    """Return (private, public) Ed25519 keys as JWK in JSON."""
    key = OKPKey.generate_key("Ed25519")
    import orjson

    return orjson.dumps(key.as_dict(private=True)).decode(), orjson.dumps(key.as_dict(private=False)).decode()


if __name__ == "__main__":
    import sys

    private_key, public_key = new_token_keys()
    sys.stdout.write(f"ANTIPHON_TOKEN_PRIVATE_KEY={private_key}\nANTIPHON_TOKEN_PUBLIC_KEY={public_key}\n")
