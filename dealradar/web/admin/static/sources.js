/* What is asked for again and again: each source keeps what it was last told, since when it fails, and why. */

import { ask } from "./session.js";

export class Source {
  constructor(path, everyMs) {
    this.path = path;
    this.everyMs = everyMs;
    this.told = null;
    this.toldAt = null;
    this.fault = null;
    this.failsSince = null;
  }

  async refresh() {
    const path = this.path;
    try {
      const told = await ask(path);
      if (path !== this.path) return;
      Object.assign(this, { told, toldAt: Date.now(), fault: null, failsSince: null });
    } catch (fault) {
      this.fault = fault;
      this.failsSince ??= Date.now();
    }
  }
}

/** Ask *sources* as often as each wants it while the page is seen; after each answer, *seen* is called with it. */
export class Watch {
  constructor(sources, seen) {
    this.sources = sources;
    this.seen = seen;
    this.timers = new Map();
    this.isOn = false;
    document.addEventListener("visibilitychange", () => this.isOn && !document.hidden && this.#all());
  }

  begin() {
    this.isOn = true;
    this.#all();
  }

  end() {
    this.isOn = false;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** Ask *source* now instead of when it is due. */
  async now(source) {
    clearTimeout(this.timers.get(source));
    await source.refresh();
    if (!this.isOn) return;
    this.seen(source);
    clearTimeout(this.timers.get(source));
    if (!document.hidden) this.timers.set(source, setTimeout(() => this.now(source), source.everyMs));
  }

  #all() {
    for (const source of this.sources) this.now(source);
  }
}
