"""A client of `gateway.Gateway` on grpcio and our own .proto files: a stack that shares nothing with ours."""

import hashlib
import os
import pathlib
import subprocess
import sys
import time

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def generate_messages(folder):
    """Makes Python modules of Protos/ and lets them be imported."""
    protos = pathlib.Path(__file__).parents[2] / "Protos"
    files = sorted(str(path) for path in protos.glob("fabric/*.proto"))
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I", str(protos), f"--python_out={folder}",
         f"--grpc_python_out={folder}", *files],
        check=True,
    )
    sys.path.insert(0, str(folder))


class Identity:
    """Somebody who signs: read from a folder in cryptogen's layout."""

    def __init__(self, msp_id, folder):
        from fabric import msp_pb2

        certificate = next((folder / "msp" / "signcerts").iterdir()).read_bytes()
        key = next((folder / "msp" / "keystore").iterdir()).read_bytes()
        self.key = serialization.load_pem_private_key(key, None)
        self.certificate = x509.load_pem_x509_certificate(certificate)
        self.serialized = msp_pb2.SerializedIdentity(mspid=msp_id, id_bytes=certificate).SerializeToString()

    def sign(self, message):
        signature = self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(signature)
        return utils.encode_dss_signature(r, min(s, P256_ORDER - s))


class GatewayClient:
    """Talks to the gateway of one peer."""

    def __init__(self, endpoint, tls_authority, identity, channel, tls_identity=None):
        """`tls_identity`: the key and the certificate to show the server, as PEM texts."""
        key, certificate = tls_identity or (None, None)
        credentials = grpc.ssl_channel_credentials(
            root_certificates=tls_authority, private_key=key, certificate_chain=certificate)
        from fabric import gateway_pb2_grpc

        self.connection = grpc.secure_channel(endpoint, credentials)
        self.stub = gateway_pb2_grpc.GatewayStub(self.connection)
        self.identity = identity
        self.channel = channel

    def close(self):
        self.connection.close()

    def propose(self, contract, *arguments, transient=None):
        """A transaction id and a signed proposal."""
        from fabric import chaincode_pb2, common_pb2, proposal_pb2

        nonce = os.urandom(24)
        transaction_id = hashlib.sha256(nonce + self.identity.serialized).hexdigest()
        name = chaincode_pb2.ChaincodeID(name=contract)
        header = common_pb2.ChannelHeader(
            type=3, channel_id=self.channel, tx_id=transaction_id,
            extension=proposal_pb2.ChaincodeHeaderExtension(chaincode_id=name).SerializeToString())
        header.timestamp.FromNanoseconds(time.time_ns())
        spec = chaincode_pb2.ChaincodeInvocationSpec(
            chaincode_spec=chaincode_pb2.ChaincodeSpec(
                type=1, chaincode_id=name,
                input=chaincode_pb2.ChaincodeInput(
                    args=[a if isinstance(a, bytes) else a.encode() for a in arguments])))
        proposal = proposal_pb2.Proposal(
            header=common_pb2.Header(
                channel_header=header.SerializeToString(),
                signature_header=common_pb2.SignatureHeader(
                    creator=self.identity.serialized, nonce=nonce).SerializeToString()).SerializeToString(),
            payload=proposal_pb2.ChaincodeProposalPayload(
                input=spec.SerializeToString(), TransientMap=transient or {}).SerializeToString()).SerializeToString()
        return transaction_id, proposal_pb2.SignedProposal(
            proposal_bytes=proposal, signature=self.identity.sign(proposal))

    def evaluate(self, contract, *arguments, timeout=30):
        from fabric import gateway_pb2

        transaction_id, proposal = self.propose(contract, *arguments)
        request = gateway_pb2.EvaluateRequest(
            transaction_id=transaction_id, channel_id=self.channel, proposed_transaction=proposal)
        return self.stub.Evaluate(request, timeout=timeout).result.payload

    def endorse(self, contract, *arguments, transient=None, organizations=(), timeout=30):
        """A transaction id and a signed transaction."""
        from fabric import gateway_pb2

        transaction_id, proposal = self.propose(contract, *arguments, transient=transient)
        request = gateway_pb2.EndorseRequest(
            transaction_id=transaction_id, channel_id=self.channel, proposed_transaction=proposal,
            endorsing_organizations=organizations)
        envelope = self.stub.Endorse(request, timeout=timeout).prepared_transaction
        envelope.signature = self.identity.sign(envelope.payload)
        return transaction_id, envelope

    def send(self, transaction_id, envelope, timeout=30):
        from fabric import gateway_pb2

        self.stub.Submit(
            gateway_pb2.SubmitRequest(
                transaction_id=transaction_id, channel_id=self.channel, prepared_transaction=envelope),
            timeout=timeout)

    def status(self, transaction_id, timeout=30):
        """The transaction's code and block."""
        from fabric import gateway_pb2

        request = gateway_pb2.CommitStatusRequest(
            transaction_id=transaction_id, channel_id=self.channel, identity=self.identity.serialized
        ).SerializeToString()
        answer = self.stub.CommitStatus(
            gateway_pb2.SignedCommitStatusRequest(request=request, signature=self.identity.sign(request)),
            timeout=timeout)
        return answer.result, answer.block_number

    def submit(self, contract, *arguments, transient=None):
        """Endorses, orders and waits; the transaction's id, code and block."""
        transaction_id, envelope = self.endorse(contract, *arguments, transient=transient)
        self.send(transaction_id, envelope)
        code, block = self.status(transaction_id)
        return transaction_id, code, block

    def events(self, contract, start_block):
        """The contract's events from a block on, as a stream of messages."""
        from fabric import gateway_pb2, orderer_pb2

        request = gateway_pb2.ChaincodeEventsRequest(
            channel_id=self.channel, chaincode_id=contract, identity=self.identity.serialized,
            start_position=orderer_pb2.SeekPosition(specified=orderer_pb2.SeekSpecified(number=start_block))
        ).SerializeToString()
        return self.stub.ChaincodeEvents(
            gateway_pb2.SignedChaincodeEventsRequest(request=request, signature=self.identity.sign(request)), timeout=60)


    def seek(self, first, last, tls_certificate_hash=b""):
        """A signed request for blocks."""
        from fabric import common_pb2, orderer_pb2

        header = common_pb2.ChannelHeader(type=5, channel_id=self.channel, tls_cert_hash=tls_certificate_hash)
        header.timestamp.FromNanoseconds(time.time_ns())

        def position(number):
            return orderer_pb2.SeekPosition(specified=orderer_pb2.SeekSpecified(number=number))

        payload = common_pb2.Payload(
            header=common_pb2.Header(
                channel_header=header.SerializeToString(),
                signature_header=common_pb2.SignatureHeader(
                    creator=self.identity.serialized, nonce=os.urandom(24)).SerializeToString()),
            data=orderer_pb2.SeekInfo(start=position(first), stop=position(last)).SerializeToString()
        ).SerializeToString()
        return common_pb2.Envelope(payload=payload, signature=self.identity.sign(payload))

    def first_delivered(self, connection, path, request, timeout=30):
        """What a deliver service answers first, as an `orderer.DeliverResponse`."""
        from fabric import orderer_pb2

        answers = connection.stream_stream(path)(iter([request.SerializeToString()]), timeout=timeout)
        answer = orderer_pb2.DeliverResponse.FromString(next(answers))
        answers.cancel()
        return answer

    def block(self, number):
        answer = self.first_delivered(self.connection, "/protos.Deliver/Deliver", self.seek(number, number))
        assert answer.WhichOneof("Type") == "block", answer
        return answer.block


def error_details(error):
    """The `gateway.ErrorDetail`s of a failed call."""
    from google.protobuf import any_pb2
    from fabric import gateway_pb2

    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if details is None:
        return []
    # google.rpc.Status: field 3 repeats google.protobuf.Any.
    found, rest = [], details
    while rest:
        tag, rest = rest[0], rest[1:]
        length, shift = 0, 0
        while True:
            byte, rest = rest[0], rest[1:]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if tag & 7 == 0:
            continue
        value, rest = rest[:length], rest[length:]
        if tag == 0x1A:
            wrapped = any_pb2.Any.FromString(value)
            detail = gateway_pb2.ErrorDetail()
            assert wrapped.Unpack(detail), wrapped.type_url
            found.append(detail)
    return found
