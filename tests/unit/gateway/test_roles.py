"""Who may what."""

import pytest

from gateway.access.roles import ROLES, known_roles, scopes_of
from gateway.clients.views import INTERNAL
from services.kit.errors import InvalidInput


def test_the_roles_of_the_product_are_all_there() -> None:
    assert set(ROLES) == {
        "administrator",
        "agent",
        "supervisor",
        "department_owner",
        "analyst",
        "employee_survey_admin",
        "privacy_officer",
        "integration",
    }


def test_no_role_has_the_scope_of_the_view_contract() -> None:
    assert [role for role, scopes in ROLES.items() if INTERNAL in scopes] == []


def test_only_the_administrator_keeps_keys_and_configures() -> None:
    assert [role for role, scopes in ROLES.items() if "keys:manage" in scopes] == ["administrator"]
    assert "survey:admin" not in ROLES["agent"]
    assert "pii:read" not in ROLES["analyst"]


def test_an_agent_records_what_a_customer_says_in_the_call() -> None:
    assert {"survey:write", "feedback:write", "customers:write"} <= ROLES["agent"]


def test_scopes_of_several_roles_add_up_and_unknown_ones_bring_nothing() -> None:
    assert scopes_of(["analyst", "agent"]) == ROLES["analyst"] | ROLES["agent"]
    assert scopes_of(["emperor"]) == frozenset()


def test_an_unknown_role_is_refused_without_echoing_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        known_roles(["agent", "<script>"])

    assert "<script>" not in refused.value.detail
    assert refused.value.pointer == "/roles"
