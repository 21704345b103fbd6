"""What fabric-sdk-py sees of a network, as JSON on standard output. Runs in the environment of that library alone.

Usage: scenario.py facts|discovered|functions PROFILE CHANNEL [ARGUMENT…], with the organisation's connection profile in the library's own style.
"""

import asyncio
import contextlib
import json
import sys

TIMEOUT = 60


def plain(value):
    """Bytes as text or hex, so that JSON can hold it."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return value


class Scenario:
    def __init__(self, loop, profile, channel):
        from hfc.fabric import Client

        self.loop = loop
        self.client = Client(net_profile=profile)
        self.channel_name = channel
        self.channel = self.client.new_channel(channel)
        self.user = self.client.get_user("Org1MSP", "User1")
        self.admin = self.client.get_user("Org1MSP", "Admin")
        self.peers = sorted(self.client.peers)
        self.own = [name for name in self.peers if ".org1." in name]

    def run(self, work):
        return self.loop.run_until_complete(asyncio.wait_for(work, TIMEOUT))

    def invoke(self, function, *arguments):
        return self.run(
            self.client.chaincode_invoke(
                self.user, self.channel_name, self.peers, list(arguments), "keyvalue", fcn=function,
                wait_for_event=True))

    def query(self, function, *arguments):
        return self.run(
            self.client.chaincode_query(
                self.user, self.channel_name, self.own, list(arguments), "keyvalue", fcn=function))

    def events(self, first, last, filtered):
        """The contract's events in a range of blocks, with the blocks' numbers."""
        hub = self.channel.newChannelEventHub(self.client.get_peer(self.own[0]), self.user)
        seen, blocks = [], []
        hub.registerBlockEvent(
            unregister=False, onEvent=lambda block: blocks.append(block["number"] if filtered else block["header"]["number"]))
        hub.registerChaincodeEvent(
            "keyvalue", ".*",
            onEvent=lambda event, number, tx, status: seen.append(
                {"name": event["event_name"], "payload": plain(event.get("payload")), "block": number, "transaction": tx,
                 "status": status}))
        self.run(hub.connect(filtered=filtered, start=first, stop=last))
        return {"events": seen, "blocks": blocks}

    def discovered(self):
        """The peers by discovery, those of the channel and all."""
        return {
            kind: self.run(
                self.client.query_peers(self.admin, self.own[0], channel=self.channel_name, local=kind == "local"))
            for kind in ("local", "channel")}

    def functions(self, function, other):
        """A proposal that a check refuses, an answer that all give, and one that differs between organisations."""
        seen = {"checked": plain(self.invoke("put", "colour", "red"))}
        seen["called"] = plain(self.invoke("ask", "answer", function, "what?"))
        seen["kept"] = self.query("get", "answer")
        info = self.run(self.client.query_info(self.user, self.channel_name, self.own))
        block = self.run(self.client.query_block(self.user, self.channel_name, self.own, str(info.height - 1)))
        seen["validation"] = block["metadata"]["metadata"][2][0]
        try:
            seen["different"] = plain(self.invoke("ask", "answer", other, "what?"))
        except Exception as error:
            seen["different"] = repr(error)
        return seen

    def facts(self):
        facts = {}
        facts["put"] = [self.invoke("put", f"sdk{n}", f"value{n}") for n in range(3)]
        facts["get"] = self.query("get", "sdk1")
        facts["refused"] = self.invoke("fail", "on purpose")
        info = self.run(self.client.query_info(self.user, self.channel_name, self.own))
        facts["height"] = info.height
        number = str(info.height - 1)
        block = self.run(self.client.query_block(self.user, self.channel_name, self.own, number))
        header = block["data"]["data"][0]["payload"]["header"]["channel_header"]
        transaction = header["tx_id"]
        facts["newest"] = {
            "number": block["header"]["number"], "transaction": transaction, "channel": header["channel_id"],
            "filter": list(block["metadata"]["metadata"][2])}
        by_transaction = self.run(
            self.client.query_block_by_txid(self.user, self.channel_name, self.own, transaction))
        facts["byTransaction"] = by_transaction["header"]["number"]
        by_hash = self.run(
            self.client.query_block_by_hash(self.user, self.channel_name, self.own, info.currentBlockHash))
        facts["byHash"] = by_hash["header"]["number"]
        found = self.run(self.client.query_transaction(self.user, self.channel_name, self.own, transaction))
        facts["validation"] = found["validation_code"]
        channels = self.run(self.client.query_channels(self.admin, self.own))
        facts["channels"] = [channel.channel_id for channel in channels.channels]
        config = self.run(self.client.get_channel_config(self.user, self.channel_name, self.own))
        facts["applications"] = sorted(config[0].config.channel_group.groups["Application"].groups)
        ordered = self.run(
            self.client.get_channel_config_with_orderer(self.admin, self.channel_name, orderer="orderer.example.com"))
        facts["orderers"] = sorted(ordered["config"]["channel_group"]["groups"]["Orderer"]["groups"])
        facts["full"] = self.events(info.height - 3, info.height - 1, filtered=False)
        facts["filtered"] = self.events(info.height - 3, info.height - 1, filtered=True)
        return facts


def main(what, profile, channel, *arguments):
    loop = asyncio.new_event_loop()
    # Its connections belong to the loop of the moment they are made.
    asyncio.set_event_loop(loop)
    # The library prints as it goes.
    with contextlib.redirect_stdout(sys.stderr):
        facts = getattr(Scenario(loop, profile, channel), what)(*arguments)
    json.dump(facts, sys.stdout, default=plain)


if __name__ == "__main__":
    main(*sys.argv[1:])
