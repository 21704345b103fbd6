"""HTTP/2 by hand, to do what no client library does: idle by the thousand, announce and never send, trickle."""

import select
import socket
import ssl
import struct
import threading

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def literal(name, value):
    """A header field that enters no table."""
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


class RawConnection:
    """One TLS connection that speaks frames. What arrives is read all the time, and kept as far as tests ask for it."""

    def __init__(self, port, authority=None):
        plain = socket.create_connection(("127.0.0.1", port), timeout=30)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self.socket.setblocking(False)
        # OpenSSL allows one thread at a time.
        self.lock = threading.RLock()
        self.next_stream = 1
        self.ended = {}
        self.changed = threading.Condition()
        self.is_open = True
        self.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + self.frame(SETTINGS, 0, 0, b""))
        threading.Thread(target=self._read, daemon=True).start()

    @staticmethod
    def frame(kind, flags, stream, payload):
        return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload

    def write(self, content):
        with self.lock:
            while content:
                try:
                    content = content[self.socket.send(content):]
                except ssl.SSLWantWriteError:
                    select.select([], [self.socket], [], 30)

    def _receive(self):
        while True:
            with self.lock:
                try:
                    return self.socket.recv(65536)
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
            select.select([self.socket], [], [], 30)

    def _read(self):
        buffer = b""
        try:
            while True:
                while len(buffer) < 9 or len(buffer) < 9 + int.from_bytes(buffer[:3], "big"):
                    part = self._receive()
                    if not part:
                        raise ConnectionError("closed")
                    buffer += part
                length = int.from_bytes(buffer[:3], "big")
                kind, flags = buffer[3], buffer[4]
                stream = int.from_bytes(buffer[5:9], "big") & 0x7FFFFFFF
                payload, buffer = buffer[9:9 + length], buffer[9 + length:]
                if kind == SETTINGS and not flags & ACK:
                    self.write(self.frame(SETTINGS, ACK, 0, b""))
                elif kind == PING and not flags & ACK:
                    self.write(self.frame(PING, ACK, 0, payload))
                elif kind == RST_STREAM or (kind in (HEADERS, DATA) and flags & END_STREAM):
                    with self.changed:
                        self.ended.setdefault(stream, payload)
                        self.changed.notify_all()
        except (OSError, ValueError):
            with self.changed:
                self.is_open = False
                self.changed.notify_all()

    def open_streams(self, path, count=1):
        """Begins calls without sending any message; their stream numbers."""
        headers = b"".join(
            literal(name, value) for name, value in [
                (":method", "POST"), (":scheme", "https"), (":path", path), (":authority", "localhost"),
                ("te", "trailers"), ("content-type", "application/grpc")])
        numbers = range(self.next_stream, self.next_stream + 2 * count, 2)
        self.next_stream += 2 * count
        self.write(b"".join(self.frame(HEADERS, END_HEADERS, number, headers) for number in numbers))
        return list(numbers)

    def announce(self, stream, byte_count):
        """The head of a message that is to follow."""
        self.write(self.frame(DATA, 0, stream, b"\x00" + struct.pack(">I", byte_count)))

    def send(self, stream, payload):
        self.write(self.frame(DATA, 0, stream, payload))

    def wait_until_ended(self, stream, timeout=30):
        """The payload of the frame that ended a call; None if the connection was closed."""
        with self.changed:
            assert self.changed.wait_for(lambda: stream in self.ended or not self.is_open, timeout)
            return self.ended.get(stream)

    def close(self):
        self.socket.close()
