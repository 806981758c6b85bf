"""Who may feed a session: its owner, and whoever has the key that its owner got for this session alone.

A sender is a small program at an instrument: it has no browser's cookie, and should not hold the token of the whole server. The key
follows from a secret of this server and the session's id, so that nothing has to be kept, and it opens nothing else.
"""

import base64
import hashlib
import hmac
import re
import secrets

PATH = re.compile(r"/api/sessions/([^/]+)/samples")


class FeedKeys:
    """The keys of one server."""

    def __init__(self, secret: str | None) -> None:
        """secret: the token of the server; None = one that is made up and forgotten when it ends, as live sessions are."""
        self._secret = (secret or secrets.token_urlsafe(32)).encode()

    def key(self, identity: str) -> str:
        """The key of a session, 32 characters."""
        digest = hmac.digest(self._secret, b"mnemoscope feed " + identity.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:24]).decode()

    def opens(self, path: str, key: str) -> bool:
        """Whether a key is that of the session whose samples go to this path."""
        found = PATH.fullmatch(path)
        return found is not None and hmac.compare_digest(key.encode(), self.key(found[1]).encode())
