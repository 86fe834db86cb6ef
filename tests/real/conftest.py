"""The official Stripe SDK, talking over HTTP to a localstripe of its own on 127.0.0.1, and to no one else."""

import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from attrs import define

collect_ignore = ["localstripe_server.py"]  # importing localstripe's server warns

SERVER = Path(__file__).with_name("localstripe_server.py")
START_SECONDS = 30
STOP_SECONDS = 5
ANSWER_SECONDS = 10


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Yield the address of a localstripe in its own process, which is stopped at the end."""
    with subprocess.Popen(
        [sys.executable, "-I", "-W", "ignore", SERVER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        watchdog = threading.Timer(START_SECONDS, process.kill)
        watchdog.start()
        port = process.stdout.readline()  # the end of the file, if the watchdog strikes
        watchdog.cancel()
        assert port, f"localstripe did not start: exit code {process.wait()}"
        yield f"http://127.0.0.1:{int(port)}"
        process.stdin.close()  # asks the server to leave
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


class Line(requests.adapters.HTTPAdapter):
    """The way to the server, on which requests and answers can be lost.

    `unsent`: method → what is raised in place of sending the next such request.
    `lost`: method → what is raised when the server has done what the next such request asked for.
    `instead`: status, headers and JSON that answer all requests, none of which reaches the server.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unsent: dict[str | None, BaseException] = {}
        self.lost: dict[str | None, BaseException] = {}
        self.instead: tuple[int, Mapping[str, str], Mapping[str, Any]] | None = None

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        if self.instead is not None:
            return canned(request, *self.instead)
        if request.method in self.unsent:
            raise self.unsent.pop(request.method)
        answer = super().send(request, *args, **options)
        if request.method in self.lost:
            answer.close()
            raise self.lost.pop(request.method)
        return answer


def canned(
    request: requests.PreparedRequest, status: int, headers: Mapping[str, str], said: Mapping[str, Any]
) -> requests.Response:
    answer = requests.Response()
    answer.request, answer.url, answer.status_code = request, str(request.url), status
    answer.headers.update(headers)
    answer.raw = io.BytesIO(json.dumps(said).encode())
    return answer


@define
class RealStripe:
    """A client of the official SDK, and the line it uses."""

    client: stripe.StripeClient
    line: Line

    @property
    def customers(self) -> list[dict[str, Any]]:
        """Return every customer that is there, as JSON."""
        return [customer.to_dict() for customer in self.client.v1.customers.list().auto_paging_iter()]

    def put(self, **values: Any) -> str:
        """Have a person create a customer there; return its id."""
        return self.client.v1.customers.create(values).id  # type: ignore[arg-type]


@contextmanager
def connected(address: str) -> Iterator[RealStripe]:
    """Yield the SDK's client of that address, which holds no customer yet."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy, no .netrc
        line = Line()
        session.mount(address, line)
        session.delete(f"{address}/_config/data", timeout=ANSWER_SECONDS).raise_for_status()
        client = stripe.StripeClient(
            "sk_test_localstripe",
            base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), address),  # type: ignore[arg-type]
            http_client=stripe.RequestsClient(timeout=ANSWER_SECONDS, session=session),
            max_network_retries=0,
        )
        yield RealStripe(client, line)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="session")
def address_that_keeps_keys() -> Iterator[str]:
    with served("--keep-keys") as address:
        yield address


@pytest.fixture(autouse=True)
def without_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the SDK from writing an id under the home directory."""
    monkeypatch.setattr(stripe, "enable_telemetry", False)


@pytest.fixture
def real(address: str) -> Iterator[RealStripe]:
    with connected(address) as real:
        yield real


@pytest.fixture
def real_that_keeps_keys(address_that_keeps_keys: str) -> Iterator[RealStripe]:
    with connected(address_that_keeps_keys) as real:
        yield real
