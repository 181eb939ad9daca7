"""What `quality-gate prove` has found, as it lies in the project's own folder; it holds while what it stands on does.

A proof stands on the function as it is parsed, on the module-level code around it, and on the bytes of the test code
that was run. The file lies in a folder that pull requests can write to, so nothing of it is believed that cannot be.
"""

from __future__ import annotations

import os
import stat
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from quality_gate.errors import Missing
from quality_gate.evidence._present import Present
from quality_gate.evidence._untrusted import Unreadable, whole_of
from quality_gate.failure_levels import Proof
from quality_gate.failure_paths import FailurePath
from quality_gate.store import FOLDER

NAME = "proofs.json"
PROOFS = f"{FOLDER}/{NAME}"

_LARGEST = 64 * 1024 * 1024
_GONE = b"gone"

_Count = Annotated[int, msgspec.Meta(ge=0)]


class KeptProof(msgspec.Struct, frozen=True, kw_only=True):
    """A proof as it is kept.

    Args:
        path, id: of the failure path. function: qualified name within its module.
        proof: what its mutants told.
        code: place in `_Document.code`: the files of test code that it stands on.
        basis: digest of all that it stands on, in hexadecimal.
    """

    path: str
    id: str
    function: str
    proof: Proof
    code: _Count
    basis: str


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    version: Literal[1, 2] = 2
    code: tuple[tuple[str, ...], ...] = ()
    proofs: tuple[KeptProof, ...] = ()


class KeptProofs:
    """Proofs; implements `failure_levels.Proofs`.

    Args:
        root: the project's, absolute.
        content: of the file that holds them; None where there is none yet.

    Raises:
        Unreadable: it holds something else.
    """

    def __init__(self, root: Path, content: bytes | None = None) -> None:
        self._present = Present(root)
        self._code: list[tuple[str, ...]] = []
        self._proofs: dict[tuple[str, str], KeptProof] = {}
        self._hold: dict[tuple[str, str], bool] = {}
        self._digests: dict[tuple[str, ...], bytes] = {}
        if content is not None:
            self._fill(content)

    def _fill(self, content: bytes) -> None:
        try:
            document = msgspec.json.decode(content, type=_Document)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise Unreadable(f"it holds what cannot be: {error}") from error
        if document.version == 1:  # what it calls proven may have failed tests that check nothing
            return
        if any(kept.code >= len(document.code) for kept in document.proofs):
            raise Unreadable("it holds what cannot be: a proof that stands on nothing")
        self._code = list(document.code)
        self._proofs = {(kept.path, kept.id): kept for kept in document.proofs}

    def of(self, path: FailurePath) -> Proof | None:
        """See `Proofs`."""
        kept = self._proofs.get((path.path, path.id))
        if kept is None or kept.function != path.function or not self._holds(kept):
            return None
        return kept.proof

    def add(self, path: FailurePath, proof: Proof, code: tuple[str, ...]) -> None:
        """Keep what was found.

        Args:
            code: the files of test code that it stands on.
        """
        if code not in self._code:
            self._code.append(code)
        basis = self._basis(path.path, path.function, code)
        key = (path.path, path.id)
        self._hold.pop(key, None)
        self._proofs[key] = KeptProof(
            path=path.path,
            id=path.id,
            function=path.function,
            proof=proof,
            code=self._code.index(code),
            basis=basis,
        )

    def content(self) -> bytes:
        """The file that holds them; what does not hold any more is left out.

        Raises:
            UnicodeEncodeError: a name is no text.
        """
        kept = [one for _, one in sorted(self._proofs.items()) if self._holds(one)]
        used = {number: place for place, number in enumerate(sorted({one.code for one in kept}))}
        proofs = tuple(msgspec.structs.replace(one, code=used[one.code]) for one in kept)
        return msgspec.json.encode(_Document(code=tuple(self._code[number] for number in used), proofs=proofs)) + b"\n"

    def _holds(self, kept: KeptProof) -> bool:
        key = (kept.path, kept.id)
        found = self._hold.get(key)
        if found is None:
            basis = self._basis(kept.path, kept.function, self._code[kept.code])
            found = self._hold[key] = basis == kept.basis
        return found

    def _basis(self, path: str, function: str, code: tuple[str, ...]) -> str:
        digests = self._digests.get(code)
        if digests is None:
            digests = self._digests[code] = b"\0".join(
                name.encode("utf-8", "surrogatepass") + b"\0" + (self._present.content_digest(name) or _GONE)
                for name in code
            )
        found = blake2b(digest_size=16)
        fingerprints = self._present.fingerprints(path) or {}
        for name in (function, ""):
            fingerprint = fingerprints.get(name)
            found.update(fingerprint.digest if fingerprint is not None else _GONE)
        found.update(digests)
        return found.hexdigest()


def read_proofs(root: Path, *, tracked: bool) -> KeptProofs:
    """The proofs of a project; none where nothing was proven yet.

    Args:
        root: the project's, absolute.
        tracked: whether git tracks anything in `.quality-gate`; then they are the author's word, and refused.

    Raises:
        Missing: they cannot be believed.
    """
    if not os.path.lexists(root / PROOFS):
        return KeptProofs(root)
    if tracked:
        raise Missing(f"proofs that were not committed: git tracks {FOLDER}/", f"type git rm -r --cached {FOLDER}")
    try:
        _refuse_anothers(root)
        return KeptProofs(root, whole_of(root / PROOFS, _LARGEST, "delete it and prove anew"))
    except Unreadable as error:
        raise Missing(f"readable proofs in {PROOFS}: {error}", "delete it and type quality-gate prove") from error


def _refuse_anothers(root: Path) -> None:
    folder, file = os.lstat(root / FOLDER), os.lstat(root / PROOFS)
    if not stat.S_ISDIR(folder.st_mode):
        raise Unreadable(f"it lies behind {FOLDER}, which is no folder")
    if hasattr(os, "getuid") and file.st_uid != os.getuid():
        raise Unreadable("it belongs to another user")
