"""Clusters of places that belong together, as they grow."""

__all__ = ["Clusters"]


class Clusters:
    """Places from 0 on, each in a cluster of its own until two are joined. The least place stands for all."""

    def __init__(self, size: int) -> None:
        """Begin with each place alone."""
        self._up = list(range(size))
        self._members: dict[int, list[int]] = {}

    def top(self, place: int) -> int:
        """Return the least place of the cluster."""
        up = self._up
        while up[place] != place:
            up[place] = up[up[place]]
            place = up[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make one cluster of the clusters of both."""
        one, other = sorted((self.top(one), self.top(other)))
        if one != other:
            self._up[other] = one
            self._members[one] = [*self.members(one), *self.members(other)]

    def members(self, top: int) -> list[int]:
        """Return the places of the cluster of which this is the least one."""
        return self._members.get(top, [top])
