from dataclasses import dataclass


@dataclass(frozen=True)
class Index:
    """One index, so that any text of it in SQL can be made.

    Attributes:
        name: ``idx_<table>_<what>``.
        keys: Its columns, or expressions of them in parentheses, in their order. A b-tree is read both ways, so that
            keys which a list sorts by in one direction need none.
        queries: What reads it, as `scripts/dev db plans` names it.
        where: The condition of the rows that are in it; all are, without one.
        include: Columns that are in it only to be read off it.
        opclass: The operator class of each key, where it isn't the usual one.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    queries: tuple[str, ...] = ()
    where: str = ""
    include: tuple[str, ...] = ()
    method: str = "btree"
    opclass: str = ""

    @property
    def definition(self) -> str:
        """Return what follows the table's name in its CREATE INDEX."""
        keys = ", ".join(f"{key} {self.opclass}".rstrip() for key in self.keys)
        include = f" INCLUDE ({', '.join(self.include)})" if self.include else ""
        where = f" WHERE {self.where}" if self.where else ""
        return f"USING {self.method} ({keys}){include}{where}"
