"""A schedule that fires by itself: a Prefect server on PostgreSQL, a process worker, and `prefect.yaml`.

    python benchmarks/scheduled.py [--outage]

Starts PostgreSQL in a temporary folder behind a Unix socket (as another user if called by root), a Prefect server on
it, and a worker; deploys the nightly flow with a cron line that is due each minute; and waits until a run has fired and
completed. With `--outage` the worker is then killed until two more runs are late, and an article is added: one run must
take it, and the others must find their work done. Prints the evidence and keeps it in `benchmarks/scheduled.json`.
"""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

TOP = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REMEDY = "no PostgreSQL here; install one with: apt-get install postgresql (or tests/install-postgresql.sh)"
ARTICLE = {"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2010-11-23", "outlet": "A"}
LATER = {"text": "South Korea suspended trade with North Korea.", "date": "2010-11-25", "outlet": "B"}


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest there is."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    own = shutil.which("initdb")
    return max(found, key=lambda path: float(path.parent.name), default=Path(own).parent if own else None)


@contextmanager
def running(command: list[str | Path], stop: signal.Signals = signal.SIGTERM, **options: object) -> Iterator[None]:
    """Run a program beside this one, in a group of its own, and stop it at the end."""
    process = subprocess.Popen(command, start_new_session=True, **options)  # type: ignore[call-overload]  # noqa: S603
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def postgresql(folder: Path, programs: Path) -> Iterator[Callable[[str], str]]:
    """Start PostgreSQL with an empty database `prefect`; yield a function that asks it."""
    data, log = folder / "data", folder / "postgresql.log"
    user: dict[str, object] = {"cwd": folder}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        other = names.get("postgres") or names["nobody"]
        user |= {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        os.chown(folder, other.pw_uid, other.pw_gid)
    place = ["-h", folder, "-U", "prefect"]

    def call(program: str, *arguments: str | Path) -> str:
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            [programs / program, *arguments], check=True, capture_output=True, text=True, **user
        )
        return str(done.stdout).strip()

    call("initdb", "-D", data, "-U", "prefect", "--auth=trust", "--encoding=UTF8", "--no-sync")
    server = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
    with log.open("wb") as file, running(server, signal.SIGINT, stdout=file, stderr=file, **user):
        until((folder / ".s.PGSQL.5432").exists, "PostgreSQL", 60, log)
        until(lambda: _answers(lambda: call("createdb", *place, "prefect")), "PostgreSQL", 60, log)
        yield lambda query: call("psql", *place, "-d", "prefect", "-Atc", query)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (subprocess.CalledProcessError, OSError):
        return False
    return True


def until(what: Callable[[], object], name: str, seconds: float, log: Path) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise SystemExit(f"{name}: not within {seconds:g} seconds\n{log.read_text()[-5000:]}")
        time.sleep(0.5)


class Api:
    """A Prefect server on PostgreSQL."""

    def __init__(self, folder: Path, database: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.folder = folder
        self.environment = {
            **os.environ,
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"postgresql+asyncpg://prefect@/prefect?host={database}",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def prefect(self, *arguments: str) -> list[str | Path]:
        """Return a command of Prefect."""
        return [BIN / "prefect", "--no-prompt", *arguments]

    @contextmanager
    def beside(self, name: str, *arguments: str) -> Iterator[object]:
        """Run a command of Prefect beside this process, with a log of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            options = {"stdout": log, "stderr": log, "env": self.environment, "cwd": TOP}
            with running(self.prefect(*arguments), signal.SIGINT, **options) as process:
                yield process

    def runs(self) -> list[dict]:
        """Return the runs of the nightly flow that are or were due, oldest first."""
        query = {"flows": {"name": {"any_": ["nightly"]}}, "sort": "EXPECTED_START_TIME_ASC"}
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/flow_runs/filter", json.dumps(query).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return [run for run in json.load(answer) if run["expected_start_time"] <= _now()]


def _now() -> str:
    return datetime.now(UTC).isoformat()


def told(run: dict) -> dict[str, str]:
    """Return what is worth knowing of a run."""
    names = ("name", "expected_start_time", "start_time", "end_time", "state_name")
    return {name: run[name] for name in names} | {"fired_by": run["created_by"] and run["created_by"]["type"]}


def study(folder: Path, programs: Path, outage: bool) -> dict:
    """Have a schedule fire, and return the evidence."""
    articles, outputs = folder / "articles.jsonl", folder / "outputs"
    articles.write_text(json.dumps(ARTICLE) + "\n")
    database = folder / "postgresql"
    database.mkdir()
    with ExitStack() as stack:
        ask = stack.enter_context(postgresql(database, programs))
        api = Api(folder, database)
        log = folder / "server.log"
        stack.enter_context(api.beside("server", "server", "start", "--host", "127.0.0.1", "--port", str(api.port)))
        until(lambda: _answers(api.runs), "server", 180, log)
        _call(api, "work-pool", "create", "escalation", "--type", "process")
        parameters = {"outputs": str(outputs), "sources": [str(articles)], "timezone": "UTC"}
        _call(api, "deploy", "--all")
        named = ["--name", "nightly", "--params", json.dumps(parameters)]
        _call(api, "deploy", *named)  # first: the server may make runs of a new schedule before it knows its parameters
        _call(api, "deploy", *named, "--cron", "* * * * *", "--timezone", "UTC")
        begun = _now()
        worker = ("worker", "worker", "start", "--pool", "escalation", "--type", "process")
        with api.beside(*worker) as process:
            until(lambda: _ended(api), "the first run", 240, folder / "worker.log")
            if outage:
                _kill(process)
        evidence = {"worker_started": begun, "fired": [told(run) for run in _ended(api)]}
        if outage:
            evidence["outage"] = _outage(api, worker, articles, outputs)
        return evidence | {
            "database": ask("select version()").split(" on ")[0],
            "rows": {
                name: int(ask(f"select count(*) from {name}"))  # noqa: S608 - names of our own
                for name in ("deployment", "flow_run", "task_run", "artifact", "log")
            },
            "index": (outputs / "tension_index.parquet").exists(),
        }


def _outage(api: Api, worker: tuple[str, ...], articles: Path, outputs: Path) -> dict:
    """Wait until two runs are late, add an article, start the worker again, and tell how the late runs ended."""
    ended = len(_ended(api))
    until(lambda: len([run for run in api.runs() if run["state_type"] == "SCHEDULED"]) >= 2, "late runs", 240, articles)
    with articles.open("a") as file:
        file.write(json.dumps(LATER) + "\n")
    late = {run["id"] for run in api.runs() if run["state_type"] == "SCHEDULED"}
    with api.beside(*worker):
        log = api.folder / "worker.log"
        until(lambda: late <= {run["id"] for run in _ended(api)[ended:]}, "the late runs", 300, log)
    summary = json.loads((outputs / "summary.json").read_text())
    return {"late_runs": [told(run) for run in api.runs() if run["id"] in late], "articles": summary["articles"]}


def _kill(process: object) -> None:
    os.killpg(process.pid, signal.SIGKILL)  # type: ignore[attr-defined]


def _ended(api: Api) -> list[dict]:
    ended = [run for run in api.runs() if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]
    wrong = [told(run) for run in ended if run["state_type"] != "COMPLETED"]
    if wrong:
        raise SystemExit(f"{wrong}\n{(api.folder / 'worker.log').read_text()[-5000:]}")
    return ended


def _call(api: Api, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own programs
        api.prefect(*arguments), cwd=TOP, env=api.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"prefect {' '.join(arguments)}\n{done.stdout}{done.stderr}")


def main(outage: bool) -> None:
    programs = binaries()
    if programs is None:
        raise SystemExit(REMEDY)
    with TemporaryDirectory(prefix="esc") as name:
        Path(name).chmod(0o711)  # the other user passes through
        evidence = study(Path(name), programs, outage)
    print(json.dumps(evidence, indent=2))
    if outage:
        Path(__file__).with_name("scheduled.json").write_text(json.dumps(evidence, indent=2) + "\n")


if __name__ == "__main__":
    main("--outage" in sys.argv[1:])
