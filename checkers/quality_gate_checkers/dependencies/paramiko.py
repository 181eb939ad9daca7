"""paramiko: connecting and a command's output are waited for without end unless `timeout` is given."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_SFTP = "paramiko.SFTPClient"
_CHANNEL = "paramiko.Channel"
_TRANSPORT = "paramiko.Transport"
_BASE = "paramiko.ssh_exception.SSHException"


def _on(holder: str, *methods: str) -> tuple[str, ...]:
    return tuple(f"{holder}.{method}" for method in methods)


def _named(name: str) -> str:
    return f"paramiko.ssh_exception.{name}"


LIBRARY = Library(
    name="paramiko",
    kind="socket",
    modules=("paramiko",),
    source="https://docs.paramiko.org/en/stable/",
    calls=(
        Call(names=("paramiko.SSHClient.connect",), deadline=Deadline(keyword="timeout", position=6)),
        Call(
            names=("paramiko.SSHClient.exec_command",),
            effect="depends",
            deadline=Deadline(keyword="timeout", position=2),
        ),
        Call(names=("paramiko.SSHClient.open_sftp", "paramiko.SSHClient.invoke_shell")),
        Call(names=(_TRANSPORT, *_on(_TRANSPORT, "connect", "start_client", "auth_password", "auth_publickey"))),
        Call(
            names=(f"{_TRANSPORT}.open_session",),
            deadline=Deadline(keyword="timeout", position=2, default=3600.0),
        ),
        Call(
            names=(f"{_TRANSPORT}.open_channel",),
            deadline=Deadline(keyword="timeout", position=5, default=3600.0),
        ),
        Call(
            names=_on(
                _SFTP,
                "chdir",
                "from_transport",
                "get",
                "getfo",
                "listdir",
                "listdir_attr",
                "lstat",
                "normalize",
                "readlink",
                "stat",
            )
        ),
        Call(names=_on(_SFTP, "open", "file"), effect="depends"),
        Call(
            names=_on(
                _SFTP,
                "chmod",
                "mkdir",
                "posix_rename",
                "put",
                "putfo",
                "remove",
                "rename",
                "rmdir",
                "symlink",
                "truncate",
                "unlink",
            ),
            effect="write",
        ),
        Call(names=_on(_CHANNEL, "recv", "recv_exit_status", "recv_stderr")),
        Call(names=_on(_CHANNEL, "exec_command", "send", "sendall"), effect="depends"),
    ),
    aliases={
        "paramiko.client.SSHClient": "paramiko.SSHClient",
        "paramiko.sftp_client.SFTPClient": _SFTP,
        "paramiko.channel.Channel": _CHANNEL,
        "paramiko.transport.Transport": _TRANSPORT,
        **{
            f"paramiko.{name}": _named(name)
            for name in (
                "SSHException",
                "AuthenticationException",
                "BadAuthenticationType",
                "BadHostKeyException",
                "ChannelException",
                "PasswordRequiredException",
                "ProxyCommandFailure",
            )
        },
    },
    factories={
        "paramiko.SSHClient.open_sftp": _SFTP,
        "paramiko.SSHClient.invoke_shell": _CHANNEL,
        "paramiko.SSHClient.get_transport": _TRANSPORT,
        f"{_SFTP}.from_transport": _SFTP,
        f"{_TRANSPORT}.open_session": _CHANNEL,
        f"{_TRANSPORT}.open_channel": _CHANNEL,
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _named("AuthenticationException"): (_BASE,),
        _named("BadAuthenticationType"): (_named("AuthenticationException"),),
        _named("PartialAuthentication"): (_named("AuthenticationException"),),
        _named("PasswordRequiredException"): (_named("AuthenticationException"),),
        _named("BadHostKeyException"): (_BASE,),
        _named("ChannelException"): (_BASE,),
        _named("IncompatiblePeer"): (_BASE,),
        _named("ProxyCommandFailure"): (_BASE,),
        _named("NoValidConnectionsError"): ("builtins.OSError",),
        "paramiko.SFTPError": ("builtins.Exception",),
    },
    rejects=(_named("AuthenticationException"), _named("BadHostKeyException"), "builtins.FileNotFoundError"),
    unavailable=(
        _BASE,
        _named("NoValidConnectionsError"),
        "builtins.TimeoutError",
        "builtins.EOFError",
        "builtins.OSError",
    ),
    idempotent=("chmod", "mkdir", "posix_rename", "put", "remove", "rename", "rmdir", "symlink", "truncate", "unlink"),
)
"""What the gate knows of paramiko."""
