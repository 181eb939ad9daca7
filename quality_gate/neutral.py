"""Text from a project, made harmless before it is printed.

Names, messages and paths come from pull requests. Terminals obey escape sequences in them, CI runners obey commands:
`::error` at the start of a line, `##[...]` and `##vso[...]` anywhere (hostile-inputs.md, D5, D6, rows 18-20).
"""

from __future__ import annotations

_INVISIBLE = frozenset(
    map(
        chr,
        (
            0x34F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            0x180B,
            0x180C,
            0x180D,
            0x180F,
            0x3164,
            0xFFA0,
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
"""Characters that `str.isprintable` lets pass and that show nothing; a runner that compares by culture, as .NET does,
may not see them between the characters of a command. Control characters and those that change the direction do not pass
it anyway."""

_COMMANDS = ("##[", "##vso[", "##teamcity[")


def printable(text: str) -> str:
    """What does not print is shown as `\\xNN` or `\\uNNNN`; enough where the surroundings quote the text (JSON).

    Args:
        text: anything; lone surrogates (names that are not UTF-8) are shown as the bytes they stand for.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_harmless(character) else _escaped(character) for character in text)


def neutral(text: str) -> str:
    """One line that can be printed anywhere.

    Args:
        text: as of `printable`.
    """
    shown = printable(text)
    for command in _COMMANDS:
        if command in shown:
            shown = shown.replace(command, f"# {command[1:]}")
    return f"\\x3a{shown.lstrip()[1:]}" if shown.lstrip().startswith("::") else shown


def _is_harmless(character: str) -> bool:
    return character.isprintable() and character not in _INVISIBLE


def _escaped(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
