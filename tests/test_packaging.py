"""The wheel away from its checkout, and what operators get beside it: the lock's parts, systemd units, the image."""

import email
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email.message import Message
from fnmatch import fnmatch
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from trove_classifiers import classifiers
from typer.testing import CliRunner

from pipeline import chain
from pipeline.cli import app
from pipeline.paths import cache_dir
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.training.build import ready_coder

TOP = Path(__file__).resolve().parent.parent
PACKAGING = TOP / "packaging"
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
SERVICES = ("escalation.service", "escalation-run.service")
SECRET = ("TOKEN", "PASSWORD", "SECRET", "KEY", "AUTH_STRING", "CREDENTIALS")


def build(source: Path, target: Path, *kinds: str) -> None:
    """Build with hatchling as it is installed here: nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([*command, *(f"-t{kind}" for kind in kinds)], cwd=source, env=environment, check=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build(TOP, folder, "sdist", "wheel")
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_of(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.mark.parametrize(
    ("folder", "place"), [("pipeline", ""), ("seeds", "pipeline/_data"), ("models", "pipeline/_data")]
)
def test_the_wheel_carries_every_file_of_a_folder(wheel: Path, folder: str, place: str):
    carried = contents(wheel)
    wanted = {str(Path(place) / path.relative_to(TOP)): path.read_bytes() for path in files_of(TOP / folder)}
    assert len(wanted) > 2
    assert {name: carried.get(name) for name in wanted} == wanted


def test_the_wheel_carries_nothing_else(wheel: Path):
    tops = {name.split("/")[0] for name in contents(wheel)}
    assert tops == {"pipeline", f"escalation_index-{PROJECT['version']}.dist-info"}
    kinds = {Path(name).suffix for name in contents(wheel)}
    assert kinds <= {".py", ".typed", ".csv", ".tsv", ".txt", ".md", ".json", ".svg", ".js", ".css", ".j2", ""}


def test_a_wheel_of_the_sdist_is_the_same(built: Path, wheel: Path, tmp_path: Path):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    for name in ("Makefile", "requirements.lock", "CONTRIBUTING.md", "packaging/Containerfile", "tests/conftest.py"):
        assert (unpacked / name).read_bytes() == (TOP / name).read_bytes()
    build(unpacked, tmp_path / "again", "wheel")
    assert contents(tmp_path / "again" / wheel.name) == contents(wheel)


def test_the_metadata_says_what_the_project_says(metadata: Message):
    assert metadata["Name"] == PROJECT["name"]
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Requires-Python"] == ">=3.11"
    extras = {name: set(rows) for name, rows in PROJECT["optional-dependencies"].items()}
    wanted = {Requirement(one) for one in PROJECT["dependencies"]}
    wanted |= {Requirement(f'{one}; extra == "{name}"') for name, rows in extras.items() for one in rows}
    assert {Requirement(one) for one in metadata.get_all("Requires-Dist")} == wanted
    assert set(metadata.get_all("Classifier")) == set(PROJECT["classifiers"]) <= classifiers
    assert len(metadata["Summary"]) < 512


def test_the_readme_is_the_description_and_renders(metadata: Message):
    assert metadata["Description-Content-Type"] == "text/markdown"
    text = metadata.get_payload(decode=True).decode()
    assert text == (TOP / "README.md").read_text()
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert "<h1>Escalation index</h1>" in page
    assert page.count("<pre>") == text.count("```") // 2


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory) -> Path:
    """An environment with the wheel and the packages of this one, which the checkout is no part of."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    here = {path for path in sys.path if path.endswith("site-packages")}
    (packages / "others.pth").write_text("".join(f"{path}\n" for path in here))  # their own .pth files are not read
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    subprocess.run([*pip, "-q", "--no-index", "--no-deps", "--ignore-installed", str(wheel)], check=True)
    (about,) = packages.glob("escalation_index-*.dist-info")
    assert PathDistribution(about).version == PROJECT["version"]
    return folder


class User:
    """Somebody new: an empty home, an empty folder, the installed command."""

    def __init__(self, installed: Path, home: Path) -> None:
        self.bin, self.home, self.folder = installed / "bin", home, home / "work"
        self.folder.mkdir()
        self.environment = {"HOME": str(home), "PATH": f"{self.bin}:/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "120"}

    def calls(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def user(installed: Path, tmp_path: Path, estimator) -> User:
    """A user whose cache holds the estimator of this checkout: its name tells of which seeds and code it is."""
    home = tmp_path / "home"
    own = home / ".cache" / "escalation-index"
    own.mkdir(parents=True)
    shutil.copy(cache_dir() / f"{estimator.fingerprint}.npz", own)
    return User(installed, home)


def test_a_new_user_has_an_index_from_the_wheel_alone(user: User):
    where = (
        "import pipeline, pipeline.paths as p, sys; print(pipeline.__file__, p.seeds_dir(), p.cache_dir(), *sys.path)"
    )
    package, seeds, cache, *paths = user.calls("python", "-I", "-c", where).split()
    assert package.startswith(str(user.bin.parent))
    assert seeds.endswith("site-packages/pipeline/_data/seeds")
    assert cache == str(user.home / ".cache" / "escalation-index")
    assert str(TOP) not in paths
    assert "escalation run" in user.calls("escalation", "init")
    settings = user.folder / "escalation.toml"
    settings.write_text(settings.read_text().replace("# replicates = 200", "replicates = 20"))
    assert "114" in user.calls("escalation", "run", "--plain")
    assert "report.html" in user.calls("escalation", "report")
    assert "KOR-PRK" in user.calls("escalation", "index", "show", "KOR-PRK")
    assert {path.name for path in user.folder.iterdir()} == {"escalation.toml", "outputs"}
    page = (user.folder / "outputs" / "report.html").read_text()
    assert (TOP / "pipeline" / "report" / "view.js").read_text().strip() in page
    assert len(list((user.home / ".cache" / "escalation-index").iterdir())) == 1, (
        "not the seeds or code of the checkout"
    )


def test_the_timers_service_does_what_it_says(user: User):
    (line,) = commands(PACKAGING / "escalation-run.service")
    line = line.replace("/opt/escalation/bin", str(user.bin))
    line = line.replace("/etc/escalation", str(user.folder)).replace("/var/lib", str(user.folder))
    article = {"text": "North Korea shelled a South Korean island.", "date": "2010-11-23"}
    (user.folder / "articles.jsonl").write_text(json.dumps(article))
    settings = '[[sources]]\nkind = "files"\npath = "articles.jsonl"\n[coder]\nkind = "lexicon"\n'
    (user.folder / "escalation.toml").write_text(settings)
    user.calls(*shlex.split(line))
    assert (user.folder / "escalation" / "outputs" / "tension_index.parquet").exists()


def shown(name: str) -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", (TOP / name).read_text(), re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("document", ["docs/operations/install.md", "docs/upgrading.md"])
def test_the_commands_shown_to_operators_run(document: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    article = {"text": "North Korea shelled a South Korean island.", "date": "2010-11-23"}
    (tmp_path / "articles.jsonl").write_text(json.dumps(article))
    for outputs in ("outputs", "my_outputs"):
        chain.run([Path("articles.jsonl")], Store(outputs), Settings(), ready_coder("lexicon"))
    lines = [line for line in shown(document) if line.startswith("escalation ")]
    assert lines
    for line in lines:
        plain = ["articles.jsonl", "--plain", "--coder", "lexicon"] if line == "escalation run" else []
        done = CliRunner().invoke(app, [*shlex.split(line)[1:], *plain])
        assert done.exit_code == 0, f"{line}: {done.output} {done.exception}"


def test_the_files_that_operators_are_told_to_copy_are_there():
    named = {
        word for line in shown("docs/operations/install.md") for word in line.split() if word.startswith("packaging/")
    }
    assert len(named) == 5
    assert all((TOP / name).is_file() for name in named)


def lock_part(part: str) -> str:
    done = subprocess.run(
        [sys.executable, PACKAGING / "lock_part.py", part], capture_output=True, text=True, check=True
    )
    return done.stdout


def pins(text: str) -> dict[str, str]:
    return {
        canonicalize_name(found[1]): found[0]
        for found in re.finditer(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==.*(?:\n .*)*", text, re.MULTILINE)
    }


def test_the_parts_of_the_lock():
    lock, run, needed = pins((TOP / "requirements.lock").read_text()), pins(lock_part("run")), pins(lock_part("build"))
    direct = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]}
    assert direct <= set(run) < set(lock)
    assert "hatchling" in needed
    assert len(needed) < 10
    assert not {"pytest", "mypy", "ruff", "hatchling", "ipykernel"} & set(run)
    assert all("--hash=sha256:" in text and "via" not in text for text in (*run.values(), *needed.values()))


def test_all_that_the_runtime_asks_for_is_in_its_part():
    """The part is closed: of whatever is installed here, what a package of it needs is in it too."""
    run = pins(lock_part("run"))
    found = 0
    for path in {path for path in sys.path if path.endswith("site-packages")}:
        for about in Path(path).glob("*.dist-info"):
            distribution = PathDistribution(about)
            if canonicalize_name(distribution.metadata["Name"]) not in run:
                continue
            for text in distribution.requires or ():
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                    assert canonicalize_name(needed.name) in run, f"{about.name} needs {text}"
                    found += 1
    assert found > 100


def test_a_lock_that_does_not_say_who_asked_is_refused(tmp_path: Path):
    (tmp_path / "packaging").mkdir()
    shutil.copy(PACKAGING / "lock_part.py", tmp_path / "packaging")
    (tmp_path / "requirements.lock").write_text("numpy==2.3 \\\n    --hash=sha256:00\n")
    done = subprocess.run(
        [sys.executable, tmp_path / "packaging" / "lock_part.py", "run"], capture_output=True, text=True, check=False
    )
    assert "does not say who asked for numpy" in done.stderr


def commands(unit: Path) -> list[str]:
    return re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)


def test_both_services_are_equally_confined():
    shared = [
        (PACKAGING / name).read_text().partition("# Who runs it")[2].partition("[Install]")[0] for name in SERVICES
    ]
    assert "NoNewPrivileges=yes" in shared[0]
    assert shared[0].strip() == shared[1].strip()


def test_no_secret_stands_in_a_unit_or_the_example():
    for name in SERVICES:
        for line in re.findall(r"^Environment=(.*)$", (PACKAGING / name).read_text(), re.MULTILINE):
            assert not any(word in pair.partition("=")[0] for pair in line.split() for word in SECRET)
    example = (PACKAGING / "environment.example").read_text()
    assert all(line.startswith("#") for line in example.splitlines() if line)


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units with a command that is there, for systemd looks for it."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    command = tmp_path / "escalation"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    for name in (*SERVICES, "escalation-run.timer"):
        text = (PACKAGING / name).read_text().replace("/opt/escalation/bin/escalation", str(command))
        (tmp_path / name).write_text(text)
    return [str(tmp_path / name) for name in (*SERVICES, "escalation-run.timer")]


def test_systemd_finds_no_fault_with_the_units(units: list[str]):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    faulty = Path(units[0])
    faulty.write_text(faulty.read_text().replace("NoNewPrivileges", "NoNewPriviledges"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", units[0]], capture_output=True, text=True, check=False
    )
    assert "NoNewPriviledges" in done.stderr


def test_systemd_calls_the_services_well_confined(units: list[str]):
    for unit in units[:2]:
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if "unrecognized option" in done.stderr:
            pytest.skip("this systemd-analyze does not look at unit files")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """The instructions of the container file, in order."""
    text = re.sub(r"^#.*\n", "", (PACKAGING / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = (line.partition(" ") for line in text.replace("\\\n", " ").splitlines() if line.strip())
    return [(word, " ".join(rest.split())) for word, _, rest in lines]


def test_the_image_runs_as_an_ordinary_user_and_says_how_it_is(steps):
    known = "ARG FROM ENV WORKDIR COPY RUN USER VOLUME STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split()
    assert {word for word, _ in steps} == set(known)
    last = dict(steps[max(n for n, (word, _) in enumerate(steps) if word == "FROM") :])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert json.loads(last["ENTRYPOINT"]) == ["escalation"]
    assert json.loads(last["CMD"])[0] == "serve"
    assert json.loads(last["HEALTHCHECK"].partition("CMD ")[2])[:2] == ["escalation", "status"]
    assert json.loads(last["VOLUME"]) == ["/var/lib/escalation"] == [last["WORKDIR"]]


def test_the_image_installs_only_what_has_a_hash(steps):
    installs = [
        part
        for word, rest in steps
        if word == "RUN"
        for part in rest.split("&&")
        if " install " in part and "pip" in part
    ]
    assert len(installs) == 3
    assert all("--require-hashes" in one or "--no-index --no-deps" in one for one in installs)


def test_the_image_builds_the_same_wheel_from_what_it_copies(steps, wheel: Path, tmp_path: Path):
    ignored = [line for line in (TOP / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert ignored[0] == "*"
    copied = [rest.split() for word, rest in steps if word == "COPY" and not rest.startswith("--from")]
    for *sources, target in copied:
        for source in sources:
            assert f"!{source}" in ignored or any(fnmatch(source, one[1:]) for one in ignored[1:]), (
                f"{source} is kept out"
            )
            to = tmp_path / "src" / target
            if (TOP / source).is_dir():
                shutil.copytree(TOP / source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                to.mkdir(parents=True, exist_ok=True)
                shutil.copy(TOP / source, to)
    build(tmp_path / "src", tmp_path / "again", "wheel")
    assert contents(tmp_path / "again" / wheel.name) == contents(wheel)


def test_no_file_for_operators_names_a_registry(steps):
    bases = [rest.split()[0] for word, rest in steps if word == "FROM"]
    assert set(bases) == {"${BASE}"}
    (base,) = (rest.partition("=")[2] for word, rest in steps if word == "ARG")
    assert "/" not in base
    for path in (*PACKAGING.iterdir(), TOP / ".dockerignore"):
        if path.is_file():
            hosts = re.findall(r"\b[a-z0-9-]+\.(?:io|org|com|net|dev)\b", path.read_text())
            assert set(hosts) <= {"example.org"}, f"{path.name}: {hosts}"
