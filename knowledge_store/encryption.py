"""What must not be readable in a copy of the database."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import EncryptionKeyWrong


class Cipher:
    """Seals with the first key and opens with any, so that keys can be exchanged.

    Keys are Fernet's: 32 random bytes in URL-safe base64 (cryptography.io/en/latest/fernet).
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._first = Fernet(keys[0])
        self._any = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """Encrypted and signed."""
        return self._first.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises EncryptionKeyWrong."""
        try:
            return self._any.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise EncryptionKeyWrong from None

    def is_of_first(self, sealed: str) -> bool:
        """Whether it was sealed with the first key, so that the others are not needed for it."""
        try:
            self._first.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True
