"""The module of this name that fabric-sdk-py imports does not build any more; Python has the same hashes itself."""

from hashlib import sha3_224, sha3_256, sha3_384, sha3_512  # noqa: F401
