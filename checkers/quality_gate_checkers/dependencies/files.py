"""Files of this machine: open, os, shutil, pathlib and tempfile."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library

_OS_READS = ("listdir", "lstat", "readlink", "scandir", "stat")
_OS_WRITES = (
    "chmod",
    "chown",
    "link",
    "makedirs",
    "mkdir",
    "remove",
    "removedirs",
    "rename",
    "renames",
    "replace",
    "rmdir",
    "symlink",
    "truncate",
    "unlink",
    "utime",
)
_DESCRIPTOR_WRITES = ("fsync", "ftruncate", "write")
_SHUTIL_WRITES = (
    "chown",
    "copy",
    "copy2",
    "copyfile",
    "copyfileobj",
    "copymode",
    "copystat",
    "copytree",
    "make_archive",
    "move",
    "rmtree",
    "unpack_archive",
)
_PATH_READS = ("iterdir", "lstat", "read_bytes", "read_text", "readlink", "samefile", "stat")
_PATH_WRITES = (
    "chmod",
    "hardlink_to",
    "mkdir",
    "rename",
    "replace",
    "rmdir",
    "symlink_to",
    "touch",
    "unlink",
    "write_bytes",
    "write_text",
)
_PATH_MAKES_PATH = (
    "__rtruediv__",
    "__truediv__",
    "absolute",
    "cwd",
    "expanduser",
    "home",
    "joinpath",
    "readlink",
    "relative_to",
    "rename",
    "replace",
    "resolve",
    "with_name",
    "with_stem",
    "with_suffix",
)
_TEMPORARY = ("NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile", "mkdtemp", "mkstemp")


def _of(module: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for name in names)


LIBRARY = Library(
    name="files",
    kind="file",
    modules=(
        "open",
        "io",
        "os",
        "pathlib",
        "shutil",
        "tempfile",
    ),  # open is not imported, but seen by its name
    source="https://docs.python.org/3/library/filesys.html",
    calls=(
        Call(names=("builtins.open", "os.open", "os.fdopen", "pathlib.Path.open"), effect="depends"),
        Call(names=(*_of("os", _OS_READS), "os.read", "os.path.getsize", "os.path.getmtime")),
        Call(names=_of("os", (*_OS_WRITES, *_DESCRIPTOR_WRITES)), effect="write"),
        Call(names=("shutil.disk_usage",)),
        Call(names=_of("shutil", _SHUTIL_WRITES), effect="write"),
        Call(names=_of("pathlib.Path", _PATH_READS)),
        Call(names=_of("pathlib.Path", _PATH_WRITES), effect="write"),
        Call(names=_of("tempfile", _TEMPORARY), effect="write"),
    ),
    aliases={
        "io.open": "builtins.open",
        "os.error": "builtins.OSError",
        "builtins.IOError": "builtins.OSError",
        "builtins.EnvironmentError": "builtins.OSError",
    },
    factories=dict.fromkeys(_of("pathlib.Path", _PATH_MAKES_PATH), "pathlib.Path"),
    exceptions={
        "shutil.Error": ("builtins.OSError",),
        "shutil.SameFileError": ("shutil.Error",),
        "shutil.SpecialFileError": ("builtins.OSError",),
        "shutil.ReadError": ("builtins.OSError",),
    },
    rejects=(
        "builtins.FileNotFoundError",
        "builtins.FileExistsError",
        "builtins.PermissionError",
        "builtins.IsADirectoryError",
        "builtins.NotADirectoryError",
    ),
    unavailable=("builtins.OSError",),
    idempotent=(
        "chmod",
        "chown",
        "copy",
        "copy2",
        "copyfile",
        "copymode",
        "copystat",
        "copytree",
        "fsync",
        "ftruncate",
        "hardlink_to",
        "link",
        "make_archive",
        "makedirs",
        "mkdir",
        "move",
        "remove",
        "removedirs",
        "rename",
        "renames",
        "replace",
        "rmdir",
        "rmtree",
        "symlink",
        "symlink_to",
        "touch",
        "truncate",
        "unlink",
        "unpack_archive",
        "utime",
        "write_bytes",
        "write_text",
    ),
)
"""What the gate knows of files."""
