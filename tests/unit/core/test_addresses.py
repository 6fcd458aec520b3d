"""The addresses of customers: what leads to one, and what is recognised."""

import pytest

from bot.domain.addresses import CustomerAddresses

OURS = CustomerAddresses("https://earshot.example.com")


def test_an_address_leads_back_to_its_customer():
    """Also below a folder of the host."""
    for addresses in (OURS, CustomerAddresses("https://example.com/know/")):
        address = addresses.of("c1")
        assert address is not None
        assert addresses.customer_in(address) == "c1"


@pytest.mark.parametrize("more", ["/", "?utm=1", "#top", "/?a=b"])
def test_what_apps_put_behind_an_address_changes_nothing(more: str):
    """Slack and browsers do."""
    assert OURS.customer_in(f"https://Earshot.example.com/customers/c1{more}") == "c1"


@pytest.mark.parametrize(
    "url",
    [
        "https://earshot.example.com/",
        "https://earshot.example.com/customers",
        "https://earshot.example.com/customers/",
        "https://earshot.example.com/customers/c1/notes",
        "https://earshot.example.com/customers/../c1",
        "https://earshot.example.com/customers/c1%7C",
        "https://earshot.example.com/customersc1",
        "https://earshot.example.com.evil.example/customers/c1",
        "https://evil.example/customers/c1",
        "https://earshot.example.com@evil.example/customers/c1",
        "https://user@earshot.example.com/customers/c1",
        "http://earshot.example.com/customers/c1",
        "https://earshot.example.com:8443/customers/c1",
        f"https://earshot.example.com/customers/{'c' * 65}",
        "https://[::1/customers/c1",
        "",
    ],
)
def test_other_addresses_mean_nobody(url: str):
    """However alike they look."""
    assert OURS.customer_in(url) is None


def test_without_a_public_address_there_are_none():
    """Neither to give nor to recognise."""
    assert CustomerAddresses().of("c1") is None
    assert CustomerAddresses().customer_in("https://earshot.example.com/customers/c1") is None
