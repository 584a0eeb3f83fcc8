// The step that dates what a replica knows under other names: since which point of its own log.
//
// Older files say what was learnt, and not when. What a copy was born with follows from the forks that
// are on record. The rest counts for the replica itself from now on, and for no copy that parts from
// it earlier: one that is believed to know too little is shown a dispute, one that is believed to know
// too much replaces in silence what it never saw. So a name that was never used keeps only what is
// sure.

extension HubTables {
  static let datedLineage = """
    ALTER TABLE lineage RENAME TO undated;

    -- Changes of another identity that a replica knows as its own: it was cloned from it, or both hold
    -- the same edits. A run of shared edits is one row: with each edit of its own, from `since` to
    -- `until`, it learnt one more, in the end up to `counter`.
    CREATE TABLE lineage (
      replica INTEGER NOT NULL,
      ancestor INTEGER NOT NULL,
      since INTEGER NOT NULL,            -- counter of the replica's own log; 0: it was born with it
      until INTEGER NOT NULL,
      counter INTEGER NOT NULL,          -- of the ancestor's log
      PRIMARY KEY (replica, ancestor, since)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO lineage
      WITH RECURSIVE born (replica, ancestor, counter) AS (
        SELECT child, parent, counter FROM forks
        UNION
        SELECT f.child, b.ancestor, b.counter FROM born b JOIN forks f ON f.parent = b.replica
      )
      SELECT replica, ancestor, 0, 0, max(counter) FROM born GROUP BY replica, ancestor;

    INSERT INTO lineage
      SELECT u.replica, u.ancestor, r.counter, r.counter, u.counter
      FROM undated u JOIN replicas r ON r.replica = u.replica
      WHERE r.counter > 0 AND NOT EXISTS (
        SELECT 1 FROM lineage l
        WHERE l.replica = u.replica AND l.ancestor = u.ancestor AND l.counter >= u.counter);

    DROP TABLE undated;
    """
}
