"""What the tests of functions share: the unmodified Function Compute client, and code packages made on the spot."""

import base64
import io
import itertools
import time
import zipfile

import fc2

ECHO = {"index.py": "def handler(event, context):\n    return event\n"}

_numbers = itertools.count()


def client(node, **options):
    return fc2.Client(
        endpoint=node.address,
        accessKeyID=options.pop("id", node.key["id"]),
        accessKeySecret=options.pop("secret", node.key["secret"]),
        **options
    )


def unique(name):
    """A name that no other test uses."""
    return "%s_%d" % (name, next(_numbers))


def archive(files):
    """A zip archive of texts by path."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as writer:
        for path, text in files.items():
            writer.writestr(path, text)
    return data.getvalue()


def encoded(files):
    return base64.b64encode(archive(files)).decode()


class Deployed:
    """A service with one function, made through the client."""

    def __init__(self, client, files=ECHO, runtime="python3", handler="index.handler", **settings):
        self.client = client
        self.service = unique("service")
        self.function = "work"
        client.create_service(self.service)
        client.create_function(
            self.service, self.function, runtime, handler, codeZipFile=self.zip_file(files), **settings
        )

    @staticmethod
    def zip_file(files):
        """The client wants a path."""
        import tempfile

        file = tempfile.NamedTemporaryFile(suffix=".zip", delete=False)
        file.write(archive(files))
        file.close()
        return file.name

    def invoke(self, payload=b"", headers={}, qualifier=None):
        return self.client.invoke_function(
            self.service, self.function, payload=payload, headers=headers, qualifier=qualifier
        )

    def update(self, files):
        return self.client.update_function(self.service, self.function, codeZipFile=self.zip_file(files))

    def http(self, auth="anonymous", methods=("GET", "POST")):
        self.client.create_trigger(
            self.service, self.function, "web", "http", {"authType": auth, "methods": list(methods)}, None, None
        )
        return self


def eventually(look, seconds=30):
    """What `look` returns as soon as it is true; a state that the node reaches by itself has no event to wait for."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "it did not happen within %d s" % seconds
        time.sleep(0.05)
