import socketserver
from threading import Thread

from dealradar.cache import Down, Limits, RedisStore, Trouble
from tests.integration.cache.reading import KEY, TAGS


class Loading(socketserver.StreamRequestHandler):
    """Answers each command like a server that reads its data in."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            for _ in range(2 * int(line[1:])):
                self.rfile.readline()
            self.wfile.write(b"-LOADING Redis is loading the dataset in memory\r\n")


def test_a_store_that_is_still_loading_its_data_is_away() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Loading) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        store = RedisStore(f"redis://127.0.0.1:{server.server_address[1]}/0", Limits())

        found = store.lookup(KEY, TAGS)

        store.close()
        server.shutdown()
    assert found == Down(Trouble.DISCONNECTED)
