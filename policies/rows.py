"""What a policy file says, as rows: the columns of the tables, each with its place in the file."""

from dataclasses import dataclass, field

from policies import words


@dataclass
class Row:
    """The columns of one row, its condition, where in the file it stands, and its citation."""

    path: tuple
    values: dict
    label: str = ""
    citation: str = ""
    condition: dict = field(default_factory=dict)
    words: str = ""


@dataclass
class Frame:
    """What the whole file has said before a section is read."""

    year: int
    level: str = "county"
    county_class: str = ""
    rounding: str = ""
    indexes: dict = field(default_factory=dict)
    areas: dict = field(default_factory=dict)
    local_identities: dict = field(default_factory=dict)
    tiers: list = field(default_factory=list)
    # The items of 待遇, and whether 资金分担 names each by itself.
    benefits: dict = field(default_factory=dict)

    @property
    def identity_words(self):
        return [*self.local_identities, *words.IDENTITY_CODES]

    def identity_code(self, name):
        """Return the code of an identity; a local one is its own code."""
        if name in self.local_identities:
            return name
        return words.IDENTITY_CODES.get(name)

    def is_graded(self, name):
        if name in self.local_identities:
            return self.local_identities[name]
        return words.IDENTITY_CODES.get(name) in words.GRADED_IDENTITIES

    @property
    def plain_tiers(self):
        """The tiers people may choose: those for everyone, or all where each is for some."""
        choices = [row for row in self.tiers if not row.values["proxy_only"]]
        return [row for row in choices if not row.condition] or choices


@dataclass
class PolicyRows:
    """Everything a policy file says, in the columns of the tables."""

    head: dict
    frame: Frame
    sources: list = field(default_factory=list)
    eligibility: list = field(default_factory=list)
    windows: list = field(default_factory=list)
    tiers: list = field(default_factory=list)
    subsidies: list = field(default_factory=list)
    caps: list = field(default_factory=list)
    proxies: list = field(default_factory=list)
    back_payment: Row | None = None
    terms: list = field(default_factory=list)
    shares: list = field(default_factory=list)
    aids: list = field(default_factory=list)
    benefits: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    provisions: list = field(default_factory=list)
    identities: list = field(default_factory=list)

    def open_tiers(self):
        """Return the tiers that people may choose themselves."""
        return [row for row in self.tiers if not row.values["proxy_only"]]

    @property
    def rules(self):
        """Return every row of the decision table."""
        return [
            *self.subsidies,
            *self.caps,
            *self.proxies,
            *self.shares,
            *self.terms,
            *self.aids,
            *self.benefits,
        ]
