"""How a GraphQL request becomes an answer. Read in this order; ten minutes are enough.

1. `incoming.py`: the request off the wire, strictly.
2. `documents.py`: a document is prepared once: parsed, measured (`gateway/limits`), validated; its cost, the scopes that it
   wants (`scopes.py`) and its plans are remembered with it.
3. `plan.py`: an operation becomes a tree of steps. A *step* is a field with a resolver of ours. Everything below a step that is only
   reading attributes becomes one generated function, a *shape* (`shape.py`); arguments are bound beforehand (`arguments.py`). A step also
   knows its *needs*, what is read of its value: sections are decoded into structs with these fields alone (`gateway/schema/wired.py`).
   A resolver that only takes a section of what was loaded has a *shortcut* (`shortcut.py`): pages are written straight from the decoded structs,
   and where nothing else than those is shown, the structs themselves go into the answer (`spelling.py`).
4. `play.py`: shortcuts are tried, else steps are called and their values put into shape. Whatever is not plain (null where none may be, a wrong
   type, an exception, an interface) is handed, value by value, to graphql-core's own executor: the reference decides what the answer and its
   errors are.
5. `run.py`: one operation from start to its line of log; with `compiled=False` graphql-core runs everything, and the answers are the same.
   Answers are encoded in `written.py`.
6. `sections.py`, `stale.py`: the parts of one customer that other services own. `problems.py`: errors as clients see them.

That both ways answer alike is held by `tests/unit/gateway/test_plan_equals_core.py` (generated documents over damaged data) and by
`test_customer_equals_core.py` (generated questions about a customer, over answers of which a plan reads what is selected).
"""
