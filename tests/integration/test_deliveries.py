"""Mail and paper: tried again until they arrive, and whoever can telephone sees what did not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.embedded.folder import free_port
from services.referral.domain.delivering import BACK_OFF, Channel
from services.referral.notifier.mail import Mailer
from services.referral.notifier.undelivered import Undelivered
from services.referral.usecases.deliver_notices import Send, by_mail
from shared.database import AS_SERVICE, make_engine
from tests.integration.notices import deliver, offered, rows
from tests.integration.trail import acts
from tests.world import World

pytestmark = pytest.mark.anyio

HERE = "https://tsunagi.example.jp"


class Postbox:
    """Keeps what an SMTP server took, or refuses it."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.mails: list[Any] = []
        self.to: list[str] = []

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802  its name
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.to += envelope.rcpt_tos
        return self.answer


@contextmanager
def mail_server(port: int, postbox: Postbox) -> Iterator[None]:
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
async def engine(environment: dict[str, str]) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=4, options=AS_SERVICE)
    yield engine
    await engine.dispose()


def mail_by(port: int) -> Send:
    return by_mail(Mailer(f"smtp://127.0.0.1:{port}", "tsunagi@example.jp"), HERE)


async def set_address(world: World, agency: str, email: str) -> None:
    form = {"agency": agency, "email": email}
    assert (await send_form(world, "/referral/channels/mail", "admin", form)).status_code == 303


async def send_form(world: World, path: str, who: str, form: dict[str, str]) -> Any:
    headers = {"Authorization": f"Bearer {await world.token(who)}"}
    return await world.client.post(path, data=form, headers=headers)


def delivery(environment: dict[str, str]) -> dict[str, Any]:
    [found] = rows(environment, "SELECT * FROM delivery")
    return found


def later(environment: dict[str, str], more: timedelta) -> datetime:
    """A moment after the notification was told."""
    told = rows(environment, "SELECT max(told_at) AS told FROM notification")[0]["told"]
    return max(told, datetime.now(UTC)) + more


async def told_by_mail(world: World, agency: str = "csw") -> dict[str, str]:
    """A case whose offer goes to an agency by mail; the world's own worker has no mail server."""
    await set_address(world, agency, "madoguchi@example.jp")
    return await offered(world, agency)


async def until_tried(environment: dict[str, str]) -> None:
    """Wait until the running worker has found that it knows no mail server."""
    for _ in range(200):
        if delivery(environment)["error"] == "not-configured":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(delivery(environment))


async def test_a_server_without_tls_is_told_nothing_where_tls_is_required() -> None:
    port, postbox = free_port(), Postbox()
    mail: dict[str, Any] = {"message_id": "1", "number": 1, "words": "つなぎ", "link": HERE}
    with mail_server(port, postbox):
        strict = Mailer(f"smtp://127.0.0.1:{port}?starttls=required", "tsunagi@example.jp")
        with pytest.raises(Undelivered, match="refused"):
            await strict.send("madoguchi@example.jp", **mail)
        assert postbox.mails == []
        offered_only = Mailer(f"smtp://127.0.0.1:{port}", "tsunagi@example.jp")
        await offered_only.send("madoguchi@example.jp", **mail)
    assert len(postbox.mails) == 1


async def test_a_mail_waits_for_its_server_and_arrives_once(
    world: World, environment: dict[str, str], engine: AsyncEngine
) -> None:
    case = await told_by_mail(world)
    await until_tried(environment)
    port, postbox = free_port(), Postbox()
    send, now = mail_by(port), later(environment, BACK_OFF[0])

    await deliver(engine, Channel.MAIL, send, now)
    away = delivery(environment)
    assert (away["state"], away["error"], away["attempts"]) == ("waiting", "unreachable", 2)
    assert away["next_at"] == now + BACK_OFF[1]

    with mail_server(port, postbox):
        await deliver(engine, Channel.MAIL, send, now)
        assert postbox.mails == []
        for more in (BACK_OFF[1], BACK_OFF[2], BACK_OFF[3]):
            await deliver(engine, Channel.MAIL, send, now + more)
    assert postbox.to == ["madoguchi@example.jp"]
    done = delivery(environment)
    assert (done["state"], done["error"]) == ("done", None)
    assert done["done_at"] == now + BACK_OFF[1]

    [mail] = postbox.mails
    number = rows(environment, "SELECT number FROM notification")[0]["number"]
    text = mail.get_content()
    assert f"{HERE}/referral/notifications/{number}" in text
    assert str(number) in mail["Subject"]
    assert str(done["id"]) in mail["Message-ID"]
    whole = f"{mail['Subject']} {text}"
    for said in ("家計", "孤立", "csw", "CSW", "地域包括", case["case"]):
        assert said not in whole


async def test_what_is_refused_to_the_end_is_seen_by_sender_and_administrator(
    world: World, environment: dict[str, str], engine: AsyncEngine
) -> None:
    case = await told_by_mail(world)
    await until_tried(environment)
    now = later(environment, BACK_OFF[0])
    port = free_port()
    send = mail_by(port)
    with mail_server(port, Postbox("554 no")):
        for rest in (*BACK_OFF[1:], timedelta(0)):
            await deliver(engine, Channel.MAIL, send, now)
            now += rest
    failed = delivery(environment)
    assert (failed["state"], failed["error"]) == ("failed", "refused")
    assert failed["attempts"] == len(BACK_OFF) + 1

    words = "社協 CSWにメールが届きませんでした。電話でお知らせください。"
    page = f"/referral/cases/{case['case']}"
    assert words in (await world.call("GET", page, "houkatsu")).text
    assert words not in (await world.call("GET", page, "csw")).text
    shown = (await world.call("GET", "/referral/deliveries", "admin")).text
    assert "相手のサーバーが受け取りませんでした" in shown

    again = f"/referral/deliveries/{failed['id']}/again"
    assert (await send_form(world, again, "houkatsu", {})).status_code == 403
    assert (await send_form(world, again, "admin", {})).status_code == 303
    assert delivery(environment)["state"] != "failed"
    assert [row for row in acts(environment, "referral") if row[0] == "delivery-again"] == [
        ("delivery-again", outcome, str(failed["id"])) for outcome in ("refused", "done")
    ]


async def test_who_telephoned_says_so_and_the_notice_goes(
    world: World, environment: dict[str, str], engine: AsyncEngine
) -> None:
    case = await told_by_mail(world)
    await until_tried(environment)
    now = later(environment, BACK_OFF[0])
    send = mail_by(free_port())
    for rest in (*BACK_OFF[1:], timedelta(0)):
        await deliver(engine, Channel.MAIL, send, now)
        now += rest
    told = f"/referral/deliveries/{delivery(environment)['id']}/told"
    assert (await send_form(world, told, "csw", {})).status_code == 404
    answer = await send_form(world, told, "houkatsu", {})
    assert answer.headers["location"] == f"/referral/cases/{case['case']}?done=told"
    assert acts(environment, "referral")[-1][:2] == ("delivery-told", "done")
    page = await world.call("GET", f"/referral/cases/{case['case']}", "houkatsu")
    assert "届きませんでした" not in page.text


async def test_an_attempt_that_was_cut_off_is_made_again_under_the_same_id(
    world: World, environment: dict[str, str], engine: AsyncEngine
) -> None:
    await told_by_mail(world)
    await until_tried(environment)
    sent: list[str] = []

    async def cut_off(attempt: Any, _: str, __: datetime) -> None:
        sent.append(str(attempt.id))
        raise SystemError

    async def arrive(attempt: Any, _: str, __: datetime) -> None:
        sent.append(str(attempt.id))

    now = later(environment, BACK_OFF[0])
    with pytest.raises(SystemError):
        await deliver(engine, Channel.MAIL, cut_off, now)
    assert delivery(environment)["state"] == "sending"
    await deliver(engine, Channel.MAIL, arrive, now + timedelta(minutes=1))
    assert len(sent) == 1
    await deliver(engine, Channel.MAIL, arrive, now + timedelta(minutes=3))
    assert sent == [sent[0]] * 2
    assert delivery(environment)["state"] == "done"


async def test_an_agency_without_a_terminal_is_told_on_paper(
    world: World, environment: dict[str, str]
) -> None:
    case = await offered(world, "hello-work")
    shown = (await world.call("GET", "/referral/paper", "houkatsu")).text
    assert f"/referral/cases/{case['case']}/referrals/{case['hello-work']}/sheet" in shown
    assert "ハローワーク" not in (await world.call("GET", "/referral/paper", "csw")).text

    told = f"/referral/deliveries/{delivery(environment)['id']}/told"
    assert (await send_form(world, told, "csw", {})).status_code == 404
    for _ in range(2):
        answer = await send_form(world, told, "houkatsu", {})
        assert answer.headers["location"] == "/referral/paper?done=told"
    done = delivery(environment)
    assert (done["state"], done["done_by"]) == ("done", "test")
    assert done["done_at"] is not None
    again = (await world.call("GET", "/referral/paper", "houkatsu")).text
    assert "いま渡すものはありません。" in again
    assert "最近渡したもの" in again


@pytest.mark.parametrize("email", ["nobody", "a b@c", "a@b, c@d", "a@b\r\nBcc: c@d"])
async def test_what_is_no_address_is_not_taken(
    quiet_world: World, environment: dict[str, str], email: str
) -> None:
    form = {"agency": "csw", "email": email}
    answer = await send_form(quiet_world, "/referral/channels/mail", "admin", form)
    assert answer.status_code == 422
    assert "メールアドレスの形" in answer.text
    assert rows(environment, "SELECT * FROM agency_channel") == []
