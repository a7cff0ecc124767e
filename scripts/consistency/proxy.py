"""A proxy before the store that passes its replies late: ``python -m scripts.consistency.proxy PORT CONTROL UPSTREAM``.

A process of its own, since the clients would slow it down. Who connects to the port CONTROL and writes a number of
seconds sets how late.
"""

import asyncio
import sys
from contextlib import suppress
from typing import Final

from scripts import ports

_PIECE_BYTES: Final = 64 * 1024


class Proxy:
    """Leads to the port *upstream* of this machine."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._delay_s = 0.0

    async def connect(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        """Serve one client until either side ends."""
        try:
            server_in, server_out = await asyncio.open_connection(ports.LOCALHOST, self._upstream)
        except OSError:
            client_out.close()
            return
        await asyncio.gather(
            self._pass(client_in, server_out, late=False), self._pass(server_in, client_out, late=True)
        )

    async def control(self, told: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        """Take an order."""
        self._delay_s = float(await told.readline())
        out.close()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, late: bool) -> None:
        with suppress(OSError):
            while piece := await source.read(_PIECE_BYTES):
                if late and self._delay_s:
                    await asyncio.sleep(self._delay_s)
                target.write(piece)
                await target.drain()
        target.close()


async def main(port: int, control: int, upstream: int) -> None:
    """Serve for ever."""
    proxy = Proxy(upstream)
    await asyncio.start_server(proxy.control, ports.LOCALHOST, control)
    server = await asyncio.start_server(proxy.connect, ports.LOCALHOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
