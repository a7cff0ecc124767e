/* A chart of one or more lines over time: axes, units, a readout by pointer and by keyboard, and the same as a table. */

import { html, svg } from "./elements.js";
import { path, stretches, ticks, times } from "./scales.js";
import { NOTHING, clock, moment } from "./words.js";

const EDGE = { top: 8, right: 8, bottom: 20, left: 52 };
const COLOURS = ["first", "second", "third"];
const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
const TABLE_ROWS = 30;

export class Chart {
  /** *spec*: title, unit, write(value), lines of {name, of(point)}, and, where they have one, at most (top of the axis). */
  constructor(spec) {
    this.spec = spec;
    this.points = [];
    this.span = [0, 1];
    this.chosen = null;
    this.plot = html("div", {
      class: "plot", tabindex: 0, role: "application", "aria-roledescription": "chart", "aria-label": `${spec.title}; the arrow keys read it`,
      onpointermove: (event) => this.#follow(event), onpointerdown: (event) => this.#follow(event),
      onpointerleave: () => this.#choose(null), onblur: () => this.#choose(null), onkeydown: (event) => this.#step(event),
    });
    this.readout = html("p", { class: "readout", "aria-live": "polite" });
    this.table = html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${spec.title}, table` });
    this.details = html("details", { ontoggle: () => this.#tabulate() }, html("summary", {}, "As a table"), this.table);
    this.element = html("figure", { class: "chart" },
      html("figcaption", {}, html("h3", {}, spec.title), html("span", { class: "muted" }, spec.unit)), this.plot, this.readout, this.details);
    new ResizeObserver(() => this.#draw()).observe(this.plot);
  }

  /** Show *points*, which have a time `at` each, between the two times of *span* in ms. */
  show(points, span) {
    this.points = points;
    this.span = span;
    this.#draw();
    this.#tabulate();
  }

  get #values() {
    return this.spec.lines.flatMap(({ of }) => this.points.map(of)).filter((value) => value !== null && value !== undefined);
  }

  #x(at) {
    const [from, to] = this.span;
    return EDGE.left + ((new Date(at) - from) / (to - from)) * (this.width - EDGE.left - EDGE.right);
  }

  #y(value) {
    return this.height - EDGE.bottom - (value / this.top) * (this.height - EDGE.top - EDGE.bottom);
  }

  #draw() {
    this.width = this.plot.clientWidth;
    this.height = this.plot.clientHeight || 176;
    if (!this.width) return;
    const marks = ticks(this.spec.atMost ?? Math.max(0, ...this.#values));
    this.top = marks.at(-1);
    this.cross = svg("g");
    const drawing = svg("svg", { "aria-hidden": "true" }, this.#axes(marks), this.#lines(), this.cross);
    this.plot.replaceChildren(drawing);
    this.#read();
  }

  #axes(marks) {
    const level = (value) => [
      svg("line", { class: "grid", x1: EDGE.left, x2: this.width - EDGE.right, y1: this.#y(value), y2: this.#y(value) }),
      svg("text", { x: EDGE.left - 8, y: this.#y(value) + 4, "text-anchor": "end" }, this.spec.write(value)),
    ];
    const time = (at) => svg("text", { x: this.#x(at), y: this.height - 4, "text-anchor": "middle" }, clock(at, { seconds: false }));
    const seen = times(...this.span, this.width < 420 ? 4 : 6).filter((at) => this.#x(at) < this.width - 14);
    return [...marks.flatMap(level), ...seen.map(time)];
  }

  #lines() {
    if (!this.#values.length) {
      return [svg("text", { x: (EDGE.left + this.width) / 2, y: this.height / 2, "text-anchor": "middle" }, "Nothing measured in this range")];
    }
    return this.spec.lines.flatMap((line, index) => this.#line(line, index));
  }

  #line({ of }, index) {
    const place = (point) => (of(point) === null || of(point) === undefined ? null : [this.#x(point.at), this.#y(of(point))]);
    const parts = stretches(this.points, place);
    const base = this.#y(0);
    const area = (part) => svg("path", { class: "area", d: `${path(part)}L${part.at(-1)[0].toFixed(1)} ${base}L${part[0][0].toFixed(1)} ${base}Z` });
    const single = (part) => svg("circle", { class: "dot", cx: part[0][0], cy: part[0][1], r: 3 });
    const line = (part) => (part.length === 1 ? single(part) : svg("path", { class: "line", d: path(part) }));
    const isAlone = this.spec.lines.length === 1;
    return [svg("g", { class: COLOURS[index] }, isAlone ? parts.map(area) : [], parts.map(line))];
  }

  #follow(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    const away = (point) => Math.abs(this.#x(point.at) - x);
    const nearest = this.points.reduce((best, point, index) => (best === null || away(point) < away(this.points[best]) ? index : best), null);
    this.#choose(nearest);
  }

  #step(event) {
    if (event.key === "Escape") return this.#choose(null);
    const by = KEYS[event.key];
    if (by === undefined || !this.points.length) return undefined;
    event.preventDefault();
    const last = this.points.length - 1;
    return this.#choose(Math.min(last, Math.max(0, (this.chosen ?? last + (by < 0 ? 1 : 0)) + by)));
  }

  #choose(index) {
    this.chosen = index;
    this.#read();
  }

  #read() {
    const point = this.points[this.chosen ?? this.points.length - 1];
    const values = this.spec.lines.map(({ name, of }, index) => html("span", { class: `key ${COLOURS[index]}` },
      html("span", {}, name ? `${name} ` : ""), html("b", {}, point ? this.spec.write(of(point)) : NOTHING)));
    this.readout.setAttribute("aria-live", this.chosen === null ? "off" : "polite");
    this.readout.replaceChildren(html("span", {}, this.chosen === null ? "latest" : moment(point.at)), ...values);
    this.cross?.replaceChildren(...(this.chosen === null || !point ? [] : this.#marks(point)));
  }

  #marks(point) {
    const x = this.#x(point.at);
    const dots = this.spec.lines.map(({ of }, index) => (of(point) === null || of(point) === undefined ? null
      : svg("circle", { class: `dot ${COLOURS[index]}`, cx: x, cy: this.#y(of(point)), r: 4 })));
    return [svg("line", { class: "cross", x1: x, x2: x, y1: EDGE.top, y2: this.height - EDGE.bottom }), ...dots.filter(Boolean)];
  }

  #tabulate() {
    if (!this.details.open) return;
    const every = Math.max(1, Math.ceil(this.points.length / TABLE_ROWS));
    const rows = this.points.filter((_, index) => (this.points.length - 1 - index) % every === 0).reverse();
    const names = this.spec.lines.map(({ name }) => html("th", { scope: "col", class: "number" }, name || this.spec.title));
    const row = (point) => html("tr", {}, html("th", { scope: "row" }, moment(point.at)),
      this.spec.lines.map(({ of }) => html("td", { class: "number" }, this.spec.write(of(point)))));
    this.table.replaceChildren(html("table", {}, html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Time"), names)), html("tbody", {}, rows.map(row))));
  }
}
