"""Receive and send what is there at once, without giving the interpreter to another thread meanwhile.

Python gives it away with each call to the kernel. While threads compute, who did so waits for it, behind all others who
wait, even where the kernel had its answer in a few microseconds: a loop that serves many connections waits once for
each of them (ADR 0075).
"""

import ctypes
import errno
import select
import socket
import ssl
from typing import Final

PIECE_BYTES: Final = 65_536
_KERNEL: Final = ctypes.PyDLL(None, use_errno=True)
_RECV: Final = _KERNEL.recv
_RECV.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
_RECV.restype = ctypes.c_ssize_t
_SEND: Final = _KERNEL.send
_SEND.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
_SEND.restype = ctypes.c_ssize_t
_PEEKED: Final = ctypes.create_string_buffer(1)
_NOTHING: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK})
_NO_SIGNAL: Final = getattr(socket, "MSG_NOSIGNAL", 0)  # macOS has no such flag, and Python ignores the signal
_FLAGS: Final = socket.MSG_DONTWAIT | _NO_SIGNAL


class Receiver:
    """Receives for one thread, into memory of its own."""

    def __init__(self) -> None:
        self._here = ctypes.create_string_buffer(PIECE_BYTES)
        self._address = ctypes.addressof(self._here)
        self._view = memoryview(self._here)

    def receive(self, sock: socket.socket) -> bytes:
        """Return what *sock* has brought, up to `PIECE_BYTES`; b"" is that its peer sends no more.

        Raises:
            BlockingIOError: It has brought nothing yet; *sock* has no timeout but 0.
            OSError: Something is wrong with it.
        """
        if type(sock) is not socket.socket:  # one that has to decrypt
            return sock.recv(PIECE_BYTES)
        got_bytes = _RECV(sock.fileno(), self._address, PIECE_BYTES, _FLAGS)
        return bytes(self._view[:got_bytes]) if got_bytes >= 0 else sock.recv(PIECE_BYTES)  # which says what is wrong


def send(sock: socket.socket, data: bytes) -> int:
    """Return how many bytes of *data* the kernel has taken at once.

    Raises:
        BlockingIOError: It takes none now; *sock* has no timeout but 0.
        OSError: Something is wrong with *sock*.
    """
    if type(sock) is not socket.socket:
        return sock.send(data)
    sent_bytes: int = _SEND(sock.fileno(), data, len(data), _FLAGS)
    return sent_bytes if sent_bytes >= 0 else sock.send(data)


def is_silent(sock: socket.socket) -> bool:
    """Return whether *sock* has brought nothing that wasn't received yet; its peer's end is something, too."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return False
    if type(sock) is not socket.socket:
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        return not poller.poll(0)
    is_empty = _RECV(sock.fileno(), _PEEKED, len(_PEEKED), socket.MSG_PEEK | _FLAGS) < 0
    return is_empty and ctypes.get_errno() in _NOTHING
