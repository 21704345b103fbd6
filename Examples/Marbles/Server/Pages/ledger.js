// The ledger as this page knows it. Changes only by what the server tells of committed blocks.

export class Ledger extends EventTarget {
  settings = null;
  owners = new Map();
  marbles = new Map();
  /** Marble ids by owner, the newest last. */
  held = new Map();
  blocks = [];
  /** Lines of functions by transaction. */
  runs = new Map();
  /** Blocks by transaction, for those shown. */
  places = new Map();
  height = 0;

  static blockCountMax = 1000;
  static runCountMax = 2000;

  reset(state) {
    this.owners = new Map(state.owners.map((owner) => [owner.id, owner]));
    this.marbles = new Map();
    this.held = new Map();
    for (const marble of state.marbles) this.#put(marble);
    this.blocks = [];
    this.places = new Map();
    this.runs = new Map();
    for (const block of state.blocks) this.#remember(block);
    for (const run of state.runs) this.#keep(run);
    this.height = state.height;
    this.#tell("reset");
  }

  /** Takes blocks in, told of as one change; those that were seen before change nothing. */
  take(blocks) {
    const news = blocks.filter((block) => block.number >= this.height);
    if (!news.length) return;
    const changes = [];
    for (const block of news) {
      this.height = block.number + 1;
      this.#remember(block);
      for (const transaction of block.transactions) {
        for (const change of transaction.changes) changes.push(this.#apply(change, transaction));
      }
    }
    this.#tell("blocks", { blocks: news, changes });
  }

  /** Blocks from before those that are known. */
  takeEarlier(blocks) {
    const first = this.blocks[0]?.number ?? Infinity;
    const earlier = blocks.filter((block) => block.number < first);
    this.blocks.unshift(...earlier);
    for (const block of earlier) for (const transaction of block.transactions) this.places.set(transaction.id, block.number);
    return earlier;
  }

  block(number) {
    return this.blocks[number - (this.blocks[0]?.number ?? 0)];
  }

  /** Becomes another moment, told of as what differs. */
  become(state) {
    const changes = [];
    const owners = new Map(state.owners.map((owner) => [owner.id, owner]));
    for (const id of this.owners.keys()) {
      if (owners.has(id)) continue;
      this.owners.delete(id);
      changes.push({ kind: "ownerGone", id });
    }
    for (const owner of state.owners) if (!same(owner, this.owners.get(owner.id))) changes.push(this.#apply({ owner }, {}));
    const ids = new Set(state.marbles.map((marble) => marble.id));
    for (const id of [...this.marbles.keys()]) if (!ids.has(id)) changes.push(this.#apply({ gone: id }, {}));
    for (const marble of state.marbles) if (!same(marble, this.marbles.get(marble.id))) changes.push(this.#apply({ marble }, {}));
    this.height = state.height;
    this.#tell("blocks", { blocks: [], changes });
  }

  takeRun(run) {
    this.#keep(run);
    this.#tell("run", { run });
  }

  owner(id) {
    return this.owners.get(id);
  }

  marblesOf(owner) {
    return [...(this.held.get(owner) ?? [])].map((id) => this.marbles.get(id));
  }

  runsOfBlock(block) {
    return block.transactions.flatMap((transaction) => this.runs.get(transaction.id) ?? []);
  }

  #apply(change, transaction) {
    if (change.owner) {
      const before = this.owners.get(change.owner.id);
      this.owners.set(change.owner.id, change.owner);
      const isListed = before?.name === change.owner.name && before?.isEnabled === change.owner.isEnabled;
      return { kind: "owner", id: change.owner.id, isListed };
    }
    if (change.marble) {
      const before = this.marbles.get(change.marble.id);
      this.#put(change.marble);
      return { kind: "marble", id: change.marble.id, from: before?.owner, to: change.marble.owner, transaction: transaction.id };
    }
    const before = this.marbles.get(change.gone);
    if (before) this.held.get(before.owner)?.delete(change.gone);
    this.marbles.delete(change.gone);
    return { kind: "gone", id: change.gone, from: before?.owner, transaction: transaction.id };
  }

  #put(marble) {
    const before = this.marbles.get(marble.id);
    if (before) this.held.get(before.owner)?.delete(marble.id);
    this.marbles.set(marble.id, marble);
    if (!this.held.has(marble.owner)) this.held.set(marble.owner, new Set());
    this.held.get(marble.owner).add(marble.id);
  }

  #remember(block) {
    this.blocks.push(block);
    for (const transaction of block.transactions) this.places.set(transaction.id, block.number);
    if (this.blocks.length > Ledger.blockCountMax) {
      for (const transaction of this.blocks.shift().transactions) {
        this.places.delete(transaction.id);
        this.runs.delete(transaction.id);
      }
    }
  }

  #keep(run) {
    if (!run.transaction) return;
    const runs = this.runs.get(run.transaction) ?? [];
    if (runs.some((other) => other.cursor === run.cursor)) return;
    runs.push(run);
    this.runs.set(run.transaction, runs);
    if (this.runs.size > Ledger.runCountMax) this.runs.delete(this.runs.keys().next().value);
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const same = (one, other) => Boolean(other) && Object.keys(one).every((name) => one[name] === other[name]);
