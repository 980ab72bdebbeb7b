CREATE INDEX ON contact (cls, since, id) WHERE state = 0;
CREATE INDEX ON agent (grp, idle_since, id) WHERE held < most;
CREATE INDEX ON pair (grp) INCLUDE (cls, queue, after_s, base, credit_s);
CREATE INDEX ON pair (cls) INCLUDE (grp, after_s, fit);
CREATE UNIQUE INDEX ON reservation (contact) WHERE state IN ('pending', 'accepted');
VACUUM ANALYZE;
