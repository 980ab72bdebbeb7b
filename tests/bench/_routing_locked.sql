-- A floor as a competent engineer keeps it in PostgreSQL: one function per step of a contact's life, each called once and committed.
-- States of a contact: 0 waits, 1 offered, 2 talking, 3 wrapping up, 4 over.

CREATE TABLE queue (id int PRIMARY KEY, service_level float8 NOT NULL, debt float8 NOT NULL, sla_s float8 NOT NULL, sla_share float8 NOT NULL,
    starvation_s float8 NOT NULL, offer_s float8 NOT NULL) WITH (fillfactor = 10);
CREATE TABLE class (id int PRIMARY KEY, queue int NOT NULL, credit_s float8 NOT NULL);
-- Who may serve whom from which second of waiting on, with what success: reckoned beforehand, as the engine does.
CREATE TABLE pair (grp int NOT NULL, cls int NOT NULL, queue int NOT NULL, after_s float8 NOT NULL, base float8 NOT NULL, fit float8 NOT NULL,
    credit_s float8 NOT NULL);
CREATE TABLE agent (id int PRIMARY KEY, grp int NOT NULL, held int NOT NULL, most int NOT NULL, idle_since float8 NOT NULL) WITH (fillfactor = 70);
CREATE TABLE contact (id bigint PRIMARY KEY, cls int NOT NULL, since float8 NOT NULL, state smallint NOT NULL, agent int) WITH (fillfactor = 70);
CREATE TABLE reservation (id bigserial PRIMARY KEY, contact bigint NOT NULL, agent int NOT NULL, state text NOT NULL, offered_at float8 NOT NULL,
    expires_at float8 NOT NULL) WITH (fillfactor = 70);
CREATE TABLE passed (contact bigint NOT NULL, agent int NOT NULL, at float8 NOT NULL, PRIMARY KEY (agent, contact));

-- Give a waiting contact to an agent who has room.
CREATE FUNCTION offer(p_contact bigint, p_agent int, p_now float8) RETURNS void LANGUAGE sql AS $$
    UPDATE contact SET state = 1, agent = p_agent WHERE id = p_contact;
    INSERT INTO reservation (contact, agent, state, offered_at, expires_at)
    SELECT c.id, p_agent, 'pending', p_now, p_now + q.offer_s
    FROM contact c JOIN class k ON k.id = c.cls JOIN queue q ON q.id = k.queue WHERE c.id = p_contact;
$$;

-- A freed agent takes the contact with the largest I, whoever waited beyond the limit first. Only the first of each class is looked at.
-- The agent has given up a place; who finds somebody keeps it, else it is free. Returns whom it was offered, null for nobody.
CREATE FUNCTION take(p_agent int, p_now float8) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint; locked bigint;
BEGIN
    LOOP
        SELECT head.id INTO found
        FROM pair p
        JOIN queue q ON q.id = p.queue
        CROSS JOIN LATERAL (
            SELECT c.id, c.since, p_now - c.since AS waited FROM contact c
            WHERE c.cls = p.cls AND c.state = 0 AND NOT EXISTS (
                SELECT FROM passed x WHERE x.contact = c.id AND x.agent = p_agent AND x.at > p_now - 60)
            ORDER BY c.since, c.id LIMIT 1) head
        WHERE p.grp = (SELECT grp FROM agent WHERE id = p_agent) AND head.waited >= p.after_s
        ORDER BY head.waited > q.starvation_s DESC,
            CASE WHEN head.waited > q.starvation_s THEN head.waited
                ELSE p.base * q.debt * (1 + 0.3 * (head.waited + p.credit_s) / q.sla_s) END DESC,
            head.since, head.id
        LIMIT 1;
        EXIT WHEN found IS NULL;
        SELECT id INTO locked FROM contact WHERE id = found AND state = 0 FOR UPDATE SKIP LOCKED;
        EXIT WHEN locked IS NOT NULL;  -- else another connection was faster: look again
    END LOOP;
    IF found IS NULL THEN
        UPDATE agent SET held = held - 1, idle_since = p_now WHERE id = p_agent;
    ELSE
        UPDATE agent SET idle_since = p_now WHERE id = p_agent;
        PERFORM offer(found, p_agent, p_now);
    END IF;
    RETURN found;
END $$;

-- A contact that waits gets the agent with the largest J among those who have room and may serve it now. Returns whether it was offered.
CREATE FUNCTION find_agent(p_contact bigint, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE found int; locked int; wanted contact;
BEGIN
    IF NOT EXISTS (SELECT FROM agent WHERE held < most) THEN
        RETURN false;
    END IF;
    SELECT * INTO wanted FROM contact WHERE id = p_contact;
    LOOP
        SELECT free.id INTO found
        FROM pair p
        CROSS JOIN LATERAL (
            SELECT a.id, a.idle_since FROM agent a
            WHERE a.grp = p.grp AND a.held < a.most AND NOT EXISTS (
                SELECT FROM passed x WHERE x.contact = p_contact AND x.agent = a.id AND x.at > p_now - 60)
            ORDER BY a.idle_since, a.id LIMIT 1) free
        WHERE p.cls = wanted.cls AND p.after_s <= p_now - wanted.since
        ORDER BY p.after_s, p.fit + 0.5 * least(1, (p_now - free.idle_since) / 300) DESC, free.idle_since, free.id
        LIMIT 1;
        IF found IS NULL THEN
            RETURN false;
        END IF;
        SELECT id INTO locked FROM agent WHERE id = found AND held < most FOR UPDATE SKIP LOCKED;
        EXIT WHEN locked IS NOT NULL;
    END LOOP;
    UPDATE agent SET held = held + 1, idle_since = p_now WHERE id = found;
    PERFORM offer(p_contact, found, p_now);
    RETURN true;
END $$;

-- Count one contact that was answered, or lost, into its queue's service level. Doubt and urgency stay in `debt` as they were, like scarcity.
CREATE FUNCTION note_answer(p_cls int, p_now float8, p_since float8, p_lost boolean) RETURNS void LANGUAGE sql AS $$
    UPDATE queue q SET service_level = new.level, debt = q.debt * exp(4 * (q.service_level - new.level))
    FROM (SELECT id, service_level + 0.02 * ((NOT p_lost AND p_now - p_since <= sla_s)::int - service_level) AS level
          FROM queue WHERE id = (SELECT queue FROM class WHERE id = p_cls)) new
    WHERE q.id = new.id;
$$;

-- The steps. Each returns the contacts that were offered to somebody by it.

CREATE FUNCTION arrive(p_contact bigint, p_cls int, p_now float8) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact VALUES (p_contact, p_cls, p_now, 0, NULL);
    IF find_agent(p_contact, p_now) THEN
        RETURN NEXT p_contact;
    END IF;
END $$;

CREATE FUNCTION accept(p_contact bigint, p_now float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE taken contact;
BEGIN
    UPDATE reservation SET state = 'accepted' WHERE contact = p_contact AND state = 'pending' AND expires_at > p_now;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE contact SET state = 2 WHERE id = p_contact RETURNING * INTO taken;
    PERFORM note_answer(taken.cls, p_now, taken.since, false);
    RETURN true;
END $$;

CREATE FUNCTION decline(p_contact bigint, p_now float8) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE asked int;
BEGIN
    UPDATE reservation SET state = 'declined' WHERE contact = p_contact AND state = 'pending' RETURNING agent INTO asked;
    INSERT INTO passed VALUES (p_contact, asked, p_now) ON CONFLICT (agent, contact) DO UPDATE SET at = p_now;
    UPDATE contact SET state = 0, agent = NULL WHERE id = p_contact;
    IF find_agent(p_contact, p_now) THEN
        RETURN NEXT p_contact;
    END IF;
    RETURN QUERY SELECT next FROM take(asked, p_now) next WHERE next IS NOT NULL;
END $$;

CREATE FUNCTION hang_up(p_contact bigint, p_now float8) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE gone contact;
BEGIN
    UPDATE reservation SET state = 'rescinded' WHERE contact = p_contact AND state = 'pending';
    UPDATE contact SET state = 4 WHERE id = p_contact RETURNING * INTO gone;
    PERFORM note_answer(gone.cls, p_now, gone.since, true);
    RETURN QUERY SELECT next FROM take(gone.agent, p_now) next WHERE next IS NOT NULL;
END $$;

CREATE FUNCTION end_talk(p_contact bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE contact SET state = 3 WHERE id = p_contact AND state = 2;
$$;

CREATE FUNCTION finish(p_contact bigint, p_now float8) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE freed int;
BEGIN
    UPDATE contact SET state = 4 WHERE id = p_contact AND state = 3 RETURNING agent INTO freed;
    UPDATE reservation SET state = 'completed' WHERE contact = p_contact AND state = 'accepted';
    RETURN QUERY SELECT next FROM take(freed, p_now) next WHERE next IS NOT NULL;
END $$;
