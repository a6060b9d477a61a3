"""Words that people use for what forms and manuals print otherwise.

Word embeddings bring `guarantee` near `warranty`; they do not bring `pay` near `due`. Each line is
a group of words of which any may stand for any other when a question is matched with a page.
"""

from functools import lru_cache

from ergo_agent.policies.ocr.finder.terms import stem_of

__all__ = ["related_stems"]

_GROUPS = """
guarantee guaranteed warranty warrant guaranty
pay paid payment payable due owe
bill invoice
cost costs price charge fee fare amount rate
altogether total sum overall grand
apiece each unit piece
tax vat gst duty
discount reduction rebate save deducted reduced cheaper
ring call phone telephone tel dial hotline
write mail e-mail email contact address reach
complain complaint complaints claim claims damage damaged broken breaks
support help service assistance helpdesk
repair mend mending fix repaired repairs servicing
buy bought purchase purchased order ordered acquired
send sent ship shipped dispatch deliver delivered delivery post shipping
receive get recipient consignee ship-to
parcel package shipment consignment
lives live resides address residence
born birth birthday
job occupation profession living employment employer
boss manager supervisor head director
teach teaches teacher instructor tutor trainer lecturer
author authors wrote written writer by
invented inventor created creator founded developed designed proposed introduced
begin begins began start starts started commence
end ends finish finished expire expires expiry until close closes closing last
made manufactured manufacturer produced origin maker
firm company corporation business manufacturer organisation organization
town city place location
site website homepage web www url
allowed permitted may permit permission
forbidden prohibited not must
needs need require requires required requirement minimum
heavy weight weigh weighs mass
big large size wide width
tall high height
long length
old age
fast speed quick rate frequency throughput
hot temperature warm cold heat
loud noise sound level
electricity power current consumption voltage
memory ram storage
rights copyright holder holders
newest latest recent last
back return refund returned change
cancel cancellation withdraw
accident emergency emergencies urgent
drawback disadvantage limitation problem caveat bug
default standard unless preset nothing
turn switch enable enabled activate set
off disable disabled deactivate
show shows display displays print prints list
remove delete erase removed gone
stop quit exit terminate interrupt break abort
run execute invoke start
folder directory
picture image figure graphic
software program application tool
computer machine system host
children babies infants kids pupils
quickest fastest
maximum max most highest upper limit
minimum min least lowest lower
"""


@lru_cache(maxsize=1)
def _related() -> dict[str, frozenset[str]]:
    """Each stem with all stems that share a group with it."""
    related: dict[str, set[str]] = {}
    for line in _GROUPS.strip().splitlines():
        stems = {stem_of(word) for word in line.split()}
        for stem in stems:
            related.setdefault(stem, set()).update(stems - {stem})
    return {stem: frozenset(others) for stem, others in related.items()}


def related_stems(stem: str) -> frozenset[str]:
    """The stems that may stand for this one."""
    return _related().get(stem, frozenset())
