"""On PostgreSQL many rows are written from arrays; what a column refuses, it still refuses."""

from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table

from services.kit.pending import FROM_ARRAYS, insert_into

NOTES = Table(
    "note", MetaData(), Column("term", String(8, collation="C")), Column("size", Integer), Column("at", DateTime(timezone=True)), Column("more", JSON)
)


def test_a_text_is_never_cut_to_the_length_of_its_column() -> None:
    into = insert_into(NOTES, ("term", "size", "at", "more"), "postgresql")
    assert FROM_ARRAYS[into.sql] == (
        "INSERT INTO note (term, size, at, more) SELECT * FROM unnest($1::TEXT[], $2::INTEGER[], $3::TIMESTAMP WITH TIME ZONE[], $4::JSON[])"
    )


def test_due_work_from_arrays_keeps_what_happens_when_it_is_known_already() -> None:
    plain = next(sql for sql in FROM_ARRAYS if sql.startswith("INSERT INTO due") and sql.endswith("owner = NULL"))
    assert FROM_ARRAYS[plain] == (
        "INSERT INTO due (kind, key, due_at, payload) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])"
        " ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, attempts = 0, owner = NULL"
    )
