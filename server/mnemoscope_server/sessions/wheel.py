"""Who drives a session besides its owner: whoever has the key that the owner gave away, until it is taken back."""

import hmac
import secrets


class Wheel:
    """The driver's seat of one session, as long as it is live."""

    def __init__(self) -> None:
        self.seat: str | None = None
        """The browser that began the run, where only the machine's own user is here: its hashed cookie. None: begun by a program, or on a shared server, where owners are kept."""
        self.key: str | None = None
        """32 characters; None = not given to anybody. Where several processes serve a run, as `Others.see_wheel` last saw it."""

    def give(self) -> str:
        """The key, a new one where there is none."""
        self.key = self.key or secrets.token_urlsafe(24)
        return self.key

    def take_back(self) -> None:
        """From the next command on the key opens nothing."""
        self.key = None

    def opens(self, key: str | None) -> bool:
        """Whether this is the key that was given."""
        return bool(key) and self.key is not None and hmac.compare_digest(str(key).encode(), self.key.encode())
