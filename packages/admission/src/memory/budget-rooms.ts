import type { BudgetGrant, BudgetLimit, BudgetRoom } from '../port.ts';

interface Room extends BudgetRoom {
  allottedNanoUsd: bigint;
  expiresMicros: number;
}

/** Room of the budgets of one organisation. */
export class MemoryBudgetRooms {
  readonly #rooms = new Map<string, Room>();

  get isEmpty(): boolean {
    return this.#rooms.size === 0;
  }

  grant(grant: Omit<BudgetGrant, 'orgId'>, nowMicros: number): boolean {
    this.#dropExpired(nowMicros);
    const room = this.#rooms.get(grant.subject);
    if (room !== undefined && grant.revision <= room.revision) return false;
    this.#rooms.set(grant.subject, {
      roomNanoUsd: (room?.roomNanoUsd ?? 0n) + grant.amountNanoUsd,
      heldNanoUsd: room?.heldNanoUsd ?? 0n,
      allottedNanoUsd: grant.allottedNanoUsd,
      revision: grant.revision,
      expiresMicros: grant.ttlMs === null ? Number.POSITIVE_INFINITY : nowMicros + grant.ttlMs * 1000,
    });
    return true;
  }

  read(subject: string, nowMicros: number): BudgetRoom {
    const { roomNanoUsd = 0n, heldNanoUsd = 0n, revision = 0n } = this.#find(subject, nowMicros) ?? {};
    return { roomNanoUsd, heldNanoUsd, revision };
  }

  empty(subjects: readonly string[]): void {
    for (const subject of subjects) {
      const room = this.#rooms.get(subject);
      if (room !== undefined) room.roomNanoUsd = 0n;
    }
  }

  /** Subjects of the budgets that cannot take `amountNanoUsd`. */
  findLacking(budgets: readonly BudgetLimit[], amountNanoUsd: bigint, nowMicros: number): string[] {
    if (amountNanoUsd <= 0n) return [];
    const lacks = ({ subject, limitNanoUsd }: BudgetLimit): boolean => {
      const { roomNanoUsd = 0n, allottedNanoUsd = 0n } = this.#find(subject, nowMicros) ?? {};
      return amountNanoUsd > roomNanoUsd || allottedNanoUsd - roomNanoUsd + amountNanoUsd > limitNanoUsd;
    };
    return budgets.filter(lacks).map(({ subject }) => subject);
  }

  /** What every one of these budgets can still take. */
  leastLeft(budgets: readonly BudgetLimit[], nowMicros: number): bigint | null {
    let least: bigint | null = null;
    for (const { subject, limitNanoUsd } of budgets) {
      const { roomNanoUsd = 0n, allottedNanoUsd = 0n } = this.#find(subject, nowMicros) ?? {};
      const ofLimit = limitNanoUsd - allottedNanoUsd + roomNanoUsd;
      const left = roomNanoUsd < ofLimit ? roomNanoUsd : ofLimit;
      if (least === null || left < least) least = left;
    }
    return least;
  }

  hold(budgets: readonly BudgetLimit[], amountNanoUsd: bigint): void {
    this.#change(budgets, (room) => {
      room.roomNanoUsd -= amountNanoUsd;
      room.heldNanoUsd += amountNanoUsd;
    });
  }

  /** Ends a hold without giving anything back. */
  unhold(budgets: readonly BudgetLimit[], amountNanoUsd: bigint): void {
    this.#change(budgets, (room) => {
      room.heldNanoUsd -= amountNanoUsd;
    });
  }

  giveBack(budgets: readonly BudgetLimit[], amountNanoUsd: bigint): void {
    this.#change(budgets, (room) => {
      room.roomNanoUsd += amountNanoUsd;
    });
  }

  #change(budgets: readonly BudgetLimit[], change: (room: Room) => void): void {
    for (const { subject } of budgets) {
      const room = this.#rooms.get(subject);
      if (room !== undefined) change(room);
    }
  }

  #find(subject: string, nowMicros: number): Room | undefined {
    const room = this.#rooms.get(subject);
    return room === undefined || room.expiresMicros <= nowMicros ? undefined : room;
  }

  #dropExpired(nowMicros: number): void {
    for (const [subject, { expiresMicros }] of this.#rooms) if (expiresMicros <= nowMicros) this.#rooms.delete(subject);
  }
}
