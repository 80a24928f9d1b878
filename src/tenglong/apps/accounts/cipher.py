"""Fields encrypted at rest (Fernet: AES-128-CBC with HMAC) under the key `keys/fields`."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tenglong.settings.home import key


class CipherError(ValueError):
    """The stored text was not written with the key of this home."""


def encrypt(text: str) -> str:
    """Empty stays empty."""
    return Fernet(key("fields", settings.TENGLONG_HOME)).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Raises CipherError when the key does not fit (a database restored without its keys)."""
    if not token:
        return ""
    try:
        return Fernet(key("fields", settings.TENGLONG_HOME)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CipherError("加密字段无法解开：keys/fields 不是写入时的密钥，请用备份恢复整个 TENGLONG_HOME") from error
