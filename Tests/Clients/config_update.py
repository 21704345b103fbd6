"""Config updates as `peer channel update` sends them, computed and signed here."""

import hashlib
import os
import time

import grpc


class Orderer:
    """The orderer's AtomicBroadcast service."""

    def __init__(self, network):
        from fabric import orderer_pb2_grpc

        credentials = grpc.ssl_channel_credentials(network.orderer_authority.read_bytes())
        self.connection = grpc.secure_channel(f"localhost:{network.description['ordererPort']}", credentials)
        self.stub = orderer_pb2_grpc.AtomicBroadcastStub(self.connection)
        self.channel = network.channel

    def close(self):
        self.connection.close()

    def broadcast(self, envelope):
        answer = next(iter(self.stub.Broadcast(iter([envelope]), timeout=30)))
        return answer.status, answer.info

    def block(self, identity, number):
        """A block, or None and the status the stream ended with."""
        answers = self.stub.Deliver(iter([seek(self.channel, identity, number)]), timeout=30)
        first = next(iter(answers))
        answers.cancel()
        return first.block if first.WhichOneof("Type") == "block" else first.status

    def newest_config(self, identity):
        """The channel's Config in force."""
        from fabric import common_pb2, configtx_pb2

        newest = self.block(identity, None)
        metadata = common_pb2.Metadata.FromString(newest.metadata.metadata[0])
        last = common_pb2.OrdererBlockMetadata.FromString(metadata.value).last_config.index
        block = self.block(identity, last)
        payload = common_pb2.Payload.FromString(common_pb2.Envelope.FromString(block.data.data[0]).payload)
        return configtx_pb2.ConfigEnvelope.FromString(payload.data).config


def header(kind, channel, identity):
    from fabric import common_pb2

    nonce = os.urandom(24)
    channel_header = common_pb2.ChannelHeader(
        type=kind, channel_id=channel, tx_id=hashlib.sha256(nonce + identity.serialized).hexdigest())
    channel_header.timestamp.FromNanoseconds(time.time_ns())
    return common_pb2.Header(
        channel_header=channel_header.SerializeToString(),
        signature_header=common_pb2.SignatureHeader(
            creator=identity.serialized, nonce=nonce).SerializeToString())


def seek(channel, identity, number):
    """An envelope that asks for one block; `None` for the newest."""
    from fabric import common_pb2, orderer_pb2

    position = (
        orderer_pb2.SeekPosition(newest=orderer_pb2.SeekNewest()) if number is None
        else orderer_pb2.SeekPosition(specified=orderer_pb2.SeekSpecified(number=number)))
    info = orderer_pb2.SeekInfo(start=position, stop=position)
    payload = common_pb2.Payload(
        header=header(5, channel, identity), data=info.SerializeToString()).SerializeToString()
    return common_pb2.Envelope(payload=payload, signature=identity.sign(payload))


def value_update(channel, config, path, key, message):
    """An update that gives one value of one group another content.

    `path` names the groups from the root on. Groups on the way are in the read set and in the write set with their versions;
    a group that gets a new value has the next version, and says everything it has.
    """
    from fabric import configtx_pb2

    update = configtx_pb2.ConfigUpdate(channel_id=channel)
    now, read, write = config.channel_group, update.read_set, update.write_set
    for name in path:
        for side in (read, write):
            side.version = now.version
        now, read, write = now.groups[name], read.groups[name], write.groups[name]
    read.version = write.version = now.version
    if key in now.values:
        write.values[key].version = now.values[key].version + 1
        write.values[key].mod_policy = now.values[key].mod_policy
    else:
        # A new member is a change of its group, which then lists what stays as it is.
        write.version = now.version + 1
        write.mod_policy = now.mod_policy
        for member, value in now.values.items():
            for side in (read, write):
                side.values[member].version = value.version
        for member, policy in now.policies.items():
            for side in (read, write):
                side.policies[member].version = policy.version
        for member, group in now.groups.items():
            for side in (read, write):
                side.groups[member].version = group.version
        write.values[key].mod_policy = "Admins"
    write.values[key].value = message.SerializeToString()
    return update.SerializeToString()


def signed_update(channel, update, signers):
    """The envelope that the first signer sends, with everybody's signature on the update."""
    from fabric import common_pb2, configtx_pb2

    signatures = []
    for signer in signers:
        signature_header = common_pb2.SignatureHeader(
            creator=signer.serialized, nonce=os.urandom(24)).SerializeToString()
        signatures.append(
            configtx_pb2.ConfigSignature(
                signature_header=signature_header, signature=signer.sign(signature_header + update)))
    envelope = configtx_pb2.ConfigUpdateEnvelope(config_update=update, signatures=signatures)
    payload = common_pb2.Payload(
        header=header(2, channel, signers[0]), data=envelope.SerializeToString()).SerializeToString()
    return common_pb2.Envelope(payload=payload, signature=signers[0].sign(payload))
