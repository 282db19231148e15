"""A container image without a container engine: the folder a Dockerfile's COPY lines make, and the command it starts."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

# Instructions that change nothing here: the interpreter and its packages are those of the rehearsal, so is the user.
WITHOUT_EFFECT = frozenset({"FROM", "RUN", "USER", "LABEL", "ARG", "STOPSIGNAL", "VOLUME"})


class DockerfileError(Exception):
    """A Dockerfile says something that the rehearsal cannot do."""


@dataclass(frozen=True)
class Image:
    """A folder that holds the image's files, and how its process starts in it."""

    folder: Path
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    working_directory: str = "/"

    def path(self, place: str) -> Path:
        """Where an absolute or relative place of the image lies on this machine."""
        return self.folder / str(PurePosixPath(self.working_directory) / place).lstrip("/")


@dataclass
class _Build:
    dockerfile: Path
    context: Path
    folder: Path
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    working_directory: str = "/"

    def apply(self, instruction: str, rest: str) -> None:
        match instruction:
            case "COPY":
                self._copy(shlex.split(rest))
            case "ENTRYPOINT":
                self.entrypoint = self._words(instruction, rest)
            case "CMD":
                self.command = self._words(instruction, rest)
            case "WORKDIR":
                self.working_directory = str(PurePosixPath(self.working_directory) / rest)
            case "ENV":
                self.environment |= self._assignments(rest)
            case _ if instruction not in WITHOUT_EFFECT:
                raise self._refusal(
                    instruction, f"write it with COPY, ENV, WORKDIR, ENTRYPOINT and CMD, or teach {__name__}"
                )

    def _copy(self, words: list[str]) -> None:
        flags = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if not word.startswith("--")]
        if any(flag.split("=")[0] not in ("--chown", "--chmod") for flag in flags):
            raise self._refusal("COPY", f"the rehearsal does not know {' '.join(flags)}")
        place = self.folder / str(PurePosixPath(self.working_directory) / target).lstrip("/")
        found = [path for source in sources for path in sorted(self.context.glob(source.strip("/") or "*"))]
        if not found:
            raise self._refusal("COPY", f"nothing in {self.context} matches {' '.join(sources)}")
        into_folder = target.endswith("/") or len(found) > 1 or place.is_dir()
        for path in found:
            if path.is_dir():
                shutil.copytree(path, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
                continue
            final = place / path.name if into_folder else place
            final.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, final)

    def _words(self, instruction: str, rest: str) -> tuple[str, ...]:
        try:
            return tuple(json.loads(rest))
        except json.JSONDecodeError:
            raise self._refusal(instruction, 'write it in its JSON form: ["python", "-m", "..."]') from None

    def _assignments(self, rest: str) -> dict[str, str]:
        words = shlex.split(rest)
        if not all("=" in word for word in words):
            raise self._refusal("ENV", "write it as NAME=value")
        return dict(word.split("=", 1) for word in words)

    def _refusal(self, instruction: str, advice: str) -> DockerfileError:
        return DockerfileError(f"{self.dockerfile.name}: {instruction}: {advice}")


def build_image(dockerfile: Path, context: Path, destination: Path) -> Image:
    """Lay out in `destination` exactly what the Dockerfile copies.

    Raises: DockerfileError for an instruction that would matter and is not understood.
    """
    build = _Build(dockerfile, context, destination)
    destination.mkdir(parents=True, exist_ok=True)
    for instruction, rest in _instructions(dockerfile.read_text()):
        build.apply(instruction, rest)
    image = Image(destination, build.entrypoint, build.command, build.environment, build.working_directory)
    image.path(".").mkdir(parents=True, exist_ok=True)
    return image


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\s*\n", " ", "\n".join(lines))
    return [
        (line.split(None, 1)[0].upper(), [*line.split(None, 1), ""][1].strip())
        for line in joined.splitlines()
        if line.strip()
    ]
