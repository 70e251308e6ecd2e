"""Send a mail by SMTP: what kind of news, its number, a link, and nothing else."""

from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from services.referral.notifier.undelivered import Undelivered

#: Seconds for one attempt, from the connection to the server's answer.
PATIENCE = 10


class Mailer:
    """Knows the server: `smtp://user:password@host:port`, or `smtps://` for TLS from the start.

    With `smtp://` TLS begins as soon as the server offers it; with `?starttls=required` behind the
    address nothing is said to a server that does not.
    """

    def __init__(self, url: str | None, sender: str) -> None:
        self._server = None if url is None else urlsplit(url)
        self._sender = sender

    async def send(self, to: str, *, message_id: str, number: int, words: str, link: str) -> None:
        """Send one mail. The same `message_id` is the same mail. Raises Undelivered."""
        server = self._server
        if server is None or server.hostname is None or not self._sender:
            raise Undelivered("not-configured")
        encrypted = server.scheme == "smtps"
        required = parse_qs(server.query).get("starttls") == ["required"]
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = to
        mail["Subject"] = f"【つなぎ】お知らせ {number}"
        mail["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            f"{words}\n\nお知らせの番号: {number}\n{link}\n\n"
            "内容はこのメールには書いていません。サインインしてご覧ください。\n"
        )
        try:
            await aiosmtplib.send(
                mail,
                hostname=server.hostname,
                port=server.port or (465 if encrypted else 25),
                username=None if server.username is None else unquote(server.username),
                password=None if server.password is None else unquote(server.password),
                use_tls=encrypted,
                start_tls=True if required and not encrypted else None,
                timeout=PATIENCE,
            )
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPTimeoutError, OSError):
            raise Undelivered("unreachable") from None
        except aiosmtplib.SMTPServerDisconnected:
            raise Undelivered("unreachable") from None
        except aiosmtplib.SMTPException:
            raise Undelivered("refused") from None
