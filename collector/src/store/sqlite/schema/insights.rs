//! The tables of insights.

/// - `facts`: what insights read of each event. It is sorted by time, because every question has a range, and each
///   further index is for one question: the rows of an event, of a session, of guidance content, and the links between
///   anonymous and known users.
/// - `texts`: the dictionary of the facts. `uses` counts the facts that have a text; without one the row is removed, so
///   that an erasure leaves nothing of a user here.
/// - `insights`: the facts with their texts, for people with an SQL prompt.
pub(super) const FACTS: &str = "
    CREATE TABLE texts (
        id   INTEGER PRIMARY KEY,
        text TEXT NOT NULL UNIQUE,
        uses INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE facts (
        site            INTEGER NOT NULL,
        time            INTEGER NOT NULL,
        n               INTEGER NOT NULL,
        env             INTEGER NOT NULL,
        bot             INTEGER NOT NULL,
        identified      INTEGER NOT NULL,
        kind            INTEGER NOT NULL,
        session         INTEGER,
        user            INTEGER,
        path            INTEGER,
        content         INTEGER,
        play            INTEGER,
        step            INTEGER,
        tab             INTEGER,
        seq             INTEGER NOT NULL,
        requested       INTEGER,
        started_by      INTEGER,
        content_type    INTEGER,
        name            INTEGER,
        content_version INTEGER,
        title           INTEGER,
        country         INTEGER,
        city            INTEGER,
        browser         INTEGER,
        os              INTEGER,
        mobile          INTEGER,
        recorder        INTEGER,
        linked          INTEGER,
        received        INTEGER NOT NULL,
        PRIMARY KEY (site, time, n)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX fact_events ON facts (n);
    CREATE INDEX fact_sessions ON facts (session, site, time) WHERE session IS NOT NULL;
    CREATE INDEX fact_contents ON facts (content, site, time) WHERE content IS NOT NULL;
    CREATE INDEX fact_links ON facts (site, linked, user) WHERE linked IS NOT NULL;
    CREATE VIEW insights AS SELECT
        facts.n, site.text AS site, facts.time, facts.received, facts.env, facts.bot, facts.identified,
        kind.text AS type, session.text AS session, user.text AS user,
        coalesce((SELECT CASE WHEN count(DISTINCT known.user) = 1 THEN min(owner.text) END
            FROM facts AS known JOIN texts AS owner ON owner.id = known.user
            WHERE known.site = facts.site AND known.linked = facts.user AND NOT facts.identified), user.text) AS person,
        path.text AS path, content.text AS content, content_type.text AS content_type, name.text AS name,
        play.text AS play, step.text AS step, requested.text AS requested, facts.started_by,
        content_version.text AS content_version, tab.text AS tab, facts.seq, title.text AS title,
        country.text AS country, city.text AS city, browser.text AS browser, os.text AS os, facts.mobile,
        recorder.text AS recorder
    FROM facts
        JOIN texts AS site ON site.id = facts.site
        JOIN texts AS kind ON kind.id = facts.kind
        LEFT JOIN texts AS session ON session.id = facts.session
        LEFT JOIN texts AS user ON user.id = facts.user
        LEFT JOIN texts AS path ON path.id = facts.path
        LEFT JOIN texts AS content ON content.id = facts.content
        LEFT JOIN texts AS content_type ON content_type.id = facts.content_type
        LEFT JOIN texts AS name ON name.id = facts.name
        LEFT JOIN texts AS play ON play.id = facts.play
        LEFT JOIN texts AS step ON step.id = facts.step
        LEFT JOIN texts AS requested ON requested.id = facts.requested
        LEFT JOIN texts AS content_version ON content_version.id = facts.content_version
        LEFT JOIN texts AS tab ON tab.id = facts.tab
        LEFT JOIN texts AS title ON title.id = facts.title
        LEFT JOIN texts AS country ON country.id = facts.country
        LEFT JOIN texts AS city ON city.id = facts.city
        LEFT JOIN texts AS browser ON browser.id = facts.browser
        LEFT JOIN texts AS os ON os.id = facts.os
        LEFT JOIN texts AS recorder ON recorder.id = facts.recorder;
";

/// - `row_groups`: for each site's environment, stretches of time from `start` to before `until`, without gaps: how many
///   facts are in it, how often they changed, and whether they are packed.
/// - `group_columns`: the columns of the packed ones, and of those to which facts were added since. They have IDs of texts,
///   no texts.
pub(super) const GROUPS: &str = "
    CREATE TABLE row_groups (
        id      INTEGER PRIMARY KEY,
        site    INTEGER NOT NULL,
        env     INTEGER NOT NULL,
        start   INTEGER NOT NULL,
        until   INTEGER NOT NULL,
        facts   INTEGER NOT NULL,
        changes INTEGER NOT NULL,
        packed  INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX row_group_starts ON row_groups (site, env, start);
    CREATE INDEX loose_row_groups ON row_groups (facts) WHERE packed = 0;
    CREATE TABLE group_columns (
        row_group INTEGER NOT NULL,
        name      TEXT NOT NULL,
        data      BLOB NOT NULL,
        PRIMARY KEY (row_group, name)
    ) STRICT;
    INSERT INTO row_groups (site, env, start, until, facts, changes, packed)
        SELECT site, env, -9223372036854775808, 9223372036854775807, count(*), 0, 0 FROM facts GROUP BY site, env;
";
