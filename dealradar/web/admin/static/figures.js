/* What follows from what was measured. */

const known = (value) => value !== null && value !== undefined;

/** Statements that answering one miss of an endpoint costs, null while there was none. */
export const costOf = (endpoint) => (endpoint.misses > 0 ? endpoint.statements / endpoint.misses : null);

/** Seconds in the database that answering one miss costs. */
export const secondsOf = (endpoint) => (endpoint.misses > 0 ? endpoint.database_s / endpoint.misses : null);

/** The statements that hits spared the database, had each been answered as the misses of its endpoint were. */
export function saved(window) {
  const spared = ({ hits, stale, ...endpoint }) => ((hits ?? 0) + (stale ?? 0)) * (costOf(endpoint) ?? 0);
  const total = Object.values(window.endpoints ?? {}).reduce((sum, endpoint) => sum + spared(endpoint), 0);
  const asked = total + (window.statements ?? 0);
  return { total, share: asked > 0 ? total / asked : null };
}

export const errorRatio = (window) => (window.requests > 0 ? window.errors / window.requests : null);

export const perRequest = (point) => (point.requests > 0 && known(point.statements) ? point.statements / point.requests : null);

export const memoryShare = (store) => (known(store?.memory_bytes) && store.max_memory_bytes ? store.memory_bytes / store.max_memory_bytes : null);
